"""What stands beside a register's entries: counters, cadence, editions, saved views, the caller's to-do, what may be named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from ninja import Query, Schema
from pydantic import Field

from wulian.directory.services.people import add_person
from wulian.foundation.catalogue.metrics import scope_of
from wulian.foundation.exports import CONTENT_TYPES, export_response
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.selectors.cadence import cadence_of
from wulian.registers.selectors.counters import CounterView, counters_of
from wulian.registers.selectors.editions import get_edition, list_editions
from wulian.registers.selectors.picking import targets_of
from wulian.registers.selectors.todo import todo_of
from wulian.registers.services.editions import publish_edition
from wulian.registers.services.saved_views import delete_view, list_views, save_view

from .operations import Subject
from .register_asking import AddressQuery, question_from
from .registers import RegisterCadence, RegisterCode, RegisterCounter, cadence_row, counter_row
from .shapes import Day, Id, In, Line, Number, On, Page, Paging, RegionCode, Scope, Text, Word, actor, page

subject = Subject("register lists")


class CounterRow(Schema):
    value: str
    label: str
    number: Number


class CounterBreakdown(Schema):
    """The largest twelve; `value` empty: not filled."""

    field: str
    label: str
    rows: list[CounterRow]


class CounterOut(RegisterCounter):
    """`value` null means unknown, and `unknown_because` says why. `standing`: against the target, empty without one.

    `breakdown` is empty for a sum whose single records are not for the caller.
    """

    value: Number | None
    unknown_because: str
    standing: Literal["", "below", "within", "above"]
    breakdown: list[CounterBreakdown]


class CadenceSlot(Schema):
    """One period. state: kept, missing, or open (not over yet)."""

    label: str
    first: date
    last: date
    count: int
    state: Literal["kept", "missing", "open"]


class CadenceOut(RegisterCadence):
    """A rule over a year; `group`: the value that it is followed by itself for, empty for the whole register."""

    group: str
    missing: int
    periods: list[CadenceSlot]


class WaitingOut(Schema):
    """An entry that waits for the caller. `steps`: what may be done, in words."""

    register_code: str
    number: str
    title: str
    state: str
    state_label: str
    due_on: date | None
    late_days: int
    steps: list[str]


class ReferenceFound(Schema):
    id: int
    label: str
    detail: str


class PersonIn(In):
    name: Annotated[Line, Field(min_length=1, max_length=60)]


class PersonFound(Schema):
    id: int
    name: str


class EditionColumn(Schema):
    code: str
    label: str


class EditionLine(Schema):
    """A published list. Its number counts within the register; `version`: of the definition."""

    id: int
    number: int
    name: str
    as_of: date
    region: str
    version: int
    is_public: bool
    note: str
    published_at: datetime
    published_by: str

    @staticmethod
    def resolve_region(edition: Any) -> str:
        return str(edition.region_id)


class EditionRow(Schema):
    """`cells` under the edition's columns, as they were published."""

    number: str
    cells: list[str]


class EditionOut(Page[EditionRow]):
    edition: EditionLine
    columns: list[EditionColumn]


class EditionIn(In):
    """`public`: everybody may open it, and only public columns go in."""

    region: RegionCode | None = Field(None, description="With all below it; the installation's own region when left out.")
    on: Day | None = None
    name: Annotated[Line, Field(max_length=200)] = ""
    note: Text = ""
    public: bool = False


class SavedViewOut(Schema):
    """`query`: the conditions and sorting of the list, as in its address."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_own: bool


class SavedViewIn(In):
    name: Annotated[Line, Field(min_length=1, max_length=60)]
    query: AddressQuery
    shared: bool = False


class CadenceQuery(Scope):
    year: int | None = Field(None, ge=1990, le=2100)


class TodoQuery(On):
    register_code: RegisterCode | None = None


class ReferencesQuery(On):
    search: Word = ""


def counter_out(adopted: Adopted, view: CounterView) -> dict[str, Any]:
    return {
        **counter_row(adopted, view.counter),
        "value": view.value.value,
        "unknown_because": view.value.unknown_because,
        "standing": view.standing,
        "breakdown": [
            {"field": part.field, "label": part.label, "rows": [{"value": v, "label": label, "number": n} for v, label, n in part.rows]}
            for part in view.parts
        ],
    }


@subject.get("/registers/{register_code}/counters", "list_register_counters", list[CounterOut])
def register_counters(request: HttpRequest, register_code: RegisterCode, query: Query[Scope]) -> Any:
    """Every counter of a register on a date: value, standing against the target, breakdown."""
    adopted = get_adopted(register_code)
    return [counter_out(adopted, view) for view in counters_of(viewer=actor(request), adopted=adopted, region=query.code, on=query.day)]


@subject.get("/registers/{register_code}/cadence", "get_register_cadence", list[CadenceOut])
def register_cadence(request: HttpRequest, register_code: RegisterCode, query: Query[CadenceQuery]) -> Any:
    """The cadence rules of a register over a year: which periods are kept, missing, or not over yet."""
    regions = scope_of(query.code, query.day).regions
    year = query.year or query.day.year
    views = cadence_of(viewer=actor(request), adopted=get_adopted(register_code), year=year, on=query.day, regions=regions)
    names = ("label", "first", "last", "count", "state")
    return [
        {
            **cadence_row(view.rule), "group": view.group, "missing": len(view.missing),
            "periods": [{name: getattr(slot, name) for name in names} for slot in view.slots],
        }
        for view in views
    ]  # fmt: skip


@subject.get("/register-todo", "list_register_todo", Page[WaitingOut])
def waiting(request: HttpRequest, query: Query[TodoQuery], paging: Query[Paging]) -> Any:
    """Entries of all registers that wait for a step of the caller, most overdue first; the first 200 can be listed."""
    if query.register_code:
        get_adopted(query.register_code)
    found = todo_of(viewer=actor(request), on=query.day, register=query.register_code or "")
    rows = page(found.items, paging)
    items = [
        {
            "register_code": one.adopted.code, "number": one.entry.number, "title": one.reference.label, "state": one.entry.state, "state_label": one.state,
            "due_on": one.entry.due_on, "late_days": one.late_days, "steps": one.steps,
        }
        for one in rows["items"]
    ]  # fmt: skip
    return {**rows, "count": found.total, "items": items}


@subject.get("/register-references/{kind}", "find_register_references", list[ReferenceFound])
def references(request: HttpRequest, kind: RegisterCode, query: Query[ReferencesQuery]) -> Any:
    """What a reference field may name: the twelve best matches, with the ids that go into the values.

    kind: `organisation`, `person`, the id of a register, or one of plan_task, achievement, demand, contract.
    """
    found = targets_of(viewer=actor(request), kind=kind, text=query.search.strip(), on=query.day)
    return found if query.search.strip() else []


@subject.post("/named-people", "add_named_person", PersonFound, status=201)
def named_person(request: HttpRequest, body: PersonIn) -> Any:
    """A person without an account, to be named in an entry."""
    return add_person(by=actor(request), at=timezone.now(), name=body.name)


@subject.get("/registers/{register_code}/editions", "list_editions", Page[EditionLine])
def editions(request: HttpRequest, register_code: RegisterCode, paging: Query[Paging]) -> Any:
    """Published lists of a register, newest first."""
    return page(list_editions(viewer=actor(request), adopted=get_adopted(register_code)), paging)


@subject.post("/registers/{register_code}/editions", "publish_edition", EditionLine, status=201)
def publish(request: HttpRequest, register_code: RegisterCode, body: EditionIn) -> Any:
    """Freeze the entries of a region as the next edition; it never changes again."""
    return publish_edition(
        by=actor(request), at=timezone.now(), on=body.on or timezone.localdate(), register=register_code, region=body.region or settings.HOME_REGION,
        name=body.name, note=body.note, public=body.public,
    )  # fmt: skip


def columns_of(edition: Any) -> list[dict[str, str]]:
    language = "en" if get_language() == "en" else "zh"
    return [{"code": column["code"], "label": column[language]} for column in edition.columns]


@subject.get("/register-editions/{edition_id}", "get_edition", EditionOut)
def edition(request: HttpRequest, edition_id: Id, paging: Query[Paging]) -> Any:
    """One edition as it was published."""
    found = get_edition(viewer=actor(request), edition_id=edition_id)
    return {**page(found.rows, paging), "edition": found, "columns": columns_of(found)}


@subject.file("/register-editions/{edition_id}/rows.{kind}", "export_edition", types=tuple(CONTENT_TYPES.values()))
def export_edition(request: HttpRequest, edition_id: Id, kind: Literal["csv", "xlsx"]) -> StreamingHttpResponse:
    """The edition as a file."""
    found = get_edition(viewer=actor(request), edition_id=edition_id)
    columns = [gettext("编号"), *(column["label"] for column in columns_of(found))]
    return export_response(kind, columns, ([row["number"], *row["cells"]] for row in found.rows), found.name)


def view_row(view: Any, user_id: int | None) -> dict[str, Any]:
    return {"id": view.pk, "name": view.name, "query": view.query, "is_shared": view.is_shared, "is_own": view.user_id == user_id}


@subject.get("/registers/{register_code}/views", "list_saved_views", list[SavedViewOut])
def views(request: HttpRequest, register_code: RegisterCode) -> Any:
    """The caller's saved views and those that officers shared, by name."""
    return [view_row(view, actor(request).user_id) for view in list_views(viewer=actor(request), adopted=get_adopted(register_code))]


@subject.post("/registers/{register_code}/views", "save_view", SavedViewOut, status=201)
def save(request: HttpRequest, register_code: RegisterCode, body: SavedViewIn) -> Any:
    """Keep conditions and sorting of the list under a name; the same name again replaces them. Only officers share."""
    address = question_from(parse_qs(body.query), get_adopted(register_code), "body.query").address()
    return view_row(
        save_view(by=actor(request), register=register_code, name=body.name, query=address, shared=body.shared), actor(request).user_id
    )


@subject.delete("/register-views/{view_id}", "delete_view")
def remove_view(request: HttpRequest, view_id: Id) -> None:
    """Delete one's own saved view."""
    delete_view(by=actor(request), view_id=view_id)
