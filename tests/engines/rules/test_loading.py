"""A rule file is read strictly: every mistake is refused with its line and what to do."""

from __future__ import annotations

from datetime import date

import pytest

from wulian.engines.rules.cases import read_cases
from wulian.engines.rules.loading import RuleFileRefused, read_criterion, read_facts
from wulian.engines.rules.model import Criterion

FACTS = """\
facts:
  staff: {kind: persons, unit: 人, label: {zh: 职工, en: Staff}, source: {zh: 企业, en: Firm}}
  sales: {kind: money, unit: 元, label: {zh: 收入, en: Sales}, source: {zh: 企业, en: Firm}}
  cost: {kind: money, unit: 元, label: {zh: 成本, en: Cost}, source: {zh: 企业, en: Firm}}
  sound: {kind: flag, label: {zh: 正常, en: Sound}, source: {zh: 企业, en: Firm}}
"""
GOOD = """\
id: sample
version: "1"
name: {zh: 样例, en: Sample}
document: {title: 办法, number: 1号, issuer: 部}
in_force: {from: 2020-01-01}
checked_on: 2026-01-01
facts: [staff, sales, cost, sound]
parameters:
  sales_max: {article: 第一条, values: [{from: 2020-01-01, value: 2 亿元}, {from: 2025-01-01, value: 3 亿元, article: 修订第一条}]}
  share_min: {article: 第二条, value: 5 %}
  pass_mark: {article: 第三条, value: 6 分}
  bands: {article: 第三条, bands: [{at_least: 50 人, points: 9-10}, {at_least: 10 人, points: 6}]}
conditions:
  - {id: size, label: {zh: 规模, en: Size}, article: 第一条, test: sales <= sales_max and sound}
  - {id: share, label: {zh: 占比, en: Share}, article: 第二条, test: cost / sales >= share_min}
  - {id: score, label: {zh: 得分, en: Score}, article: 第三条, points: total, at_least: pass_mark}
score: {id: total, label: {zh: 得分, en: Score}, most: 10, value: staff, bands: bands}
requires: size and share and score
"""
BOOK = read_facts(FACTS, file="facts.yaml")


def read(text: str, on: date = date(2024, 1, 1)) -> Criterion:
    return read_criterion(text, file="sample.yaml", book=BOOK).at(on)


def test_a_sound_file_reads_for_its_day() -> None:
    before, after = read(GOOD).parameters["sales_max"], read(GOOD, date(2025, 1, 1)).parameters["sales_max"]
    assert (before.amount, before.article, before.valid_to) == (2 * 10**10, "第一条", date(2025, 1, 1))
    assert (after.amount, after.article, after.valid_from) == (3 * 10**10, "修订第一条", date(2025, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("sales <= sales_max", "sales <= 200000000", 14, "不能直接写数"),
        ("cost / sales >= share_min", "cost >= share_min", 15, "同一种量"),
        ("cost / sales", "cost / staff", 15, "同一种量"),
        ("cost / sales", "costs / sales", 15, "costs"),
        ("sales_max and sound", "sales_max and sales", 14, "不是条件"),
        ("sales_max and sound", "sales_max and sound.x", 14, "语法"),
        ("sales_max and sound", "sales_max and (sound", 14, "读不懂"),
        ("{article: 第二条, value: 5 %}", "{value: 5 %}", 10, "article"),
        ("value: 5 %}", "value: 5 公里}", 10, "公里"),
        ("value: 5 %}", "value: 5 %, points: 3}", 10, "只写"),
        ("requires: size and share and score", "requires: size and shares", 18, "shares"),
        ("requires: size and share and score", "requires: size\nmore: 1", 19, "more"),
        ("facts: [staff, sales, cost, sound]", "facts: [staff, sales, cost, sound, age]", 7, "age"),
        ("and sound", "", 7, "sound"),
        ("  share_min:", "  other: {article: 第九条, value: 3 项}\n  share_min:", 10, "other"),
        ("most: 10", "most: 12", 17, "12"),
        ("at_least: pass_mark", "at_least: pass", 16, "pass"),
        ("points: total", "points: totals", 16, "totals"),
        ("at_least: 50 人", "at_least: 50 %", 12, "同样的量"),
        ("at_least: 50 人", "at_least: 50 人, below: 60 人", 12, "只写"),
        ("version: \"1\"", "version: \"1\"\nversion: \"2\"", 3, "两次"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_its_line(old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleFileRefused) as refused:
        read(GOOD.replace(old, new, 1))
    assert any(flaw.line == line and says in flaw.message.text() for flaw in refused.value.flaws), refused.value.text()


CASES = """\
criterion: sample
version: "1"
on: 2024-01-01
base: {staff: 50, sales: 1 亿元, cost: 500 万元, sound: true}
cases:
  - {name: 都好, verdict: met}
"""


def cases(text: str) -> list[str]:
    file = read_criterion(GOOD, file="sample.yaml", book=BOOK)
    found = read_cases(text, file="cases.yaml", versions={("sample", "1"): file})
    return [difference for case in found.cases for difference in case.differences(file.at(case.on))] + list(found.unheld())


def test_a_figure_that_no_case_holds_is_found() -> None:
    assert "sales_max +" in cases(CASES)
    assert "share_min +" not in cases(CASES), "5 % exactly is in the base"


@pytest.mark.parametrize(
    ("more", "says"),
    [("unknown: [staff]", "staff"), ("set: {age: 3}", "age"), ("verdicts: met", "verdicts")],
)
def test_a_case_that_expects_met_with_a_fact_missing_is_refused(more: str, says: str) -> None:
    with pytest.raises(RuleFileRefused) as refused:
        cases(CASES.replace("verdict: met", f"verdict: met, {more}"))
    assert any(flaw.line == 6 and says in flaw.text() for flaw in refused.value.flaws)


def test_a_fact_without_source_and_a_check_of_nothing_are_refused() -> None:
    with pytest.raises(RuleFileRefused, match="source"):
        read_facts(
            FACTS.replace("unit: 人, label: {zh: 职工, en: Staff}, source: {zh: 企业, en: Firm}", "label: {zh: 职工, en: Staff}"), file="f"
        )
    check = "checks:\n  - {id: c, when: staff > nothing, doubts: [staff], say: {zh: 不对, en: Wrong}}\n"
    with pytest.raises(RuleFileRefused, match="nothing"):
        read_facts(FACTS + check, file="facts.yaml")
