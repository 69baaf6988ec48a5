"""One indicator in full: history of targets and bindings, reported against computed, observations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from wulian.chains.governance.access import may_edit, may_report, observations_seen_by, one_of, plans_seen_by
from wulian.chains.governance.forecast import Forecast
from wulian.chains.governance.models import Indicator, Observation, Plan, Target
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.snapshots import unpack
from wulian.foundation.catalogue.suggesting import Suggestion, suggest_metrics
from wulian.foundation.models import AuditEvent, MetricSnapshot, StoredFile

from .indicators import Row, forecasts, get_indicator, rows_of

SAME = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was reported against what was computed for one date, and where to look when they differ.

    `difference` is reported minus computed. `came` and `went` count the records that entered and left the computed value
    since the computed value before (None without one).
    """

    as_of: date
    reported: Observation | None
    computed: Observation | None
    difference: Decimal | None
    came: int | None = None
    went: int | None = None
    since: date | None = None

    @property
    def agree(self) -> bool:
        return self.difference is not None and abs(self.difference) < SAME


@dataclass(frozen=True, slots=True)
class Change:
    """A target and the one that it replaced."""

    target: Target
    replaced: Target


@dataclass(frozen=True, slots=True)
class Binding:
    """An earlier or present binding, from the audit record."""

    event: AuditEvent
    metric: str
    name: str
    factor: str


@dataclass(slots=True)
class IndicatorPage:
    indicator: Indicator
    plan: Plan
    on: date
    row: Row
    components: list[Row]
    forecasts: list[Forecast]
    targets: list[Target]
    history: list[Change]
    comparisons: list[Comparison]
    observations: list[Observation]
    metric: metrics.Metric | None
    may_edit: bool
    may_report: bool

    @property
    def running(self) -> bool:
        """The period is not over on the date, so a forecast has something to say."""
        return self.on < date(self.plan.last_year, 12, 31)


def indicator_page(viewer: Actor, indicator_id: int, on: date) -> IndicatorPage:
    """Everything that the page of one indicator shows. Raises: NotFound."""
    indicator = get_indicator(viewer, indicator_id)
    plan = indicator.plan
    parts = list(
        Indicator.objects.filter(composite=indicator)
        .select_related("owner", "chain")
        .prefetch_related(
            Prefetch("targets", Target.objects.filter(superseded_by__isnull=True).order_by("year", "tier", "id")),
            Prefetch(
                "observations", Observation.objects.filter(observations_seen_by(viewer), superseded_by__isnull=True).order_by("as_of", "id")
            ),
        )
        .order_by("position", "id")
    )
    rows = rows_of([indicator, *parts], plan, on)
    row = next(one for one in rows if one.indicator.pk == indicator.pk)
    observations = list(indicator.observations.all())
    return IndicatorPage(
        indicator=indicator,
        plan=plan,
        on=on,
        row=row,
        components=row.components,
        forecasts=[] if row.components else forecasts(row, plan, on),
        targets=list(indicator.targets.all()),
        history=target_history(indicator),
        comparisons=comparisons([one for one in observations if one.as_of <= on]),
        observations=observations[::-1],
        metric=metrics.find(indicator.metric) if indicator.metric else None,
        may_edit=may_edit(viewer, plan),
        may_report=may_report(viewer, indicator),
    )


def target_history(indicator: Indicator) -> list[Change]:
    """Every change of a target that was made with reason, newest first; each knows what it replaced (`replaced`)."""
    everything = list(
        indicator.targets.model.objects.filter(indicator=indicator).select_related("changed_by").order_by("-changed_at", "-id")
    )
    by_successor = {one.superseded_by_id: one for one in everything if one.superseded_by_id}
    return [Change(one, by_successor[one.pk]) for one in everything if one.pk in by_successor]


def comparisons(observations: Iterable[Observation]) -> list[Comparison]:
    """One row per date with a report or a computed value, newest first. Returned reports are left out."""
    by_date: dict[date, dict[str, Observation]] = {}
    for row in observations:
        if row.verification != Observation.Verification.RETURNED and row.origin != Observation.Origin.PRINTED:
            by_date.setdefault(row.as_of, {})[row.origin] = row
    days = sorted(by_date)
    computed_before: Observation | None = None
    shots = MetricSnapshot.objects.in_bulk(
        [row.snapshot_id for pair in by_date.values() for row in pair.values() if row.snapshot_id is not None]
    )
    found = []
    for day in days:
        reported, computed = by_date[day].get(Observation.Origin.REPORTED), by_date[day].get(Observation.Origin.COMPUTED)
        difference = None
        if reported and computed and reported.value is not None and computed.value is not None:
            difference = reported.value - computed.value
        came = went = since = None
        if computed and computed_before and computed.snapshot_id in shots and computed_before.snapshot_id in shots:
            now, then = record_set(shots[computed.snapshot_id]), record_set(shots[computed_before.snapshot_id])
            came, went, since = len(now - then), len(then - now), computed_before.as_of
        found.append(Comparison(day, reported, computed, difference, came, went, since))
        computed_before = computed or computed_before
    return found[::-1]


def record_set(snapshot: MetricSnapshot) -> set[tuple[str, int]]:
    return {(row["part"], pk) for row in snapshot.records for pk in unpack(row["ids"])}


def plan_differences(viewer: Actor, plan: Plan) -> list[tuple[Indicator, Comparison]]:
    """Where a report and the computed value of the same date disagree, newest first, over a whole plan."""
    rows = (
        Observation.objects.filter(observations_seen_by(viewer), indicator__plan=plan, superseded_by__isnull=True)
        .select_related("indicator", "unit_organisation")
        .order_by("indicator__position", "indicator_id", "as_of")
    )
    by_indicator: dict[int, list[Observation]] = {}
    for row in rows:
        by_indicator.setdefault(row.indicator_id, []).append(row)
    found = []
    for group in by_indicator.values():
        pairs: dict[date, dict[str, Observation]] = {}
        for row in group:
            if row.verification != Observation.Verification.RETURNED:
                pairs.setdefault(row.as_of, {})[row.origin] = row
        for day, pair in pairs.items():
            reported, computed = pair.get(Observation.Origin.REPORTED), pair.get(Observation.Origin.COMPUTED)
            if reported and computed and reported.value is not None and computed.value is not None and reported.value != computed.value:
                found.append((group[0].indicator, Comparison(day, reported, computed, reported.value - computed.value)))
    return sorted(found, key=lambda pair: (-pair[1].as_of.toordinal(), pair[0].position))


def bindings(indicator: Indicator) -> list[Binding]:
    """How the indicator has been bound, newest first, from the audit record."""
    events = AuditEvent.objects.filter(
        object_type=indicator._meta.label_lower,
        object_id=str(indicator.pk),
        action__in=("indicator.bound", "indicator.unbound", "indicator.added"),
    ).order_by("-at", "-id")
    found = []
    for event in events:
        code = (event.after or {}).get("metric", "")
        if event.action == "indicator.added" and not code:
            continue
        metric = metrics.find(code)
        found.append(Binding(event, code, str(metric.name) if metric else code, str((event.after or {}).get("metric_factor", "1"))))
    return found


def binding_suggestions(indicator: Indicator) -> list[Suggestion]:
    return suggest_metrics(indicator.name, indicator.unit)


def get_observation(viewer: Actor, observation_id: int) -> Observation:
    """An observation that the viewer may see, also one that was corrected since. Raises: NotFound."""
    rows = Observation.objects.filter(observations_seen_by(viewer), plans_seen_by(viewer, "indicator__plan__")).select_related(
        "indicator", "indicator__plan", "indicator__plan__region", "snapshot", "unit_organisation", "recorded_by", "superseded_by"
    )
    return one_of(rows, observation_id, _("实际值"))


def current_report(viewer: Actor, indicator: Indicator, as_of: date) -> Observation | None:
    """What a unit has reported for the date, so that a second report is known to be a correction."""
    rows = Observation.objects.filter(observations_seen_by(viewer), indicator=indicator, as_of=as_of)
    return rows.filter(origin=Observation.Origin.REPORTED, superseded_by__isnull=True).select_related("recorded_by").first()


def current_target(indicator: Indicator, year: int, role: str, tier: str) -> Target | None:
    """The target that stands for the year, role and tier."""
    rows = Target.objects.filter(indicator=indicator, year=year, role=role, tier=tier, superseded_by__isnull=True)
    return rows.select_related("changed_by").first()


def get_target(viewer: Actor, target_id: int) -> Target:
    """Raises: NotFound."""
    rows = Target.objects.filter(plans_seen_by(viewer, "indicator__plan__")).select_related("indicator__plan__region")
    found: Target = one_of(rows, target_id, _("目标值"))
    return found


def evidence_of(viewer: Actor, observation: Observation) -> QuerySet[StoredFile]:
    """The files behind a report: all for those who may edit or reported it, otherwise what is marked public."""
    files = observation.evidence.order_by("id")
    if may_edit(viewer, observation.indicator.plan) or may_report(viewer, observation.indicator):
        return files
    return files.filter(is_public=True)


def summed_snapshots(observation: Observation) -> list[MetricSnapshot]:
    """All snapshots that went into a computed value: for a running total one per year of the period, otherwise just its own."""
    snapshot = observation.snapshot
    if snapshot is None:
        return []
    indicator, plan = observation.indicator, observation.indicator.plan
    metric = metrics.find(snapshot.metric)
    if indicator.kind != Indicator.Kind.CUMULATIVE or metric is None:
        return [snapshot]
    adds_up = metric.period != metrics.Period.INSTANT
    years = range(plan.first_year, observation.as_of.year) if adds_up else (plan.first_year - 1,)
    rows = MetricSnapshot.objects.filter(
        metric=snapshot.metric,
        region=snapshot.region,
        as_of__in=[date(year, 12, 31) for year in years],
        computed_at__lte=observation.recorded_at,
    ).order_by("as_of", "id")
    latest = {row.as_of: row for row in rows}
    return [*latest.values(), snapshot]
