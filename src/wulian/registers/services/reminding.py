"""What the calendar brings: steps that are taken by themselves, and one notice a day to each person of what runs out or is late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wulian.engines.lifecycle import Text
from wulian.foundation.access import Actor, require
from wulian.foundation.notices import notify, supersede

from ..catalogue import Adopted, adopted_registers
from ..models import Entry
from ..wording import said
from .steps import take_due_steps
from .telling import about_entry, people_of

PREFIX = "registers-day-"


@dataclass(slots=True)
class Day:
    """What one person is told today: entries late and soon (ids), of which registers, the earliest date, and the first of them in words."""

    late: set[int] = field(default_factory=set)
    soon: set[int] = field(default_factory=set)
    registers: set[str] = field(default_factory=set)
    due_on: date | None = None
    first: tuple[Adopted, Entry, Callable[[], str]] | None = None

    def add(self, adopted: Adopted, entry: Entry, due: date, text: Callable[[], str], *, late: bool) -> None:
        (self.late if late else self.soon).add(entry.pk)
        self.registers.add(adopted.code)
        if self.due_on is None or due < self.due_on:
            self.due_on, self.first = due, (adopted, entry, text)

    def text(self) -> str:
        """The notice in the language in force: the one thing itself, or how many there are."""
        late, soon = len(self.late), len(self.soon - self.late)
        assert self.first is not None
        adopted, entry, text = self.first
        if late + soon == 1:
            return about_entry(adopted, entry.number, text)
        where = _("“%(register)s”") % {"register": said(adopted.definition.name)} if len(self.registers) == 1 else _("各本台账")
        parts = [ngettext("%(n)s 条已超期", "%(n)s 条已超期", late) % {"n": late}] if late else []
        parts += [ngettext("%(n)s 条快到日子", "%(n)s 条快到日子", soon) % {"n": soon}] if soon else []
        return _("%(where)s：%(parts)s") % {"where": where, "parts": _("，").join(parts)}

    def link(self) -> str:
        assert self.first is not None
        if len(self.late | self.soon) == 1:
            return f"/registers/{self.first[0].code}/{self.first[1].number}/"
        asked = [f"register={next(iter(self.registers))}"] if len(self.registers) == 1 else []
        asked += [f"show={'soon' if not self.late else 'late'}"] if not (self.late and self.soon) else []
        return "/registers/todo/" + (f"?{'&'.join(asked)}" if asked else "")


def remind_entries(*, by: Actor, at: datetime, on: date) -> tuple[int, int]:
    """The daily run: takes due steps, then tells each person in one notice what runs out soon and what is late.

    A second run on the same day tells nobody twice; the notice of an earlier day gives way to that of today.
    Returns (steps taken, notices sent).
    """
    require(by.is_system, act="remind")
    taken = take_due_steps(by=by, at=at, on=on)
    days: dict[int, Day] = {}
    for adopted in adopted_registers().values():
        for entry, words, due, text, late in _soon_and_late(adopted, on):
            for user in people_of(entry, words, on=on):
                days.setdefault(user, Day()).add(adopted, entry, due, text, late=late)
    key = f"{PREFIX}{on.isoformat()}"
    with transaction.atomic():
        supersede(prefix=PREFIX, key=key, at=at)
        sent = sum(notify(users=[user], key=key, text=day.text, link=day.link(), due_on=day.due_on, at=at) for user, day in days.items())
    return taken, sent


def _soon_and_late(adopted: Adopted, on: date) -> Iterator[tuple[Entry, set[str], date, Callable[[], str], bool]]:
    """Entries with whom to tell of them, the date, what to say, and whether it is late."""
    open_ = Entry.objects.filter(register=adopted.id, voided_at__isnull=True).order_by("pk")
    for reminder in adopted.definition.reminders:
        column = adopted.columns[reminder.date]
        soon = {f"{column}__gte": on, f"{column}__lte": on + timedelta(days=reminder.days_before)}
        for entry in open_.filter(state__in=reminder.states, **soon):
            yield entry, set(reminder.to), getattr(entry, column), partial(said, reminder.text), False
    for entry in open_.filter(due_on__lt=on):
        steps = adopted.definition.lifecycle.transitions
        words = {word for step in steps if entry.state in step.from_ and not step.back for word in step.who}
        label = adopted.lifecycle.state(entry.state).label
        assert entry.due_on is not None
        yield entry, words - {"anyone"}, entry.due_on, partial(_overdue, label, entry.due_on), True


def _overdue(state: Text, due: date) -> str:
    return _("“%(state)s”已超过期限 %(due)s") % {"state": said(state), "due": due.isoformat()}
