"""From rows to the pure forms that `status` judges."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wulian.foundation.catalogue import metrics

from .models import Indicator, Observation, Plan, Target
from .status import Frame, Goal, Judgement, Reading, judge

# At one date: what opens to records first, then what a unit reported and an officer checked.
RANKS = {
    (Observation.Origin.COMPUTED, None): 3,
    (Observation.Origin.REPORTED, Observation.Verification.VERIFIED): 2,
    (Observation.Origin.REPORTED, Observation.Verification.SUBMITTED): 1,
    (Observation.Origin.PRINTED, None): 0,
}


def frame_of(indicator: Indicator, plan: Plan) -> Frame:
    metric = metrics.find(indicator.metric) if indicator.metric else None
    return Frame(
        kind=indicator.kind,
        direction=indicator.direction,
        first_year=plan.first_year,
        last_year=plan.last_year,
        falls_by_design=indicator.falls_by_design,
        yearly=indicator.kind == Indicator.Kind.LEVEL and metric is not None and metric.period != metrics.Period.INSTANT,
    )


def goals_of(targets: Iterable[Target]) -> list[Goal]:
    """The current ones among `targets`."""
    return [
        Goal(
            year=target.year,
            role=target.role,
            value=target.value,
            number_state=target.number_state,
            comparator=target.comparator,
            tier=target.tier,
            origin=target.origin,
        )
        for target in targets
        if target.superseded_by_id is None
    ]


def readings_of(observations: Iterable[Observation]) -> list[Reading]:
    """The current ones that were not returned."""
    found = []
    for row in observations:
        if row.superseded_by_id is not None:
            continue
        reported = row.origin == Observation.Origin.REPORTED
        rank = RANKS.get((Observation.Origin(row.origin), Observation.Verification(row.verification) if reported else None))
        if rank is not None:  # a returned report has none
            found.append(Reading(as_of=row.as_of, value=row.value, id=row.pk, rank=rank))
    return found


def judge_indicator(
    indicator: Indicator, plan: Plan, targets: Iterable[Target], observations: Iterable[Observation], on: date
) -> Judgement:
    return judge(frame_of(indicator, plan), goals_of(targets), readings_of(observations), on)
