"""Responsible units: who leads, who takes part, and how lists are split."""

from __future__ import annotations

import pytest

from tests.engines.planreader.helpers import read_text
from wulian.engines.planreader.responsible import split_units


@pytest.mark.parametrize(
    ("printed", "lead", "participants"),
    [
        ("区科技局牵头，区教育局、区财政局按职责分工负责", ["区科技局"], ["区教育局", "区财政局"]),
        ("市科技局、市教委按职责分工负责", [], ["市科技局", "市教委"]),
        ("市科技局牵头负责", ["市科技局"], []),
        ("市科技局、市工信局牵头，市财政局配合", ["市科技局", "市工信局"], ["市财政局"]),
        ("由市科技局牵头，会同市财政局负责", ["市科技局"], ["市财政局"]),
        ("牵头单位：市科技局；责任单位：市教育局、市财政局", ["市科技局"], ["市教育局", "市财政局"]),
        ("责任单位：市发展改革委（市能源局）、各县（市、区）人民政府", [], ["市发展改革委（市能源局）", "各县（市、区）人民政府"]),
        ("市科技局、市财政局等部门按职责分工负责", [], ["市科技局", "市财政局"]),
        ("牵头单位：市科技局", ["市科技局"], []),
        ("市科技局负责", [], ["市科技局"]),
        ("牵头单位:市科技局,配合单位:市财政局、各县区人民政府,完成时间:2025年底", ["市科技局"], ["市财政局", "各县区人民政府"]),
        ("市府办牵头，市级各有关部门及各县区政府按职责分工负责", ["市府办"], ["市级各有关部门", "各县区政府"]),
        ("牵头领导：李四；牵头单位：市科技局；责任单位：市税务局", ["市科技局"], ["市税务局"]),
        ("由市工信局牵头负责，市财政局、市税务局参与", ["市工信局"], ["市财政局", "市税务局"]),
        ("责任单位：市财政局等市级相关单位，各区县政府", [], ["市财政局", "各区县政府"]),
    ],
)
def test_units_are_split_as_printed(printed: str, lead: list[str], participants: list[str]) -> None:
    assert split_units(printed) == (lead, participants)


def test_tasks_are_items_under_tasks_and_safeguards_only() -> None:
    plan = read_text(
        "某市三年行动方案（2024—2026年）\n一、总体要求\n（一）指导思想。坚持创新。\n（二）工作目标。企业达到90家。\n二、主要任务\n"
        "（一）建平台。新增平台5家。（市科技局牵头）\n（二）育企业。壮大企业。（市科技局牵头，市财政局配合）\n三、保障措施\n（一）加强领导。压实责任。\n"
    )
    assert [(task.section, task.id, task.title, task.lead) for task in plan.tasks] == [
        ("二、主要任务", "（一）", "建平台", ["市科技局"]),
        ("二、主要任务", "（二）", "育企业", ["市科技局"]),
        ("三、保障措施", "（一）", "加强领导", []),
    ]
    assert [task.n_targets for task in plan.tasks] == [1, 0, 0]


def test_units_on_a_line_of_their_own_belong_to_the_task_above() -> None:
    plan = read_text(
        "某市实施方案（2024—2026年）\n一、重点任务\n1.建设平台。新增平台5家。\n牵头单位：市科技局；配合单位：市财政局\n2.培育企业。壮大企业。\n责任单位：市工信局\n"
    )
    assert [(task.title, task.lead, task.participants) for task in plan.tasks] == [
        ("建设平台", ["市科技局"], ["市财政局"]),
        ("培育企业", [], ["市工信局"]),
    ]


@pytest.mark.parametrize(
    "printed",
    [
        "〔市科技局牵头，市财政局参与〕",
        "[牵头部门：市科技局；责任部门：市财政局]",
        "【牵头单位：市科技局；配合单位：市财政局】",
        "由市科技局牵头，市财政局配合。",
        "\n（市科技局牵头，市财政局等部门按职责分工负责）",
        "\n责任领导：张三\n牵头单位：市科技局\n配合单位：市财政局\n完成时限：2025年12月底",
    ],
)
def test_units_close_a_task_in_many_forms(printed: str) -> None:
    plan = read_text(
        f"某市行动方案（2024—2026年）\n一、重点任务\n（一）建设平台。新增平台5家。{printed}\n（二）培育企业。壮大企业。（市工信局）\n"
    )
    assert [(task.title, task.lead, task.participants) for task in plan.tasks] == [
        ("建设平台", ["市科技局"], ["市财政局"]),
        ("培育企业", [], ["市工信局"]),
    ]
    assert plan.findings == []


def test_what_is_no_list_of_units() -> None:
    plan = read_text(
        "某市行动方案（2024—2026年）\n一、重点任务\n（一）建设平台。由骨干企业牵头，联合高校共建平台。\n（二）培育企业。壮大企业（含高新区）。\n"
    )
    assert [(task.title, task.lead, task.participants) for task in plan.tasks][1:] == [("建设平台", [], []), ("培育企业", [], [])]


def test_a_task_table_with_one_cell_per_line() -> None:
    plan = read_text(
        "某市2024年科技工作要点任务分工表\n序号\n重点任务\n牵头单位\n配合单位\n完成时限\n1\n建设重点实验室\n市科技局\n市教育局\n市财政局\n2024年12月\n"
        "2\n培育高新技术企业\n市工信局\n市科技局、各区人民政府\n2024年底\n二、保障措施\n加强领导，压实责任，抓好落实。\n"
    )
    assert [(task.id, task.title, task.lead, task.participants) for task in plan.tasks] == [
        ("1", "建设重点实验室", ["市科技局"], ["市教育局", "市财政局"]),
        ("2", "培育高新技术企业", ["市工信局"], ["市科技局", "各区人民政府"]),
    ]


def test_the_first_unit_leads_only_where_the_plan_says_so() -> None:
    text = "某市若干措施（2024年）\n一、重点任务\n（一）建设平台。新增平台5家。\n责任单位：市科技局、市财政局{}\n（二）培育企业。壮大企业。\n责任单位：市工信局、各区政府\n"
    said = read_text(text.format("（第一责任单位为牵头单位，下同）"))
    assert [(task.lead, task.participants) for task in said.tasks] == [(["市科技局"], ["市财政局"]), (["市工信局"], ["各区政府"])]
    assert [task.lead for task in read_text(text.format("")).tasks] == [[], []]


def test_a_task_table_gives_its_rows() -> None:
    plan = read_text(
        "某市2024年科技工作要点任务分工表\n序号\t重点任务\t牵头单位\t配合单位\n1\t建设实验室\t市科技局\t市教育局、市财政局\n2\t培育企业\t市工信局\t各区\n"
    )
    assert [(task.id, task.title, task.lead, task.participants) for task in plan.tasks] == [
        ("1", "建设实验室", ["市科技局"], ["市教育局", "市财政局"]),
        ("2", "培育企业", ["市工信局"], ["各区"]),
    ]


def test_lost_numbers_are_put_back() -> None:
    plan = read_text("某市“十四五”规划\n一、产业\n（一）做强制造。\n)做优服务\n（三）做活数字\n二、创新\n（一）平台\n")
    assert [(task.id, task.title) for task in plan.tasks] == [
        ("一", "产业"),
        ("（一）", "做强制造"),
        ("(二)", "做优服务"),
        ("（三）", "做活数字"),
        ("二", "创新"),
        ("（一）", "平台"),
    ]


def test_a_page_without_any_number_gets_paragraph_numbers() -> None:
    plan = read_text(
        "某区科技创新“十五五”规划\n平台建设加快推进。支持实验室建设，推动开放共享，取得积极成效。\n企业培育持续加强。构建梯次培育体系，壮大企业群体，提升质量。\n"
    )
    assert [(task.id, task.title, task.level) for task in plan.tasks] == [("P01", "平台建设加快推进", 1), ("P02", "企业培育持续加强", 1)]


def test_items_whose_title_opens_with_figures_and_units_called_leading() -> None:
    plan = read_text(
        "关于集聚人才的实施意见\n一、主要任务\n10.甲项目。做好服务。（牵头单位：市人社局，配合单位：各项目牵头单位）\n11.121人才梯队项目。培养一批人才。（牵头单位：市科技局）\n"
    )
    assert [(task.id, task.title, task.lead, task.participants) for task in plan.tasks] == [
        ("10", "甲项目", ["市人社局"], ["各项目牵头单位"]),
        ("11", "121人才梯队项目", ["市科技局"], []),
    ]


def test_a_table_of_tasks_and_measures() -> None:
    plan = read_text(
        "|序号|重点任务|具体举措|牵头单位|配合单位|\n|---|---|---|---|---|\n|1|建平台|新建实验室5家|市科技局|市财政局|\n|2|建平台|新建研究院2家|市教育局|各镇街|\n"
    )
    assert [(task.section, task.title, task.lead) for task in plan.tasks] == [
        ("建平台", "新建实验室5家", ["市科技局"]),
        ("建平台", "新建研究院2家", ["市教育局"]),
    ]


def test_units_in_brackets_behind_each_sentence() -> None:
    plan = read_text(
        "关于促进乙产业发展的若干政策\n一、主要任务\n（一）打造平台。到2029年，建成平台10个。（市科技局牵头，市财政局配合）支持平台向企业开放。（市商务局、乙海关负责）\n"
    )
    (task,) = plan.tasks
    assert (task.lead, task.participants) == (["市科技局"], ["市财政局", "市商务局", "乙海关"])


def test_a_time_limit_before_the_units_and_figures_in_the_title() -> None:
    plan = read_text(
        "甲市2027年度重点工作考评办法\n一、考评任务\n1﹒做优办事窗口。落实《甲市三年行动方案（2026—2028年）》，新增网点240户（累计360户）小型服务网点。\n"
        "完成时限：2027年11月。牵头考核单位：市政务局；责任单位：市残联、市税务局\n"
        "2﹒组织集中培训120场。走访企业一次。丙类项目、丁类项目和戊类项目分别占比20%、30%和40%。\n牵头考核单位：市人社局；责任单位：各区\n"
    )
    assert plan.period == (2027, 2027)
    assert [(task.id, task.lead, task.participants) for task in plan.tasks] == [
        ("1", ["市政务局"], ["市残联", "市税务局"]),
        ("2", ["市人社局"], ["各区"]),
    ]
    assert [(item.value, item.unit, item.year) for item in plan.indicators] == [
        (240, "户", 2027),
        (360, "户", 2027),
        (120, "场", 2027),
        (20, "%", 2027),
        (30, "%", 2027),
        (40, "%", 2027),
    ]
    assert [item.name for item in plan.indicators][3:] == ["丙类项目", "丁类项目", "戊类项目"]
