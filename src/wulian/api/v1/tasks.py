"""Tasks of plans with their responsible units."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.chains.governance.selectors.tasks import TaskLine, task_detail, task_list
from wulian.chains.governance.services import tasks as acts

from .operations import Subject
from .shapes import Id, In, Line, On, Page, Paging, Text, Version, Word, actor, page

subject = Subject("tasks")
UnitRole = Literal["lead", "participant"]
Standing = Literal["", "not_started", "under_way", "difficult", "done"]
Title = Annotated[Line, Field(min_length=1, max_length=200)]


class UnitOut(Schema):
    """A responsible unit as printed. A class name (各区人民政府) has `unit_class` and no organisation."""

    id: int
    name: str
    printed: str
    role: UnitRole
    organisation_id: int | None
    unit_class: Literal["", "all_districts", "concerned_districts", "all_departments"]
    assigned_later: bool


class TaskOut(Schema):
    """`standing` is that of the latest report, empty when nobody has reported."""

    id: int
    plan_id: int
    number: str
    title: str
    section: str
    level: int
    version: int
    leads: list[UnitOut]
    participants: list[UnitOut]
    standing: Standing
    reported_on: date | None
    late: bool
    open_problems: int


class TasksOut(Page[TaskOut]):
    """`counts`: how many the filters would show, the empty name for all."""

    counts: dict[str, int]
    finding: str


class TaskDetail(Schema):
    task: TaskOut
    parent_id: int | None
    text: str
    units_printed: str
    children: list[int]
    reports: list[int]
    problems: list[int]


class TaskRef(Schema):
    id: int
    plan_id: int
    number: str
    title: str
    version: int


class TaskUnitRef(Schema):
    id: int
    task_id: int
    name_printed: str
    role: UnitRole
    organisation_id: int | None
    unit_class: str
    assigned_later: bool


class TasksQuery(On):
    plan: Id | None = None
    unit: Id | None = None
    role: Literal["", "lead", "participant"] = ""
    state: Literal["", "no_lead", "no_units", "unmatched", "difficult", "done", "late", "never"] = ""
    search: Line = ""
    sort: Literal["", "title", "-title", "plan", "-plan", "standing", "-standing"] = ""


class UnitIn(In):
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    role: UnitRole
    organisation_id: Id | None = None


class TaskIn(In):
    title: Title
    number: Annotated[Word, Field(max_length=40)] = ""
    section: Annotated[Line, Field(max_length=200)] = ""
    level: Annotated[int, Field(ge=1, le=9)] = 1
    text: Text = ""
    units: list[UnitIn] = Field(default_factory=list, max_length=200)


class TaskChange(In):
    """What is left out stays; `units` replaces the printed units, those assigned later stay."""

    version: Version
    title: Title | None = None
    number: Annotated[Word, Field(max_length=40)] | None = None
    section: Annotated[Line, Field(max_length=200)] | None = None
    level: Annotated[int, Field(ge=1, le=9)] | None = None
    text: Text | None = None
    units: list[UnitIn] | None = Field(None, max_length=200)


class AssignIn(In):
    organisation_id: Id
    role: UnitRole
    version: Version
    reason: Text = ""


class MatchIn(In):
    """The organisation that the printed name stands for; null takes it away."""

    organisation_id: Id | None


class ExpandIn(In):
    """The units that the class name stands for; all of the region when left out."""

    organisation_ids: list[Id] | None = Field(None, max_length=200)


class WithdrawQuery(Schema):
    reason: Line


def task_row(line: TaskLine) -> dict[str, Any]:
    names = ("plan_id", "number", "title", "section", "level", "version", "standing", "reported_on", "late", "open_problems")
    units = {
        name: [
            {
                "id": unit.pk,
                **{field: getattr(unit, field) for field in ("name", "printed", "role", "organisation_id", "unit_class", "assigned_later")},
            }
            for unit in getattr(line, name)
        ]
        for name in ("leads", "participants")
    }
    return {"id": line.pk, **{name: getattr(line, name) for name in names}, **units}


def given(body: TaskIn | TaskChange) -> dict[str, Any]:
    """What was given, with the units as the service takes them."""
    values = body.dict(exclude_unset=True)
    if body.units is not None and "units" in values:
        values["units"] = [acts.UnitOfTask(name=one.name, role=one.role, organisation_id=one.organisation_id) for one in body.units]
    return values


@subject.get("/tasks", "list_tasks", TasksOut)
def list_tasks(request: HttpRequest, query: Query[TasksQuery], paging: Query[Paging]) -> Any:
    """Tasks that the caller may see, by plan, unit, role and state."""
    found = task_list(
        viewer=actor(request), on=query.day, plan_id=query.plan, unit_id=query.unit, role=query.role, state=query.state,
        words=query.search, sort=query.sort,
    )  # fmt: skip
    rows = page(found.lines, paging)
    return {**rows, "items": [task_row(line) for line in rows["items"]], "counts": found.counts, "finding": found.finding}


@subject.get("/tasks/{task_id}", "get_task", TaskDetail)
def task(request: HttpRequest, task_id: Id, query: Query[On]) -> Any:
    """One task with its text and what hangs on it."""
    found = task_detail(viewer=actor(request), task_id=task_id, on=query.day)
    return {
        "task": task_row(found.line),
        "parent_id": found.task.parent_id,
        "text": found.text,
        "units_printed": found.task.units_printed,
        "children": [one.pk for one in found.children],
        "reports": [one.pk for one in found.reports],
        "problems": [one.pk for one in found.problems],
    }


@subject.post("/plans/{plan_id}/tasks", "add_task", TaskRef, status=201)
def add(request: HttpRequest, plan_id: Id, body: TaskIn) -> Any:
    """Enter a task with its units."""
    return acts.add_task(by=actor(request), at=timezone.now(), plan_id=plan_id, **given(body))


@subject.patch("/tasks/{task_id}", "edit_task", TaskRef)
def edit(request: HttpRequest, task_id: Id, body: TaskChange) -> Any:
    """Correct a task."""
    return acts.edit_task(by=actor(request), at=timezone.now(), task_id=task_id, **given(body))


@subject.delete("/tasks/{task_id}", "remove_task")
def remove(request: HttpRequest, task_id: Id) -> None:
    """Remove a task from a draft."""
    acts.remove_task(by=actor(request), at=timezone.now(), task_id=task_id)


@subject.post("/tasks/{task_id}/units", "assign_unit", TaskUnitRef, status=201)
def assign(request: HttpRequest, task_id: Id, body: AssignIn) -> Any:
    """Make a unit responsible that the plan does not name, or a participant the lead."""
    return acts.assign_unit(by=actor(request), at=timezone.now(), task_id=task_id, **body.dict())


@subject.post("/task-units/{unit_id}/match", "match_unit", TaskUnitRef)
def match(request: HttpRequest, unit_id: Id, body: MatchIn) -> Any:
    """Say which organisation a printed unit is."""
    return acts.match_unit(by=actor(request), at=timezone.now(), task_unit_id=unit_id, organisation_id=body.organisation_id)


@subject.post("/task-units/{unit_id}/expand", "expand_unit_class", list[TaskUnitRef])
def expand(request: HttpRequest, unit_id: Id, body: ExpandIn) -> Any:
    """Write out a class name as single units."""
    return acts.expand_class(by=actor(request), at=timezone.now(), task_unit_id=unit_id, organisation_ids=body.organisation_ids)


@subject.delete("/task-units/{unit_id}", "withdraw_unit")
def withdraw(request: HttpRequest, unit_id: Id, query: Query[WithdrawQuery]) -> None:
    """Take back a unit that was assigned later."""
    acts.withdraw_unit(by=actor(request), at=timezone.now(), task_unit_id=unit_id, reason=query.reason)
