"""Reading problems: the list and the board by state, overdue ones first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor, Role
from wulian.foundation.models import AuditEvent

from ..access import READERS, may_edit, one_of
from ..models import Problem
from ..services.problems import may_handle
from ..units import UnitMatcher

State = Problem.State


@dataclass(slots=True)
class ProblemLine:
    """A problem in a list."""

    problem: Problem
    days_late: int
    editable: bool
    handleable: bool

    @property
    def state_kind(self) -> str:
        """The kind of its pill: a person must act on what is late, somebody works on what is open."""
        if self.problem.state == State.CLOSED:
            return "ok"
        return "late" if self.days_late > 0 else "warn" if self.problem.state == State.HANDLED else "none"


@dataclass(slots=True)
class ProblemList:
    """A filtered list with counts and the finding for its title."""

    lines: list[ProblemLine]
    counts: dict[str, int]
    plans: list[tuple[int, str, int]]
    finding: str

    @property
    def board(self) -> list[tuple[str, str, list[ProblemLine]]]:
        """Columns by state: (code, label, lines)."""
        return [(str(state), str(state.label), [line for line in self.lines if line.problem.state == state]) for state in State]


def visible_problems(viewer: Actor) -> QuerySet[Problem]:
    """Problems of plans of the viewer's regions, and those that a unit of the viewer raised or owns."""
    problems = Problem.objects.select_related("plan", "task", "indicator", "owner", "raised_by_unit", "report__round")
    if viewer.is_system:
        return problems
    units = viewer.organisations_as(Role.REPORTER)
    return problems.filter(Q(plan__region_id__in=viewer.regions_as(*READERS)) | Q(owner__in=units) | Q(raised_by_unit__in=units))


def problems_list(
    *, viewer: Actor, on: date, plan_id: int | None = None, state: str = "", words: str = "", mine: bool = False
) -> ProblemList:
    """Problems, overdue first. `state`: open, handled, closed or late; `mine`: owned by a unit of the viewer."""
    rows = visible_problems(viewer)
    if words.strip():
        rows = rows.filter(Q(title__icontains=words.strip()) | Q(detail__icontains=words.strip()))
    if mine:
        rows = rows.filter(owner__in=viewer.organisations_as(Role.REPORTER))
    everything = [_line(viewer, one, on) for one in rows.order_by("due_on", "id")]
    plans = Counter((line.problem.plan_id, str(line.problem.plan)) for line in everything)
    of_plan = [line for line in everything if plan_id is None or line.problem.plan_id == plan_id]
    counts = {str(code): sum(line.problem.state == code for line in of_plan) for code in State.values}
    counts[""], counts["late"] = len(of_plan), sum(line.days_late > 0 for line in of_plan)
    lines = [line for line in of_plan if not state or (line.days_late > 0 if state == "late" else line.problem.state == state)]
    lines.sort(key=lambda line: (line.problem.state == State.CLOSED, -line.days_late, line.problem.due_on or date.max, line.problem.pk))
    return ProblemList(lines, counts, sorted((pk, name, count) for (pk, name), count in plans.items()), _finding(counts))


@dataclass(slots=True)
class ProblemDetail:
    """One problem with its history from the audit record."""

    line: ProblemLine
    history: list[AuditEvent]
    units: list[tuple[int, str]]


def problem_detail(*, viewer: Actor, problem_id: int, on: date) -> ProblemDetail:
    """Raises: NotFound."""
    problem = one_of(visible_problems(viewer).select_related("plan__region__parent"), problem_id, _("这个问题"))
    history = AuditEvent.objects.filter(object_type=problem._meta.label_lower, object_id=str(problem.pk)).order_by("id")
    units = sorted(((known.pk, known.name) for known in UnitMatcher(problem.plan.region).known.values()), key=lambda pair: pair[1])
    return ProblemDetail(_line(viewer, problem, on), list(history), units)


def _line(viewer: Actor, problem: Problem, on: date) -> ProblemLine:
    late = (on - problem.due_on).days if problem.due_on and problem.state != State.CLOSED else 0
    return ProblemLine(problem, max(late, 0), may_edit(viewer, problem.plan), may_handle(viewer, problem))


def _finding(counts: dict[str, int]) -> str:
    if not counts[""]:
        return _("没有登记的问题")
    told = {"open": counts["open"], "handled": counts["handled"], "closed": counts["closed"], "late": counts["late"]}
    if counts["late"]:
        return _("%(late)s 个问题超期；待办 %(open)s，待核 %(handled)s，已销号 %(closed)s") % told
    return _("待办 %(open)s 个，待核 %(handled)s 个，已销号 %(closed)s 个") % told
