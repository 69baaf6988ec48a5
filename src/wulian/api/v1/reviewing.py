"""Frozen evaluations under review: the list, invitations, comments with their answers, and what is public."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.chains.governance.selectors.evaluation import get_evaluation
from wulian.chains.governance.selectors.reviewing import EvaluationItem, evaluations_list, review_of
from wulian.chains.governance.services import reviewing as acts

from .operations import Subject
from .plans import PlanRef
from .shapes import Day, Id, In, Line, Page, Paging, Text, Version, actor, page

subject = Subject("reviews")


class EvaluationLine(Schema):
    """A frozen evaluation with the comments on it that the caller may see. `invited`: the caller is asked to review it."""

    id: int
    name: str
    as_of: date
    is_public: bool
    plan: PlanRef
    comments: int
    waiting: int
    invited: bool
    due_on: date | None


class CommentOut(Schema):
    """`about` is empty for a comment on the whole. It waits until `answered_at` is set."""

    id: int
    organisation: str
    indicator_id: int | None
    task_id: int | None
    about: str
    text: str
    filed_at: datetime
    answer: str
    answered_by: str | None
    answered_at: datetime | None
    is_public: bool
    version: int

    @staticmethod
    def resolve_organisation(comment: Any) -> str:
        return str(comment.organisation)

    @staticmethod
    def resolve_answered_by(comment: Any) -> str | None:
        return str(comment.answered_by) if comment.answered_by_id else None


class ReviewerOut(Schema):
    id: int
    organisation_id: int
    organisation: str
    due_on: date | None
    invited_at: datetime

    @staticmethod
    def resolve_organisation(seat: Any) -> str:
        return str(seat.organisation)


class SubjectOut(Schema):
    """What a comment may be about; `key` is what filing asks for."""

    key: str
    label: str


class ReviewState(Schema):
    waiting: int
    comments: list[CommentOut]
    reviewers: list[ReviewerOut]
    subjects: list[SubjectOut]


class PublicIn(In):
    is_public: bool
    reason: Line = ""


class InviteIn(In):
    organisation_id: Id
    due_on: Day | None = None


class WithdrawIn(In):
    reason: Text


class CommentIn(In):
    text: Text
    about: Line = Field("", description="The key of an indicator or a task, as `indicator-12`; empty: the whole evaluation.")


class AnswerIn(In):
    version: Version
    answer: Text
    is_public: bool = False


def evaluation_line(item: EvaluationItem) -> dict[str, Any]:
    own = {name: getattr(item, name) for name in ("comments", "waiting", "invited", "due_on")}
    return {name: getattr(item.evaluation, name) for name in ("id", "name", "as_of", "is_public", "plan")} | own


@subject.get("/evaluations", "list_all_evaluations", Page[EvaluationLine])
def evaluations(request: HttpRequest, paging: Query[Paging]) -> Any:
    """Frozen evaluations that the caller may see: those with comments that wait first, then the newest."""
    return page([evaluation_line(item) for item in evaluations_list(actor(request))], paging)


@subject.post("/evaluations/{evaluation_id}/public", "set_evaluation_public", EvaluationLine)
def set_public(request: HttpRequest, evaluation_id: Id, body: PublicIn) -> Any:
    """Show a frozen evaluation to everyone, or no longer (with a reason)."""
    acts.set_evaluation_public(by=actor(request), at=timezone.now(), evaluation_id=evaluation_id, **body.dict())
    found = evaluations_list(actor(request))
    return evaluation_line(next(item for item in found if item.evaluation.pk == evaluation_id))


@subject.get("/evaluations/{evaluation_id}/review", "get_review", ReviewState)
def review(request: HttpRequest, evaluation_id: Id) -> Any:
    """Comments that the caller may see, open ones first; for those of the region, who is invited."""
    return review_of(actor(request), get_evaluation(actor(request), evaluation_id), timezone.localdate())


@subject.post("/evaluations/{evaluation_id}/reviewers", "invite_reviewer", ReviewerOut, status=201)
def invite(request: HttpRequest, evaluation_id: Id, body: InviteIn) -> Any:
    """Let the reviewers of an organisation read a frozen evaluation and comment on it."""
    return acts.invite_reviewer(by=actor(request), at=timezone.now(), evaluation_id=evaluation_id, **body.dict())


@subject.post("/reviewers/{reviewer_id}/withdraw", "withdraw_reviewer", ReviewerOut)
def withdraw(request: HttpRequest, reviewer_id: Id, body: WithdrawIn) -> Any:
    """Take an invitation back; what was said stays."""
    return acts.withdraw_reviewer(by=actor(request), at=timezone.now(), reviewer_id=reviewer_id, reason=body.reason)


@subject.post("/evaluations/{evaluation_id}/comments", "file_comment", CommentOut, status=201)
def comment(request: HttpRequest, evaluation_id: Id, body: CommentIn) -> Any:
    """Say something of an indicator, a task or the whole; only for reviewers who are invited."""
    return acts.file_comment(by=actor(request), at=timezone.now(), evaluation_id=evaluation_id, **body.dict())


@subject.post("/comments/{comment_id}/answer", "answer_comment", CommentOut)
def answer(request: HttpRequest, comment_id: Id, body: AnswerIn) -> Any:
    """Answer a comment, or put the answer right; with `is_public` both are shown beside a public evaluation."""
    return acts.answer_comment(by=actor(request), at=timezone.now(), comment_id=comment_id, **body.dict())
