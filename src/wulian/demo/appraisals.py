"""Appraisals of the demonstration: last year's scored twice, by the first and by a changed version; the running year's once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from wulian.chains.governance.models import Plan
from wulian.chains.governance.selectors.appraisal import items_of
from wulian.chains.governance.services.appraisal import draft_scheme, revise_scheme, score_units
from wulian.foundation.access import Actor


def write_appraisals(*, plans: Sequence[Plan], by: Actor, at: datetime, on: date) -> None:
    """Schemes for Hongqiao's plans that have none yet: for the last year of the one that is over, and for the running year."""
    for plan in plans:
        if plan.region_id != "120106" or plan.appraisals.exists():
            continue
        day = min(on, date(plan.last_year, 12, 31))
        if day.year < plan.first_year or not items_of(plan):
            continue
        scheme = draft_scheme(by=by, at=at, plan_id=plan.pk, year=day.year)
        score_units(by=by, at=at, scheme_id=scheme.pk, on=day)
        if day < on:
            changed = revise_scheme(
                by=by, at=at, scheme_id=scheme.pk, reason="演示：遇到困难的任务少得分", points={"difficult": Decimal(20)}
            )
            score_units(by=by, at=at, scheme_id=changed.pk, on=day)
