"""What the directory declares to the catalogues when Django starts: facts, metrics, importers."""

from __future__ import annotations

from wulian.foundation.catalogue.metrics import use_regions
from wulian.foundation.imports.declare import declare as declare_importer

from . import facts, metrics, searching  # metrics name facts, so facts come first
from .access import region_closure
from .importing import organisations

__all__ = ["facts", "metrics", "searching"]

use_regions(region_closure)

for _importing in (organisations,):
    declare_importer(_importing.IMPORTER)
