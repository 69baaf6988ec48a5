"""The cockpit: one region on one date, read from all chains through their selectors and the catalogue of metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.chains.governance.selectors.indicators import Overview
from wulian.chains.governance.selectors.plans import PlanItem, plans_list
from wulian.directory.models import Region
from wulian.directory.selectors.figures import read_metric, region_name, register_is_empty, values_by_region
from wulian.directory.selectors.regions import get_region
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.metrics import Metric, MetricValue, SourceReading, scope_of
from wulian.foundation.catalogue.snapshots import metric_of

# Chain -> its name and the metrics that stand for it, the first one as the great figure.
CHAINS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "innovation": (gettext_lazy("创新链"), ("invention_patents_valid", "rd_intensity", "tech_contract_turnover")),
    "industry": (gettext_lazy("产业链"), ("hnte_valid", "tech_sme_valid", "eaglet_valid")),
    "capital": (gettext_lazy("资金链"), ("rd_expense_enterprises", "rd_intensity_enterprises")),
    "talent": (gettext_lazy("人才链"), ("rd_staff_enterprises",)),
    "policy": (gettext_lazy("政策链"), ()),
}
COMPARED = (
    "hnte_valid",
    "tech_sme_valid",
    "eaglet_valid",
    "gazelle_valid",
    "invention_patents_valid",
    "rd_expense_enterprises",
    "organisations_total",
)
YEARS_BACK = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A metric now and a year earlier."""

    metric: Metric
    value: MetricValue
    before: MetricValue

    @property
    def change(self) -> Decimal | None:
        """Now less a year earlier; None unless both are known."""
        return None if self.value.value is None or self.before.value is None else self.value.value - self.before.value


@dataclass(frozen=True, slots=True)
class ChainTiles:
    code: str
    name: Any
    tiles: list[Tile]


@dataclass(frozen=True, slots=True)
class Cockpit:
    """`main`: the plan that the page judges; `others`: further plans of the region and those below it."""

    region: Region
    on: date
    finding: str
    main: Overview | None
    others: list[PlanItem]
    chains: list[ChainTiles]
    sources: list[SourceReading]
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric for regions side by side. `rest`: what belongs to the region above but to none of them (addable only)."""

    metric: Metric
    above: Region
    here: Region
    whole: MetricValue
    values: list[tuple[Region, MetricValue]]
    rest: Decimal | None


def a_year_before(on: date) -> date:
    """The same day a year earlier; 28 February for a leap day."""
    return on.replace(year=on.year - 1, day=28) if (on.month, on.day) == (2, 29) else on.replace(year=on.year - 1)


def cockpit(viewer: Actor, region: Region, on: date) -> Cockpit:
    """Everything that the first screen says of `region` on `on`."""
    items = plans_list(viewer, on, region=region.code)
    main = main_plan(items, region, on)
    scope, earlier = scope_of(region.code, on), scope_of(region.code, a_year_before(on))
    chains, sources = [], {}
    for code, (name, codes) in CHAINS.items():
        tiles = []
        for metric in filter(None, map(metrics.find, codes)):
            value = read_metric(viewer, metric, scope)
            tiles.append(Tile(metric, value, read_metric(viewer, metric, earlier)))
            if value.value is not None:
                sources.update({source.name: source for source in metric.sources(scope)})
        chains.append(ChainTiles(code, name, tiles))
    return Cockpit(
        region=region,
        on=on,
        finding=main.overview.finding if main and main.overview.rows else _finding(region, chains),
        main=main.overview if main else None,
        others=[item for item in items if item is not main],
        chains=chains,
        sources=sorted(sources.values(), key=lambda source: source.name),
        is_empty=not items and register_is_empty(),
    )


def main_plan(items: list[PlanItem], region: Region, on: date) -> PlanItem | None:
    """The region's own plan whose period the date lies in; of several the one with most judged indicators; of none the latest past one."""
    own = [item for item in items if item.plan.region_id == region.code]
    current = [item for item in own if item.plan.first_year <= on.year <= item.plan.last_year]
    if current:
        return max(current, key=lambda item: (item.plan.state != "draft", _judged(item), -item.plan.last_year, -item.plan.pk))
    past = [item for item in own if item.plan.last_year < on.year]
    return max(past, key=lambda item: (item.plan.state != "draft", item.plan.last_year, item.plan.pk)) if past else None


def _judged(item: PlanItem) -> int:
    """Indicators with a status other than "no data" and "not set"."""
    return sum(number for code, number in item.overview.counts.items() if code not in {"no_data", "not_set"})


def compare(viewer: Actor, metric: str, region: Region, on: date) -> Comparison:
    """`metric` for the regions below `region`, or, where there are none, for `region` among those beside it."""
    definition = metric_of(metric)
    values = values_by_region(viewer, metric, region.code, on)
    above = region
    if not values and region.parent_id:
        above = get_region(region.parent_id)
        values = values_by_region(viewer, metric, above.code, on)
    whole = read_metric(viewer, definition, scope_of(above.code, on))
    parts = [value.value for _region, value in values]
    rest = None
    if definition.addable and whole.value is not None and all(part is not None for part in parts):
        rest = whole.value - sum((part for part in parts if part is not None), Decimal(0))
    return Comparison(definition, above, region, whole, values, rest)


def history(viewer: Actor, metric: str, region: Region, on: date) -> list[tuple[date, MetricValue]]:
    """`metric` at the last five year ends before `on`, and on `on`."""
    definition = metric_of(metric)
    days = [date(on.year - back, 12, 31) for back in range(YEARS_BACK, 0, -1)]
    return [(day, read_metric(viewer, definition, scope_of(region.code, day))) for day in [*days, on]]


def _finding(region: Region, chains: list[ChainTiles]) -> str:
    """A sentence from the metrics, for a region whose plan is not here yet."""
    name = region_name(region)
    for chain in chains:
        for tile in chain.tiles:
            if tile.metric.code != "hnte_valid" or not tile.value.value:
                continue
            said = {"place": name, "count": f"{tile.value.value:,.0f}"}
            change = tile.change
            if change is None or change == 0:
                return _("%(place)s有 %(count)s 家有效高新技术企业") % said
            if change > 0:
                return _("%(place)s有 %(count)s 家有效高新技术企业，比一年前多 %(change)s 家") % {**said, "change": f"{change:,.0f}"}
            return _("%(place)s有 %(count)s 家有效高新技术企业，比一年前少 %(change)s 家") % {**said, "change": f"{-change:,.0f}"}
    return _("%(place)s还没有规划，也没有称号数据") % {"place": name}
