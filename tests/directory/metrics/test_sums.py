"""Patents, yearly facts, figures of regions, organisations: boundaries, unknowns, and that records add up to the value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.directory.makers import fact, move, organisation, patent, region_fact, title
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.metrics import MetricValue, scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]


def value(metric: str, on: date, region: str = "120106") -> MetricValue:
    return metrics.get(metric).compute(scope_of(region, on))


class TestPatents:
    @pytest.mark.parametrize(
        ("on", "expected"), [(date(2023, 12, 31), 0), (date(2024, 1, 1), 1), (date(2025, 5, 31), 1), (date(2025, 6, 1), 0)]
    )
    def test_in_force_from_grant_until_lapse(self, on: date, expected: int) -> None:
        patent(organisation(), granted=date(2024, 1, 1), lapsed=date(2025, 6, 1))
        assert value("invention_patents_valid", on).value == expected

    def test_one_with_two_holders_counts_once_here_once_there_and_once_in_the_city(self) -> None:
        patent(organisation(region="120106"), organisation(region="120106"), organisation(region="120104"))
        counted = [value("invention_patents_valid", date(2025, 1, 1), region).value for region in ("120106", "120104", "120000")]
        assert counted == [1, 1, 1]
        assert not metrics.get("invention_patents_valid").addable

    def test_applications_utility_models_and_rights_of_merged_holders_do_not_count(self) -> None:
        patent(organisation(), granted=None)
        patent(organisation(), kind="utility")
        patent(organisation(merged_into=organisation()))
        patent()
        assert value("invention_patents_valid", date(2025, 1, 1)).value == 0

    def test_it_counts_where_the_holder_was(self) -> None:
        holder = organisation(region="120106")
        patent(holder)
        move(holder, "120104", date(2025, 3, 1))
        assert value("invention_patents_valid", date(2025, 2, 28)).value == 1
        assert value("invention_patents_valid", date(2025, 3, 1)).value == 0

    def test_per_10_000_people_uses_the_latest_complete_year(self) -> None:
        for _ in range(3):
            patent(organisation())
        region_fact("120106", "population", 2024, 400_000)
        found = value("invention_patents_per_10k", date(2025, 12, 30))
        assert (found.value, found.parts["numerator"], found.parts["denominator"]) == (Decimal("0.075"), 3, 40)
        after = value("invention_patents_per_10k", date(2025, 12, 31))  # from this day 2025 is the year, and nobody has told it
        assert after.value is None
        assert "2025" in after.unknown_because
        assert after.parts["numerator"] == 3


class TestRegionFigures:
    def test_intensity_in_percent(self) -> None:
        region_fact("120106", "rd_expense_society", 2024, 4_50_00000000)
        region_fact("120106", "gdp", 2024, 200_00000000_00)
        assert value("rd_intensity", date(2025, 6, 30)).value == Decimal("2.25")

    @pytest.mark.parametrize("state", ["submitted", "returned"])
    def test_a_figure_that_is_not_verified_is_not_used(self, state: str) -> None:
        region_fact("120106", "tech_contract_turnover", 2024, 10**12, verification=state)
        found = value("tech_contract_turnover", date(2025, 6, 30))
        assert found.value is None
        assert "核实" in found.unknown_because

    def test_an_unknown_one_tells_its_own_reason(self) -> None:
        region_fact("120106", "tech_contract_turnover", 2024, None, unknown_because="登记机构未公布")
        assert "登记机构未公布" in value("tech_contract_turnover", date(2025, 6, 30)).unknown_because

    def test_districts_never_stand_in_for_the_city(self) -> None:
        region_fact("120106", "tech_contract_turnover", 2024, 10**12)
        assert value("tech_contract_turnover", date(2025, 6, 30)).value == 100
        assert value("tech_contract_turnover", date(2025, 6, 30), "120000").value is None

    def test_a_denominator_of_zero_is_unknown(self) -> None:
        region_fact("120106", "rd_expense_society", 2024, 100)
        region_fact("120106", "gdp", 2024, 0)
        found = value("rd_intensity", date(2025, 6, 30))
        assert found.value is None
        assert "零" in found.unknown_because


class TestYearlyFacts:
    def test_only_known_current_values_of_the_year_are_summed_and_the_rest_is_told(self) -> None:
        fact(organisation(), "rd_expense", 2024, 1_000_000_00)
        fact(organisation(), "rd_expense", 2024, None, unknown_because="未填")
        fact(organisation(), "rd_expense", 2023, 9_000_000_00)
        fact(organisation(), "rd_expense", 2024, 5_000_000_00, is_current=False)
        metric, scope = metrics.get("rd_expense_enterprises"), scope_of("120106", date(2025, 6, 30))
        found = metric.compute(scope)
        assert (found.value, found.counts["records"]) == (100, 1)
        (note,) = metric.notes(scope, found)
        assert "3 家" in note

    def test_no_report_is_unknown_not_zero(self) -> None:
        organisation()
        found = value("rd_expense_enterprises", date(2025, 6, 30))
        assert found.value is None
        assert "2024" in found.unknown_because

    def test_a_reported_zero_is_zero(self) -> None:
        fact(organisation(), "rd_expense", 2024, 0)
        assert value("rd_expense_enterprises", date(2025, 6, 30)).value == 0

    def test_intensity_uses_only_firms_of_which_both_are_known(self) -> None:
        both, only_rd, only_revenue = organisation(), organisation(), organisation()
        fact(both, "rd_expense", 2024, 5_000_00)
        fact(both, "revenue", 2024, 100_000_00)
        fact(only_rd, "rd_expense", 2024, 7_000_00)
        fact(only_revenue, "revenue", 2024, 900_000_00)
        metric, scope = metrics.get("rd_intensity_enterprises"), scope_of("120106", date(2025, 6, 30))
        found = metric.compute(scope)
        assert found.value == 5
        (note,) = metric.notes(scope, found)
        assert "1 家" in note
        assert "2 家" in note

    def test_a_yearly_figure_stays_where_the_firm_was_at_the_end_of_its_year(self) -> None:
        mover = organisation(region="120106")
        fact(mover, "rd_expense", 2024, 100_00)
        move(mover, "120104", date(2025, 2, 1))
        assert value("rd_expense_enterprises", date(2025, 6, 30), "120106").counts["records"] == 1
        assert value("rd_expense_enterprises", date(2025, 6, 30), "120104").value is None


class TestOrganisations:
    def test_new_ones_from_1_january_to_the_date(self) -> None:
        for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1)):
            organisation(established_on=day)
        organisation(established_on=date(2025, 2, 1), status="cancelled", closed_on=date(2025, 3, 1))
        assert value("organisations_new", date(2025, 6, 30)).value == 3

    def test_an_unknown_founding_day_is_told(self) -> None:
        organisation()
        scope = scope_of("120106", date(2025, 6, 30))
        for code, expected in (("organisations_total", 1), ("organisations_new", 0)):
            metric = metrics.get(code)
            found = metric.compute(scope)
            assert found.value == expected
            assert "1 家" in metric.notes(scope, found)[0]

    def test_units_of_government_are_not_counted(self) -> None:
        organisation(kind="government", established_on=date(2000, 1, 1))
        assert value("organisations_total", date(2025, 6, 30)).value == 0


def test_in_every_metric_the_records_add_up_to_each_part() -> None:
    for _ in range(2):
        organisation(established_on=date(2025, 1, 5))
        holder = organisation(established_on=date(2024, 1, 5))
        for kind in ("hnte", "tech_sme", "eaglet"):
            title(holder, kind=kind)
        patent(holder)
        for code in ("rd_expense", "revenue", "staff_rd"):
            fact(holder, code, 2024, 1234)
    for code in ("gdp", "population", "rd_expense_society", "tech_contract_turnover"):
        region_fact("120106", code, 2024, 98_765_432_10)
    scope = scope_of("120106", date(2025, 6, 30))
    for metric in metrics.all_metrics():
        found = metric.compute(scope)
        for part in metric.parts:
            rows = list(part.rows(part.records(scope)))
            assert len(rows) == found.counts[part.key] == len({row.pk for row in rows})
            total = sum((part.contribution(row) or Decimal(0) for row in rows), Decimal(0)) if rows else None
            known = found.parts[part.key]
            # A list that nobody has brought in yet is unknown; one that is there and holds none here is zero.
            assert known == total or (not rows and known == 0), metric.code
