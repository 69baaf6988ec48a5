"""Scores as intervals. Experts have latitude and facts may be missing, and the two are kept apart: the lowest and the highest
that experts may give are each known only within bounds where a fact is missing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from wulian.kernel.truth import Truth

from .numbers import Facts, Frame, Number, Undefined
from .truths import Compare, Test, compare, missing_of


class Points(NamedTuple):
    """`low…`: what the strictest experts give; `high…`: the most generous; `_least`, `_most`: over what is not known."""

    low_least: int
    low_most: int
    high_least: int
    high_most: int

    @property
    def sure(self) -> bool:
        """True when no missing fact could change it."""
        return self.low_least == self.low_most and self.high_least == self.high_most


Columns = tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]
NONE = Points(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Item(ABC):
    """A node of a score. `most`: its maximum by the document."""

    id: str
    label: Any
    article: str
    most: int

    @abstractmethod
    def points(self, facts: Facts) -> Points: ...

    @abstractmethod
    def columns(self, frame: Frame) -> Columns: ...

    def children(self) -> tuple[Item, ...]:
        return ()

    def walk(self) -> Iterator[Item]:
        yield self
        for child in self.children():
            yield from child.walk()

    def tests(self) -> Iterator[Test]:
        return iter(())

    def facts(self) -> Iterator[str]:
        for test in self.tests():
            yield from test.facts()
        for child in self.children():
            yield from child.facts()

    def parameters(self) -> Iterator[Any]:
        for test in self.tests():
            yield from test.parameters()
        for child in self.children():
            yield from child.parameters()

    def missing(self, facts: Facts) -> Iterator[str]:
        """Facts that keep the points from being sure."""
        if not self.points(facts).sure:
            for test in self.tests():
                yield from test.missing(facts)
            for child in self.children():
                yield from child.missing(facts)


@dataclass(frozen=True, slots=True)
class Band:
    """From `limit` on (or up to it), experts give `low` to `high` points."""

    test: Compare
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Bands(Item):
    """Points by the first band that holds; 0 when none does. `doubtful`: where it holds, the document does not say what the
    value means, so experts may also give nothing."""

    value: Number
    bands: tuple[Band, ...]
    parameter: Any
    doubtful: Test | None = None

    def points(self, facts: Facts) -> Points:
        value = self.value.value(facts)
        if isinstance(value, Undefined):
            return NONE
        if value is None:
            lows, highs = {0, *(band.low for band in self.bands)}, {0, *(band.high for band in self.bands)}
            return Points(min(lows), max(lows), min(highs), max(highs))
        low = high = 0
        for band in self.bands:
            if compare(band.test.op, value, band.test.right.value(facts)):  # the value is the same in every band
                low, high = band.low, band.high
                break
        doubt = self.doubtful.truth(facts) if self.doubtful else False
        return Points(0 if doubt is not False else low, 0 if doubt else low, high, high)

    def columns(self, frame: Frame) -> Columns:
        # Which band holds: its place, the number of bands where none does, null where it cannot be told.
        place: pl.Expr = pl.lit(len(self.bands), pl.Int8)
        holds: pl.Expr = pl.lit(False)
        for number, band in reversed(list(enumerate(self.bands))):
            holds = band.test.column(frame)
            place = pl.when(holds).then(pl.lit(number, pl.Int8)).otherwise(place)
        place = frame.stage(1, f"band of {self.id}", pl.when(holds.is_not_null()).then(place))
        lows, highs = [band.low for band in self.bands], [band.high for band in self.bands]
        if self.doubtful is None:
            low_least, low_most = _by_place(place, lows, 0), _by_place(place, lows, max(lows))
            if lows == highs:
                return low_least, low_most, low_least, low_most
            return low_least, low_most, _by_place(place, highs, 0), _by_place(place, highs, max(highs))
        doubt, zero = self.doubtful.column(frame), pl.lit(0, pl.Int16)
        return (
            pl.when(doubt.fill_null(True)).then(zero).otherwise(_by_place(place, lows, 0)),
            pl.when(doubt.fill_null(False) & place.is_not_null()).then(zero).otherwise(_by_place(place, lows, max(lows))),
            _by_place(place, highs, 0),
            _by_place(place, highs, max(highs)),
        )

    def tests(self) -> Iterator[Test]:
        yield from (band.test for band in self.bands)
        if self.doubtful is not None:
            yield self.doubtful

    def missing(self, facts: Facts) -> Iterator[str]:
        yield from missing_of(self.value, facts)
        if self.doubtful is not None:
            yield from self.doubtful.missing(facts)


def _by_place(place: pl.Expr, points: list[int], unknown: int) -> pl.Expr:
    """The points of the band at `place`; 0 after the last band; `unknown` where the place is null."""
    found: pl.Expr = pl.lit(unknown, pl.Int16)
    for number, value in enumerate([*points, 0]):
        found = pl.when(place == number).then(pl.lit(value, pl.Int16)).otherwise(found)
    return found


@dataclass(frozen=True, slots=True)
class Given(Item):
    """Points for a test that holds, at experts' discretion where `low` and `high` differ; `when` None: always."""

    low: int
    high: int
    when: Test | None
    parameter: Any

    def points(self, facts: Facts) -> Points:
        holds: Truth = self.when.truth(facts) if self.when else True
        if holds is None:
            return Points(min(0, self.low), max(0, self.low), min(0, self.high), max(0, self.high))
        return Points(self.low, self.low, self.high, self.high) if holds else NONE

    def columns(self, frame: Frame) -> Columns:
        zero, low, high = (pl.lit(points, pl.Int16) for points in (0, self.low, self.high))
        if self.when is None:
            return low, low, high, high
        holds = self.when.column(frame)
        surely, perhaps = holds.fill_null(False), holds.fill_null(True)
        return (
            pl.when(surely).then(low).otherwise(zero),
            pl.when(perhaps).then(low).otherwise(zero),
            pl.when(surely).then(high).otherwise(zero),
            pl.when(perhaps).then(high).otherwise(zero),
        )

    def tests(self) -> Iterator[Test]:
        if self.when is not None:
            yield self.when


@dataclass(frozen=True, slots=True)
class Together(Item):
    """The sum of its items, or the best of them, never above `most`."""

    items: tuple[Item, ...] = field(default=())
    best: bool = False

    def points(self, facts: Facts) -> Points:
        each = [item.points(facts) for item in self.items]
        join: Callable[[Any], int] = max if self.best else sum
        return Points(*(min(self.most, join(parts)) for parts in zip(*each, strict=True)))

    def columns(self, frame: Frame) -> Columns:
        each = [item.columns(frame) for item in self.items]
        join = pl.max_horizontal if self.best else pl.sum_horizontal
        reach = sum(item.most for item in self.items)
        first, second, third, fourth = (
            join(list(parts)) if self.best or reach <= self.most else pl.min_horizontal(join(list(parts)), pl.lit(self.most, pl.Int16))
            for parts in zip(*each, strict=True)
        )
        return first, second, third, fourth

    def children(self) -> tuple[Item, ...]:
        return self.items
