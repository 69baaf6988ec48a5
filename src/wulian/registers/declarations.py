"""What the registers declare to the catalogues when Django starts: counters as metrics, registers as things to import."""

from __future__ import annotations

from . import metrics

__all__ = ["metrics"]
