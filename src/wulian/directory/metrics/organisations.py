"""Metrics of the register itself: organisations that stand, and those founded in the year."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wulian.directory.models import Organisation
from wulian.directory.placing import existing, located
from wulian.foundation.catalogue.metrics import Column, Metric, Part, Period, Scope, SourceReading, declare

from .parts import count, kind_facet, one, organisation_columns, register_sources, tally_of

COLUMNS = (
    *organisation_columns(),
    Column("kind", _("主体类别"), "get_kind_display", sort="kind"),
    Column("established_on", _("成立日期"), "established_on", sort="established_on"),
)
# Units of government are in the directory for their tasks; they are no subjects of the market or of research.
COUNTED = [kind for kind in Organisation.Kind.values if kind != Organisation.Kind.GOVERNMENT]


def standing(scope: Scope) -> QuerySet[Organisation]:
    return Organisation.objects.filter(existing(scope.on), located(scope.regions, scope.on), kind__in=COUNTED)


def founded(scope: Scope) -> QuerySet[Organisation]:
    """Founded from 1 January to the date, whether or not closed again since."""
    return Organisation.objects.filter(
        located(scope.regions, scope.on),
        merged_into__isnull=True,
        kind__in=COUNTED,
        established_on__gte=date(scope.on.year, 1, 1),
        established_on__lte=scope.on,
    )


def undated(scope: Scope, number: int) -> list[str]:
    missing = standing(scope).filter(established_on__isnull=True).count()
    return [gettext("其中 %(count)s 家没有成立日期，按已成立计") % {"count": f"{missing:,}"}] if missing else []


def _undated_new(scope: Scope, number: int) -> list[str]:
    missing = standing(scope).filter(established_on__isnull=True).count()
    return [gettext("另有 %(count)s 家没有成立日期，是否新设不详，未计入") % {"count": f"{missing:,}"}] if missing else []


def sources(scope: Scope) -> list[SourceReading]:
    return register_sources()


declare(
    Metric(
        code="organisations_total",
        name=_("在册主体"),
        unit="家",
        period=Period.INSTANT,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=_(
            "统计日已成立、未注销吊销、未被并入他家的主体，含分支机构，不含政府单位；区域按统计日所在地。只数已导入的登记数据里有的。"
        ),
        aliases=("主体总数", "经营主体", "市场主体", "企业总数", "企业总量"),
        parts=(
            Part(
                "records",
                _("在册主体"),
                "家",
                standing,
                count,
                one,
                COLUMNS,
                related=("region",),
                search_fields=("name", "uscc"),
                facets=(kind_facet(),),
                notes=undated,
                sources=sources,
                tally=tally_of(standing),
            ),
        ),
        chain="industry",
    )
)
declare(
    Metric(
        code="organisations_new",
        name=_("本年新设主体"),
        unit="家",
        period=Period.YEAR,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=_("统计日所在年份 1 月 1 日至统计日成立的主体，之后又注销的仍计入；含分支机构，不含政府单位；区域按统计日所在地。"),
        aliases=("新设主体", "新增企业", "新注册企业", "新增市场主体", "新设企业"),
        parts=(
            Part(
                "records",
                _("新设主体"),
                "家",
                founded,
                count,
                one,
                COLUMNS,
                order=("-established_on", "pk"),
                related=("region",),
                search_fields=("name", "uscc"),
                facets=(kind_facet(),),
                notes=_undated_new,
                sources=sources,
                tally=tally_of(founded),
            ),
        ),
        chain="industry",
    )
)
