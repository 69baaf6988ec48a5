"""From cells to facts that rules may use: what is impossible or contradicts itself is named and taken for unknown, and years
before founding count as zero. The same steps for one firm and in columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from wulian.kernel.errors import N_
from wulian.kernel.problems import BadValue, Problem

from .loading import FOUNDED, end_of_year
from .model import Criterion, Fact
from .numbers import Frame
from .quantities import LARGEST, SCALE, Kind
from .schema import Label

OUT_OF_RANGE = N_("这个数超出可能的范围：按不详处理，请核对")
BEFORE_FOUNDING = N_("这一年企业还没有成立，却有数：按不详处理，请核对成立日期和这一年的数")
YEAR_MISSING = N_("前后两年都有数，中间这一年空着：按不详处理，请补上")


@dataclass(frozen=True, slots=True)
class Contradiction(Problem):
    """A problem whose sentence stands in the rulebook, in both languages."""

    say: Label | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Facts by code in their smallest unit, None where unknown; `problems` name what was taken for unknown."""

    facts: dict[str, int | None]
    problems: tuple[Problem, ...] = ()
    before_founding: frozenset[str] = frozenset()


def read_row(criterion: Criterion, row: Mapping[str, str | None]) -> Prepared:
    """Facts from a table's row; columns are named as `Fact.column`."""
    cells: dict[str, int | None] = {}
    problems = []
    for code, fact in criterion.facts.items():
        try:
            cells[code] = fact.read(row.get(fact.column) or "")
        except BadValue as error:
            cells[code] = None
            problems.append(error.problem.at(fact.column))
    prepared = prepare(criterion, cells)
    return Prepared(prepared.facts, (*problems, *prepared.problems), prepared.before_founding)


def limits_of(fact: Fact) -> tuple[int, int] | None:
    """The lowest and highest values that a fact can have; None: any."""
    if fact.kind is Kind.FLAG:
        return 0, 1
    if fact.kind is Kind.DATE:
        return None
    if fact.kind is Kind.WORD:
        return 0, len(fact.words) - 1
    most = SCALE[Kind.SHARE] if fact.kind is Kind.SHARE and not fact.above_one else LARGEST.get(fact.kind, 10**9)
    return (-most if fact.negative else 0), most


def prepare(criterion: Criterion, cells: Mapping[str, int | None]) -> Prepared:
    """`cells`: values in their smallest unit. Facts that are not in it are unknown."""
    facts: dict[str, int | None] = {}
    problems: list[Problem] = []
    for code, fact in criterion.facts.items():
        value = cells.get(code)
        limits = limits_of(fact)
        if value is not None and limits is not None and not limits[0] <= value <= limits[1]:
            problems.append(Problem("out_of_range", OUT_OF_RANGE, {}, fact.column))
            value = None
        facts[code] = value
    problems += _contradictions(criterion, facts)
    problems += _years(criterion, cells, facts)
    founded, early = facts.get(FOUNDED), set()
    if founded is not None:
        for code, fact in criterion.facts.items():
            if fact.before_founding_zero and fact.year is not None and founded > end_of_year(criterion.on, fact.year):
                if cells.get(code) is None:
                    facts[code] = 0
                    early.add(code)
                elif facts[code] != 0:
                    facts[code] = None
                    problems.append(Problem("before_founding", BEFORE_FOUNDING, {}, fact.column))
    return Prepared(facts, tuple(problems), frozenset(early))


def _contradictions(criterion: Criterion, facts: dict[str, int | None]) -> list[Problem]:
    """Takes doubtful facts out of `facts` and names them. All checks look at what was given, so their order is of no account."""
    found: list[Problem] = []
    for check in [check for check, test in criterion.checks if test.truth(facts)]:
        for code in check.doubts:
            facts[code] = None
            found.append(Contradiction(check.id, check.say.zh, {}, criterion.facts[code].column, check.say))
    return found


def change(criterion: Criterion, prepared: Prepared, values: Mapping[str, int | None]) -> Prepared:
    """The same firm with some facts changed: what was unknown or before founding stays so, and contradictions are named anew."""
    facts = {**prepared.facts, **values}
    problems = _contradictions(criterion, facts)
    return Prepared(facts, tuple(problems), prepared.before_founding - set(values))


def _years(criterion: Criterion, cells: Mapping[str, int | None], facts: Mapping[str, int | None]) -> list[Problem]:
    series: dict[str, list[Fact]] = {}
    for fact in criterion.facts.values():
        if fact.series and fact.year is not None:
            series.setdefault(fact.series, []).append(fact)
    found = []
    for rows in series.values():
        rows.sort(key=lambda fact: fact.year or 0)
        for place in range(1, len(rows) - 1):
            before, here, after = (cells.get(rows[place + step].code) for step in (-1, 0, 1))
            if here is None and before is not None and after is not None:
                found.append(Problem("year_missing", YEAR_MISSING, {}, rows[place].column))
    return found


def prepare_columns(criterion: Criterion, frame: pl.LazyFrame) -> pl.LazyFrame:
    """`frame`: one integer column per fact, in the smallest unit, null where unknown. A fact without a column is unknown."""
    present = set(frame.collect_schema().names())
    cells, ranges = {}, []
    for code, fact in criterion.facts.items():
        column = pl.col(code).cast(pl.Int64) if code in present else pl.lit(None, pl.Int64)
        limits = limits_of(fact)
        ranges.append(column.alias(code) if limits is None else pl.when(column.is_between(*limits)).then(column).alias(code))
        cells[code] = column
    ranges += [cells[code].is_null().alias(f"{code} empty") for code, fact in criterion.facts.items() if fact.before_founding_zero]
    frame = frame.with_columns(ranges)
    bounds = Frame({code: (limits_of(fact) or (0, 10**7))[1] for code, fact in criterion.facts.items()})
    doubts: dict[str, list[pl.Expr]] = {}
    for check, test in criterion.checks:
        for code in check.doubts:
            doubts.setdefault(code, []).append(test.column(bounds).fill_null(False))
    if doubts:
        frame = frame.with_columns(pl.when(~pl.any_horizontal(tests)).then(pl.col(code)).alias(code) for code, tests in doubts.items())
    if FOUNDED in criterion.facts:
        early = []
        for code, fact in criterion.facts.items():
            if fact.before_founding_zero and fact.year is not None:
                unborn = (pl.col(FOUNDED) > end_of_year(criterion.on, fact.year)).fill_null(False)
                zero = pl.col(f"{code} empty") | (pl.col(code) == 0).fill_null(False)
                value = pl.when(unborn).then(pl.when(zero).then(pl.lit(0, pl.Int64))).otherwise(pl.col(code))
                early.append(value.alias(code))
        frame = frame.with_columns(early)
    return frame.drop([f"{code} empty" for code, fact in criterion.facts.items() if fact.before_founding_zero], strict=False)
