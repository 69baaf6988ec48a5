"""Size classes of enterprises: 国统字〔2017〕213号."""

from __future__ import annotations

from collections.abc import Mapping

from wulian.engines.rules.quantities import SCALE, Kind
from wulian.kernel.money import UNITS
from wulian.kernel.truth import Truth, all_of

from .tables import read

LEVELS = ("large", "medium", "small")
_UNIT = {"employees": SCALE[Kind.PERSONS], "revenue": UNITS["万元"], "assets": UNITS["万元"]}


def size_industries() -> tuple[str, ...]:
    """The industries that the document names; the last is for all others."""
    return tuple(read("national/tables/enterprise_size.yaml")["industries"])


def size_of(industry: str, facts: Mapping[str, int | None]) -> str | None:
    """large, medium, small or micro; None where a missing fact decides.

    `facts`: employees (millionths), revenue and assets (fen); None or absent where unknown. A level needs all of its lower bounds.
    """
    levels = read("national/tables/enterprise_size.yaml")["industries"][industry]
    for level in LEVELS:
        reached = all_of(_reached(facts.get(name), least * _UNIT[name]) for name, least in levels[level].items())
        if reached is not False:
            return level if reached else None
    return "micro"


def _reached(value: int | None, least: int) -> Truth:
    return None if value is None else value >= least
