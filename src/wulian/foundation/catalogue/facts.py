"""Facts: what is known of one organisation (or region) in one period, with unit, source and as-of date, or unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class FactType(StrEnum):
    """How the stored integer reads. Values are integers in the fact's smallest unit, so nothing is ever rounded."""

    MONEY = "money"  # fen
    COUNT = "count"  # whole things
    RATIO = "ratio"  # parts per million
    YES_NO = "yes_no"  # 0 or 1


SCALE = {FactType.MONEY: 100, FactType.COUNT: 1, FactType.RATIO: 1_000_000, FactType.YES_NO: 1}


@dataclass(frozen=True, slots=True)
class Fact:
    """Declaration of a fact. `unit` is what a person reads (元, 人, 件, %); `subject` is organisation or region."""

    code: str
    name: Any  # lazy translation
    type: FactType
    unit: str
    definition: Any
    subject: str = "organisation"
    article: str = ""

    def to_decimal(self, stored: int) -> Decimal:
        """The stored integer in the fact's reading unit (yuan, persons, 1 for a ratio)."""
        return Decimal(stored) / SCALE[self.type]


@dataclass(frozen=True, slots=True)
class FactReading:
    """One reading of a fact. `value` is in the smallest unit; None means unknown, and `unknown_because` says why."""

    fact: Fact
    value: int | None
    period: int | None
    source: str = ""
    as_of: date | None = None
    unknown_because: str = ""


# Readings of one fact for some subjects (organisation ids or region codes) in one year; a subject may be left out.
Supplier = Callable[[Fact, Iterable[Any], int], Mapping[Any, FactReading]]

_FACTS: dict[str, Fact] = {}
_SUPPLIERS: dict[str, Supplier] = {}


def declare(fact: Fact, supplier: Supplier | None = None) -> Fact:
    """Register a fact once, with the function that reads it; a second declaration of the code is a programming error."""
    if fact.code in _FACTS:
        raise ValueError(f"fact {fact.code} is declared twice")
    if not fact.unit:
        raise ValueError(f"fact {fact.code} has no unit")
    _FACTS[fact.code] = fact
    if supplier:
        _SUPPLIERS[fact.code] = supplier
    return fact


def get(code: str) -> Fact:
    return _FACTS[code]


def find(code: str) -> Fact | None:
    return _FACTS.get(code)


def all_facts() -> list[Fact]:
    return sorted(_FACTS.values(), key=lambda fact: fact.code)


def read(code: str, subjects: Iterable[Any], year: int) -> dict[Any, FactReading]:
    """A reading for every subject: what the supplier knows, and for the rest an unknown that says that nothing was reported."""
    from django.utils.translation import gettext as _

    fact, wanted = _FACTS[code], list(subjects)
    supplier = _SUPPLIERS.get(code)
    known = supplier(fact, wanted, year) if supplier else {}
    unreported = _("没有 %(year)s 年的%(fact)s") % {"year": year, "fact": fact.name}
    return {subject: known.get(subject) or FactReading(fact, None, year, unknown_because=unreported) for subject in wanted}


def latest_complete_year(on: date) -> int:
    """The year whose yearly facts hold on `on`: the latest calendar year that has ended by the end of that day."""
    return on.year if (on.month, on.day) == (12, 31) else on.year - 1
