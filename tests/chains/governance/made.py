"""Small plans made through the services, for the tests of indicators."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from wulian.chains.governance.models import Indicator, Plan, Target
from wulian.chains.governance.services.indicators import add_indicator
from wulian.chains.governance.services.plans import create_plan, publish_plan
from wulian.chains.governance.services.targets import set_target
from wulian.foundation.access import Actor

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
GROUNDS = {"reason": "中期评估", "approver": "区政府", "approved_on": date(2026, 2, 1)}


def plan(by: Actor, *, region: str = "120106", first: int = 2024, last: int = 2026, title: str = "红桥试验规划", **extra: Any) -> Plan:
    return create_plan(by=by, at=AT, title=title, short_title=title, region=region, first_year=first, last_year=last, **extra)


def indicator(by: Actor, of: Plan, name: str = "高新技术企业数量", *, unit: str = "家", **extra: Any) -> Indicator:
    return add_indicator(by=by, at=AT, plan_id=of.pk, name=name, unit=unit, **extra)


def targets(by: Actor, of: Indicator, years: dict[int, str], base: tuple[int, str] | None = None) -> dict[int, Target]:
    """One target a year, the last one final; and a baseline."""
    last = max(years)
    made = {
        year: set_target(by=by, at=AT, indicator_id=of.pk, year=year, role="final" if year == last else "milestone", value=Decimal(value))
        for year, value in years.items()
    }
    if base:
        made[base[0]] = set_target(by=by, at=AT, indicator_id=of.pk, year=base[0], role="baseline", value=Decimal(base[1]))
    return made


def published(by: Actor, of: Plan) -> Plan:
    return publish_plan(by=by, at=AT, plan_id=of.pk)
