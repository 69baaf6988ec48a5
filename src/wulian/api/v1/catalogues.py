"""Regions and the catalogues of facts and metrics: what there is to ask for."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Schema

from wulian.directory.selectors.regions import get_region, list_regions
from wulian.foundation.catalogue import facts, metrics
from wulian.foundation.catalogue.facts import Fact
from wulian.foundation.catalogue.metrics import Metric, Part
from wulian.foundation.catalogue.snapshots import metric_of
from wulian.foundation.catalogue.suggesting import suggest_metrics

from .operations import Subject
from .shapes import Label, Line, Number, RegionCode, Word

subject = Subject("catalogues")


class RegionOut(Schema):
    code: str
    name: str
    short_name: str
    name_en: str
    level: Literal["nation", "province", "city", "district", "zone"]
    parent: str | None

    @staticmethod
    def resolve_parent(region: Any) -> str | None:
        return None if region.parent_id is None else str(region.parent_id)


class FactOut(Schema):
    """Values of a fact are integers of its smallest unit: fen for money, parts per million for ratios."""

    code: str
    name: Label
    type: Literal["money", "count", "ratio", "yes_no"]
    unit: Label
    definition: Label
    subject: Literal["organisation", "region"]
    article: str


class ColumnOut(Schema):
    key: str
    label: Label
    numeric: bool
    sortable: bool


class PartOut(Schema):
    """One list of records. `restricted`: only officers of the region may open the single records."""

    key: str
    label: Label
    unit: Label
    restricted: bool
    columns: list[ColumnOut]
    filters: list[str]

    @staticmethod
    def of(part: Part) -> dict[str, Any]:
        columns = [{"key": c.key, "label": c.label, "numeric": c.numeric, "sortable": bool(c.sort)} for c in part.columns]
        filters = [*(["district"] if part.by_region else []), *(facet.key for facet in part.facets)]
        return {
            "key": part.key, "label": part.label, "unit": part.unit, "restricted": part.restricted, "columns": columns, "filters": filters
        }  # fmt: skip


class MetricOut(Schema):
    code: str
    name: Label
    unit: Label
    period: Literal["instant", "year", "yearly"]
    version: int
    effective_from: date
    definition: Label
    article: str
    addable: bool
    parts: list[PartOut]

    @staticmethod
    def of(metric: Metric) -> dict[str, Any]:
        names = ("code", "name", "unit", "version", "effective_from", "definition", "article", "addable")
        return {name: getattr(metric, name) for name in names} | {
            "period": metric.period.value,
            "parts": [PartOut.of(part) for part in metric.parts],
        }


class Suggested(Schema):
    metric: str
    name: Label
    score: float
    factor: Number
    reason: str


class SuggestQuery(Schema):
    name: Line
    unit: Word = ""


@subject.get("/regions", "list_regions", list[RegionOut])
def regions(request: HttpRequest) -> Any:
    """All regions in use, by code."""
    return list_regions()


@subject.get("/regions/{code}", "get_region", RegionOut)
def region(request: HttpRequest, code: RegionCode) -> Any:
    """One region."""
    return get_region(code)


def fact_row(fact: Fact) -> dict[str, Any]:
    names = ("code", "name", "unit", "definition", "subject", "article")
    return {name: getattr(fact, name) for name in names} | {"type": fact.type.value}


@subject.get("/facts", "list_facts", list[FactOut])
def list_facts(request: HttpRequest) -> Any:
    """The catalogue of facts: what can be known of one organisation or region in one year."""
    return [fact_row(fact) for fact in facts.all_facts()]


@subject.get("/metrics", "list_metrics", list[MetricOut])
def list_metrics(request: HttpRequest) -> Any:
    """The catalogue of metrics with definition, version and the parts that open to records."""
    return [MetricOut.of(metric) for metric in metrics.all_metrics()]


@subject.get("/metrics/suggestions", "suggest_metrics", list[Suggested])
def suggestions(request: HttpRequest, query: Query[SuggestQuery]) -> Any:
    """Metrics that an indicator of this name and unit may be bound to, best first."""
    return [
        {"metric": one.metric.code, "name": one.metric.name, "score": one.score, "factor": one.factor, "reason": one.reason}
        for one in suggest_metrics(query.name, query.unit)
    ]


@subject.get("/metrics/{code}", "get_metric", MetricOut)
def metric(request: HttpRequest, code: Word) -> Any:
    """One metric."""
    return MetricOut.of(metric_of(code))
