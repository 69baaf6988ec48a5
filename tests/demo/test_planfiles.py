"""The five plans as facts: complete, readable, and equal to what the gold annotations say of two of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from wulian.demo.planfiles import IndicatorLine, PlanFile, TargetLine, TaskLine, plan_files, read_target, units
from wulian.demo.plans import names_of
from wulian.foundation.catalogue import metrics
from wulian.rulebook.regions import regions

PLANS = {plan.key: plan for plan in plan_files()}
GOLD = {"hongqiao-2020-2022": "002_3b22102abfde4f0c", "tianjin-2025-2027": "003_4e42376db48fd658"}


def flat(plan: PlanFile) -> list[IndicatorLine]:
    return [line for one in plan.indicators for line in (one.components or (one,))]


def walk(tasks: tuple[TaskLine, ...]) -> Iterator[TaskLine]:
    for task in tasks:
        yield task
        yield from walk(task.children)


def gold(shared: Path, key: str, what: str) -> list[dict]:
    text = (shared / "gold" / f"{GOLD[key]}.{what}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def plain(text: str) -> str:
    return text.translate(str.maketrans("（），：", "(),:"))


def test_parents_and_predecessors_come_first() -> None:
    seen: set[str] = set()
    for plan in plan_files():
        assert {plan.parent, plan.predecessor} - {""} <= seen
        seen.add(plan.key)
    assert len(seen) == 5


def test_the_tables_are_complete() -> None:
    zone = PLANS["binhai-hitech-2021-2025"]
    table = [line for line in zone.indicators if line.group != "正文目标"]
    assert Counter(line.group for line in table) == {"经济发展": 9, "产业发展": 5, "创新发展": 9, "产城融合": 11, "开放合作": 3}
    assert sum(line.attribute == "binding" for line in table) == 4
    assert {line.attribute for line in table} == {"expected", "binding"}
    hongqiao = [line for line in PLANS["hongqiao-2020-2022"].indicators if line.group == "年度分解表"]
    assert [[target.year for target in line.targets] for line in hongqiao] == [[2020, 2021, 2022]] * 8
    assert {key: sum(1 for _task in walk(plan.tasks)) for key, plan in PLANS.items()} == {
        "tianjin-2021-2025": 123,
        "binhai-hitech-2021-2025": 148,
        "hongqiao-2020-2022": 7,
        "tianjin-2025-2027": 27,
        "hongqiao-2026-2030": 28,
    }


@pytest.mark.parametrize("key", GOLD)
def test_targets_are_those_of_the_gold_annotations(shared: Path, key: str) -> None:
    plan = PLANS[key]
    rows = gold(shared, key, "indicators")
    wanted = {
        (Decimal(str(row["value"])) if row["value"] is not None else None, row["unit"] or "", row["year"] or plan.last_year) for row in rows
    }
    written = {(target.value, line.unit, target.year) for line in flat(plan) for target in line.targets}
    assert {row for row in wanted if row[0] is not None} <= written
    # Yearly quotas are written for each year of the plan; everything else is nothing but what the annotations have.
    last = {row for row in written if row[0] is not None and (key != "tianjin-2025-2027" or row[2] == plan.last_year)}
    assert last <= wanted


@pytest.mark.parametrize("key", GOLD)
def test_tasks_are_those_of_the_gold_annotations(shared: Path, key: str) -> None:
    written = [(plain(t.number), t.title, plain(t.section), list(t.lead), list(t.participants)) for t in walk(PLANS[key].tasks)]
    rows = gold(shared, key, "tasks")
    assert written == [(plain(r["id"]), r["title"], plain(r["section"] or ""), r["lead"], r["participants"]) for r in rows]


def test_no_sentence_of_a_plan_is_kept() -> None:
    for plan in plan_files():
        texts = [text for line in flat(plan) for text in (line.name, line.scope_note)] + [task.title for task in walk(plan.tasks)]
        assert [text for text in texts if "。" in text] == []


def test_fields_fit_their_columns() -> None:
    for plan in plan_files():
        assert len(plan.title) <= 200
        assert len(plan.short_title) <= 60
        for line in (*plan.indicators, *flat(plan)):
            assert len(line.name) <= 120
            assert len(line.scope_note) <= 200
            assert len(line.unit) <= 20
            assert len(line.group) <= 60
        assert max(len(f"{task.number} {task.title}") for task in walk(plan.tasks)) <= 200


def test_metrics_exist_and_share_the_unit() -> None:
    for plan in plan_files():
        for line in flat(plan):
            if line.metric:
                assert metrics.get(line.metric).unit == line.unit


def test_a_chain_takes_one_indicator_of_a_plan_and_spans_plans() -> None:
    uses: Counter[str] = Counter()
    for plan in plan_files():
        chains = [line.chain for one in plan.indicators for line in (one, *one.components) if line.chain]
        assert len(chains) == len(set(chains)), plan.key
        uses.update(chains)
    assert {"高新技术企业", "科技型中小企业", "雏鹰企业", "瞪羚企业", "技术合同成交额", "研发投入强度", "孵化载体"} <= {
        c for c, n in uses.items() if n >= 3
    }


def test_every_unit_named_is_known() -> None:
    known = {(unit.region, name) for unit in units() for name in names_of(unit)}
    parents = {region.code: region.parent for region in regions()}
    missing = []
    for plan in plan_files():
        named = {line.owner for line in flat(plan)} | {name for task in walk(plan.tasks) for name in (*task.lead, *task.participants)}
        for name in named - {"", "各区人民政府", "有关区人民政府", "相关区人民政府"}:
            region: str | None = plan.region
            while region and (region, name) not in known:
                region = parents[region]
            if region is None:
                missing.append((plan.key, name))
    assert missing == []


def test_masked_and_assigned_targets_have_no_number() -> None:
    states = Counter(target.number_state for plan in plan_files() for line in flat(plan) for target in line.targets)
    assert states["masked"] == 2
    assert states["assigned"] == 6
    assert states["qualitative"] > 5
    assert all(
        (target.value is None) == (target.number_state != "numbered") for p in plan_files() for line in flat(p) for target in line.targets
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (102, [TargetLine(2022, "final", Decimal(102))]),
        (">=2.2", [TargetLine(2022, "final", Decimal("2.2"), ">=")]),
        (">2600", [TargetLine(2022, "final", Decimal(2600), ">")]),
        ("+5", [TargetLine(2022, "final", Decimal(5), "increase")]),
        ("<=12", [TargetLine(2022, "final", Decimal(12), "<=")]),
        (-1.5, [TargetLine(2022, "final", Decimal("-1.5"))]),
        ("masked", [TargetLine(2022, "final", None, number_state="masked")]),
        (
            "800..1000",
            [TargetLine(2022, "final", Decimal(800), ">="), TargetLine(2022, "final", Decimal(1000), "<=", tier="upper")],
        ),
    ],
)
def test_writing_of_targets(written: object, expected: list[TargetLine]) -> None:
    assert list(read_target(2022, written, "final")) == expected


@pytest.mark.parametrize("written", ["", "about 5", "5 家", "*", "800..", "=>5"])
def test_unreadable_targets_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a target"):
        list(read_target(2022, written, "final"))
