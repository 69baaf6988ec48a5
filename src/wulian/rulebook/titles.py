"""How long titles hold and when they must be renewed."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .tables import read


@dataclass(frozen=True, slots=True)
class Term:
    """Valid from the day of grant, before `valid_to`; None where the document was not seen (`unconfirmed`). `renew_by`: the next day
    by which something must be filed while the title holds."""

    valid_to: date | None
    renew_by: date | None
    article: str
    renewal: dict[str, str] | None
    unconfirmed: str = ""


def title_kinds() -> tuple[str, ...]:
    return tuple(read("national/tables/titles.yaml")["titles"])


def term_of(kind: str, granted_on: date, on: date) -> Term:
    """The term of a title granted on `granted_on`, looked at on `on`."""
    row: dict[str, Any] = read("national/tables/titles.yaml")["titles"][kind]
    valid_to = None
    if "months" in row:
        valid_to = add_months(granted_on, row["months"])
    elif "until" in row:
        valid_to = following(granted_on, row["until"]) + timedelta(days=1)
    renew_by = following(on, row["renew_by"]) if "renew_by" in row else None
    if renew_by is not None and valid_to is not None and renew_by >= valid_to:
        renew_by = None if on >= valid_to else renew_by if "until" in row else None
    return Term(valid_to, renew_by, row["article"], row.get("renewal"), row.get("unconfirmed", ""))


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def following(day: date, month_day: str) -> date:
    """The first such day of the year that is not before `day`."""
    month, number = map(int, month_day.split("-"))
    this = date(day.year, month, number)
    return this if this >= day else date(day.year + 1, month, number)
