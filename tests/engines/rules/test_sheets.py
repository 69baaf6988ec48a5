"""The gap sheet in columns says the same smallest rise as the search for one firm."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wulian.engines.rules import assess
from wulian.engines.rules.sheets import lever_of, sheet_columns
from wulian.engines.rules.solving import HARDEST, lift
from wulian.engines.rules.truths import Compare

from .test_both_evaluators import FILES, read, value


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_the_rise_in_columns_is_the_smallest_one(name: str, seed: int) -> None:
    criterion, dice = read(name), Random(seed)
    rows = [{code: value(dice, criterion, fact) for code, fact in criterion.facts.items()} for _ in range(20)]
    sheet = sheet_columns(criterion, pl.DataFrame(rows, schema=dict.fromkeys(criterion.facts, pl.Int64)))
    for row, found in zip(rows, sheet.iter_rows(named=True), strict=True):
        alone = assess(criterion, row)
        for condition in criterion.conditions:
            lever = lever_of(criterion, condition)
            if lever is None:
                continue
            by, facts = found[f"{condition.id} by"], alone.prepared.facts
            assert isinstance(condition.test, Compare)
            if condition.test.truth(facts) is not False:
                assert by is None
                continue
            move = lift(criterion, facts, condition.test, lever.fact.code)
            before = facts[lever.fact.code]
            if move is not None and before is not None:
                assert by == dict(move.values)[lever.fact.code] - before
            elif by is not None:
                assert by > HARDEST[lever.fact.kind] or before is None


def test_conditions_with_a_lever() -> None:
    hnte = read("hnte-32")
    levers = {condition.id: lever.fact.code for condition in hnte.conditions if (lever := lever_of(hnte, condition))}
    assert levers == {"st_share": "st_staff", "rd_share": "rd_y3", "domestic_rd": "domestic_rd_share", "hightech_share": "hightech_income"}
