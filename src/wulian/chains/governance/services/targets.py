"""Acts on targets: set, change with reason, take over a number assigned from above, fill missing years on request."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.chains.governance.access import require_edit
from wulian.chains.governance.errors import CannotInterpolate, PlanState, ReasonNeeded, WrongTarget
from wulian.chains.governance.judging import frame_of, goals_of
from wulian.chains.governance.models import Indicator, Plan, Target
from wulian.chains.governance.status import INTERPOLATED_KINDS, fill_years
from wulian.foundation import audit
from wulian.foundation.access import Actor

from .editing import conflict, field_label, follow, locked, put_aside
from .indicators import require_open

SHOWN = ("year", "role", "tier", "value", "number_state", "comparator", "commitment", "origin", "raw")


@transaction.atomic
def set_target(
    *,
    by: Actor,
    at: datetime,
    indicator_id: int,
    year: int,
    role: str,
    value: Decimal | None = None,
    number_state: str = Target.NumberState.NUMBERED,
    comparator: str = Target.Comparator.EQUAL,
    tier: str = Target.Tier.MAIN,
    commitment: str = "",
    origin: str | None = None,
    raw: str = "",
    span: tuple[int, int] | None = None,
    expected: tuple[int, int] | None = None,
    reason: str = "",
    approver: str = "",
    approved_on: date | None = None,
) -> Target:
    """Set the target of one year, role and tier.

    In a draft the row is written in place. In a published plan a new row supersedes the old one, which stays visible, and
    reason, approver and date are needed. `expected` is (id, version) of the row that the person saw, (0, 0) when there
    was none; anything else there now is a Conflict. None: the caller did not start from a form.
    Raises: Denied, NotFound, Conflict, PlanState (closed), ReasonNeeded, WrongTarget.
    """
    indicator = locked(Indicator, indicator_id, related=("plan",))
    plan = indicator.plan
    require_edit(by, plan, _("设定目标值"))
    current = indicator.targets.filter(year=year, role=role, tier=tier, superseded_by__isnull=True).select_related("changed_by").first()
    _require_expected(indicator, current, year, expected)
    require_open(plan, _("改目标值"))
    published = plan.state == Plan.State.PUBLISHED
    new = Target(
        indicator=indicator,
        year=year,
        role=role,
        tier=tier,
        value=value if number_state == Target.NumberState.NUMBERED else None,
        number_state=number_state,
        comparator=comparator,
        commitment=commitment,
        origin=origin or (Target.Origin.REVISED if published and current else Target.Origin.PRINTED),
        raw=raw,
        span_start=span[0] if span else None,
        span_end=span[1] if span else None,
        reason=reason.strip(),
        approver=approver.strip(),
        approved_on=approved_on,
        changed_by_id=by.user_id,
        changed_at=at,
    )
    _check(plan, new)
    if current and _same(current, new):
        return current
    if published:
        _require_grounds(new)
        return _supersede(indicator, current, new, by=by, at=at, action="target.changed" if current else "target.added")
    before = audit.state_of(current, *SHOWN) if current else None
    if current:
        new.pk, new.version = current.pk, current.version + 1
        if not raw:  # correcting a figure keeps the place in the text that it was read from
            new.raw, new.span_start, new.span_end = current.raw, current.span_start, current.span_end
    new.save()
    return _record(new, "target.set", before, by=by, at=at)


@transaction.atomic
def assign_target(
    *,
    by: Actor,
    at: datetime,
    target_id: int,
    version: int,
    value: Decimal,
    assigned_by: str,
    document: str,
    assigned_on: date,
    comparator: str = Target.Comparator.EQUAL,
) -> Target:
    """Take over the number that a higher level has assigned (上级下达) for a target that waits for it.

    `assigned_by` is the unit, `document` the notice in which the number stands. The row that says "to be assigned" stays.
    Raises: Denied, NotFound, Conflict, PlanState, ReasonNeeded, WrongTarget (the target does not wait for a number).
    """
    waiting = Target.objects.filter(pk=target_id).values_list("indicator_id", flat=True).first()
    indicator = locked(Indicator, waiting or 0, related=("plan",))
    require_edit(by, indicator.plan, _("录入下达的目标值"))
    current = locked(Target, target_id, related=("changed_by",))
    _require_expected(indicator, _current_of(current), current.year, (target_id, version))
    require_open(indicator.plan, _("录入下达的目标值"))
    if current.number_state != Target.NumberState.ASSIGNED:
        raise WrongTarget(why=_("%(year)s 年的目标不是待上级下达，请用“调整目标”。") % {"year": current.year})
    new = Target(
        indicator=indicator,
        year=current.year,
        role=current.role,
        tier=current.tier,
        value=value,
        comparator=comparator,
        commitment=current.commitment,
        origin=Target.Origin.ASSIGNED,
        raw=current.raw,
        span_start=current.span_start,
        span_end=current.span_end,
        reason=document.strip(),
        approver=assigned_by.strip(),
        approved_on=assigned_on,
        changed_by_id=by.user_id,
        changed_at=at,
    )
    _check(indicator.plan, new)
    _require_grounds(new)
    return _supersede(indicator, current, new, by=by, at=at, action="target.assigned")


@transaction.atomic
def fill_missing_years(*, by: Actor, at: datetime, indicator_id: int) -> list[Target]:
    """Milestones on a straight line for the years of the plan that have none, marked as computed. Only on request.

    Raises: Denied, NotFound, PlanState (closed), CannotInterpolate.
    """
    indicator = locked(Indicator, indicator_id, related=("plan",))
    plan = indicator.plan
    require_edit(by, plan, _("补齐年度节点"))
    require_open(plan, _("补齐年度节点"))
    if indicator.kind not in INTERPOLATED_KINDS:
        why = _("%(kind)s不能按直线内插，请照文件逐年填写。") % {"kind": indicator.get_kind_display()}
        raise CannotInterpolate(indicator=indicator, why=why)
    current = indicator.targets.filter(superseded_by__isnull=True)
    missing = fill_years(frame_of(indicator, plan), goals_of(current))
    if not missing:
        raise CannotInterpolate(indicator=indicator, why=_("没有缺少的年份，或者两端没有可用的数（基数、已有节点）。"))
    filled = [
        Target(
            indicator=indicator,
            year=year,
            role=Target.Role.MILESTONE,
            value=value,
            comparator=comparator,
            origin=Target.Origin.INTERPOLATED,
            changed_by_id=by.user_id,
            changed_at=at,
        )
        for year, value, comparator in missing
    ]
    for target in filled:
        target.save()
    audit.record(
        by=by,
        action="target.interpolated",
        obj=indicator,
        after={str(target.year): target.value for target in filled},
        region=plan.region_id,
        at=at,
    )
    return filled


@transaction.atomic
def remove_target(*, by: Actor, at: datetime, target_id: int, version: int | None = None) -> None:
    """Remove from a draft, or an interpolated milestone at any time before the plan is closed.

    Raises: Denied, NotFound, Conflict, PlanState.
    """
    indicator_id = Target.objects.filter(pk=target_id).values_list("indicator_id", flat=True).first()
    indicator = locked(Indicator, indicator_id or 0, related=("plan",))
    plan = indicator.plan
    require_edit(by, plan, _("删除目标值"))
    target = locked(Target, target_id)
    _require_expected(indicator, _current_of(target), target.year, None if version is None else (target_id, version))
    require_open(plan, _("删除目标值"))
    if plan.state != Plan.State.DRAFT and target.origin != Target.Origin.INTERPOLATED:
        hint = _("已发布的目标只能写明理由调整，不能删除。")
        raise PlanState(plan=plan, state=plan.get_state_display(), act=_("删除目标值"), hint=hint)
    audit.record(by=by, action="target.removed", obj=target, before=audit.state_of(target, *SHOWN), region=plan.region_id, at=at)
    target.delete()


def _current_of(target: Target) -> Target | None:
    """The row that stands today in the place of `target`."""
    return (
        Target.objects.filter(
            indicator_id=target.indicator_id, year=target.year, role=target.role, tier=target.tier, superseded_by__isnull=True
        )
        .select_related("changed_by")
        .first()
    )


def _require_expected(indicator: Indicator, current: Target | None, year: int, expected: tuple[int, int] | None) -> None:
    if expected is None or expected == ((current.pk, current.version) if current else (0, 0)):
        return
    what = _("“%(indicator)s”%(year)s 年的目标") % {"indicator": indicator, "year": year}
    raise conflict(who=str(current.changed_by or "") if current else "", when=current.changed_at if current else None, what=what)


def _require_grounds(target: Target) -> None:
    needed = {_("理由"): target.reason, _("批准人"): target.approver, _("批准日期"): target.approved_on}
    if missing := [name for name, given in needed.items() if not given]:
        raise ReasonNeeded(what=target.indicator, missing=_("、").join(missing))


def _check(plan: Plan, target: Target) -> None:
    numbered = target.number_state == Target.NumberState.NUMBERED
    for field, choices in (
        ("role", Target.Role),
        ("tier", Target.Tier),
        ("number_state", Target.NumberState),
        ("comparator", Target.Comparator),
        ("origin", Target.Origin),
    ):
        if getattr(target, field) not in choices.values:
            raise WrongTarget(
                why=_("%(field)s“%(value)s”不在可选项里。") % {"field": field_label(Target, field), "value": getattr(target, field)}
            )
    if numbered and (target.value is None or not target.value.is_finite()):
        raise WrongTarget(why=_("没有数。没有数的目标请选“待上级下达”“原文遮盖”或“定性表述”，不要填零。"))
    if target.value is not None and abs(target.value) >= Decimal(10) ** 18:
        raise WrongTarget(why=_("%(value)s 太大，存不下；请换一个更大的计量单位。") % {"value": target.value})
    if target.role != Target.Role.BASELINE and not plan.first_year <= target.year <= plan.last_year:
        years = {"year": target.year, "first": plan.first_year, "last": plan.last_year}
        raise WrongTarget(why=_("%(year)s 年不在规划期 %(first)s—%(last)s 内。") % years)
    if target.role == Target.Role.BASELINE and target.year > plan.last_year:
        raise WrongTarget(why=_("基数年 %(year)s 晚于规划期。") % {"year": target.year})


def _same(old: Target, new: Target) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in ("value", "number_state", "comparator", "commitment"))


def _supersede(indicator: Indicator, old: Target | None, new: Target, *, by: Actor, at: datetime, action: str) -> Target:
    if old:
        put_aside(old)
        new.version = old.version + 1
    new.save()
    if old:
        follow(old, new)
    return _record(new, action, audit.state_of(old, *SHOWN) if old else None, by=by, at=at)


def _record(target: Target, action: str, before: dict | None, *, by: Actor, at: datetime) -> Target:
    audit.record(
        by=by,
        action=action,
        obj=target,
        before=before,
        after=audit.state_of(target, *SHOWN, "approver", "approved_on"),
        reason=target.reason,
        region=target.indicator.plan.region_id,
        at=at,
    )
    return target
