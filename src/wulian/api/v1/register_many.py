"""Many entries at once: a step with a preview, and the workbook that goes out, is edited offline and comes back."""

from __future__ import annotations

import io
from typing import Annotated, Any
from urllib.parse import parse_qs

from django.http import FileResponse, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from ninja import File, Query, Schema
from ninja.files import UploadedFile
from pydantic import Field

from wulian.foundation.exports import CONTENT_TYPES
from wulian.foundation.files import open_stored, own_files, store_upload
from wulian.kernel.errors import Invalid, NotFound
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.selectors.questions import Question, list_entries
from wulian.registers.selectors.showing import entry_reference
from wulian.registers.services.sheets import MOST_ROWS, Sheet, apply_sheet, read_sheet, write_sheet
from wulian.registers.services.steps import MOST_AT_ONCE, preview_steps, take_steps
from wulian.registers.wording import said

from .operations import Subject
from .register_asking import FREE, AddressQuery, EntriesQuery, Values, asked, question_from
from .register_entries import EntryNumber, EntryProblem, FieldCode, StepCode, problem_rows
from .registers import RegisterCode
from .shapes import Day, Id, In, Text, Version, actor

subject = Subject("many entries at once")
XLSX = (CONTENT_TYPES["xlsx"],)


class StepsPreviewIn(In):
    """With which entries: their `numbers`, or all that `query` asks for."""

    numbers: list[EntryNumber] | None = Field(None, max_length=MOST_AT_ONCE)
    query: AddressQuery | None = None
    values: Values = Field(default_factory=dict)
    on: Day | None = Field(None, description="The day on which it happened; today when left out.")
    reason: Text = ""


class StepPreview(Schema):
    """What the step would do with one entry. Send `revision` back when taking the step."""

    number: str
    revision: int
    title: str
    allowed: bool
    problems: list[EntryProblem]


class StepsPreview(Schema):
    allowed: int
    refused: int
    entries: list[StepPreview]


class StepsIn(In):
    """`revisions`: number -> the revision in the preview; an entry that somebody changed since stays."""

    revisions: Annotated[dict[EntryNumber, Version], Field(min_length=1, max_length=MOST_AT_ONCE)]
    values: Values = Field(default_factory=dict)
    on: Day | None = Field(None, description="The day on which it happened; today when left out.")
    reason: Text = ""


class EntryStayed(Schema):
    number: str
    message: str


class StepsTaken(Schema):
    """Each entry goes or stays whole; `stayed` says why."""

    taken: int
    stayed: list[EntryStayed]


class SheetCell(Schema):
    """A changed cell in stored form: at the download, in the upload, and now. `conflict`: others changed it too since."""

    field: str
    label: str
    base: Any
    mine: Any
    theirs: Any
    conflict: bool


class SheetRow(Schema):
    """A row that would change an entry, or add one (`is_new`). `row`: its place in the sheet."""

    row: int
    number: str
    is_new: bool
    subject_id: int | None
    changes: list[SheetCell]
    problems: list[EntryProblem]


class SheetHeld(Schema):
    """An uploaded workbook held against what stands now; nothing has changed. `gone`: entries taken out of it stay as they are."""

    file_id: int
    unchanged: int
    changed: int
    added: int
    bad: int
    conflicts: int
    gone: list[str]
    rows: list[SheetRow]


class KeepTheirs(In):
    number: EntryNumber
    field: FieldCode


class SheetApply(In):
    """`keep_theirs`: conflicts in which the value of the others stands; in all others the workbook's goes."""

    file_id: Id
    keep_theirs: list[KeepTheirs] = Field(default_factory=list, max_length=5_000)
    reason: Text = ""


class SheetStayed(Schema):
    row: int
    message: str


class SheetApplied(Schema):
    changed: int
    added: int
    stayed: list[SheetStayed]


def step_of(adopted: Adopted, code: str) -> str:
    if adopted.definition.transition(code) is None:
        raise NotFound(what=gettext("这一步"))
    return code


@subject.post("/registers/{register_code}/steps/{step}/preview", "preview_entry_steps", StepsPreview)
def preview(request: HttpRequest, register_code: RegisterCode, step: StepCode, body: StepsPreviewIn) -> Any:
    """What taking a step with many entries would do, entry by entry. Nothing changes."""
    adopted, viewer, on = get_adopted(register_code), actor(request), body.on or timezone.localdate()
    step_of(adopted, step)
    if (body.numbers is None) == (body.query is None):
        raise Invalid(field="numbers", why=gettext("numbers 和 query 要写一个，只写一个"))
    question = Question() if body.query is None else question_from(parse_qs(body.query), adopted, "body.query")
    found = list_entries(viewer=viewer, adopted=adopted, question=question, on=timezone.localdate())
    if body.numbers is not None:
        found = found.filter(number__in=body.numbers)
    entries = list(found.select_related("subject", "subject_person", "region")[: MOST_AT_ONCE + 1])
    results = preview_steps(viewer=viewer, adopted=adopted, entries=entries, step=step, on=on, values=body.values, reason=body.reason)
    allowed = sum(result.allowed for result in results)
    rows = [
        {
            "number": one.entry.number, "revision": one.entry.revision, "title": entry_reference(viewer, adopted, one.entry).label,
            "allowed": one.allowed, "problems": problem_rows(one.problems),
        }
        for one in results
    ]  # fmt: skip
    return {"allowed": allowed, "refused": len(results) - allowed, "entries": rows}


@subject.post("/registers/{register_code}/steps/{step}", "take_entry_steps", StepsTaken)
def take(request: HttpRequest, register_code: RegisterCode, step: StepCode, body: StepsIn) -> Any:
    """Take a step with many entries. Each goes or stays whole."""
    adopted, by, today = get_adopted(register_code), actor(request), timezone.localdate()
    step_of(adopted, step)
    seen = list_entries(viewer=by, adopted=adopted, question=Question(), on=today).filter(number__in=list(body.revisions))
    ids = dict(seen.values_list("number", "pk"))
    numbers = {pk: number for number, pk in ids.items()}
    missing = NotFound(what=gettext("这个条目")).text(gettext)
    taken, stayed = take_steps(
        by=by, at=timezone.now(), on=body.on or today, revisions={ids[number]: seen for number, seen in body.revisions.items() if number in ids},
        step=step, values=body.values, reason=body.reason,
    )  # fmt: skip
    unknown = [{"number": number, "message": missing} for number in body.revisions if number not in ids]
    return {"taken": taken, "stayed": [*({"number": numbers[pk], "message": text} for pk, text in stayed), *unknown]}


@subject.file("/registers/{register_code}/workbook.xlsx", "download_register_workbook", types=XLSX, extra=FREE)
def workbook(request: HttpRequest, register_code: RegisterCode, query: Query[EntriesQuery]) -> FileResponse:
    """The entries of the list as a workbook to edit and send back; at most 5,000."""
    adopted = get_adopted(register_code)
    found = list_entries(viewer=actor(request), adopted=adopted, question=asked(request, adopted, query), on=query.day)
    entries = found.select_related("body", "subject", "subject_person", "region")[: MOST_ROWS + 1]
    handle = io.BytesIO()  # closed by the response
    write_sheet(viewer=actor(request), adopted=adopted, entries=entries, out=handle)
    handle.seek(0)
    return FileResponse(handle, as_attachment=True, filename=f"{said(adopted.definition.name)}.xlsx", content_type=XLSX[0])


@subject.post("/registers/{register_code}/workbook", "upload_register_workbook", SheetHeld)
def upload(request: HttpRequest, register_code: RegisterCode, file: File[UploadedFile]) -> Any:
    """Hold an edited workbook against the entries: what it would change, and which cells others changed too. Nothing changes yet."""
    adopted = get_adopted(register_code)
    stored = store_upload(by=actor(request), upload=file, name=file.name or "", at=timezone.now(), allowed=("xlsx",))
    with open_stored(stored) as handle:
        sheet = read_sheet(viewer=actor(request), adopted=adopted, upload=handle)
    return {"file_id": stored.pk, **sheet_held(sheet)}


def sheet_held(sheet: Sheet) -> dict[str, Any]:
    names = ("base", "mine", "theirs", "conflict")
    rows = [
        {
            "row": row.place, "number": row.number, "is_new": row.entry is None, "subject_id": row.subject_id, "problems": problem_rows(row.problems),
            "changes": [
                {"field": c.field.code, "label": said(c.field.label), **{name: getattr(c, name) for name in names}} for c in row.changes
            ],
        }
        for row in sheet.rows
    ]  # fmt: skip
    return {
        "unchanged": sheet.unchanged, "changed": len(sheet.changed), "added": len(sheet.new), "bad": len(sheet.bad),
        "conflicts": sum(len(row.conflicts) for row in sheet.rows), "gone": sheet.gone, "rows": rows,
    }  # fmt: skip


@subject.post("/registers/{register_code}/workbook/apply", "apply_register_workbook", SheetApplied)
def apply(request: HttpRequest, register_code: RegisterCode, body: SheetApply) -> Any:
    """Do what an uploaded workbook says. Each row goes or stays whole; `stayed` says why."""
    adopted, by = get_adopted(register_code), actor(request)
    (stored,) = own_files(by=by, ids=[body.file_id])
    with open_stored(stored) as handle:
        sheet = read_sheet(viewer=by, adopted=adopted, upload=handle)
    keep = frozenset((one.number, one.field) for one in body.keep_theirs)
    done = apply_sheet(by=by, at=timezone.now(), on=timezone.localdate(), sheet=sheet, keep_theirs=keep, reason=body.reason)
    return {"changed": done.changed, "added": done.added, "stayed": [{"row": row, "message": text} for row, text in done.stayed]}
