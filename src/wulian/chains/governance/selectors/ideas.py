"""Reading ideas from elsewhere: on a task, beside the comparison of an indicator, and what a new one may be put to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor, Role

from ..access import EDITORS, READERS, one_of, visible_indicators, visible_plans
from ..models import IndicatorChain, PeerIdea, PeerValue, PlanTask


def visible_ideas(viewer: Actor) -> QuerySet[PeerIdea]:
    """Ideas on tasks of the regions one reads, and of the units one reports for. The public does not see what is only weighed."""
    ideas = PeerIdea.objects.select_related("task__plan__region", "chain", "file", "added_by")
    if viewer.is_system:
        return ideas
    own = PlanTask.objects.filter(units__organisation__in=viewer.organisations_as(Role.REPORTER))
    return ideas.filter(Q(task__plan__region_id__in=viewer.regions_as(*READERS)) | Q(task__in=own))


def ideas_of_task(viewer: Actor, task_id: int) -> list[PeerIdea]:
    """The newest source first."""
    return list(visible_ideas(viewer).filter(task=task_id).order_by("-dated_on", "-id"))


def ideas_of_chain(viewer: Actor, chain_id: int) -> list[PeerIdea]:
    """Ideas that came from comparing this indicator, by area."""
    return list(visible_ideas(viewer).filter(chain=chain_id).order_by("area", "-dated_on", "-id"))


def get_idea(viewer: Actor, idea_id: int) -> PeerIdea:
    """Raises: NotFound."""
    found: PeerIdea = one_of(visible_ideas(viewer), idea_id, _("借鉴"))
    return found


@dataclass(frozen=True, slots=True)
class IdeaChoices:
    """What a new idea may be put to: tasks as (id, label), chains as (id, name); and the peer value that it starts from."""

    tasks: list[tuple[int, str]]
    chains: list[tuple[int, str]]
    peer: PeerValue | None = None


def idea_choices(viewer: Actor, *, task_id: int | None = None, peer_id: int | None = None) -> IdeaChoices:
    """For one task: the chains of its plan's indicators. From a peer value: the tasks of the plans in its chain.

    Only plans that the viewer may edit. Raises: NotFound.
    """
    plans = visible_plans(viewer)
    if not viewer.is_system:
        plans = plans.filter(region_id__in=viewer.regions_as(*EDITORS))
    peer = None
    if peer_id is not None:
        seen = IndicatorChain.objects.filter(pk__in=visible_indicators(viewer).values("chain"))
        peer = one_of(PeerValue.objects.filter(chain__in=seen).select_related("chain"), peer_id, _("对标值"))
        plans = plans.filter(indicators__chain=peer.chain_id)
    tasks = PlanTask.objects.filter(plan__in=plans).select_related("plan").order_by("-plan__last_year", "plan_id", "position", "id")
    if task_id is not None:
        tasks = PlanTask.objects.filter(pk=one_of(tasks, task_id, _("这项任务")).pk).select_related("plan")
        plans = plans.filter(tasks=task_id)
    chains = IndicatorChain.objects.filter(indicators__plan__in=plans).order_by("name", "pk").distinct()
    return IdeaChoices(
        tasks=[(one.pk, f"{one} — {one.plan}") for one in tasks],
        chains=[(one.pk, one.name) for one in chains],
        peer=peer,
    )
