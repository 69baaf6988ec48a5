"""Entries of registers: the list and its export, one entry, adding and changing, steps, history, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from ninja import Query, Schema
from pydantic import Field

from wulian.engines.registers.judging import missing_fields
from wulian.foundation.access import Actor
from wulian.foundation.exports import CONTENT_TYPES, export_response
from wulian.foundation.files import KINDS
from wulian.registers.access import visible_fields
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.errors import EntryChanged
from wulian.registers.selectors.entries import (
    EntryView,
    HistoryItem,
    NextStep,
    backlinks_of,
    facet_counts,
    fillable_fields,
    get_entry,
    history_of,
    next_steps,
    stays_of,
)
from wulian.registers.selectors.exporting import export_columns, export_rows
from wulian.registers.selectors.files import open_entry_file
from wulian.registers.selectors.questions import list_entries
from wulian.registers.selectors.showing import Cell, Reference, Row, rows_of, state_label
from wulian.registers.services import entries as acts
from wulian.registers.services.steps import fields_of_step, take_step
from wulian.registers.wording import said

from .files import EVIDENCE
from .operations import Subject
from .register_asking import FREE, EntriesQuery, Values, asked
from .registers import RegisterCode
from .shapes import Choice, Day, Id, In, On, Page, Paging, RegionCode, Text, Version, actor

subject = Subject("register entries")
EntryNumber = Annotated[str, Field(max_length=24, pattern=r"^[A-Z]{2,6}-[0-9]{4}-[0-9]{4,10}$", description="As TKT-2026-0001.")]
FieldCode = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_]{0,39}$")]
StepCode = FieldCode


class EntryReference(Schema):
    """What an id among the values stands for. kind: organisation, person, entry, file, or the kind of a thing of a chain."""

    kind: str
    id: int
    label: str


class EntryRow(Schema):
    """An entry in a list, cut to what the caller may see: `hidden` names the fields that have been left out.

    `values` are stored forms (see the register's schema), `text` is what a person reads. A title that is not for the caller is the
    number. `values` leaves out what is not filled.
    """

    number: str
    title: str
    state: str
    state_label: str
    since: date
    due_on: date | None
    late: bool
    region: str
    subject: EntryReference | None
    revision: int
    created_at: datetime
    updated_at: datetime
    voided: bool
    is_synthetic: bool
    values: dict[str, Any]
    text: dict[str, str]
    hidden: list[str]


class EntryProblem(Schema):
    """`field` is the code of the field, `reason`, `on`, `subject`, or empty for the entry as a whole."""

    field: str
    code: str
    message: str


class NextStepOut(Schema):
    """A step that the caller may try. `fillable`: fields that may be sent with it. `missing`: what is still in its way;
    `exceptions`: rules that only a reason lets pass."""

    code: str
    label: str
    to_state: str
    to_label: str
    back: bool
    needs_reason: bool
    needs: list[str]
    evidence: list[str]
    fillable: list[str]
    missing: list[EntryProblem]
    exceptions: list[EntryProblem]


class StayOut(Schema):
    """`days` up to the day before `left_on`, or up to the date asked for. `taken_back`: undone by a way back."""

    state: str
    label: str
    entered_on: date
    left_on: date | None
    days: int
    taken_back: bool


class BacklinkEntry(Schema):
    id: int
    label: str


class BacklinkOut(Schema):
    """Entries of `register_code` that name this one in `field`; the first 50 of `count`."""

    register_code: str
    field: str
    label: str
    count: int
    entries: list[BacklinkEntry]


class EntryOut(EntryRow):
    """One entry. `references`: what the ids of reference fields and files stand for. `written_under`: the version of the
    definition. `fillable`: fields that the caller may send in a change, when `may_edit`. `still_missing`: required and not filled."""

    id: int
    register_code: str
    meaning: str
    written_under: int
    references: dict[str, list[EntryReference]]
    may_edit: bool
    may_void: bool
    fillable: list[str]
    still_missing: list[EntryProblem]
    steps: list[NextStepOut]
    stays: list[StayOut]
    backlinks: list[BacklinkOut]


class EntryStands(Schema):
    """Where an entry stands after a change. `id` is what link fields of other registers name it by."""

    id: int
    register_code: str
    number: str
    revision: int
    state: str
    state_label: str
    due_on: date | None
    region: str
    voided: bool


class ChangeOut(Schema):
    """One field of one act; `before` and `after` as a person reads them, empty for no value."""

    field: str
    label: str
    before: str
    after: str


class EventOut(Schema):
    """One act on an entry. `exceptions`: rules that did not hold and were let pass with the reason."""

    revision: int
    kind: Literal["created", "edited", "moved", "voided", "restored"]
    words: str
    step: str
    from_state: str
    to_state: str
    on: date
    at: datetime
    actor: str
    reason: str
    changes: list[ChangeOut]
    exceptions: list[str]


class FacetValue(Choice):
    count: int


class FacetOut(Schema):
    """`name` is the parameter that the value goes into: `state`, `region` or `f.<field>`."""

    name: str
    label: str
    values: list[FacetValue]


class EntryIn(In):
    """`subject_id`: the organisation or person that the entry is of; people of one organisation need not name it."""

    values: Values
    subject_id: Id | None = None
    region: RegionCode | None = Field(None, description="That of the subject when left out.")
    on: Day | None = Field(None, description="The day it is dated; today when left out.")
    reason: Text = Field("", description="Why a rule that may be passed does not hold.")


class EntryChange(In):
    """`values`: only the fields that change. `revision`: the one that you saw; a stale one is refused with 409."""

    revision: Version
    values: Values
    reason: Text = ""


class EntryStepIn(In):
    """`values`: what is filled in with the step."""

    revision: Version
    values: Values = Field(default_factory=dict)
    on: Day | None = Field(None, description="The day on which it happened; today when left out.")
    reason: Text = ""


class EntryBecause(In):
    reason: Annotated[Text, Field(min_length=1)]


@contextmanager
def telling_changes(viewer: Actor, register: str, number: str, revision: int) -> Iterator[None]:
    """A conflict names what others changed meanwhile, as far as the caller may see it."""
    try:
        yield
    except EntryChanged as error:
        view = get_entry(viewer=viewer, register=register, number=number, on=timezone.localdate())
        later = [item for item in reversed(history_of(viewer=viewer, view=view)) if item.event.revision > revision]
        error.fields = [  # type: ignore[attr-defined]  # told by the handler
            {"at": f"body.values.{after.code}", "code": "changed", "message": f"{label}：{before.text or '—'} → {after.text or '—'}"}
            for item in later
            for label, before, after in item.changes
        ]
        raise


def problem_rows(problems: Any) -> list[dict[str, str]]:
    return [{"field": one.field, "code": one.code, "message": one.text(gettext)} for one in problems]


def reference(found: Reference | None) -> dict[str, Any] | None:
    return None if found is None else {"kind": found.kind, "id": found.id, "label": found.label}


def entry_row(row: Row) -> dict[str, Any]:
    return {
        **standing_of(row.entry, row.title), "state_label": row.state, "late": row.late, "subject": reference(row.subject), "values": dict(row.values),
        "text": {cell.code: cell.text for cell in row.cells if cell.text}, "hidden": [cell.code for cell in row.cells if cell.hidden],
    }  # fmt: skip


def standing_of(entry: Any, title: str) -> dict[str, Any]:
    names = ("number", "state", "due_on", "revision", "created_at", "updated_at", "is_synthetic")
    return {
        **{name: getattr(entry, name) for name in names}, "title": title, "since": entry.state_since, "region": entry.region_id,
        "voided": entry.voided_at is not None,
    }  # fmt: skip


def entry_stands(entry: Any, adopted: Adopted) -> dict[str, Any]:
    names = ("number", "revision", "state", "due_on")
    return {
        "id": entry.pk, "register_code": adopted.code, **{name: getattr(entry, name) for name in names}, "region": entry.region_id,
        "state_label": state_label(adopted, entry.state), "voided": entry.voided_at is not None,
    }  # fmt: skip


def entry_out(request: HttpRequest, view: EntryView, on: date) -> dict[str, Any]:
    viewer, adopted, entry = actor(request), view.adopted, view.entry
    english = get_language() == "en"
    seen = {field.code for field in visible_fields(adopted, view.level, view.as_)}
    still = missing_fields(adopted.definition, adopted.required, view.values, entry.state, english) if view.edits else []
    return {
        **standing_of(entry, view.title), "id": entry.pk, "register_code": adopted.code, "state_label": view.state, "meaning": view.meaning,
        "late": view.late, "subject": reference(view.subject), "written_under": view.written_under,
        "values": {code: value for code, value in view.values.items() if value is not None},
        "text": {cell.code: cell.text for cell in view.cells if cell.text},
        "hidden": [code for code in adopted.fields if code not in seen],
        "references": {cell.code: [reference(one) for one in named] for cell in view.cells if (named := _named(cell))},
        "may_edit": view.edits, "may_void": view.voids, "fillable": [field.code for field in fillable_fields(view)] if view.edits else [],
        "still_missing": problem_rows(still),
        "steps": [_next_step(view, one, english) for one in next_steps(viewer=viewer, view=view, on=on)],
        "stays": [{name: getattr(stay, name) for name in StayOut.model_fields} for stay in stays_of(view, on)],
        "backlinks": [
            {
                "register_code": one.adopted.code, "field": one.field, "label": one.label, "count": one.count,
                "entries": [{"id": ref.id, "label": ref.label} for ref in one.entries],
            }
            for one in backlinks_of(viewer=viewer, view=view)
        ],
    }  # fmt: skip


def _named(cell: Cell) -> list[Reference]:
    """What a cell names, in its rows too; what the caller may not see has no id and is left out."""
    every = [*cell.references, *(ref for row in cell.rows for one in row for ref in one.references)]
    return [one for one in dict.fromkeys(every) if one.id]


def _next_step(view: EntryView, found: NextStep, english: bool) -> dict[str, Any]:
    step, judged = found.step, found.judged
    fillable = fields_of_step(view.adopted, view.values, view.entry.state, step.code, view.as_, view.level)
    return {
        "code": step.code, "label": found.label, "to_state": step.to, "to_label": found.target, "back": step.back,
        "needs_reason": step.back or step.reason or bool(judged.exceptions), "needs": list(step.needs), "evidence": list(step.evidence),
        "fillable": [field.code for field in fillable if field.compute is None],
        "missing": problem_rows(one for one in judged.problems if one.code != "missing_reason"),
        "exceptions": problem_rows(broken.problem(english) for broken in judged.exceptions),
    }  # fmt: skip


def event_row(item: HistoryItem) -> dict[str, Any]:
    names = ("revision", "kind", "step", "from_state", "to_state", "on", "at", "actor", "reason")
    english = get_language() == "en"
    return {
        **{name: getattr(item.event, name) for name in names},
        "words": item.words,
        "changes": [{"field": b.code, "label": label, "before": b.text, "after": a.text} for label, b, a in item.changes],
        "exceptions": [one["en" if english else "zh"] for one in item.event.exceptions],
    }


@subject.get("/registers/{register_code}/entries", "list_entries", Page[EntryRow], openapi_extra=FREE)
def entries(request: HttpRequest, register_code: RegisterCode, query: Query[EntriesQuery], paging: Query[Paging]) -> Any:
    """Entries that the caller may see and the question asks for, newest first unless it says otherwise.

    The same question as on the page: q, state, region, subject, late, mine, idle, voided, sort, f.<field>, from.<field>, to.<field>.
    A condition that the register does not know is refused, so that a misspelt name never gives the longer list.
    """
    adopted = get_adopted(register_code)
    found = list_entries(viewer=actor(request), adopted=adopted, question=asked(request, adopted, query), on=query.day)
    chosen = found[paging.offset : paging.offset + paging.limit]
    rows = rows_of(actor(request), adopted, chosen, list(adopted.fields), query.day)
    count = found.order_by().count()
    return {"count": count, "limit": paging.limit, "offset": paging.offset, "items": [entry_row(row) for row in rows]}


@subject.get("/registers/{register_code}/facets", "list_entry_facets", list[FacetOut], openapi_extra=FREE)
def facets(request: HttpRequest, register_code: RegisterCode, query: Query[EntriesQuery]) -> Any:
    """How many entries each value of the list's filters would give; the counts of a filter ignore its own choice."""
    adopted, viewer = get_adopted(register_code), actor(request)
    question = asked(request, adopted, query)
    names = ["state", "region", *adopted.definition.views.filters]
    counts = facet_counts(viewer=viewer, adopted=adopted, question=question, on=query.day, names=names)
    return [_facet(adopted, name, values) for name, values in counts.items()]


def _facet(adopted: Adopted, name: str, counts: Mapping[str, int]) -> dict[str, Any]:
    field = adopted.fields.get(name)
    if field is None:
        label = gettext("状态") if name == "state" else gettext("区域")
        words = {state.code: said(state.label) for state in adopted.definition.lifecycle.states} if name == "state" else {}
    else:
        label, words = said(field.label), {choice.code: said(choice.label) for choice in field.choices}
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = [{"code": value, "label": words.get(value, value), "count": count} for value, count in ordered]
    return {"name": name if field is None else f"f.{name}", "label": label, "values": rows}


@subject.file("/registers/{register_code}/entries.{kind}", "export_entries", types=tuple(CONTENT_TYPES.values()), extra=FREE)
def export(
    request: HttpRequest, register_code: RegisterCode, kind: Literal["csv", "xlsx"], query: Query[EntriesQuery]
) -> StreamingHttpResponse:
    """Exactly this list as a file, all of it, with every field that the caller may see."""
    adopted = get_adopted(register_code)
    rows = export_rows(viewer=actor(request), adopted=adopted, question=asked(request, adopted, query), on=query.day)
    return export_response(kind, export_columns(adopted), rows, said(adopted.definition.name))


@subject.post("/registers/{register_code}/entries", "create_entry", EntryStands, status=201)
def create(request: HttpRequest, register_code: RegisterCode, body: EntryIn) -> Any:
    """Add an entry in the register's first state. Every reason against it is told at once."""
    entry = acts.create_entry(
        by=actor(request), at=timezone.now(), on=body.on or timezone.localdate(), register=register_code,
        values={code: value for code, value in body.values.items() if value is not None}, subject_id=body.subject_id, region=body.region,
        reason=body.reason,
    )  # fmt: skip
    return entry_stands(entry, get_adopted(register_code))


def found_entry(request: HttpRequest, register: str, number: str, on: date | None = None) -> EntryView:
    return get_entry(viewer=actor(request), register=register, number=number, on=on or timezone.localdate())


@subject.get("/registers/{register_code}/entries/{entry_number}", "get_entry", EntryOut)
def one_entry(request: HttpRequest, register_code: RegisterCode, entry_number: EntryNumber, query: Query[On]) -> Any:
    """One entry: values, state, next steps with what is missing, its stays in the states, and what links to it."""
    return entry_out(request, found_entry(request, register_code, entry_number, query.day), query.day)


@subject.patch("/registers/{register_code}/entries/{entry_number}", "edit_entry", EntryStands)
def edit(request: HttpRequest, register_code: RegisterCode, entry_number: EntryNumber, body: EntryChange) -> Any:
    """Change values. When somebody was first the answer is 409, and `fields` says what they changed."""
    view = found_entry(request, register_code, entry_number)
    with telling_changes(actor(request), register_code, entry_number, body.revision):
        entry = acts.edit_entry(
            by=actor(request), at=timezone.now(), on=timezone.localdate(), entry_id=view.entry.pk, revision=body.revision, values=body.values,
            reason=body.reason,
        )  # fmt: skip
    return entry_stands(entry, view.adopted)


@subject.post("/registers/{register_code}/entries/{entry_number}/steps/{step}", "take_entry_step", EntryStands)
def step(request: HttpRequest, register_code: RegisterCode, entry_number: EntryNumber, step: StepCode, body: EntryStepIn) -> Any:
    """Take a step of the lifecycle, first filling in values. If anything is missing nothing has happened, and every reason is told."""
    view = found_entry(request, register_code, entry_number)
    with telling_changes(actor(request), register_code, entry_number, body.revision):
        entry = take_step(
            by=actor(request), at=timezone.now(), on=body.on or timezone.localdate(), entry_id=view.entry.pk, step=step, revision=body.revision,
            values=body.values, reason=body.reason,
        )  # fmt: skip
    return entry_stands(entry, view.adopted)


@subject.post("/registers/{register_code}/entries/{entry_number}/void", "void_entry", EntryStands)
def void(request: HttpRequest, register_code: RegisterCode, entry_number: EntryNumber, body: EntryBecause) -> Any:
    """Take an entry out of lists and counters, with a reason. It stays and can be restored."""
    view, on = found_entry(request, register_code, entry_number), timezone.localdate()
    entry = acts.void_entry(by=actor(request), at=timezone.now(), on=on, entry_id=view.entry.pk, reason=body.reason)
    return entry_stands(entry, view.adopted)


@subject.post("/registers/{register_code}/entries/{entry_number}/restore", "restore_entry", EntryStands)
def restore(request: HttpRequest, register_code: RegisterCode, entry_number: EntryNumber, body: EntryBecause) -> Any:
    """Bring a voided entry back as it was, with a reason."""
    view, on = found_entry(request, register_code, entry_number), timezone.localdate()
    entry = acts.restore_entry(by=actor(request), at=timezone.now(), on=on, entry_id=view.entry.pk, reason=body.reason)
    return entry_stands(entry, view.adopted)


@subject.get("/registers/{register_code}/entries/{entry_number}/history", "list_entry_history", list[EventOut])
def history(request: HttpRequest, register_code: RegisterCode, entry_number: EntryNumber) -> Any:
    """Acts on an entry, newest first, with the changes of the fields that the caller may see."""
    return [event_row(item) for item in history_of(viewer=actor(request), view=found_entry(request, register_code, entry_number))]


FILES = tuple(dict.fromkeys(KINDS[kind][0] for kind in (*EVIDENCE, "zip")))


@subject.file("/registers/{register_code}/entries/{entry_number}/files/{field}/{file_id}", "download_entry_file", types=FILES)
def download(request: HttpRequest, register_code: RegisterCode, entry_number: EntryNumber, field: FieldCode, file_id: Id) -> FileResponse:
    """A file of an entry, for who may see the entry and the field. A new one is uploaded by itself and named in the values."""
    stored, handle = open_entry_file(view=found_entry(request, register_code, entry_number), field=field, file_id=file_id)
    return FileResponse(handle, as_attachment=True, filename=stored.name, content_type=stored.content_type)
