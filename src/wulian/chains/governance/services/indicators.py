"""Acts on an indicator: add, edit, bind to a metric, remove from a draft."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from wulian.chains.governance.access import require_edit
from wulian.chains.governance.errors import PlanState, ReasonNeeded, WrongBinding
from wulian.chains.governance.models import Indicator, Plan
from wulian.directory.models import Organisation
from wulian.foundation import audit
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.kernel.errors import Invalid, NotFound

from .editing import changed_fields, field_label, locked, require_version

FIELDS = (
    "name",
    "unit",
    "kind",
    "attribute",
    "direction",
    "falls_by_design",
    "scope_note",
    "group",
    "position",
    "owner_id",
    "composite_id",
)
# What decides how a value is judged: on a published plan these change only with a reason.
DEFINING = ("unit", "kind", "direction", "falls_by_design", "scope_note", "composite_id")


@transaction.atomic
def add_indicator(
    *,
    by: Actor,
    at: datetime,
    plan_id: int,
    name: str,
    unit: str = "",
    kind: str = Indicator.Kind.LEVEL,
    attribute: str = "",
    direction: str | None = None,
    falls_by_design: bool = False,
    scope_note: str = "",
    group: str = "",
    position: int | None = None,
    owner_id: int | None = None,
    composite_id: int | None = None,
    metric: str = "",
    metric_factor: Decimal = Decimal(1),
    reason: str = "",
) -> Indicator:
    """One line of a plan's indicator table, or a component of the composite `composite_id`.

    `direction` defaults to down for a rank and up otherwise; `position` to the end. Adding to a published plan needs a
    reason. Raises: Denied, NotFound, PlanState (closed), ReasonNeeded, Invalid, WrongBinding.
    """
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("添加指标"))
    require_open(plan, _("添加指标"))
    if plan.state == Plan.State.PUBLISHED and not reason.strip():
        raise ReasonNeeded(what=plan, missing=_("理由"))
    if position is None:
        position = (plan.indicators.aggregate(last=Max("position"))["last"] or 0) + 1
    indicator = Indicator(
        plan=plan,
        name=name.strip(),
        unit=unit.strip(),
        kind=kind,
        attribute=attribute,
        direction=direction or (Indicator.Direction.DOWN if kind == Indicator.Kind.RANK else Indicator.Direction.UP),
        falls_by_design=falls_by_design,
        scope_note=scope_note.strip(),
        group=group.strip(),
        position=position,
        owner_id=owner_id,
        composite_id=composite_id,
        metric=metric,
        metric_factor=metric_factor,
    )
    _check(indicator)
    if metric:
        _check_binding(indicator, metric, metric_factor)
    indicator.save()
    audit.record(
        by=by,
        action="indicator.added",
        obj=indicator,
        after=audit.state_of(indicator, *FIELDS, "metric", "metric_factor"),
        reason=reason,
        region=plan.region_id,
        at=at,
    )
    return indicator


@transaction.atomic
def edit_indicator(*, by: Actor, at: datetime, indicator_id: int, version: int | None = None, reason: str = "", **values: Any) -> Indicator:
    """Change any of FIELDS; what decides the judgement (DEFINING) needs a reason once the plan is published.

    Raises: Denied, NotFound, Conflict, PlanState (closed), ReasonNeeded, Invalid.
    """
    if unknown := values.keys() - set(FIELDS):
        raise TypeError(f"not fields of an indicator that can be edited: {sorted(unknown)}")
    indicator = locked(Indicator, indicator_id, related=("plan",))
    require_edit(by, indicator.plan, _("修改指标"))
    require_version(indicator, version, what=str(indicator))
    require_open(indicator.plan, _("修改指标"))
    changes = changed_fields(indicator, values)
    if not changes:
        return indicator
    if indicator.plan.state == Plan.State.PUBLISHED and not reason.strip() and changes.keys() & set(DEFINING):
        raise ReasonNeeded(what=indicator, missing=_("理由"))
    before = audit.state_of(indicator, *changes)
    for name, value in changes.items():
        setattr(indicator, name, value)
    _check(indicator)
    indicator.version += 1
    indicator.save()
    audit.record(
        by=by,
        action="indicator.edited",
        obj=indicator,
        before=before,
        after=audit.state_of(indicator, *changes),
        reason=reason,
        region=indicator.plan.region_id,
        at=at,
    )
    return indicator


@transaction.atomic
def bind_metric(
    *,
    by: Actor,
    at: datetime,
    indicator_id: int,
    metric: str,
    factor: Decimal = Decimal(1),
    version: int | None = None,
    reason: str = "",
) -> Indicator:
    """Bind to a metric of the catalogue (empty: unbind). `factor` turns the metric's unit into the indicator's.

    Values computed before keep their snapshots and so their definition; the audit record keeps every earlier binding.
    Raises: Denied, NotFound, Conflict, PlanState, ReasonNeeded (rebinding on a published plan), WrongBinding.
    """
    indicator = locked(Indicator, indicator_id, related=("plan",))
    plan = indicator.plan
    require_edit(by, plan, _("绑定口径"))
    require_version(indicator, version, what=str(indicator))
    require_open(plan, _("绑定口径"))
    if (indicator.metric, indicator.metric_factor) == (metric, factor):
        return indicator
    if plan.state == Plan.State.PUBLISHED and indicator.metric and not reason.strip():
        raise ReasonNeeded(what=indicator, missing=_("换口径的理由"))
    if metric:
        _check_binding(indicator, metric, factor)
    before = audit.state_of(indicator, "metric", "metric_factor")
    indicator.metric, indicator.metric_factor = metric, factor if metric else Decimal(1)
    indicator.version += 1
    indicator.save(update_fields=["metric", "metric_factor", "version"])
    audit.record(
        by=by,
        action="indicator.bound" if metric else "indicator.unbound",
        obj=indicator,
        before=before,
        after=audit.state_of(indicator, "metric", "metric_factor"),
        reason=reason,
        region=plan.region_id,
        at=at,
    )
    return indicator


@transaction.atomic
def remove_indicator(*, by: Actor, at: datetime, indicator_id: int) -> None:
    """Remove from a draft, with its targets. In a published plan an indicator stays.

    Raises: Denied, NotFound, PlanState.
    """
    indicator = locked(Indicator, indicator_id, related=("plan",))
    plan = indicator.plan
    require_edit(by, plan, _("删除指标"))
    if plan.state != Plan.State.DRAFT:
        raise PlanState(plan=plan, state=plan.get_state_display(), act=_("删除指标"), hint=_("请先写明理由撤回到校核。"))
    before = {**audit.state_of(indicator, *FIELDS), "targets": [f"{t.year} {t.value}" for t in indicator.targets.all()]}
    audit.record(by=by, action="indicator.removed", obj=indicator, before=before, region=plan.region_id, at=at)
    indicator.delete()


def require_open(plan: Plan, act: str) -> None:
    if plan.state == Plan.State.CLOSED:
        raise PlanState(plan=plan, state=plan.get_state_display(), act=act, hint=_("请先写明理由重新打开。"))


def _check(indicator: Indicator) -> None:
    if not indicator.name:
        raise Invalid(field=_("指标名称"), why=_("是空的"))
    for field, choices in (("kind", Indicator.Kind), ("direction", Indicator.Direction)):
        if getattr(indicator, field) not in choices.values:
            raise Invalid(
                field=field_label(Indicator, field),
                why=_("“%(value)s”不在可选项里") % {"value": getattr(indicator, field)},
            )
    if indicator.attribute and indicator.attribute not in Indicator.Attribute.values:
        raise Invalid(field=_("属性"), why=_("只有预期性和约束性两种"))
    if indicator.owner_id is not None and not Organisation.objects.filter(pk=indicator.owner_id, merged_into__isnull=True).exists():
        raise NotFound(what=_("这个单位"))
    if indicator.composite_id is not None:
        whole = Indicator.objects.filter(pk=indicator.composite_id, plan_id=indicator.plan_id).first()
        if whole is None or whole.composite_id is not None or whole.pk == indicator.pk:
            raise Invalid(field=_("复合指标"), why=_("它要在同一规划里，而且自己不能是别的指标的一部分"))


def _check_binding(indicator: Indicator, code: str, factor: Decimal) -> None:
    metric = metrics.find(code)
    if metric is None:
        raise WrongBinding(why=_("口径目录里没有“%(code)s”。请从建议或目录里选。") % {"code": code})
    if factor <= 0:
        raise WrongBinding(why=_("换算系数要大于零。"))
    if indicator.kind == Indicator.Kind.RANK:
        raise WrongBinding(why=_("位次要和别的区域比较得出，不能由本区域的口径计算；请填报并写明来源。"))
    if indicator.kind == Indicator.Kind.PER_YEAR and metric.period == metrics.Period.INSTANT:
        why = _("“%(metric)s”是某一天的存量，不是一年里发生的数量，不能用于“每年数量”。") % {"metric": metric.name}
        raise WrongBinding(why=why)
    if indicator.pk and indicator.components.exists():
        raise WrongBinding(why=_("复合指标由各分项分别绑定。"))
