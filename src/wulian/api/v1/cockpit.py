"""The cockpit: one region on one date, over all chains."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Schema

from wulian.directory.selectors.regions import get_region
from wulian.fusion.cockpit import Tile, cockpit, compare, history

from .figures import RegionValue, SourceOut
from .operations import Subject
from .plans import Overview, PlanLine, overview_row, plan_line
from .shapes import Label, Number, Scope, Word, actor

subject = Subject("cockpit")


class TileOut(Schema):
    """A metric on the date and a year earlier; the change is null unless both are known."""

    metric: str
    name: Label
    unit: Label
    value: Number | None
    unknown_because: Label
    before: Number | None
    change: Number | None

    @staticmethod
    def of(tile: Tile) -> dict[str, Any]:
        metric = tile.metric
        return {
            "metric": metric.code, "name": metric.name, "unit": metric.unit, "value": tile.value.value,
            "unknown_because": tile.value.unknown_because, "before": tile.before.value, "change": tile.change,
        }  # fmt: skip


class ChainTiles(Schema):
    code: str
    name: Label
    tiles: list[TileOut]


class CockpitOut(Schema):
    """`plan`: the plan that is judged; `others`: further plans of the region and those below it."""

    region: str
    on: date
    finding: str
    plan: Overview | None
    others: list[PlanLine]
    chains: list[ChainTiles]
    sources: list[SourceOut]


class RegionComparison(Schema):
    """A metric for regions side by side. `rest`: what belongs to the region above but to none of them."""

    metric: str
    unit: Label
    above: str
    whole: Number | None
    values: list[RegionValue]
    rest: Number | None


class DatedValue(Schema):
    on: date
    value: Number | None
    unknown_because: Label


@subject.get("/cockpit", "get_cockpit", CockpitOut)
def get_cockpit(request: HttpRequest, query: Query[Scope]) -> Any:
    """Everything that the first screen says of a region on a date."""
    found = cockpit(actor(request), get_region(query.code), query.day)
    return {
        "region": found.region.pk,
        "on": found.on,
        "finding": found.finding,
        "plan": overview_row(found.main) if found.main else None,
        "others": [plan_line(item) for item in found.others],
        "chains": [{"code": one.code, "name": one.name, "tiles": [TileOut.of(tile) for tile in one.tiles]} for one in found.chains],
        "sources": found.sources,
    }


@subject.get("/cockpit/comparison/{metric}", "compare_regions", RegionComparison)
def comparison(request: HttpRequest, metric: Word, query: Query[Scope]) -> Any:
    """A metric for the regions below, or for the region among those beside it."""
    found = compare(actor(request), metric, get_region(query.code), query.day)
    return {
        "metric": found.metric.code,
        "unit": found.metric.unit,
        "above": found.above.pk,
        "whole": found.whole.value,
        "values": [{"region": one.pk, "value": value.value, "unknown_because": value.unknown_because} for one, value in found.values],
        "rest": found.rest,
    }


@subject.get("/cockpit/history/{metric}", "get_metric_history", list[DatedValue])
def metric_history(request: HttpRequest, metric: Word, query: Query[Scope]) -> Any:
    """A metric at the last five year ends, and on the date."""
    found = history(actor(request), metric, get_region(query.code), query.day)
    return [{"on": day, "value": value.value, "unknown_because": value.unknown_because} for day, value in found]
