"""One firm at a time and in columns: the same verdict, conditions and score, over random firms at and around every limit."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wulian.engines.rules import Criterion, assess, assess_columns
from wulian.engines.rules.loading import end_of_year
from wulian.engines.rules.model import Fact
from wulian.engines.rules.quantities import LARGEST, SCALE, Kind, to_days
from wulian.rulebook.rules import criterion_files

DAYS = (date(2021, 8, 2), date(2024, 2, 29), date(2026, 3, 31), date(2026, 4, 1), date(2026, 11, 24), date(2027, 7, 1))
FILES = {f"{file.id}-{file.part.version}": file for file in criterion_files()}


def read(name: str) -> Criterion:
    """The version called so, on a day when it is in force."""
    file = FILES[name]
    return file.at(next(day for day in DAYS if file.holds(day, file.part.procedures[0])))


ROUND = (0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 50, 55, 60, 70, 75, 80, 90, 98, 100, 110, 120, 130, 180, 300, 500)


def number(dice: Random, fact: Fact) -> int:
    """Round values, their neighbours, and now and then any up to the largest, so that ratios often fall on a limit."""
    if dice.random() < 0.03:
        return dice.randint(-LARGEST.get(fact.kind, 10**9) if fact.negative else 0, LARGEST.get(fact.kind, 10**9))
    unit = {Kind.MONEY: 10**6, Kind.SHARE: 10**7}.get(fact.kind, SCALE[fact.kind])  # 万元, 1 %
    value = dice.choice(ROUND) * dice.choice((1, 10, 100)) * unit + dice.choice((-1, 0, 0, 0, 1))
    return -value if fact.negative and dice.random() < 0.3 else value


def value(dice: Random, criterion: Criterion, fact: Fact) -> int | None:
    if dice.random() < dice.choice((0.0, 0.05, 0.2)):
        return None
    if fact.kind is Kind.FLAG:
        return dice.randint(0, 1)
    if fact.kind is Kind.WORD:
        return dice.randrange(len(fact.words))
    if fact.kind is Kind.DATE:
        day = to_days(criterion.on)
        turns = [end_of_year(criterion.on, year) + after for year in (-2, -1, 0) for after in (0, 1)]
        return dice.choice([dice.randint(day - 9000, day + 10), day - 366, day - 365, day - 364, day, *turns])
    return number(dice, fact)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_one_firm_and_columns_agree(name: str, seed: int) -> None:
    criterion = read(name)
    dice = Random(seed)
    rows = [{code: value(dice, criterion, fact) for code, fact in criterion.facts.items()} for _ in range(60)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(criterion.facts, pl.Int64))
    columns = assess_columns(criterion, frame, conditions=True, score=True)
    for row, found in zip(rows, columns.iter_rows(named=True), strict=True):
        alone = assess(criterion, row)
        expected = {"verdict": str(alone.verdict)} | {judged.condition.id: str(judged.verdict) for judged in alone.judged}
        if alone.points is not None:
            expected |= {"score_min": alone.points.low_least, "score_max": alone.points.high_most}
        assert found == expected, row
