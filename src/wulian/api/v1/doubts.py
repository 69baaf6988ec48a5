"""Doubts about identity: pairs of organisations that the model leaves to a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.directory.selectors import doubts as seen
from wulian.directory.services import judgements as acts

from .operations import Subject
from .shapes import Id, In, Label, Page, Paging, Text, actor, page

subject = Subject("organisations")
State = Literal["open", "unsure", "answered"]


class DoubtOut(Schema):
    """`score`: 0 to 1, how sure the model is that the two are one. `resolves`: records that one answer settles."""

    id: int
    left_id: int
    right_id: int
    left_name: str
    right_name: str
    state: State
    score: float
    resolves: int
    sentence: Label
    change_id: int | None
    answered_at: datetime | None
    answered_by: str

    @staticmethod
    def resolve_left_name(doubt: Any) -> str:
        return str(doubt.left.name)

    @staticmethod
    def resolve_right_name(doubt: Any) -> str:
        return str(doubt.right.name)

    @staticmethod
    def resolve_sentence(doubt: Any) -> str:
        return seen.sentence_of(doubt)


class DoubtRow(Schema):
    label: Label
    left: str
    right: str
    mark: Literal["same", "near", "differs", ""]


class DoubtInFull(Schema):
    doubt: DoubtOut
    rows: list[DoubtRow]


class DoubtsQuery(Schema):
    state: State = "open"


class AnswerDoubtIn(In):
    verdict: Literal["same", "different", "unsure"]
    reason: Annotated[Text, Field(max_length=2_000)] = ""


class ReopenDoubtIn(In):
    reason: Annotated[Text, Field(max_length=2_000)] = ""


@subject.get("/doubts", "list_doubts", Page[DoubtOut])
def doubts(request: HttpRequest, query: Query[DoubtsQuery], paging: Query[Paging]) -> Any:
    """The queue: what one answer resolves most comes first."""
    return page(seen.list_doubts(viewer=actor(request), state=query.state), paging)


@subject.get("/doubts/{doubt_id}", "get_doubt", DoubtInFull)
def doubt(request: HttpRequest, doubt_id: Id) -> Any:
    """One doubt with both sides field by field."""
    return seen.get_question(viewer=actor(request), doubt_id=doubt_id)


@subject.post("/doubts/{doubt_id}/answer", "answer_doubt", DoubtOut)
def answer(request: HttpRequest, doubt_id: Id, body: AnswerDoubtIn) -> Any:
    """Say whether the two are one. Same merges them; different is never asked again."""
    return acts.answer_doubt(by=actor(request), doubt_id=doubt_id, verdict=body.verdict, reason=body.reason, at=timezone.now())


@subject.post("/doubts/{doubt_id}/reopen", "reopen_doubt", DoubtOut)
def reopen(request: HttpRequest, doubt_id: Id, body: ReopenDoubtIn) -> Any:
    """Take an answer back: a merge is undone, and the pair waits again."""
    return acts.reopen_doubt(by=actor(request), doubt_id=doubt_id, reason=body.reason, at=timezone.now())
