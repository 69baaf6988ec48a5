"""Metrics from yearly figures of a region itself: R&D intensity, turnover of technology contracts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wulian.directory.models import RegionFactValue
from wulian.foundation.catalogue import facts
from wulian.foundation.catalogue.facts import latest_complete_year
from wulian.foundation.catalogue.metrics import Column, Metric, Part, Period, Scope, SourceReading, declare

from .parts import FEN_PER_YI_YUAN, summed
from .yearly import percent

COLUMNS = (
    Column("region", _("区域"), "region"),
    Column("year", _("年度"), "year"),
    Column("value", _("值"), "", numeric=True),
    Column("verification", _("核实状态"), "get_verification_display"),
    Column("source", _("数据源"), "source"),
    Column("as_of", _("截至"), "as_of"),
)


def _current(fact: str, scope: Scope) -> QuerySet[RegionFactValue]:
    return RegionFactValue.objects.filter(region=scope.region, fact=fact, year=latest_complete_year(scope.on), is_current=True)


def region_part(key: str, fact: str, unit: str, scale: Decimal, decimals: int) -> Part:
    """A part that is one verified yearly figure of the region itself; districts are never summed to stand in for it."""
    name = facts.get(fact).name

    def records(scope: Scope) -> QuerySet[RegionFactValue]:
        return _current(fact, scope).filter(verification=RegionFactValue.Verification.VERIFIED, value__isnull=False)

    def missing(scope: Scope) -> str:
        said: dict[str, Any] = {"year": latest_complete_year(scope.on), "fact": name}
        row = _current(fact, scope).first()
        if row is None:
            return gettext("没有本区域 %(year)s 年的%(fact)s，录入并核实后才能计算") % said
        if row.value is None:
            return gettext("本区域 %(year)s 年的%(fact)s不详：%(why)s") % {**said, "why": row.unknown_because or gettext("未说明原因")}
        return gettext("本区域 %(year)s 年的%(fact)s已填报，尚未核实") % said

    def sources(scope: Scope) -> list[SourceReading]:
        rows = records(scope).values_list("source__name", "as_of", "source__is_synthetic")
        return [SourceReading(*row) for row in rows]

    return Part(
        key,
        name,
        unit,
        records,
        summed(scale),
        lambda record: Decimal(record.value) / scale,
        COLUMNS,
        related=("region", "source"),
        missing=missing,
        sources=sources,
        by_region=False,
        decimals=decimals,
    )


declare(
    Metric(
        code="rd_intensity",
        name=_("全社会研发投入强度"),
        unit="%",
        period=Period.YEARLY,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=_("全社会研发经费与地区生产总值之比，取统计日前最近一个完整年度，两项都用统计部门核定、已核实的数。"),
        aliases=(
            "全社会研发投入强度",
            "研发投入强度",
            "全社会研发经费投入强度",
            "全社会研发经费支出占地区生产总值比重",
            "研发经费占GDP比重",
            "R&D经费投入强度",
            "研发支出占GDP",
        ),
        combine=percent,
        parts=(
            region_part("numerator", "rd_expense_society", "亿元", FEN_PER_YI_YUAN, 2),
            region_part("denominator", "gdp", "亿元", FEN_PER_YI_YUAN, 2),
        ),
        addable=False,
        decimals=2,
        chain="innovation",
    )
)
declare(
    Metric(
        code="tech_contract_turnover",
        name=_("技术合同成交额"),
        unit="亿元",
        period=Period.YEARLY,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=_("经认定登记的技术合同成交额，取统计日前最近一个完整年度，以登记机构核实的区域年度数为准。"),
        article="国科发政字〔2000〕063号",
        aliases=("技术合同成交额", "技术合同登记成交额", "技术合同交易额", "技术合同认定登记额", "技术交易额"),
        parts=(region_part("records", "tech_contract_turnover", "亿元", FEN_PER_YI_YUAN, 2),),
        addable=True,
        decimals=2,
        chain="innovation",
    )
)
