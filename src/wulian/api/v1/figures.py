"""Figures that open: value, definition, sources and the records that add up to it; live or frozen as a snapshot."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.directory.selectors.figures import (
    Figure,
    RecordList,
    list_records,
    list_snapshot_records,
    open_figure,
    open_snapshot,
    plain,
    snapshot_differences,
    snapshots_of,
    values_by_region,
)
from wulian.foundation.catalogue.metrics import Part
from wulian.foundation.catalogue.snapshots import metric_of, take_snapshot
from wulian.foundation.exports import CONTENT_TYPES, export_response

from .operations import Subject
from .shapes import Day, Id, In, Label, Line, Number, Page, Paging, RegionCode, Scope, Word, actor, plain_decimal

subject = Subject("figures")
Key = Word


class PartValue(Schema):
    key: str
    label: Label
    unit: Label
    value: Number | None


class SourceOut(Schema):
    name: str
    as_of: date | None
    is_synthetic: bool


class FigureOut(Schema):
    """`value` null means unknown, and `unknown_because` says why; it is never zero for missing.

    `records` is the number of records behind `part`; null when the caller may not open the list.
    """

    metric: str
    name: Label
    unit: Label
    version: int
    region: str
    on: date
    value: Number | None
    unknown_because: str
    parts: list[PartValue]
    part: str
    records: int | None
    notes: list[Label]
    sources: list[SourceOut]
    is_synthetic: bool
    snapshot: int | None


class RegionValue(Schema):
    region: str
    value: Number | None
    unknown_because: str


class RecordOut(Schema):
    """One record. `cells` by column key, numbers as strings; `adds` is what it adds to the figure."""

    id: int
    cells: dict[str, str | None]
    adds: Number | None


class RecordsOut(Page[RecordOut]):
    """The records with `total`, which is the value of the part when nothing is filtered."""

    metric: str
    part: str
    unit: Label
    total: Number | None


class FigureQuery(Scope):
    part: Key = ""


class RecordsQuery(FigureQuery):
    search: Line = ""
    sort: Word = Field("", description="Column key, with a leading minus for descending.")
    district: RegionCode | Literal[""] = ""
    filter: list[Word] = Field(default_factory=list, max_length=10, description="`key:value`, e.g. `kind:hnte`; see the metric's filters.")

    @property
    def chosen(self) -> dict[str, str]:
        return {key: value for key, _, value in (one.partition(":") for one in self.filter)}


class SnapshotQuery(Schema):
    part: Key = ""


class SnapshotRecordsQuery(SnapshotQuery):
    search: Line = ""
    sort: Word = ""


class SnapshotOut(Schema):
    id: int
    metric: str
    version: int
    region: str
    as_of: date
    value: Number | None
    unknown_because: str
    numerator: Number | None
    denominator: Number | None
    computed_at: datetime


class SnapshotIn(In):
    metric: Word
    region: RegionCode
    on: Day


class DifferenceOut(Schema):
    """What counts now and did not then (`added`), and the other way round; the first 50 of each, for those who may list them.

    `gone`: records that were counted and no longer exist at all.
    """

    part: str
    added_count: int
    removed_count: int
    gone: int
    added: list[RecordOut]
    removed: list[RecordOut]


def figure_row(figure: Figure) -> dict[str, Any]:
    metric, snapshot = figure.metric, figure.snapshot
    return {
        "metric": metric.code,
        "name": metric.name,
        "unit": metric.unit,
        "version": snapshot.version if snapshot else metric.version,
        "region": figure.region.pk,
        "on": figure.scope.on,
        "value": figure.value.value,
        "unknown_because": figure.value.unknown_because,
        "parts": [
            {"key": part.key, "label": part.label, "unit": part.unit, "value": figure.value.parts.get(part.key)} for part in metric.parts
        ],
        "part": figure.part.key,
        "records": figure.count,
        "notes": figure.notes,
        "sources": [{"name": s.name, "as_of": s.as_of, "is_synthetic": s.is_synthetic} for s in figure.sources],
        "is_synthetic": figure.is_synthetic,
        "snapshot": snapshot.pk if snapshot else None,
    }


def cell(value: Any) -> str | None:
    """A cell as text, numbers in full."""
    value = plain(value)
    if value is None:
        return None
    return plain_decimal(value) if isinstance(value, Decimal) else str(value)


def record_row(part: Part, record: Any) -> dict[str, Any]:
    cells = {column.key: cell(part.cell(record, column)) for column in part.columns}
    return {"id": record.pk, "cells": cells, "adds": part.contribution(record)}


def records_page(listed: RecordList, paging: Paging) -> dict[str, Any]:
    rows = listed.records[paging.offset : paging.offset + paging.limit]
    return {
        "count": listed.count,
        "limit": paging.limit,
        "offset": paging.offset,
        "items": [record_row(listed.part, row) for row in rows],
        "metric": listed.metric.code,
        "part": listed.part.key,
        "unit": listed.part.unit,
        "total": listed.total,
    }


@subject.get("/figures/{metric}", "get_figure", FigureOut)
def figure(request: HttpRequest, metric: Word, query: Query[FigureQuery]) -> Any:
    """A live figure: the metric for a region and all below it on a date."""
    return figure_row(open_figure(actor(request), metric, query.code, query.day, query.part, limit=0))


@subject.get("/figures/{metric}/regions", "list_figure_by_region", list[RegionValue])
def by_region(request: HttpRequest, metric: Word, query: Query[Scope]) -> Any:
    """The same metric for every region directly below."""
    found = values_by_region(actor(request), metric, query.code, query.day)
    return [{"region": region.pk, "value": value.value, "unknown_because": value.unknown_because} for region, value in found]


@subject.get("/figures/{metric}/records", "list_figure_records", RecordsOut)
def records(request: HttpRequest, metric: Word, query: Query[RecordsQuery], paging: Query[Paging]) -> Any:
    """The records that add up to a live figure, filtered and ordered."""
    return records_page(listed_records(request, metric, query), paging)


@subject.file("/figures/{metric}/records.{kind}", "export_figure_records", types=tuple(CONTENT_TYPES.values()))
def export_records(request: HttpRequest, metric: Word, kind: Literal["csv", "xlsx"], query: Query[RecordsQuery]) -> StreamingHttpResponse:
    """Exactly this list as a file, all of it."""
    listed = listed_records(request, metric, query)
    columns, rows = listed.export()
    return export_response(kind, columns, rows, f"{listed.metric.name}-{listed.region}-{listed.scope.on}")


def listed_records(request: HttpRequest, metric: str, query: RecordsQuery) -> RecordList:
    return list_records(
        actor(request), metric, query.code, query.day, query.part,
        search=query.search, district=query.district, chosen=query.chosen, sort=query.sort, with_filters=False,
    )  # fmt: skip


@subject.get("/metrics/{metric}/snapshots", "list_snapshots", list[SnapshotOut])
def metric_snapshots(request: HttpRequest, metric: Word, query: Query[Scope]) -> Any:
    """The latest frozen values of a metric in a region."""
    return snapshots_of(actor(request), metric_of(metric).code, query.code, limit=100)


@subject.post("/snapshots", "take_snapshot", SnapshotOut, status=201)
def take(request: HttpRequest, body: SnapshotIn) -> Any:
    """Freeze a metric's value with its records. While nothing has changed, the snapshot that is there is given again."""
    return take_snapshot(
        metric=body.metric, region=Scope(region=body.region, on=None).code, on=body.on, by=actor(request), at=timezone.now()
    )


@subject.get("/snapshots/{number}", "get_snapshot", FigureOut)
def snapshot(request: HttpRequest, number: Id, query: Query[SnapshotQuery]) -> Any:
    """A frozen figure as it was."""
    return figure_row(open_snapshot(actor(request), number, query.part, limit=0))


@subject.get("/snapshots/{number}/records", "list_snapshot_records", RecordsOut)
def snapshot_records(request: HttpRequest, number: Id, query: Query[SnapshotRecordsQuery], paging: Query[Paging]) -> Any:
    """The very records that were counted."""
    listed = list_snapshot_records(actor(request), number, query.part, search=query.search, sort=query.sort, with_filters=False)
    return records_page(listed, paging)


@subject.get("/snapshots/{number}/differences", "list_snapshot_differences", list[DifferenceOut])
def differences(request: HttpRequest, number: Id) -> Any:
    """How the records of today differ from those that were counted, part by part."""
    names = ("added_count", "removed_count", "gone")
    return [
        {
            "part": change.part.key,
            **{name: getattr(change, name) for name in names},
            "added": [record_row(change.part, row) for row in change.added],
            "removed": [record_row(change.part, row) for row in change.removed],
        }
        for change in snapshot_differences(actor(request), number)
    ]
