"""Appraisal of a plan's units for a year: drawing up a scheme, changing it as the next version, scoring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation
from wulian.foundation import audit
from wulian.foundation.access import Actor
from wulian.kernel.errors import N_, Invalid

from ..access import one_of, require_edit, visible_plans
from ..errors import WrongAppraisal
from ..models import AppraisalResult, AppraisalScheme, AppraisalScore, AppraisalWeight, Plan
from ..scoring import CENT, POINTS, WHOLE, equal_weights, score_of
from ..selectors.appraisal import Item, Key, State, items_of, key_of, states_on
from ..work_errors import ReasonMissing
from .editing import conflict, locked

NEVER = State("", N_("没有通过的填报"), known=False)
GONE = State("", N_("已不在规划里"), known=False)


@transaction.atomic
def draft_scheme(*, by: Actor, at: datetime, plan_id: int, year: int) -> AppraisalScheme:
    """The first version for a year: every unit with what it answers for, equally weighted to 100.

    Raises: Denied, NotFound, WrongAppraisal (draft plan, year outside its period, there already, no unit answers for anything).
    """
    plan = _plan(by, plan_id, _("制定考核方案"))
    _require_published(plan)
    if not plan.first_year <= year <= plan.last_year:
        raise WrongAppraisal(why=_("%(year)s 年不在“%(plan)s”的规划期内。") % {"year": year, "plan": plan})
    if plan.appraisals.filter(year=year).exists():
        raise WrongAppraisal(why=_("%(year)s 年已有考核方案，请在它上面改。") % {"year": year})
    everything = items_of(plan)
    if not everything:
        raise WrongAppraisal(why=_("没有单位负责指标或牵头任务，请先指定责任单位。"))
    scheme = AppraisalScheme.objects.create(
        plan=plan, year=year, version=1, points={code: str(points) for code, points in POINTS.items()}, made_by_id=by.user_id, made_at=at
    )
    weights = {unit: dict(zip((item.key for item in items), equal_weights(len(items)), strict=True)) for unit, items in everything.items()}
    _write_weights(scheme, weights)
    after = {"year": year, "units": [str(unit) for unit in weights]}
    audit.record(by=by, action="appraisal.created", obj=scheme, after=after, region=str(plan.region_id), at=at)
    return scheme


@transaction.atomic
def revise_scheme(
    *,
    by: Actor,
    at: datetime,
    scheme_id: int,
    reason: str,
    unit_id: int | None = None,
    weights: Mapping[Key, Decimal] | None = None,
    points: Mapping[str, Decimal] | None = None,
    unknown_rule: str | None = None,
) -> AppraisalScheme:
    """Change the weights of one unit, or the points and the rule for the unknown, as the next version. Earlier scores stay.

    `weights`: by kind and id, adding up to 100; zero leaves a thing out. Raises: Denied, NotFound, Conflict (not the current
    version), ReasonMissing, Invalid (sum, range, something that the unit does not answer for), WrongAppraisal (nothing changed).
    """
    old = _current(by, scheme_id, _("修改考核方案"))
    if not reason.strip():
        raise ReasonMissing(act=_("修改考核方案"))
    held: dict[Organisation, dict[Key, Decimal]] = {}
    for row in old.weights.select_related("unit").order_by("unit__name", "unit_id", "id"):
        held.setdefault(row.unit, {})[key_of(row)] = row.weight
    changed: dict[str, Any] = {}
    if unit_id is not None and weights is not None:
        unit, items = _unit_items(old.plan, unit_id)
        wanted = _checked(unit, items, weights)
        if wanted != held.get(unit, {}):
            changed["weights"] = {"unit": str(unit), "before": _named(held.get(unit, {}), items), "after": _named(wanted, items)}
            held[unit] = wanted
    new_points = dict(old.points)
    for code, value in (points or {}).items():
        if code not in POINTS:
            raise Invalid(field=_("各状态得分"), why=_("没有“%(code)s”这种状态") % {"code": code[:20]})
        if not value.is_finite() or not 0 <= value <= WHOLE:
            raise Invalid(field=_("各状态得分"), why=_("“%(value)s”不在 0 到 100 之间") % {"value": value})
        if value != Decimal(old.points[code]):
            new_points[code] = format(value.normalize(), "f")
    if new_points != old.points:
        changed["points"] = new_points
    if unknown_rule is not None and unknown_rule != old.unknown_rule:
        if unknown_rule not in AppraisalScheme.UnknownRule.values:
            raise Invalid(field=_("无数的项"), why=_("没有这条规则"))
        changed["unknown_rule"] = unknown_rule
    if not changed:
        raise WrongAppraisal(why=_("没有改动。"))
    scheme = AppraisalScheme.objects.create(
        plan=old.plan,
        year=old.year,
        version=old.version + 1,
        unknown_rule=changed.get("unknown_rule", old.unknown_rule),
        points=new_points,
        reason=reason.strip()[:300],
        made_by_id=by.user_id,
        made_at=at,
    )
    _write_weights(scheme, held)
    region = str(old.plan.region_id)
    before = {"version": old.version, "points": old.points, "unknown_rule": old.unknown_rule}
    audit.record(
        by=by, action="appraisal.changed", obj=scheme, before=before, after={"version": scheme.version, **changed}, reason=reason.strip(),
        region=region, at=at,
    )  # fmt: skip
    return scheme


@transaction.atomic
def score_units(*, by: Actor, at: datetime, scheme_id: int, on: date) -> AppraisalResult:
    """Score every unit of the current version at a date of its year, from verified values and accepted reports.

    Raises: Denied, NotFound, Conflict (not the current version), WrongAppraisal (date, weights that no longer add up).
    """
    scheme = _current(by, scheme_id, _("评分"))
    _require_published(scheme.plan)
    if on.year != scheme.year:
        raise WrongAppraisal(why=_("%(on)s 不在考核年度 %(year)s 年里。") % {"on": on.isoformat(), "year": scheme.year})
    if on > timezone.localdate(at):
        raise WrongAppraisal(why=_("%(on)s 还没有到。") % {"on": on.isoformat()})
    indicators, tasks = states_on(scheme.plan, on)
    result = AppraisalResult.objects.create(scheme=scheme, as_of=on, scored_by_id=by.user_id, scored_at=at)
    by_unit: dict[Organisation, list[AppraisalWeight]] = {}
    for row in scheme.weights.select_related("unit", "indicator", "task").order_by("unit__name", "unit_id", "id"):
        by_unit.setdefault(row.unit, []).append(row)
    points = {code: Decimal(value) for code, value in scheme.points.items()}
    for unit, rows in by_unit.items():
        if (total := sum((row.weight for row in rows), Decimal(0))) != WHOLE:
            raise WrongAppraisal(why=_("“%(unit)s”的权重合计 %(total)s，不是 100，请先改好。") % {"unit": unit, "total": total})
        states = [
            tasks.get((unit.pk, row.task_id), NEVER) if row.task_id is not None else indicators.get(row.indicator_id or 0, GONE)
            for row in rows
        ]
        earned = [points[state.code] if state.known else None for state in states]
        score = score_of([(row.weight, value) for row, value in zip(rows, earned, strict=True)], scheme.unknown_rule)
        inputs = [
            {
                "kind": key_of(row)[0],
                "id": key_of(row)[1],
                "label": str(row.task) if row.task else str(row.indicator),
                "weight": row.weight,
                "code": state.code,
                "word": state.word,
                "rests_on": state.rests_on,
                "points": value,
                "contribution": share,
            }
            for row, state, value, share in zip(rows, states, earned, score.contributions, strict=True)
        ]
        AppraisalScore.objects.create(result=result, unit=unit, value=score.value, unknown_weight=score.unknown_weight, inputs=inputs)
    after = {"as_of": on, "version": scheme.version, "values": {str(one.unit): one.value for one in result.scores.select_related("unit")}}
    audit.record(by=by, action="appraisal.scored", obj=result, after=after, region=str(scheme.plan.region_id), at=at)
    return result


def _plan(by: Actor, plan_id: int, act: str) -> Plan:
    one_of(visible_plans(by), plan_id, _("规划"))
    plan = locked(Plan, plan_id)
    require_edit(by, plan, act)
    return plan


def _require_published(plan: Plan) -> None:
    if plan.state == Plan.State.DRAFT:
        raise WrongAppraisal(why=_("“%(plan)s”还在校核，请先发布。") % {"plan": plan})


def _current(by: Actor, scheme_id: int, act: str) -> AppraisalScheme:
    """The scheme, when it is the current version; its plan is locked, so that two versions cannot be made at once."""
    scheme: AppraisalScheme = one_of(AppraisalScheme.objects.select_related("plan"), scheme_id, _("考核方案"))
    scheme.plan = _plan(by, scheme.plan_id, act)
    newest = AppraisalScheme.objects.filter(plan=scheme.plan, year=scheme.year).select_related("made_by").order_by("-version").first()
    if newest is not None and newest.pk != scheme.pk:
        raise conflict(who=str(newest.made_by or ""), when=newest.made_at, what=_("考核方案"))
    return scheme


def _unit_items(plan: Plan, unit_id: int) -> tuple[Organisation, list[Item]]:
    for unit, items in items_of(plan).items():
        if unit.pk == unit_id:
            return unit, items
    raise Invalid(field=_("单位"), why=_("它不负责“%(plan)s”的任何指标或任务") % {"plan": plan})


def _checked(unit: Organisation, items: list[Item], weights: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """The weights above zero, in the plan's order."""
    if unknown := weights.keys() - {item.key for item in items}:
        raise Invalid(field=_("权重"), why=_("“%(unit)s”不负责其中 %(count)s 项") % {"unit": unit, "count": len(unknown)})
    for value in weights.values():
        if not value.is_finite() or not 0 <= value <= WHOLE or value != value.quantize(CENT):
            raise Invalid(field=_("权重"), why=_("“%(value)s”不在 0 到 100 之间，或多于两位小数") % {"value": value})
    total = sum(weights.values(), Decimal(0))
    if total != WHOLE:
        raise Invalid(field=_("权重"), why=_("合计 %(total)s，应为 100") % {"total": total})
    return {item.key: weights[item.key] for item in items if weights.get(item.key)}


def _write_weights(scheme: AppraisalScheme, weights: Mapping[Organisation, Mapping[Key, Decimal]]) -> None:
    AppraisalWeight.objects.bulk_create(
        AppraisalWeight(
            scheme=scheme,
            unit=unit,
            indicator_id=pk if kind == "indicator" else None,
            task_id=pk if kind == "task" else None,
            weight=weight,
        )
        for unit, held in weights.items()
        for (kind, pk), weight in held.items()
    )


def _named(weights: Mapping[Key, Decimal], items: list[Item]) -> dict[str, Decimal]:
    """The weights as an auditor reads them."""
    labels = {item.key: item.label for item in items}
    return {labels.get((kind, pk), f"{kind}-{pk}"): weight for (kind, pk), weight in weights.items()}
