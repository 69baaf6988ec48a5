"""Notices: sent once, read by their owner only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from wulian.foundation.access import Actor
from wulian.foundation.notices import get_notice, list_notices, mark_read, notify, unread_count
from wulian.kernel.errors import Denied, NotFound


def user_id(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id


def test_the_same_notice_is_sent_once(officer: Actor, reporter: Actor, now: datetime) -> None:
    people = [user_id(officer), user_id(reporter), user_id(officer)]
    assert notify(users=people, key="round:1", text="请填报", at=now) == 2
    assert notify(users=people, key="round:1", text="请填报", at=now) == 0
    assert notify(users=people, key="round:2", text="请填报", at=now) == 2
    assert unread_count(viewer=officer) == 2


def test_unread_first_then_by_deadline(officer: Actor, now: datetime) -> None:
    mine = [user_id(officer)]
    for key, due in (("late", date(2026, 5, 1)), ("none", None), ("soon", date(2026, 3, 5)), ("read", date(2026, 3, 1))):
        notify(users=mine, key=key, text=key, due_on=due, at=now)
    read = next(notice for notice in list_notices(viewer=officer) if notice.key == "read")
    assert mark_read(by=officer, notice_ids=[read.pk], at=now) == 1
    assert [notice.key for notice in list_notices(viewer=officer)] == ["soon", "late", "none", "read"]
    assert [notice.key for notice in list_notices(viewer=officer, unread_only=True)] == ["soon", "late", "none"]


def test_nobody_reads_or_marks_what_is_another_persons(officer: Actor, reporter: Actor, now: datetime) -> None:
    notify(users=[user_id(officer)], key="k", text="给工作人员", at=now)
    notice = list_notices(viewer=officer).get()
    with pytest.raises(NotFound):
        get_notice(viewer=reporter, notice_id=notice.pk)
    assert mark_read(by=reporter, notice_ids=[notice.pk], at=now) == 0
    assert unread_count(viewer=officer) == 1


def test_the_anonymous_have_none(anonymous: Actor, now: datetime, db: None) -> None:
    assert unread_count(viewer=anonymous) == 0
    assert not list_notices(viewer=anonymous)
    with pytest.raises(Denied):
        mark_read(by=anonymous, at=now)


def test_the_page_opens_a_notice_and_only_leads_inside(officer: Actor, now: datetime, client_of: Callable) -> None:
    notify(users=[user_id(officer)], key="in", text="去看规划", link="/plans/", at=now)
    notify(users=[user_id(officer)], key="out", text="去别处", link="https://evil.example/", at=now)
    client = client_of(officer)
    assert "2 条等您看" in client.get("/notices/").content.decode()
    by_key = {notice.key: notice.pk for notice in list_notices(viewer=officer)}
    assert client.post(f"/notices/{by_key['in']}/")["Location"] == "/plans/"
    assert client.post(f"/notices/{by_key['out']}/")["Location"] == "/notices/"
    assert unread_count(viewer=officer) == 0
    assert client.get(f"/notices/{by_key['in']}/").status_code == 405
