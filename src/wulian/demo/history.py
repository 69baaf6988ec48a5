"""What has happened under the plans since: computed values at year ends, and values that units reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from wulian.chains.governance.models import Indicator, Observation, Plan, Target
from wulian.chains.governance.services.computing import compute_plan
from wulian.chains.governance.services.observations import report_observation, verify_observation
from wulian.chains.governance.services.peers import set_peer_value
from wulian.chains.governance.services.targets import fill_missing_years
from wulian.directory.models import RegionFactValue
from wulian.foundation.access import Actor, system
from wulian.foundation.catalogue import metrics

from .generate.dice import Dice

SOURCE = "wulian demo load"
# How well indicators that no metric computes are doing: reported value against the way from baseline to target.
PACES = ((1.20, 0.16), (1.08, 0.22), (1.01, 0.20), (0.96, 0.14), (0.86, 0.12), (0.68, 0.07), (None, 0.09))
SALT = 579  # chosen so that the statuses of each plan differ
FINER = {"%": 1, "年": 1, "万家": 2, "万亿元": 2, "万平方米": 2}  # decimals that units report, whatever the target shows
PEERS = ("120104", "120111", "120105", "120102")  # districts whose synthetic figures stand beside Hongqiao's


@dataclass(frozen=True, slots=True)
class Line:
    """The way of one indicator: from `start` (year, value) to `end`."""

    start: tuple[int, Decimal]
    end: tuple[int, Decimal]
    pace: Decimal
    places: int


def moment(day: date, limit: datetime, days: int = 20) -> datetime:
    """Some office hour `days` after `day`, but not after `limit`."""
    return min(datetime.combine(day + timedelta(days=days), time(2, 30), UTC), limit)


def year_ends(plan: Plan, on: date) -> list[date]:
    return [day for year in range(plan.first_year - 1, plan.last_year + 1) if (day := date(year, 12, 31)) <= on]


def month_ends(plan: Plan, on: date) -> list[date]:
    """Month ends of the running year, for a running plan with figures that change from day to day."""
    bound = [indicator for indicator in plan.indicators.exclude(metric="") if not yearly(indicator)]
    if not bound or not plan.first_year <= on.year <= plan.last_year:
        return []
    firsts = [date(on.year, month, 1) for month in range(2, 13)]
    return [first - timedelta(days=1) for first in firsts if first <= on]


def write_history(
    *, plans: Iterable[Plan], rounds: Mapping[int, Iterable[date]], filers: Mapping[int, Sequence[Actor]], by: Actor, at: datetime, on: date
) -> None:
    """Computed values of every plan at its year ends, in the running year by month, and at the dates of its `rounds`; reported values where no round asks.

    `rounds` and `filers` go by plan id. Reports are written once, when the plan has none yet.
    """
    for plan in plans:
        asked = set(rounds[plan.pk])
        for day in sorted({*year_ends(plan, on), *month_ends(plan, on), *asked}):
            compute_plan(by=by, at=moment(day, at, 5), plan_id=plan.pk, on=day)
        fill_years(plan, by=by, at=at)
        if not Observation.objects.filter(indicator__plan=plan, origin=Observation.Origin.REPORTED).exists():
            report_plan(plan, asked, by=filers[plan.pk][-1], at=at, on=on)
    write_peers(by=by, at=at)


def fill_years(plan: Plan, *, by: Actor, at: datetime) -> None:
    """Milestones on a straight line for totals that the plan sets for its last year only, marked as computed."""
    for indicator in plan.indicators.filter(kind=Indicator.Kind.CUMULATIVE, components__isnull=True):
        current = indicator.targets.filter(superseded_by__isnull=True)
        if current.filter(role=Target.Role.FINAL, value__isnull=False).exists() and not current.filter(role=Target.Role.MILESTONE).exists():
            fill_missing_years(by=by, at=at, indicator_id=indicator.pk)


def report_plan(plan: Plan, asked: set[date], *, by: Actor, at: datetime, on: date) -> None:
    """Year-end reports of the finished years, except for dates that a round asks about. The newest waits to be verified."""
    days = [day for day in year_ends(plan, on) if day.year >= plan.first_year and day not in asked]
    verifier = system("演示数据", SOURCE)
    for indicator in plan.indicators.filter(components__isnull=True).order_by("position", "id"):
        for day in days:
            value = reported_value(indicator, plan, day)
            if value is None:
                continue
            row = report_observation(by=by, at=moment(day, at), indicator_id=indicator.pk, as_of=day, value=value, note="演示数据（合成）")
            if day.year < on.year - 1:
                verify_observation(by=verifier, at=moment(day, at, 30), observation_id=row.pk)


def reported_value(indicator: Indicator, plan: Plan, day: date) -> Decimal | None:
    """What the owner would report: near the computed value where there is one, else along the indicator's own line."""
    dice = Dice("reported", plan.title, indicator.name, day)
    part = Decimal(day.timetuple().tm_yday) / Decimal(date(day.year, 12, 31).timetuple().tm_yday)
    if part < 1 and yearly(indicator):
        return None  # a yearly figure is not known before the year is over
    computed = indicator.observations.filter(as_of=day, origin=Observation.Origin.COMPUTED, superseded_by__isnull=True).first()
    if computed is not None:
        return None if computed.value is None else near(indicator, computed.value, dice)
    line = line_of(indicator, plan)
    if line is None:
        return None
    share = Decimal((day - date(line.start[0], 12, 31)).days) / Decimal((date(line.end[0], 12, 31) - date(line.start[0], 12, 31)).days)
    wobble = 1 + Decimal(round(dice.normal(0, 0.012), 4))
    kind = Indicator.Kind(indicator.kind)
    if kind == Indicator.Kind.PER_YEAR:
        value = line.end[1] * line.pace * wobble * part
    elif kind in {Indicator.Kind.GROWTH, Indicator.Kind.RANK}:
        value = line.end[1] * (line.pace if kind == Indicator.Kind.GROWTH else 1 / line.pace) * (wobble + (1 - share) / 10)
    else:
        value = line.start[1] + (line.end[1] - line.start[1]) * share * line.pace * wobble
    if kind in {Indicator.Kind.SHARE, Indicator.Kind.GROWTH} and indicator.unit == "%":
        value = min(value, Decimal(100))
    return value.quantize(Decimal(1).scaleb(-line.places), ROUND_HALF_UP)


def yearly(indicator: Indicator) -> bool:
    return bool(indicator.metric) and metrics.get(indicator.metric).period == metrics.Period.YEARLY


def near(indicator: Indicator, value: Decimal, dice: Dice) -> Decimal:
    """Most units report what the registers say; some are a little off, which the list of differences shows."""
    if dice.chance(0.55):
        return value.quantize(Decimal("0.01"), ROUND_HALF_UP) if value != value.to_integral_value() else value
    if indicator.kind in {Indicator.Kind.SHARE, Indicator.Kind.GROWTH} or value != value.to_integral_value():
        return (value * Decimal(str(round(1 + dice.normal(0, 0.015), 4)))).quantize(Decimal("0.01"), ROUND_HALF_UP)
    slack = max(1, round(value * Decimal("0.02")))
    return max(Decimal(0), value + dice.integer(-slack, slack))


def line_of(indicator: Indicator, plan: Plan) -> Line | None:
    """The indicator's way to its final target; None when it has no number at all or nobody reports it.

    Without a number for the end, a printed baseline is followed by a slow rise.
    """
    current = indicator.targets.filter(superseded_by__isnull=True, tier=Target.Tier.MAIN, value__isnull=False)
    final = current.filter(role=Target.Role.FINAL).first()
    baseline = current.filter(role=Target.Role.BASELINE).first()
    paces, weights = zip(*PACES, strict=True)
    pace = Dice("pace", SALT, plan.title, indicator.name).weighted(paces, weights)
    goal = final or baseline
    if goal is None or goal.value is None or pace is None:
        return None
    before, end = plan.first_year - 1, goal.value
    if final is None and indicator.kind != Indicator.Kind.RANK:
        end *= Decimal("1.1")
    if indicator.kind == Indicator.Kind.CUMULATIVE:
        start = (before, Decimal(0))
    elif baseline is not None and baseline.value is not None:
        start = (baseline.year, baseline.value)
    else:
        first = current.filter(role=Target.Role.MILESTONE).order_by("year").first()
        start = (before, (first.value if first and first.value is not None else end) * Decimal("0.9"))
    places = max(decimals(start[1]) if baseline else 0, decimals(goal.value), FINER.get(indicator.unit, 0))
    return Line(start, (plan.last_year, end), Decimal(str(pace)), places)


def decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def write_peers(*, by: Actor, at: datetime) -> None:
    """Other areas beside the chain of R&D intensity: one figure printed in a plan, and districts' synthetic ones."""
    indicator = (
        Indicator.objects.filter(plan__is_synthetic=True, metric="rd_intensity", chain__isnull=False).select_related("chain").first()
    )
    if indicator is None or indicator.chain is None or indicator.chain.peers.exists():
        return
    set_peer_value(
        by=by, at=at, chain_id=indicator.chain.pk, area="天津市（平均）", as_of=date(2020, 12, 31), value=Decimal("3.28"), unit="%",
        source="滨海高新区“十四五”规划正文所引",
    )  # fmt: skip
    rows = RegionFactValue.objects.filter(region__in=PEERS, fact__in=("gdp", "rd_expense_society"), year=2025, is_current=True)
    figures = {(row.region_id, row.fact): row for row in rows.select_related("region")}
    for code in PEERS:
        gdp, spent = figures[code, "gdp"], figures[code, "rd_expense_society"]
        if gdp.value and spent.value:
            share = (Decimal(spent.value) / Decimal(gdp.value) * 100).quantize(Decimal("0.01"))
            set_peer_value(
                by=by, at=at, chain_id=indicator.chain.pk, area=str(gdp.region), as_of=date(2025, 12, 31), value=share, unit="%",
                source="演示统计数据（合成）",
            )  # fmt: skip
