"""Regions as the rulebook states them (GB/T 2260 and functional zones)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .tables import read


@dataclass(frozen=True, slots=True)
class RegionEntry:
    """One region. `parent` None: the top of this table. `disabled_on` is set instead of deleting an abolished code."""

    code: str
    name: str
    short_name: str
    name_en: str
    level: str
    parent: str | None = None
    old_names: tuple[str, ...] = ()
    disabled_on: date | None = None


def regions() -> tuple[RegionEntry, ...]:
    """All regions, every parent before its children."""
    return tuple(RegionEntry(**{**row, "old_names": tuple(row.get("old_names", ()))}) for row in read("regions.yaml"))
