"""Metrics from yearly facts of organisations: R&D expense, R&D staff, R&D intensity of enterprises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wulian.directory.models import FactValue, Organisation, Source
from wulian.directory.placing import existing, located
from wulian.foundation.catalogue import facts
from wulian.foundation.catalogue.facts import latest_complete_year
from wulian.foundation.catalogue.metrics import Column, Measured, Metric, Part, Period, Scope, SourceReading, declare

from .parts import FEN_PER_WAN_YUAN, kind_facet, organisation_columns, summed, tally_of


def year_end(on: date) -> date:
    """The day for which yearly facts place an organisation: the last one of the year that they are about."""
    return date(latest_complete_year(on), 12, 31)


def reported(fact: str, scope: Scope) -> QuerySet[FactValue]:
    """Known current values of `fact` for the year that holds, of enterprises that were in scope at the end of that year."""
    end = year_end(scope.on)
    return FactValue.objects.filter(
        existing(end, "organisation__"),
        located(scope.regions, end, "organisation__"),
        fact=fact,
        year=end.year,
        is_current=True,
        value__isnull=False,
        organisation__kind=Organisation.Kind.ENTERPRISE,
    )


def reported_both(fact: str, other: str, scope: Scope) -> QuerySet[FactValue]:
    """As `reported`, of enterprises whose `other` fact of the same year is known too."""
    twin = FactValue.objects.filter(
        organisation_id=OuterRef("organisation_id"), fact=other, year=OuterRef("year"), is_current=True, value__isnull=False
    )
    return reported(fact, scope).filter(Exists(twin))


def measured_both(fact: str, other: str) -> Callable[[Scope], dict[str, Measured]]:
    """Sums of both facts of the enterprises of `reported_both`, in 万元, with one query: their conditions are the same ones."""

    def measured(scope: Scope) -> dict[str, Measured]:
        twin = {"fact": other, "year": year_end(scope.on).year, "is_current": True, "value__isnull": False}
        found = (
            reported(fact, scope)
            .filter(**{f"organisation__facts__{name}": value for name, value in twin.items()})
            .order_by()
            .aggregate(numerator=Sum("value"), denominator=Sum("organisation__facts__value"), number=Count("pk"))
        )
        sums = {key: found[key] for key in ("numerator", "denominator")}
        return {key: (None if total is None else Decimal(total) / FEN_PER_WAN_YUAN, found["number"]) for key, total in sums.items()}

    return measured


def fact_sources(*codes: str) -> Callable[[Scope], list[SourceReading]]:
    def sources(scope: Scope) -> list[SourceReading]:
        rows = (
            FactValue.objects.filter(fact__in=codes, year=latest_complete_year(scope.on), is_current=True)
            .order_by()
            # wrapped, so that the facts of one year are grouped and not all facts read source by source
            .values_list(Coalesce("source", Value(0)))
            .annotate(Max("as_of"))
        )
        named = Source.objects.in_bulk()
        return [SourceReading(named[source].name, latest, named[source].is_synthetic) for source, latest in rows]

    return sources


def _part(key: str, fact: str, unit: str, scale: Decimal, records: Callable[[Scope], QuerySet[FactValue]], **more: Any) -> Part:
    name = facts.get(fact).name

    def missing(scope: Scope) -> str:
        return gettext("这里没有企业报过 %(year)s 年的%(fact)s") % {"year": latest_complete_year(scope.on), "fact": name}

    return Part(
        key,
        name,
        unit,
        records,
        summed(scale),
        lambda record: Decimal(record.value) / scale,
        (
            *organisation_columns("organisation."),
            Column("value", name, "", numeric=True, sort="value"),
            Column("year", _("年度"), "year"),
            Column("source", _("数据源"), "source"),
            Column("as_of", _("截至"), "as_of", sort="as_of"),
        ),
        order=("-value", "pk"),
        related=("organisation__region", "source"),
        search_fields=("organisation__name", "organisation__uscc"),
        facets=(kind_facet("organisation__"),),
        missing=missing,
        restricted=True,
        tally=tally_of(records, "organisation__", year_end),
        **more,
    )


def enterprises(scope: Scope) -> int:
    """Enterprises that stood in scope at the end of the year whose facts hold."""
    end = year_end(scope.on)
    return Organisation.objects.filter(existing(end), located(scope.regions, end), kind=Organisation.Kind.ENTERPRISE).count()


def _unreported(fact: str) -> Callable[[Scope, int], list[str]]:
    def notes(scope: Scope, known: int) -> list[str]:
        unknown = enterprises(scope) - known
        if not unknown:
            return []
        return [
            gettext("另有 %(count)s 家企业没有 %(year)s 年的%(fact)s，未计入，也没有当作零")
            % {"count": f"{unknown:,}", "year": latest_complete_year(scope.on), "fact": facts.get(fact).name}
        ]

    return notes


def _incomplete(fact: str, other: str) -> Callable[[Scope, int], list[str]]:
    def notes(scope: Scope, both: int) -> list[str]:
        unknown = enterprises(scope) - both
        if not unknown:
            return []
        names = {"fact": facts.get(fact).name, "other": facts.get(other).name}
        return [
            gettext("按两项都已知的 %(both)s 家企业计算；其余 %(unknown)s 家缺%(fact)s或%(other)s，未计入")
            % {"both": f"{both:,}", "unknown": f"{unknown:,}", **names}
        ]

    return notes


def percent(parts: Mapping[str, Decimal | None]) -> Decimal | None:
    """numerator / denominator × 100; None when the denominator is zero."""
    numerator, denominator = parts["numerator"], parts["denominator"]
    return None if numerator is None or not denominator else numerator / denominator * 100


declare(
    Metric(
        code="rd_expense_enterprises",
        name=_("企业研发费用"),
        unit="万元",
        period=Period.YEARLY,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=_(
            "已报企业的年度研发费用之和，取统计日前最近一个完整年度；企业归入该年末所在区域。没有报数的企业不当作零，另行列出家数。"
        ),
        article="国科发火〔2016〕195号 三（六）",
        aliases=("企业研发费用", "企业研发投入", "企业研发经费", "规上企业研发费用"),
        parts=(
            _part(
                "records",
                "rd_expense",
                "万元",
                FEN_PER_WAN_YUAN,
                lambda scope: reported("rd_expense", scope),
                notes=_unreported("rd_expense"),
                sources=fact_sources("rd_expense"),
                decimals=2,
            ),
        ),
        decimals=2,
        chain="capital",
    )
)
declare(
    Metric(
        code="rd_intensity_enterprises",
        name=_("企业研发投入强度"),
        unit="%",
        period=Period.YEARLY,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=_("企业研发费用与营业收入之比，只用两项都已知的企业，取统计日前最近一个完整年度；企业归入该年末所在区域。"),
        article="国科发火〔2016〕195号 三（六）",
        aliases=("企业研发投入强度", "企业研发投入占营业收入比重", "研发费用占营业收入比重", "规上工业企业研发投入强度"),
        combine=percent,
        together=measured_both("rd_expense", "revenue"),
        parts=(
            _part(
                "numerator",
                "rd_expense",
                "万元",
                FEN_PER_WAN_YUAN,
                lambda scope: reported_both("rd_expense", "revenue", scope),
                notes=_incomplete("rd_expense", "revenue"),
                sources=fact_sources("rd_expense", "revenue"),
                decimals=2,
            ),
            _part(
                "denominator", "revenue", "万元", FEN_PER_WAN_YUAN, lambda scope: reported_both("revenue", "rd_expense", scope), decimals=2
            ),
        ),
        addable=False,
        decimals=2,
        chain="capital",
    )
)
declare(
    Metric(
        code="rd_staff_enterprises",
        name=_("企业科技人员"),
        unit="人",
        period=Period.YEARLY,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=_("已报企业的科技人员之和，取统计日前最近一个完整年度；企业归入该年末所在区域。没有报数的企业不当作零，另行列出家数。"),
        article="国科发火〔2016〕195号 三（五）",
        aliases=("企业科技人员", "企业研发人员", "科技人员数"),
        parts=(
            _part(
                "records",
                "staff_rd",
                "人",
                Decimal(1),
                lambda scope: reported("staff_rd", scope),
                notes=_unreported("staff_rd"),
                sources=fact_sources("staff_rd"),
            ),
        ),
        chain="talent",
    )
)
