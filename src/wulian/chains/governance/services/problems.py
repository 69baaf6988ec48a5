"""Problems as tracked items (open → handled → closed, and the governed way back), and meetings whose decisions they carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require
from wulian.kernel.errors import Invalid, NotFound

from ..access import may_edit, require_edit
from ..models import Decision, Indicator, Meeting, Plan, PlanTask, Problem, RoundReport
from ..work_errors import ReasonMissing, WrongStep
from .editing import locked, require_version

State = Problem.State
SHOWN = ("title", "detail", "owner_id", "due_on", "state", "closing_note")


@transaction.atomic
def raise_problem(
    *,
    by: Actor,
    at: datetime,
    plan_id: int,
    title: str,
    detail: str = "",
    task_id: int | None = None,
    indicator_id: int | None = None,
    owner_id: int | None = None,
    due_on: date | None = None,
) -> Problem:
    """An officer enters a problem. Raises: Denied, NotFound, Invalid (no title, task or indicator of another plan)."""
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("登记问题"))
    if not title.strip():
        raise Invalid(field=_("问题"), why=_("不能为空"))
    _require_of_plan(plan, task_id, indicator_id)
    problem = Problem(
        plan=plan,
        task_id=task_id,
        indicator_id=indicator_id,
        title=title.strip()[:200],
        detail=detail.strip(),
        owner=_unit(owner_id),
        due_on=due_on,
        raised_at=at,
    )
    return _raised(by, at, problem)


def raise_from_report(*, by: Actor, at: datetime, report: RoundReport) -> Problem:
    """The problem that a unit states in a report. Access was checked by filing; runs in its transaction."""
    first = report.problem.splitlines()[0]
    problem = Problem(
        plan=report.round.plan,
        task=report.task,
        indicator=report.indicator,
        report=report,
        title=first[:200],
        detail=report.problem,
        raised_by_unit=report.unit,
        raised_at=at,
    )
    return _raised(by, at, problem)


def rewrite_from_report(*, by: Actor, at: datetime, problem: Problem, report: RoundReport) -> Problem:
    """The unit has filed again with other words for the same problem. Runs in the transaction of filing."""
    before = audit.state_of(problem, *SHOWN)
    problem.title, problem.detail = report.problem.splitlines()[0][:200], report.problem
    return _saved(by, at, problem, "problem.rewritten", before)


@transaction.atomic
def assign_problem(
    *, by: Actor, at: datetime, problem_id: int, version: int, owner_id: int | None, due_on: date | None, reason: str = ""
) -> Problem:
    """Give a problem an owner and a due date. Putting the date off needs a reason.

    Raises: Denied, NotFound, Conflict, WrongStep (closed), ReasonMissing.
    """
    problem = _locked(problem_id)
    require_edit(by, problem.plan, _("交办问题"))
    require_version(problem, version, what=f"“{problem}”")
    if problem.state == State.CLOSED:
        raise WrongStep(what=problem, state=problem.get_state_display(), act=_("交办这个问题"))
    later = problem.due_on is not None and (due_on is None or due_on > problem.due_on)
    if later and not reason.strip():
        raise ReasonMissing(act=_("推迟办结期限"))
    before = audit.state_of(problem, *SHOWN)
    problem.owner, problem.due_on = _unit(owner_id), due_on
    return _saved(by, at, problem, "problem.assigned", before, reason)


@transaction.atomic
def handle_problem(*, by: Actor, at: datetime, problem_id: int, version: int, closing_note: str) -> Problem:
    """The owner says that it is done, and how. Raises: Denied, NotFound, Conflict, WrongStep, ReasonMissing."""
    problem = _locked(problem_id)
    require(may_handle(by, problem), act=_("办结问题"), reason=_("只有承办单位的填报人或管辖该区域的科技部门工作人员可以办结"))
    require_version(problem, version, what=f"“{problem}”")
    if problem.state != State.OPEN:
        raise WrongStep(what=problem, state=problem.get_state_display(), act=_("办结"))
    if not closing_note.strip():
        raise ReasonMissing(act=_("办结问题"))
    before = audit.state_of(problem, *SHOWN)
    problem.state, problem.closing_note = State.HANDLED, closing_note.strip()
    return _saved(by, at, problem, "problem.handled", before)


@transaction.atomic
def close_problem(*, by: Actor, at: datetime, problem_id: int, version: int) -> Problem:
    """An officer has verified what the owner says. Raises: Denied, NotFound, Conflict, WrongStep (not handled yet)."""
    problem = _locked(problem_id)
    require_edit(by, problem.plan, _("给问题销号"))
    require_version(problem, version, what=f"“{problem}”")
    if problem.state != State.HANDLED:
        raise WrongStep(what=problem, state=problem.get_state_display(), act=_("给问题销号"))
    before = audit.state_of(problem, *SHOWN)
    problem.state, problem.closed_at = State.CLOSED, at
    return _saved(by, at, problem, "problem.closed", before)


@transaction.atomic
def reopen_problem(*, by: Actor, at: datetime, problem_id: int, version: int, reason: str) -> Problem:
    """A handled or closed problem waits again, with a reason; the closing note stays to be read.

    Raises: Denied, NotFound, Conflict, WrongStep (open anyway), ReasonMissing.
    """
    problem = _locked(problem_id)
    require_edit(by, problem.plan, _("重新打开问题"))
    require_version(problem, version, what=f"“{problem}”")
    if problem.state == State.OPEN:
        raise WrongStep(what=problem, state=problem.get_state_display(), act=_("再打开"))
    if not reason.strip():
        raise ReasonMissing(act=_("重新打开问题"))
    before = audit.state_of(problem, *SHOWN)
    problem.state, problem.closed_at = State.OPEN, None
    return _saved(by, at, problem, "problem.reopened", before, reason)


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """A decision of a meeting. With an owner or a due date it becomes a problem to be tracked; `problem_id` links one there is."""

    text: str
    task_id: int | None = None
    problem_id: int | None = None
    owner_id: int | None = None
    due_on: date | None = None


@transaction.atomic
def record_meeting(
    *, by: Actor, at: datetime, plan_id: int, name: str, held_on: date, summary: str = "", decisions: Sequence[DecisionEntry] = ()
) -> Meeting:
    """Keep the record of a meeting; each decision is linked to its task and to the problem that tracks it.

    Raises: Denied, NotFound, Invalid (no name, empty decision, recorded already).
    """
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("记录调度会"))
    if not name.strip():
        raise Invalid(field=_("会议名称"), why=_("不能为空"))
    if plan.meetings.filter(name=name.strip(), held_on=held_on).exists():
        raise Invalid(field=_("会议名称"), why=_("%(on)s 的“%(name)s”已经记录过") % {"on": held_on, "name": name.strip()})
    meeting = Meeting.objects.create(
        plan=plan, name=name.strip()[:120], held_on=held_on, summary=summary.strip(), recorded_by_id=by.user_id
    )
    for position, entry in enumerate(decisions, start=1):
        if not entry.text.strip():
            raise Invalid(field=_("第 %(number)s 条议定事项") % {"number": position}, why=_("不能为空"))
        _require_of_plan(plan, entry.task_id, None)
        problem = _linked(plan, entry.problem_id)
        if problem is None and (entry.owner_id or entry.due_on):
            problem = raise_problem(
                by=by,
                at=at,
                plan_id=plan_id,
                title=entry.text.strip()[:200],
                detail=entry.text.strip(),
                task_id=entry.task_id,
                owner_id=entry.owner_id,
                due_on=entry.due_on,
            )
        Decision.objects.create(meeting=meeting, position=position, text=entry.text.strip(), task_id=entry.task_id, problem=problem)
    after = {"held_on": held_on, "decisions": [entry.text for entry in decisions]}
    audit.record(by=by, action="meeting.recorded", obj=meeting, after=after, region=str(plan.region_id), at=at)
    return meeting


def may_handle(by: Actor, problem: Problem) -> bool:
    """A reporter of the unit that owns the problem, or an officer of the plan's region."""
    owned = problem.owner_id is not None and by.has(Role.REPORTER, organisation_id=problem.owner_id)
    return owned or may_edit(by, problem.plan)


def _locked(problem_id: int) -> Problem:
    return locked(Problem, problem_id, related=("plan",))


def _linked(plan: Plan, problem_id: int | None) -> Problem | None:
    if problem_id is None:
        return None
    found = plan.problems.filter(pk=problem_id).first()
    if found is None:
        raise NotFound(what=_("这个问题"))
    return found


def _unit(organisation_id: int | None) -> Organisation | None:
    if organisation_id is None:
        return None
    found = Organisation.objects.filter(pk=organisation_id, merged_into__isnull=True).first()
    if found is None:
        raise NotFound(what=_("这个单位"))
    return found


def _require_of_plan(plan: Plan, task_id: int | None, indicator_id: int | None) -> None:
    if task_id is not None and not PlanTask.objects.filter(pk=task_id, plan=plan).exists():
        raise Invalid(field=_("任务"), why=_("它不属于“%(plan)s”") % {"plan": plan})
    if indicator_id is not None and not Indicator.objects.filter(pk=indicator_id, plan=plan).exists():
        raise Invalid(field=_("指标"), why=_("它不属于“%(plan)s”") % {"plan": plan})


def _raised(by: Actor, at: datetime, problem: Problem) -> Problem:
    problem.save()
    after = audit.state_of(problem, *SHOWN)
    audit.record(by=by, action="problem.raised", obj=problem, after=after, region=str(problem.plan.region_id), at=at)
    return problem


def _saved(by: Actor, at: datetime, problem: Problem, action: str, before: dict, reason: str = "") -> Problem:
    problem.version += 1
    problem.save()
    after = audit.state_of(problem, *SHOWN)
    region = str(problem.plan.region_id)
    audit.record(by=by, action=action, obj=problem, before=before, after=after, reason=reason, region=region, at=at)
    return problem
