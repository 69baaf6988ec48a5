"""Indicator tables in the layouts that plans print and pages flatten."""

from __future__ import annotations

import pytest

from tests.engines.planreader.helpers import read_text
from wulian.engines.planreader import Plan

HEAD = "东山市科技创新“十四五”规划\n一、发展目标\n"
AFTER = "\n二、重点任务\n"


def read(table: str) -> Plan:
    return read_text(HEAD + table + AFTER)


def cells(plan: Plan) -> list[tuple[str, float | None, str | None, int | None, str]]:
    return [(item.name, item.value, item.unit, item.year, item.kind) for item in plan.indicators if item.from_table]


SIMPLE = [
    ("高新技术企业", 320, "家", 2020, "baseline"),
    ("高新技术企业", 800, "家", 2025, "target"),
    ("研发强度", 2.1, "%", 2020, "baseline"),
    ("研发强度", 3.0, "%", 2025, "target"),
]


@pytest.mark.parametrize(
    "table",
    [
        "指标\t单位\t2020年\t2025年\n高新技术企业\t家\t320\t800\n研发强度\t%\t2.1\t3.0",
        "类别\t指标\t“十三五”末\t“十四五”末\n创新\t高新技术企业（家）\t320\t800\n\t研发强度（%）\t2.1\t3.0",
        "| 指标 | 2020年 | 2025年 |\n|---|---|---|\n| 高新技术企业（家） | 320 | 800 |\n| 研发强度（%） | 2.1 | 3.0 |",
        "指标          2020年     2025年\n高新技术企业（家）     320     800\n研发强度（%）     2.1     3.0",
        "指标\n2020年基数\n2025年目标\n高新技术企业（家）\n320\n800\n研发强度（%）\n2.1\n3.0",
        "序号\n指标\n单位\n2020年\n2025年\n1\n高新技术企业\n家\n320\n800\n2\n研发强度\n%\n2.1\n3.0",
        "类别\n指标\n2020年\n2025年\n属性\n投入\n高新技术企业\n（家）\n320\n800\n预期性\n产出\n研发强度（%\n2.1\n3.0\n约束性",
        "序号\n指标\n单位\n2020年\n2025年\n责任部门\n1\n高新技术企业\n家\n320\n800\n市科技局\n市工信局\n2\n研发强度\n%\n2.1\n3.0\n市科技局",
    ],
    ids=["tabs", "five-year ends", "bars", "wide gaps", "flattened", "serial and unit", "broken unit and attribute", "trailing units"],
)
def test_one_table_in_every_layout(table: str) -> None:
    assert cells(read(table)) == SIMPLE


def test_consecutive_years_are_yearly_targets() -> None:
    plan = read("指标\t2023年\t2024年\t2025年\n技术合同额\t200亿元\t250亿元\t300亿元")
    assert cells(plan) == [("技术合同额", value, "亿元", year, "annual_target") for value, year in ((200, 2023), (250, 2024), (300, 2025))]


def test_a_blank_baseline_leaves_the_target_where_it_belongs() -> None:
    flattened = read("指标\n2020年\n2025年\n高新技术企业（家）\n800\n研发强度（%）\n2.1\n3.0")
    assert cells(flattened) == [("高新技术企业", 800, "家", 2025, "target"), *SIMPLE[2:]]
    tabbed = read("指标\t2020年\t2025年\n高新技术企业（家）\t\t800\n研发强度（%）\t2.1\t3.0")
    assert cells(tabbed) == cells(flattened)


def test_composite_cells_give_one_line_per_part() -> None:
    flattened = (
        "指标\n2020年\n2025年\n属性\n高成长（雏鹰企业、瞪羚企业）企业数（家）\n雏鹰：534\n瞪羚：50\n雏鹰：750\n瞪羚：80（含新增）\n预期性"
    )
    inline = "指标\t2020年\t2025年\n高成长（雏鹰企业、瞪羚企业）企业数（家）\t雏鹰：534 瞪羚：50\t雏鹰：750；瞪羚：80\n"
    for table in (flattened, inline):
        assert [line[:4] for line in cells(read(table))] == [
            ("雏鹰企业数", 534, "家", 2020),
            ("瞪羚企业数", 50, "家", 2020),
            ("雏鹰企业数", 750, "家", 2025),
            ("瞪羚企业数", 80, "家", 2025),
        ]


def test_two_scopes_in_a_cell_are_two_lines_and_a_roster_is_none() -> None:
    plan = read(
        "指标\n2020年\n2025年\n属性\n新兴产业占比（%）\n51.5（占本区）\n2.05（占全市）\n55（占本区）\n预期性\n领军企业（家）\n2（甲公司、乙公司）\n4（甲公司等）\n预期性"
    )
    assert [line[:4] for line in cells(plan)] == [
        ("新兴产业占比(占本区)", 51.5, "%", 2020),
        ("新兴产业占比(占全市)", 2.05, "%", 2020),
        ("新兴产业占比(占本区)", 55, "%", 2025),
        ("领军企业", 2, "家", 2020),
        ("领军企业", 4, "家", 2025),
    ]


def test_a_target_set_from_above_has_no_number_and_is_never_zero() -> None:
    plan = read("指标\n2020年\n2025年\n属性\n单位GDP能耗降低（%）\n—\n完成上级下达任务\n约束性\n境外机构（家）\n0\n*\n预期性")
    assert [(item.name, item.value, item.assigned, item.masked, item.attribute) for item in plan.indicators] == [
        ("单位GDP能耗降低", None, False, False, "约束性"),
        ("单位GDP能耗降低", None, True, False, "约束性"),
        ("境外机构", 0, False, False, "预期性"),
        ("境外机构", None, False, True, "预期性"),
    ]


def test_brackets_are_sums_over_the_period() -> None:
    plan = read("指标\t2020年\t2025年\n单位GDP能耗降低（%）\t—\t〔13.5〕\n新增就业（万人）\t5\t[25]")
    assert [line for line in cells(plan) if line[1] in {13.5, 25}] == [
        ("单位GDP能耗降低", 13.5, "%", 2025, "cumulative"),
        ("新增就业", 25, "万人", 2025, "cumulative"),
    ]


def test_bars_that_close_lines_long_notes_in_headings_and_half_lost_brackets() -> None:
    table = (
        "指标 |\n2020年基期值（起始日期用作比较的数据） |\n2025年目标值（各项目标应达到的水平） |\n年均增（5年累计） |\n"
        "高标准农田面积（万亩） |\n80 |\n107.5 |\n[27.5) |\n机械化率（%） |\n一 |\n>75 |\n（4） |"
    )
    assert cells(read(table)) == [
        ("高标准农田面积", 80, "万亩", 2020, "baseline"),
        ("高标准农田面积", 107.5, "万亩", 2025, "target"),
        ("高标准农田面积累计", 27.5, "万亩", 2025, "cumulative"),
        ("机械化率", None, "%", 2020, "baseline"),
        ("机械化率", 75, "%", 2025, "target"),
        ("机械化率累计", 4, "%", 2025, "cumulative"),
    ]


def test_bounds_in_cells() -> None:
    plan = read(
        "指标\t2020年\t2025年\n失业率（%）\t5.2\t<5.5\n机械化率（%）\t80\t≥85\n浓度（微克/立方米）\t35\t30以下\n强度（%）\t2\t2.5-3"
    )
    assert [(item.value, item.comparator) for item in plan.indicators if item.year == 2025] == [
        (5.5, "<"),
        (85, ">="),
        (30, "<="),
        (2.5, ">="),
        (3, "<="),
    ]


def test_a_table_of_something_else_is_left_alone() -> None:
    plan = read("姓名\t职务\t电话\n张三\t局长\t12345678\n李四\t副局长\t87654321")
    assert cells(plan) == []
