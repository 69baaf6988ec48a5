"""Text taken from PDF and DOCX: lines cut at the page width, page numbers in the text, decimal headings, broken tables. Made-up texts."""

from __future__ import annotations

from tests.engines.planreader.helpers import missing, read_text

_PARAGRAPHS = [
    "“十三五”期间是丙市发展史上很不平凡的五年，全市上下坚持稳中求进，全力推进各项重点工作，既定目标任务如期实现，为今后的发展打下了坚实基础。",
    "1.1.1 综合实力大幅提升。全市生产总值从 2015 年的 1.2 万亿元上升到 2020 年的 1.9 万亿元，经济增速在同类城市中保持领先，人均生产总值超过 1.5 万美元。",
    "1.1.2 民生福祉持续增进。轨道交通运营线路总长达到 321 公里，路网布局更加完善，群众出行更加便捷，居民平均预期寿命达到 81.5 岁，城乡面貌焕然一新。",
]


def _wrapped(paragraphs: list[str]) -> list[str]:
    """Lines of 54 columns; a Chinese character takes two."""
    lines: list[str] = []
    for paragraph in paragraphs:
        lines.append("")
        for char in paragraph:
            if sum(1 + (other > "\u2000") for other in lines[-1]) >= 53:
                lines.append("")
            lines[-1] += char
    return lines


def test_wrapped_lines_are_joined_and_page_numbers_dropped() -> None:
    lines = ["丙市“十四五”规划纲要", "一、发展基础", "1.1 既定目标如期实现"]
    body = _wrapped(_PARAGRAPHS * 4)
    inner = [place for place, line in enumerate(body) if place > 3 and "\u4e00" <= line[0] <= "\u9fff"]
    for number, place in enumerate(inner[::7], start=1):
        body[place] = f"{number}{body[place]}"
    plan = read_text("\n".join([*lines, *body]))
    assert not missing(
        plan,
        [
            ("全市生产总值", 1.2, "万亿元", 2015, "baseline"),
            ("全市生产总值", 1.9, "万亿元", 2020, "actual"),
            ("人均生产总值", 1.5, "万美元", 2020, "actual"),
            ("轨道交通运营线路总长", 321, "公里", 2020, "actual"),
            ("平均预期寿命", 81.5, "岁", 2020, "actual"),
        ],
    )
    assert len(plan.indicators) == 20


def test_lines_of_their_own_stay_apart() -> None:
    text = "\n".join(f"{place}.第{place}项任务由有关部门分工落实，确保按时完成。" for place in range(1, 60))
    assert read_text(text).document.text == text


def test_rows_with_single_blanks() -> None:
    plan = read_text(
        "丁市“十四五”规划纲要\n表1 主要指标\n序号 “十四五”目标\n指标 单位 属性\n2025年 年均[累计]\n1 生产总值年均增长率 % 预期性 - 5左右\n万元/\n"
        "2 全员劳动生产率 预期性 21 -\n人\n3 外资企业总部数量 家 预期性 - [累计达到60]\n研发经费支出相当于\n4 % 预期性 3.5以上 -\n生产总值比例\n"
        "5 森林覆盖率 % 约束性 19.5 -\n第三章 主要任务\n"
    )
    assert not missing(
        plan,
        [
            ("生产总值年均增长率", 5, "%", 2025, "target"),
            ("全员劳动生产率", 21, "万元/人", 2025, "target"),
            ("外资企业总部数量", 60, "家", 2025, "cumulative"),
            ("研发经费支出相当于生产总值比例", 3.5, "%", 2025, "target"),
            ("森林覆盖率", 19.5, "%", 2025, "target"),
        ],
    )


def test_headings_of_a_flattened_table_broken_by_the_page() -> None:
    cells = "序号|项目类别|单位|“十三五”规划|目标|“十三五”完成|情况|完成率|1|整治河道|条|350|396|113%|2|新开河道|条|40|41|103%|3|建设管网|公里|2200|5000|227%"
    aims = (
        "序号|类别|主要指标|2020年现状|2025年目标|指标|属性|1|综合|治理|防洪达标率（%）|80|95|约束性|2|智能化监测率（%）|——|重点城市≥30|一般城市≥15|预期性|"
        "3|海绵城市面积比例（%）|设区市≥25|县级市≥20|设市城市≥55|其他县城≥25|预期性"
    )
    plan = read_text(
        "戊省“十四五”治涝规划\n一、现状\n表1 完成情况\n"
        + cells.replace("|", "\n")
        + "\n注：略。\n二、目标\n表2 主要指标\n"
        + aims.replace("|", "\n")
        + "\n"
    )
    assert not missing(
        plan,
        [
            ("整治河道", 350, "条", 2020, "target"),
            ("整治河道", 396, "条", 2020, "actual"),
            ("建设管网", 5000, "公里", 2020, "actual"),
            ("防洪达标率", 80, "%", 2020, "baseline"),
            ("防洪达标率", 95, "%", 2025, "target"),
            ("重点城市", 30, "%", 2025, "target"),
            ("一般城市", 15, "%", 2025, "target"),
            ("县级市", 20, "%", 2020, "baseline"),
            ("其他县城", 25, "%", 2025, "target"),
        ],
    )
    assert not any(item.value in {113, 103, 227} for item in plan.indicators)


def test_extents_and_nouns_behind_the_second_quantity() -> None:
    plan = read_text(
        "己区政府工作报告\n——2027年1月8日在己区第三次人民代表大会上\n一、2026年工作回顾\n一般预算收入完成17亿元，按可比口径增长13%。新建3万平方米标准厂房。\n"
        "二、2027年工作安排\n投资4.7亿元，完成65条、总长度57.9公里的城市道路改造。完成城区内178座10蒸吨以下锅炉淘汰。\n"
    )
    assert not missing(
        plan,
        [
            ("一般预算收入按可比口径增长", 13, "%", 2026, "actual"),
            ("标准厂房", 3, "万平方米", 2026, "actual"),
            ("城市道路改造", 65, "条", 2027, "target"),
        ],
    )
    assert not any(item.name == "投资" or item.value == 178 for item in plan.indicators)
