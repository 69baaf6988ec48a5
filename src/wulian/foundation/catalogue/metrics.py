"""Metrics: a number of a region at a date or over a year, with the records that add up to it.

A metric declares one or two *parts* (a plain count or sum has one; a share has numerator and denominator). A part knows
its queryset for a scope and what each record contributes, so value, list, filter and export all come from one definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _


class Period(StrEnum):
    INSTANT = "instant"  # holds at a date
    YEAR = "year"  # over the calendar year of the date, up to the date
    YEARLY = "yearly"  # of the latest calendar year that is complete at the date (facts.latest_complete_year)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and when. `regions`: codes of `region` and everything below it. `on`: the date it holds for."""

    region: str
    regions: frozenset[str]
    on: date


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a record list.

    path: attribute path on the record (`organisation.name`), a function of the record, or empty for what the record adds.
    sort: field to order by in the database; empty when the list cannot be ordered by it.
    organisation: attribute path of the id of the organisation that the cell leads to; href: the address that it leads to.
    """

    key: str
    label: Any
    path: str | Callable[[Any], Any]
    numeric: bool = False
    sort: str = ""
    organisation: str = ""
    href: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter of a record list: `field` is compared; `labels` gives what a person reads for each stored value."""

    key: str
    label: Any
    field: str
    labels: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SourceReading:
    """Where records came from and the date up to which they hold."""

    name: str
    as_of: date | None
    is_synthetic: bool = False


Narrow = Callable[[QuerySet[Any]], QuerySet[Any]]
Tally = Callable[[Scope, Narrow, Sequence[str]], Iterable[tuple[Any, ...]]]
Measured = tuple[Decimal | None, int]


@dataclass(frozen=True, slots=True)
class Part:
    """The records of one part of a metric.

    records(scope) -> queryset, one row per contributing record, no duplicates. `rows` adds the order and what the columns read.
    measure(queryset) -> the part's value (None: unknown) and the number of records behind it, in one query.
    contribution(record) -> Decimal, what this record adds (1 for a count).
    missing(scope) -> what is missing when the value is None.
    notes(scope, number of records) -> what a reader must know besides the value.
    by_region: the records belong to regions below the scope's, so the list can be filtered by district.
    tally(scope, narrow, fields) -> rows (code, value of each field …, number of records): code is the region directly below the
    scope's in which the records stood, "" for the scope's own. narrow: narrows a queryset of the part's records as the list
    is narrowed. For parts that can be counted so at once; without it districts are counted one after the other.
    restricted: the list names figures of single firms, so only officers of the region may open it.
    first(queryset, number) -> a queryset of the first so many of them in `order`, where that is quicker than reading rows in order.
    few_hidden: of a restricted list: a value over fewer than three records is withheld from those who may not open it.
    """

    key: str  # "records", "numerator" or "denominator"
    label: Any
    unit: str
    records: Callable[[Scope], QuerySet[Any]]
    measure: Callable[[QuerySet[Any]], Measured]
    contribution: Callable[[Any], Decimal | None]
    columns: tuple[Column, ...]
    order: tuple[str, ...] = ("pk",)
    related: tuple[str, ...] = ()  # select_related for the columns
    prefetch: tuple[str, ...] = ()  # prefetch_related for the columns
    search_fields: tuple[str, ...] = ()
    facets: tuple[Facet, ...] = ()
    missing: Callable[[Scope], str] | None = None
    notes: Callable[[Scope, int], Sequence[str]] | None = None
    sources: Callable[[Scope], Sequence[SourceReading]] | None = None
    by_region: bool = True
    tally: Tally | None = None
    restricted: bool = False
    few_hidden: bool = True
    decimals: int = 0
    first: Callable[[QuerySet[Any], int], QuerySet[Any]] | None = None

    def rows(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """`queryset` of this part's records in the list's order, with what the columns read."""
        if self.related:
            queryset = queryset.select_related(*self.related)
        return queryset.prefetch_related(*self.prefetch).order_by(*self.order)

    def first_rows(self, queryset: QuerySet[Any], number: int) -> list[Any]:
        """The first `number` of `rows`."""
        return list(self.rows(self.first(queryset, number) if self.first else queryset)[:number])

    def cell(self, record: Any, column: Column) -> Any:
        """The value of `record` in `column`, as it is stored (a page or an export formats it)."""
        if callable(column.path):
            return column.path(record)
        if not column.path:
            return self.contribution(record)
        value = record
        for name in column.path.split("."):
            if value is None:
                return None
            value = getattr(value, name)
            if callable(value):
                value = value()
        return value


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A computed value. `value` None means unknown and `unknown_because` says why; never zero for missing.

    `parts` and `counts`: value and number of records of each part.
    """

    value: Decimal | None
    parts: Mapping[str, Decimal | None]
    unknown_because: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's definition. `version` rises whenever the meaning changes; snapshots keep it.

    combine: how the parts make the value (default: the single part itself; for shares numerator/denominator × factor).
    together(scope) -> what measuring each part gives, by key, where one query can do it for all.
    """

    code: str
    name: Any
    unit: str
    period: Period
    version: int
    effective_from: date
    definition: Any
    parts: tuple[Part, ...]
    article: str = ""
    aliases: tuple[str, ...] = ()
    combine: Callable[[Mapping[str, Decimal | None]], Decimal | None] | None = None
    together: Callable[[Scope], Mapping[str, Measured]] | None = None
    addable: bool = True  # district values may be summed to the city's
    decimals: int = 0
    chain: str = ""  # innovation, industry, capital, talent or policy: where the cockpit shows it

    def compute(self, scope: Scope, records: Mapping[str, QuerySet[Any]] | None = None) -> MetricValue:
        """The value for `scope`, with each part's value. `records`: of parts whose records have been asked for already."""
        asked = records or {}
        if self.together:
            measured = self.together(scope)
        else:
            measured = {part.key: part.measure(asked[part.key] if part.key in asked else part.records(scope)) for part in self.parts}
        values = {key: value for key, (value, _count) in measured.items()}
        counts = {key: count for key, (_value, count) in measured.items()}
        for part in self.parts:
            if values[part.key] is None:
                why = part.missing(scope) if part.missing else _("没有%(what)s的数") % {"what": part.label}
                return MetricValue(None, values, why, counts)
        value = self.combine(values) if self.combine else values[self.parts[0].key]
        return MetricValue(value, values, "" if value is not None else _("分母为零，无法相除"), counts)

    def part(self, key: str) -> Part:
        """The part with `key`; raises KeyError for one that the metric does not have."""
        for part in self.parts:
            if part.key == key:
                return part
        raise KeyError(key)

    def notes(self, scope: Scope, value: MetricValue) -> list[str]:
        """What a reader must know besides the computed `value`, e.g. how many firms have not reported."""
        return [note for part in self.parts if part.notes for note in part.notes(scope, value.counts.get(part.key, 0))]

    def sources(self, scope: Scope) -> list[SourceReading]:
        """Where the records of all parts came from, each source once, with its latest as-of date."""
        found: dict[str, SourceReading] = {}
        for part in self.parts:
            for reading in part.sources(scope) if part.sources else ():
                known = found.get(reading.name)
                if known is None or (reading.as_of or date.min) > (known.as_of or date.min):
                    found[reading.name] = reading
        return sorted(found.values(), key=lambda reading: reading.name)


_METRICS: dict[str, Metric] = {}
# Metrics that come and go while the product runs (counters of adopted registers): (find one, list all).
_PROVIDERS: list[tuple[Callable[[str], Metric | None], Callable[[], Sequence[Metric]]]] = []
_CLOSURES: list[Callable[[str], frozenset[str]]] = []


def declare(metric: Metric) -> Metric:
    """Register a metric once."""
    if metric.code in _METRICS:
        raise ValueError(f"metric {metric.code} is declared twice")
    if not metric.unit:
        raise ValueError(f"metric {metric.code} has no unit")
    _METRICS[metric.code] = metric
    return metric


def provide(find_one: Callable[[str], Metric | None], list_all: Callable[[], Sequence[Metric]]) -> None:
    """Add a package's metrics that are not known when Django starts."""
    _PROVIDERS.append((find_one, list_all))


def get(code: str) -> Metric:
    """Raises KeyError."""
    found = find(code)
    if found is None:
        raise KeyError(code)
    return found


def find(code: str) -> Metric | None:
    if code in _METRICS:
        return _METRICS[code]
    return next((metric for find_one, _list_all in _PROVIDERS if (metric := find_one(code)) is not None), None)


def all_metrics() -> list[Metric]:
    """Every metric by code: those declared, then those of the providers."""
    provided = [metric for _find_one, list_all in _PROVIDERS for metric in list_all()]
    return sorted([*_METRICS.values(), *provided], key=lambda metric: metric.code)


def declared_metrics() -> list[Metric]:
    """Only those that were declared when Django started."""
    return sorted(_METRICS.values(), key=lambda metric: metric.code)


def use_regions(closure: Callable[[str], frozenset[str]]) -> None:
    """Tell the catalogue how to find a region and everything below it; the directory does so when Django starts."""
    _CLOSURES[:] = [closure]


def scope_of(region: str, on: date) -> Scope:
    """The scope of `region` and everything below it on `on`."""
    return Scope(region, _CLOSURES[0](region), on)
