"""Who may see and who may change what in governance. The list filter and the single-object check are one definition."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor, Role, require, require_officer
from wulian.kernel.errors import NotFound

from .models import Evaluation, EvaluationComment, EvaluationReviewer, Indicator, Observation, Plan

READERS = (Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
EDITORS = (Role.OFFICER, Role.ADMINISTRATOR)


def plans_seen_by(viewer: Actor, path: str = "") -> Q:
    """Condition on a plan reached by `path` (`indicator__plan__`): published or closed, or a draft of the viewer's region."""
    if viewer.is_system:
        return Q()
    seen = ~Q(**{f"{path}state": Plan.State.DRAFT})
    regions = viewer.regions_as(*READERS)
    return seen | Q(**{f"{path}region_id__in": regions}) if regions else seen


def visible_plans(viewer: Actor) -> QuerySet[Plan]:
    return Plan.objects.filter(plans_seen_by(viewer))


def visible_indicators(viewer: Actor) -> QuerySet[Indicator]:
    return Indicator.objects.filter(plans_seen_by(viewer, "plan__"))


def observations_seen_by(viewer: Actor, plan_path: str = "indicator__plan__", own_path: str = "") -> Q:
    """Condition on an observation: what is reported but not yet verified is seen by readers of the region and by the unit itself."""
    if viewer.is_system:
        return Q()
    public = ~Q(**{f"{own_path}origin": Observation.Origin.REPORTED}) | Q(**{f"{own_path}verification": Observation.Verification.VERIFIED})
    if regions := viewer.regions_as(*READERS):
        public |= Q(**{f"{plan_path}region_id__in": regions})
    if units := viewer.organisations_as(Role.REPORTER):
        public |= Q(**{f"{own_path}unit_organisation_id__in": units})
    return public


def visible_evaluations(viewer: Actor) -> QuerySet[Evaluation]:
    """Frozen evaluations: public ones of public plans, all of the regions one reads, and those one is invited to review."""
    if viewer.is_system:
        return Evaluation.objects.all()
    seen = plans_seen_by(viewer, "plan__") & Q(is_public=True)
    if regions := viewer.regions_as(*READERS):
        seen |= Q(plan__region_id__in=regions)
    if bodies := viewer.organisations_as(Role.REVIEWER):
        invited = EvaluationReviewer.objects.filter(organisation__in=bodies, withdrawn_at__isnull=True)
        seen |= Q(pk__in=invited.values("evaluation"))
    return Evaluation.objects.filter(seen)


def visible_comments(viewer: Actor) -> QuerySet[EvaluationComment]:
    """Comments on evaluations that one may see: public ones, all of the regions one reads, and the own body's."""
    comments = EvaluationComment.objects.filter(evaluation__in=visible_evaluations(viewer))
    if viewer.is_system:
        return comments
    seen = Q(is_public=True) | Q(organisation__in=viewer.organisations_as(Role.REVIEWER))
    return comments.filter(seen | Q(evaluation__plan__region_id__in=viewer.regions_as(*READERS)))


def may_edit(by: Actor, plan: Plan) -> bool:
    return by.has(*EDITORS, region=plan.region_id)


def may_report(by: Actor, indicator: Indicator) -> bool:
    """An officer of the plan's region, or a reporter of the unit that owns the indicator."""
    if may_edit(by, indicator.plan):
        return True
    return indicator.owner_id is not None and by.has(Role.REPORTER, organisation_id=indicator.owner_id)


def require_edit(by: Actor, plan: Plan, act: str) -> None:
    require_officer(by, region=plan.region_id, act=act)


def require_report(by: Actor, indicator: Indicator) -> None:
    require(may_report(by, indicator), act=_("填报这项指标"), reason=_("只有责任单位的填报人或管辖该区域的科技部门工作人员可以填报"))


def one_of(queryset: QuerySet[Any], pk: int, what: str) -> Any:
    """The object of an already filtered queryset; hidden and missing look the same.

    Raises: NotFound with `what`, a translated noun.
    """
    found = queryset.filter(pk=pk).first()
    if found is None:
        raise NotFound(what=what)
    return found
