"""Metrics: a number of a region at a date or over a year, with the records that add up to it.

A metric declares one or two *parts* (a plain count or sum has one; a share has numerator and denominator). A part knows
its queryset for a scope and what each record contributes, so value, list, filter and export all come from one definition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet


class Period(StrEnum):
    INSTANT = "instant"  # holds at a date
    YEAR = "year"  # over the calendar year of the date, up to the date


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and when. `regions`: codes of `region` and everything below it. `on`: the date it holds for."""

    region: str
    regions: frozenset[str]
    on: date


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a record list. `path`: attribute path on the record (`organisation.name`)."""

    key: str
    label: Any
    path: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """The records of one part of a metric.

    records(scope) -> ordered queryset, one row per contributing record, no duplicates.
    total(queryset) -> Decimal | None, the part's value (None: unknown).
    contribution(record) -> Decimal, what this record adds (1 for a count).
    """

    key: str  # "records", "numerator" or "denominator"
    label: Any
    unit: str
    records: Callable[[Scope], QuerySet[Any]]
    total: Callable[[QuerySet[Any]], Decimal | None]
    contribution: Callable[[Any], Decimal | None]
    columns: tuple[Column, ...]
    search_fields: tuple[str, ...] = ()
    missing: str = ""  # what is missing when total is None


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A computed value. `value` None means unknown and `unknown_because` says why; never zero for missing."""

    value: Decimal | None
    parts: Mapping[str, Decimal | None]
    unknown_because: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's definition. `version` rises whenever the meaning changes; snapshots keep it.

    combine: how the parts make the value (default: the single part itself; for shares numerator/denominator × factor).
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
    addable: bool = True  # district values may be summed to the city's
    decimals: int = 0

    def compute(self, scope: Scope) -> MetricValue:
        """The value for `scope`, with each part's value."""
        values = {part.key: part.total(part.records(scope)) for part in self.parts}
        for part in self.parts:
            if values[part.key] is None:
                return MetricValue(None, values, str(part.missing))
        value = self.combine(values) if self.combine else values[self.parts[0].key]
        return MetricValue(value, values, "" if value is not None else str(self.parts[-1].missing))

    def part(self, key: str) -> Part:
        return next(part for part in self.parts if part.key == key)


_METRICS: dict[str, Metric] = {}


def declare(metric: Metric) -> Metric:
    """Register a metric once."""
    if metric.code in _METRICS:
        raise ValueError(f"metric {metric.code} is declared twice")
    _METRICS[metric.code] = metric
    return metric


def get(code: str) -> Metric:
    return _METRICS[code]


def find(code: str) -> Metric | None:
    return _METRICS.get(code)


def all_metrics() -> list[Metric]:
    return sorted(_METRICS.values(), key=lambda metric: metric.code)
