"""Facts that the directory supplies: yearly figures of organisations and of regions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from wulian.foundation.catalogue.facts import Fact, FactReading, FactType, declare

from .models import FactValue, RegionFactValue


def organisation_facts(fact: Fact, subjects: Iterable[int], year: int) -> Mapping[int, FactReading]:
    """Current readings of `fact` for organisation ids in `year`."""
    rows = FactValue.objects.filter(organisation_id__in=list(subjects), fact=fact.code, year=year, is_current=True)
    return {row.organisation_id: _reading(fact, row) for row in rows.select_related("source")}


def region_facts(fact: Fact, subjects: Iterable[str], year: int) -> Mapping[str, FactReading]:
    """Current verified readings of `fact` for region codes in `year`."""
    rows = RegionFactValue.objects.filter(
        region_id__in=list(subjects), fact=fact.code, year=year, is_current=True, verification=RegionFactValue.Verification.VERIFIED
    )
    return {row.region_id: _reading(fact, row) for row in rows.select_related("source")}


def _reading(fact: Fact, row: FactValue | RegionFactValue) -> FactReading:
    return FactReading(fact, row.value, row.year, row.source.name, row.as_of, row.unknown_because)


def _organisation(code: str, name: Any, type_: FactType, unit: str, definition: Any, article: str = "") -> None:
    declare(Fact(code, name, type_, unit, definition, article=article), organisation_facts)


def _region(code: str, name: Any, type_: FactType, unit: str, definition: Any, article: str = "") -> None:
    declare(Fact(code, name, type_, unit, definition, subject="region", article=article), region_facts)


_organisation("revenue", _("营业收入"), FactType.MONEY, "元", _("全年营业收入，按利润表。"))
_organisation(
    "rd_expense",
    _("研发费用"),
    FactType.MONEY,
    "元",
    _("全年研究开发费用，费用化与资本化之和，按研发费用辅助账。"),
    "国科发火〔2016〕195号 三（六）",
)
_organisation("total_assets", _("资产总额"), FactType.MONEY, "元", _("年末资产总额，按资产负债表。"))
_organisation("net_profit", _("净利润"), FactType.MONEY, "元", _("全年净利润，亏损为负。"))
_organisation("tax_paid", _("实缴税费"), FactType.MONEY, "元", _("全年实际缴纳的税费，不扣除退税。"))
_organisation("export_revenue", _("出口收入"), FactType.MONEY, "元", _("全年出口商品和服务的收入，折算为人民币。"))
_organisation(
    "hightech_revenue",
    _("高新技术产品（服务）收入"),
    FactType.MONEY,
    "元",
    _("全年由核心技术属于国家重点支持领域的产品或服务取得的收入。"),
    "国科发火〔2016〕195号 三（四）",
)
_organisation("output_value", _("工业总产值"), FactType.MONEY, "元", _("全年工业总产值，按当年价格。"))
_organisation(
    "staff_total",
    _("职工总数"),
    FactType.COUNT,
    "人",
    _("全年月平均职工人数，含在本单位累计工作 183 天以上的兼职和临时聘用人员。"),
    "国科发火〔2016〕195号 三（五）",
)
_organisation(
    "staff_rd",
    _("科技人员"),
    FactType.COUNT,
    "人",
    _("全年从事研发和相关技术创新活动累计 183 天以上的人员。"),
    "国科发火〔2016〕195号 三（五）",
)
_region("gdp", _("地区生产总值"), FactType.MONEY, "元", _("全年地区生产总值，按当年价格，统计部门核定。"))
_region("population", _("常住人口"), FactType.COUNT, "人", _("年末常住人口，统计部门公布。"))
_region("rd_expense_society", _("全社会研发经费"), FactType.MONEY, "元", _("全年全社会研究与试验发展（R&D）经费内部支出，统计部门核定。"))
_region("tech_contract_turnover", _("技术合同成交额"), FactType.MONEY, "元", _("全年经认定登记的技术合同成交额，以登记机构为准。"))
_region("hightech_output", _("高新技术产业产值"), FactType.MONEY, "元", _("全年高新技术产业（制造业）总产值，按当年价格。"))
