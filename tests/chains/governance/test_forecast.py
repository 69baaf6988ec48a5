from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.chains.governance.forecast import forecast, yearly


def ends(*values: float) -> list[tuple[date, float]]:
    return [(date(2019 + i, 12, 31), value) for i, value in enumerate(values)]


def test_fewer_than_three_years_give_no_forecast() -> None:
    assert forecast(ends(1, 2), date(2022, 12, 31)) is None
    assert forecast([], date(2022, 12, 31)) is None


def test_a_straight_line_goes_on_with_hardly_any_interval() -> None:
    found = forecast(ends(84, 92, 100), date(2022, 12, 31))
    assert found is not None
    assert found.value == pytest.approx(108, abs=0.05)  # leap days move the years by less than this
    assert found.high - found.low < 0.5


def test_worked_by_hand() -> None:
    """Values 10, 12, 17 a year apart, read one year on."""
    found = forecast(ends(10, 12, 17), date(2022, 12, 31))
    assert found is not None
    # x = -1, 0, 1: slope (17 - 10) / 2 = 3.5; at x = 2 the line is 13 + 7 = 20.
    assert found.value == pytest.approx(20, abs=0.03)
    # residuals 0.5, -1, 0.5: s² = 1.5; half = 3.078 · sqrt(1.5) · sqrt(1 + 1/3 + 4/2) = 6.883
    assert found.high - found.value == pytest.approx(6.883, abs=0.03)
    assert (found.years, round(found.slope, 1)) == (3, 3.5)


def test_a_count_is_not_forecast_below_zero() -> None:
    found = forecast(ends(9, 5, 1), date(2023, 12, 31), floor=0)
    assert found is not None
    assert (found.value, found.low) == (0, 0)


def test_yearly_takes_the_last_of_each_year() -> None:
    points = [(date(2021, 6, 30), 1.0), (date(2021, 12, 31), 2.0), (date(2022, 6, 30), 3.0)]
    assert yearly(points, whole_years=False) == [points[1], points[2]]
    assert yearly(points, whole_years=True) == [points[1]]


@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=30), st.integers(2025, 2060))
def test_the_interval_holds_the_line(values: list[float], year: int) -> None:
    found = forecast([(date(1990 + i, 12, 31), value) for i, value in enumerate(values)], date(year, 12, 31))
    assert found is not None
    assert found.low <= found.value <= found.high
