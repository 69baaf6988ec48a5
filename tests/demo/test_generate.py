"""The synthetic world: the same every time, consistent with itself, of the intended size."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.demo.generate import World, generate
from wulian.demo.generate.codes import credit_code
from wulian.demo.generate.dice import Dice
from wulian.demo.generate.parameters import ECONOMIES, RUNGS
from wulian.kernel import uscc
from wulian.kernel.names import name_key
from wulian.rulebook.industries import industry_name
from wulian.rulebook.regions import regions

UNTIL = date(2026, 6, 30)


@pytest.fixture(scope="module")
def world() -> World:
    return generate(until=UNTIL)


def valid(world: World, kind: str, region: str, on: date) -> set[str]:
    where = {firm.code: firm.region_on(on) for firm in world.firms}
    return {
        title.code
        for title in world.titles
        if title.kind == kind
        and where[title.code] == region
        and title.granted_on <= on
        and (title.valid_to is None or on < title.valid_to)
        and (title.revoked_on is None or on < title.revoked_on)
    }


def test_two_generations_are_identical(world: World) -> None:
    assert generate(until=UNTIL) == world


def test_another_seed_makes_another_world(world: World) -> None:
    other = generate(seed=1, until=date(2026, 1, 1))
    assert {firm.code for firm in other.firms} != {firm.code for firm in world.firms}


def test_later_dates_add_and_never_change_the_past(world: World) -> None:
    later = generate(until=date(2027, 9, 1))
    names = {firm.code: firm.name for firm in later.firms}
    assert all(names[firm.code] == firm.name for firm in world.firms)
    assert {(t.code, t.kind, t.granted_on) for t in world.titles} < {(t.code, t.kind, t.granted_on) for t in later.titles}
    assert {(r.number, r.holders) for r in world.rights} < {(r.number, r.holders) for r in later.rights}
    assert set(world.figures) < set(later.figures)
    assert {figure.year for figure in later.figures} - {figure.year for figure in world.figures} == {2026}


def test_nothing_lies_in_the_future(world: World) -> None:
    days = [firm.established_on for firm in world.firms]
    days += [firm.closed_on for firm in world.firms if firm.closed_on]
    days += [day for firm in world.firms for day, _from, _to in firm.moves]
    days += [title.granted_on for title in world.titles] + [title.revoked_on for title in world.titles if title.revoked_on]
    days += [right.granted_on for right in world.rights] + [right.lapsed_on for right in world.rights if right.lapsed_on]
    assert max(days) <= UNTIL
    assert max(figure.year for figure in world.figures) == 2025


def test_a_finished_year_is_known_on_its_last_day() -> None:
    assert max(figure.year for figure in generate(until=date(2026, 12, 31)).region_figures) == 2026


def test_credit_codes_are_valid_unique_and_of_nobody(world: World) -> None:
    codes = [firm.code for firm in world.firms]
    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert {uscc.organisation_part(code)[:2] for code in codes} == {"YY"}


@given(st.integers(0, 31**6 - 1), st.sampled_from(["91", "92", "93", "12", "51"]), st.sampled_from(["120106", "120000", "120222"]))
def test_any_serial_makes_a_valid_code(serial: int, body: str, office: str) -> None:
    assert uscc.is_valid(credit_code(body, office, serial))


def test_names_are_unique(world: World) -> None:
    keys = Counter(name_key(firm.name) for firm in world.firms)
    assert [key for key, count in keys.items() if count > 1] == []


def test_no_name_of_a_real_firm(world: World, shared: Path) -> None:
    with gzip.open(shared / "data/register/tianjin.csv.gz", "rt", encoding="utf-8", newline="") as file:
        real = {name_key(row["企业名称"]) for row in csv.DictReader(file)}
    made_up = {name_key(firm.name) for firm in world.firms} | {name_key(firm.former_name[0]) for firm in world.firms if firm.former_name}
    assert made_up & real == set()


def test_regions_and_industries_exist(world: World) -> None:
    known = {region.code for region in regions()}
    assert {firm.region for firm in world.firms} <= known
    assert [code for code in {firm.industry for firm in world.firms} if not industry_name(code)] == []


def test_sizes(world: World) -> None:
    where = Counter(firm.region for firm in world.firms)
    assert 2_800 <= len(world.firms) <= 3_400
    assert 1_300 <= where["120106"] <= 1_600
    assert len(where) >= 20
    kinds = Counter(firm.kind for firm in world.firms)
    assert kinds["university"] == 8
    assert kinds["institute"] == 24
    assert kinds["provider"] > 30
    assert sum(firm.closed_on is not None for firm in world.firms) > 200
    assert sum(bool(firm.moves) for firm in world.firms) > 30


def test_hongqiao_is_of_the_order_that_its_plans_print(world: World) -> None:
    for kind, on, low, high in (
        ("hnte", date(2022, 12, 31), 90, 115),
        ("tech_sme", date(2020, 12, 31), 150, 190),
        ("tech_sme", date(2025, 12, 31), 230, 300),
        ("eaglet", date(2022, 12, 31), 70, 95),
        ("eaglet", date(2025, 12, 31), 85, 130),
        ("gazelle", date(2025, 12, 31), 2, 8),
    ):
        assert low <= len(valid(world, kind, "120106", on)) <= high, (kind, on)


def test_figures_of_a_firm_agree_with_each_other(world: World) -> None:
    by_firm: dict[tuple[str, int], dict[str, int | None]] = defaultdict(dict)
    for figure in world.figures:
        by_firm[figure.subject, figure.year][figure.fact] = figure.value
        assert (figure.value is None) == bool(figure.unknown_because)
    for values in by_firm.values():
        known = {fact: value for fact, value in values.items() if value is not None}
        assert known["staff_total"] >= 1
        assert known.get("staff_rd", 0) <= known["staff_total"]
        assert max(known.get(fact, 0) for fact in ("hightech_revenue", "export_revenue", "rd_expense")) <= known["revenue"]
        assert known["net_profit"] < known["revenue"]
    assert any(value is None for values in by_firm.values() for value in values.values())


def test_figures_exist_for_exactly_the_years_at_whose_end_the_firm_stood(world: World) -> None:
    years: dict[str, set[int]] = defaultdict(set)
    for figure in world.figures:
        years[figure.subject].add(figure.year)
    for firm in world.firms:
        if firm.kind in {"enterprise", "provider", "cooperative"}:
            assert years[firm.code] == {year for year in range(2021, 2026) if firm.active_on(date(year, 12, 31))}


def test_firms_keep_their_character_over_time(world: World) -> None:
    staff = {(f.subject, f.year): f.value for f in world.figures if f.fact == "staff_total"}
    jumps = [after / before for (code, year), before in staff.items() if before and before >= 50 and (after := staff.get((code, year + 1)))]
    assert len(jumps) > 300
    assert max(jumps) < 2
    assert min(jumps) > 0.5


def test_titles_follow_validity_and_renewal(world: World) -> None:
    firms = {firm.code: firm for firm in world.firms}
    length = {rung.kind: rung.years for rung in RUNGS}
    held = defaultdict(list)
    for title in world.titles:
        firm = firms[title.code]
        assert firm.established_on < title.granted_on
        assert title.valid_to is not None
        assert title.valid_to.year - title.granted_on.year == length[title.kind]
        assert firm.closed_on is None or title.granted_on <= firm.closed_on
        held[title.code, title.kind].append(title)
    renewed = lapsed = 0
    for grants in held.values():
        for before, after in pairwise(sorted(grants, key=lambda title: title.granted_on)):
            assert before.valid_to is not None
            assert before.valid_to <= after.granted_on
            renewed += before.valid_to == after.granted_on
        last = grants[-1]
        lapsed += last.valid_to is not None and last.valid_to <= UNTIL and firms[last.code].closed_on is None
    assert renewed > 500
    assert lapsed > 100


def test_rights_have_holders_and_terms(world: World) -> None:
    codes = {firm.code for firm in world.firms}
    assert len({(right.kind, right.number) for right in world.rights}) == len(world.rights)
    for right in world.rights:
        assert right.holders
        assert set(right.holders) <= codes
        assert len(set(right.holders)) == len(right.holders)
        assert right.filed_on <= right.granted_on
        assert right.lapsed_on is None or right.lapsed_on > right.granted_on
    assert sum(len(right.holders) > 1 for right in world.rights) > 500


def test_districts_sum_to_the_city(world: World) -> None:
    values = {(f.subject, f.fact, f.year): f.value for f in world.region_figures}
    districts = [economy.code for economy in ECONOMIES]
    assert len(districts) == 16
    for (subject, fact, year), value in values.items():
        if subject == "120000":
            assert value == sum(values[code, fact, year] or 0 for code in districts)
    share = (values["120106", "rd_expense_society", 2022] or 0) / (values["120106", "gdp", 2022] or 1)
    assert 0.019 < share < 0.024


def test_chance_is_the_same_everywhere() -> None:
    dice = Dice("a stream", 7)
    assert [dice.integer(0, 999) for _ in range(5)] == PINNED
    assert Dice("a stream", 7).uniform() != Dice("a stream", 8).uniform()


PINNED = [321, 196, 7, 880, 971]


@given(st.integers(-50, 50), st.integers(0, 50), st.integers())
def test_integers_stay_within_their_bounds(low: int, span: int, name: int) -> None:
    assert low <= Dice(name).integer(low, low + span) <= low + span


@given(st.lists(st.floats(0, 10), min_size=1, max_size=6).filter(any), st.integers())
def test_weighted_choice_never_takes_what_has_no_weight(weights: list[float], name: int) -> None:
    chosen = Dice(name).weighted(range(len(weights)), weights)
    assert weights[chosen] > 0


def test_draws_have_the_stated_means() -> None:
    dice = Dice("means")
    normals = [dice.normal(3, 2) for _ in range(4_000)]
    counts = [dice.count(4) for _ in range(4_000)]
    assert abs(sum(normals) / 4_000 - 3) < 0.15
    assert abs(sum(counts) / 4_000 - 4) < 0.15
