"""Each finding on a text that shows it, and its absence on the text put right."""

from __future__ import annotations

import pytest

from tests.engines.planreader.helpers import read_text

HEAD = "某区科技创新三年行动计划（2024—2026年）\n"
TABLE = "指标\t单位\t2023年基数\t2026年目标\n有效发明专利\t件\t900\t1500\n研发投入强度\t%\t2.1\t2.8\n"

CASES = [
    (
        "scope_mismatch",
        "一、目标\n到2026年，全区有效发明专利达到1500件。\n指标\t2023年基数\t2026年目标\n{}有效发明专利（件）\t900\t1500\n",
        "全市",
        "全区",
    ),
    ("table_text_mismatch", "一、目标\n到2026年，研发投入强度达到{}%。\n" + TABLE, "3.0", "2.8"),
    ("multiple_mismatch", "一、发展基础\n高新技术企业从2020年的168家增长到2023年的267家，是2020年的{}倍。\n", "1.5", "1.6"),
    ("parts_do_not_sum", "一、发展基础\n有效专利总量达到1000件，其中发明专利600件，实用新型专利{}件。\n", "350", "400"),
    ("shares_not_100", "一、发展基础\n三次产业结构比例达到10:40:{}。\n", "52", "50"),
    ("target_below_baseline", "一、目标\n" + TABLE.replace("2.8", "{}"), "1.8", "2.8"),
    ("masked_figure", "一、发展基础\n培育高新技术企业{}家。\n", "*", "90"),
    (
        "task_without_lead",
        "一、任务\n（一）建平台。壮大平台。（市科技局{}、市财政局按职责分工负责）\n（二）育企业。（市科技局牵头）\n",
        "",
        "牵头",
    ),
    ("numbering_gap", "一、任务\n（一）建平台\n（二）育企业\n（{}）聚人才\n", "四", "三"),
    ("unit_name_repeated", "一、任务\n（一）建平台。建设平台。（{}财政局牵头）\n（二）育企业。（区科技局牵头）\n", "区区", "区"),
    ("damaged_date", "一、形势\n2024{}7月，印发文件，新增企业20家。\n", "", "年"),
    (
        "text_mismatch",
        "一、目标\n到2026年，研发投入强度达到2.8%。\n二、任务\n（一）加大投入\n到2026年，研发投入强度达到{}%。\n",
        "3.2",
        "2.8",
    ),
]


@pytest.mark.parametrize(("code", "text", "wrong", "right"), CASES, ids=[case[0] for case in CASES])
def test_a_finding_appears_with_its_cause_and_goes_with_it(code: str, text: str, wrong: str, right: str) -> None:
    plan = read_text(HEAD + text.format(wrong))
    seen = [item for item in plan.findings if item.code == code]
    assert seen, [item.code for item in plan.findings]
    assert len(seen[0].spans) >= 2
    assert all(low < high <= len(plan.document.text) for low, high in seen[0].spans)
    assert seen[0].zh.endswith("。")
    assert seen[0].en.endswith(".")
    assert code not in {item.code for item in read_text(HEAD + text.format(right)).findings}


@pytest.mark.parametrize(
    "text",
    [
        "一、目标\n到2026年，研发投入强度达到2.5%以上。\n" + TABLE,
        "一、目标\n到2026年，有效发明专利突破1000件。\n" + TABLE,
        "一、目标\n单位GDP能耗\n指标\t2023年基数\t2026年目标\n单位GDP能耗（吨标准煤/万元）\t0.42\t0.36\n失业率（%）\t5.2\t4.8\n",
        "一、发展基础\n高新技术企业900家，其中规上企业300家。\n",
        "一、发展基础\n企业从2020年的100家增长到2023年的150家，增长50%。\n",
    ],
)
def test_two_readings_that_agree_are_not_reported(text: str) -> None:
    assert [item.zh for item in read_text(HEAD + text).findings] == []


def test_a_note_on_brackets_that_the_table_lost() -> None:
    text = HEAD + "一、目标\n" + TABLE + "注：〔〕内数据为三年累计数。\n"
    assert "brackets_lost" in {item.code for item in read_text(text).findings}
    assert "brackets_lost" not in {item.code for item in read_text(text.replace("\t2.8", "\t〔2.8〕")).findings}
