from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.kernel.workdays import add_days, add_working_days, is_working_day


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2025, 3, 3), 1, date(2025, 3, 4)),  # Monday to Tuesday
        (date(2025, 3, 7), 1, date(2025, 3, 10)),  # over a weekend
        (date(2025, 9, 30), 1, date(2025, 10, 9)),  # over the National Day holiday of 2025 (1 to 8 October)
        (date(2025, 9, 26), 1, date(2025, 9, 28)),  # Sunday 28 September 2025 was a working day in exchange
        (date(2025, 3, 8), 0, date(2025, 3, 10)),  # Saturday itself moves to Monday
        (date(2025, 3, 10), 0, date(2025, 3, 10)),
    ],
)
def test_counts_by_the_published_arrangement(start: date, count: int, expected: date) -> None:
    reached = add_working_days(start, count)
    assert reached.day == expected
    assert reached.certain


def test_a_year_that_is_not_published_yet_counts_weekdays_and_says_so() -> None:
    reached = add_working_days(date(2090, 10, 2), 1)  # a Monday in what will surely be a holiday
    assert reached.day == date(2090, 10, 3)
    assert not reached.certain


def test_calendar_days_end_on_a_working_day() -> None:
    assert add_days(date(2025, 9, 25), 10).day == date(2025, 10, 9)
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2025, 1, 1), -1)


@given(st.dates(date(2004, 1, 1), date(2040, 1, 1)), st.integers(0, 60))
def test_there_are_exactly_count_working_days_on_the_way(start: date, count: int) -> None:
    end = add_working_days(start, count).day
    passed = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    working = sum(is_working_day(day)[0] for day in passed)
    assert is_working_day(end)[0]
    assert working == count or (count == 0 and working == 1 and not is_working_day(start)[0])
