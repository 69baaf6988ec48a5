"""Reading tasks: by unit, role, plan and state; one task with everything that hangs on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation
from wulian.foundation.access import Actor, Role

from ..access import READERS, may_edit, one_of, plans_seen_by, visible_plans
from ..models import Plan, PlanTask, Problem, RoundReport, TaskUnit
from ..units import UnitMatcher, ancestors, class_members
from .problems import visible_problems

Standing = RoundReport.Standing

# Filters of the list; each stands with its count beside it.
FILTERS = ("no_lead", "no_units", "unmatched", "difficult", "done", "late", "never")


@dataclass(slots=True)
class UnitLine:
    """A responsible unit of a task as the page shows it."""

    pk: int
    name: str
    printed: str
    role: str
    role_label: str
    organisation_id: int | None
    unit_class: str
    assigned_later: bool

    @property
    def unmatched(self) -> bool:
        return self.organisation_id is None and not self.unit_class


@dataclass(slots=True)
class TaskLine:
    """A task in a list. `standing` is that of the latest filed report, empty when nobody has reported."""

    pk: int
    plan_id: int
    plan_name: str
    number: str
    title: str
    section: str
    level: int
    version: int
    leads: list[UnitLine]
    participants: list[UnitLine]
    standing: str = ""
    standing_label: str = ""
    reported_on: date | None = None
    late: bool = False
    open_problems: int = 0
    is_branch: bool = False  # a heading with tasks below it: those need leads, the heading does not
    roles: list[str] = field(default_factory=list)  # roles of the unit that the list is filtered by

    @property
    def needs_lead(self) -> bool:
        """Units are named, but none of them leads. Where the text names no unit at all there is nothing amiss: see `no_units`."""
        return bool(self.participants) and not self.leads and not self.is_branch

    @property
    def no_units(self) -> bool:
        return not self.leads and not self.participants and not self.is_branch

    @property
    def unmatched(self) -> bool:
        return any(unit.unmatched for unit in [*self.leads, *self.participants])


@dataclass(slots=True)
class TaskList:
    """A filtered list of tasks with what the filters would show, and the finding that the page is titled with."""

    lines: list[TaskLine]
    total: int
    counts: dict[str, int]
    units: list[tuple[int, str, int]]
    plans: list[tuple[int, str, int]]
    roles: dict[str, int]
    finding: str


def visible_tasks(viewer: Actor) -> QuerySet[PlanTask]:
    return PlanTask.objects.filter(plans_seen_by(viewer, "plan__"))


def task_list(
    *,
    viewer: Actor,
    on: date,
    plan_id: int | None = None,
    unit_id: int | None = None,
    role: str = "",
    state: str = "",
    words: str = "",
    sort: str = "",
) -> TaskList:
    """Tasks that the viewer may see. `unit_id` finds the unit as printed and as member of a class (各区人民政府).

    `state`: one of FILTERS; `role`: lead or participant (of the unit where one is given). Constant number of queries.
    """
    rows = visible_tasks(viewer).select_related("plan")
    if words.strip():
        rows = rows.filter(
            Q(title__icontains=words.strip()) | Q(section__icontains=words.strip()) | Q(units__name_printed__icontains=words.strip())
        )
        rows = rows.distinct()
    everything = _lines(list(_with_units(rows)), on, inside=sees_reports(viewer))
    unit = Organisation.objects.select_related("region").filter(pk=unit_id).first() if unit_id else None
    classes = _classes_of(unit) if unit else frozenset()
    plans = Counter((line.plan_id, line.plan_name) for line in everything)
    units = Counter(
        (one.organisation_id, one.name) for line in everything for one in [*line.leads, *line.participants] if one.organisation_id
    )
    in_plan = [line for line in everything if plan_id is None or line.plan_id == plan_id]
    of_unit = [line for line in in_plan if unit is None or _held(line, unit, classes)]
    of_role = [line for line in of_unit if not role or _in_role(line, role, unit)]
    counts = {name: sum(1 for line in of_role if in_state(line, name)) for name in FILTERS}
    counts[""] = len(of_role)
    lines = [line for line in of_role if not state or in_state(line, state)]
    if sort in ("title", "-title"):
        lines.sort(key=lambda line: line.title, reverse=sort.startswith("-"))
    elif sort in ("plan", "-plan"):
        lines.sort(key=lambda line: line.plan_name, reverse=sort.startswith("-"))
    elif sort in ("standing", "-standing"):
        lines.sort(key=lambda line: line.standing or "~", reverse=sort.startswith("-"))
    return TaskList(
        lines=lines,
        total=len(lines),
        counts=counts,
        units=sorted(((pk, name, count) for (pk, name), count in units.items() if pk is not None), key=lambda one: (-one[2], one[1])),
        plans=sorted(((pk, name, count) for (pk, name), count in plans.items()), key=lambda one: one[0]),
        roles={"": len(of_unit)} | {name: sum(_in_role(line, name, unit) for line in of_unit) for name in TaskUnit.Role.values},
        finding=_finding(of_role, unit),
    )


def in_state(line: TaskLine, state: str) -> bool:
    """Whether a task falls under a filter of the list."""
    tests = {
        "no_lead": line.needs_lead,
        "no_units": line.no_units,
        "unmatched": line.unmatched,
        "difficult": line.standing == Standing.DIFFICULT,
        "done": line.standing == Standing.DONE,
        "late": line.late,
        "never": not line.standing,
    }
    return tests.get(state, True)


def plan_tasks(*, viewer: Actor, plan_id: int, on: date) -> list[TaskLine]:
    """Tasks of one plan with their latest standing, for the plan's page and for evaluations."""
    plan = one_of(visible_plans(viewer), plan_id, _("这份规划"))
    return _lines(list(_with_units(PlanTask.objects.filter(plan=plan).select_related("plan"))), on, inside=sees_reports(viewer))


def sees_reports(viewer: Actor) -> bool:
    """Whether the viewer may know how far units say they are; the public sees the tasks and who is responsible."""
    return viewer.has(Role.OFFICER, Role.REPORTER, Role.AUDITOR, Role.ADMINISTRATOR)


def my_units(viewer: Actor) -> list[Organisation]:
    """The units for which the viewer reports."""
    return list(Organisation.objects.filter(pk__in=viewer.organisations_as(Role.REPORTER)).order_by("name", "id"))


@dataclass(slots=True)
class TaskDetail:
    """One task with its text, units, reports, problems and decisions."""

    task: PlanTask
    line: TaskLine
    text: str
    editable: bool
    reports: list[RoundReport]
    problems: list[Any]
    decisions: list[Any]
    children: list[PlanTask]
    classes: dict[int, list[Organisation]]
    units: list[tuple[int, str]]
    extraction_id: int | None


def task_detail(*, viewer: Actor, task_id: int, on: date) -> TaskDetail:
    """Everything about one task. What units have filed is for the units themselves and the officers. Raises: NotFound."""
    task = one_of(_with_units(visible_tasks(viewer).select_related("plan__region__parent", "parent")), task_id, _("这项任务"))
    editable = may_edit(viewer, task.plan)
    inside = sees_reports(viewer)
    document = getattr(task.plan, "document", None) if task.span_start is not None else None
    text = document.text[task.span_start : task.span_end] if document and task.span_end else task.text
    own = viewer.organisations_as(Role.REPORTER)
    reader = viewer.has(*READERS, region=task.plan.region_id)
    concerned = reader or any(unit.organisation_id in own for unit in task.units.all())
    reports = (
        task.reports.select_related("round", "unit", "filed_by").prefetch_related("evidence").order_by("-round__as_of", "unit__name", "id")
    )
    matcher = UnitMatcher(task.plan.region) if editable else None
    line = _lines([task], on, inside=inside)[0]
    return TaskDetail(
        task=task,
        line=line,
        text=text,
        editable=editable,
        reports=[one for one in reports if reader or one.unit_id in own] if inside else [],
        problems=list(visible_problems(viewer).filter(task=task).order_by("state", "due_on", "id")),
        decisions=list(task.decisions.select_related("meeting", "problem").order_by("-meeting__held_on", "position")) if concerned else [],
        children=list(task.children.order_by("position", "id")),
        classes={one.pk: class_members(one.unit_class, task.plan.region) for one in [*line.leads, *line.participants] if one.unit_class},
        units=sorted(((known.pk, known.name) for known in matcher.known.values()), key=lambda pair: pair[1]) if matcher else [],
        extraction_id=task.extractions.order_by("id").values_list("pk", flat=True).first() if editable else None,
    )


# ---------------------------------------------------------------------------------------------------------- inner steps


def _with_units(rows: QuerySet[PlanTask]) -> QuerySet[PlanTask]:
    units = TaskUnit.objects.select_related("organisation").order_by("role", "position", "id")
    return rows.prefetch_related(Prefetch("units", queryset=units)).order_by("plan_id", "position", "id")


def _lines(tasks: Sequence[PlanTask], on: date, *, inside: bool) -> list[TaskLine]:
    """Lines with the latest standing and the open problems (for those inside): three queries, however many tasks."""
    ids = [task.pk for task in tasks] if inside else []
    branches = set(
        PlanTask.objects.filter(parent__in=[task.pk for task in tasks]).order_by().values_list("parent_id", flat=True).distinct()
    )
    latest: dict[int, RoundReport] = {}
    late: set[int] = set()
    reports = (
        RoundReport.objects.filter(task__in=ids, round__opened_on__lte=on)
        .select_related("round")
        .order_by("round__as_of", "filed_at", "id")
    )
    for report in reports:
        if report.task_id is None:
            continue
        if report.state in (RoundReport.State.FILED, RoundReport.State.ACCEPTED) and report.standing:
            latest[report.task_id] = report
        open_round = report.round.state == report.round.State.OPEN
        if open_round and report.state in (RoundReport.State.DUE, RoundReport.State.RETURNED) and report.round.due_on < on:
            late.add(report.task_id)
    problems = Counter(
        Problem.objects.filter(task__in=ids).exclude(state=Problem.State.CLOSED).order_by().values_list("task_id", flat=True)
    )
    lines = []
    for task in tasks:
        units = [_unit(one) for one in task.units.all()]
        last = latest.get(task.pk)
        lines.append(
            TaskLine(
                pk=task.pk,
                plan_id=task.plan_id,
                plan_name=str(task.plan),
                number=task.number,
                title=task.title,
                section=task.section,
                level=task.level,
                version=task.version,
                leads=[unit for unit in units if unit.role == TaskUnit.Role.LEAD],
                participants=[unit for unit in units if unit.role == TaskUnit.Role.PARTICIPANT],
                standing=last.standing if last else "",
                standing_label=str(last.get_standing_display()) if last else "",
                reported_on=_day(last.filed_at) if last else None,
                late=task.pk in late,
                open_problems=problems[task.pk],
                is_branch=task.pk in branches,
            )
        )
    return lines


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def _unit(one: TaskUnit) -> UnitLine:
    return UnitLine(
        pk=one.pk,
        name=one.organisation.name if one.organisation and one.assigned_later else one.name_printed,
        printed=one.name_printed,
        role=one.role,
        role_label=str(one.get_role_display()),
        organisation_id=one.organisation_id,
        unit_class=one.unit_class,
        assigned_later=one.assigned_later,
    )


def _classes_of(unit: Organisation) -> frozenset[tuple[str, int | None]]:
    """The classes that `unit` belongs to, each with the plan whose class it is (None: decided per plan's region)."""
    if unit.region is None or unit.kind != Organisation.Kind.GOVERNMENT:
        return frozenset()
    above = {one.code for one in ancestors(unit.region)[1:]}
    plans = Plan.objects.filter(region_id__in=above).order_by("pk").values_list("pk", flat=True)
    if unit.name.endswith("人民政府"):
        return frozenset((str(TaskUnit.UnitClass.ALL_DISTRICTS), pk) for pk in plans)
    own = Plan.objects.filter(region=unit.region).order_by("pk").values_list("pk", flat=True)
    return frozenset((str(TaskUnit.UnitClass.ALL_DEPARTMENTS), pk) for pk in own)


def _held(line: TaskLine, unit: Organisation, classes: frozenset[tuple[str, int | None]]) -> bool:
    for one in [*line.leads, *line.participants]:
        if (one.organisation_id == unit.pk or (one.unit_class, line.plan_id) in classes) and one.role not in line.roles:
            line.roles.append(one.role)
    return bool(line.roles)


def _in_role(line: TaskLine, role: str, unit: Organisation | None) -> bool:
    """Whether `unit` has this role in the task; without a unit, whether anyone has."""
    if unit is not None:
        return role in line.roles
    return bool(line.leads if role == TaskUnit.Role.LEAD else line.participants)


def _finding(lines: list[TaskLine], unit: Organisation | None) -> str:
    """What stands out, in one sentence: the title of the page."""
    total = len(lines)
    if not total:
        return _("还没有任务")
    if unit is not None:
        leads = sum(TaskUnit.Role.LEAD in line.roles for line in lines)
        return _("%(unit)s：牵头 %(leads)s 项，配合 %(rest)s 项") % {
            "unit": unit.short_name or unit.name,
            "leads": leads,
            "rest": total - leads,
        }
    without = sum(line.needs_lead for line in lines)
    late = sum(line.late for line in lines)
    parts = []
    if without:
        parts.append(_("%(count)s 项没有牵头单位") % {"count": without})
    if late:
        parts.append(_("%(count)s 项逾期未报") % {"count": late})
    difficult = sum(line.standing == Standing.DIFFICULT for line in lines)
    if difficult:
        parts.append(_("%(count)s 项遇到困难") % {"count": difficult})
    if not parts:
        unlisted = sum(line.no_units for line in lines)
        parts.append(_("%(count)s 项原文未列责任单位") % {"count": unlisted} if unlisted else _("都有牵头单位，没有逾期"))
    return _("%(total)s 项任务：%(parts)s") % {"total": total, "parts": _("，").join(parts)}
