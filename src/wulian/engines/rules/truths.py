"""Tests over facts in three values, for one firm and in columns."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from wulian.kernel.truth import Truth, all_of, any_of, not_

from .numbers import Column, ColumnFraction, Facts, Frame, Number, Undefined, Value

COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


def compare(op: str, left: Value, right: Value) -> Truth:
    """Exactly, by cross-multiplication. A ratio without a base fulfils nothing."""
    if isinstance(left, Undefined) or isinstance(right, Undefined):
        return False
    if left is None or right is None:
        return None
    return COMPARE[op](left[0] * right[1], right[0] * left[1])


class Test(ABC):
    """An expression that holds, does not hold, or cannot be told."""

    @abstractmethod
    def truth(self, facts: Facts) -> Truth: ...

    @abstractmethod
    def column(self, frame: Frame) -> pl.Expr: ...

    def parts(self) -> tuple[Test, ...]:
        return ()

    def facts(self) -> Iterator[str]:
        for part in self.parts():
            yield from part.facts()

    def parameters(self) -> Iterator[Any]:
        for part in self.parts():
            yield from part.parameters()

    def missing(self, facts: Facts) -> Iterator[str]:
        """The unknown facts and unconfirmed parameters that keep it from being told."""
        if self.truth(facts) is None:
            for part in self.parts():
                yield from part.missing(facts)


@dataclass(frozen=True, slots=True)
class FlagTest(Test):
    name: str

    def truth(self, facts: Facts) -> Truth:
        known = facts[self.name]
        return None if known is None else bool(known)

    def column(self, frame: Frame) -> pl.Expr:
        return pl.col(self.name) == 1

    def facts(self) -> Iterator[str]:
        yield self.name

    def missing(self, facts: Facts) -> Iterator[str]:
        if facts[self.name] is None:
            yield self.name


@dataclass(frozen=True, slots=True)
class Compare(Test):
    op: str
    left: Number
    right: Number

    def truth(self, facts: Facts) -> Truth:
        return compare(self.op, self.left.value(facts), self.right.value(facts))

    def column(self, frame: Frame) -> pl.Expr:
        return self.left.column(frame).compare(self.op, self.right.column(frame))

    def facts(self) -> Iterator[str]:
        yield from self.left.facts()
        yield from self.right.facts()

    def parameters(self) -> Iterator[Any]:
        yield from self.left.parameters()
        yield from self.right.parameters()

    def missing(self, facts: Facts) -> Iterator[str]:
        if self.truth(facts) is None:
            yield from missing_of(self.left, facts)
            yield from missing_of(self.right, facts)


def missing_of(number: Number, facts: Facts) -> Iterator[str]:
    """The unknown facts and unconfirmed parameters in a number."""
    if number.value(facts) is not None:
        return
    for name in number.facts():
        if facts[name] is None:
            yield name
    for parameter in number.parameters():
        if parameter.unconfirmed:
            yield f"parameter:{parameter.id}"


@dataclass(frozen=True, slots=True)
class Sign(Test):
    """`zero(x)`, `negative(x)`, `positive(x)`: limits that no document sets."""

    op: str
    number: Number

    def truth(self, facts: Facts) -> Truth:
        return compare(self.op, self.number.value(facts), (0, 1))

    def column(self, frame: Frame) -> pl.Expr:
        return self.number.column(frame).compare(self.op, ColumnFraction(Column.of(0), Column.of(1)))

    def facts(self) -> Iterator[str]:
        yield from self.number.facts()

    def missing(self, facts: Facts) -> Iterator[str]:
        yield from missing_of(self.number, facts)


@dataclass(frozen=True, slots=True)
class All(Test):
    tests: tuple[Test, ...]

    def truth(self, facts: Facts) -> Truth:
        return all_of(test.truth(facts) for test in self.tests)

    def column(self, frame: Frame) -> pl.Expr:
        return pl.all_horizontal(test.column(frame) for test in self.tests)

    def parts(self) -> tuple[Test, ...]:
        return self.tests


@dataclass(frozen=True, slots=True)
class Any_(Test):  # noqa: N801
    tests: tuple[Test, ...]

    def truth(self, facts: Facts) -> Truth:
        return any_of(test.truth(facts) for test in self.tests)

    def column(self, frame: Frame) -> pl.Expr:
        return pl.any_horizontal(test.column(frame) for test in self.tests)

    def parts(self) -> tuple[Test, ...]:
        return self.tests


@dataclass(frozen=True, slots=True)
class Not(Test):
    test: Test

    def truth(self, facts: Facts) -> Truth:
        return not_(self.test.truth(facts))

    def column(self, frame: Frame) -> pl.Expr:
        return ~self.test.column(frame)

    def parts(self) -> tuple[Test, ...]:
        return (self.test,)


@dataclass(frozen=True, slots=True)
class Unconfirmed(Test):
    """A condition whose text could not be read: shown as needing confirmation, never decided."""

    condition: str

    def truth(self, facts: Facts) -> Truth:
        return None

    def column(self, frame: Frame) -> pl.Expr:
        return pl.lit(None, pl.Boolean)

    def missing(self, facts: Facts) -> Iterator[str]:
        yield f"condition:{self.condition}"
