"""Numeric expressions, exact in both evaluators: for one firm as a fraction of Python integers, in columns as two integer
expressions. Columns use 64 bits where the values at hand cannot leave them, otherwise 128."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import gcd, prod
from typing import Any, Final

import polars as pl

from .quantities import Kind

Facts = Mapping[str, int | None]
Fraction = tuple[int, int]  # numerator and positive denominator, in the kind's smallest unit


class Undefined:
    """A ratio without a base. No comparison with it holds."""


UNDEFINED: Final = Undefined()
Value = Fraction | Undefined | None  # None: unknown
SMALL = 2**62


@dataclass(frozen=True, slots=True)
class Column:
    """An integer expression and a bound on its absolute value."""

    expr: pl.Expr | int
    bound: int

    @classmethod
    def of(cls, value: int) -> Column:
        return cls(value, abs(value))

    def _with(self, other: Column, bound: int, name: str) -> Column:
        if isinstance(self.expr, int) and isinstance(other.expr, int):
            return Column.of(getattr(self.expr, name)(other.expr))
        wide = bound >= SMALL
        return Column(getattr(self.wide(wide), name)(other.wide(wide)), bound)

    def wide(self, wide: bool) -> pl.Expr:
        """As an expression of 128 or 64 bits."""
        if isinstance(self.expr, int):
            return pl.lit(self.expr, pl.Int128 if wide or self.bound >= SMALL else pl.Int64)
        return self.expr.cast(pl.Int128) if wide else self.expr

    def __add__(self, other: Column) -> Column:
        return self._with(other, self.bound + other.bound, "__add__")

    def __sub__(self, other: Column) -> Column:
        return self._with(other, self.bound + other.bound, "__sub__")

    def __mul__(self, other: Column) -> Column:
        if isinstance(self.expr, int) and self.expr == 1:
            return other
        if isinstance(other.expr, int) and other.expr == 1:
            return self
        return self._with(other, self.bound * other.bound, "__mul__")

    def compare(self, op: str, other: Column) -> pl.Expr:
        wide = max(self.bound, other.bound) >= SMALL
        result: pl.Expr = getattr(self.wide(wide), OPERATORS[op])(other.wide(wide))
        return result

    @property
    def lit(self) -> pl.Expr:
        return self.wide(False)


@dataclass(frozen=True, slots=True)
class ColumnFraction:
    """scale × n ÷ d. `undefined`: where the ratio has no base; None where it always has one."""

    n: Column
    d: Column
    undefined: pl.Expr | None = None
    scale: int = 1

    def compare(self, op: str, other: ColumnFraction) -> pl.Expr:
        """By cross-multiplication, after constants have been cancelled: 5 % of a turnover is twenty times the expense."""
        left, right = [self.scale], [other.scale]
        factors = [(left, self.n), (left, other.d), (right, other.n), (right, self.d)]
        for side, column in factors:
            if isinstance(column.expr, int):
                side.append(column.expr)
        a, b = prod(left), prod(right)
        common = gcd(a, b) or 1
        sides = []
        for side, constant in ((left, a // common), (right, b // common)):
            product = Column.of(constant)
            for where, column in factors:
                if where is side and not isinstance(column.expr, int):
                    product = product * column
            sides.append(product)
        holds = sides[0].compare(op, sides[1])
        for undefined in (self.undefined, other.undefined):
            if undefined is not None:
                holds = pl.when(undefined).then(False).otherwise(holds)
        return holds


OPERATORS = {">=": "__ge__", ">": "__gt__", "<=": "__le__", "<": "__lt__", "==": "__eq__", "!=": "__ne__"}


@dataclass(frozen=True, slots=True)
class Frame:
    """What columns are evaluated against: a bound on each fact's absolute value. What is costly and used more than once is put into
    columns of its own, in two stages, before the rest: `staged` adds them to a frame."""

    bounds: Mapping[str, int]
    stages: tuple[dict[str, pl.Expr], dict[str, pl.Expr]] = field(default_factory=lambda: ({}, {}))

    def stage(self, level: int, name: str, expr: pl.Expr) -> pl.Expr:
        """`expr` as a column called `name`; stage 1 may use what stage 0 made."""
        self.stages[level][name] = expr.alias(name)
        return pl.col(name)

    def staged(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        for stage in self.stages:
            if stage:
                frame = frame.with_columns(list(stage.values()))
        return frame


class Number(ABC):
    """A numeric expression."""

    kind: Kind

    @abstractmethod
    def value(self, facts: Facts) -> Value: ...

    @abstractmethod
    def column(self, frame: Frame) -> ColumnFraction: ...

    @abstractmethod
    def facts(self) -> Iterator[str]: ...

    def parameters(self) -> Iterator[Any]:
        return iter(())


@dataclass(frozen=True, slots=True)
class FactNumber(Number):
    name: str
    kind: Kind

    def value(self, facts: Facts) -> Value:
        known = facts[self.name]
        return None if known is None else (known, 1)

    def column(self, frame: Frame) -> ColumnFraction:
        return ColumnFraction(Column(pl.col(self.name), frame.bounds[self.name]), Column.of(1))

    def facts(self) -> Iterator[str]:
        yield self.name


@dataclass(frozen=True, slots=True)
class Constant(Number):
    """A parameter's value, or the day of assessment. `amount` None: a placeholder that needs confirmation, so unknown."""

    name: str
    kind: Kind
    amount: int | None
    parameter: Any = None

    def value(self, facts: Facts) -> Value:
        return None if self.amount is None else (self.amount, 1)

    def column(self, frame: Frame) -> ColumnFraction:
        if self.amount is None:
            return ColumnFraction(Column(pl.lit(None, pl.Int64), 0), Column.of(1))
        return ColumnFraction(Column.of(self.amount), Column.of(1))

    def facts(self) -> Iterator[str]:
        return iter(())

    def parameters(self) -> Iterator[Any]:
        if self.parameter is not None:
            yield self.parameter


@dataclass(frozen=True, slots=True)
class Sum(Number):
    """Terms of one kind, each with a sign."""

    terms: tuple[tuple[int, Number], ...]
    kind: Kind

    def value(self, facts: Facts) -> Value:
        total = 0
        for sign, term in self.terms:
            value = term.value(facts)
            if value is None:
                return None
            assert not isinstance(value, Undefined)
            total += sign * value[0]
        return total, 1

    def column(self, frame: Frame) -> ColumnFraction:
        total = Column.of(0)
        for place, (sign, term) in enumerate(self.terms):
            one = term.column(frame).n
            total = one if place == 0 and sign == 1 else total + one if sign == 1 else total - one
        return ColumnFraction(total, Column.of(1))

    def facts(self) -> Iterator[str]:
        for _, term in self.terms:
            yield from term.facts()

    def parameters(self) -> Iterator[Any]:
        for _, term in self.terms:
            yield from term.parameters()


@dataclass(frozen=True, slots=True)
class Mean(Number):
    """The mean of some terms, kept as a fraction."""

    total: Sum
    kind: Kind

    def value(self, facts: Facts) -> Value:
        total = self.total.value(facts)
        assert not isinstance(total, Undefined)
        return None if total is None else (total[0], len(self.total.terms))

    def column(self, frame: Frame) -> ColumnFraction:
        return ColumnFraction(self.total.column(frame).n, Column.of(len(self.total.terms)))

    def facts(self) -> Iterator[str]:
        yield from self.total.facts()


@dataclass(frozen=True, slots=True)
class Ratio(Number):
    """Top by base, as a share. A top of zero makes zero whatever the base; a base of zero makes the ratio undefined."""

    top: Number
    base: Number
    kind: Kind = Kind.SHARE

    def value(self, facts: Facts) -> Value:
        top, base = self.top.value(facts), self.base.value(facts)
        assert not isinstance(top, Undefined)
        assert not isinstance(base, Undefined)
        if top is not None and top[0] == 0:
            return 0, 1
        if top is None or base is None:
            return None
        if base[0] == 0:
            return UNDEFINED
        sign = 1 if base[0] > 0 else -1
        return sign * top[0] * 10**9, sign * base[0]

    def column(self, frame: Frame) -> ColumnFraction:
        top, base = self.top.column(frame).n, self.base.column(frame).n
        bottom = base.lit
        empty = top.compare("==", Column.of(0))
        sign = pl.when(bottom < 0).then(-1).otherwise(1)
        n = Column(pl.when(empty).then(0).otherwise(top.lit * sign), top.bound) if _may_be_negative(self.base) else top
        d = Column(pl.when(empty).then(1).otherwise(bottom * sign if _may_be_negative(self.base) else bottom), base.bound)
        undefined = (d.lit == 0) & top.lit.is_not_null()
        return ColumnFraction(n, d, undefined, 10**9)

    def facts(self) -> Iterator[str]:
        yield from self.top.facts()
        yield from self.base.facts()


def _may_be_negative(number: Number) -> bool:
    return isinstance(number, Sum)


@dataclass(frozen=True, slots=True)
class MeanGrowth(Number):
    """Mean of two yearly growth rates: 1/2 × (second ÷ first + third ÷ second) − 1 (国科发火〔2016〕195号).

    First year 0: the later two years alone. Second year 0: growth counts as 0.
    """

    first: Number
    second: Number
    third: Number
    kind: Kind = Kind.SHARE

    def value(self, facts: Facts) -> Value:
        first, second, third = (_whole(part.value(facts)) for part in (self.first, self.second, self.third))
        if second == 0:
            return 0, 1
        if first is None or second is None or third is None:
            return None
        n, d = (third - second, second) if first == 0 else (second * second + first * third - 2 * first * second, 2 * first * second)
        return (n * 10**9, d) if d > 0 else (-n * 10**9, -d)

    def column(self, frame: Frame) -> ColumnFraction:
        first, second, third = (part.column(frame).n for part in (self.first, self.second, self.third))
        both = first * second
        no_first, no_second = first.lit == 0, second.lit == 0
        full_n = second * second + first * third - both - both
        full_d = both + both
        # A first year of zero needs the second; where either is unknown, so is the rate.
        short_n = third - second
        wide = max(full_n.bound, full_d.bound) >= SMALL
        n = pl.when(no_first).then(short_n.wide(wide)).otherwise(full_n.wide(wide))
        d = pl.when(no_first).then(second.wide(wide)).otherwise(full_d.wide(wide))
        sign = pl.when(d < 0).then(-1).otherwise(1)
        name = " ".join(["growth", *self.facts()])
        n = frame.stage(0, f"{name} n", pl.when(no_second).then(0).otherwise(n * sign))
        d = frame.stage(0, f"{name} d", pl.when(no_second).then(1).otherwise(d * sign))
        return ColumnFraction(Column(n, max(full_n.bound, short_n.bound)), Column(d, max(full_d.bound, second.bound, 1)), None, 10**9)

    def facts(self) -> Iterator[str]:
        for part in (self.first, self.second, self.third):
            yield from part.facts()


def _whole(value: Value) -> int | None:
    assert not isinstance(value, Undefined)
    return None if value is None else value[0]


@dataclass(frozen=True, slots=True)
class Squared(Number):
    """(1 + rate)²: what the quotient of two years two apart is compared with for a two-year compound rate."""

    rate: Constant
    kind: Kind = Kind.SHARE

    def value(self, facts: Facts) -> Value:
        return None if self.rate.amount is None else ((10**9 + self.rate.amount) ** 2, 10**9)

    def column(self, frame: Frame) -> ColumnFraction:
        if self.rate.amount is None:
            return self.rate.column(frame)
        return ColumnFraction(Column.of((10**9 + self.rate.amount) ** 2), Column.of(10**9))

    def facts(self) -> Iterator[str]:
        return iter(())

    def parameters(self) -> Iterator[Any]:
        yield from self.rate.parameters()


@dataclass(frozen=True, slots=True)
class Tier(Number):
    """The value of the tier that `by` falls into. `rows`: upper ends (None: no end) with whether the end belongs to it, and value."""

    by: Number
    rows: tuple[tuple[int | None, bool, int], ...]
    kind: Kind
    parameter: Any = None

    def value(self, facts: Facts) -> Value:
        by = self.by.value(facts)
        if by is None or isinstance(by, Undefined):
            return by
        for end, included, amount in self.rows:
            if end is None or by[0] < end * by[1] or (included and by[0] == end * by[1]):
                return amount, 1
        return UNDEFINED  # pragma: no cover  (the last row has no end)

    def column(self, frame: Frame) -> ColumnFraction:
        by = self.by.column(frame)
        common = gcd(*(row[2] for row in self.rows)) or 1
        result: pl.Expr = pl.lit(self.rows[-1][2] // common, pl.Int64)
        for end, included, amount in reversed(self.rows[:-1]):
            assert end is not None
            inside = by.compare("<=" if included else "<", ColumnFraction(Column.of(end), Column.of(1)))
            result = pl.when(inside).then(pl.lit(amount // common, pl.Int64)).when(inside.is_not_null()).then(result)
        return ColumnFraction(Column(result, max(row[2] for row in self.rows) // common), Column.of(1), by.undefined, common)

    def facts(self) -> Iterator[str]:
        yield from self.by.facts()

    def parameters(self) -> Iterator[Any]:
        yield self.parameter
