"""Ways out really turn the verdict and are the smallest; experts, time, lapses and unknowns are told apart."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wulian.engines.rules import Assessment, Criterion, Verdict, assess
from wulian.engines.rules.assessing import truth_of
from wulian.engines.rules.gaps import Search, after, gap_of, ways_out, what_if
from wulian.engines.rules.preparing import read_row
from wulian.engines.rules.solving import STEP
from wulian.rulebook.rules import criterion, criterion_or_none

from .test_both_evaluators import FILES, read, value

ON = date(2026, 7, 1)
TECH_SME = {
    "employees": "100", "st_staff": "30", "revenue_yuan": "10000000", "rd_expense_yuan": "600000", "cost_expense_yuan": "10000000",
    "total_assets_yuan": "10000000", "ip_class1": "1", "ip_class2": "0", "is_resident": "1", "excluded_industry": "0", "bad_record": "0",
    "hnte_valid": "0", "national_award": "0", "provincial_rd_body": "0", "led_standard": "0",
}  # fmt: skip
HNTE = {
    "registered_on": "2015-03-01", "ip_class1": "1", "ip_class2": "0", "owns_core_ip": "1", "in_field": "1", "st_staff": "10", "employees": "100",
    "rd_y1_yuan": "600000", "rd_y2_yuan": "600000", "rd_y3_yuan": "600000", "rev_y1_yuan": "10000000", "rev_y2_yuan": "13000000",
    "rev_y3_yuan": "13000000", "domestic_rd_share": "0.6", "hightech_income_yuan": "6000000", "total_income_yuan": "10000000",
    "net_assets_y1_yuan": "1000000", "net_assets_y2_yuan": "1300000", "net_assets_y3_yuan": "1800000", "transfers_per_year": "5", "bad_record": "0",
}  # fmt: skip


def assessed(id_: str, row: dict[str, str], on: date = ON) -> Assessment:
    found = criterion(id_, on)
    prepared = read_row(found, row)
    return assess(found, prepared.facts)


def gap(id_: str, row: dict[str, str], kind: str, on: date = ON) -> list[dict[str, Any]]:
    entries = gap_of(assessed(id_, row, on), lambda day: criterion_or_none(id_, day))
    return [entry for entry in entries if entry["kind"] == kind]


def own(entry: dict[str, Any]) -> dict[str, Any]:
    return {change["fact"]: change["by"] for change in entry["changes"] if "by" in change and not change.get("moves_along")}


def test_the_smallest_research_expense_at_this_turnover() -> None:
    (first, *_) = gap("hnte", HNTE | {"rd_y3_yuan": "286000"}, "combination")
    assert own(first) == {"rd_y3_yuan": 314000}
    assert first["then"] == "depends"


def test_hiring_counts_the_hired_as_staff_too() -> None:
    """9 of 100 need two more, not one: 10 of 101 is below 10 %."""
    (first, *_) = gap("hnte", HNTE | {"st_staff": "9"}, "combination")
    assert own(first) == {"st_staff": 2}
    assert {change["fact"]: change["to"] for change in first["changes"]}["employees"] == 102


def test_one_class_i_right_or_class_ii_rights() -> None:
    """R&D at 2.5 %: 20 + 10 + 30 with a class I right; with class II ones it takes R&D at 3 % and four of them: 20 + 20 + 24."""
    row = TECH_SME | {"rd_expense_yuan": "250000", "ip_class1": "0", "ip_class2": "1"}
    ways = [own(entry) for entry in gap("tech-sme", row, "combination")]
    assert ways[0] == {"ip_class1": 1}
    assert {"rd_expense_yuan": 50000, "ip_class2": 3} in ways


def test_what_cannot_be_changed_is_told_as_a_limit() -> None:
    row = TECH_SME | {"employees": "501", "st_staff": "160"}
    assert gap("tech-sme", row, "combination") == []
    (entry,) = gap("tech-sme", row, "limit")
    assert entry["holds_if"] == [{"fact": "employees", "at_most": 500}]


def test_a_limit_that_the_fact_itself_moves_is_told_for_its_own_tier() -> None:
    """R&D of 2.1 million in all: 5 % of 42 million. At sales just above 50 million 4 % would do again; that is no limit from below."""
    row = HNTE | {"rd_y3_yuan": "900000", "rev_y1_yuan": "1000000", "rev_y2_yuan": "1000000", "rev_y3_yuan": "50000000"}
    entry = next(entry for entry in gap("hnte", row, "limit") if entry["condition"] == "rd_share")
    assert {"fact": "rev_y3_yuan", "at_most": 40000000} in entry["holds_if"]
    assert {"fact": "rd_y3_yuan", "at_least": 1400000} in entry["holds_if"]


def test_experts_time_and_both() -> None:
    (entry,) = gap("hnte", HNTE, "experts")
    assert (entry["sure"], entry["needs"], entry["of"]) == (45, 26, 49)
    young = HNTE | {"registered_on": "2025-07-02", "rd_y1_yuan": "", "rd_y2_yuan": "", "rev_y1_yuan": "", "rev_y2_yuan": "", "net_assets_y1_yuan": "", "net_assets_y2_yuan": ""}  # fmt: skip
    (entry,) = gap("hnte", young | {"rd_y3_yuan": "650000"}, "time")
    assert (entry["condition"], entry["on"], entry["days"], entry["checked"]) == ("age", "2026-07-02", 1, "met")
    (both, *_) = gap("hnte", young | {"rd_y3_yuan": "600000"}, "combination")
    assert own(both) == {"rd_y3_yuan": 50000}
    assert both["not_before"] == "2026-07-02"


def test_a_certificate_lapses() -> None:
    row = TECH_SME | {"rd_expense_yuan": "0", "hnte_valid": "1", "hnte_until": "2026-12-01"}
    (entry,) = gap("tech-sme", row, "lapse")
    assert (entry["on"], entry["verdict_then"]) == ("2026-12-01", "not_met")
    ended = read_row(criterion("tech-sme", date(2026, 12, 1)), row)
    assert [problem.code for problem in ended.problems] == ["hnte_ended"]


def test_what_decides_most_is_asked_first() -> None:
    asks = gap("tech-sme", TECH_SME | {"employees": "", "total_assets_yuan": "", "ip_class2": ""}, "ask")
    assert [entry["fact"] for entry in asks] == ["employees", "total_assets_yuan"]
    assert asks[1]["holds_if"] == [{"condition": "assets_limit", "at_most": 200000000}]
    assert asks[0]["source"]["zh"]
    (ask,) = gap("hnte", HNTE | {"hightech_income_yuan": ""}, "ask")
    assert ask["holds_if"] == [{"condition": "hightech_share", "at_least": 6000000}]


def test_what_if_moves_verdict_conditions_and_points() -> None:
    changed = what_if(assessed("tech-sme", TECH_SME), {"rd_expense": 0}).as_data()
    assert changed["verdict"] == ["met", "not_met"]
    assert changed["conditions"] == {"score": ["met", "not_met"]}
    assert changed["points"]["rd"] == [[50, 50], [0, 0]]


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_every_way_out_turns_the_verdict_and_none_of_it_could_be_less(name: str, seed: int) -> None:
    found, dice = read(name), Random(seed)
    for _ in range(12):
        assessment = assess(found, {code: value(dice, found, fact) for code, fact in found.facts.items()})
        if assessment.verdict is not Verdict.NOT_MET:
            continue
        facts = assessment.prepared.facts
        for way in ways_out(assessment, Search(found, facts)):
            changed = after(found, assessment, way.move.values)
            assert changed.verdict is way.then is not Verdict.NOT_MET
            assert not changed.prepared.problems, "a way out contradicts itself"
            _no_smaller(found, facts, dict(way.move.values))


def _no_smaller(found: Criterion, facts: dict[str, int | None], values: dict[str, int]) -> None:
    """A step less of any change (with what moves along), and the verdict is as before."""
    led = {code for name in values if (change := found.facts[name].change) for code in change.also}
    for name, to in values.items():
        before, fact = facts[name], found.facts[name]
        if name in led or before is None or fact.change is None or not fact.change.up:
            continue
        step = STEP[fact.kind]
        less = {**values, name: to - step} | {code: values[code] - step for code in fact.change.also if code in values}
        assert truth_of(found, {**facts, **less})[1] is False, (name, values)
