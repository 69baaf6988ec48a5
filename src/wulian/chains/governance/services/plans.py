"""Acts on a plan: create, edit, publish, take back, close."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.chains.governance.access import one_of, require_edit, visible_plans
from wulian.chains.governance.computing_jobs import compute_history
from wulian.chains.governance.errors import PlanCycle, PlanState, ReasonNeeded
from wulian.chains.governance.models import Plan
from wulian.directory.selectors.regions import get_region
from wulian.foundation import audit
from wulian.foundation.access import Actor, require_officer
from wulian.kernel.errors import Invalid

from .editing import changed_fields, locked, require_version

FIELDS = (
    "title",
    "short_title",
    "document_number",
    "issuer",
    "issued_on",
    "first_year",
    "last_year",
    "base_year",
    "parent_id",
    "predecessor_id",
)
RELATIONS = {"parent_id": "上级规划", "predecessor_id": "上一期规划"}


@transaction.atomic
def create_plan(
    *,
    by: Actor,
    at: datetime,
    title: str,
    region: str,
    first_year: int,
    last_year: int,
    short_title: str = "",
    base_year: int | None = None,
    document_number: str = "",
    issuer: str = "",
    issued_on: date | None = None,
    parent_id: int | None = None,
    predecessor_id: int | None = None,
    is_synthetic: bool = False,
) -> Plan:
    """A new draft. `region` is a region code.

    Raises: Denied, UnknownRegion, Invalid (empty title, years the wrong way round), NotFound (parent or predecessor).
    """
    require_officer(by, region=region, act=_("新建规划"))
    plan = Plan(
        title=title.strip(),
        short_title=short_title.strip() or title.strip()[:60],
        region=get_region(region),
        first_year=first_year,
        last_year=last_year,
        base_year=base_year,
        document_number=document_number.strip(),
        issuer=issuer.strip(),
        issued_on=issued_on,
        parent_id=parent_id,
        predecessor_id=predecessor_id,
        is_synthetic=is_synthetic,
        created_at=at,
    )
    _check(plan, by)
    plan.save()
    audit.record(by=by, action="plan.created", obj=plan, after=audit.state_of(plan, *FIELDS), region=region, at=at)
    return plan


@transaction.atomic
def edit_plan(*, by: Actor, at: datetime, plan_id: int, version: int | None = None, **values: Any) -> Plan:
    """Change any of FIELDS. Who a plan is for (its region) does not change: a plan of another region is another plan.

    Raises: Denied, NotFound, Conflict, Invalid, PlanCycle, PlanState (closed).
    """
    if unknown := values.keys() - set(FIELDS):
        raise TypeError(f"not fields of a plan that can be edited: {sorted(unknown)}")
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("修改规划"))
    require_version(plan, version, what=str(plan))
    _require_open(plan, _("修改"))
    changes = changed_fields(plan, values)
    if not changes:
        return plan
    before = audit.state_of(plan, *changes)
    for name, value in changes.items():
        setattr(plan, name, value)
    _check(plan, by)
    plan.version += 1
    plan.save()
    audit.record(by=by, action="plan.edited", obj=plan, before=before, after=audit.state_of(plan, *changes), region=plan.region_id, at=at)
    return plan


@transaction.atomic
def publish_plan(*, by: Actor, at: datetime, plan_id: int) -> Plan:
    """draft → published: seen by everyone; from now on a target changes only with reason, approver and date.

    The values of bound indicators are computed in the background. Raises: Denied, NotFound, PlanState.
    """
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("发布规划"))
    if plan.state != Plan.State.DRAFT:
        raise PlanState(plan=plan, state=plan.get_state_display(), act=_("再发布一次"), hint=_("无须再做什么。"))
    published = _move(plan, Plan.State.PUBLISHED, "plan.published", by=by, at=at)
    if plan.indicators.exclude(metric="").exists():
        on = timezone.localdate(at).isoformat()
        transaction.on_commit(lambda: compute_history.enqueue(plan.pk, by.user_id, on))
    return published


@transaction.atomic
def unpublish_plan(*, by: Actor, at: datetime, plan_id: int, reason: str) -> Plan:
    """published → draft, with a reason. Targets, observations and decisions stay as they are.

    Raises: Denied, NotFound, PlanState, ReasonNeeded.
    """
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("撤回规划"))
    if plan.state != Plan.State.PUBLISHED:
        raise PlanState(plan=plan, state=plan.get_state_display(), act=_("撤回"), hint=_("只有已发布的规划可以撤回。"))
    _require_reason(plan, reason)
    return _move(plan, Plan.State.DRAFT, "plan.unpublished", by=by, at=at, reason=reason)


@transaction.atomic
def close_plan(*, by: Actor, at: datetime, on: date, plan_id: int) -> Plan:
    """published → closed, once the period is over.

    Raises: Denied, NotFound, PlanState.
    """
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("结束规划"))
    if plan.state != Plan.State.PUBLISHED:
        raise PlanState(plan=plan, state=plan.get_state_display(), act=_("结束"), hint=_("只有已发布的规划可以结束。"))
    if on < date(plan.last_year, 12, 31):
        hint = _("规划期到 %(year)s 年底，请到期后再结束。") % {"year": plan.last_year}
        raise PlanState(plan=plan, state=plan.get_state_display(), act=_("结束"), hint=hint)
    return _move(plan, Plan.State.CLOSED, "plan.closed", by=by, at=at)


@transaction.atomic
def reopen_plan(*, by: Actor, at: datetime, plan_id: int, reason: str) -> Plan:
    """closed → published, with a reason.

    Raises: Denied, NotFound, PlanState, ReasonNeeded.
    """
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("重新打开规划"))
    if plan.state != Plan.State.CLOSED:
        raise PlanState(plan=plan, state=plan.get_state_display(), act=_("重新打开"), hint=_("只有已结束的规划可以重新打开。"))
    _require_reason(plan, reason)
    return _move(plan, Plan.State.PUBLISHED, "plan.reopened", by=by, at=at, reason=reason)


def _move(plan: Plan, state: Plan.State, action: str, *, by: Actor, at: datetime, reason: str = "") -> Plan:
    before = audit.state_of(plan, "state")
    plan.state = state
    if state == Plan.State.PUBLISHED and plan.published_at is None:
        plan.published_at = at
    plan.version += 1
    plan.save(update_fields=["state", "published_at", "version"])
    after = audit.state_of(plan, "state")
    audit.record(by=by, action=action, obj=plan, before=before, after=after, reason=reason, region=plan.region_id, at=at)
    return plan


def _require_open(plan: Plan, act: str) -> None:
    if plan.state == Plan.State.CLOSED:
        raise PlanState(plan=plan, state=plan.get_state_display(), act=act, hint=_("请先写明理由重新打开。"))


def _require_reason(plan: Plan, reason: str) -> None:
    if not reason.strip():
        raise ReasonNeeded(what=plan, missing=_("理由"))


def _check(plan: Plan, by: Actor) -> None:
    if not plan.title:
        raise Invalid(field=_("规划名称"), why=_("是空的，请照封面填写"))
    if plan.last_year < plan.first_year:
        why = _("终止年 %(last)s 早于起始年 %(first)s") % {"last": plan.last_year, "first": plan.first_year}
        raise Invalid(field=_("规划期"), why=why)
    for name, relation in RELATIONS.items():
        other_id = getattr(plan, name)
        if other_id is None:
            continue
        other = one_of(visible_plans(by), other_id, _(relation))
        chain, current = set(), other_id
        while current is not None and current not in chain:
            if current == plan.pk:
                raise PlanCycle(plan=plan, other=other, relation=_(relation))
            chain.add(current)
            current = Plan.objects.values_list(name, flat=True).get(pk=current)
