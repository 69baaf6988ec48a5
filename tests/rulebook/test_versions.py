"""Which version of a criterion decides on which day, and what is never decided."""

from __future__ import annotations

from datetime import date

import pytest

from wulian.engines.rules import Verdict, assess
from wulian.rulebook.rules import NoSuchCriterion, NotInForce, case_files, criteria_on, criterion


def number(id_: str, on: date, procedure: str = "apply") -> str:
    return criterion(id_, on, procedure).document.number


@pytest.mark.parametrize("id_", ["srdi", "little-giant"])
def test_the_switch_on_the_first_of_april_2026(id_: str) -> None:
    assert "63号" in number(id_, date(2026, 3, 31))
    assert "2号" in number(id_, date(2026, 4, 1))


def test_the_review_of_2026_goes_by_two_documents() -> None:
    """Little giants by 63号 for the whole year, SRDI firms (Tianjin's re-evaluation) by 2号 from April."""
    assert "63号" in number("little-giant", date(2026, 12, 31), "review")
    assert "2号" in number("little-giant", date(2027, 1, 1), "review")
    assert "63号" in number("srdi", date(2026, 3, 31), "review")
    assert "2号" in number("srdi", date(2026, 4, 1), "review")


def test_a_day_without_a_version_and_a_criterion_that_is_not_there() -> None:
    with pytest.raises(NotInForce, match="2017-05-03"):
        criterion("tech-sme", date(2017, 5, 2))
    with pytest.raises(NoSuchCriterion):
        criterion("nobel", date(2026, 1, 1))


def test_an_eaglet_is_decided_while_the_document_is_known_to_hold_and_not_after() -> None:
    cases = next(file for file in case_files() if file.part.criterion == "eaglet")
    firm = cases.cases[0]
    assert firm.assess(criterion("eaglet", date(2023, 5, 1))).verdict is Verdict.MET
    later = firm.assess(criterion("eaglet", date(2023, 9, 1)))
    assert later.verdict is Verdict.UNKNOWN
    assert later.needs_confirmation == ("validity",)


@pytest.mark.parametrize("id_", ["gazelle", "leader", "leader-cultivation", "cheetah", "srdi-seed", "city-champion", "hnte-cultivation"])
def test_placeholders_never_say_met(id_: str) -> None:
    found = assess(
        criterion(id_, date(2026, 5, 1)),
        {"tianjin_legal_person": 1, "bad_record": 0, "innovative_sme_valid": 1, "little_giant_valid": 1, "revenue": 10**11},
    )
    assert found.verdict is Verdict.UNKNOWN
    assert found.needs_confirmation


def test_every_criterion_in_force_reads_for_every_day_around_its_changes() -> None:
    for day in (date(2021, 8, 2), date(2023, 8, 31), date(2024, 2, 29), date(2026, 3, 31), date(2026, 4, 1), date(2026, 11, 24)):
        for procedure in ("apply", "review"):
            assert all(found.on == day for found in criteria_on(day, procedure))
