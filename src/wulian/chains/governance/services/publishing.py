"""From accepted extractions to indicators, targets, observations and tasks; and the governed way back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.suggesting import unit_factor

from ..access import require_edit
from ..drafting import Draft, DraftIndicator, DraftTask, DraftValue, draft_of
from ..models import Extraction, Indicator, Plan, PlanDocument, PlanTask, Target
from ..work_errors import NotPublishable
from . import indicators as indicator_services
from . import observations as observation_services
from . import targets as target_services
from . import tasks as task_services
from .editing import locked, require_version
from .plans import publish_plan, unpublish_plan


@transaction.atomic
def publish_reviewed_plan(*, by: Actor, at: datetime, plan_id: int, version: int | None = None) -> Plan:
    """Write what the officer accepted into the plan and publish it.

    An indicator or task that this plan already has from the same extractions is updated, never written a second time; one
    whose extractions are no longer accepted is removed, unless something has been reported on it.
    Raises: Denied, NotFound, Conflict, NotPublishable (lists every blocking problem at once), PlanState.
    """
    plan = locked(Plan, plan_id, related=("region",))
    require_edit(by, plan, _("发布规划"))
    require_version(plan, version, what=f"“{plan}”")
    document = PlanDocument.objects.select_for_update(of=("self",)).filter(plan=plan).first()
    draft = draft_of(plan, document)
    if draft.blocking:
        raise NotPublishable(plan=str(plan), problems="；".join(one.text for one in draft.blocking))
    composites = _write_composites(by, at, plan, draft)
    for indicator in draft.indicators:
        _write_indicator(by, at, plan, indicator, composites)
    _write_tasks(by, at, plan, draft)
    _remove_dropped(by, at, draft)
    return publish_plan(by=by, at=at, plan_id=plan_id)


def return_to_review(*, by: Actor, at: datetime, plan_id: int, reason: str) -> Plan:
    """Take a published plan back to review, with a reason. Every decision on its extractions stays as it was.

    Raises: Denied, NotFound, PlanState, ReasonNeeded.
    """
    return unpublish_plan(by=by, at=at, plan_id=plan_id, reason=reason)


def _write_composites(by: Actor, at: datetime, plan: Plan, draft: Draft) -> dict[str, int]:
    """The composite indicators that components name, made where the plan does not have them yet."""
    names = dict.fromkeys(one.composite for one in draft.indicators if one.composite)
    found = {one.name: one.pk for one in plan.indicators.filter(composite__isnull=True, name__in=names).order_by("-id")}
    for name in names:
        if name not in found:
            first = next(one for one in draft.indicators if one.composite == name)
            found[name] = indicator_services.add_indicator(
                by=by,
                at=at,
                plan_id=plan.pk,
                name=name,
                unit=first.unit,
                kind=first.kind,
                attribute=first.attribute,
                position=first.position,
            ).pk
    return found


def _write_indicator(by: Actor, at: datetime, plan: Plan, item: DraftIndicator, composites: dict[str, int]) -> None:
    values: dict[str, Any] = {
        "name": item.name,
        "unit": item.unit,
        "kind": item.kind,
        "attribute": item.attribute,
        "direction": item.direction,
        "falls_by_design": item.falls_by_design,
        "scope_note": item.scope_note,
        "position": item.position,
        "owner_id": item.owner_id,
        "composite_id": composites.get(item.composite),
    }
    if item.indicator_id is None:
        indicator = indicator_services.add_indicator(by=by, at=at, plan_id=plan.pk, **values)
    else:
        indicator = indicator_services.edit_indicator(by=by, at=at, indicator_id=item.indicator_id, **values)
    if item.metric != indicator.metric:
        factor = binding_factor(item.metric, item.unit)
        indicator_services.bind_metric(by=by, at=at, indicator_id=indicator.pk, metric=item.metric, factor=factor)
    Extraction.objects.filter(pk__in=item.extraction_ids).update(indicator=indicator)
    kept = {_write_target(by, at, indicator, value).pk for value in item.targets}
    # Only what an earlier publication of this text wrote and no longer says; what was revised or assigned since stays.
    gone = indicator.targets.filter(origin=Target.Origin.PRINTED, superseded_by__isnull=True, supersedes__isnull=True).exclude(pk__in=kept)
    for target in gone.order_by("pk"):
        target_services.remove_target(by=by, at=at, target_id=target.pk)
    for value in item.observations:
        _write_observation(by, at, plan, indicator, value)


def binding_factor(code: str, unit: str) -> Decimal:
    """What turns the metric's unit into the indicator's; 1 when the indicator has no unit or none is needed."""
    metric = metrics.find(code)
    return (unit_factor(metric.unit, unit) if metric and unit else None) or Decimal(1)


def _write_target(by: Actor, at: datetime, indicator: Indicator, value: DraftValue) -> Target:
    current = indicator.targets.filter(year=value.year, role=value.role, tier=value.tier, superseded_by__isnull=True).first()
    if current is not None and (current.origin != Target.Origin.PRINTED or hasattr(current, "supersedes")):
        return current  # changed since with reason and approver: the text does not undo that
    return target_services.set_target(
        by=by,
        at=at,
        indicator_id=indicator.pk,
        year=value.year,
        role=value.role,
        tier=value.tier,
        value=value.value,
        number_state=value.number_state,
        comparator=value.comparator,
        commitment=value.commitment,
        raw=value.raw,
        span=value.span,
        origin=Target.Origin.PRINTED,
    )


def _write_observation(by: Actor, at: datetime, plan: Plan, indicator: Indicator, value: DraftValue) -> None:
    """A value that the plan itself reports as achieved, as of the end of its year, or the day of issue if that came first."""
    as_of = date(value.year, 12, 31)
    if plan.issued_on is not None and plan.issued_on < as_of and plan.issued_on.year == value.year:
        as_of = plan.issued_on
    if value.value is not None:
        observation_services.record_printed(by=by, at=at, indicator_id=indicator.pk, as_of=as_of, value=value.value, note=value.raw)


def _write_tasks(by: Actor, at: datetime, plan: Plan, draft: Draft) -> None:
    parents: list[tuple[int, int]] = []  # (level, task id) of the open branch of the heading tree
    for item in draft.tasks:
        while parents and parents[-1][0] >= item.level:
            parents.pop()
        task = _write_task(by, at, plan, item, parents[-1][1] if parents else None)
        parents.append((item.level, task.pk))


def _write_task(by: Actor, at: datetime, plan: Plan, item: DraftTask, parent_id: int | None) -> PlanTask:
    units = [task_services.UnitOfTask(unit["name"][:120], unit["role"], unit["organisation"]) for unit in item.units]
    values: dict[str, Any] = {
        "number": item.number,
        "title": item.title,
        "section": item.section,
        "level": item.level,
        "parent_id": parent_id,
        "units_printed": item.units_printed,
        "position": item.position,
        "span_start": item.span[0],
        "span_end": item.span[1],
    }
    if item.task_id is None:
        task = task_services.add_task(by=by, at=at, plan_id=plan.pk, units=units, **values)
    else:
        task = task_services.edit_task(by=by, at=at, task_id=item.task_id, units=units, **values)
    Extraction.objects.filter(pk=item.extraction_id).update(task=task)
    return task


def _remove_dropped(by: Actor, at: datetime, draft: Draft) -> None:
    for indicator in draft.dropped_indicators:
        if not indicator.kept_because:
            indicator_services.remove_indicator(by=by, at=at, indicator_id=indicator.pk)
    for task in draft.dropped_tasks:
        if not task.kept_because:
            task_services.remove_task(by=by, at=at, task_id=task.pk)
