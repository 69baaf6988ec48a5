"""Catalogues of facts (one organisation, one date) and metrics (one region, one period).

Packages declare what they can supply; readers ask the catalogue and never another package's tables.
"""
