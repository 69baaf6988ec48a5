"""Ideas from elsewhere: practices of other areas put to tasks, and what became of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from ninja import Schema
from pydantic import Field

from wulian.chains.governance.selectors import ideas as selectors
from wulian.chains.governance.services import ideas as acts

from .files import DOCUMENTS, sent
from .operations import Subject
from .shapes import Day, Id, In, Line, Text, Version, Word, actor

subject = Subject("ideas")
IdeaState = Literal["noted", "taken_up", "unsuitable"]


class IdeaOut(Schema):
    """What another area does. `chain_id`: the indicator in which it was compared."""

    id: int
    task_id: int
    chain_id: int | None
    area: str
    practice: str
    takeover: str
    source: str
    dated_on: date
    link: str
    file_id: int | None
    state: IdeaState
    reason: str
    added_at: datetime
    version: int


class IdeaIn(In):
    area: Annotated[Word, Field(min_length=1, max_length=60)]
    practice: Annotated[Text, Field(min_length=1)]
    source: Annotated[Line, Field(min_length=1, max_length=200)]
    dated_on: Day
    takeover: Text = ""
    link: Annotated[str, Field(max_length=500, pattern=r"^(https?://[!-~]+)?$")] = ""
    file_id: Id | None = None
    chain_id: Id | None = None


class IdeaDecision(In):
    version: Version
    state: IdeaState
    reason: Line


@subject.get("/tasks/{task_id}/ideas", "list_task_ideas", list[IdeaOut])
def of_task(request: HttpRequest, task_id: Id) -> Any:
    """Ideas put to a task that the caller may see, the newest source first."""
    return selectors.ideas_of_task(actor(request), task_id)


@subject.get("/chains/{chain_id}/ideas", "list_chain_ideas", list[IdeaOut])
def of_chain(request: HttpRequest, chain_id: Id) -> Any:
    """Ideas that came from comparing an indicator, by area."""
    return selectors.ideas_of_chain(actor(request), chain_id)


@subject.post("/tasks/{task_id}/ideas", "add_idea", IdeaOut, status=201)
def add(request: HttpRequest, task_id: Id, body: IdeaIn) -> Any:
    """Put what another area does to a task, with source and date."""
    return acts.add_idea(by=actor(request), at=timezone.now(), task_id=task_id, **body.dict())


@subject.post("/ideas/{idea_id}/decide", "decide_idea", IdeaOut)
def decide(request: HttpRequest, idea_id: Id, body: IdeaDecision) -> Any:
    """Take an idea up, set it aside, or back to noted; with a reason."""
    return acts.decide_idea(by=actor(request), at=timezone.now(), idea_id=idea_id, **body.dict())


@subject.file("/ideas/{idea_id}/file", "download_idea_file", types=DOCUMENTS)
def file(request: HttpRequest, idea_id: Id) -> FileResponse:
    """The file of an idea."""
    return sent(selectors.get_idea(actor(request), idea_id).file)
