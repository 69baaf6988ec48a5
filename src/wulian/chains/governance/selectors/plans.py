"""Reading plans: the list with states and status counts, one plan with its relatives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from wulian.chains.governance.access import may_edit, one_of, visible_plans
from wulian.chains.governance.models import Indicator, Plan, PlanDocument, PlanTask, TaskUnit
from wulian.directory.access import region_closure
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor

from .indicators import Overview, overviews


@dataclass(frozen=True, slots=True)
class PlanItem:
    """A plan in a list: its overview on the date, and how many tasks it has."""

    overview: Overview
    tasks: int
    depth: int  # of its region below the topmost region in the list

    @property
    def plan(self) -> Plan:
        return self.overview.plan

    @property
    def indent(self) -> int:
        """Pixels by which a tree of regions sets the row in; 0 at the top."""
        return 16 + self.depth * 20 if self.depth else 0


def plans_list(viewer: Actor, on: date, *, region: str | None = None, state: str = "", text: str = "", period: str = "") -> list[PlanItem]:
    """Plans that the viewer may see: by region from above to below, newest period first.

    `region`: only of this region and those below it. `period`: "current" (the date lies in it), "past" or "coming".
    """
    rows = visible_plans(viewer).select_related("region", "region__parent", "parent", "predecessor")
    if region:
        rows = rows.filter(region_id__in=region_closure(region))
    if state:
        rows = rows.filter(state=state)
    if text.strip():
        words = text.strip()
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(short_title__icontains=words)
            | Q(document_number__icontains=words)
            | Q(indicators__name__icontains=words)
        )
    conditions = {
        "current": Q(first_year__lte=on.year, last_year__gte=on.year),
        "past": Q(last_year__lt=on.year),
        "coming": Q(first_year__gt=on.year),
    }
    if period in conditions:
        rows = rows.filter(conditions[period])
    ids = rows.values("pk")
    related = ("region", "region__parent", "region__parent__parent", "parent", "predecessor")
    plans = list(Plan.objects.filter(pk__in=ids).select_related(*related))
    plans.sort(key=lambda plan: (_path(plan), -plan.last_year, plan.pk))
    found = overviews(viewer, plans, on)
    top = min((len(_path(plan)) for plan in plans), default=0)
    tasks = dict(PlanTask.objects.filter(plan__in=plans).values_list("plan_id").annotate(Count("pk")).order_by())
    return [PlanItem(one, tasks.get(one.plan.pk, 0), len(_path(one.plan)) - top) for one in found]


def _path(plan: Plan) -> tuple[str, ...]:
    """Region codes from above down to the plan's region, so that sorting gives the tree."""
    codes = [plan.region.code]
    above = plan.region.parent
    while above is not None and len(codes) < 4:
        codes.append(above.code)
        above = above.parent
    return tuple(reversed(codes))


def plan_counts(viewer: Actor, on: date) -> dict[str, dict[str, int]]:
    """How many visible plans there are by state and by period, for the filters."""
    states: dict[str, int] = {}
    periods = {"current": 0, "past": 0, "coming": 0}
    for state, first, last in visible_plans(viewer).values_list("state", "first_year", "last_year"):
        states[state] = states.get(state, 0) + 1
        periods["past" if last < on.year else "coming" if first > on.year else "current"] += 1
    return {"state": states, "period": periods}


def get_plan(viewer: Actor, plan_id: int) -> Plan:
    """The plan, or NotFound when it does not exist or is hidden from the viewer."""
    rows = visible_plans(viewer).select_related("region", "region__parent", "parent", "predecessor")
    plan: Plan = one_of(rows, plan_id, _("规划"))
    return plan


@dataclass(frozen=True, slots=True)
class Relatives:
    """The plans around a plan that the viewer may see."""

    parent: Plan | None
    predecessor: Plan | None
    children: list[Plan]
    successors: list[Plan]


def relatives(viewer: Actor, plan: Plan) -> Relatives:
    seen = visible_plans(viewer).select_related("region")
    ids = [pk for pk in (plan.parent_id, plan.predecessor_id) if pk]
    above = {one.pk: one for one in seen.filter(pk__in=ids)}
    below = list(seen.filter(Q(parent=plan) | Q(predecessor=plan)).order_by("-last_year", "region_id", "pk"))
    return Relatives(
        parent=above.get(plan.parent_id or 0),
        predecessor=above.get(plan.predecessor_id or 0),
        children=[one for one in below if one.parent_id == plan.pk],
        successors=[one for one in below if one.predecessor_id == plan.pk],
    )


def possible_relatives(viewer: Actor, plan: Plan | None = None) -> list[Plan]:
    """Plans that can be named as parent or predecessor."""
    rows = visible_plans(viewer).select_related("region").order_by("region_id", "-last_year", "pk")
    return list(rows.exclude(pk=plan.pk) if plan else rows)


def owner_choices(plan: Plan) -> list[tuple[int, str]]:
    """Units that may own an indicator of the plan: government units of its region, above and below it."""
    codes = set(region_closure(plan.region_id))
    above = plan.region.parent
    while above is not None:
        codes.add(above.code)
        above = above.parent
    units = Organisation.objects.filter(kind=Organisation.Kind.GOVERNMENT, region_id__in=codes, merged_into__isnull=True)
    return [(unit.pk, unit.short_name or unit.name) for unit in units.order_by("name", "pk")]


def composite_choices(plan: Plan, indicator: Indicator | None = None) -> list[tuple[int, str]]:
    """Indicators of the plan that may have components: those that are no component themselves, and not `indicator`."""
    rows = plan.indicators.filter(composite__isnull=True).order_by("position", "pk")
    return [(one.pk, one.name) for one in rows if indicator is None or one.pk != indicator.pk]


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """How many tasks a plan has, and how many of those with units named nobody as lead."""

    total: int
    without_lead: int


def task_summary(plan: Plan) -> TaskSummary:
    tasks = plan.tasks.annotate(
        all_units=Count("units", distinct=True), leads=Count("units", filter=Q(units__role=TaskUnit.Role.LEAD), distinct=True)
    )
    counts = tasks.aggregate(total=Count("pk"), without_lead=Count("pk", filter=Q(all_units__gt=0, leads=0)))
    return TaskSummary(**counts)


def plan_document(viewer: Actor, plan: Plan) -> PlanDocument | None:
    """The document that the plan was read from. Its text may hold what is not published, so it is shown to officers only."""
    if not may_edit(viewer, plan):
        return None
    return PlanDocument.objects.filter(plan=plan).select_related("file").defer("text").first()
