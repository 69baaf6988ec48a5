"""Cadence rules (周周有路演, 一月一链): which periods have fewer entries than the rule asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min

from wulian.engines.registers.schema import CadenceDefinition
from wulian.foundation.access import Actor

from .. import access
from ..catalogue import Adopted
from ..models import Entry
from ..wording import said
from .counting import field_condition


@dataclass(frozen=True, slots=True)
class Slot:
    """One period of a rule: [first, last], how many entries it has. `state`: kept, missing, or open (not over yet)."""

    label: str
    first: date
    last: date
    count: int
    state: str


@dataclass(frozen=True, slots=True)
class CadenceView:
    """A rule over a year, by each value of `by` where the rule has one."""

    rule: CadenceDefinition
    label: str
    group: str
    slots: list[Slot]

    @property
    def missing(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.state == "missing"]


def periods(every: str, first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """(label, first day, last day) of the periods that begin in [first, last]; weeks are ISO weeks (Monday to Sunday)."""
    if every == "week":
        day = first - timedelta(days=first.weekday())
        while day <= last:
            year, week, _weekday = day.isocalendar()
            yield f"{year}-W{week:02d}", day, day + timedelta(days=6)
            day += timedelta(days=7)
        return
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    day = date(first.year, (first.month - 1) // months * months + 1, 1)
    while day <= last:
        after = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
        label = {1: f"{day:%Y-%m}", 3: f"{day.year}-Q{(day.month + 2) // 3}", 12: f"{day.year}"}[months]
        yield label, day, after - timedelta(days=1)
        day = after


def cadence_of(*, viewer: Actor, adopted: Adopted, year: int, on: date, regions: frozenset[str] | None = None) -> list[CadenceView]:
    """Every rule of the register over `year`, as it stands on `on`. Periods before the register's first entry are left out."""
    entries = Entry.objects.filter(access.seen_by(viewer, adopted), register=adopted.id, voided_at__isnull=True)
    if regions is not None:
        entries = entries.filter(region__in=regions)
    found = []
    for rule in adopted.definition.cadence:
        column = adopted.columns[rule.date]
        chosen = entries
        for condition in rule.where:
            chosen = chosen.filter(state__in=condition.state) if condition.state else chosen.filter(field_condition(adopted, condition))
        begun = chosen.aggregate(first=Min(column))["first"]
        field = adopted.fields.get(rule.by)
        groups = [(choice.code, said(choice.label)) for choice in field.choices if not choice.retired] if field else [("", "")]
        first = max(date(year, 1, 1), begun) if begun else date(year, 1, 1)
        last = date(year, 12, 31)
        spans = list(periods(rule.every, first, last)) if first <= last else []
        margin = timedelta(days=7)
        dated = chosen.filter(**{f"{column}__gte": date(year, 1, 1) - margin, f"{column}__lte": last + margin})
        rows = list(
            dated.values_list(column, adopted.columns[rule.by]) if field else ((day, "") for day in dated.values_list(column, flat=True))
        )
        for code, label in groups:
            days = [day for day, value in rows if value == code]
            found.append(CadenceView(rule, said(rule.label), label, _slots(spans, days, rule.times, on)))
    return found


def _slots(spans: list[tuple[str, date, date]], days: list[date], times: int, on: date) -> list[Slot]:
    counted: Counter[str] = Counter()
    for label, first, last in spans:
        counted[label] = sum(1 for day in days if first <= day <= last)
    made = []
    for label, first, last in spans:
        if first > on:
            break
        enough = counted[label] >= times
        made.append(Slot(label, first, last, counted[label], "kept" if enough else "open" if last >= on else "missing"))
    return made
