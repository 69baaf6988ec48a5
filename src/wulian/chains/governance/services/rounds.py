"""Reporting rounds: open with a deadline, file, accept or return, remind, close.

A round asks every lead unit of a task and every owner of an indicator. The deadline day itself still counts; a report after
it is taken and marked late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation
from wulian.directory.selectors.people import accounts_with
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.files import own_files
from wulian.foundation.notices import notify
from wulian.kernel.errors import N_, Invalid, NotFound

from ..access import may_edit, require_edit
from ..errors import PlanState
from ..models import Observation, Plan, Problem, ReportingRound, RoundReport, TaskUnit
from ..units import class_members
from ..work_errors import NobodyToReport, NothingFiled, PastDeadline, ReasonMissing, RoundClosed, WrongStep
from . import observations, problems
from .editing import locked, require_version

State = RoundReport.State
REMIND_AHEAD = timedelta(days=3)


@transaction.atomic
def open_round(
    *, by: Actor, at: datetime, on: date, plan_id: int, name: str, as_of: date, due_on: date, with_participants: bool = False
) -> ReportingRound:
    """Ask all responsible units of a published plan to report by `due_on` on the state at `as_of`.

    Raises: Denied, NotFound, PlanState (not published), PastDeadline, Invalid (no or used name), NobodyToReport.
    """
    plan = locked(Plan, plan_id, related=("region",))
    require_edit(by, plan, _("发起一次调度"))
    if plan.state != Plan.State.PUBLISHED:
        hint = _("请先发布规划。")
        raise PlanState(plan=plan, state=plan.get_state_display(), act=_("发起一次调度"), hint=hint)
    if due_on < on:
        raise PastDeadline(due=due_on, opened=on)
    if not name.strip():
        raise Invalid(field=_("调度名称"), why=_("不能为空"))
    if plan.rounds.filter(name=name.strip()).exists():
        raise Invalid(field=_("调度名称"), why=_("“%(name)s”已经用过，请换一个") % {"name": name.strip()})
    round_ = ReportingRound.objects.create(
        plan=plan, name=name.strip()[:120], as_of=as_of, opened_on=on, due_on=due_on, opened_by_id=by.user_id
    )
    owed = _owed(plan, with_participants=with_participants)
    if not owed:
        raise NobodyToReport(plan=str(plan))
    RoundReport.objects.bulk_create(
        RoundReport(round=round_, unit_id=unit, task_id=task, indicator_id=indicator, role=role) for unit, task, indicator, role in owed
    )
    after = {"name": round_.name, "due_on": due_on, "reports": len(owed), "with_participants": with_participants}
    audit.record(by=by, action="round.opened", obj=round_, after=after, region=str(plan.region_id), at=at)
    units = sorted({unit for unit, *_rest in owed})
    told = {"plan": plan, "round": round_, "due": due_on}
    text = partial(_said, N_("“%(plan)s”发起调度“%(round)s”，请于 %(due)s 前填报"), told)
    _notify_units(units, round_, key=f"round:{round_.pk}:opened", text=text, at=at, on=on)
    return round_


@transaction.atomic
def file_report(
    *,
    by: Actor,
    at: datetime,
    on: date,
    report_id: int,
    version: int,
    standing: str = "",
    progress: str = "",
    problem: str = "",
    next_step: str = "",
    value: Decimal | None = None,
    evidence: Sequence[int] = (),
) -> RoundReport:
    """File what a unit owes. An indicator's value becomes a reported observation; a problem becomes a tracked item.

    `evidence`: ids of stored files. May be filed again until it is accepted.
    Raises: Denied, NotFound, RoundClosed, WrongStep (accepted), Conflict, NothingFiled, Invalid.
    """
    report = get_report(report_id)
    require_filing(by, report)
    report = _locked_report(report_id)
    round_ = report.round
    if round_.state != ReportingRound.State.OPEN:
        raise RoundClosed(round=round_)
    require_version(report, version, what=_("“%(about)s”的填报") % {"about": report.task or report.indicator})
    if report.state == State.ACCEPTED:
        raise WrongStep(what=report.task or report.indicator, state=report.get_state_display(), act=_("再报"))
    if not progress.strip() and value is None:
        raise NothingFiled()
    if standing not in RoundReport.Standing.values:
        raise Invalid(field=_("总体情况"), why=_("“%(value)s”不是可选的一项") % {"value": standing})
    if report.indicator_id is None and value is not None:
        raise Invalid(field=_("值"), why=_("任务填报没有数值"))
    files = own_files(by=by, ids=evidence)
    before = audit.state_of(report, "state", "standing", "progress", "problem", "next_step", "value")
    report.standing, report.progress, report.problem, report.next_step = standing, progress.strip(), problem.strip(), next_step.strip()
    report.value, report.state, report.returned_because = value, State.FILED, ""
    report.filed_at, report.filed_by_id = at, by.user_id
    report.version += 1
    report.save()
    if files:
        report.evidence.add(*files)
    after = audit.state_of(report, "state", "standing", "progress", "problem", "next_step", "value")
    region = str(round_.plan.region_id)
    audit.record(by=by, action="report.filed", obj=report, before=before, after=after, region=region, at=at)
    if report.indicator is not None and value is not None:
        observations.report_observation(
            by=by,
            at=at,
            indicator_id=report.indicator.pk,
            as_of=round_.as_of,
            value=value,
            note=report.progress or _("“%(round)s”填报") % {"round": round_},
            unit_organisation_id=report.unit_id,
            evidence_ids=[file.pk for file in files],
        )
    if report.problem:
        _track_problem(by, at, report)
    return report


@transaction.atomic
def accept_report(*, by: Actor, at: datetime, report_id: int, version: int) -> RoundReport:
    """Accept a filed report. Raises: Denied, NotFound, Conflict, WrongStep (nothing filed)."""
    report = _decidable(by, report_id, version, act=_("通过"))
    if (observation := _observation_of(report)) is not None:
        # Whoever filed the value cannot verify it as well; then it stays to be verified by someone else.
        mine = by.user_id is not None and observation.recorded_by_id == by.user_id
        if observation.verification == Observation.Verification.SUBMITTED and not mine:
            observations.verify_observation(by=by, at=at, observation_id=observation.pk)
    return _move(by, at, report, State.ACCEPTED, "report.accepted")


@transaction.atomic
def return_report(*, by: Actor, at: datetime, on: date, report_id: int, version: int, reason: str) -> RoundReport:
    """Send a report back to its unit, with a reason; an accepted one too. Raises: Denied, NotFound, Conflict, WrongStep, ReasonMissing."""
    report = _decidable(by, report_id, version, act=_("退回"), states=(State.FILED, State.ACCEPTED))
    if not reason.strip():
        raise ReasonMissing(act=_("退回填报"))
    if (observation := _observation_of(report)) is not None and observation.verification != Observation.Verification.RETURNED:
        observations.return_observation(by=by, at=at, observation_id=observation.pk, reason=reason.strip())
    report.returned_because = reason.strip()[:300]
    report = _move(by, at, report, State.RETURNED, "report.returned", reason=reason)
    text = partial(_said, N_("“%(round)s”的填报被退回：%(reason)s"), {"round": report.round, "reason": report.returned_because})
    _notify_units([report.unit_id], report.round, key=f"report:{report.pk}:returned:{report.version}", text=text, at=at, on=on)
    return report


@transaction.atomic
def close_round(*, by: Actor, at: datetime, round_id: int) -> ReportingRound:
    """End a round; what is still due stays due and is counted as missing. Raises: Denied, NotFound, WrongStep."""
    round_ = locked(ReportingRound, round_id, related=("plan",))
    require_edit(by, round_.plan, _("结束这次调度"))
    if round_.state == ReportingRound.State.CLOSED:
        raise WrongStep(what=round_, state=round_.get_state_display(), act=_("再结束一次"))
    return _move_round(by, at, round_, ReportingRound.State.CLOSED, "round.closed", "")


@transaction.atomic
def reopen_round(*, by: Actor, at: datetime, on: date, round_id: int, due_on: date, reason: str) -> ReportingRound:
    """Open a closed round again until a new deadline, with a reason. Raises: Denied, NotFound, WrongStep, ReasonMissing, PastDeadline."""
    round_ = locked(ReportingRound, round_id, related=("plan",))
    require_edit(by, round_.plan, _("重新打开调度"))
    if round_.state == ReportingRound.State.OPEN:
        raise WrongStep(what=round_, state=round_.get_state_display(), act=_("再打开"))
    if not reason.strip():
        raise ReasonMissing(act=_("重新打开调度"))
    if due_on < on:
        raise PastDeadline(due=due_on, opened=on)
    round_.due_on = due_on
    return _move_round(by, at, round_, ReportingRound.State.OPEN, "round.reopened", reason)


@transaction.atomic
def remind_round(*, by: Actor, at: datetime, on: date, round_id: int) -> int:
    """Remind every unit that still owes a report in an open round. Returns how many units were told; once a day each.

    Raises: Denied, NotFound, RoundClosed.
    """
    round_ = locked(ReportingRound, round_id, related=("plan",))
    require_edit(by, round_.plan, _("催报"))
    if round_.state != ReportingRound.State.OPEN:
        raise RoundClosed(round=round_)
    owing = round_.reports.filter(state__in=(State.DUE, State.RETURNED))
    units = sorted(set(owing.values_list("unit_id", flat=True)))
    left = (round_.due_on - on).days
    told = {"round": round_, "due": round_.due_on, "days": abs(left)}
    soon, late = N_("“%(round)s”还没有报齐，%(due)s 截止，剩 %(days)s 天"), N_("“%(round)s”已于 %(due)s 截止，逾期 %(days)s 天")
    text = partial(_said, soon if left >= 0 else late, told)
    _notify_units(units, round_, key=f"round:{round_.pk}:remind:{on}", text=text, at=at, on=on)
    round_.reminded_at = at
    round_.save(update_fields=["reminded_at"])
    after = {"units": len(units), "on": on}
    audit.record(by=by, action="round.reminded", obj=round_, after=after, region=str(round_.plan.region_id), at=at)
    return len(units)


def remind_due_reports(*, by: Actor, at: datetime, on: date) -> dict[int, int]:
    """Remind in every open round whose deadline is near (`REMIND_AHEAD`) or past: round id -> units told.

    Meant for a daily job or the command line; running it twice on one day tells nobody twice.
    """
    due = ReportingRound.objects.filter(state=ReportingRound.State.OPEN, due_on__lte=on + REMIND_AHEAD)
    waiting = due.filter(reports__state__in=(State.DUE, State.RETURNED)).distinct().order_by("pk")
    return {pk: remind_round(by=by, at=at, on=on, round_id=pk) for pk in list(waiting.values_list("pk", flat=True))}


def get_report(report_id: int) -> RoundReport:
    found = RoundReport.objects.select_related("round__plan", "task", "indicator", "unit").filter(pk=report_id).first()
    if found is None:
        raise NotFound(what=_("这条填报"))
    return found


def may_file(by: Actor, report: RoundReport) -> bool:
    """A reporter of the unit that owes the report, or an officer of the plan's region on its behalf."""
    return by.has(Role.REPORTER, organisation_id=report.unit_id) or may_edit(by, report.round.plan)


def require_filing(by: Actor, report: RoundReport) -> None:
    reason = _("这条填报属于“%(unit)s”，您不是它的填报人") % {"unit": report.unit}
    require(may_file(by, report), act=_("填报"), reason=reason)


# ---------------------------------------------------------------------------------------------------------- inner steps


def _owed(plan: Plan, *, with_participants: bool) -> list[tuple[int, int | None, int | None, str]]:
    """Who owes what: (unit, task, indicator, role). Class names stand for their members of today."""
    owed: dict[tuple[int, int | None, int | None], str] = {}
    roles = [TaskUnit.Role.LEAD, *([TaskUnit.Role.PARTICIPANT] if with_participants else [])]
    members: dict[str, list[Organisation]] = {}
    for row in TaskUnit.objects.filter(task__plan=plan, role__in=roles).order_by("task__position", "role", "position", "id"):
        if row.organisation_id is not None:
            units = [row.organisation_id]
        elif row.unit_class == TaskUnit.UnitClass.ALL_DISTRICTS:
            found = members.setdefault(row.unit_class, class_members(row.unit_class, plan.region))
            units = [unit.pk for unit in found]
        else:  # unmatched, or a class whose members somebody must name first
            units = []
        for unit in units:
            owed.setdefault((unit, row.task_id, None), row.role)
    for pk, owner in (
        plan.indicators.filter(owner__isnull=False, components__isnull=True).order_by("position", "id").values_list("pk", "owner_id")
    ):
        owed.setdefault((owner, None, pk), "owner")
    return [(unit, task, indicator, str(role)) for (unit, task, indicator), role in owed.items()]


def _locked_report(report_id: int) -> RoundReport:
    return locked(RoundReport, report_id, related=("round__plan", "task", "indicator", "unit"))


def _decidable(by: Actor, report_id: int, version: int, *, act: str, states: Sequence[str] = (State.FILED,)) -> RoundReport:
    require_edit(by, get_report(report_id).round.plan, act)
    report = _locked_report(report_id)
    about = report.task or report.indicator
    require_version(report, version, what=_("“%(about)s”的填报") % {"about": about})
    if report.state not in states:
        raise WrongStep(what=about, state=report.get_state_display(), act=act)
    return report


def _move(by: Actor, at: datetime, report: RoundReport, state: str, action: str, reason: str = "") -> RoundReport:
    before = {"state": report.state}
    report.state = state
    report.version += 1
    report.save()
    region = str(report.round.plan.region_id)
    audit.record(by=by, action=action, obj=report, before=before, after={"state": state}, reason=reason, region=region, at=at)
    return report


def _move_round(by: Actor, at: datetime, round_: ReportingRound, state: str, action: str, reason: str) -> ReportingRound:
    before = audit.state_of(round_, "state")
    round_.state = state
    round_.save()
    after = audit.state_of(round_, "state", "due_on")
    audit.record(by=by, action=action, obj=round_, before=before, after=after, reason=reason, region=str(round_.plan.region_id), at=at)
    return round_


def _observation_of(report: RoundReport) -> Observation | None:
    """The reported observation that the value of this report became, if it still stands."""
    if report.indicator is None or report.value is None:
        return None
    current = report.indicator.observations.filter(
        as_of=report.round.as_of, origin=Observation.Origin.REPORTED, superseded_by__isnull=True, value=report.value
    )
    return current.first()


def _track_problem(by: Actor, at: datetime, report: RoundReport) -> None:
    """One open problem per report: filing again rewrites its text, it does not raise a second one."""
    present = Problem.objects.filter(report=report).exclude(state=Problem.State.CLOSED).order_by("-id").first()
    if present is None:
        problems.raise_from_report(by=by, at=at, report=report)
    elif present.detail != report.problem:
        problems.rewrite_from_report(by=by, at=at, problem=present, report=report)


def _said(sentence: str, values: Mapping[str, object]) -> str:
    return _(sentence) % values


def _notify_units(units: Sequence[int], round_: ReportingRound, *, key: str, text: Callable[[], str], at: datetime, on: date) -> None:
    """Tell every reporter of the units. A unit without a reporter shows in the round's list of units without an account."""
    users = accounts_with(Role.REPORTER, on=on, organisations=units)
    notify(users=users, key=key, text=text, link=reverse("round_report", args=[round_.pk]), due_on=round_.due_on, at=at)
