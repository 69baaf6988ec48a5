"""Importing registers: upload, mapping, progress, and the rows that could not be read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from ninja import File, Form, Query, Schema
from ninja.files import UploadedFile
from pydantic import Field

from wulian.directory.importing.jobs import enqueue_batch, resume_batch
from wulian.foundation.exports import CONTENT_TYPES, export_response
from wulian.foundation.imports import declare
from wulian.foundation.imports.selectors.batches import (
    detail_in_words,
    earlier_imports,
    get_batch,
    get_quarantined,
    imported_counts,
    list_batches,
    list_imported,
    list_mappings,
    list_quarantine,
    problems_of,
    quarantine_counts,
    view_of,
)
from wulian.foundation.imports.services.batches import cancel_import, confirm_mapping, start_import
from wulian.foundation.imports.services.quarantine import dismiss_row, repair_row

from .operations import Subject
from .shapes import Id, In, Label, Line, Page, Paging, RegionCode, Word, actor, page

subject = Subject("imports")
State = Literal["waiting", "queued", "running", "finished", "failed", "cancelled"]
RowState = Literal["open", "repaired", "dismissed"]
Cell = Annotated[str, Field(max_length=20_000)]
Columns = Annotated[dict[Word, Cell], Field(max_length=300)]


class FieldOut(Schema):
    name: str
    label: Label
    required: bool
    hint: Label


class OptionOut(Schema):
    name: str
    label: Label
    kind: str
    hint: Label


class KindOut(Schema):
    """What can be imported, and the fields that columns go into."""

    kind: str
    label: Label
    description: Label
    fields: list[FieldOut]
    options: list[OptionOut]


class BatchOut(Schema):
    """`columns`: field name -> column. `header` and `preview` are of the file. `state` failed: can be continued."""

    id: int
    kind: str
    source: str
    region: str
    file: str
    state: State
    state_label: str
    columns: dict[str, str]
    header: list[str]
    preview: list[list[str]]
    rows_total: int | None
    rows_done: int
    percent: int
    created: int
    updated: int
    unchanged: int
    flagged: int
    quarantined: int
    can_resume: bool
    can_cancel: bool
    failure: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RowProblem(Schema):
    field: str
    code: str
    text: str


class QuarantinedOut(Schema):
    """A row that could not be read, whole, with the reasons."""

    id: int
    batch_id: int
    row_number: int
    values: dict[str, str | None]
    problems: list[RowProblem]
    state: RowState


class QuarantineOut(Page[QuarantinedOut]):
    """`states`: rows by state; `codes`: open rows by problem."""

    states: dict[str, int]
    codes: dict[str, int]


class ImportedOut(Schema):
    """What a row did, as it was then. `subject_id`: an organisation's id or a region's code. `row_number` null: seen in doubt
    only when all rows were in. `detail`: what tells it from other records of the subject."""

    row_number: int | None
    result: Literal["created", "updated", "unchanged"]
    flagged: bool
    subject: Literal["organisation", "region", "entry"]
    subject_id: str
    name: str
    detail: str


class ImportedRowsOut(Page[ImportedOut]):
    """`counts`: records of the whole batch: all, created, updated, flagged."""

    counts: dict[str, int]


class OutcomeOut(Schema):
    """What became of a repaired row; `quarantined` means that it still cannot be read and stays open."""

    result: Literal["created", "updated", "unchanged", "quarantined"]
    flagged: bool
    problems: list[RowProblem]


class MappingOut(Schema):
    id: int
    kind: str
    name: str
    columns: dict[str, str]


class BatchesQuery(Schema):
    kind: Word = ""
    state: State | Literal[""] = ""


class QuarantineQuery(Schema):
    state: RowState | Literal[""] = ""
    code: Word = ""
    search: Line = ""


class ImportedQuery(Schema):
    result: Literal["", "created", "updated", "flagged"] = ""
    search: Line = ""


class MappingsQuery(Schema):
    kind: Word
    region: RegionCode


class ImportUpload(Schema):
    kind: Word
    source: Word
    region: RegionCode


class StartIn(In):
    columns: Columns
    options: Annotated[dict[Word, Cell], Field(max_length=50)] = Field(default_factory=dict)
    save_as: Word = ""


class RepairIn(In):
    """Corrections by column name; columns left out keep what the file had."""

    values: Columns


class DismissIn(In):
    reason: Line


def batch_row(batch: Any) -> dict[str, Any]:
    view = view_of(batch, at=timezone.now())
    names = ("kind", "source", "region", "columns", "rows_total", "rows_done", "created_at", "started_at", "finished_at")
    counts = ("created", "updated", "unchanged", "flagged", "quarantined")
    return {
        "id": batch.pk,
        **{name: getattr(batch, name) for name in names},
        **{name: getattr(batch, f"{name}_count") for name in counts},
        "file": batch.file.name,
        "header": batch.options.get("header", []),
        "preview": batch.options.get("preview", []),
        **{name: getattr(view, name) for name in ("state", "state_label", "percent", "can_resume", "can_cancel", "failure")},
    }


def problem_rows(problems: Any) -> list[dict[str, str]]:
    return [{"field": one.field, "code": one.code, "text": one.text(gettext)} for one in problems]


def quarantined_row(row: Any) -> dict[str, Any]:
    names = ("batch_id", "row_number", "values", "state")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}, "problems": problem_rows(problems_of(row))}


@subject.get("/import-kinds", "list_import_kinds", list[KindOut])
def kinds(request: HttpRequest) -> Any:
    """What can be imported."""
    return [
        {"kind": one.kind, "label": one.label, "description": one.description, "fields": list(one.fields()), "options": list(one.options)}
        for one in declare.all_importers()
    ]


@subject.get("/import-mappings", "list_import_mappings", list[MappingOut])
def mappings(request: HttpRequest, query: Query[MappingsQuery]) -> Any:
    """Mappings that officers have saved."""
    return list_mappings(viewer=actor(request), kind=query.kind, region=query.region)


@subject.get("/imports", "list_imports", Page[BatchOut])
def batches(request: HttpRequest, query: Query[BatchesQuery], paging: Query[Paging]) -> Any:
    """Imports of the caller's regions, newest first."""
    rows = page(list_batches(viewer=actor(request), kind=query.kind, state=query.state), paging)
    return {**rows, "items": [batch_row(batch) for batch in rows["items"]]}


@subject.post("/imports", "upload_import", BatchOut, status=201)
def upload(request: HttpRequest, file: File[UploadedFile], body: Form[ImportUpload]) -> Any:
    """Upload a file; it is looked through, and waits until its mapping is confirmed."""
    batch = start_import(
        by=actor(request), kind=body.kind, source=body.source, upload=file, name=file.name or "", region=body.region, at=timezone.now()
    )
    return batch_row(batch)


@subject.get("/imports/{batch_id}", "get_import", BatchOut)
def batch(request: HttpRequest, batch_id: Id) -> Any:
    """One import with its progress."""
    return batch_row(get_batch(viewer=actor(request), batch_id=batch_id))


@subject.get("/imports/{batch_id}/earlier", "list_earlier_imports", list[BatchOut])
def earlier(request: HttpRequest, batch_id: Id) -> Any:
    """Earlier imports of the same content."""
    found = get_batch(viewer=actor(request), batch_id=batch_id)
    return [batch_row(one) for one in earlier_imports(viewer=actor(request), batch=found)]


@subject.post("/imports/{batch_id}/start", "start_import", BatchOut)
def start(request: HttpRequest, batch_id: Id, body: StartIn) -> Any:
    """Confirm which column goes into which field, and start."""
    confirm_mapping(
        by=actor(request), batch_id=batch_id, columns=body.columns, options=body.options, save_as=body.save_as, at=timezone.now()
    )
    enqueue_batch(batch_id)
    return batch_row(get_batch(viewer=actor(request), batch_id=batch_id))


@subject.post("/imports/{batch_id}/resume", "resume_import", BatchOut)
def resume(request: HttpRequest, batch_id: Id) -> Any:
    """Continue an interrupted import behind the last row that was written."""
    resume_batch(by=actor(request), batch_id=batch_id, at=timezone.now())
    return batch_row(get_batch(viewer=actor(request), batch_id=batch_id))


@subject.post("/imports/{batch_id}/cancel", "cancel_import", BatchOut)
def cancel(request: HttpRequest, batch_id: Id) -> Any:
    """Stop an import; rows already written stay."""
    return batch_row(cancel_import(by=actor(request), batch_id=batch_id, at=timezone.now()))


@subject.get("/imports/{batch_id}/rows", "list_imported_rows", ImportedRowsOut)
def imported(request: HttpRequest, batch_id: Id, query: Query[ImportedQuery], paging: Query[Paging]) -> Any:
    """What an import created, updated or left in doubt."""
    who = actor(request)
    words = detail_in_words(get_batch(viewer=who, batch_id=batch_id).kind)
    rows = page(list_imported(viewer=who, batch_id=batch_id, result=query.result, query=query.search), paging)
    names = ("row_number", "result", "flagged", "subject", "subject_id", "name")
    items = [{**{name: getattr(row, name) for name in names}, "detail": words(row.detail)} for row in rows["items"]]
    counts = imported_counts(viewer=who, batch_id=batch_id)
    return {**rows, "items": items, "counts": {key or "all": number for key, number in counts.items()}}


@subject.file("/imports/{batch_id}/rows.{kind}", "export_imported_rows", types=tuple(CONTENT_TYPES.values()))
def export_imported(request: HttpRequest, batch_id: Id, kind: Literal["csv", "xlsx"], query: Query[ImportedQuery]) -> StreamingHttpResponse:
    """Exactly this list as a file, all of it."""
    who = actor(request)
    words = detail_in_words(get_batch(viewer=who, batch_id=batch_id).kind)
    found = list_imported(viewer=who, batch_id=batch_id, result=query.result, query=query.search)
    columns = ("row_number", "name", "detail", "result", "flagged", "subject", "subject_id")
    cells = (
        [row.row_number, row.name, words(row.detail), row.result, "yes" if row.flagged else "no", row.subject, row.subject_id]
        for row in found.iterator(chunk_size=2_000)
    )
    return export_response(kind, columns, cells, f"import-{batch_id}-rows")


@subject.get("/imports/{batch_id}/quarantine", "list_quarantine", QuarantineOut)
def quarantine(request: HttpRequest, batch_id: Id, query: Query[QuarantineQuery], paging: Query[Paging]) -> Any:
    """Rows that could not be read."""
    who = actor(request)
    rows = page(list_quarantine(viewer=who, batch_id=batch_id, state=query.state, code=query.code, query=query.search), paging)
    states, codes = quarantine_counts(viewer=who, batch_id=batch_id)
    return {**rows, "items": [quarantined_row(row) for row in rows["items"]], "states": states, "codes": dict(codes)}


@subject.get("/quarantine/{row_id}", "get_quarantined", QuarantinedOut)
def quarantined(request: HttpRequest, row_id: Id) -> Any:
    """One row that could not be read."""
    return quarantined_row(get_quarantined(viewer=actor(request), row_id=row_id))


@subject.post("/quarantine/{row_id}/repair", "repair_row", OutcomeOut)
def repair(request: HttpRequest, row_id: Id, body: RepairIn) -> Any:
    """Try a row again with corrections."""
    outcome = repair_row(by=actor(request), row_id=row_id, values=body.values, at=timezone.now())
    return {"result": outcome.result.value, "flagged": outcome.flagged, "problems": problem_rows(outcome.problems)}


@subject.post("/quarantine/{row_id}/dismiss", "dismiss_row", QuarantinedOut)
def dismiss(request: HttpRequest, row_id: Id, body: DismissIn) -> Any:
    """Set a row aside for good, with a reason."""
    return quarantined_row(dismiss_row(by=actor(request), row_id=row_id, reason=body.reason, at=timezone.now()))
