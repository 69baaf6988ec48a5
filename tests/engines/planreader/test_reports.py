"""Reports on a past year, sentences that announce aims, and background years: whose year a figure is and whether it is a result."""

from __future__ import annotations

import pytest

from tests.engines.planreader.helpers import one, read_text
from wulian.engines.planreader import Plan


def lines(plan: Plan) -> list[tuple[str, float | None, int | None, str]]:
    return [(item.name, item.value, item.year, item.kind) for item in plan.indicators]


RESULTS = "预计全年地区生产总值完成210亿元，增长6.5%；一般公共预算收入12.4亿元，增长4%。\n"
AIMS = "今年经济社会发展的主要预期目标是：地区生产总值增长7%左右，城镇新增就业3000人以上。\n"


@pytest.mark.parametrize(
    ("opening", "past"),
    [
        ("政府工作报告\n——2023年12月20日在青河县第十九届人民代表大会第三次会议上\n", 2023),
        ("政府工作报告\n2024年1月16日在青河县第十九届人民代表大会第三次会议上\n", 2023),
        ("青河县2023年国民经济和社会发展计划执行情况与2024年计划\n", 2023),
        ("青河县2023年国民经济和社会发展计划执行情况及2024年国民经济和社会发展计划草案的报告\n", 2023),
    ],
    ids=["read in December", "read in January", "execution of the plan", "draft plan"],
)
def test_a_report_tells_results_first_and_then_aims(opening: str, past: int) -> None:
    filler = "各位代表：现在，我代表县人民政府报告工作，请予审议。" + "面对复杂形势，全县上下攻坚克难，经济运行总体平稳。" * 12 + "\n"
    plan = read_text(opening + filler + RESULTS + "二、工作安排\n" + AIMS)
    assert lines(plan) == [
        ("地区生产总值", 210, past, "actual"),
        ("地区生产总值增长", 6.5, past, "actual"),
        ("一般公共预算收入", 12.4, past, "actual"),
        ("一般公共预算收入增长", 4, past, "actual"),
        ("地区生产总值增长", 7, past + 1, "target"),
        ("城镇新增就业数", 3000, past + 1, "cumulative"),
    ]


def test_a_summary_of_a_year_tells_its_results() -> None:
    body = "一、2024年工作总结\n（一）强主体。今年以来，新增省级平台7家、重点实验室4家。\n二、2025年工作打算\n（一）育企业。高新技术企业达到90家。\n"
    for title in ("某区科技局2024年工作总结及2025年工作打算", "某区科技局2024年工作总结"):
        assert [line[1:] for line in lines(read_text(f"{title}\n{body}"))] == [
            (7, 2024, "actual"),
            (4, 2024, "actual"),
            (90, 2025, "target"),
        ]


def test_a_rank_in_a_clause_of_its_own_belongs_to_the_figure_before_it() -> None:
    plan = read_text("某市“十三五”规划\n一、发展基础\n高新技术企业总量104家，占规上企业的比重达到14.4%，在全省排名第三位。\n")
    assert lines(plan)[-1] == ("高新技术企业总量占规上企业的比重", 3, 2015, "actual")


def test_an_announced_aim_is_one_although_its_year_stands_alone() -> None:
    plan = read_text(
        "报告分三部分：一、过去五年回顾；二、对2024年政府工作的建议。\n报告指出，2024年发展主要预期目标是：粮食产量60万吨左右。\n"
    )
    assert lines(plan) == [("粮食产量", 60, 2024, "target")]


@pytest.mark.parametrize("words", ["在2022年的基础上", "与2022年相比", "以2022年为基数"])
def test_a_background_year_is_not_the_year_of_the_aim(words: str) -> None:
    plan = read_text(
        f"某区行动方案（2023—2027年）\n到2027年，全区规上企业和创新型企业{words}实现“双提升”，分别超过60家和400家；研发投入强度超3%。\n"
    )
    assert lines(plan) == [
        ("全区规上企业数", 60, 2027, "target"),
        ("创新型企业数", 400, 2027, "target"),
        ("研发投入强度", 3, 2027, "target"),
    ]


@pytest.mark.parametrize("verb", ["跃居", "跃升至", "挺进", "晋升至"])
def test_a_rank_belongs_to_what_the_clause_before_speaks_of(verb: str) -> None:
    plan = read_text(f"某区行动方案（2023—2027年）\n到2027年，科技进步评价位次实现“争先进位”，{verb}全省前30位。\n")
    assert lines(plan) == [("科技进步评价位次", 30, 2027, "target")]


def test_a_share_and_a_sum_after_a_long_opening() -> None:
    plan = read_text(
        "某省行动方案（2024—2026年）\n“四个倍增”——全社会研究与试验发展经费投入占地区生产总值比重增加一倍，达到1.4%；省级项目立项数量大幅增加，三年累计突破600个。\n"
    )
    assert lines(plan) == [
        ("全社会研究与试验发展经费投入占地区生产总值比重", 1.4, 2026, "target"),
        ("省级项目立项数量", 600, 2026, "cumulative"),
    ]


def test_what_a_figure_is_counted_against_is_no_figure() -> None:
    plan = read_text("某区行动方案（2023—2027年）\n每亿元产值用水量、用电量分别下降8.2%、4.8%。\n")
    assert lines(plan) == [("每亿元产值用水量下降", 8.2, 2027, "target"), ("用电量下降", 4.8, 2027, "target")]


def test_a_measure_word_with_nothing_but_and_so_on_behind_it() -> None:
    assert one(read_text("某区行动方案（2023—2027年）\n投资科创项目超80个等。\n"), "科创项目").value == 80


def test_shares_with_any_colon() -> None:
    plan = read_text("某县规划（2021—2025年）\n三次产业比调整为11.8︰48.3︰39.9。\n")
    assert [item.value for item in plan.indicators] == [11.8, 48.3, 39.9]


@pytest.mark.parametrize(("opening", "year"), [("“十三五”期间", 2020), ("2019年", 2019)])
def test_a_past_time_rules_the_sentences_behind_it(opening: str, year: int) -> None:
    plan = read_text(
        f"某区“十四五”规划\n{opening}，创新能力持续提升。研发投入强度提高至3.6%，为全市平均水平的2倍。到2025年，研发投入强度达到4%。\n"
    )
    assert lines(plan) == [("研发投入强度", 3.6, year, "actual"), ("研发投入强度", 4, 2025, "target")]


def test_a_horizon_outlives_a_broken_paragraph_and_no_heading() -> None:
    text = "某省2025年前工作方案（2021—2025年）\n一、目标\n到2025年，森林覆盖率达到24%。到2030年，绿色转型取得显著成效。\n森林覆盖率达到25%。\n{}森林蓄积量达到19亿立方米。\n"
    assert [line[2] for line in lines(read_text(text.format("二、任务\n")))] == [2025, 2030, 2025]


def test_words_and_figures_split_by_a_narrow_column() -> None:
    plan = read_text(
        "某区2022年国民经济和社会发展计划执行情况及2023年计划\n2022年，全区深入贯 彻落实决策部 署，统筹发展和 安全，经济运行总 体平稳，全区地 区生产总值达113.5亿元、同比 增长0.6%，"
        "服务业增加值73.2亿元、增 长-2.8%，社会消费品零 售总额44.3亿元、与上年持平，一般公 共预算收入9.5亿元、同口径增 长11.7%；城乡居 民人均可支配收入分别实现58113 元、36849元。\n"
    )
    assert [(name, value) for name, value, year, kind in lines(plan) if (year, kind) == (2022, "actual")] == [
        ("全区地区生产总值", 113.5),
        ("全区地区生产总值同比增长", 0.6),
        ("服务业增加值", 73.2),
        ("服务业增加值增长", -2.8),
        ("社会消费品零售总额", 44.3),
        ("一般公共预算收入", 9.5),
        ("一般公共预算收入同口径增长", 11.7),
        ("城镇居民人均可支配收入", 58113),
        ("农村居民人均可支配收入", 36849),
    ]
    assert len(plan.indicators) == 9


def test_two_ranks_of_one_figure() -> None:
    plan = read_text("某市2024年国民经济和社会发展计划\n一、2023年计划执行情况\n一般公共预算收入41.5亿元，增长6.4%，分居全省第4、第3位。\n")
    assert [item.value for item in plan.indicators] == [41.5, 6.4, 4, 3]


def test_one_base_year_serves_a_sentence_and_a_rank_its_own_figure() -> None:
    plan = read_text(
        "某省政府工作报告\n——2023年1月11日在某省第十四届人民代表大会第一次会议上\n一、过去五年工作回顾\n"
        "全省生产总值从2017年的3.06万亿元增长到2022年的4.2万亿元，财政收入从3233亿元增长到4084亿元。铁路总里程达到8050公里、居全国第二位。\n"
    )
    assert lines(plan) == [
        ("全省生产总值", 3.06, 2017, "baseline"),
        ("全省生产总值", 4.2, 2022, "actual"),
        ("财政收入", 3233, 2017, "baseline"),
        ("财政收入", 4084, 2022, "actual"),
        ("铁路总里程", 8050, 2022, "actual"),
        ("铁路总里程", 2, 2022, "actual"),
    ]


def test_years_under_a_heading_of_aims_make_the_period_of_a_plan_without_one() -> None:
    plan = read_text(
        "某市学前教育意见\n1、发展目标。\n2027年，全市入园率达到96%以上，县（市）达到92%以上。\n2030年，全市入园率达到98%以上。\n"
    )
    assert plan.period == (2027, 2030)
    assert lines(plan) == [("全市入园率", 96, 2027, "target"), ("县(市)入园率", 92, 2027, "target"), ("全市入园率", 98, 2030, "target")]


def test_the_size_of_a_town_is_no_aim() -> None:
    assert lines(read_text("某省规划（2021—2025年）\n加快300万以上人口城市轨道交通成网，推动20万人口以上县城通高速。\n")) == []


def test_a_report_on_a_report_takes_the_later_year_as_its_own() -> None:
    plan = read_text(
        "省长作政府工作报告。\n2023年经济社会发展主要目标任务圆满完成，城镇调查失业率平均为5.2%。\n有关2024年经济社会发展总体要求，报告作出部署。\n今年发展主要预期目标：粮食产量60万吨以上。\n"
    )
    assert lines(plan) == [("城镇调查失业率", 5.2, 2023, "actual"), ("粮食产量", 60, 2024, "target")]


def test_a_text_that_is_no_plan_goes_on_with_its_year() -> None:
    plan = read_text("某省创新评价\n2022年，全省研发经费307亿元，增长10.1%。\n分类型看，基础研究经费20亿元，占比为6.5%。\n")
    assert {line[2:] for line in lines(plan)} == {(2022, "actual")}


def test_aims_set_from_above_that_are_kept_within() -> None:
    plan = read_text("某县规划（2021—2025年）\n单位生产总值能耗、主要污染物排放控制在省市下达目标之内。\n")
    assert [(item.name, item.value, item.assigned) for item in plan.indicators] == [
        ("单位生产总值能耗", None, True),
        ("主要污染物排放", None, True),
    ]
