"""What people say of two organisations: it holds, it is written down for ever, and it can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from wulian.directory.errors import AlreadyAnswered
from wulian.directory.models import Doubt, IdentityChange, Judgement, Organisation, SourceRecord
from wulian.directory.selectors.doubts import doubt_counts, get_question, list_doubts
from wulian.directory.services.identity import merge_organisations, split_organisation, undo_identity_change
from wulian.directory.services.judgements import answer_doubt, reopen_doubt, said_of
from wulian.foundation.access import Actor
from wulian.kernel.errors import Denied, Invalid, NotFound

from . import makers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(days=400)


def record(who: Organisation, key: str) -> SourceRecord:
    return SourceRecord.objects.create(
        source=makers.source(), key=key, organisation=who, values={}, digest="x", first_seen_at=AT, last_seen_at=AT
    )


@pytest.fixture
def doubt(tianjin: None) -> Doubt:
    left, right = makers.organisation("天津甲科技有限公司"), makers.organisation("天津市甲科技公司")
    record(left, "b"), record(right, "a")
    return makers.doubt(left, right)


def test_same_merges_and_is_remembered(doubt: Doubt, officer: Actor) -> None:
    left, right = doubt.left, doubt.right
    answer_doubt(by=officer, doubt_id=doubt.pk, verdict="same", at=AT)
    right.refresh_from_db()
    assert right.merged_into_id == left.pk
    said = Judgement.objects.get()
    assert (said.left_key, said.right_key, said.left_id, said.right_id, said.score) == ("test:a", "test:b", right.pk, left.pk, 0.6)
    assert said_of(["test:a", "test:b"]) == ({("test:a", "test:b")}, set(), set())
    assert doubt_counts(viewer=officer) == {"answered": 1}
    with pytest.raises(AlreadyAnswered):
        answer_doubt(by=officer, doubt_id=doubt.pk, verdict="different", at=AT)


def test_taking_it_back_undoes_the_merge_and_asks_again(doubt: Doubt, officer: Actor) -> None:
    answer_doubt(by=officer, doubt_id=doubt.pk, verdict="same", at=AT)
    reopen_doubt(by=officer, doubt_id=doubt.pk, at=LATER, reason="看错了")
    doubt.refresh_from_db()
    assert (doubt.state, doubt.change, doubt.right.merged_into) == ("open", None, None)
    assert said_of(["test:a", "test:b"]) == (set(), set(), set())
    assert Judgement.objects.count() == 2
    with pytest.raises(Invalid):
        reopen_doubt(by=officer, doubt_id=doubt.pk, at=LATER)


def test_undoing_the_merge_reopens_the_doubt(doubt: Doubt, officer: Actor) -> None:
    answer_doubt(by=officer, doubt_id=doubt.pk, verdict="same", at=AT)
    undo_identity_change(by=officer, change_id=IdentityChange.objects.get().pk, reason="错", at=LATER)
    doubt.refresh_from_db()
    assert doubt.state == "open"


def test_different_and_unsure(doubt: Doubt, officer: Actor) -> None:
    answer_doubt(by=officer, doubt_id=doubt.pk, verdict="unsure", at=AT)
    assert [one.pk for one in list_doubts(viewer=officer, state="unsure")] == [doubt.pk]
    assert said_of(["test:a", "test:b"])[2] == {("test:a", "test:b")}
    answer_doubt(by=officer, doubt_id=doubt.pk, verdict="different", at=LATER, reason="两家")
    assert said_of(["test:a", "test:b"]) == (set(), {("test:a", "test:b")}, set())
    assert not list_doubts(viewer=officer).exists()
    assert IdentityChange.objects.count() == 0


def test_a_merge_by_hand_and_a_split_are_judgements_too(doubt: Doubt, officer: Actor) -> None:
    left, right = doubt.left, doubt.right
    change = merge_organisations(by=officer, kept_id=left.pk, other_id=right.pk, reason="同一家", at=AT)
    assert said_of(["test:a", "test:b"])[0] == {("test:a", "test:b")}
    assert not list_doubts(viewer=officer).exists()  # settled
    split = split_organisation(
        by=officer, organisation_id=left.pk, reason="两家", values={"name": "乙"}, at=LATER,
        rows={"directory.sourcerecord.organisation": [SourceRecord.objects.get(key="a").pk]},
    )  # fmt: skip
    assert said_of(["test:a", "test:b"])[1] == {("test:a", "test:b")}
    undo_identity_change(by=officer, change_id=split.pk, reason="回", at=LATER + timedelta(days=1))
    undo_identity_change(by=officer, change_id=change.pk, reason="回", at=LATER + timedelta(days=2))
    assert said_of(["test:a", "test:b"]) == (set(), set(), set())
    assert [one.pk for one in list_doubts(viewer=officer)] == [doubt.pk]


def test_an_undone_merge_of_the_model_is_never_done_again(doubt: Doubt, officer: Actor) -> None:
    doubt.delete()
    change = merge_organisations(
        by=officer, kept_id=doubt.left_id, other_id=doubt.right_id, reason="代码相同", at=AT, basis=IdentityChange.Basis.MODEL
    )
    assert not Judgement.objects.exists()
    undo_identity_change(by=officer, change_id=change.pk, reason="错", at=LATER)
    assert said_of(["test:a", "test:b"])[1] == {("test:a", "test:b")}


def test_doubts_follow_a_merge_and_are_asked_once(tianjin: None, officer: Actor) -> None:
    one, two, three = (makers.organisation() for _ in range(3))
    first, second, between = makers.doubt(one, three), makers.doubt(three, two), makers.doubt(one, two)
    merge_organisations(by=officer, kept_id=one.pk, other_id=two.pk, reason="同一家", at=AT)
    assert [item.pk for item in list_doubts(viewer=officer)] == [first.pk]
    undo_identity_change(by=officer, change_id=IdentityChange.objects.get().pk, reason="回", at=LATER)
    assert {item.pk for item in list_doubts(viewer=officer)} == {first.pk, second.pk, between.pk}
    merge_organisations(by=officer, kept_id=two.pk, other_id=one.pk, reason="同一家", at=LATER)
    assert [item.pk for item in list_doubts(viewer=officer)] == [second.pk]


def test_the_order_of_the_queue_and_what_differs(tianjin: None, officer: Actor) -> None:
    few = makers.doubt(makers.organisation("甲一"), makers.organisation("甲二", address="乙路"), 0.9)
    many = makers.doubt(
        makers.organisation("乙（天津）", address="甲路1号"), makers.organisation("乙天津", address="乙路2号"), 0.5, resolves=7
    )
    assert [one.pk for one in list_doubts(viewer=officer)] == [many.pk, few.pk]
    marks = {row.label: row.mark for row in get_question(viewer=officer, doubt_id=many.pk).rows}
    assert (marks["名称"], marks["地址"], marks["区域"]) == ("near", "differs", "same")
    assert next(row.mark for row in get_question(viewer=officer, doubt_id=few.pk).rows if row.label == "地址") == ""


def test_who_may_see_and_answer(doubt: Doubt, officer: Actor, reporter: Actor, auditor: Actor, city_officer: Actor) -> None:
    far = makers.doubt(makers.organisation("甲", "120104"), makers.organisation("乙", "120104"))
    across = makers.doubt(makers.organisation("丙", "120104"), makers.organisation("丁"))
    assert {one.pk for one in list_doubts(viewer=officer)} == {doubt.pk, across.pk}
    assert {one.pk for one in list_doubts(viewer=city_officer)} == {doubt.pk, across.pk, far.pk}
    assert list_doubts(viewer=auditor).count() == 2
    with pytest.raises(Denied):
        list_doubts(viewer=reporter)
    with pytest.raises(NotFound):
        get_question(viewer=officer, doubt_id=far.pk)
    for who, what in ((reporter, doubt), (auditor, doubt), (officer, across), (officer, far)):
        with pytest.raises(Denied):
            answer_doubt(by=who, doubt_id=what.pk, verdict="same", at=AT)
    with pytest.raises(Invalid):
        answer_doubt(by=officer, doubt_id=doubt.pk, verdict="perhaps", at=AT)
    with pytest.raises(NotFound):
        answer_doubt(by=officer, doubt_id=10**9, verdict="same", at=AT)


def test_judgements_cannot_be_changed(doubt: Doubt, officer: Actor) -> None:
    answer_doubt(by=officer, doubt_id=doubt.pk, verdict="different", at=AT)
    for statement in ("UPDATE directory_judgement SET verdict = 'same'", "DELETE FROM directory_judgement"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
