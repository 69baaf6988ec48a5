from __future__ import annotations

from decimal import Decimal

import pytest

from wulian.foundation.catalogue.suggesting import suggest_metrics, unit_factor

pytestmark = pytest.mark.django_db  # counters of registers are metrics too


@pytest.mark.parametrize(
    ("name", "unit", "metric", "factor"),
    [
        ("全区有效发明专利", "件", "invention_patents_valid", "1"),
        ("高新技术企业总量", "家", "hnte_valid", "1"),
        ("国家高新技术企业", "万家", "hnte_valid", "0.0001"),
        ("“雏鹰”企业", "家", "eaglet_valid", "1"),
        ("专精特新“小巨人”企业", "家", "little_giant_valid", "1"),
        ("科技领军企业", "家", "leader_valid", "1"),
        ("全社会研发投入强度", "%", "rd_intensity", "1"),
        ("研发支出占GDP比重", "%", "rd_intensity", "1"),
        ("全区技术合同成交额", "亿元", "tech_contract_turnover", "1"),
        ("技术合同成交额", "万元", "tech_contract_turnover", "10000"),
        ("每万人口发明专利拥有量", "件", "invention_patents_per_10k", "1"),  # printed with the unit 件, meant per 10,000
        ("企业研发投入", "亿元", "rd_expense_enterprises", "0.0001"),
    ],
)
def test_the_best_suggestion_and_its_factor(name: str, unit: str, metric: str, factor: str) -> None:
    best = suggest_metrics(name, unit)[0]
    assert (best.metric.code, best.factor) == (metric, Decimal(factor))
    assert best.reason


@pytest.mark.parametrize(("name", "unit"), [("高新技术企业营业收入", "亿元"), ("众创空间", "平方米"), ("孵化面积", "万平方米")])
def test_another_kind_of_unit_rules_a_metric_out(name: str, unit: str) -> None:
    assert suggest_metrics(name, unit) == []


def test_a_name_of_another_quantity_is_suggested_with_a_warning_and_less_certainty() -> None:
    plain = suggest_metrics("高新技术企业", "家")[0]
    new = next(one for one in suggest_metrics("新增高新技术企业", "家") if one.metric.code == "hnte_valid")
    assert new.score < plain.score
    assert "新增" in new.reason


def test_a_missing_unit_costs_certainty_and_says_so() -> None:
    with_unit, without = suggest_metrics("瞪羚企业", "家")[0], suggest_metrics("瞪羚企业", "")[0]
    assert without.metric is with_unit.metric
    assert without.score < with_unit.score
    assert "单位" in without.reason


@pytest.mark.parametrize(
    ("have", "want", "factor"),
    [
        ("家", "万家", "0.0001"),
        ("万元", "亿元", "0.0001"),
        ("亿元", "元", "100000000"),
        ("家", "户", "1"),
        ("人", "万人", "0.0001"),
        ("%", "百分点", "1"),
        ("平方米", "万平方米", "0.0001"),
        ("公顷", "平方公里", "0.01"),
    ],
)
def test_unit_factors(have: str, want: str, factor: str) -> None:
    assert unit_factor(have, want) == Decimal(factor)


@pytest.mark.parametrize(("have", "want"), [("家", "亿元"), ("件", "件/万人"), ("%", "家"), ("平方米", "家"), ("", "家")])
def test_units_of_different_kinds_have_no_factor(have: str, want: str) -> None:
    assert unit_factor(have, want) is None


def test_a_unit_that_nobody_knows_fits_only_itself() -> None:
    assert unit_factor("标准箱", "标准箱") == 1
