from __future__ import annotations

from datetime import date

import pytest

from wulian.foundation.catalogue import facts, metrics
from wulian.foundation.catalogue.facts import Fact, FactType, declare, latest_complete_year
from wulian.foundation.translations import read_catalogues


def test_a_fact_without_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="no unit"):
        declare(Fact("unitless", "无单位", FactType.COUNT, "", "定义"))
    assert facts.find("unitless") is None


def test_a_fact_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        declare(facts.get("gdp"))


@pytest.mark.django_db  # counters of registers are metrics
def test_every_fact_and_metric_reads_in_both_languages() -> None:
    english = read_catalogues("en")
    missing = [
        text._args[0]  # a lazy translation keeps its Chinese sentence as the argument
        for text in [
            *(text for fact in facts.all_facts() for text in (fact.name, fact.definition)),
            *(metric.name for metric in metrics.declared_metrics()),
        ]
        if english.get(text._args[0]) is None
    ]
    assert not missing


def test_the_codes_that_others_build_on_are_declared() -> None:
    organisation = {"revenue", "rd_expense", "total_assets", "net_profit", "tax_paid", "export_revenue", "hightech_revenue", "staff_total", "staff_rd", "output_value"}  # fmt: skip
    region = {"gdp", "population", "rd_expense_society", "tech_contract_turnover", "hightech_output"}
    assert {fact.code for fact in facts.all_facts() if fact.subject == "organisation"} >= organisation
    assert {fact.code for fact in facts.all_facts() if fact.subject == "region"} >= region


@pytest.mark.parametrize(
    ("on", "year"),
    [(date(2026, 1, 1), 2025), (date(2026, 6, 30), 2025), (date(2026, 12, 30), 2025), (date(2026, 12, 31), 2026)],
)
def test_a_year_is_complete_on_its_last_day(on: date, year: int) -> None:
    assert latest_complete_year(on) == year
