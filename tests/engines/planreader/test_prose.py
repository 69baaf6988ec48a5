"""How single sentences are read: wording by wording."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.planreader.helpers import one, read_text

HEAD = "某市科技创新三年行动计划（2024—2026年）\n一、行动目标\n"


@pytest.mark.parametrize(
    ("sentence", "name", "value", "comparator", "unit"),
    [
        ("研发投入强度达到3.2%以上。", "研发投入强度", 3.2, ">=", "%"),
        ("研发投入强度不低于3.2%。", "研发投入强度", 3.2, ">=", "%"),
        ("技术合同成交额突破２６０亿元。", "技术合同成交额", 260, ">", "亿元"),
        ("技术合同成交额超过1,260亿元。", "技术合同成交额", 1260, ">", "亿元"),
        ("城镇调查失业率控制在5.5%以内。", "城镇调查失业率", 5.5, "<=", "%"),
        ("单位产值能耗下降到0.4吨标准煤/万元。", "单位产值能耗", 0.4, "=", "吨标准煤/万元"),
        ("占地区生产总值比重提高2个百分点。", "占地区生产总值比重", 2, "increase", "个百分点"),
        ("新增省级实验室12家。", "新增省级实验室数", 12, "increase", "家"),
        ("新增12家省级实验室。", "新增省级实验室数", 12, "increase", "家"),
        ("全市创新能力指数排名进入全国前二十。", "创新能力指数排名", 20, "<=", None),
        ("城市创新指数位居全国第十五位。", "城市创新指数", 15, "=", "位"),
        ("引进高层次人才千余名。", "高层次人才", 1000, ">", "名"),
        ("科技型中小企业达到1.5万家。", "科技型中小企业", 1.5, "=", "万家"),
        ("培育高新技术企业*家。", "高新技术企业", None, None, "家"),
        ("产业规模实现千亿元。", "产业规模", 1000, "=", "亿元"),
        ("建设15个大数据试验区。", "大数据试验区数", 15, "=", "个"),
        ("建设3个运营规范、具有一定影响力的开源社区。", "开源社区数", 3, "=", "个"),
        ("力争5个县（区）成功创建示范区。", "创建示范区县(区)数", 5, "=", "个"),
        ("指导4家生态旅游区申报示范。", "生态旅游区数", 4, "=", "家"),
        ("分批次启动青石山、白水河等10个景区建设。", "景区", 10, "=", "个"),
        ("新增智能织造工程中心、船用装备实验室等9家市级平台。", "新增市级平台数", 9, "increase", "家"),
        ("培育8个百亿企业。", "百亿企业数", 8, "=", "个"),
        ("审批时间缩短至100个工作日内。", "审批时间", 100, "<=", "个工作日"),
        ("劳动年龄人口平均受教育年限提高到11.7年。", "平均受教育年限", 11.7, "=", "年"),
        ("高新技术企业占规上企业比例达到三分之一。", "占规上企业比例", 0.333333, "=", None),
    ],
)
def test_wording(sentence: str, name: str, value: float | None, comparator: str | None, unit: str | None) -> None:
    item = one(read_text(HEAD + sentence), name)
    assert (item.value, item.comparator, item.unit) == (value, comparator, unit)
    assert item.year == 2026


@pytest.mark.parametrize(
    "sentence",
    [
        "对首次认定的企业给予20万元奖励。",
        "对年销售额超过2000万元的企业，按增量的3%给予补助。",
        "聚焦八大领域，实施五大工程，打造一谷三区。",
        "成立6个工作专班，建立三个机制。",
        "布局8英寸生产线，推广5G应用，兼容X86架构。",
        "按照《关于加快发展的意见》（国发〔2021〕12号）执行。",
        "实施“百名人才”培养工程，落实“四个一批”机制。",
        "每人限购买1套住房，3年后方可转让。",
        "2024年5月16日召开会议。",
        "由某公司牵头，联合26家单位组建。",
        "新规划主要指标增至12项。",
        "力争用5年时间走在前列。",
    ],
)
def test_what_is_no_indicator(sentence: str) -> None:
    assert [(item.name, item.value) for item in read_text(HEAD + sentence).indicators] == []


def test_a_list_with_respectively_gives_each_name_its_number() -> None:
    plan = read_text(HEAD + "雏鹰、瞪羚等高成长企业持续涌现，分别达到750家、80家。")
    assert [(item.name, item.value) for item in plan.indicators] == [("雏鹰企业数", 750), ("瞪羚企业数", 80)]


def test_a_list_with_each_repeats_the_number() -> None:
    plan = read_text(HEAD + "建成国家级孵化器、国家级众创空间各2家。")
    assert [(item.name, item.value) for item in plan.indicators] == [("国家级孵化器数", 2), ("国家级众创空间数", 2)]


def test_a_restated_figure_is_one_line() -> None:
    plan = read_text(HEAD + "到2026年，高新技术企业总量突破100家，达到102家。")
    assert [(item.value, item.comparator) for item in plan.indicators] == [(102, "=")]


def test_a_rise_gives_the_older_value_as_baseline() -> None:
    plan = read_text("某市“十五五”规划\n一、发展基础\n高新技术企业从2020年末的168家增长到2025年末的267家。")
    assert [(item.value, item.year, item.kind) for item in plan.indicators] == [(168, 2020, "baseline"), (267, 2025, "actual")]


def test_a_range_is_two_lines() -> None:
    plan = read_text(HEAD + "每年选派800至1000名科技特派员。")
    assert [(item.value, item.comparator, item.kind) for item in plan.indicators] == [(800, ">=", "per_year"), (1000, "<=", "per_year")]


def test_quarterly_milestones_keep_their_own_years() -> None:
    plan = read_text(HEAD + "到2025年，基站数达到10万个；到2026年，达到15万个。")
    assert [(item.value, item.year) for item in plan.indicators] == [(10, 2025), (15, 2026)]


def test_a_standing_rule_has_no_year() -> None:
    plan = read_text(HEAD + "验收专家中企业专家占比一般不低于60%。")
    assert [(item.value, item.year) for item in plan.indicators] == [(60, None)]


def test_a_statement_without_number_is_kept_without_number() -> None:
    plan = read_text(HEAD + "高新技术企业数量占企业法人比重保持全国前列，建立研发机构、开展研发活动的企业比例均显著提升。")
    assert [(item.value, item.comparator) for item in plan.indicators] == [(None, None), (None, "increase"), (None, "increase")]


# --- any text -------------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "到2025年",
        "达到",
        "突破",
        "新增",
        "累计",
        "每年",
        "分别",
        "各",
        "占",
        "、",
        "，",
        "。",
        "；",
        "\n",
        "：",
        "（",
        "）",
        "“",
        "”",
        "〔",
        "〕",
        "《",
        "》",
        "*",
        "%",
        "个百分点",
        "家",
        "万家",
        "亿元",
        "项",
        "名",
        "第",
        "前",
        "位",
        "一",
        "十",
        "千",
        "百",
        "万",
        "亿",
        "3",
        "12",
        "1.5",
        "2,600",
        "-",
        "—",
        "～",
        "至",
        "高新技术企业",
        "研发投入强度",
        "技术合同成交额",
        "指标",
        "单位",
        "2020年",
        "属性",
        "预期性",
        "一、",
        "（一）",
        "1.",
        "——",
        "第一章",
        "表1",
        "牵头",
        "负责",
        "市科技局",
        "其中",
        "从",
        "由",
        "增长",
        "倍",
        "\t",
        "３",
        "％",
        "余",
        "以上",
        "以内",
        "的",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=60).map("".join)))
def test_any_text_is_read_and_every_place_holds_its_number(text: str) -> None:
    from wulian.engines.planreader.build import from_text
    from wulian.engines.planreader.reader import read_plan

    plan = read_plan(from_text(text))
    printed = plan.document.text
    for item in plan.indicators:
        low, high = item.span
        assert 0 <= low < high <= len(printed)
        source = printed[low:high]
        if item.masked:
            assert "*" in source or "＊" in source
        elif item.value is not None:
            assert any(char.isdigit() or char in "零一二两三四五六七八九十百千万亿〇○壹贰叁肆伍翻" for char in source)
    for task in plan.tasks:
        assert 0 <= task.span[0] <= task.span[1] <= len(printed)
    for finding in plan.findings:
        assert finding.spans
        assert all(0 <= start <= end <= len(printed) for start, end in finding.spans)


@pytest.mark.parametrize(
    "damage", ["1" * 4000, "1," * 2000, "(" * 4000, "一" * 4000, "*" * 4000, "企业达到100家、" * 300], ids=lambda text: text[:4]
)
def test_a_page_run_together_is_cut_and_read(damage: str) -> None:
    plan = read_text(f"{HEAD}{damage}\n研发投入强度达到3%。")
    assert [item.value for item in plan.indicators if item.unit == "%"] == [3]


@settings(max_examples=60, deadline=None)
@given(
    value=st.integers(min_value=1, max_value=99999),
    unit=st.sampled_from(["家", "项", "件", "亿元", "万平方米", "个"]),
    wide=st.booleans(),
)
def test_a_plain_sentence_gives_back_its_number(value: int, unit: str, wide: bool) -> None:
    digits = str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９")) if wide else str(value)
    plan = read_text(f"{HEAD}到2025年，全市创新平台总量达到{digits}{unit}。")
    assert [(item.value, item.unit, item.year) for item in plan.indicators] == [(value, unit, 2025)]
    assert plan.document.text[slice(*plan.indicators[0].span)] == f"{digits}{unit}"
