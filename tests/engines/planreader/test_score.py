"""The scorer counts what it says it counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wulian.engines.planreader.errors import UnreadableLines
from wulian.engines.planreader.score import load, score


def line(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"name": "高新技术企业数量", "value": 102, "comparator": "=", "unit": "家", "year": 2022, "kind": "target"}
    return {**made, **changes}


def task(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": "1",
        "title": "建设高能级创新平台",
        "section": None,
        "lead": ["市科技局"],
        "participants": ["市教委"],
        "n_targets": 1,
    }
    return {**made, **changes}


def test_the_same_lines_score_one() -> None:
    assert score([line()], [line()])["f1"] == 1
    assert score([task()], [task()])["units_right"] == 1


def test_repeated_mentions_are_not_punished_either_way() -> None:
    assert score([line(), line()], [line()])["f1"] == 1
    assert score([line()], [line(), line(name="国家高新技术企业总量")])["f1"] == 1


@pytest.mark.parametrize("change", [{"value": 103}, {"unit": "件"}, {"year": 2023}, {"name": "技术合同成交额"}, {"value": None}])
def test_a_wrong_number_unit_year_or_name_is_no_match(change: dict[str, Any]) -> None:
    assert score([line(**change)], [line()])["f1"] == 0


@pytest.mark.parametrize(
    "change", [{"name": "“高新技术企业”数"}, {"unit": "家 "}, {"kind": "cumulative"}, {"comparator": ">="}, {"value": 102.0}]
)
def test_spelling_near_kinds_and_bounds_do_not_matter(change: dict[str, Any]) -> None:
    assert score([line(**change)], [line()])["f1"] == 1


def test_another_kind_is_half_right_and_not_strictly_right() -> None:
    figures = score([line(kind="actual")], [line()])
    assert (figures["f1"], figures["f1_strict"]) == (0.5, 0)


def test_extra_and_missed_lines_lower_precision_and_recall() -> None:
    extra = line(name="孵化面积", value=2.6, unit="万平方米")
    assert score([line(), extra], [line()])["precision"] == 0.5
    assert score([line()], [line(), extra])["recall"] == 0.5


def test_nothing_against_something_is_zero() -> None:
    assert score([], [line()])["f1"] == 0


def test_units_count_separately_from_the_task() -> None:
    figures = score([task(lead=[], participants=["市教委", "市科技局"])], [task()])
    assert (figures["f1"], figures["lead"], figures["participants"], figures["units_right"]) == (1, 0, 0, 0)


def test_slips_in_unit_names_are_accepted_in_either_spelling() -> None:
    figures = score([task(participants=["区政府合作交流办", "区商务局"])], [task(participants=["区政府区政府合作交流办", "区区商务局"])])
    assert figures["participants"] == 1


def test_a_restored_number_may_be_missing_but_not_different() -> None:
    assert score([task(id="")], [task()])["f1"] == 1
    assert score([task(id="2")], [task()])["f1"] == 0


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"name": "x"}\n[1]\n', encoding="utf-8")
    with pytest.raises(UnreadableLines, match="第 2 行"):
        load(path)
