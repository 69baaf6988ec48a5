"""The daily run: one notice a day to each person, worded for who reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override

from wulian.foundation.access import Actor, Role, system
from wulian.foundation.notices import list_notices, unread_count
from wulian.registers.models import Entry
from wulian.registers.selectors.soon import soon_for
from wulian.registers.selectors.todo import todo_of
from wulian.registers.services.definitions import adopt_definition
from wulian.registers.services.entries import create_entry
from wulian.registers.services.reminding import remind_entries
from wulian.registers.services.steps import take_step

from .test_services import TEXT

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ON = date(2026, 3, 2)
LATE = date(2026, 6, 1)
BY = system("甲")
REMINDED = TEXT + "reminders:\n  - {date: ends_on, days_before: 30, states: [running], to: [officer], text: {zh: 快到期, en: Ends soon}}\n"


@pytest.fixture
def trials(tianjin: None) -> None:
    adopt_definition(by=BY, at=AT, text=REMINDED, file="trials.yaml")


def add(name: str, **values: object) -> Entry:
    return create_entry(by=BY, at=AT, on=ON, register="trials", region="120106", values={"name": name, **values})


def remind(on: date) -> int:
    return remind_entries(by=BY, at=datetime(on.year, on.month, on.day, 1, tzinfo=UTC), on=on)[1]


def test_many_late_entries_are_one_notice_a_day_that_opens_the_todo(trials: None, officer: Actor, client_of: Callable) -> None:
    for name in "甲乙丙":
        add(name)
    assert remind(LATE) == 1
    assert remind(LATE) == 0, "a second run on the same day tells nobody twice"
    notice = list_notices(viewer=officer).get()
    assert notice.text == "“试验”：3 条已超期"
    assert notice.text_en == "“Trials”: 3 entries are overdue"
    assert notice.link == "/registers/todo/?register=trials&show=late"
    assert remind(LATE + timedelta(days=1)) == 1
    assert unread_count(viewer=officer) == 1, "the notice of the day before gives way"
    page = client_of(officer).get(notice.link).content.decode()
    assert "试验：3 个条目等您办，3 个已超期" in page


def test_a_single_late_entry_is_named_and_opened(trials: None, officer: Actor) -> None:
    entry = add("甲")
    assert entry.due_on is not None
    assert remind(entry.due_on) == 0, "the day itself still counts"
    assert remind(entry.due_on + timedelta(days=1)) == 1
    notice = list_notices(viewer=officer).get()
    assert notice.link == f"/registers/trials/{entry.number}/"
    assert notice.due_on == entry.due_on
    assert entry.number in notice.text
    assert f"“拟办”已超过期限 {entry.due_on}" in notice.text
    with override("en"):
        assert "“Draft” is past its limit" in str(notice)


@pytest.mark.parametrize(("days", "told"), [(31, 0), (30, 1), (0, 1), (-1, 0)])
def test_what_runs_out_is_told_within_its_days_and_listed(trials: None, officer: Actor, days: int, told: int) -> None:
    entry = add("甲", began_on=ON, ends_on=LATE + timedelta(days=days))
    take_step(by=BY, at=AT, on=ON, entry_id=entry.pk, step="start")
    assert remind(LATE) == told
    soon = soon_for(viewer=officer, on=LATE)
    assert [(one.entry.pk, one.days_left, one.text) for one in soon] == [(entry.pk, days, "快到期")] * told


def test_late_and_soon_stand_in_one_notice(trials: None, officer: Actor) -> None:
    add("甲")
    entry = add("乙", began_on=ON, ends_on=LATE)
    take_step(by=BY, at=AT, on=ON, entry_id=entry.pk, step="start")
    assert remind(LATE) == 1
    notice = list_notices(viewer=officer).get()
    assert notice.text == "“试验”：1 条已超期，1 条快到日子"
    assert notice.link == "/registers/todo/?register=trials"


def test_the_todo_counts_in_full_and_shows_what_is_late(trials: None, officer: Actor) -> None:
    first, second = add("甲"), add("乙")
    Entry.objects.filter(pk=second.pk).update(due_on=LATE)
    found = todo_of(viewer=officer, on=LATE, late=True)
    assert (found.total, found.late) == (2, 1)
    assert [item.entry.pk for item in found.items] == [first.pk]
    assert [item.entry.pk for item in todo_of(viewer=officer, on=LATE).items] == [first.pk, second.pk]


def test_people_elsewhere_are_not_told(trials: None, account: Callable[..., Actor]) -> None:
    other = account(Role.OFFICER, region="120101", unit="和平区科技局")
    add("甲")
    assert remind(LATE) == 0
    assert unread_count(viewer=other) == 0
