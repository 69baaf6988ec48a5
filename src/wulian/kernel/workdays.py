"""Working days of mainland China, from the State Council's yearly arrangement of holidays.

The arrangement of a year is published late in the year before, so a deadline may fall into a year that the installed
calendar does not know yet. Then Monday to Friday are counted and the answer says that it is not certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A date reached by counting. `certain` is false when a day of an unknown year was counted as a plain weekday."""

    day: date
    certain: bool


@lru_cache(maxsize=4_096)  # ten years; the calendar looks through its tables at every call
def is_working_day(day: date) -> tuple[bool, bool]:
    """(is it a working day, is that certain)."""
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < SATURDAY, False


def add_working_days(start: date, count: int) -> WorkingDay:
    """The working day that is `count` working days after `start`; the start itself does not count (Civil Code art. 201).

    With `count` 0 it is `start` itself, or the first working day after it (art. 203).

    Raises: ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("working days are counted forwards only")
    day, certain, left = start, True, count
    working, known = is_working_day(day)
    certain = certain and known
    while left > 0 or not working:
        day += timedelta(days=1)
        working, known = is_working_day(day)
        certain = certain and known
        if working and left > 0:
            left -= 1
    return WorkingDay(day, certain)


def add_days(start: date, count: int) -> WorkingDay:
    """The day `count` calendar days after `start`, moved to the next working day if it is none (Civil Code art. 203)."""
    return add_working_days(start + timedelta(days=count), 0)
