from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.directory.makers import AT, organisation, source
from wulian.directory.models import FactValue, RegionFactValue
from wulian.directory.services.facts import (
    OwnFigure,
    UnknownFact,
    decide_region_fact,
    fact_of,
    record_organisation_fact,
    record_region_fact,
    stored,
)
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.metrics import scope_of
from wulian.kernel.errors import Conflict, Denied, Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]


def record(by: Actor, value: int | None = 10**12, **changes: Any) -> RegionFactValue:
    given: dict[str, Any] = {"region": "120106", "fact": "tech_contract_turnover", "year": 2024, "as_of": date(2025, 3, 1), "at": AT}
    return record_region_fact(value=value, source=source(), by=by, **{**given, **changes})


def turnover() -> Decimal | None:
    return metrics.get("tech_contract_turnover").compute(scope_of("120106", date(2025, 6, 30))).value


def test_a_figure_counts_once_another_officer_has_verified_it(officer: Actor, city_officer: Actor) -> None:
    row = record(officer)
    assert turnover() is None
    with pytest.raises(OwnFigure):
        decide_region_fact(number=row.pk, verified=True, by=officer, at=AT)
    decide_region_fact(number=row.pk, verified=True, by=city_officer, at=AT)
    assert turnover() == 100


def test_a_correction_keeps_the_earlier_figure_and_waits_to_be_verified_again(officer: Actor, city_officer: Actor) -> None:
    first = record(officer)
    decide_region_fact(number=first.pk, verified=True, by=city_officer, at=AT)
    second = record(officer, 2 * 10**12)
    assert turnover() is None
    assert list(RegionFactValue.objects.order_by("pk").values_list("value", "is_current")) == [(10**12, False), (2 * 10**12, True)]
    with pytest.raises(Conflict):
        decide_region_fact(number=first.pk, verified=True, by=city_officer, at=AT)
    decide_region_fact(number=second.pk, verified=True, by=city_officer, at=AT)
    assert turnover() == 200


def test_recording_the_same_again_changes_nothing(officer: Actor) -> None:
    assert record(officer) == record(officer)
    assert RegionFactValue.objects.count() == 1


def test_unknown_needs_a_reason_and_returning_needs_one(officer: Actor, city_officer: Actor) -> None:
    with pytest.raises(Invalid):
        record(officer, None)
    row = record(officer, None, unknown_because="登记机构未公布")
    with pytest.raises(Invalid):
        decide_region_fact(number=row.pk, verified=False, by=city_officer, at=AT)


def test_only_officers_of_the_region_record_and_verify(officer: Actor, enterprise_user: Actor) -> None:
    with pytest.raises(Denied):
        record(officer, region="120104")
    with pytest.raises(Denied):
        record(enterprise_user)
    with pytest.raises(Denied):
        decide_region_fact(number=record(officer).pk, verified=True, by=enterprise_user, at=AT)


def test_facts_of_organisations_and_regions_are_not_mixed_up(officer: Actor) -> None:
    with pytest.raises(UnknownFact):
        record(officer, fact="revenue")
    with pytest.raises(UnknownFact):
        fact_of("gdp", "organisation")


def test_correcting_a_fact_of_an_organisation_keeps_the_earlier_one(officer: Actor) -> None:
    who = organisation()
    for value in (100, 100, 200):
        record_organisation_fact(
            organisation=who, fact="revenue", year=2024, value=value, source=source(), as_of=date(2025, 3, 1), by=officer, at=AT
        )
    assert list(FactValue.objects.order_by("pk").values_list("value", "is_current")) == [(100, False), (200, True)]


def test_amounts_become_whole_fen_and_persons() -> None:
    assert stored(fact_of("gdp", "region"), Decimal("0.01")) == 1
    assert stored(fact_of("population", "region"), Decimal(5)) == 5
    assert stored(fact_of("population", "region"), None) is None
    with pytest.raises(Invalid):
        stored(fact_of("population", "region"), Decimal("0.5"))
