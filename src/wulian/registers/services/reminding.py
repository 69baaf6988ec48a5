"""What the calendar brings: reminders before a date, notices of what is late, and steps that are taken by themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from wulian.foundation.access import Actor, require

from ..catalogue import adopted_registers
from ..models import Entry
from .steps import take_due_steps
from .telling import tell


def remind_entries(*, by: Actor, at: datetime, on: date) -> tuple[int, int]:
    """The daily run: takes due steps, then tells people what runs out soon and what is late. Each notice is sent once.

    Returns (steps taken, notices sent).
    """
    require(by.is_system, act="remind")
    taken = take_due_steps(by=by, at=at, on=on)
    sent = 0
    for adopted in adopted_registers().values():
        for place, reminder in enumerate(adopted.definition.reminders):
            column = adopted.columns[reminder.date]
            soon = {f"{column}__gte": on, f"{column}__lte": on + timedelta(days=reminder.days_before)}
            entries = Entry.objects.filter(register=adopted.id, voided_at__isnull=True, state__in=reminder.states, **soon)
            for entry in entries.select_related("subject_person"):
                day = getattr(entry, column)
                with transaction.atomic():
                    sent += tell(adopted, entry, reminder.to, reminder.text.zh, key=f"remind-{entry.pk}-{place}-{day}", at=at, due_on=day)
        late = Entry.objects.filter(register=adopted.id, voided_at__isnull=True, due_on__lt=on)
        for entry in late.select_related("subject_person"):
            who = {
                word
                for step in adopted.definition.lifecycle.transitions
                if entry.state in step.from_ and not step.back
                for word in step.who
            }
            state = adopted.lifecycle.state(entry.state)
            with transaction.atomic():
                text = f"“{state.label.zh}”已超过期限 {entry.due_on}"
                sent += tell(adopted, entry, who - {"anyone"}, text, key=f"late-{entry.pk}-{entry.due_on}", at=at, due_on=entry.due_on)
    return taken, sent
