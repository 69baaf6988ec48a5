"""Entries whose day comes near and of which the viewer is to be reminded, as the reminders of the definitions say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from wulian.foundation.access import Actor

from .. import access
from ..catalogue import adopted_registers
from ..models import Entry
from ..wording import said
from .showing import Reference, basic_rank, state_label, title_for
from .todo import MOST, meant_by


@dataclass(frozen=True, slots=True)
class Soon:
    """An entry with the day that comes, how many days are left, and what the reminder says."""

    register: str
    register_name: str
    entry: Entry
    reference: Reference
    state: str
    day: date
    days_left: int
    text: str


def soon_for(*, viewer: Actor, on: date, register: str = "") -> list[Soon]:
    """What runs out within the days of its reminder, the nearest first; at most 200."""
    found: list[Soon] = []
    for adopted in adopted_registers().values() if viewer.signed_in else ():
        if register and adopted.code != register:
            continue
        for reminder in adopted.definition.reminders:
            column = adopted.columns[reminder.date]
            near = {f"{column}__gte": on, f"{column}__lte": on + timedelta(days=reminder.days_before)}
            meant: Q = meant_by(viewer, frozenset(reminder.to))
            mine = Entry.objects.filter(
                access.seen_by(viewer, adopted), meant, register=adopted.id, voided_at__isnull=True, state__in=reminder.states, **near
            )
            for entry in mine.select_related("subject_person").order_by(column, "pk")[:MOST]:
                day = getattr(entry, column)
                level = basic_rank(viewer, entry)
                if level < access.title_rank(adopted):  # only then does it matter whether the viewer is a party
                    level = access.rank(viewer, access.relations(viewer, entry))
                title = title_for(adopted, entry, level)
                reference = Reference("entry", entry.pk, title, f"/registers/{adopted.code}/{entry.number}/")
                name = said(adopted.definition.name)
                state = state_label(adopted, entry.state)
                found.append(Soon(adopted.code, name, entry, reference, state, day, (day - on).days, said(reminder.text)))
    found.sort(key=lambda item: (item.day, item.entry.pk))
    return found[:MOST]
