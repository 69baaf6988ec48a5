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
        ("国家级研发机构数", "家", "platforms-national_platforms", "1"),
        ("新建各类创新平台和研发机构", "家", "platforms-new_platforms", "1"),
        ("天津市产业技术研究院", "家", "institutes_rd-industrial_institutes", "1"),
        ("重大科技成果", "项", "hit_products-major_results", "1"),
        ("承接北京非首都功能项目", "个", "relocation_projects-signed_and_landed", "1"),
        ("境外研发机构(含境外孵化器)", "家", "overseas_bodies-overseas_rd", "1"),
        ("天津市科学技术奖", "项", "award_nominations-city_awards", "1"),
        ("科技特派员", "名", "envoys-envoys_in_year", "1"),
        ("选派科技特派员", "名", "envoys-envoys_in_year", "1"),
        ("优秀青年科技人才", "名", "talent_awards-young_selected", "1"),
        ("产业人才创新创业联盟", "个", "talent_alliances-alliances_active", "1"),
        ("技术经理人数量", "名", "technology_managers-managers", "1"),
        ("博士后科研工作站数量", "个", "postdoc_stations-workstations", "1"),
        ("人力资源服务机构数量", "家", "hr_agencies-agencies", "1"),
        ("技术创新典型应用场景清单", "项", "scenarios-published_in_year", "1"),
        ("政务服务“网上办”占比", "%", "approval_items-online_share", "1"),
        ("概念验证中心", "家", "service_platforms-concept_centres_new", "1"),
        ("中试平台", "家", "service_platforms-pilot_platforms_new", "1"),
        ("检验检测平台", "家", "service_platforms-testing_platforms_new", "1"),
        ("科技型企业孵化器", "家", "service_platforms-incubators_new", "1"),
        ("引进中国科学院科技成果", "项", "cas_imports-cas_landed", "1"),
        ("技术成果发布会和供需对接会", "场", "events-release_matchmaking_events", "1"),
    ],
)
def test_the_counter_is_found_by_the_printed_name(name: str, unit: str, metric: str, factor: str, adopted_all: None) -> None:
    best = suggest_metrics(name, unit)[0]
    assert (best.metric.code, best.factor) == (metric, Decimal(factor))
