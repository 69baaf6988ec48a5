"""Facts: what is known of one organisation (or region) in one period, with unit, source and as-of date, or unknown."""

from __future__ import annotations

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


_FACTS: dict[str, Fact] = {}


def declare(fact: Fact) -> Fact:
    """Register a fact once; a second declaration of the same code is a programming error."""
    if fact.code in _FACTS:
        raise ValueError(f"fact {fact.code} is declared twice")
    if not fact.unit:
        raise ValueError(f"fact {fact.code} has no unit")
    _FACTS[fact.code] = fact
    return fact


def get(code: str) -> Fact:
    return _FACTS[code]


def all_facts() -> list[Fact]:
    return sorted(_FACTS.values(), key=lambda fact: fact.code)
