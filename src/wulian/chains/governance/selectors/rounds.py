"""Reading reporting rounds: who owes what, who is late, and what a unit has to file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.directory.models import Membership
from wulian.foundation.access import Actor, Role

from ..access import READERS, may_edit, one_of, visible_plans
from ..models import Decision, Meeting, Plan, Problem, ReportingRound, RoundReport

State = RoundReport.State
OWED = (State.DUE, State.RETURNED)


def visible_rounds(viewer: Actor) -> QuerySet[ReportingRound]:
    """Rounds of the plans of the viewer's regions, and those in which a unit of the viewer owes something."""
    rounds = ReportingRound.objects.select_related("plan")
    if viewer.is_system:
        return rounds
    seen = Q(plan__region_id__in=viewer.regions_as(*READERS))
    if units := viewer.organisations_as(Role.REPORTER):
        seen |= Q(pk__in=RoundReport.objects.filter(unit__in=units).values("round"))
    return rounds.filter(seen)


@dataclass(slots=True)
class RoundLine:
    """A round in the list, with its reports by state."""

    round: ReportingRound
    due: int
    filed: int
    returned: int
    accepted: int
    total: int
    days_left: int

    @property
    def late(self) -> bool:
        return self.days_left < 0 and self.round.state == ReportingRound.State.OPEN and self.due + self.returned > 0


def rounds_list(*, viewer: Actor, on: date, plan_id: int | None = None) -> list[RoundLine]:
    """Rounds that the viewer may see, the next deadline first; a reporter's counts are those of the own units."""
    mine = _own_reports(viewer, "reports__")
    rounds = visible_rounds(viewer)
    if plan_id is not None:
        rounds = rounds.filter(plan_id=plan_id)
    counted = rounds.annotate(**{f"n_{state}": Count("reports", filter=Q(reports__state=state) & mine) for state in State.values})
    lines = []
    for one in counted.order_by("state", "due_on", "id"):
        numbers: dict[str, int] = {state: getattr(one, f"n_{state}") for state in State.values}
        lines.append(RoundLine(one, **numbers, total=sum(numbers.values()), days_left=(one.due_on - on).days))
    # Open ones first (by deadline), then the closed ones, newest first.
    opened = [line for line in lines if line.round.state == ReportingRound.State.OPEN]
    closed = [line for line in lines if line.round.state != ReportingRound.State.OPEN]
    return opened + closed[::-1]


@dataclass(slots=True)
class UnitLine:
    """One unit in the matrix of a round."""

    unit_id: int
    name: str
    reports: list[RoundReport] = field(default_factory=list)
    has_account: bool = False
    days_late: int = 0

    def count(self, *states: str) -> int:
        return sum(report.state in states for report in self.reports)

    @property
    def due(self) -> int:
        return self.count(*OWED)

    @property
    def filed(self) -> int:
        return self.count(State.FILED)

    @property
    def accepted(self) -> int:
        return self.count(State.ACCEPTED)

    @property
    def returned(self) -> int:
        return self.count(State.RETURNED)

    @property
    def late_reports(self) -> list[RoundReport]:
        return [report for report in self.reports if filed_late(report)]


@dataclass(slots=True)
class RoundDetail:
    """A round with the matrix of its units, the late list, and what came of the last round's problems and decisions."""

    round: ReportingRound
    editable: bool
    units: list[UnitLine]
    totals: dict[str, int]
    days_left: int
    previous: ReportingRound | None
    followed: list[Problem]
    decisions: list[Decision]
    finding: str

    @property
    def late_units(self) -> list[UnitLine]:
        return [unit for unit in self.units if unit.days_late]

    @property
    def without_account(self) -> list[UnitLine]:
        return [unit for unit in self.units if not unit.has_account]


def filed_late(report: RoundReport) -> bool:
    """Whether a report was filed after the deadline day in Asia/Shanghai; the day itself is in time."""
    return report.filed_at is not None and timezone.localdate(report.filed_at) > report.round.due_on


def is_overdue(report: RoundReport, on: date) -> bool:
    """Whether a report is still owed after the deadline day."""
    return report.state in OWED and on > report.round.due_on


def round_detail(*, viewer: Actor, round_id: int, on: date) -> RoundDetail:
    """The round as its officer sees it; a reporter sees the own units only. Raises: NotFound."""
    one = one_of(visible_rounds(viewer).select_related("plan__region", "opened_by"), round_id, _("这次调度"))
    reports = list(
        one.reports.filter(_own_reports(viewer, ""))
        .select_related("unit", "task", "indicator", "filed_by", "round")
        .order_by("unit__name", "id")
    )
    units: dict[int, UnitLine] = {}
    for report in reports:
        line = units.setdefault(report.unit_id, UnitLine(report.unit_id, report.unit.name))
        line.reports.append(report)
        if is_overdue(report, on):
            line.days_late = (on - one.due_on).days
    for unit_id in _with_account(units, on):
        units[unit_id].has_account = True
    totals = {state: sum(report.state == state for report in reports) for state in State.values}
    totals["total"] = len(reports)
    totals["late"] = sum(is_overdue(report, on) for report in reports)
    previous = one.plan.rounds.filter(opened_on__lte=one.opened_on).exclude(pk=one.pk).order_by("-opened_on", "-pk").first()
    since = previous.opened_on if previous else None
    inside = may_edit(viewer, one.plan) or viewer.has(Role.AUDITOR, region=one.plan.region_id)
    return RoundDetail(
        round=one,
        editable=may_edit(viewer, one.plan),
        units=sorted(units.values(), key=lambda line: (-line.days_late, -line.due, line.name)),
        totals=totals,
        days_left=(one.due_on - on).days,
        previous=previous,
        followed=_followed(one, since) if inside else [],
        decisions=_decisions(one, since) if inside else [],
        finding=_finding(one, totals, units.values(), on),
    )


@dataclass(slots=True)
class ReportForm:
    """What one unit has to file in a round."""

    round: ReportingRound
    units: list[UnitLine]
    open: bool
    days_left: int
    finding: str


def reports_to_file(*, viewer: Actor, round_id: int, on: date, unit_id: int | None = None) -> ReportForm:
    """The reports that the viewer may file: those of the own units, or (an officer) of all or of one unit. Raises: NotFound."""
    one = one_of(visible_rounds(viewer).select_related("plan__region"), round_id, _("这次调度"))
    reports = (
        one.reports.select_related("unit", "task", "indicator__plan", "round__plan")
        .prefetch_related("evidence")
        .order_by("unit__name", "id")
    )
    reports = reports.filter(_own_reports(viewer, ""))
    if unit_id is not None:
        reports = reports.filter(unit_id=unit_id)
    units: dict[int, UnitLine] = {}
    for report in reports:
        units.setdefault(report.unit_id, UnitLine(report.unit_id, report.unit.name)).reports.append(report)
    owed = sum(line.due for line in units.values())
    left = (one.due_on - on).days
    if not units:
        finding = _("这次调度没有需要您填报的事项")
    elif not owed:
        finding = _("都已报送，共 %(count)s 件") % {"count": sum(len(line.reports) for line in units.values())}
    elif left < 0:
        finding = _("还有 %(count)s 件没有报，已逾期 %(days)s 天") % {"count": owed, "days": -left}
    else:
        finding = _("还有 %(count)s 件没有报，剩 %(days)s 天") % {"count": owed, "days": left}
    return ReportForm(one, list(units.values()), one.state == ReportingRound.State.OPEN, left, finding)


def plans_to_report(*, viewer: Actor) -> list[Plan]:
    """Published plans for which the viewer may open a round."""
    plans = visible_plans(viewer).filter(state=Plan.State.PUBLISHED).select_related("region").order_by("-last_year", "region_id", "id")
    return [plan for plan in plans if may_edit(viewer, plan)]


def owed_by_viewer(*, viewer: Actor, on: date) -> list[RoundReport]:
    """Reports that the viewer's units still owe in open rounds, the nearest deadline first."""
    units = viewer.organisations_as(Role.REPORTER)
    if not units:
        return []
    owed = RoundReport.objects.filter(unit__in=units, state__in=OWED, round__state=ReportingRound.State.OPEN, round__opened_on__lte=on)
    return list(owed.select_related("round__plan", "unit", "task", "indicator").order_by("round__due_on", "id"))


def standing_choices() -> list[tuple[str, str]]:
    return [(str(code), str(label)) for code, label in RoundReport.Standing.choices]


# ---------------------------------------------------------------------------------------------------------- inner steps


def _own_reports(viewer: Actor, path: str) -> Q:
    """Condition on a report: everything for readers of the plan's region, the own units' for reporters."""
    if viewer.is_system:
        return Q()
    seen = Q(**{f"{path}round__plan__region_id__in": viewer.regions_as(*READERS)})
    return seen | Q(**{f"{path}unit_id__in": viewer.organisations_as(Role.REPORTER)})


def _with_account(units: Iterable[int], on: date) -> set[int]:
    held = Membership.objects.in_force(on).filter(
        organisation__in=list(units),
        role=Role.REPORTER,
        person__user__is_active=True,
    )
    return set(held.order_by().values_list("organisation_id", flat=True))


def _followed(one: ReportingRound, since: date | None) -> list[Problem]:
    """Problems that were open when this round began, or raised since the round before: were they done?"""
    found = one.plan.problems.select_related("owner", "task", "indicator", "report__round").exclude(report__round=one)
    if since is not None:
        found = found.filter(Q(closed_at__isnull=True) | Q(closed_at__date__gte=since))
    return list(found.order_by("state", "due_on", "id"))


def _decisions(one: ReportingRound, since: date | None) -> list[Decision]:
    found = Decision.objects.filter(meeting__plan=one.plan)
    if since is not None:
        found = found.filter(meeting__held_on__gte=since)
    return list(found.select_related("meeting", "task", "problem__owner").order_by("-meeting__held_on", "position"))


def _finding(one: ReportingRound, totals: dict[str, int], units: Iterable[UnitLine], on: date) -> str:
    owing = sum(line.due > 0 for line in units)
    left = (one.due_on - on).days
    told: dict[str, Any] = {
        "filed": totals["total"] - totals[State.DUE] - totals[State.RETURNED],
        "total": totals["total"],
        "units": owing,
        "days": abs(left),
    }
    if not owing:
        return _("%(total)s 件都已报送") % told
    if one.state == ReportingRound.State.CLOSED:
        return _("已结束：报送 %(filed)s / %(total)s 件，%(units)s 家单位没有报齐") % told
    if left < 0:
        return _("已报 %(filed)s / %(total)s 件，%(units)s 家单位逾期 %(days)s 天") % told
    return _("已报 %(filed)s / %(total)s 件，%(units)s 家单位待报，剩 %(days)s 天") % told


def meetings_of(*, viewer: Actor, plan_id: int) -> list[Meeting]:
    """Meetings on a plan with their decisions, newest first; for officers of the region and auditors. Raises: NotFound."""
    plan = one_of(visible_plans(viewer), plan_id, _("这份规划"))
    if not (may_edit(viewer, plan) or viewer.has(Role.AUDITOR, region=plan.region_id)):
        return []
    return list(plan.meetings.prefetch_related("decisions__task", "decisions__problem__owner").order_by("-held_on", "-id"))


def get_plan(*, viewer: Actor, plan_id: int) -> Plan:
    """The plan, if the viewer may see it. Raises: NotFound."""
    plan: Plan = one_of(visible_plans(viewer).select_related("region"), plan_id, _("这份规划"))
    return plan
