"""The gap sheet of many firms in columns: each condition's verdict, and by how much the one fact that a firm can raise is short.

What takes a search (the points of a score, combinations) is `gaps`, for one firm.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import polars as pl

from .columns import assess_columns, bounds_of
from .model import Condition, Criterion, Fact, PointsTest
from .numbers import Column, Constant, FactNumber, Frame, Number, Ratio, Sum, Tier
from .preparing import prepare_columns
from .quantities import SCALE, Kind
from .solving import STEP
from .truths import Compare


@dataclass(frozen=True, slots=True)
class Lever:
    """The fact that a firm can raise to fulfil a condition; raising it by x moves the top by top × x and the base by base × x."""

    fact: Fact
    top: int
    base: int


def lever_of(criterion: Criterion, condition: Condition) -> Lever | None:
    """None where the condition is no simple lower limit, or the firm can raise none of its facts."""
    test = condition.test
    if not isinstance(test, Compare) or test.op not in {">=", ">"} or not isinstance(test.right, Constant | Tier):
        return None
    top, base = (test.left.top, test.left.base) if isinstance(test.left, Ratio) else (test.left, None)
    if not _plain(top) or (base is not None and not _plain(base)):
        return None
    for name in dict.fromkeys(test.left.facts()):
        fact = criterion.facts[name]
        if fact.change is None or not fact.change.up or name in set(test.right.facts()):
            continue
        moved = {name, *fact.change.also}
        lever = Lever(fact, _share(top, moved), _share(base, moved) if base is not None else 0)
        if lever.top > 0:
            return lever
    return None


def _plain(number: Number) -> bool:
    return isinstance(number, FactNumber | Constant) or (isinstance(number, Sum) and all(_plain(term) for _, term in number.terms))


def _share(number: Number, moved: set[str]) -> int:
    """How much the number moves when each of `moved` moves by one."""
    if isinstance(number, FactNumber):
        return int(number.name in moved)
    return sum(sign * _share(term, moved) for sign, term in number.terms) if isinstance(number, Sum) else 0


def sheet_columns(criterion: Criterion, frame: pl.DataFrame) -> pl.DataFrame:
    """`verdict`, a column per condition, `score_min` and `score_max`; for each condition with a lever, "<condition> by": how much the
    lever has to rise, in its smallest unit, where the condition fails; for points, how many are short at the experts' best."""
    verdicts = assess_columns(criterion, frame, conditions=True, score=True)
    data = Frame(bounds_of(criterion, frame))
    columns = []
    for condition in criterion.conditions:
        lever = lever_of(criterion, condition)
        if lever is not None:
            assert isinstance(condition.test, Compare)
            columns.append(_rise(condition.test, lever, data).alias(f"{condition.id} by"))
        elif isinstance(condition.test, PointsTest) and condition.test.limit.amount is not None:
            limit = condition.test.limit.amount // SCALE[Kind.NUMBER] + (condition.test.op == ">")
            short = limit - condition.test.item.columns(data)[3]
            columns.append(pl.when(short > 0).then(short.cast(pl.Int64)).alias(f"{condition.id} by"))
    if not columns:
        return verdicts
    return pl.concat([verdicts, data.staged(prepare_columns(criterion, frame.lazy())).select(columns).collect()], how="horizontal")


def _rise(test: Compare, lever: Lever, data: Frame) -> pl.Expr:
    """The smallest rise x, in whole steps, with scale × (top + a x) × rd ≥ right × (base + b x)."""
    right = test.right.column(data)
    if isinstance(test.left, Ratio):
        scale, top, base = 10**9, test.left.top.column(data).n, test.left.base.column(data).n
    else:
        scale, top, base = 1, test.left.column(data).n, Column.of(1)
    factor = right.scale * (right.n.expr if isinstance(right.n.expr, int) else 1)
    limit = Column.of(1) if isinstance(right.n.expr, int) else right.n
    common = gcd(scale, factor) or 1
    left_factor, right_factor = Column.of(scale // common), Column.of(factor // common)
    slope = left_factor * Column.of(lever.top) - right_factor * limit * Column.of(lever.base)
    short = right_factor * limit * base - left_factor * top + Column.of(int(test.op == ">"))
    wide = short.bound >= 2**62 or slope.bound >= 2**62
    steep, need = slope.wide(wide), short.wide(wide)
    least = pl.max_horizontal((need + steep - 1) // steep, pl.lit(1))
    step = STEP[lever.fact.kind]
    whole = (least + (step - 1)) // step * step
    possible = need.is_not_null() & (steep > 0) & ((base.lit != 0) | pl.lit(lever.base > 0))
    fails = ~test.column(data)
    return pl.when(fails & possible).then(whole.cast(pl.Int64))
