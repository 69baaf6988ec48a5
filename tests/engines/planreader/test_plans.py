"""Invented plans of other places, kinds and layouts: what must be read, and that nothing else is."""

from __future__ import annotations

import pytest

from tests.engines.planreader.helpers import Expected, missing, read_file

CASES: dict[str, tuple[tuple[int, int], int, list[Expected]]] = {
    "province_digital.txt": (
        (2021, 2025),
        42,
        [
            ("数字经济增加值", 1.2, "万亿元", 2020, "actual"),
            ("占地区生产总值比重", 38.6, "%", 2020, "actual"),
            ("占地区生产总值比重", 11.3, "个百分点", 2020, "actual"),
            ("营业收入年均增长", 12.4, "%", 2020, "actual"),
            ("5G基站数", 4.2, "万个", 2020, "actual"),
            ("高新技术企业", 1320, "家", 2015, "baseline"),
            ("高新技术企业", 5860, "家", 2020, "actual"),
            ("高新技术企业", 9, "位", 2020, "actual"),
            ("数字经济规模翻番", 2, "倍", 2025, "target"),
            ("数字经济规模", 2.5, "万亿元", 2025, "target"),
            ("每万人口高价值发明专利拥有量", 9.5, "件", 2025, "target"),
            ("新增国家级创新平台", 10, "个", 2025, "cumulative"),
            ("营业收入超百亿元企业", 8, "家", 2025, "target"),
            ("单位GDP能耗", 0.42, "吨标准煤/万元", 2025, "target"),
            ("数字经济规模", 6, "万亿元", 2035, "target"),
            ("5G基站数", 10, "万个", 2023, "target"),
            ("5G基站数", 15, "万个", 2025, "target"),
            ("规模以上工业企业", 80, "%", 2025, "target"),
            ("新增上云企业", 1, "万家", 2025, "per_year"),
            ("高新技术企业", 1.2, "万家", 2025, "target"),
            ("科技型中小企业", 2, "万家", 2025, "target"),
            ("国家级产业集群", 3, "个", 2025, "target"),
            ("国家级产业集群", 5, "个", 2025, "target"),
            ("研发机构覆盖率", None, "%", 2025, "target"),
        ],
    ),
    "city_biomedicine.txt": (
        (2024, 2026),
        35,
        [
            ("生物医药产业规模", 800, "亿元", 2026, "target"),
            ("年均增速", 15, "%", 2026, "target"),
            ("产值超10亿元企业", 12, "家", 2026, "target"),
            ("上市企业", 8, "家", 2026, "target"),
            ("临床批件", 15, "个", 2026, "cumulative"),
            ("标准厂房面积", 120, "万平方米", 2026, "target"),
            ("重点研发项目", 20, "项", 2026, "per_year"),
            ("百亿级企业", 1, "家", 2025, "target"),
            ("百亿级企业", 2, "家", 2026, "target"),
            ("专精特新中小企业", 60, "家", 2026, "cumulative"),
            ("融资成本", 0.5, "个百分点", 2026, "target"),
            ("产业规模", 520, "亿元", 2023, "baseline"),
            ("产业规模", 690, "亿元", 2025, "annual_target"),
            ("研发投入强度", 7.5, "%", 2026, "annual_target"),
            ("一类新药临床批件", None, "个", 2023, "baseline"),
        ],
    ),
    "county_report.txt": (
        (2024, 2024),
        43,
        [
            ("地区生产总值", 286.5, "亿元", 2023, "actual"),
            ("地区生产总值", 6.8, "%", 2023, "actual"),
            ("农村居民人均可支配收入", 19820, "元", 2023, "actual"),
            ("PM2.5平均浓度", 24, "微克/立方米", 2023, "actual"),
            ("地区生产总值增长", 6.5, "%", 2024, "target"),
            ("城镇居民人均可支配收入增长", 5, "%", 2024, "target"),
            ("农村居民人均可支配收入增长", 7.5, "%", 2024, "target"),
            ("单位GDP能耗下降", 2.5, "%", 2024, "target"),
            ("亩均税收", 18, "万元/亩", 2024, "target"),
            ("新增学位", 1500, "个", 2024, "cumulative"),
            ("床位", 200, "张", 2024, "cumulative"),
        ],
    ),
    "new_area_flattened.txt": (
        (2021, 2025),
        14,
        [
            ("全社会研发经费投入占地区生产总值比重", 2.85, "%", 2020, "baseline"),
            ("全社会研发经费投入占地区生产总值比重", 0.75, "%", 2025, "cumulative"),
            ("高新技术企业数量年均增速", 16, "%", 2025, "target"),
            ("技术合同成交额", 120, "亿元", 2025, "target"),
            ("能耗降低", None, "%", 2025, "target"),
        ],
    ),
    "city_outline.txt": (
        (2021, 2025),
        88,
        [
            ("三次产业结构", 10.2, None, 2020, "baseline"),
            ("三次产业结构", 48.1, None, 2020, "actual"),
            ("财政总收入", 1.6, "倍", 2020, "actual"),
            ("贫困人口", 3.6, "万人", 2020, "actual"),
            ("空气优良天数", 302, "天", 2020, "actual"),
            ("人均预期寿命", 80.5, "岁", 2025, "target"),
            ("平均受教育年限", 11.8, "年", 2025, "target"),
            ("婴幼儿托位数", 4.6, "个", 2025, "target"),
            ("粮食综合生产能力", 45, "亿斤", 2025, "target"),
            ("单位GDP能源消耗降低累计", 13.5, "%", 2025, "cumulative"),
            ("地区生产总值增长", 6.5, "%", 2025, "target"),
            ("集装箱吞吐量", 300, "万标箱", 2025, "target"),
            ("污水处理能力", 15, "万吨/日", 2025, "cumulative"),
            ("村占比", 90, "%", 2025, "target"),
        ],
    ),
    "district_measures.txt": (
        (2025, 2026),
        4,
        [
            ("全区高新技术企业", 1500, "家", 2026, "target"),
            ("新增省级以上创新平台", 10, "家", 2026, "cumulative"),
            ("科技成果转化基金规模", 10, "亿元", 2026, "target"),
            ("技术合同登记额年均增长", 20, "%", 2026, "target"),
        ],
    ),
    "new_area_opinions.txt": (
        (2024, 2028),
        26,
        [
            ("未来产业先导区", 2, "个", 2026, "target"),
            ("产业规模", 1500, "亿元", 2028, "target"),
            ("科技型中小企业", 300, "家", 2028, "cumulative"),
            ("独角兽企业", 5, "家", 2028, "cumulative"),
            ("未来产业基金规模", 50, "亿元", 2028, "target"),
            ("科技支出占一般公共预算支出比重", 6, "%", 2028, "target"),
            ("举办大型活动", 10, "场", 2028, "per_year"),
        ],
    ),
    "city_yearly_work.txt": (
        (2026, 2026),
        29,
        [
            ("研发经费支出", 42, "亿元", 2020, "baseline"),
            ("研发经费支出", 78, "亿元", 2025, "actual"),
            ("研发投入强度", 4, "位", 2025, "actual"),
            ("高新技术企业", 2.3, "倍", 2025, "actual"),
            ("低于全省平均水平", 5, "个百分点", 2025, "actual"),
            ("研发投入强度", 3.2, "%", 2026, "target"),
            ("新认定高新技术企业", 120, "家", 2026, "cumulative"),
            ("创建省级技术创新中心企业", 2, "家", 2026, "target"),
        ],
    ),
    "city_industry.txt": (
        (2025, 2027),
        29,
        [
            ("规上工业总产值", 3000, "亿元", 2027, "target"),
            ("工业投资", 500, "亿元", 2027, "cumulative"),
            ("规上工业增加值", 8.5, "%", 2026, "target"),
            ("研发投入强度", 2.2, "%", 2024, "baseline"),
            ("汽车产值", 1200, "亿元", 2027, "target"),
            ("装备产值", 600, "亿元", 2027, "target"),
            ("低空经济产业规模", 50, "亿元", 2027, "target"),
            ("净增规上工业企业", 200, "家", 2027, "per_year"),
        ],
    ),
    "county_ai.txt": (
        (2025, 2027),
        20,
        [
            ("独角兽企业", 3, "家", 2027, "target"),
            ("专精特新“小巨人”企业", 10, "家", 2027, "target"),
            ("产业基金规模", 20, "亿元", 2027, "target"),
            ("智能算力规模", 1000, "P", 2025, "target"),
            ("智能算力规模", 2000, "P", 2026, "target"),
            ("普及率", 60, "%", 2027, "target"),
            ("重点培育企业", 30, "家", 2027, "per_year"),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_invented_plan_is_read(name: str) -> None:
    period, most, expected = CASES[name]
    plan = read_file(name)
    assert plan.period == period
    assert missing(plan, expected) == []
    assert len(plan.indicators) <= most, [(item.name, item.value, item.unit) for item in plan.indicators]


def test_units_of_an_action_plan() -> None:
    tasks = {task.title: task for task in read_file("city_biomedicine.txt").tasks}
    assert tasks["建设高能级创新平台"].lead == []
    assert tasks["建设高能级创新平台"].participants == ["市科技局", "市发展改革委", "市卫生健康委"]
    assert tasks["加快关键技术攻关"].lead == ["市科技局"]
    assert tasks["加快关键技术攻关"].participants == ["市财政局", "市工业和信息化局"]
    assert tasks["培育龙头企业"].participants[-1] == "各县（市、区）人民政府"
    assert tasks["壮大中小企业"].participants == ["市工业和信息化局", "市地方金融监管局"]
    assert tasks["加强组织领导"].section == "三、保障措施"
    assert [task.level for task in tasks.values()] == [1] * 6


def test_a_plan_without_units_gives_its_heading_tree() -> None:
    tasks = read_file("province_digital.txt").tasks
    assert [(task.level, task.id, task.title) for task in tasks[:3]] == [
        (1, "第一章", "发展环境"),
        (2, "第一节", "发展基础"),
        (2, "第二节", "面临形势"),
    ]
    dash = next(task for task in tasks if task.title == "数字产业加快壮大")
    assert (dash.id, dash.section, dash.level, dash.n_targets) == ("——", "第二节 发展目标", 3, 4)


@pytest.mark.parametrize("name", ["province_digital.txt", "county_report.txt", "city_outline.txt", "district_measures.txt"])
def test_a_consistent_plan_has_no_findings(name: str) -> None:
    assert [item.zh for item in read_file(name).findings if item.code != "target_below_baseline"] == []
