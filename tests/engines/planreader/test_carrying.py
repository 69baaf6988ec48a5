"""How year and kind are carried where a text gives no period in its title, and counts whose verb stands further off. Made-up texts."""

from __future__ import annotations

from tests.engines.planreader.helpers import missing, one, read_text


def test_aims_before_the_end_of_a_plan_without_titled_period_are_aims() -> None:
    plan = read_text(
        "关于推进康养服务的实施意见\n一、总体目标\n到2031年，全市基本建成康养服务体系。\n二、主要任务\n"
        "1.扩大服务供给。2028—2031年，新建康养驿站90个（处）。到2028年底，驿站覆盖率达到40%以上。到2031年，驿站覆盖率达到85%以上。\n"
        "2.培养人才。年均培训护理员3万人次以上。\n"
    )
    assert plan.period == (2028, 2031)
    assert not missing(
        plan,
        [
            ("康养驿站", 90, "个", 2031, "cumulative"),
            ("驿站覆盖率", 40, "%", 2028, "target"),
            ("驿站覆盖率", 85, "%", 2031, "target"),
            ("护理员", 3, "万人次", 2031, "per_year"),
        ],
    )


def test_without_a_range_such_a_plan_begins_at_its_date_of_issue() -> None:
    plan = read_text("关于发展渔业的意见\n各镇：\n2026年5月8日\n到2027年，养殖面积达到8万亩。到2030年，养殖面积达到12万亩，网箱达到300个。")
    assert plan.period == (2026, 2027)
    assert not missing(plan, [("养殖面积", 8, "万亩", 2027, "target"), ("养殖面积", 12, "万亩", 2030, "target")])


def test_a_comparison_with_another_period_does_not_carry_its_year() -> None:
    plan = read_text("丙市“十四五”科技规划\n二、发展目标\n研发经费年均增长8%以上、投入强度高于“十三五”时期实际，城镇化率提高到70%。")
    assert not missing(plan, [("研发经费", 8, "%", 2025, "target"), ("城镇化率", 70, "%", 2025, "target")])


def test_news_of_this_year_takes_the_date_of_the_page() -> None:
    plan = read_text("丁区双创基地再提速\n发布日期:\n2027-03-09\n丁区今年将引进200人以上的研发团队6家,完成9家能够服务初创企业的众创空间。")
    assert not missing(plan, [("研发团队", 6, "家", 2027, "target"), ("众创空间", 9, "家", 2027, "target")])


def test_news_of_a_meeting_takes_its_year_and_last_year_before_it() -> None:
    plan = read_text(
        "记者从全市2029科技工作会议上获悉,去年我市技术合同成交额突破千亿,从全省第9位升至第4位。今年,高新技术企业总数达到800家。"
    )
    assert not missing(
        plan,
        [
            ("技术合同成交额", 1000, "亿元", 2028, "actual"),
            ("技术合同成交额", 9, "位", 2028, "baseline"),
            ("技术合同成交额", 4, "位", 2028, "actual"),
            ("高新技术企业总数", 800, "家", 2029, "target"),
        ],
    )


def test_a_text_that_aims_at_nothing_tells_results() -> None:
    plan = read_text("2026年我市研发经费总量达到73.4亿元,延续了“十四五”以来的增长态势。其中,企业研发经费达到69.1亿元,比上年增长11%。")
    assert not missing(
        plan,
        [("研发经费总量", 73.4, "亿元", 2026, "actual"), ("企业研发经费", 69.1, "亿元", 2026, "actual"), ("企业", 11, "%", 2026, "actual")],
    )


def test_bullets_head_results_and_aims() -> None:
    plan = read_text("戊市工作报告导读\n2028年01月17日\n■ 2027年成绩单\n●粮食总产达到5亿斤\n■ 2028年主要预期目标\n●城镇新增就业7万人以上\n")
    assert not missing(plan, [("粮食总产", 5, "亿斤", 2027, "actual"), ("城镇新增就业", 7, "万人", 2028, "cumulative")])
    assert one(plan, "粮食总产").name == "粮食总产"


def test_a_count_goes_on_with_the_verb_of_the_count_before() -> None:
    plan = read_text(
        "己县三年行动方案（2026—2028年）\n到2028年，累计引育龙头企业10家以上，上市企业5家以上，集聚规模以上企业80家以上，培育百亿级药企1—2家。"
    )
    assert not missing(
        plan,
        [
            ("龙头企业", 10, "家", 2028, "cumulative"),
            ("上市企业", 5, "家", 2028, "cumulative"),
            ("规模以上企业", 80, "家", 2028, "target"),
            ("百亿级药企", 2, "家", 2028, "target"),
        ],
    )


def test_what_is_counted_may_stand_behind_de_or_a_field() -> None:
    plan = read_text(
        "庚县三年行动方案（2026—2028年）\n主要任务\n年内开发3万个以上的公益岗位。每个社区拥有3个以上的社会组织。各区建有1所公办技校。"
        "培育形成临港装备1个五百亿级产业集群，家纺、模具等4个百亿级产业集群。组建12个工程技术中心。"
    )
    assert not missing(
        plan,
        [
            ("公益岗位", 3, "万个", 2028, "target"),
            ("社会组织", 3, "个", 2028, "target"),
            ("公办技校", 1, "所", 2028, "target"),
            ("五百亿级产业集群", 1, "个", 2028, "target"),
            ("百亿级产业集群", 4, "个", 2028, "target"),
            ("工程技术中心", 12, "个", 2028, "target"),
        ],
    )


def test_denominators_and_subdivisions_are_no_quantities() -> None:
    plan = read_text("辛县三年行动方案（2026—2028年）\n主要任务\n原则上按照每3至10万居民设置卫生中心。五大任务细分为18项子任务。")
    assert not plan.indicators


def test_ratios_to_one_are_one_figure() -> None:
    plan = read_text("壬县“十三五”规划纲要\n一、发展基础\n2015年，城乡居民收入比由2.6:1缩小到2.07:1。")
    assert not missing(plan, [("城乡居民收入比", 2.6, None, 2015, "baseline"), ("城乡居民收入比", 2.07, None, 2015, "actual")])
    assert len(plan.indicators) == 2


def test_flattened_rows_numbered_in_their_labels_under_categories() -> None:
    cells = (
        "类别|指标|2020年|2025年|年均/累计|属性|经济|1.生产总值增长（%）|2.3|—|保持在合理区间、逐年提出|预期性|2.收入增长（%）|2.1|—|与经济增长同步|"
        "预期性|生态|3.能耗降低（%）|—|—|〔13.5〕|约束性|4.森林覆盖率（%）|23.2*|24.1左右|—|约束性"
    )
    plan = read_text("癸市“十四五”规划\n表1 主要指标\n" + cells.replace("|", "\n") + "\n注：〔 〕内为5年累计数。")
    assert not missing(
        plan,
        [
            ("生产总值增长", 2.3, "%", 2020, "baseline"),
            ("收入增长", 2.1, "%", 2020, "baseline"),
            ("能耗降低", 13.5, "%", 2025, "cumulative"),
            ("森林覆盖率", 23.2, "%", 2020, "baseline"),
            ("森林覆盖率", 24.1, "%", 2025, "target"),
        ],
    )
    aimed = next(item for item in plan.indicators if item.value == 24.1)
    assert aimed.comparator is None
    assert not plan.findings


def test_a_plan_may_say_how_long_it_runs() -> None:
    plan = read_text("关于集聚人才的意见\n2026年起4年内，引进人才达到600名。\n12.每年引进专家不少于20名。\n")
    assert plan.period == (2026, 2029)
    assert not missing(plan, [("人才", 600, "名", 2029, "target"), ("专家", 20, "名", 2029, "per_year")])
    assert read_text("关于发展种业的意见\n某政办发〔2027〕12号\n力争用三年时间，培育种业企业20家。").period == (2027, 2029)


def test_what_is_built_once_ends_each_year() -> None:
    plan = read_text(
        "甲区三年行动计划（2027—2029年）\n主要任务\n每年引进专家30名，举办路演4场，建设工作站10家，三年累计引进毕业生6万人。毕业企业年均不少于50家。完成一期12万平方米载体建设。"
    )
    assert not missing(
        plan,
        [
            ("专家", 30, "名", 2029, "per_year"),
            ("路演", 4, "场", 2029, "per_year"),
            ("工作站", 10, "家", 2029, "target"),
            ("毕业生", 6, "万人", 2029, "cumulative"),
            ("毕业企业", 50, "家", 2029, "per_year"),
            ("载体", 12, "万平方米", 2029, "target"),
        ],
    )


def test_nouns_behind_what_is_said_of_them() -> None:
    plan = read_text(
        "乙区三年行动计划（2027—2029年）\n主要任务\n引进1万名左右具有博士、硕士学位的企业紧缺人才。支持300名经营人才赴境外培训，1000名骨干人才参加研修。"
        "培养60名在全省有影响的青年优秀人才，组建90个工程技术中心、重点实验室和产业联盟。引育3—5家头部企业和30家研发企业。产值突破1万亿元达到1.3万亿元。"
    )
    assert not missing(
        plan,
        [
            ("企业紧缺人才", 1, "万名", 2029, "target"),
            ("经营人才", 300, "名", 2029, "target"),
            ("骨干人才", 1000, "名", 2029, "target"),
            ("青年优秀人才", 60, "名", 2029, "target"),
            ("重点实验室和产业联盟", 90, "个", 2029, "target"),
            ("头部企业", 5, "家", 2029, "target"),
            ("研发企业", 30, "家", 2029, "target"),
            ("产值", 1.3, "万亿元", 2029, "target"),
        ],
    )
    assert not any(item.value == 1 and item.unit == "万亿元" for item in plan.indicators)


def test_the_year_before_the_plan_is_the_baseline_of_a_table_by_years() -> None:
    plan = read_text(
        "丙区三年行动计划（2027—2029年）\n|指标|2026年|2027年目标|2028年目标|2029年目标|\n|---|---|---|---|---|\n|企业数（家）|412|500|600|700|\n"
    )
    assert [item.kind for item in plan.indicators] == ["baseline", "annual_target", "annual_target", "annual_target"]


def test_now_under_results_is_the_past_year() -> None:
    plan = read_text("丁区科技局2028年工作总结和2029年工作计划\n一、工作完成情况\n建立了2029年培育库,目前入库企业3家。\n")
    assert not missing(plan, [("企业", 3, "家", 2028, "actual")])


def test_shares_fractions_and_lists_of_works() -> None:
    plan = read_text(
        "戊市“十五五”规划\n主要目标\n推进已建管网改造，处理率达到90%以上。污染物减少1/3以上。到2030年40%建成区达到海绵城市建设要求。气化能力超过137亿方。"
        "完成水厂深度处理工程，以及约2000公里老旧管网更新改造。依托甲廊道、乙湖等新建绿道100公里。①建成站点6处；②推广应用10项先进技术。"
        "完成178座锅炉拆改、25公里管线改造、8座泵站建设。努力完成4000户的改造任务。\n"
    )
    assert not missing(
        plan,
        [
            ("处理率", 90, "%", 2030, "target"),
            ("污染物减少", 0.333333, None, 2030, "target"),
            ("建成区达到海绵城市建设要求", 40, "%", 2030, "target"),
            ("能力", 137, "亿方", 2030, "target"),
            ("老旧管网更新改造", 2000, "公里", 2030, "target"),
            ("绿道", 100, "公里", 2030, "cumulative"),
            ("站点", 6, "处", 2030, "target"),
            ("先进技术", 10, "项", 2030, "target"),
            ("锅炉拆改", 178, "座", 2030, "target"),
            ("管线改造", 25, "公里", 2030, "target"),
            ("泵站建设", 8, "座", 2030, "target"),
            ("改造任务", 4000, "户", 2030, "target"),
        ],
    )


def test_what_was_striven_for_and_won() -> None:
    plan = read_text(
        "己区政府工作报告\n2027年2月3日在己区人民代表大会会议上\n一、2026年工作回顾\n过去的一年，争取到上级资金2.6亿元。\n二、2027年工作安排\n争取资金3亿元。\n"
    )
    assert [(item.value, item.year, item.kind) for item in plan.indicators] == [(2.6, 2026, "actual"), (3, 2027, "target")]


def test_years_that_open_sentences_of_aims_end_the_period() -> None:
    plan = read_text("庚区高质量发展方案\n一、工作目标\n主要如下：\n2029年，经济总量突破500亿元。培育企业10家。到2035年，建成强区。\n")
    assert not missing(plan, [("经济总量", 500, "亿元", 2029, "target"), ("企业", 10, "家", 2029, "target")])


def test_years_of_a_change_and_of_what_lies_further_ahead() -> None:
    plan = read_text(
        "辛市“十五五”规划\n一、发展基础\n“十四五”期间全市研发人员从500名增至600名。\n2025年，全市产值为42亿元。产值从2020年的20亿元增长到2025年的42亿元。"
        "三次产业之比从2020年的10:50:40调整为2025年的8:47:45。投资年均增速11%。\n"
    )
    assert not missing(
        plan,
        [
            ("研发人员", 500, "名", 2020, "baseline"),
            ("研发人员", 600, "名", 2025, "actual"),
            ("三次产业之比", 50, None, 2020, "baseline"),
            ("三次产业之比", 47, None, 2025, "actual"),
            ("投资年均增速", 11, "%", 2025, "actual"),
        ],
    )
    yearly = read_text("壬省2027年重点工作意见\n主要目标：产值增长5%。未来五年的目标是：打造甲、乙2个500亿级产业集群。\n")
    assert not missing(yearly, [("产值增长", 5, "%", 2027, "target"), ("500亿级产业集群", 2, "个", 2031, "target")])


def test_what_only_defines_or_orders_is_no_figure() -> None:
    plan = read_text(
        "癸市低空经济方案（2027—2029年）\n低空是指3000米以下空域。构建服务网、航线网等4张网，开展招引、验证等5项重点工作。千人均医师3.1人。"
        "支持10家以上航空器、工业级无人机和新能源飞机研发制造领军企业落地发展。\n"
    )
    assert [(item.name, item.value, item.unit) for item in plan.indicators] == [
        ("千人均医师数", 3.1, "人"),
        ("航空器、工业级无人机和新能源飞机研发制造领军企业数", 10, "家"),
    ]
