"""Indicators as the plans print them find the counter that answers them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wulian.foundation.catalogue.suggesting import suggest_metrics


@pytest.mark.parametrize(
    ("name", "unit", "metric", "factor"),
    [
        ("孵化载体数量", "家", "incubators-carriers", "1"),
        ("孵化面积", "万平方米", "incubators-carrier_area", "0.0001"),
        ("国家级孵化器", "家", "incubators-national_incubators", "1"),
        ("国家级科技企业孵化器", "家", "incubators-national_incubators", "1"),
        ("科技部备案众创空间", "家", "incubators-national_makerspaces", "1"),
        ("国家级众创空间", "家", "incubators-national_makerspaces", "1"),
        ("专业化众创空间", "家", "incubators-professional_makerspaces", "1"),
        ("国家级孵化载体数量", "家", "incubators-national_carriers", "1"),
        ("新培育认定市级科技企业孵化器", "家", "incubators-new_city_incubators", "1"),
    ],
)
def test_the_counter_is_found_by_the_printed_name(name: str, unit: str, metric: str, factor: str, adopted_all: None) -> None:
    best = suggest_metrics(name, unit)[0]
    assert (best.metric.code, best.factor) == (metric, Decimal(factor))
