"""Third parties review a frozen evaluation: invited, commenting, every comment answered, and only what is marked is public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from wulian.chains.governance.errors import WrongReview
from wulian.chains.governance.models import Evaluation
from wulian.chains.governance.selectors.evaluation import get_evaluation
from wulian.chains.governance.selectors.reviewing import evaluations_list, review_of, waiting_of
from wulian.chains.governance.services.evaluations import freeze_evaluation
from wulian.chains.governance.services.reviewing import (
    answer_comment,
    file_comment,
    invite_reviewer,
    set_evaluation_public,
    withdraw_reviewer,
)
from wulian.chains.governance.services.tasks import add_task
from wulian.chains.governance.work_errors import ReasonMissing
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.models import AuditEvent, Notice
from wulian.kernel.errors import Conflict, Denied, Invalid, NotFound

from .made import AT, LATER, indicator, plan, published, targets

DAY = date(2025, 12, 31)
TODAY = date(2026, 3, 2)


@pytest.fixture
def reviewer(account: Callable[..., Actor]) -> Actor:
    return account(Role.REVIEWER, region=None, unit="某科技评估中心")


@pytest.fixture
def stranger(account: Callable[..., Actor]) -> Actor:
    return account(Role.REVIEWER, region=None, unit="另一家评估中心")


@pytest.fixture
def evaluation(officer: Actor) -> Evaluation:
    draft = plan(officer)
    targets(officer, indicator(officer, draft), {2025: "92", 2026: "102"})
    add_task(by=officer, at=AT, plan_id=draft.pk, title="培育企业", number="1")
    published(officer, draft)
    return freeze_evaluation(by=officer, at=AT, plan_id=draft.pk, on=DAY, name="中期评估", render=lambda content: {})


def body(actor: Actor) -> int:
    return next(iter(actor.organisations_as(Role.REVIEWER)))


def texts(viewer: Actor, evaluation: Evaluation) -> list[str]:
    return [one.text for one in review_of(viewer, get_evaluation(viewer, evaluation.pk), TODAY).comments]


def test_from_invitation_to_public_answer(evaluation: Evaluation, officer: Actor, reviewer: Actor, stranger: Actor) -> None:
    with pytest.raises(NotFound):
        get_evaluation(reviewer, evaluation.pk)
    invite_reviewer(by=officer, at=AT, evaluation_id=evaluation.pk, organisation_id=body(reviewer), due_on=TODAY)
    assert "中期评估" in Notice.objects.get(user_id=reviewer.user_id).text
    item = evaluations_list(reviewer)[0]
    assert (item.invited, item.due_on, item.waiting) == (True, TODAY, 0)
    subjects = review_of(reviewer, get_evaluation(reviewer, evaluation.pk), TODAY).subjects
    assert [one.label for one in subjects] == ["高新技术企业数量", "1 培育企业"]

    of_task = file_comment(by=reviewer, at=AT, evaluation_id=evaluation.pk, about=subjects[1].key, text="任务没有佐证")
    of_whole = file_comment(by=reviewer, at=LATER, evaluation_id=evaluation.pk, text="总体写得清楚")
    assert (of_task.task.title, of_task.about, of_whole.about) == ("培育企业", "1 培育企业", "")
    assert Notice.objects.filter(user_id=officer.user_id, key__startswith="comment-filed").count() == 2
    assert [one.waiting for one in waiting_of(officer, evaluation.plan_id)] == [2]
    assert evaluations_list(officer)[0].waiting == 2

    set_evaluation_public(by=officer, at=LATER, evaluation_id=evaluation.pk, is_public=True)
    assert texts(ANONYMOUS, evaluation) == texts(stranger, evaluation) == []
    answered = answer_comment(by=officer, at=LATER, comment_id=of_task.pk, version=0, answer="已补佐证", is_public=True)
    assert (answered.answered_by_id, answered.answered_at) == (officer.user_id, LATER)
    waiting = Notice.objects.filter(user_id=officer.user_id, read_at__isnull=True).values_list("key", flat=True)
    assert list(waiting) == [f"comment-filed-{of_whole.pk}"], "what is answered no longer waits"
    assert "有了答复" in Notice.objects.get(user_id=reviewer.user_id, key__startswith="comment-answered").text
    assert texts(officer, evaluation) == texts(reviewer, evaluation) == ["总体写得清楚", "任务没有佐证"], "open ones first"
    assert texts(ANONYMOUS, evaluation) == ["任务没有佐证"]
    assert evaluations_list(ANONYMOUS)[0].waiting == 0, "what waits is not for the public"
    assert evaluations_list(officer)[0].waiting == 1
    assert review_of(ANONYMOUS, evaluation, TODAY).reviewers == []

    set_evaluation_public(by=officer, at=LATER, evaluation_id=evaluation.pk, is_public=False, reason="有误")
    with pytest.raises(NotFound):
        get_evaluation(ANONYMOUS, evaluation.pk)
    acts = list(AuditEvent.objects.filter(action__regex="^(reviewer|comment|evaluation)").order_by("id").values_list("action", flat=True))
    assert acts == [
        "evaluation.frozen", "reviewer.invited", "comment.raised", "comment.raised", "evaluation.published", "comment.answered",
        "evaluation.hidden",
    ]  # fmt: skip


def test_only_invited_reviewers_comment_and_only_on_what_is_in_it(
    evaluation: Evaluation, officer: Actor, reviewer: Actor, stranger: Actor
) -> None:
    invite_reviewer(by=officer, at=AT, evaluation_id=evaluation.pk, organisation_id=body(reviewer))
    with pytest.raises(NotFound):
        file_comment(by=stranger, at=AT, evaluation_id=evaluation.pk, text="看不到")
    with pytest.raises(Denied):
        file_comment(by=officer, at=AT, evaluation_id=evaluation.pk, text="自己评自己")
    with pytest.raises(Invalid, match="不能为空"):
        file_comment(by=reviewer, at=AT, evaluation_id=evaluation.pk, text=" ")
    later = indicator(officer, plan(officer, title="另一份规划"))
    with pytest.raises(Invalid, match="没有这一项"):
        file_comment(by=reviewer, at=AT, evaluation_id=evaluation.pk, text="x", about=f"indicator-{later.pk}")


def test_an_invitation_needs_somebody_who_reviews_and_is_withdrawn_with_a_reason(
    evaluation: Evaluation, officer: Actor, reporter: Actor, reviewer: Actor
) -> None:
    unit = next(iter(reporter.organisations_as(Role.REPORTER)))
    with pytest.raises(WrongReview, match="还没有评审专家账号"):
        invite_reviewer(by=officer, at=AT, evaluation_id=evaluation.pk, organisation_id=unit)
    with pytest.raises(WrongReview, match="已经过了"):
        invite_reviewer(by=officer, at=AT, evaluation_id=evaluation.pk, organisation_id=body(reviewer), due_on=TODAY - timedelta(days=1))
    seat = invite_reviewer(by=officer, at=AT, evaluation_id=evaluation.pk, organisation_id=body(reviewer))
    with pytest.raises(WrongReview, match="已经受邀"):
        invite_reviewer(by=officer, at=AT, evaluation_id=evaluation.pk, organisation_id=body(reviewer))
    said = file_comment(by=reviewer, at=AT, evaluation_id=evaluation.pk, text="缺口径")
    with pytest.raises(ReasonMissing):
        withdraw_reviewer(by=officer, at=AT, reviewer_id=seat.pk, reason=" ")
    withdraw_reviewer(by=officer, at=AT, reviewer_id=seat.pk, reason="评审结束")
    with pytest.raises(WrongReview, match="已经撤回"):
        withdraw_reviewer(by=officer, at=AT, reviewer_id=seat.pk, reason="评审结束")
    with pytest.raises(NotFound):
        file_comment(by=reviewer, at=AT, evaluation_id=evaluation.pk, text="还有")
    answer_comment(by=officer, at=LATER, comment_id=said.pk, version=0, answer="已补")
    invite_reviewer(by=officer, at=LATER, evaluation_id=evaluation.pk, organisation_id=body(reviewer))
    assert texts(reviewer, evaluation) == ["缺口径"]


def test_an_answer_is_put_right_by_who_saw_the_last_one(evaluation: Evaluation, officer: Actor, reviewer: Actor) -> None:
    invite_reviewer(by=officer, at=AT, evaluation_id=evaluation.pk, organisation_id=body(reviewer))
    said = file_comment(by=reviewer, at=AT, evaluation_id=evaluation.pk, text="缺口径")
    with pytest.raises(Invalid, match="不能为空"):
        answer_comment(by=officer, at=LATER, comment_id=said.pk, version=0, answer="")
    answer_comment(by=officer, at=LATER, comment_id=said.pk, version=0, answer="已补")
    with pytest.raises(Conflict):
        answer_comment(by=officer, at=LATER, comment_id=said.pk, version=0, answer="又补")
    assert answer_comment(by=officer, at=LATER, comment_id=said.pk, version=1, answer="补在第 3 页").answer == "补在第 3 页"
    with pytest.raises(Denied):
        answer_comment(by=reviewer, at=LATER, comment_id=said.pk, version=2, answer="自己答")
    assert (AuditEvent.objects.filter(action="comment.answered").order_by("id").last().before or {})["answer"] == "已补"


def test_hiding_needs_a_reason(evaluation: Evaluation, officer: Actor) -> None:
    set_evaluation_public(by=officer, at=AT, evaluation_id=evaluation.pk, is_public=True)
    with pytest.raises(ReasonMissing):
        set_evaluation_public(by=officer, at=AT, evaluation_id=evaluation.pk, is_public=False)
