"""Importing yearly figures of regions: units, corrections, what cannot be read, and who may verify what came in."""

from __future__ import annotations

from datetime import date

import pytest

from tests.directory.test_importing import NOW, counts, load
from wulian.directory.models import RegionFactValue
from wulian.directory.services.facts import decide_region_fact, reported_by
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.metrics import scope_of
from wulian.foundation.imports.selectors.batches import detail_in_words, list_imported, problems_of
from wulian.foundation.imports.services.quarantine import repair_row
from wulian.foundation.models import QuarantinedRow
from wulian.kernel.errors import WulianError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]
HEAD = "地区,年份,地区生产总值(亿元),常住人口（万人）,全社会R&D经费\n"


def stored() -> dict[tuple[str, str, int], int | None]:
    return {(row.region_id, row.fact, row.year): row.value for row in RegionFactValue.objects.filter(is_current=True)}


def test_units_of_columns_and_of_the_file_give_exact_integers(system: Actor) -> None:
    batch = load(
        system,
        HEAD + '红桥区,2024,"1,234.56",48.32,5600.01\n120104,2024年,-,88.9999,\n天津市,2024,18024.32,1364,\n',
        "region_facts",
        unit="万元",
    )
    assert (batch.kind, counts(batch)) == ("region_facts", (3, 0, 0, 0))
    assert stored() == {
        ("120106", "gdp", 2024): 12_345_600_000_000,
        ("120106", "population", 2024): 483_200,
        ("120106", "rd_expense_society", 2024): 5_600_010_000,
        ("120104", "population", 2024): 889_999,
        ("120000", "gdp", 2024): 180_243_200_000_000,
        ("120000", "population", 2024): 13_640_000,
    }
    words = detail_in_words(batch.kind)
    rows = [(row.subject, row.subject_id, row.name, words(row.detail)) for row in list_imported(viewer=system, batch_id=batch.pk)]
    assert rows[0] == ("region", "120106", "红桥区", "2024 地区生产总值 常住人口 全社会研发经费")


def test_the_same_file_changes_nothing_and_a_correction_keeps_the_earlier_value(system: Actor) -> None:
    text = HEAD + "红桥,2024,100,48,\n"
    load(system, text, "region_facts", as_of="2025-03-01")
    assert counts(load(system, text, "region_facts", as_of="2025-03-01")) == (0, 0, 1, 0)
    assert counts(load(system, text.replace("48", "49"), "region_facts", as_of="2025-06-01")) == (0, 1, 0, 0)
    assert stored()["120106", "population", 2024] == 490_000
    kept = RegionFactValue.objects.filter(fact="population").order_by("id").values_list("value", "is_current", "as_of")
    assert list(kept) == [(480_000, False, date(2025, 3, 1)), (490_000, True, date(2025, 6, 1))]
    # An older file does not overrule a newer one; what it said is kept once.
    for _ in range(2):
        assert counts(load(system, text.replace("48", "47"), "region_facts", as_of="2025-02-01")) == (0, 0, 1, 0)
    assert stored()["120106", "population", 2024] == 490_000
    assert RegionFactValue.objects.filter(value=470_000).count() == 1


def test_two_rows_of_one_year_in_a_file_leave_one_value(system: Actor) -> None:
    assert counts(load(system, HEAD + "红桥,2024,100,48,\n红桥区,2024,,50,\n", "region_facts")) == (1, 1, 0, 0)
    assert stored() == {("120106", "gdp", 2024): 1_000_000_000_000, ("120106", "population", 2024): 500_000}
    assert RegionFactValue.objects.count() == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("火星区,2024,1,1,1", "unknown_region"),
        ("红桥,,1,1,1", "no_year"),
        ("红桥,2024,,,", "no_fact"),
        ("红桥,2027,1,1,1", "year_ahead"),
        ("红桥,2024,-1,1,1", "negative"),
        ("红桥,2024,1,-1,1", "negative"),
        ("红桥,2024,1,48.32001,1", "not_exact"),
        ("红桥,2024,很多,1,1", "not_money"),
        ("红桥,2024,1,很多,1", "not_a_number"),
    ],
)
def test_what_cannot_be_taken_is_quarantined_whole(system: Actor, line: str, code: str) -> None:
    assert counts(load(system, f"{HEAD}{line}\n", "region_facts")) == (0, 0, 0, 1)
    assert [problem.code for problem in problems_of(QuarantinedRow.objects.get())] == [code]
    assert not RegionFactValue.objects.exists()


def test_a_repaired_row_is_written(system: Actor) -> None:
    load(system, HEAD + "火星区,2024,1,1,1\n", "region_facts")
    repair_row(by=system, row_id=QuarantinedRow.objects.get().pk, values={"地区": "红桥区"}, at=NOW)
    assert len(stored()) == 3


def test_an_officer_imports_only_the_own_regions_and_another_verifies(officer: Actor, city_officer: Actor) -> None:
    batch = load(officer, HEAD + "红桥,2025,100,50,\n南开,2025,100,50,\n", "region_facts", region="120106")
    assert counts(batch) == (1, 0, 0, 1)
    assert [problem.code for problem in problems_of(QuarantinedRow.objects.get())] == ["outside_region"]
    row = RegionFactValue.objects.get(fact="population")
    assert (row.verification, reported_by(row)) == ("submitted", officer.user_id)
    scope = scope_of("120106", date(2026, 6, 30))
    assert metrics.get("invention_patents_per_10k").compute(scope).value is None
    with pytest.raises(WulianError) as refusal:
        decide_region_fact(number=row.pk, verified=True, by=officer, at=NOW)
    assert refusal.value.code == "own_figure"
    decide_region_fact(number=row.pk, verified=True, by=city_officer, at=NOW)
    assert metrics.get("invention_patents_per_10k").compute(scope).parts["denominator"] == 50


def test_a_returned_figure_that_comes_again_is_reported_once_more(system: Actor, officer: Actor) -> None:
    text = HEAD + "红桥,2024,,48,\n"
    load(system, text, "region_facts")
    row = RegionFactValue.objects.get()
    decide_region_fact(number=row.pk, verified=False, by=officer, at=NOW, reason="核对口径")
    assert counts(load(system, text, "region_facts")) == (0, 1, 0, 0)
    assert list(RegionFactValue.objects.order_by("id").values_list("verification", "is_current")) == [
        ("returned", False),
        ("submitted", True),
    ]
