"""What the files of a rulebook become: facts, parameters, conditions and criteria ready to be evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .points import Item
from .quantities import Kind, read_cell
from .schema import ChangePart, Document, InForce, Label, LapsePart
from .truths import Test


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as rules know it; `column` is its name in a table, money in yuan."""

    code: str
    kind: Kind
    unit: str
    label: Label
    source: Label
    article: str = ""
    negative: bool = False
    above_one: bool = False
    whole: bool = False
    words: tuple[str, ...] = ()
    year: int | None = None
    series: str = ""
    before_founding_zero: bool = False
    catalogue: str = ""
    change: ChangePart | None = None

    def read(self, text: str) -> int | None:
        """The exact integer of a cell; None for an empty one. Raises: BadValue."""
        return read_cell(self.kind, text, negative=self.negative, above_one=self.above_one, whole=self.whole, words=self.words)

    @property
    def column(self) -> str:
        return f"{self.code}_yuan" if self.kind is Kind.MONEY else self.code


@dataclass(frozen=True, slots=True)
class Check:
    """A contradiction between facts: where `test` holds, `doubts` are taken for unknown."""

    id: str
    test_text: str
    doubts: tuple[str, ...]
    say: Label
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of a document on the day of assessment. `amount` is in the kind's smallest unit; None for bands and
    placeholders; `unconfirmed` says why a placeholder has no figure."""

    id: str
    article: str
    number: str
    valid_from: date
    valid_to: date | None
    checked_on: date
    kind: Kind | None = None
    amount: int | None = None
    written: str = ""
    by_kind: Kind | None = None
    tiers: tuple[tuple[int | None, bool, int], ...] = ()
    unconfirmed: str = ""
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class PointsTest:
    """The points of a node of the score against a limit."""

    item: Item
    op: str
    limit: Parameter


@dataclass(frozen=True, slots=True)
class Condition:
    id: str
    label: Label
    article: str
    test: Test | PointsTest
    unconfirmed: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One version of a criterion, read for one day."""

    id: str
    version: str
    name: Label
    document: Document
    in_force: InForce
    procedures: tuple[str, ...]
    checked_on: date
    note: Label | None
    on: date
    facts: dict[str, Fact]
    optional_facts: frozenset[str]
    checks: tuple[tuple[Check, Test], ...]
    parameters: dict[str, Parameter]
    conditions: tuple[Condition, ...]
    score: Item | None
    requires: Any
    lapses: tuple[LapsePart, ...] = ()
    unused_parameters: frozenset[str] = field(default=frozenset())

    @property
    def validity_unconfirmed(self) -> bool:
        """True where nobody has confirmed that this version still holds on the day."""
        return self.in_force.confirmed_to is not None and self.on >= self.in_force.confirmed_to

    def condition(self, id_: str) -> Condition:
        return next(condition for condition in self.conditions if condition.id == id_)

    def items(self) -> Iterator[Item]:
        if self.score is not None:
            yield from self.score.walk()
