"""Metrics of titles: organisations that hold a valid one at a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wulian.directory.models import TitleGrant, TitleKind
from wulian.directory.placing import existing, located
from wulian.foundation.catalogue.metrics import Column, Metric, Part, Period, Scope, SourceReading, declare

from .parts import count_once_known, kind_facet, one, organisation_columns, sources_of, tally_of

COLUMNS = (
    *organisation_columns("organisation."),
    Column("certificate", _("证书编号"), "certificate", sort="certificate"),
    Column("granted_on", _("认定日期"), "granted_on", sort="granted_on"),
    Column("valid_to", _("有效期止（不含）"), "valid_to", sort="valid_to"),
)
# What every title metric says after its own first words.
RULE = _(
    "有效指统计日在有效期起（含）与止（不含）之间且未被取消。按主体去重，一家有几份有效证书只计一次；主体须存续、未被并入他家，区域按统计日所在地，迁移过的按当时所在地。"
)


def valid_on(on: date, kind: TitleKind) -> QuerySet[TitleGrant]:
    """Grants of `kind` in force on `on`; of several of one organisation only the one that began last."""
    in_force = TitleGrant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), Q(revoked_on__isnull=True) | Q(revoked_on__gt=on), kind=kind, valid_from__lte=on
    )
    later = in_force.filter(organisation_id=OuterRef("organisation_id"), valid_from__gt=OuterRef("valid_from"))
    return in_force.filter(~Exists(later))


@dataclass(frozen=True, slots=True)
class TitleMetric:
    kind: TitleKind
    name: Any
    holds: Any  # what a valid title of this kind is, before the rule that all share
    aliases: tuple[str, ...]
    article: str = ""


def _declare(title: TitleMetric) -> None:
    def records(scope: Scope) -> QuerySet[TitleGrant]:
        return valid_on(scope.on, title.kind).filter(
            existing(scope.on, "organisation__"), located(scope.regions, scope.on, "organisation__")
        )

    def sources(scope: Scope) -> list[SourceReading]:
        return sources_of(TitleGrant.objects.filter(kind=title.kind))

    part = Part(
        "records",
        _("有效称号"),
        "家",
        records,
        count_once_known(lambda: TitleGrant.objects.filter(kind=title.kind)),
        one,
        COLUMNS,
        order=("-granted_on", "pk"),
        related=("organisation__region",),
        search_fields=("organisation__name", "organisation__uscc", "certificate"),
        facets=(kind_facet("organisation__"),),
        sources=sources,
        missing=lambda _scope: gettext("还没有导入“%(title)s”的名单") % {"title": title.kind.label},
        tally=tally_of(records, "organisation__"),
    )
    declare(
        Metric(
            code=f"{title.kind.value}_valid",
            name=title.name,
            unit="家",
            period=Period.INSTANT,
            version=1,
            effective_from=date(2016, 1, 1),
            definition=format_lazy("{}{}", title.holds, RULE),
            article=title.article,
            aliases=title.aliases,
            chain="industry",
            parts=(part,),
        )
    )


for _title in (
    TitleMetric(
        TitleKind.HNTE,
        _("有效高新技术企业"),
        _("统计日持有有效高新技术企业证书的企业数，证书自发证之日起有效三年。"),
        ("高新技术企业", "国家高新技术企业", "高企", "国家高企"),
        "国科发火〔2016〕32号 第九条",
    ),
    TitleMetric(
        TitleKind.TECH_SME,
        _("有效科技型中小企业"),
        _("统计日持有有效入库登记编号的科技型中小企业数，编号有效至次年 3 月 31 日更新为止。"),
        ("科技型中小企业", "国家科技型中小企业", "国家评价科技型中小企业", "科技型企业"),
        "国科发政〔2017〕115号 第十一条",
    ),
    TitleMetric(
        TitleKind.INNOVATIVE_SME,
        _("有效创新型中小企业"),
        _("统计日公告有效的创新型中小企业数，公告有效三年。"),
        ("创新型中小企业",),
        "工信部企业〔2022〕63号",
    ),
    TitleMetric(
        TitleKind.SRDI,
        _("有效专精特新中小企业"),
        _("统计日认定有效的专精特新中小企业数，认定有效三年。"),
        ("专精特新中小企业", "专精特新企业", "市级专精特新中小企业", "专精特新"),
        "工信部企业〔2022〕63号",
    ),
    TitleMetric(
        TitleKind.LITTLE_GIANT,
        _("有效专精特新“小巨人”企业"),
        _("统计日认定有效的国家级专精特新“小巨人”企业数，认定有效三年。"),
        ("专精特新小巨人企业", "小巨人企业", "国家级专精特新小巨人企业", "小巨人"),
        "工信部企业〔2022〕63号",
    ),
    TitleMetric(
        TitleKind.CHAMPION,
        _("有效制造业单项冠军企业"),
        _("统计日认定有效的制造业单项冠军企业数。"),
        ("制造业单项冠军企业", "单项冠军企业", "制造业单项冠军", "单项冠军"),
        "工信部政法〔2023〕138号",
    ),
    TitleMetric(TitleKind.EAGLET, _("有效雏鹰企业"), _("统计日评价有效的雏鹰企业数。"), ("雏鹰企业", "雏鹰"), "津科规〔2021〕3号"),
    TitleMetric(TitleKind.GAZELLE, _("有效瞪羚企业"), _("统计日评价有效的瞪羚企业数。"), ("瞪羚企业", "瞪羚"), "津科规〔2021〕3号"),
    TitleMetric(TitleKind.UNICORN, _("有效独角兽企业"), _("统计日列入有效名单的独角兽企业数。"), ("独角兽企业", "独角兽")),
    TitleMetric(
        TitleKind.LEADER,
        _("有效科技领军企业"),
        _("统计日认定有效的科技领军企业数。"),
        ("科技领军企业", "领军企业", "领军"),
        "津科规〔2021〕3号",
    ),
    TitleMetric(
        TitleKind.LEADER_CULTIVATION,
        _("有效科技领军培育企业"),
        _("统计日认定有效的科技领军培育企业数。"),
        ("科技领军培育企业", "领军培育企业"),
        "津科规〔2021〕3号",
    ),
    TitleMetric(TitleKind.CHEETAH, _("有效猎豹企业"), _("统计日评价有效的猎豹企业数。"), ("猎豹企业", "猎豹"), "天津市猎豹企业评价办法"),
    TitleMetric(
        TitleKind.ADVANCED_SERVICE,
        _("有效技术先进型服务企业"),
        _("统计日认定有效的技术先进型服务企业数。"),
        ("技术先进型服务企业",),
        "财税〔2017〕79号",
    ),
):
    _declare(_title)
