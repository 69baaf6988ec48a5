"""Status on a date: every kind and comparator just below, at and just above its threshold."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.chains.governance import status
from wulian.chains.governance.models import Indicator, Target
from wulian.chains.governance.status import Code, Frame, Goal, Reading, fill_years, judge, of_components, worst

END = date(2022, 12, 31)
MID = date(2022, 6, 30)  # day 181 of 365


def frame(kind: str = "level", direction: str = "up", first: int = 2020, last: int = 2022) -> Frame:
    return Frame(kind=kind, direction=direction, first_year=first, last_year=last)


def goals(*pairs: tuple[int, str], comparator: str = "=", base: tuple[int, str] | None = None) -> list[Goal]:
    found = [Goal(base[0], "baseline", Decimal(base[1]))] if base else []
    last = max(year for year, _ in pairs)
    return found + [Goal(year, "final" if year == last else "milestone", Decimal(value), comparator=comparator) for year, value in pairs]


def reading(value: str | None, day: date) -> list[Reading]:
    return [Reading(day, None if value is None else Decimal(value), id=1)]


def code(*args: object, **kwargs: object) -> Code:
    return judge(*args, **kwargs).code  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------- at the year's end
@pytest.mark.parametrize(
    ("comparator", "direction", "value", "expected"),
    [
        ("=", "up", "101", Code.SLOW),
        ("=", "up", "102", Code.MET),
        ("=", "up", "103", Code.MET),
        (">=", "up", "101.999999", Code.SLOW),
        (">=", "up", "102", Code.MET),
        (">", "up", "102", Code.SLOW),
        (">", "up", "102.000001", Code.MET),
        ("<=", "up", "102", Code.MET),
        ("<=", "up", "102.000001", Code.SLOW),
        ("=", "down", "102", Code.MET),
        ("=", "down", "103", Code.SLOW),
        ("=", "down", "101", Code.MET),
        ("<=", "down", "112.2", Code.SLOW),  # exactly 10 % over
        ("<=", "down", "112.200001", Code.BEHIND),
        ("=", "up", "91.8", Code.SLOW),  # exactly 10 % short
        ("=", "up", "91.799999", Code.BEHIND),
    ],
)
@pytest.mark.parametrize("kind", ["level", "roster", "cumulative", "share", "growth", "per_year"])
def test_each_kind_and_comparator_at_the_year_end(kind: str, comparator: str, direction: str, value: str, expected: Code) -> None:
    plan = goals((2021, "92"), (2022, "102"), comparator=comparator)
    assert code(frame(kind, direction), plan, reading(value, END), END) == expected


@pytest.mark.parametrize(("value", "expected"), [("11", Code.MET), ("12", Code.MET), ("13", Code.SLOW), ("14", Code.BEHIND)])
@pytest.mark.parametrize("comparator", ["=", "<=", ">="])
def test_a_rank_is_better_when_smaller_whatever_is_printed(comparator: str, value: str, expected: Code) -> None:
    assert code(frame("rank"), goals((2022, "12"), comparator=comparator), reading(value, END), END) == expected


def test_a_rank_better_than_means_strictly() -> None:
    assert code(frame("rank"), goals((2022, "12"), comparator=">"), reading("12", END), END) == Code.SLOW
    assert code(frame("rank"), goals((2022, "12"), comparator=">"), reading("11", END), END) == Code.MET


def test_ensured_and_aspired_levels_are_both_judged() -> None:
    plan = [Goal(2022, "final", Decimal(12), comparator="<="), Goal(2022, "final", Decimal(10), comparator="<=", tier="stretch")]
    ensured_only = judge(frame("rank"), plan, reading("11", END), END)
    assert (ensured_only.code, ensured_only.stretch_met) == (Code.MET, False)
    assert judge(frame("rank"), plan, reading("10", END), END).stretch_met is True


# -------------------------------------------------------------------------------------------------- inside the year
def test_the_milestone_inside_a_year_runs_straight_between_year_ends() -> None:
    found = judge(frame(), goals((2021, "92"), (2022, "102")), reading("97", MID), MID)
    assert found.milestone == Decimal(92) + Decimal(10) * Decimal(181) / Decimal(365)
    assert (found.milestone_on, found.milestone_computed, found.code) == (MID, True, Code.ON_TRACK)


@pytest.mark.parametrize(
    ("value", "expected"), [("102", Code.MET), ("97", Code.ON_TRACK), ("96", Code.SLOW), ("87.3", Code.SLOW), ("87.2", Code.BEHIND)]
)
def test_the_chosen_date_counts_and_not_the_final_year(value: str, expected: Code) -> None:
    plan = goals((2021, "92"), (2022, "102"), (2025, "300"))
    assert code(frame(last=2025), plan, reading(value, MID), MID) == expected


def test_a_falling_line_for_what_shall_fall() -> None:
    plan = goals((2021, "90"), (2022, "80"))
    assert code(frame(direction="down"), plan, reading("85", MID), MID) == Code.ON_TRACK  # milestone 85.04
    assert code(frame(direction="down"), plan, reading("86", MID), MID) == Code.SLOW
    assert code(frame(direction="down"), plan, reading("80", MID), MID) == Code.MET


def test_a_target_below_its_baseline_is_judged_by_itself() -> None:
    """一般公共预算收入年均增速 10.3 -> 8: 8.5 is met although it is below the baseline."""
    plan = goals((2025, "8"), base=(2020, "10.3"))
    found = judge(frame("growth", last=2025), plan, reading("8.5", date(2023, 12, 31)), date(2023, 12, 31))
    assert found.code == Code.MET
    assert code(frame("growth", last=2025), plan, reading("7.9", date(2023, 12, 31)), date(2023, 12, 31)) == Code.SLOW


def test_a_running_total_starts_from_nothing() -> None:
    plan = goals((2020, "100"), (2022, "300"))
    found = judge(frame("cumulative"), plan, reading("50", date(2020, 6, 30)), date(2020, 6, 30))
    assert found.milestone == Decimal(100) * Decimal(182) / Decimal(366)  # 2020 is a leap year
    assert found.code == Code.ON_TRACK


def test_a_running_total_under_a_ceiling_is_not_met_before_the_end() -> None:
    plan = goals((2021, "100"), (2022, "200"), comparator="<=")
    assert code(frame("cumulative"), plan, reading("140", MID), MID) == Code.ON_TRACK
    assert code(frame("cumulative"), plan, reading("200", END), END) == Code.MET


def test_without_a_starting_value_the_first_year_is_not_judged_before_its_end() -> None:
    plan = goals((2020, "84"), (2021, "92"), (2022, "102"))
    assert code(frame(), plan, reading("80", date(2020, 6, 30)), date(2020, 6, 30)) == Code.NOT_SET
    assert code(frame(), plan, reading("80", date(2020, 12, 31)), date(2020, 12, 31)) == Code.SLOW
    with_base = [Goal(2019, "baseline", Decimal(76)), *plan]
    assert code(frame(), with_base, reading("80", date(2020, 6, 30)), date(2020, 6, 30)) == Code.ON_TRACK


def test_a_year_without_milestone_is_not_made_up() -> None:
    plan = goals((2025, "200"), base=(2020, "100"))
    day = date(2023, 6, 30)
    assert code(frame(last=2025), plan, reading("150", day), day) == Code.NOT_SET
    assert code(frame(last=2025), plan, reading("200", day), day) == Code.MET  # reached early
    filled = plan + [Goal(year, "milestone", value, origin="interpolated") for year, value, _ in fill_years(frame(last=2025), plan)]
    found = judge(frame(last=2025), filled, reading("150", day), day)
    assert (found.code, found.milestone_computed) == (Code.ON_TRACK, True)


# ---------------------------------------------------------------------------------------------- per year, growth, share
def test_a_yearly_quantity_is_held_against_the_share_of_the_year_that_has_passed() -> None:
    plan = goals((2020, "64"), (2021, "77"), (2022, "90"))
    found = judge(frame("per_year"), plan, reading("61.2", MID), MID)
    assert found.code == Code.ON_TRACK
    assert found.milestone == Decimal(90) * Decimal(181) / Decimal(365)
    assert code(frame("per_year"), plan, reading("44", MID), MID) == Code.SLOW
    assert code(frame("per_year"), plan, reading("40", MID), MID) == Code.BEHIND
    assert code(frame("per_year"), plan, reading("90", MID), MID) == Code.MET


def test_a_quota_printed_once_holds_for_every_year() -> None:
    plan = goals((2027, "100"), comparator=">=")
    period = frame("per_year", first=2025, last=2027)
    assert code(period, plan, reading("100", date(2025, 12, 31)), date(2026, 2, 1)) == Code.MET
    assert code(period, plan, reading("89", date(2025, 12, 31)), date(2026, 2, 1)) == Code.BEHIND


def test_last_years_quantity_counts_until_this_year_has_one_and_no_longer() -> None:
    plan = goals((2020, "64"), (2021, "77"), (2022, "90"))
    assert code(frame("per_year"), plan, reading("77", date(2021, 12, 31)), MID) == Code.MET
    assert code(frame("per_year"), plan, reading("64", date(2020, 12, 31)), MID) == Code.NO_DATA
    assert code(frame("per_year"), plan, reading("60", date(2019, 12, 31)), date(2020, 6, 30)) == Code.NO_DATA  # before the period


def test_a_share_has_no_line_inside_the_year() -> None:
    plan = goals((2020, "2"), (2021, "2.1"), (2022, "2.2"), comparator=">=")
    found = judge(frame("share"), plan, reading("2.15", date(2021, 12, 31)), MID)
    assert (found.code, found.milestone, found.milestone_on, found.milestone_computed) == (
        Code.ON_TRACK,
        Decimal("2.1"),
        date(2021, 12, 31),
        False,
    )
    assert code(frame("share"), plan, reading("2.05", date(2021, 12, 31)), MID) == Code.SLOW
    assert code(frame("share"), plan, reading("2.2", date(2021, 12, 31)), MID) == Code.MET


def test_a_level_known_once_a_year_has_no_line_inside_the_year_either() -> None:
    """技术合同成交额 of 2021, 79 against 77: mid-2022 it is not held against half of what 2022 shall add."""
    plan = goals((2020, "64"), (2021, "77"), (2022, "90"))
    period = Frame(kind="level", direction="up", first_year=2020, last_year=2022, yearly=True)
    found = judge(period, plan, reading("79", date(2021, 12, 31)), MID)
    assert (found.code, found.milestone, found.milestone_computed) == (Code.ON_TRACK, Decimal(77), False)
    assert code(frame(), plan, reading("79", date(2021, 12, 31)), MID) == Code.SLOW


def test_a_rank_before_its_first_milestone_is_due_is_not_judged() -> None:
    plan = goals((2025, "12"))
    day = date(2023, 6, 30)
    assert code(frame("rank", last=2025), plan, reading("18", day), day) == Code.NOT_SET
    assert code(frame("rank", last=2025), plan, reading("12", day), day) == Code.MET


# --------------------------------------------------------------------------------------------------------- ranges
@pytest.mark.parametrize(
    ("value", "position", "expected"),
    [
        ("799", "below", Code.SLOW),
        ("800", "within", Code.MET),
        ("1000", "within", Code.MET),
        ("1001", "above", Code.MET),
        ("719", "below", Code.BEHIND),
    ],
)
def test_a_range(value: str, position: str, expected: Code) -> None:
    plan = [Goal(2022, "final", Decimal(800), comparator=">="), Goal(2022, "final", Decimal(1000), comparator="<=", tier="upper")]
    found = judge(frame("per_year"), plan, reading(value, END), END)
    assert (found.position, found.code) == (position, expected)


def test_a_range_of_what_shall_be_small() -> None:
    plan = [Goal(2022, "final", Decimal(800)), Goal(2022, "final", Decimal(1000), comparator="<=", tier="upper")]
    assert code(frame(direction="down"), plan, reading("1000", END), END) == Code.MET
    assert code(frame(direction="down"), plan, reading("1001", END), END) == Code.SLOW


# ------------------------------------------------------------------------------------------------------- increases
def test_an_increase_adds_to_the_baseline() -> None:
    plan = [Goal(2019, "baseline", Decimal("3.1")), Goal(2022, "final", Decimal(2), comparator="increase")]
    assert code(frame(), plan, reading("5.1", END), END) == Code.MET
    assert code(frame(), plan, reading("5.0", END), END) == Code.SLOW
    assert code(frame(), plan[1:], reading("5.1", END), END) == Code.NO_DATA  # over what?
    assert code(frame("cumulative"), plan[1:], reading("2", END), END) == Code.MET  # 新增 2 is the total itself


# ----------------------------------------------------------------------------------------- no number is never a status
@pytest.mark.parametrize(
    ("state", "expected"),
    [("masked", Code.NO_DATA), ("assigned", Code.NOT_SET), ("qualitative", Code.QUALITATIVE), ("blank", Code.NOT_SET)],
)
@pytest.mark.parametrize("kind", [kind.value for kind in Indicator.Kind])
@given(value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_a_target_without_number_is_never_met_and_never_zero(kind: str, state: str, expected: Code, value: Decimal) -> None:
    plan = [Goal(2022, "final", None, number_state=state)]
    found = judge(frame(kind), plan, [Reading(END, value)], END)
    assert found.code == expected
    assert found.milestone is None
    assert found.completion is None


def test_a_masked_baseline_is_not_zero() -> None:
    plan = [Goal(2019, "baseline", None, number_state="masked"), *goals((2020, "84"), (2022, "102"))]
    assert code(frame(), plan, reading("50", date(2020, 6, 30)), date(2020, 6, 30)) == Code.NOT_SET  # no line from an unknown start


def test_no_value_and_unknown_value_are_no_data() -> None:
    plan = goals((2022, "102"))
    assert code(frame(), plan, [], END) == Code.NO_DATA
    assert code(frame(), plan, reading(None, END), END) == Code.NO_DATA
    assert code(frame(), plan, reading("102", END + timedelta(days=1)), END) == Code.NO_DATA  # from the future


def test_no_target_is_not_set() -> None:
    assert code(frame(), [], reading("102", END), END) == Code.NOT_SET


def test_an_old_value_does_not_stand_for_now() -> None:
    plan = goals((2021, "92"), (2022, "102"))
    found = judge(frame(), plan, reading("200", date(2020, 12, 31)), MID)
    assert found.code == Code.NO_DATA
    assert found.reading is not None  # still shown, with its date
    assert code(frame(), plan, reading("200", date(2021, 1, 1)), MID) == Code.MET


def test_after_the_period_the_last_day_counts() -> None:
    plan = goals((2022, "102"))
    later = [Reading(END, Decimal(97)), Reading(date(2024, 6, 30), Decimal(140))]
    found = judge(frame(), plan, later, date(2026, 3, 2))
    assert (found.code, found.reading) == (Code.SLOW, later[0])


def test_before_the_period_nothing_is_judged() -> None:
    assert code(frame(), goals((2022, "102")), reading("200", date(2019, 6, 30)), date(2019, 6, 30)) == Code.NOT_SET


def test_at_one_date_the_computed_value_is_used() -> None:
    values = [Reading(END, Decimal(98), id=1, rank=1), Reading(END, Decimal(97), id=2, rank=3)]
    assert judge(frame(), goals((2022, "98")), values, END).reading == values[1]


def test_composites_say_how_many_are_met() -> None:
    assert of_components([Code.MET, Code.BEHIND, Code.MET]).text() == "3 项中 2 项到位"
    assert worst([Code.MET, Code.ON_TRACK]) == Code.ON_TRACK
    assert worst([Code.MET, Code.NO_DATA, Code.SLOW]) == Code.SLOW
    assert worst([Code.MET, Code.MET]) == Code.MET


def test_completion_is_against_the_final_target() -> None:
    assert judge(frame(), goals((2021, "92"), (2022, "102")), reading("51", MID), MID).completion == 50
    down = goals((2022, "80"), base=(2019, "100"))
    assert judge(frame(direction="down"), down, reading("90", END), END).completion == 50
    assert judge(frame("rank"), goals((2022, "12")), reading("12", END), END).completion is None


# -------------------------------------------------------------------------------------------------------- filling years
def test_missing_years_are_filled_on_a_straight_line_with_the_decimals_of_the_ends() -> None:
    plan = goals((2025, "200"), base=(2020, "100"))
    assert fill_years(frame(first=2021, last=2025), plan) == [
        (2021, Decimal(120), "="),
        (2022, Decimal(140), "="),
        (2023, Decimal(160), "="),
        (2024, Decimal(180), "="),
    ]
    share = goals((2023, "2.4"), base=(2020, "2"), comparator=">=")
    assert fill_years(frame("share", first=2021, last=2023), share) == [(2021, Decimal("2.1"), ">="), (2022, Decimal("2.3"), ">=")]


def test_filling_does_not_touch_what_is_there_nor_guess_without_ends() -> None:
    plan = [*goals((2025, "200"), base=(2020, "100")), Goal(2023, "milestone", None, number_state="masked")]
    assert [year for year, _, _ in fill_years(frame(first=2021, last=2025), plan)] == [2021, 2022, 2024]
    assert fill_years(frame(first=2021, last=2025), goals((2025, "200"))) == []


# ---------------------------------------------------------------------------------------------------------- properties
ORDER = {Code.BEHIND: 0, Code.SLOW: 1, Code.ON_TRACK: 2, Code.MET: 3}
numbers = st.decimals(min_value=1, max_value=10**6, places=2)


@given(numbers, numbers, numbers, numbers, st.sampled_from(["level", "roster", "cumulative", "per_year"]), st.integers(0, 364))
def test_more_is_never_worse_when_more_is_better(low: Decimal, high: Decimal, a: Decimal, b: Decimal, kind: str, day: int) -> None:
    low, high = sorted((low, high))
    a, b = sorted((a, b))
    on = date(2022, 1, 1) + timedelta(days=day)
    plan = goals((2021, str(low)), (2022, str(high)))
    first, second = (judge(frame(kind), plan, [Reading(on, value)], on).code for value in (a, b))
    assert ORDER[first] <= ORDER[second]


@given(numbers, numbers, numbers, st.integers(0, 364))
def test_the_milestone_lies_between_its_year_ends(low: Decimal, high: Decimal, value: Decimal, day: int) -> None:
    on = date(2022, 1, 1) + timedelta(days=day)
    found = judge(frame(), goals((2021, str(low)), (2022, str(high))), [Reading(on, value)], on)
    assert found.milestone is not None
    assert min(low, high) <= found.milestone <= max(low, high)


# ----------------------------------------------------------------------------------------------- one text, one language
def test_the_pure_words_are_the_models_words() -> None:
    kinds = set(Indicator.Kind.values)
    assert kinds >= status.LINEAR_KINDS | status.STANDING_KINDS | status.INTERPOLATED_KINDS
    goal = Goal(2022, Target.Role.FINAL, Decimal(1))
    assert goal.number_state in Target.NumberState.values
    assert goal.comparator in Target.Comparator.values
    assert goal.tier in Target.Tier.values
    assert goal.origin in Target.Origin.values
    assert set(status.LABELS) == set(Code) == set(status.WORST_FIRST)


def test_the_document_prints_the_rules_word_for_word() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs" / "concepts" / "status.md").read_text(encoding="utf-8")
    assert [f"{place}. {rule}" in text for place, rule in enumerate(status.RULES, 1)] == [True] * len(status.RULES)
    assert f"{status.SLOW_SHARE:.0%}".replace("%", " %") in text
