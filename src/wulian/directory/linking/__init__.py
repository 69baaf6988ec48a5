"""Bringing records of several sources together in one archive: what the engine of `engines.linkage` is given, and what is done
with its answers."""
