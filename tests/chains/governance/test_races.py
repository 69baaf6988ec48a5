"""Two people at once, with two real connections: one wins, the other is told, nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from wulian.chains.governance.models import Observation, Target
from wulian.chains.governance.services.observations import report_observation
from wulian.chains.governance.services.targets import set_target
from wulian.directory.services.regions import load_regions
from wulian.foundation.access import system
from wulian.kernel.errors import Conflict

from . import made
from .made import AT, GROUNDS, LATER

pytestmark = pytest.mark.django_db(transaction=True)
BY = system("甲")


def both(act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0)` and `act(1)` at the same moment, each on its own connection; results or errors in order."""
    start = Barrier(2)

    def run(which: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return act(which)
        except Conflict as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, (0, 1)))


@pytest.fixture
def indicator() -> Any:
    load_regions(by=BY)
    plan = made.plan(BY)
    found = made.indicator(BY, plan)
    made.targets(BY, found, {2026: "102"})
    made.published(BY, plan)
    return found


def test_two_changes_of_one_target(indicator: Any) -> None:
    seen = indicator.targets.get()

    def change(which: int) -> Target:
        return set_target(
            by=BY,
            at=LATER,
            indicator_id=indicator.pk,
            year=2026,
            role="final",
            value=Decimal(110 + which),
            expected=(seen.pk, 0),
            **GROUNDS,
        )

    results = both(change)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Target"]
    winner = next(result for result in results if isinstance(result, Target))
    assert Target.objects.get(superseded_by__isnull=True).value == winner.value
    assert Target.objects.count() == 2


def test_two_first_reports_for_one_date(indicator: Any) -> None:
    def report(which: int) -> Observation:
        return report_observation(by=BY, at=AT, indicator_id=indicator.pk, as_of=AT.date(), value=Decimal(90 + which), expected=0)

    results = both(report)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Observation"]
    assert Observation.objects.count() == 1
