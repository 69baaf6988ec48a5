"""Computed observations, from titles that really are in the directory."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from wulian.chains.governance.models import Indicator, Observation, Plan
from wulian.chains.governance.selectors.indicator_page import comparisons, get_observation, summed_snapshots
from wulian.chains.governance.services.computing import compute_plan, compute_plan_history
from wulian.chains.governance.services.indicators import bind_metric
from wulian.directory.models import Organisation, Source, TitleGrant
from wulian.foundation.access import Actor
from wulian.foundation.models import AuditEvent, MetricSnapshot
from wulian.kernel.errors import Denied

from . import made
from .made import AT, LATER


def firm(name: str, *, established: date = date(2015, 1, 1)) -> Organisation:
    return Organisation.objects.create(
        name=name, name_key=name, region_id="120106", status="active", established_on=established, created_at=AT, updated_at=AT
    )


def hnte(of: Organisation, start: date, end: date) -> TitleGrant:
    source, _created = Source.objects.get_or_create(code="test", defaults={"name": "测试"})
    return TitleGrant.objects.create(organisation=of, kind="hnte", granted_on=start, valid_from=start, valid_to=end, source=source)


def bound(by: Actor, plan: Plan, metric: str, **extra: object) -> Indicator:
    indicator = made.indicator(by, plan, f"{metric} {extra.get('kind', '')}", **extra)
    return bind_metric(by=by, at=AT, indicator_id=indicator.pk, metric=metric)


def values(of: Indicator) -> list[tuple[date, Decimal | None]]:
    rows = Observation.objects.filter(indicator=of, superseded_by__isnull=True).order_by("as_of")
    return [(row.as_of, row.value) for row in rows]


@pytest.fixture
def plan(officer: Actor) -> Plan:
    return made.plan(officer, first=2024, last=2026)


def test_a_computed_value_opens_to_its_records(officer: Actor, plan: Plan) -> None:
    indicator = bound(officer, plan, "hnte_valid", kind="roster")
    for name in ("甲公司", "乙公司"):
        hnte(firm(name), date(2024, 1, 1), date(2027, 1, 1))
    done = compute_plan(by=officer, at=AT, plan_id=plan.pk, on=date(2025, 12, 31))
    assert (done.written, done.unchanged, done.unknown) == (1, 0, 0)
    row = Observation.objects.get(indicator=indicator)
    assert (row.value, row.snapshot.version >= 1, len(row.snapshot.records)) == (Decimal(2), True, 1)
    assert get_observation(officer, row.pk).snapshot == row.snapshot


def test_computing_again_changes_nothing_until_the_records_do(officer: Actor, plan: Plan) -> None:
    indicator = bound(officer, plan, "hnte_valid")
    hnte(firm("甲公司"), date(2024, 1, 1), date(2027, 1, 1))
    day = date(2025, 12, 31)
    compute_plan(by=officer, at=AT, plan_id=plan.pk, on=day)
    assert compute_plan(by=officer, at=LATER, plan_id=plan.pk, on=day).unchanged == 1
    assert (Observation.objects.count(), MetricSnapshot.objects.count()) == (1, 1)
    hnte(firm("乙公司"), date(2025, 1, 1), date(2028, 1, 1))
    assert compute_plan(by=officer, at=LATER, plan_id=plan.pk, on=day).written == 1
    assert values(indicator) == [(day, Decimal(2))]
    assert Observation.objects.filter(indicator=indicator).count() == 2  # the earlier value stays
    assert AuditEvent.objects.filter(action="plan.computed").count() == 2


def test_the_factor_turns_units(officer: Actor, plan: Plan) -> None:
    indicator = made.indicator(officer, plan, unit="百家")
    bind_metric(by=officer, at=AT, indicator_id=indicator.pk, metric="hnte_valid", factor=Decimal("0.01"))
    hnte(firm("甲公司"), date(2024, 1, 1), date(2027, 1, 1))
    compute_plan(by=officer, at=AT, plan_id=plan.pk, on=date(2025, 12, 31))
    assert values(indicator) == [(date(2025, 12, 31), Decimal("0.01"))]


def test_a_running_total_adds_the_years_of_the_period(officer: Actor, plan: Plan) -> None:
    indicator = bound(officer, plan, "organisations_new", kind="cumulative")
    for number, day in enumerate((date(2023, 6, 1), date(2024, 6, 1), date(2025, 6, 1), date(2026, 1, 15), date(2026, 2, 20))):
        firm(f"公司{number}", established=day)
    compute_plan(by=officer, at=AT, plan_id=plan.pk, on=date(2026, 1, 31))
    assert values(indicator) == [(date(2026, 1, 31), Decimal(3))]  # 2023 is before the period, 20 February after the date
    row = Observation.objects.get(indicator=indicator)
    assert [(shot.as_of, shot.value) for shot in summed_snapshots(row)] == [
        (date(2024, 12, 31), Decimal(1)),
        (date(2025, 12, 31), Decimal(1)),
        (date(2026, 1, 31), Decimal(1)),
    ]


def test_a_net_increase_counts_from_the_start_of_the_period(officer: Actor, plan: Plan) -> None:
    indicator = bound(officer, plan, "hnte_valid", kind="cumulative")
    hnte(firm("甲公司"), date(2022, 1, 1), date(2025, 1, 1))  # valid at the start, gone by the date
    for name in ("乙公司", "丙公司", "丁公司"):
        hnte(firm(name), date(2025, 1, 1), date(2028, 1, 1))
    compute_plan(by=officer, at=AT, plan_id=plan.pk, on=date(2025, 12, 31))
    assert values(indicator) == [(date(2025, 12, 31), Decimal(2))]


def test_growth_is_against_a_year_before(officer: Actor, plan: Plan) -> None:
    indicator = bound(officer, plan, "hnte_valid", kind="growth", unit="%")
    for number in range(4):
        hnte(firm(f"老{number}"), date(2023, 1, 1), date(2030, 1, 1))
    hnte(firm("新"), date(2025, 1, 1), date(2030, 1, 1))
    compute_plan(by=officer, at=AT, plan_id=plan.pk, on=date(2025, 12, 31))
    row = Observation.objects.get(indicator=indicator)
    assert (row.value, row.numerator, row.denominator) == (Decimal(25), Decimal(5), Decimal(4))


def test_growth_from_nothing_is_unknown(officer: Actor, plan: Plan) -> None:
    indicator = bound(officer, plan, "hnte_valid", kind="growth", unit="%")
    hnte(firm("新"), date(2025, 6, 1), date(2030, 1, 1))
    done = compute_plan(by=officer, at=AT, plan_id=plan.pk, on=date(2025, 12, 31))
    assert done.unknown == 1
    assert values(indicator) == [(date(2025, 12, 31), None)]
    assert Observation.objects.get().unknown_because


def test_an_unknown_metric_value_is_stored_as_unknown(officer: Actor, plan: Plan) -> None:
    indicator = bound(officer, plan, "rd_intensity", kind="share", unit="%")
    compute_plan(by=officer, at=AT, plan_id=plan.pk, on=date(2025, 12, 31))
    row = Observation.objects.get(indicator=indicator)
    assert row.value is None
    assert row.unknown_because


def test_history_covers_the_year_ends_up_to_the_date_and_not_beyond_the_period(officer: Actor) -> None:
    plan = made.plan(officer, first=2023, last=2024, base_year=2022)
    indicator = bound(officer, plan, "hnte_valid")
    hnte(firm("甲公司"), date(2023, 1, 1), date(2026, 1, 1))
    compute_plan_history(by=officer, at=AT, plan_id=plan.pk, on=date(2024, 6, 30))
    ends = [date(2022, 12, 31), date(2023, 12, 31), date(2024, 6, 30)]
    assert [day for day, _value in values(indicator)] == ends
    compute_plan_history(by=officer, at=AT, plan_id=plan.pk, on=date(2026, 3, 1))
    assert [day for day, _value in values(indicator)] == [*ends, date(2024, 12, 31)]


def test_records_that_came_and_went_between_two_computed_values(officer: Actor, plan: Plan) -> None:
    bound(officer, plan, "hnte_valid")
    hnte(firm("走的"), date(2022, 1, 1), date(2025, 1, 1))
    for name in ("来的一", "来的二"):
        hnte(firm(name), date(2025, 1, 1), date(2028, 1, 1))
    for day in (date(2024, 12, 31), date(2025, 12, 31)):
        compute_plan(by=officer, at=AT, plan_id=plan.pk, on=day)
    newest, oldest = comparisons(Observation.objects.select_related("snapshot").order_by("as_of"))
    assert (newest.came, newest.went, newest.since) == (2, 1, date(2024, 12, 31))
    assert oldest.came is None


def test_only_officers_of_the_region_compute(officer: Actor, reporter: Actor, plan: Plan) -> None:
    made.published(officer, plan)
    with pytest.raises(Denied):
        compute_plan(by=reporter, at=AT, plan_id=plan.pk, on=date(2025, 12, 31))
