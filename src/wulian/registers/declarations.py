"""What the registers declare to the catalogues when Django starts: counters as metrics, registers as things to import."""

from __future__ import annotations

from . import importing, metrics

__all__ = ["importing", "metrics"]
