"""Before and after publishing: what would be written, which plans stand above and before, which indicators are one chain."""

from __future__ import annotations

from dataclasses import dataclass

from wulian.foundation.access import Actor

from .. import mentions
from ..access import visible_plans
from ..drafting import Draft, draft_of
from ..models import Indicator, Plan, PlanDocument
from .extraction import get_plan_for_review


def publish_preview(*, viewer: Actor, plan_id: int) -> tuple[Plan, Draft]:
    """What publishing would write, what blocks it and what is missing. Raises: NotFound, Denied."""
    plan = get_plan_for_review(viewer=viewer, plan_id=plan_id)
    return plan, draft_of(plan, PlanDocument.objects.filter(plan=plan).first())


def plans_to_relate(*, viewer: Actor, plan: Plan) -> dict[str, list[Plan]]:
    """Plans that may stand above `plan` or before it, likeliest first: cited in its text, of the region above, of the period before."""
    others = list(visible_plans(viewer).exclude(pk=plan.pk).select_related("region").order_by("-last_year", "region_id", "id"))
    cited = set((PlanDocument.objects.filter(plan=plan).values_list("guess", flat=True).first() or {}).get("cited", []))

    def likely(other: Plan, *, above: bool) -> tuple[int, int, int]:
        named = any(title in other.title or other.title in title for title in cited)
        near = other.region_id == plan.region.parent_id if above else other.region_id == plan.region_id
        meets = other.last_year >= plan.first_year if above else other.last_year < plan.last_year and other.last_year >= plan.first_year - 2
        return (-int(named and near), -int(near and meets), -other.last_year)

    return {
        "parent": sorted(others, key=lambda other: likely(other, above=True)),
        "predecessor": sorted(others, key=lambda other: likely(other, above=False)),
    }


@dataclass(frozen=True, slots=True)
class ChainSuggestion:
    """An indicator of this plan and indicators of related plans with the same name."""

    indicator: Indicator
    others: tuple[Indicator, ...]


def chain_suggestions(*, viewer: Actor, plan_id: int) -> list[ChainSuggestion]:
    """Indicators not yet in a chain with those above, before or below; matched by name without scope words, and by measure."""
    plan = get_plan_for_review(viewer=viewer, plan_id=plan_id)
    ours = list(plan.indicators.filter(chain__isnull=True).order_by("position", "id"))
    relatives = [pk for pk in (plan.parent_id, plan.predecessor_id) if pk]
    related = (
        visible_plans(viewer).filter(pk__in=relatives)
        | visible_plans(viewer).filter(parent=plan)
        | visible_plans(viewer).filter(predecessor=plan)
    )
    theirs: dict[tuple[str, str], list[Indicator]] = {}
    for other in Indicator.objects.filter(plan__in=related).select_related("plan", "chain").order_by("plan_id", "position", "id"):
        theirs.setdefault(_same(other), []).append(other)
    return [ChainSuggestion(one, tuple(theirs[_same(one)])) for one in ours if _same(one) in theirs]


def _same(indicator: Indicator) -> tuple[str, str]:
    return mentions.loose_key(indicator.name), mentions.group_key("", indicator.unit)
