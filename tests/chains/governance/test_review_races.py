"""Two officers, or two units, at the same moment on two real connections: one is done, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from wulian.chains.governance.models import Indicator, Plan, PlanDocument, PlanTask, Problem, RoundReport
from wulian.chains.governance.services import extraction, publishing, reading, rounds, tasks
from wulian.chains.governance.services.plans import FIELDS
from wulian.chains.governance.services.tasks import UnitOfTask
from wulian.directory.models import Organisation
from wulian.directory.services.regions import load_regions
from wulian.foundation.access import system
from wulian.kernel.errors import WulianError

from .conftest import AT, ON

pytestmark = pytest.mark.django_db(transaction=True)
BY = system("甲")


def both(act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0)` and `act(1)` at the same moment, each on its own connection; results or refusals in order."""
    start = Barrier(2)

    def run(which: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            return act(which)
        except WulianError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, (0, 1)))


def refusals(results: list[Any]) -> list[str]:
    return [result.code for result in results if isinstance(result, WulianError)]


@pytest.fixture
def document(transactional_db: None, uploaded: Callable[..., PlanDocument]) -> PlanDocument:
    load_regions(by=BY)
    return uploaded(BY)


def test_two_officers_correct_one_value(document: PlanDocument) -> None:
    row = document.extractions.filter(what="indicator", state="pending").first()
    assert row is not None
    results = both(lambda which: extraction.edit_mention(by=BY, extraction_id=row.pk, version=0, changes={"value": f"7{which}"}, at=AT))
    assert refusals(results) == ["conflict"]
    won = next(result for result in results if not isinstance(result, WulianError))
    row.refresh_from_db()
    assert (row.version, row.values["value"]) == (1, won.values["value"])


def test_publishing_twice_at_once_writes_once(document: PlanDocument) -> None:
    extraction.accept_all(by=BY, document_id=document.pk, what="indicator", at=AT, only_table=True)
    extraction.accept_all(by=BY, document_id=document.pk, what="task", at=AT)
    plan = Plan.objects.get(pk=document.plan_id)
    details = {name: getattr(plan, name) for name in FIELDS}
    reading.confirm_details(by=BY, plan_id=plan.pk, version=None, at=AT, region="120106", details=details)
    results = both(lambda _which: publishing.publish_reviewed_plan(by=BY, at=AT, plan_id=plan.pk))
    assert len(refusals(results)) == 1
    assert (Indicator.objects.count(), PlanTask.objects.count()) == (2, 2)


def test_two_attempts_to_read_at_once_leave_one_result(document: PlanDocument) -> None:
    count = document.extractions.count()
    results = both(lambda _which: reading.read_plan_document(by=BY, document_id=document.pk, at=AT))
    assert set(refusals(results)) <= {"still_reading"}
    document.refresh_from_db()
    assert (document.state, document.extractions.count()) == ("read", count)


def test_two_people_of_one_unit_file_one_report(transactional_db: None) -> None:
    load_regions(by=BY)
    unit = Organisation.objects.create(
        name="红桥区商务局", name_key="红桥区商务局", kind="government", region_id="120106", created_at=AT, updated_at=AT
    )
    plan = Plan.objects.create(
        title="方案", short_title="方案", region_id="120106", first_year=2024, last_year=2026, state="published", created_at=AT
    )
    tasks.add_task(by=BY, at=AT, plan_id=plan.pk, title="任务", units=[UnitOfTask("区商务局", "lead", unit.pk)])
    report = rounds.open_round(by=BY, at=AT, on=ON, plan_id=plan.pk, name="一季度", as_of=ON, due_on=ON).reports.get()
    results = both(
        lambda which: rounds.file_report(
            by=BY, at=AT, on=ON, report_id=report.pk, version=0, progress=f"进展{which}", problem=f"问题{which}"
        )
    )
    assert refusals(results) == ["conflict"]
    assert RoundReport.objects.get().version == 1
    assert Problem.objects.count() == 1
