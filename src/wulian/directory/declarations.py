"""What the directory declares to the catalogues when Django starts: facts, metrics, importers."""

from __future__ import annotations

from wulian.foundation.catalogue.metrics import use_regions

from . import facts, metrics  # metrics name facts, so facts come first
from .access import region_closure

__all__ = ["facts", "metrics"]

use_regions(region_closure)
