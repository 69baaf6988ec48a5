"""From an uploaded plan to what is published: reading it, and the officer's decisions on what was read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Query, Schema
from ninja.files import UploadedFile
from pydantic import Field

from wulian.chains.governance.jobs import request_reading
from wulian.chains.governance.selectors import extraction as selectors
from wulian.chains.governance.selectors.publishing import publish_preview
from wulian.chains.governance.services import extraction as acts
from wulian.chains.governance.services import extraction_units as task_acts
from wulian.chains.governance.services.reading import confirm_details, upload_plan
from wulian.foundation.files import store_upload

from .indicators import Attribute, Comparator, Direction, Kind, Name, NumberState, Unit
from .operations import Subject
from .plans import PlanOut, PlanRef, Title
from .shapes import Day, Id, In, Label, Line, NumberIn, RegionCode, Text, Version, Word, Year, actor
from .tasks import UnitRole

subject = Subject("review")
ALLOWED = ("text", "html", "docx", "pdf", "png", "jpeg")
ReadState = Literal["queued", "reading", "read", "failed"]
RowState = Literal["pending", "accepted", "merged", "rejected"]
Mention = Literal["target", "annual_target", "cumulative", "per_year", "baseline", "actual"]
Key = Annotated[Line, Field(max_length=160)]
Offset = Annotated[int, Field(ge=0, le=50_000_000)]


class DocumentOut(Schema):
    id: int
    plan_id: int
    state: ReadState
    format: str
    failure: str
    read_at: datetime | None
    confirmed: bool
    guess: dict[str, Any]
    warnings: list[dict[str, Any]]
    findings: list[dict[str, Any]]


class TextOut(Schema):
    """A stretch of the text, which spans of extractions point into."""

    start: int
    end: int
    total: int
    text: str


class ExtractionOut(Schema):
    """One mention of an indicator, or one task. `printed` is what was read, `values` what the officer made of it."""

    id: int
    version: int
    state: RowState
    key: str
    values: dict[str, Any]
    printed: dict[str, Any]
    span: Annotated[list[int], Field(min_length=2, max_length=2)] | None
    merged_into: int | None
    conflict: Label

    @staticmethod
    def of(row: selectors.Row) -> dict[str, Any]:
        names = ("version", "state", "key", "values", "printed", "span", "merged_into", "conflict")
        return {"id": row.pk, **{name: getattr(row, name) for name in names}}


class GroupOut(Schema):
    """One indicator as read: the mentions that publish something, and the repeats."""

    key: str
    state: Label
    owner_id: int | None
    metric: str
    head: ExtractionOut
    rows: list[ExtractionOut]
    repeats: list[ExtractionOut]
    conflicts: list[str]
    alike: list[str]

    @staticmethod
    def of(group: selectors.Group) -> dict[str, Any]:
        return {
            **{name: getattr(group, name) for name in ("key", "state", "owner_id", "metric", "conflicts")},
            "head": ExtractionOut.of(group.head),
            "rows": [ExtractionOut.of(row) for row in group.rows],
            "repeats": [ExtractionOut.of(row) for row in group.repeats],
            "alike": [one.key for one in group.alike],
        }


class ReviewOut(Schema):
    """A page of what was read; `page` counts from 1."""

    plan: PlanRef
    editable: bool
    total: int
    page: int
    pages: int
    counts: dict[str, int]
    indicators: list[GroupOut]
    tasks: list[ExtractionOut]


class StoredExtraction(Schema):
    id: int
    version: int
    state: RowState
    what: Literal["indicator", "task"]
    group_key: str
    values: dict[str, Any]


class Changed(Schema):
    """How many rows changed."""

    changed: int


class ReviewQuery(Schema):
    what: Literal["indicators", "tasks"] = "indicators"
    state: Word = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class TextQuery(Schema):
    start: Offset = 0
    length: Annotated[int, Field(ge=1, le=100_000)] = 20_000


class PlanUpload(Schema):
    """`again`: make another plan although the same content has been uploaded before."""

    region: RegionCode
    again: bool = False


class DetailsIn(In):
    """What the plan is, as the officer confirms it."""

    version: Version
    region: RegionCode
    title: Title | None = None
    short_title: Annotated[Word, Field(max_length=60)] | None = None
    document_number: Word | None = None
    issuer: Annotated[Line, Field(max_length=120)] | None = None
    issued_on: Day | None = None
    first_year: Year | None = None
    last_year: Year | None = None
    base_year: Year | None = None
    parent_id: Id | None = None
    predecessor_id: Id | None = None


class Seen(In):
    """A row with the version that you saw."""

    id: Id
    version: Version


Rows = Annotated[list[Seen], Field(min_length=1, max_length=500)]


class DecideIn(In):
    decision: Literal["accept", "reject", "reopen"]
    rows: Rows
    reason: Text = ""


class AcceptAllIn(In):
    what: Literal["indicator", "task"]
    only_table: bool = False


class OwnAllIn(In):
    owner_id: Id


class MentionChange(In):
    """What is left out stays."""

    version: Version
    value: NumberIn | None = None
    number_state: NumberState | None = None
    year: Year | None = None
    comparator: Comparator | None = None
    mention: Mention | None = None
    commitment: Annotated[Word, Field(max_length=20)] | None = None


class GroupChange(In):
    """What is left out stays; `rows` are the mentions of the group with the versions seen."""

    key: Key
    rows: Rows
    name: Name | None = None
    unit: Unit | None = None
    kind: Kind | None = None
    direction: Direction | None = None
    attribute: Attribute | None = None
    composite: Name | None = None
    scope_note: Annotated[Line, Field(max_length=200)] | None = None
    owner: Id | None = None
    metric: Word | None = None


class MergeRowsIn(In):
    rows: Rows
    into_id: Id


class MergeGroupsIn(In):
    keep: Key
    drop: Key


class UndoMergeIn(In):
    key: Key


class SplitIn(In):
    version: Version
    name: Name


class MentionIn(In):
    """An indicator that the reader missed, by its place in the text."""

    start: Offset
    end: Offset
    name: Name
    unit: Unit = ""
    kind: Kind = "level"
    value: NumberIn | None = None
    number_state: NumberState = "numbered"
    year: Year
    mention: Mention = "target"
    comparator: Comparator = "="


class ReadTaskIn(In):
    start: Offset
    end: Offset
    title: Title
    number: Annotated[Word, Field(max_length=40)] = ""
    section: Annotated[Line, Field(max_length=200)] = ""
    level: Annotated[int, Field(ge=1, le=9)] = 1


class ReadTaskChange(In):
    version: Version
    title: Title | None = None
    number: Annotated[Word, Field(max_length=40)] | None = None
    section: Annotated[Line, Field(max_length=200)] | None = None
    level: Annotated[int, Field(ge=1, le=9)] | None = None


class ReadUnitIn(In):
    version: Version
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    role: UnitRole


class ReadUnitChange(In):
    version: Version
    organisation_id: Id | None
    role: UnitRole


class PreviewOut(Schema):
    """What publishing would write, and what stands in its way."""

    indicators: int
    tasks: int
    blocking: list[str]


class SeenVersion(Schema):
    version: Version


def versions(rows: list[Seen]) -> dict[int, int]:
    return {row.id: row.version for row in rows}


def set_values(body: Schema, *without: str) -> dict[str, Any]:
    """What was given, figures as strings, as the extraction keeps them."""
    return {
        name: (str(value) if name == "value" and value is not None else value)
        for name, value in body.dict(exclude_unset=True, exclude=set(without)).items()
    }


@subject.post("/plan-uploads", "upload_plan", DocumentOut, status=201)
def upload(request: HttpRequest, file: File[UploadedFile], body: Form[PlanUpload]) -> Any:
    """Upload a plan. Plain text is read at once, anything else by the worker: ask for the document's state."""
    now = timezone.now()
    stored = store_upload(by=actor(request), upload=file, name=file.name or "", at=now, allowed=ALLOWED)
    document = upload_plan(by=actor(request), region=body.region, file=stored, at=now, on=timezone.localdate(), again=body.again)
    request_reading(by=actor(request), document=document)
    return selectors.reading_state(viewer=actor(request), plan_id=document.plan_id)


@subject.get("/plans/{plan_id}/document", "get_plan_document", DocumentOut)
def document(request: HttpRequest, plan_id: Id) -> Any:
    """The document that a plan was read from: its state, warnings and inconsistencies with their places."""
    return selectors.reading_state(viewer=actor(request), plan_id=plan_id)


@subject.post("/plans/{plan_id}/document/read", "read_plan_again", DocumentOut)
def read_again(request: HttpRequest, plan_id: Id) -> Any:
    """Read the document again, while nobody has decided on anything."""
    request_reading(by=actor(request), document=selectors.reading_state(viewer=actor(request), plan_id=plan_id))
    return selectors.reading_state(viewer=actor(request), plan_id=plan_id)


@subject.get("/plans/{plan_id}/document/text", "get_plan_text", TextOut)
def document_text(request: HttpRequest, plan_id: Id, query: Query[TextQuery]) -> Any:
    """A stretch of the plan's text."""
    text = selectors.reading_state(viewer=actor(request), plan_id=plan_id).text
    piece = text[query.start : query.start + query.length]
    return {"start": query.start, "end": query.start + len(piece), "total": len(text), "text": piece}


@subject.post("/plans/{plan_id}/details", "confirm_plan_details", PlanOut)
def details(request: HttpRequest, plan_id: Id, body: DetailsIn) -> Any:
    """Confirm what the plan is."""
    given = body.dict(exclude_unset=True, exclude={"version", "region"})
    return confirm_details(by=actor(request), plan_id=plan_id, version=body.version, at=timezone.now(), region=body.region, details=given)


@subject.get("/plans/{plan_id}/extractions", "list_extractions", ReviewOut)
def extractions(request: HttpRequest, plan_id: Id, query: Query[ReviewQuery]) -> Any:
    """What was read: indicators grouped with their mentions, or tasks."""
    found = selectors.review(viewer=actor(request), plan_id=plan_id, tab=query.what, state=query.state, page=query.page)
    names = ("plan", "editable", "total", "page", "pages", "counts")
    return {
        **{name: getattr(found, name) for name in names},
        "indicators": [GroupOut.of(group) for group in found.groups],
        "tasks": [ExtractionOut.of(row) for row in found.tasks],
    }


@subject.get("/plans/{plan_id}/extractions/{extraction_id}", "get_extraction", ExtractionOut)
def one_extraction(request: HttpRequest, plan_id: Id, extraction_id: Id) -> Any:
    """One mention or task as read."""
    return ExtractionOut.of(selectors.get_row(viewer=actor(request), plan_id=plan_id, extraction_id=extraction_id))


@subject.get("/plans/{plan_id}/publish-preview", "preview_publishing", PreviewOut)
def preview(request: HttpRequest, plan_id: Id) -> Any:
    """What publishing would write, and what stands in its way."""
    _plan, draft = publish_preview(viewer=actor(request), plan_id=plan_id)
    return {"indicators": len(draft.indicators), "tasks": len(draft.tasks), "blocking": [one.text for one in draft.blocking]}


@subject.post("/documents/{document_id}/decisions", "decide_extractions", Changed)
def decide(request: HttpRequest, document_id: Id, body: DecideIn) -> Any:
    """Accept, reject or reopen rows."""
    common: dict[str, Any] = {
        "by": actor(request), "document_id": document_id, "rows": versions(body.rows), "at": timezone.now()
    }  # fmt: skip
    if body.decision == "accept":
        return {"changed": acts.accept(**common)}
    if body.decision == "reject":
        return {"changed": acts.reject(**common, reason=body.reason)}
    return {"changed": acts.reopen(**common)}


@subject.post("/documents/{document_id}/accept-all", "accept_all_extractions", Changed)
def accept_all(request: HttpRequest, document_id: Id, body: AcceptAllIn) -> Any:
    """Accept every row that still waits."""
    return {
        "changed": acts.accept_all(
            by=actor(request), document_id=document_id, what=body.what, only_table=body.only_table, at=timezone.now()
        )
    }


@subject.post("/documents/{document_id}/own-all", "own_all_extractions", Changed)
def own_all(request: HttpRequest, document_id: Id, body: OwnAllIn) -> Any:
    """Make one unit the owner of every indicator that has none."""
    return {"changed": acts.own_all(by=actor(request), document_id=document_id, owner_id=body.owner_id, at=timezone.now())}


@subject.patch("/extractions/{extraction_id}", "edit_mention", StoredExtraction)
def edit_mention(request: HttpRequest, extraction_id: Id, body: MentionChange) -> Any:
    """Correct one mention of an indicator."""
    return acts.edit_mention(
        by=actor(request), extraction_id=extraction_id, version=body.version, changes=set_values(body, "version"), at=timezone.now()
    )


@subject.post("/documents/{document_id}/groups", "edit_group", list[StoredExtraction])
def edit_group(request: HttpRequest, document_id: Id, body: GroupChange) -> Any:
    """Correct an indicator as a whole."""
    return acts.edit_group(
        by=actor(request), document_id=document_id, key=body.key, rows=versions(body.rows),
        changes=set_values(body, "key", "rows"), at=timezone.now(),
    )  # fmt: skip


@subject.post("/documents/{document_id}/merge-rows", "merge_mentions", Changed)
def merge_rows(request: HttpRequest, document_id: Id, body: MergeRowsIn) -> Any:
    """Make rows repeated mentions of another row."""
    return {
        "changed": acts.merge_rows(
            by=actor(request), document_id=document_id, rows=versions(body.rows), into_id=body.into_id, at=timezone.now()
        )
    }


@subject.post("/documents/{document_id}/merge-groups", "merge_groups", Changed)
def merge_groups(request: HttpRequest, document_id: Id, body: MergeGroupsIn) -> Any:
    """Make two groups one indicator."""
    return {"changed": acts.merge_groups(by=actor(request), document_id=document_id, keep=body.keep, drop=body.drop, at=timezone.now())}


@subject.post("/documents/{document_id}/unmerge-group", "undo_group_merge", Changed)
def unmerge_group(request: HttpRequest, document_id: Id, body: UndoMergeIn) -> Any:
    """Take out of a group what was merged into it."""
    return {"changed": acts.undo_group_merge(by=actor(request), document_id=document_id, key=body.key, at=timezone.now())}


@subject.post("/extractions/{extraction_id}/split", "split_mention", StoredExtraction)
def split(request: HttpRequest, extraction_id: Id, body: SplitIn) -> Any:
    """Take one mention out of its group as an indicator of its own."""
    return acts.split(by=actor(request), extraction_id=extraction_id, version=body.version, name=body.name, at=timezone.now())


@subject.post("/documents/{document_id}/mentions", "add_mention", StoredExtraction, status=201)
def add_mention(request: HttpRequest, document_id: Id, body: MentionIn) -> Any:
    """Add an indicator that the reader missed."""
    values = {**body.dict(exclude={"start", "end", "value"}), "value": None if body.value is None else str(body.value)}
    return acts.add_mention(by=actor(request), document_id=document_id, span=(body.start, body.end), values=values, at=timezone.now())


@subject.post("/documents/{document_id}/tasks", "add_read_task", StoredExtraction, status=201)
def add_task(request: HttpRequest, document_id: Id, body: ReadTaskIn) -> Any:
    """Add a task that the reader missed."""
    return task_acts.add_task(
        by=actor(request), document_id=document_id, span=(body.start, body.end), values=body.dict(exclude={"start", "end"}),
        at=timezone.now(),
    )  # fmt: skip


@subject.patch("/task-extractions/{extraction_id}", "edit_read_task", StoredExtraction)
def edit_task(request: HttpRequest, extraction_id: Id, body: ReadTaskChange) -> Any:
    """Correct a task as read."""
    return task_acts.edit_task(
        by=actor(request), extraction_id=extraction_id, version=body.version, changes=set_values(body, "version"), at=timezone.now()
    )


@subject.post("/task-extractions/{extraction_id}/units", "add_read_unit", StoredExtraction, status=201)
def add_unit(request: HttpRequest, extraction_id: Id, body: ReadUnitIn) -> Any:
    """Add a responsible unit to a task as read."""
    return task_acts.add_unit(by=actor(request), extraction_id=extraction_id, at=timezone.now(), **body.dict())


@subject.patch("/task-extractions/{extraction_id}/units/{index}", "set_read_unit", StoredExtraction)
def set_unit(request: HttpRequest, extraction_id: Id, index: Annotated[int, Field(ge=0, le=1000)], body: ReadUnitChange) -> Any:
    """Say which organisation a unit as read is, and its role."""
    return task_acts.set_unit(by=actor(request), extraction_id=extraction_id, index=index, at=timezone.now(), **body.dict())


@subject.post("/task-extractions/{extraction_id}/units/{index}/remove", "remove_read_unit", StoredExtraction)
def remove_unit(request: HttpRequest, extraction_id: Id, index: Annotated[int, Field(ge=0, le=1000)], body: SeenVersion) -> Any:
    """Take a unit out of a task as read."""
    return task_acts.remove_unit(by=actor(request), extraction_id=extraction_id, version=body.version, index=index, at=timezone.now())
