"""Metrics of invention patents in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wulian.directory.models import IPHolding, IPRight, Organisation
from wulian.directory.placing import existing, located, moved_since
from wulian.foundation.bulk import ids_in_database
from wulian.foundation.catalogue.metrics import Column, Metric, Narrow, Part, Period, Scope, SourceReading, declare

from .parts import count_once_known, one, places_below, sources_of
from .region_figures import region_part

PERSONS_PER_10K = Decimal(10_000)


def holders(right: IPRight) -> str:
    """Names of all holders, the first one first."""
    held = sorted(right.holdings.all(), key=lambda holding: (holding.position, holding.pk))
    return "；".join(holding.organisation.name for holding in held)


def holding_there(scope: Scope) -> QuerySet[Organisation]:
    """Organisations in scope that hold any right."""
    return Organisation.objects.filter(
        existing(scope.on), located(scope.regions, scope.on), pk__in=IPHolding.objects.values("organisation")
    )


def valid_on(on: date) -> QuerySet[IPRight]:
    """Invention patents in force on the date, whoever holds them."""
    return IPRight.objects.filter(Q(lapsed_on__isnull=True) | Q(lapsed_on__gt=on), kind=IPRight.Kind.INVENTION, granted_on__lte=on)


def in_force(scope: Scope) -> QuerySet[IPRight]:
    """Invention patents in force on the date with at least one holder in scope; each once, however many holders."""
    # The holders in scope are found once and looked up for every patent, however often the query is put: wrapped, the
    # column cannot tempt SQLite into trying all of them for each patent instead.
    holders_there = ids_in_database(list(holding_there(scope).values_list("pk", flat=True)))
    held = IPHolding.objects.alias(holder=Coalesce("organisation", Value(0))).filter(ip_right=OuterRef("pk"), holder__in=holders_there)
    return valid_on(scope.on).filter(Exists(held))


def tally(scope: Scope, narrow: Narrow, fields: Sequence[str]) -> Iterable[tuple[str, int]]:
    """How many patents are held in each region below, each once in a region. There are no fields to count by.

    Holders are placed first and patents met with them here: asked of the database, the distinct patents of every region
    would be sorted through all holdings.
    """
    places, moved = places_below(scope), moved_since(scope.on)
    where = {
        holder: places.get(moved[holder][0] if holder in moved else now, "")
        for holder, now in holding_there(scope).values_list("pk", "region_id")
    }
    pairs = narrow(valid_on(scope.on)).order_by().values_list("pk", "holdings__organisation_id")
    met = {(right, where[holder]) for right, holder in pairs if holder in where}
    return Counter(place for _right, place in met).items()


def sources(scope: Scope) -> list[SourceReading]:
    return sources_of(IPRight.objects.filter(kind=IPRight.Kind.INVENTION))


def _part(key: str) -> Part:
    return Part(
        key,
        _("有效发明专利"),
        "件",
        in_force,
        count_once_known(lambda: IPRight.objects.filter(kind=IPRight.Kind.INVENTION)),
        one,
        (
            Column("number", _("专利号"), "number", sort="number"),
            Column("title", _("发明名称"), "title", sort="title"),
            Column("holders", _("权利人"), holders),
            Column("granted_on", _("授权日"), "granted_on", sort="granted_on"),
            Column("lapsed_on", _("失效日（不含）"), "lapsed_on", sort="lapsed_on"),
        ),
        order=("-granted_on", "pk"),
        prefetch=("holdings__organisation",),
        search_fields=("number", "title"),
        sources=sources,
        missing=lambda _scope: gettext("还没有导入知识产权"),
        tally=tally,
    )


def per_10k(parts: Mapping[str, Decimal | None]) -> Decimal | None:
    """Patents per 10,000 persons; None without persons."""
    rights, persons = parts["numerator"], parts["denominator"]
    return None if rights is None or not persons else rights / persons


RULE = _("统计日已授权、未失效的发明专利，至少一个权利人当日存续且在本区域；共有专利在一个区域里只计一次，因此各区之和可能大于全市。")

declare(
    Metric(
        code="invention_patents_valid",
        name=_("有效发明专利"),
        unit="件",
        period=Period.INSTANT,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=RULE,
        article="专利法 第四十二条",
        aliases=("有效发明专利", "有效发明专利拥有量", "发明专利拥有量", "发明专利有效量", "发明专利"),
        parts=(_part("records"),),
        addable=False,
        chain="innovation",
    )
)
declare(
    Metric(
        code="invention_patents_per_10k",
        name=_("每万人有效发明专利"),
        unit="件/万人",
        period=Period.INSTANT,
        version=1,
        effective_from=date(2016, 1, 1),
        definition=_("有效发明专利与常住人口（万人）之比。专利按统计日，人口取统计日前最近一个完整年度末已核实的数。"),
        article="专利法 第四十二条",
        aliases=("每万人有效发明专利", "万人有效发明专利数", "每万人口发明专利拥有量", "万人发明专利拥有量"),
        combine=per_10k,
        parts=(_part("numerator"), region_part("denominator", "population", "万人", PERSONS_PER_10K, 2)),
        addable=False,
        decimals=2,
        chain="innovation",
    )
)
