"""What the registers declare to the catalogues when Django starts: counters as metrics, registers as things to import, and
how entries follow an organisation that is merged."""

from __future__ import annotations

from . import identity, importing, metrics

__all__ = ["identity", "importing", "metrics"]
