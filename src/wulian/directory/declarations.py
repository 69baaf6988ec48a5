"""What the directory declares to the catalogues when Django starts: facts, metrics, importers."""

from __future__ import annotations

from wulian.foundation.catalogue.metrics import use_regions
from wulian.foundation.imports.declare import declare as declare_importer

from . import facts, following, metrics, searching  # metrics name facts, so facts come first
from .access import region_closure
from .importing import facts as fact_import
from .importing import ip, linked, organisations, region_facts, titles

__all__ = ["facts", "following", "metrics", "searching"]

use_regions(region_closure)

for _importing in (organisations, fact_import, titles, ip, linked, region_facts):
    declare_importer(_importing.IMPORTER)
