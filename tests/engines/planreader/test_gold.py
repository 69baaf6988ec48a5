"""The floors that the reader must hold on the annotated plans."""

from __future__ import annotations

from pathlib import Path

import pytest

from wulian.engines.planreader import read_document, read_plan
from wulian.engines.planreader.score import load, score_indicators, score_tasks

STEMS = ["002_3b22102abfde4f0c", "003_4e42376db48fd658"]


@pytest.mark.parametrize("stem", STEMS)
def test_indicators_reach_the_floor(shared: Path, stem: str) -> None:
    plan = read_plan(read_document(shared / "seeds" / f"{stem}.txt"))
    figures = score_indicators([item.as_dict() for item in plan.indicators], load(shared / "gold" / f"{stem}.indicators.jsonl"))
    assert figures["f1"] >= 0.98, figures
    assert figures["f1_strict"] >= 0.95, figures


@pytest.mark.parametrize("stem", STEMS)
def test_tasks_and_units_reach_the_floor(shared: Path, stem: str) -> None:
    plan = read_plan(read_document(shared / "seeds" / f"{stem}.txt"))
    figures = score_tasks([item.as_dict() for item in plan.tasks], load(shared / "gold" / f"{stem}.tasks.jsonl"))
    assert figures["f1"] >= 0.98, figures
    assert figures["lead"] >= 0.95, figures
    assert figures["participants"] >= 0.95, figures
    assert figures["n_targets_right"] >= 0.95, figures


def test_every_seed_keeps_its_places(shared: Path) -> None:
    for path in sorted((shared / "seeds").glob("*.txt")):
        plan = read_plan(read_document(path))
        text = plan.document.text
        for item in plan.indicators:
            assert 0 <= item.span[0] < item.span[1] <= len(text)
            assert "".join(item.raw.split()) in "".join(text.split())
            assert len(item.raw) <= 80 or item.from_table
        assert plan.period is not None
        assert plan.tasks


def test_flattened_table_of_composites_scopes_and_assigned_targets(shared: Path) -> None:
    plan = read_plan(read_document(next((shared / "seeds").glob("004_*.txt"))))
    cells = [item for item in plan.indicators if item.from_table]
    assert len(cells) == 101
    assert sum(item.attribute == "约束性" for item in cells) == 8
    assert sum(item.assigned for item in cells) == 6
    assert not [item for item in cells if item.assigned and item.value is not None]
    scopes = [(item.name[-5:], item.value) for item in cells if item.name.endswith(("(占本区)", "(占全市)"))]
    assert ("(占全市)", 2.05) in scopes
    assert {item.value for item in cells if item.name == "雏鹰企业数"} == {534, 750}


def test_lint_of_the_seeds_finds_what_is_known_to_be_wrong(shared: Path) -> None:
    codes: dict[str, set[str]] = {}
    for path in sorted((shared / "seeds").glob("*.txt")):
        codes[path.name[:3]] = {item.code for item in read_plan(read_document(path)).findings}
    assert {"masked_figure", "multiple_mismatch", "parts_do_not_sum"} == codes["000"]
    assert {"scope_mismatch", "lost_number", "unit_name_repeated"} == codes["002"]
    assert {"task_without_lead"} == codes["003"]
    assert {"table_text_mismatch", "target_below_baseline", "brackets_lost", "damaged_date", "lost_number"} == codes["004"]
