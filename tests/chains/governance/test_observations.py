from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from wulian.chains.governance.access import observations_seen_by
from wulian.chains.governance.errors import WrongObservation
from wulian.chains.governance.models import Observation
from wulian.chains.governance.selectors.indicator_page import comparisons, get_observation, plan_differences
from wulian.chains.governance.selectors.indicators import plan_overview
from wulian.chains.governance.services.indicators import edit_indicator
from wulian.chains.governance.services.observations import (
    record_printed,
    report_observation,
    return_observation,
    verify_observation,
)
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.kernel.errors import Conflict, Denied, NotFound

from . import made
from .made import AT, LATER

DAY = date(2025, 12, 31)


@pytest.fixture
def indicator(officer: Actor, reporter: Actor) -> object:
    """An indicator of a published plan, owned by the reporter's unit."""
    plan = made.plan(officer)
    owner = next(iter(reporter.organisations_as(Role.REPORTER)))
    found = made.indicator(officer, plan, owner_id=owner)
    made.targets(officer, found, {2024: "84", 2025: "92", 2026: "102"})
    made.published(officer, plan)
    return found


def report(by: Actor, of: object, value: str | None, **extra: object) -> Observation:
    number = None if value is None else Decimal(value)
    return report_observation(by=by, at=AT, indicator_id=of.pk, as_of=extra.pop("as_of", DAY), value=number, **extra)  # type: ignore[attr-defined,arg-type]


def test_the_owner_reports_and_another_unit_does_not(
    indicator: object, officer: Actor, reporter: Actor, account: Callable[..., Actor]
) -> None:
    assert report(reporter, indicator, "92").unit_organisation_id == indicator.owner_id  # type: ignore[attr-defined]
    for by in (account(Role.REPORTER, unit="红桥区教育局"), account(Role.OFFICER, region="120104", unit="南开区科技局"), ANONYMOUS):
        with pytest.raises(Denied):
            report(by, indicator, "93")


def test_an_unverified_report_is_not_public(indicator: object, officer: Actor, reporter: Actor, enterprise_user: Actor) -> None:
    row = report(reporter, indicator, "92")
    plan = indicator.plan  # type: ignore[attr-defined]
    for viewer in (ANONYMOUS, enterprise_user):
        assert plan_overview(viewer, plan, DAY).counts == {"no_data": 1}
        with pytest.raises(NotFound):
            get_observation(viewer, row.pk)
    for viewer in (officer, reporter):
        assert plan_overview(viewer, plan, DAY).counts == {"met": 1}
    verify_observation(by=officer, at=LATER, observation_id=row.pk)
    assert plan_overview(ANONYMOUS, plan, DAY).counts == {"met": 1}
    assert get_observation(ANONYMOUS, row.pk) == row


def test_nobody_verifies_their_own_report(indicator: object, officer: Actor, account: Callable[..., Actor]) -> None:
    row = report(officer, indicator, "92")
    with pytest.raises(Denied):
        verify_observation(by=officer, at=LATER, observation_id=row.pk)
    second = account(Role.OFFICER, unit="红桥区科技局", username="second")
    assert verify_observation(by=second, at=LATER, observation_id=row.pk).verification == "verified"


def test_a_returned_report_does_not_count_and_can_be_sent_again(indicator: object, officer: Actor, reporter: Actor) -> None:
    row = report(reporter, indicator, "92")
    with pytest.raises(WrongObservation):
        return_observation(by=officer, at=LATER, observation_id=row.pk, reason=" ")
    return_observation(by=officer, at=LATER, observation_id=row.pk, reason="缺证书清单")
    assert plan_overview(officer, indicator.plan, DAY).counts == {"no_data": 1}  # type: ignore[attr-defined]
    with pytest.raises(WrongObservation):
        verify_observation(by=officer, at=LATER, observation_id=row.pk)
    again = report(reporter, indicator, "91")
    assert Observation.objects.get(pk=row.pk).superseded_by_id == again.pk


def test_a_correction_says_why_and_keeps_the_earlier_value(indicator: object, reporter: Actor) -> None:
    first = report(reporter, indicator, "92")
    with pytest.raises(WrongObservation):
        report(reporter, indicator, "93")
    second = report(reporter, indicator, "93", note="补一家")
    third = report(reporter, indicator, "94", note="再补一家")
    rows = {row.pk: row.superseded_by_id for row in Observation.objects.all()}
    assert rows == {first.pk: second.pk, second.pk: third.pk, third.pk: None}


def test_two_people_reporting_the_same_date(indicator: object, officer: Actor, reporter: Actor) -> None:
    report(reporter, indicator, "92", expected=0)
    with pytest.raises(Conflict) as refused:
        report(officer, indicator, "95", expected=0, note="另有一份")
    assert reporter.name in refused.value.text()
    assert list(Observation.objects.values_list("value", flat=True)) == [Decimal(92)]


def test_no_number_needs_a_reason_and_is_not_zero(indicator: object, reporter: Actor) -> None:
    with pytest.raises(WrongObservation):
        report(reporter, indicator, None)
    row = report(reporter, indicator, None, unknown_because="年报未出")
    assert (row.value, row.unknown_because) == (None, "年报未出")


def test_the_future_is_not_reported(indicator: object, reporter: Actor) -> None:
    report(reporter, indicator, "92", as_of=date(2026, 3, 2))  # the day of AT in Shanghai
    with pytest.raises(WrongObservation):
        report(reporter, indicator, "92", as_of=date(2026, 3, 3))


def test_a_share_is_computed_from_its_parts(officer: Actor) -> None:
    indicator = made.indicator(officer, made.plan(officer), "研发投入强度", unit="%", kind="share")
    row = report(officer, indicator, None, numerator=Decimal("22"), denominator=Decimal("1000"))
    assert (row.value, row.numerator, row.denominator) == (Decimal("2.2"), Decimal(22), Decimal(1000))
    for parts in ({"numerator": Decimal(1)}, {"numerator": Decimal(1), "denominator": Decimal(0)}):
        with pytest.raises(WrongObservation):
            report(officer, indicator, None, as_of=date(2024, 12, 31), **parts)
    with pytest.raises(WrongObservation):  # the printed share does not follow from its parts
        report(officer, indicator, "3.1", as_of=date(2024, 12, 31), numerator=Decimal(22), denominator=Decimal(1000))


@pytest.mark.parametrize("value", ["0", "2.5", "-1"])
def test_a_rank_is_a_whole_place(officer: Actor, value: str) -> None:
    indicator = made.indicator(officer, made.plan(officer), "排名", unit="位", kind="rank")
    with pytest.raises(WrongObservation):
        report(officer, indicator, value)
    assert report(officer, indicator, "1").value == 1


def test_printed_values_are_recorded_once(indicator: object, officer: Actor) -> None:
    for _time in range(2):
        record_printed(by=officer, at=AT, indicator_id=indicator.pk, as_of=DAY, value=Decimal(90))  # type: ignore[attr-defined]
    assert Observation.objects.count() == 1
    record_printed(by=officer, at=AT, indicator_id=indicator.pk, as_of=DAY, value=None, unknown_because="原文遮盖")  # type: ignore[attr-defined]
    assert plan_overview(officer, indicator.plan, DAY).counts == {"no_data": 1}  # type: ignore[attr-defined]


def test_reported_against_computed(indicator: object, officer: Actor, reporter: Actor) -> None:
    row = report(reporter, indicator, "92")
    Observation.objects.create(
        indicator=indicator, as_of=DAY, origin="computed", value=Decimal(91), verification="verified", recorded_at=AT
    )
    (found,) = comparisons(Observation.objects.filter(superseded_by__isnull=True))
    assert (found.difference, found.agree, found.reported) == (Decimal(1), False, row)
    plan = indicator.plan  # type: ignore[attr-defined]
    assert [(one.pk, two.difference) for one, two in plan_differences(officer, plan)] == [(indicator.pk, Decimal(1))]  # type: ignore[attr-defined]
    assert plan_differences(ANONYMOUS, plan) == []  # the report is not verified
    # The computed value, which opens to records, is the one that is judged.
    assert plan_overview(officer, plan, DAY).rows[0].value == 91
    assert plan_overview(officer, plan, DAY).counts == {"slow": 1}


def test_the_owner_of_an_indicator_can_change_without_losing_reports(indicator: object, officer: Actor, reporter: Actor) -> None:
    row = report(reporter, indicator, "92")
    edit_indicator(by=officer, at=LATER, indicator_id=indicator.pk, owner_id=None)  # type: ignore[attr-defined]
    with pytest.raises(Denied):
        report(reporter, indicator, "93", note="x")
    assert Observation.objects.filter(observations_seen_by(reporter), pk=row.pk).exists()
