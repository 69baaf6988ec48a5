"""Catalogues of facts (one organisation, one year) and metrics (one region, one date or year).

Packages declare what they can supply; readers ask the catalogue and never another package's tables.
facts, metrics: the declarations. snapshots: frozen values with their records. suggesting: which metric an indicator may mean.
"""
