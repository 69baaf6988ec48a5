"""Cells become exact integers; finer digits stay on their side of every limit; what cannot be read is named."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.engines.rules.numbers import Column, ColumnFraction
from wulian.engines.rules.quantities import Kind, as_number, read_cell, read_written, scaled
from wulian.kernel.problems import BadValue


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.MONEY, "1,234.56", 123456),
        (Kind.MONEY, "１２３", 12300),
        (Kind.MONEY, "1E+08", 10**10),
        (Kind.MONEY, "  ", None),
        (Kind.MONEY, "不详", None),
        (Kind.PERSONS, "12.5", 12_500_000),
        (Kind.SHARE, "60%", 6 * 10**8),
        (Kind.SHARE, "0.6", 6 * 10**8),
        (Kind.FLAG, "是", 1),
        (Kind.FLAG, "无", 0),
        (Kind.FLAG, "TRUE", 1),
        (Kind.DATE, "1970-01-02", 1),
        (Kind.DATE, "1970/1/2", 1),
        (Kind.DATE, "1970年1月2日", 1),
    ],
)
def test_cells_are_read(kind: Kind, text: str, value: int | None) -> None:
    assert read_cell(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Kind.MONEY, "一百万", "not_number"),
        (Kind.MONEY, "1,23", "not_number"),
        (Kind.MONEY, "12 万", "not_number"),
        (Kind.MONEY, "-1", "negative"),
        (Kind.MONEY, "1e15", "too_large"),
        (Kind.MONEY, "Infinity", "not_number"),
        (Kind.SHARE, "60", "above_one"),
        (Kind.SHARE, "100.1%", "above_one"),
        (Kind.FLAG, "2", "not_flag"),
        (Kind.DATE, "2023-02-29", "not_date"),
        (Kind.DATE, "45000", "not_date"),
    ],
)
def test_what_cannot_be_read_is_named(kind: Kind, text: str, code: str) -> None:
    with pytest.raises(BadValue) as bad:
        read_cell(kind, text)
    assert bad.value.problem.code == code
    assert text.strip()[:5] in bad.value.problem.text()


@given(value=st.decimals(-1000, 1000, places=12, allow_nan=False), limit=st.integers(-500, 500))
def test_finer_digits_stay_on_their_side_of_a_limit(value: Decimal, limit: int) -> None:
    """Limits are even numbers of the smallest unit."""
    exact, kept = value * 10**6, scaled(value, 10**6)
    even = limit * 2
    assert (kept >= even) is (exact >= even)
    assert (kept > even) is (exact > even)
    assert (kept == even) is (exact == even)


def test_what_rule_files_write() -> None:
    assert read_written("5000 万元") == (Kind.MONEY, 5 * 10**9)
    assert read_written("2.5 %") == (Kind.SHARE, 25 * 10**6)
    assert read_written(4) == (Kind.NUMBER, 4 * 10**6)
    for text in ("很多", "5 公里", "1.5.2", "0.001 元"):
        with pytest.raises(ValueError, match=r".*"):
            read_written(text)


def test_numbers_for_machines_have_no_tail() -> None:
    assert as_number(Kind.MONEY, 12300) == 123
    assert as_number(Kind.SHARE, 5 * 10**7) == 0.05
    assert as_number(Kind.FLAG, 0) is False
    assert as_number(Kind.DATE, 0) == "1970-01-01"


@given(
    n=st.integers(0, 10**16), d=st.integers(1, 10**16), percent=st.integers(1, 100), off=st.integers(-1, 1),
)  # fmt: skip
def test_columns_compare_exactly_up_to_the_largest_amounts(n: int, d: int, percent: int, off: int) -> None:
    """5 % of any amount is 5 % of it, also where the products need 128 bits."""
    n = max(0, d * percent // 100 + off) if n % 2 else n
    frame = pl.DataFrame({"n": [n], "d": [d]}, schema={"n": pl.Int64, "d": pl.Int64})
    ratio = ColumnFraction(Column(pl.col("n"), n), Column(pl.col("d"), d), None, 10**9)
    limit = ColumnFraction(Column.of(percent * 10**7), Column.of(1))
    assert frame.select(ratio.compare(">=", limit)).item() is (n * 100 >= d * percent)
    assert frame.select(ratio.compare("<", limit)).item() is (n * 100 < d * percent)
