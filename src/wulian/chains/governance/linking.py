"""Tasks of plans as things that register entries may link to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from wulian.foundation.access import Actor
from wulian.foundation.catalogue import linkables
from wulian.foundation.catalogue.linkables import Linkable, Target

from .access import plans_seen_by
from .models import Plan, PlanTask

MOST = 20


def search_tasks(viewer: Actor, text: str) -> list[Target]:
    """Tasks of published plans whose title or number holds `text`, those of the newest plan first."""
    holds = Q(title__icontains=text) | Q(number__iexact=text)
    found = _seen(viewer).filter(holds, plan__state=Plan.State.PUBLISHED).order_by("-plan__first_year", "plan", "position", "pk")
    return [_target(task) for task in found[:MOST]]


def tasks_named(viewer: Actor, ids: Iterable[int]) -> Mapping[int, Target]:
    """Those of the tasks that the viewer may see; a link stays readable when its plan is closed."""
    return {task.pk: _target(task) for task in _seen(viewer).filter(pk__in=list(ids)).order_by("pk")}


def _seen(viewer: Actor) -> QuerySet[PlanTask]:
    return PlanTask.objects.filter(plans_seen_by(viewer, "plan__")).select_related("plan")


def _target(task: PlanTask) -> Target:
    label = " ".join(word for word in (task.number, task.title) if word)
    return Target(task.pk, label, str(task.plan), f"/tasks/{task.pk}/")


PLAN_TASK = linkables.declare(Linkable("plan_task", _("规划任务"), search_tasks, tasks_named))
