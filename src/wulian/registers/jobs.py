"""Background jobs of the registers: the daily run of reminders and of the steps that the calendar takes, after which the database
looks at how the registers have grown."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from wulian.foundation.access import system
from wulian.foundation.bulk import refresh_statistics

from .models import Entry, StateSpell
from .services.reminding import remind_entries


@task()
def remind_entries_job() -> list[int]:
    """[steps taken, notices sent]; safe to run several times a day."""
    done = remind_entries(by=system("定时提醒", "job"), at=timezone.now(), on=timezone.localdate())
    refresh_statistics(Entry, StateSpell)
    return list(done)
