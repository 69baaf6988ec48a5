"""Size classes, the super-deduction by year, and the terms of titles, at and around every figure."""

from __future__ import annotations

from datetime import date

import pytest

from wulian.rulebook.deduction import deduction_rate, in_negative_industry, other_costs_cap, outsourced_counts
from wulian.rulebook.rules import fact_book
from wulian.rulebook.sizes import LEVELS, size_industries, size_of
from wulian.rulebook.tables import read
from wulian.rulebook.titles import term_of, title_kinds

UNIT = {"employees": 10**6, "revenue": 10**6, "assets": 10**6}
ORDER = [*LEVELS, "micro"]


@pytest.mark.parametrize("industry", size_industries())
@pytest.mark.parametrize("level", LEVELS)
def test_a_level_needs_all_of_its_bounds(industry: str, level: str) -> None:
    bounds = read("national/tables/enterprise_size.yaml")["industries"][industry][level]
    at = {name: least * UNIT[name] for name, least in bounds.items()}
    assert size_of(industry, at) == level
    for name in bounds:
        assert size_of(industry, at | {name: at[name] - 1}) == ORDER[ORDER.index(level) + 1]


def test_a_missing_fact_decides_or_does_not() -> None:
    assert size_of("工业", {"employees": 5 * 10**6}) == "micro"
    assert size_of("工业", {"employees": 1000 * 10**6}) is None
    assert size_of("工业", {"revenue": 299 * 10**6, "employees": None}) == "micro"
    assert size_of("其他未列明行业", {"employees": 300 * 10**6}) == "large"


@pytest.mark.parametrize(
    ("year", "firm", "expensed"),
    [
        (2016, {}, 50),
        (2017, {"tech_sme": True}, 75),
        (2017, {"tech_sme": False}, 50),
        (2017, {}, None),
        (2018, {}, 75),
        (2020, {}, 75),
        (2021, {"manufacturing": True}, 100),
        (2021, {"manufacturing": False}, 75),
        (2022, {"manufacturing": False, "tech_sme": True}, 100),
        (2022, {"manufacturing": True}, 100),
        (2022, {"tech_sme": True}, 100),
        (2022, {"manufacturing": False, "tech_sme": False}, 75),
        (2022, {"manufacturing": False}, None),
        (2023, {"ic_or_machine_tool": False}, 100),
        (2027, {"ic_or_machine_tool": True}, 120),
        (2023, {}, None),
        (2028, {}, 100),
    ],
)
def test_the_rate_by_year(year: int, firm: dict[str, bool], expensed: int | None) -> None:
    rate = deduction_rate(year, firm)
    assert rate is not None
    assert rate.expensed == expensed
    assert bool(rate.missing) is (expensed is None)
    assert rate.article


def test_no_rate_before_the_table_begins() -> None:
    assert deduction_rate(2015, {}) is None


def test_caps_of_the_deduction() -> None:
    assert other_costs_cap(900) == 100
    assert other_costs_cap(899) == 99
    assert in_negative_industry(50, 100) is False
    assert in_negative_industry(51, 100) is True
    assert in_negative_industry(None, 100) is None
    assert outsourced_counts(100, 100, 90, 2018) == (80, 60)
    assert outsourced_counts(100, 50, 90, 2018) == (80, 40)
    assert outsourced_counts(100, 100, 90, 2017) == (80, 0)


def test_terms_of_titles() -> None:
    hnte = term_of("hnte", date(2023, 12, 8), date(2026, 4, 1))
    assert (hnte.valid_to, hnte.renew_by) == (date(2026, 12, 8), date(2026, 5, 31))
    assert term_of("hnte", date(2023, 12, 8), date(2026, 6, 1)).renew_by is None, "the next report would be after its end"
    assert term_of("srdi", date(2024, 2, 29), date(2026, 1, 1)).valid_to == date(2027, 2, 28)
    sme = term_of("tech_sme", date(2026, 7, 15), date(2026, 8, 1))
    assert (sme.valid_to, sme.renew_by) == (date(2027, 4, 1), date(2027, 3, 31))
    assert term_of("eaglet", date(2022, 7, 1), date(2022, 8, 1)).unconfirmed
    assert all(term_of(kind, date(2025, 1, 1), date(2026, 1, 1)).article for kind in title_kinds())


def test_facts_say_what_they_are_and_who_supplies_them() -> None:
    for fact in fact_book().facts.values():
        assert fact.label.zh, fact.code
        assert fact.label.en, fact.code
        assert fact.source.zh, fact.code
        assert fact.unit or str(fact.kind) in {"flag", "date", "word"}, fact.code
