"""A million firms against one criterion, in columns, from the same definition as one firm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from .assessing import Verdict
from .model import Condition, Criterion, PointsTest
from .numbers import Frame
from .preparing import limits_of, prepare_columns
from .quantities import SCALE, Kind

VERDICTS = pl.Enum([str(verdict) for verdict in Verdict])
PairColumns = tuple[pl.Expr, pl.Expr]


def assess_columns(criterion: Criterion, frame: pl.DataFrame, *, conditions: bool = False, score: bool = False) -> pl.DataFrame:
    """One row per firm: `verdict`, and on request a column per condition and `score_min`, `score_max`.

    `frame`: an integer column per fact code in its smallest unit, null where unknown; other columns are left out.
    """
    lazy = prepare_columns(criterion, frame.lazy())
    bounds = bounds_of(criterion, frame)
    data = Frame(bounds)
    nodes: dict[str, pl.Expr] = {}
    pairs = {condition.id: _pair(condition, data, nodes) for condition in criterion.conditions}
    whole = criterion.score.columns(data) if score and criterion.score is not None else None
    lazy = data.staged(lazy)
    if nodes:
        lazy = lazy.with_columns(expr.alias(name) for name, expr in nodes.items())
    strict_generous = _joined(criterion.requires, pairs)
    columns = [(pl.lit(str(Verdict.UNKNOWN), VERDICTS) if criterion.validity_unconfirmed else _verdict(strict_generous)).alias("verdict")]
    if conditions:
        columns += [_verdict(pair).alias(id_) for id_, pair in pairs.items()]
    if whole is not None:
        columns += [whole[0].alias("score_min"), whole[3].alias("score_max")]
    return lazy.select(columns).collect()


def bounds_of(criterion: Criterion, frame: pl.DataFrame) -> dict[str, int]:
    """The largest absolute value of each fact in the frame, as far as a fact may have it."""
    held = [code for code in criterion.facts if code in frame.columns]
    highest = frame.lazy().select(pl.col(held).max()).collect().row(0) if held else ()
    lowest = frame.lazy().select(pl.col(held).min()).collect().row(0) if held else ()
    found = dict.fromkeys(criterion.facts, 1)
    for code, low, high in zip(held, lowest, highest, strict=True):
        most = max(abs(int(low or 0)), abs(int(high or 0)), 1)
        limits = limits_of(criterion.facts[code])
        found[code] = most if limits is None else min(most, max(abs(limits[0]), abs(limits[1])))
    return found


def _pair(condition: Condition, data: Frame, nodes: dict[str, pl.Expr]) -> PairColumns:
    test = condition.test
    if not isinstance(test, PointsTest):
        truth = test.column(data)
        return truth, truth
    if test.limit.amount is None:
        return pl.lit(None, pl.Boolean), pl.lit(None, pl.Boolean)
    for place, column in enumerate(test.item.columns(data)):
        nodes[f"{test.item.id} {place}"] = column
    limit = test.limit.amount // SCALE[Kind.NUMBER]
    low_least, low_most, high_least, high_most = (pl.col(f"{test.item.id} {place}") for place in range(4))
    return _reached(test.op, low_least, low_most, limit), _reached(test.op, high_least, high_most, limit)


def _reached(op: str, least: pl.Expr, most: pl.Expr, limit: int) -> pl.Expr:
    surely, perhaps = (least >= limit, most >= limit) if op == ">=" else (least > limit, most > limit)
    return pl.when(surely).then(True).when(~perhaps).then(False)


def _joined(formula: Any, pairs: Mapping[str, PairColumns]) -> PairColumns:
    if isinstance(formula, str):
        return pairs[formula]
    word, parts = formula
    join = pl.all_horizontal if word == "and" else pl.any_horizontal
    each = [_joined(part, pairs) for part in parts]
    return join([pair[0] for pair in each]), join([pair[1] for pair in each])


def _verdict(pair: PairColumns) -> pl.Expr:
    strict, generous = pair

    def word(verdict: Verdict) -> pl.Expr:
        return pl.lit(str(verdict), VERDICTS)

    return (
        pl.when(strict.fill_null(False))
        .then(word(Verdict.MET))
        .when(~generous.fill_null(True))
        .then(word(Verdict.NOT_MET))
        .when(generous.fill_null(False) & ~strict.fill_null(True))
        .then(word(Verdict.DEPENDS))
        .otherwise(word(Verdict.UNKNOWN))
    )
