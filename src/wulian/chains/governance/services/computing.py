"""Computing observations from the metrics that indicators are bound to, each kept with its snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.chains.governance.access import one_of, require_edit, visible_plans
from wulian.chains.governance.models import Indicator, Observation, Plan
from wulian.directory.selectors.figures import FEWEST_FIRMS
from wulian.foundation import audit
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.facts import latest_complete_year
from wulian.foundation.catalogue.snapshots import take_snapshot, unpack
from wulian.foundation.models import MetricSnapshot

from .editing import locked
from .observations import PLACES, write


@dataclass(frozen=True, slots=True)
class Computed:
    """What one run wrote: observations new or changed, those already right, and those whose value is unknown."""

    written: int
    unchanged: int
    unknown: int


@dataclass(frozen=True, slots=True)
class _Result:
    snapshot: MetricSnapshot
    value: Decimal | None
    unknown_because: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    note: str = ""


@transaction.atomic
def compute_plan(*, by: Actor, at: datetime, plan_id: int, on: date) -> Computed:
    """Compute every bound indicator of the plan as of `on`. Running it again for the date changes only what changed.

    Raises: Denied, NotFound.
    """
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("计算实际值"))
    counts = {"written": 0, "unchanged": 0, "unknown": 0}
    written: dict[str, Decimal | None] = {}
    indicators = plan.indicators.exclude(metric="").order_by("position", "id")
    current = {
        (row.indicator_id, row.as_of): row
        for row in Observation.objects.filter(
            indicator__plan=plan,
            as_of__in={on, date(latest_complete_year(on), 12, 31)},
            origin=Observation.Origin.COMPUTED,
            superseded_by__isnull=True,
        )
    }
    for indicator in indicators:
        metric = metrics.find(indicator.metric)
        if metric is None:
            continue  # the metric left the catalogue: what was computed stays, nothing new is made up
        # A yearly statistic holds for a whole year: read in June, it is last year's and is kept as of that year's end.
        day = date(latest_complete_year(on), 12, 31) if metric.period == metrics.Period.YEARLY else on
        result = _compute(indicator, metric, plan, day, by=by, at=at)
        value = None if result.value is None else result.value.quantize(PLACES)
        old = current.get((indicator.pk, day))
        counts["unknown"] += value is None
        if old and (old.value, old.snapshot_id, old.note) == (value, result.snapshot.pk, result.note):
            counts["unchanged"] += 1
            continue
        new = Observation(
            indicator=indicator,
            as_of=day,
            origin=Observation.Origin.COMPUTED,
            value=value,
            unknown_because=result.unknown_because[:200],
            numerator=result.numerator,
            denominator=result.denominator,
            snapshot=result.snapshot,
            note=result.note,
            verification=Observation.Verification.VERIFIED,
            recorded_by_id=by.user_id,
            recorded_at=at,
        )
        write(new, old)
        counts["written"] += 1
        written[str(indicator.pk)] = value
    if written:
        audit.record(by=by, action="plan.computed", obj=plan, after={"as_of": on, "values": written}, region=plan.region_id, at=at)
    return Computed(**counts)


def compute_plan_history(*, by: Actor, at: datetime, plan_id: int, on: date) -> Computed:
    """Compute the plan at every year end from the base year on, and on `on` while the period lasts.

    One transaction per date, so that a long run holds nobody up. Raises: Denied, NotFound.
    """
    plan = one_of(visible_plans(by), plan_id, _("规划"))
    first = min(plan.base_year or plan.first_year - 1, plan.first_year - 1)
    days = [day for year in range(first, plan.last_year + 1) if (day := date(year, 12, 31)) <= on]
    if date(plan.first_year, 1, 1) <= on <= date(plan.last_year, 12, 31) and on not in days:
        days.append(on)
    runs = [compute_plan(by=by, at=at, plan_id=plan_id, on=day) for day in days]
    return Computed(*(sum(getattr(run, name) for run in runs) for name in ("written", "unchanged", "unknown")))


def _compute(indicator: Indicator, metric: metrics.Metric, plan: Plan, on: date, *, by: Actor, at: datetime) -> _Result:
    """The value in the indicator's unit. How it comes about follows from the kind of the indicator and of the metric."""

    def snapshot(day: date) -> MetricSnapshot:
        return take_snapshot(metric=indicator.metric, region=plan.region_id, on=day, by=by, at=at)

    factor = indicator.metric_factor
    now = snapshot(on)
    if too_few(metric, now):
        why = _("不足 %(fewest)s 家企业报数，为保护单家企业的数据不公开") % {"fewest": FEWEST_FIRMS}
        return _Result(now, None, why)
    if indicator.kind == Indicator.Kind.GROWTH:
        before = snapshot(_year_before(on))
        if now.value is None or before.value is None or before.value <= 0:
            return _Result(now, None, now.unknown_because or before.unknown_because or _("上一年同期的数不大于零，算不出增长率"))
        growth = (now.value / before.value - 1) * 100
        return _Result(now, growth, numerator=now.value, denominator=before.value, note=_("比上一年同期"))
    if indicator.kind == Indicator.Kind.CUMULATIVE and metric.period != metrics.Period.INSTANT:
        shots = [*(snapshot(date(year, 12, 31)) for year in range(plan.first_year, on.year)), now]
        unknown = next((shot for shot in shots if shot.value is None), None)
        if unknown:
            return _Result(now, None, _("%(day)s：%(why)s") % {"day": unknown.as_of.isoformat(), "why": unknown.unknown_because})
        total = sum((shot.value for shot in shots if shot.value is not None), Decimal(0))
        note = _("%(first)s 年以来逐年相加") % {"first": plan.first_year}
        return _Result(now, total * factor, note=note)
    if indicator.kind == Indicator.Kind.CUMULATIVE:
        start = snapshot(date(plan.first_year - 1, 12, 31))
        if now.value is None or start.value is None:
            return _Result(now, None, now.unknown_because or start.unknown_because)
        note = _("比 %(day)s 净增") % {"day": start.as_of.isoformat()}
        return _Result(now, (now.value - start.value) * factor, note=note)
    value = None if now.value is None else now.value * factor
    return _Result(now, value, now.unknown_because, now.numerator, now.denominator)


def too_few(metric: metrics.Metric, snapshot: MetricSnapshot) -> bool:
    """The sum of what fewer than three firms reported would tell what one of them did; a plan's value is for everyone."""
    restricted = {part.key for part in metric.parts if part.restricted}
    return snapshot.value is not None and any(
        row["part"] in restricted and len(unpack(row["ids"])) < FEWEST_FIRMS for row in snapshot.records
    )


def _year_before(day: date) -> date:
    return date(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
