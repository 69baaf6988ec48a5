"""Opening a figure: its value, definition and sources, and the list of records that add up to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation, Region
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.catalogue import snapshots
from wulian.foundation.catalogue.metrics import Column, Metric, MetricValue, Part, Scope, SourceReading, scope_of
from wulian.foundation.catalogue.snapshots import metric_of
from wulian.foundation.models import MetricSnapshot
from wulian.kernel.errors import N_, NotFound

from .regions import get_region

FEWEST_FIRMS = 3  # a sum over fewer firms would tell the public what a single one reported
OPENERS = (Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)


class UnknownPart(NotFound):
    code = "unknown_part"
    message = N_("“%(metric)s”没有“%(part)s”这一部分。请从数字本身重新打开。")


class UnknownSnapshot(NotFound):
    code = "unknown_snapshot"
    message = N_("没有编号为 %(number)s 的快照。请从指标的实际值里重新打开。")


@dataclass(frozen=True, slots=True)
class Figure:
    """An open figure. `snapshot` set: everything is as it was frozen then. `rows` are the first records of `part`."""

    metric: Metric
    region: Region
    scope: Scope
    value: MetricValue
    part: Part
    rows: list[Any]
    count: int | None  # None: the viewer may not open the list
    notes: list[str]
    sources: list[SourceReading]
    snapshot: MetricSnapshot | None = None

    @property
    def part_value(self) -> Decimal | None:
        return self.value.parts.get(self.part.key)

    @property
    def is_synthetic(self) -> bool:
        return any(source.is_synthetic for source in self.sources)


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a list: options are (value, what a person reads, count); the empty value means all."""

    key: str
    label: Any
    options: list[tuple[str, Any, int]]
    chosen: str


@dataclass(frozen=True, slots=True)
class RecordList:
    """The records of one part, filtered and ordered, with what can be chosen. `total` sums what is listed."""

    metric: Metric
    region: Region
    scope: Scope
    part: Part
    records: QuerySet[Any]
    count: int
    total: Decimal | None
    filters: list[Filter]
    search: str
    sort: str
    snapshot: MetricSnapshot | None = None
    chosen: Mapping[str, str] = field(default_factory=dict)

    def export(self) -> tuple[list[str], Iterator[list[Any]]]:
        """Headings and cells of exactly this list, all of it, in its order."""
        part = self.part
        cells = ([plain(part.cell(row, column)) for column in part.columns] for row in self.records.iterator(chunk_size=2000))
        return [heading(part, column) for column in part.columns], cells


def may_list(viewer: Actor, part: Part, region: str) -> bool:
    """Whether `viewer` may see the single records of `part` in `region`."""
    return not part.restricted or viewer.has(*OPENERS, region=region)


def read_metric(viewer: Actor, metric: Metric, scope: Scope, records: Mapping[str, QuerySet[Any]] | None = None) -> MetricValue:
    """The live value for `viewer`: a sum over fewer than three firms is withheld from those who may not list them.

    `records`: of parts whose records the caller has asked for already.
    """
    value = metric.compute(scope, records)
    for part in metric.parts:
        if value.value is None or not part.few_hidden or may_list(viewer, part, scope.region):
            continue
        if value.counts[part.key] < FEWEST_FIRMS:
            return _withheld(value)
    return value


def open_figure(viewer: Actor, metric: str, region: str, on: date, part: str = "", *, limit: int = 20) -> Figure:
    """The live figure with the first `limit` records of `part` (first part unless named).

    Raises: UnknownMetric, UnknownRegion, UnknownPart.
    """
    definition, where = metric_of(metric), get_region(region)
    chosen, scope = part_of(definition, part), scope_of(region, on)
    queryset = chosen.records(scope)
    value = read_metric(viewer, definition, scope, {chosen.key: queryset})
    listed = may_list(viewer, chosen, region)
    return Figure(
        metric=definition,
        region=where,
        scope=scope,
        value=value,
        part=chosen,
        rows=chosen.first_rows(queryset, limit) if listed else [],
        count=value.counts[chosen.key] if listed else None,
        notes=definition.notes(scope, value) if value.value is not None else [],
        sources=definition.sources(scope),
    )


def open_snapshot(viewer: Actor, number: int, part: str = "", *, limit: int = 20) -> Figure:
    """The frozen figure with the first `limit` of the records that made it. Raises UnknownSnapshot, UnknownPart."""
    snapshot = get_snapshot(number)
    definition = metric_of(snapshot.metric)
    chosen, where = part_of(definition, part), get_region(snapshot.region)
    scope = scope_of(snapshot.region, snapshot.as_of)
    ids = snapshots.record_ids(snapshot, chosen.key)
    value = snapshots.snapshot_value(snapshot)
    listed = may_list(viewer, chosen, snapshot.region)
    if not listed and chosen.few_hidden and len(ids) < FEWEST_FIRMS and value.value is not None:
        value = MetricValue(
            None, dict.fromkeys(value.parts), _("不足 %(fewest)s 家企业报数，为保护单家企业的数据不公开") % {"fewest": FEWEST_FIRMS}
        )
    return Figure(
        metric=definition,
        region=where,
        scope=scope,
        value=value,
        part=chosen,
        rows=list(snapshots.records_of_snapshot(snapshot, chosen.key)[:limit]) if listed else [],
        count=len(ids) if listed else None,
        notes=[],
        sources=definition.sources(scope),
        snapshot=snapshot,
    )


def get_snapshot(number: int) -> MetricSnapshot:
    """Raises: UnknownSnapshot."""
    snapshot = MetricSnapshot.objects.filter(pk=number).first()
    if snapshot is None:
        raise UnknownSnapshot(number=number)
    return snapshot


def snapshots_of(viewer: Actor, metric: str, region: str, *, limit: int = 12) -> list[MetricSnapshot]:
    """The latest snapshots of a metric in a region, newest date first; without those whose value is withheld from `viewer`."""
    definition = metric_of(metric)
    rows = MetricSnapshot.objects.filter(metric=metric, region=region).order_by("-as_of", "-id")
    hidden = [part.key for part in definition.parts if part.few_hidden and not may_list(viewer, part, region)]
    if not hidden:
        return list(rows.defer("records")[:limit])
    return [row for row in rows[:limit] if all(len(snapshots.record_ids(row, key)) >= FEWEST_FIRMS for key in hidden)]


def list_records(
    viewer: Actor,
    metric: str,
    region: str,
    on: date,
    part: str = "",
    *,
    search: str = "",
    district: str = "",
    chosen: Mapping[str, str] | None = None,
    sort: str = "",
    with_filters: bool = True,
) -> RecordList:
    """The live records of `part`, filtered. `chosen`: facet key -> value. `sort`: column key, with "-" for descending.

    Raises: UnknownMetric, UnknownRegion, UnknownPart, and Denied when the list names figures of single firms and `viewer`
    is no officer of the region.
    """
    definition, where, scope = metric_of(metric), get_region(region), scope_of(region, on)
    part_ = part_of(definition, part)
    _require_list(viewer, part_, region)
    narrowed = _district(part_, scope, district)
    cube = _Cube(part_, search, chosen or {})
    if with_filters and part_.by_region:
        cube.count(scope, narrowed)
    return _listed(definition, where, scope, part_, part_.records(narrowed), cube, sort, with_filters, district)


def list_snapshot_records(
    viewer: Actor,
    number: int,
    part: str = "",
    *,
    search: str = "",
    chosen: Mapping[str, str] | None = None,
    sort: str = "",
    with_filters: bool = True,
) -> RecordList:
    """The frozen records of `part`, filtered. Raises as `list_records`, and UnknownSnapshot."""
    snapshot = get_snapshot(number)
    definition, where = metric_of(snapshot.metric), get_region(snapshot.region)
    part_, scope = part_of(definition, part), scope_of(snapshot.region, snapshot.as_of)
    _require_list(viewer, part_, snapshot.region)
    records = snapshots.records_of_snapshot(snapshot, part_.key)
    cube = _Cube(part_, search, chosen or {})
    return _listed(definition, where, scope, part_, records, cube, sort, with_filters, snapshot=snapshot)


def values_by_region(viewer: Actor, metric: str, region: str, on: date) -> list[tuple[Region, MetricValue]]:
    """The same metric for every region directly below `region`, in code order; regions abolished by `on` are left out."""
    definition = metric_of(metric)
    below = Region.objects.filter(Q(disabled_on__isnull=True) | Q(disabled_on__gt=on), parent=region).order_by("code")
    return [(child, read_metric(viewer, definition, scope_of(child.code, on))) for child in below]


def register_is_empty() -> bool:
    """True in a fresh installation: no organisation but units of government."""
    return not Organisation.objects.exclude(kind=Organisation.Kind.GOVERNMENT).exists()


def part_of(metric: Metric, key: str) -> Part:
    """The part called `key`, or the first one. Raises UnknownPart."""
    try:
        return metric.part(key) if key else metric.parts[0]
    except KeyError as error:
        raise UnknownPart(metric=str(metric.name), part=key[:20]) from error


def region_name(region: Region, *, short: bool = False) -> str:
    """The region's name in the reader's language."""
    if (get_language() or "").startswith("en") and region.name_en:
        return region.name_en
    return region.short_name if short else region.name


def heading(part: Part, column: Column) -> str:
    """The heading of a column; the column of contributions carries the unit."""
    return f"{column.label}（{part.unit}）" if column.numeric and not column.path else str(column.label)


def plain(value: Any) -> Any:
    """A cell for a file: numbers and dates as they are, everything else as text, unknown as empty."""
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return region_name(value) if isinstance(value, Region) else str(value)


def _withheld(value: MetricValue) -> MetricValue:
    why = _("不足 %(fewest)s 家企业报数，为保护单家企业的数据不公开") % {"fewest": FEWEST_FIRMS}
    return MetricValue(None, dict.fromkeys(value.parts), why, value.counts)


def _require_list(viewer: Actor, part: Part, region: str) -> None:
    require(
        may_list(viewer, part, region), act=_("看单家企业的数据"), reason=_("需要管辖该区域的科技部门工作人员；合计数和口径对所有人公开")
    )


def _district(part: Part, scope: Scope, code: str) -> Scope:
    """The scope narrowed to `code` when it lies in it; a code from elsewhere changes nothing."""
    return scope_of(code, scope.on) if code and part.by_region and code in scope.regions else scope


class _Cube:
    """How many records of a list there are in each district with each value of its facets, counted once for all filters.

    `rows`: the district (None: not counted by district), the value of every facet, the number.
    """

    def __init__(self, part: Part, search: str, chosen: Mapping[str, str]) -> None:
        self.part, self.search, self.chosen = part, search.strip(), chosen
        self.fields = [facet.field for facet in part.facets]
        self.districts: list[tuple[str, Any, int]] = []
        self.rows: list[tuple[Any, ...]] = []

    def searched(self, records: QuerySet[Any]) -> QuerySet[Any]:
        condition = Q()
        for name in self.part.search_fields:
            condition |= Q(**{f"{name}__icontains": self.search})
        return records.filter(condition) if self.search and self.part.search_fields else records

    def faceted(self, records: QuerySet[Any]) -> QuerySet[Any]:
        for facet in self.part.facets:
            if self.chosen.get(facet.key) in facet.labels:
                records = records.filter(**{facet.field: self.chosen[facet.key]})
        return records

    def count(self, scope: Scope, narrowed: Scope) -> None:
        """Count the records of `scope` by the districts below it, and keep for the facets those of `narrowed`."""
        whole = list(self.part.tally(scope, self.searched, self.fields)) if self.part.tally else []
        children = list(Region.objects.filter(parent=scope.region).order_by("code"))
        self.rows = whole
        if self.part.tally and narrowed.region != scope.region:
            self.rows = [row for row in whole if row[0] == narrowed.region]
            if narrowed.region not in {child.code for child in children}:  # it lies further down
                self.rows = list(self.part.tally(narrowed, self.searched, self.fields))
        for child in children:
            if self.part.tally:
                number = sum(row[-1] for row in whole if row[0] == child.code and self._fits(row))
            else:
                records = self.part.records(scope_of(child.code, scope.on))
                number = self.faceted(self.searched(records)).order_by().count()
            if number or child.code == narrowed.region:
                self.districts.append((child.code, region_name(child, short=True), number))

    def filters(self, records: QuerySet[Any], district: str) -> list[Filter]:
        """What can be chosen, each option with its count; the counts of a facet ignore what is chosen in itself."""
        if self.fields and not self.rows:
            self.rows = [(None, *row) for row in records.order_by().values_list(*self.fields).annotate(n=Count("pk"))]
        found = [Filter("district", _("区域"), self.districts, district)] if self.districts else []
        for place, facet in enumerate(self.part.facets, 1):
            counts: Counter[Any] = Counter()
            for row in self.rows:
                if self._fits(row, facet.key):
                    counts[row[place]] += row[-1]
            options = [(value, facet.labels[value], counts[value]) for value in facet.labels if counts[value]]
            found.append(Filter(facet.key, facet.label, options, self.chosen.get(facet.key, "")))
        return [one for one in found if len(one.options) > 1 or one.chosen]

    def _fits(self, row: tuple[Any, ...], but: str = "") -> bool:
        for place, facet in enumerate(self.part.facets, 1):
            value = self.chosen.get(facet.key)
            if facet.key != but and value in facet.labels and row[place] != value:
                return False
        return True


def _listed(
    metric: Metric,
    region: Region,
    scope: Scope,
    part: Part,
    records: QuerySet[Any],
    cube: _Cube,
    sort: str,
    with_filters: bool,
    district: str = "",
    snapshot: MetricSnapshot | None = None,
) -> RecordList:
    searched = cube.searched(records)
    found = cube.faceted(searched)
    total, number = part.measure(found)
    ordered = part.rows(found)
    column = next((column for column in part.columns if column.sort and column.key == sort.removeprefix("-")), None)
    if column:
        ordered = ordered.order_by(("-" if sort.startswith("-") else "") + column.sort, "pk")
    return RecordList(
        metric=metric,
        region=region,
        scope=scope,
        part=part,
        records=ordered,
        count=number,
        total=total,
        filters=cube.filters(searched, district) if with_filters else [],
        search=cube.search,
        sort=sort if column else "",
        snapshot=snapshot,
        chosen={"district": district, **cube.chosen},
    )


@dataclass(frozen=True, slots=True)
class Change:
    """How the records of a part differ between a snapshot and now; the rows are the first of each kind."""

    part: Part
    added: list[Any]
    removed: list[Any]
    added_count: int
    removed_count: int
    gone: int  # removed and no longer in the database at all


def snapshot_differences(viewer: Actor, number: int, *, limit: int = 50) -> list[Change]:
    """Part by part, what would be different if the snapshot were taken now. Rows only for those who may list them."""
    snapshot = get_snapshot(number)
    found = []
    for difference in snapshots.differences(snapshot):
        part, listed = difference.part, may_list(viewer, difference.part, snapshot.region)
        manager = part.records(scope_of(snapshot.region, snapshot.as_of)).model._default_manager

        def rows(ids: list[int], part: Part = part, manager: Any = manager, listed: bool = listed) -> list[Any]:
            return list(part.rows(manager.filter(pk__in=ids[:limit]))) if listed else []

        found.append(
            Change(part, rows(difference.added), rows(difference.removed), len(difference.added), len(difference.removed), difference.gone)
        )
    return found
