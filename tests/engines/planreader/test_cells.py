"""Figures in the sentences of table cells, and frames of one column round running text."""

from __future__ import annotations

from tests.engines.planreader.helpers import missing, read_text
from wulian.engines.planreader import read_document, read_plan

DIVIDED = """甲区2027年重点工作任务分工表

|序号|工作任务|具体举措|牵头单位|配合单位|完成时限|
|---|---|---|---|---|---|
|1|壮大企业|全区科技企业总量达到160家，新建平台20个。|区科技局|区财政局、各街道|2027年12月|
|2|活跃市场|技术合同成交额突破40亿元|区科技局|区商务局|2027年10月|
"""


def test_measures_in_a_table_of_divided_labour() -> None:
    plan = read_text(DIVIDED)
    assert plan.period == (2027, 2027)
    assert not missing(
        plan,
        [
            ("科技企业总量", 160, "家", 2027, "target"),
            ("新建平台", 20, "个", 2027, "cumulative"),
            ("技术合同成交额", 40, "亿元", 2027, "target"),
        ],
    )
    assert len(plan.indicators) == 3
    assert [(task.lead, task.n_targets) for task in plan.tasks] == [(["区科技局"], 2), (["区科技局"], 1)]


def test_a_column_of_progress_tells_results() -> None:
    plan = read_text(
        "乙区2027年工作要点\n\n|序号|工作任务|完成情况|\n|---|---|---|\n|1|企业总量达到160家。|组织申报企业61家。|\n|2|交易额达到40亿元。|交易额11亿元。|\n"
    )
    assert [(item.value, item.kind) for item in plan.indicators] == [(160, "target"), (61, "actual"), (40, "target"), (11, "actual")]


def test_a_table_of_building_projects_sets_no_aims() -> None:
    plan = read_text(
        "丙区2027年重点项目安排\n\n|序号|项目名称|建设内容及规模|总投资|\n|---|---|---|---|\n|1|丙园|新建厂房5万平方米|3亿元|\n|2|丁园|新建楼宇2栋|1亿元|\n"
    )
    assert not plan.indicators


def test_a_frame_round_running_text() -> None:
    plan = read_plan(
        read_document(
            (
                "<html><body><p>丁区科技创新“十五五”规划</p><p>第一章 主要任务</p><p>第一节 打造平台</p><table><tr><td><p>专栏1 平台建设工程</p>"
                "<p>到2030年，新建重点实验室12家。</p></td></tr></table><p>第二节 壮大企业</p><p>培育企业300家。</p></body></html>"
            ).encode()
        )
    )
    assert [task.id for task in plan.tasks] == ["第一章", "第一节", "专栏1", "第二节"]
    assert not missing(plan, [("重点实验室", 12, "家", 2030, "cumulative"), ("企业", 300, "家", 2030, "target")])
