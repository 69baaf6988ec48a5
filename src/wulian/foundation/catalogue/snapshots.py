"""Snapshots: a computed value frozen with the definition's version, its date and the ids of the records behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wulian.foundation import audit
from wulian.foundation.access import Actor, require_officer
from wulian.foundation.bulk import ids_in_database
from wulian.foundation.models import MetricSnapshot
from wulian.kernel.errors import N_, NotFound, WulianError

from .metrics import Metric, MetricValue, Part, Scope, find, scope_of

PLACES = Decimal("0.000001")  # of the columns that keep value and parts


class UnknownMetric(NotFound):
    code = "unknown_metric"
    message = N_("没有“%(metric)s”这个指标口径。口径目录里列出了全部口径；请从那里选一个。")


class NoRecordsKept(WulianError):
    code = "snapshot_part"
    message = N_("这份快照没有“%(part)s”的记录，只有：%(present)s。")
    status = 404


@dataclass(frozen=True, slots=True)
class Difference:
    """How the records of one part differ between a snapshot and now. Ids are primary keys of the part's model."""

    part: Part
    added: list[int]  # count now, did not then
    removed: list[int]  # counted then, do not now
    gone: int  # of the removed: rows that no longer exist at all


def metric_of(code: str) -> Metric:
    """The metric with `code`. Raises UnknownMetric."""
    metric = find(code)
    if metric is None:
        raise UnknownMetric(metric=code)
    return metric


@transaction.atomic
def take_snapshot(*, metric: str, region: str, on: date, by: Actor, at: datetime) -> MetricSnapshot:
    """Compute `metric` for `region` and everything below it on `on`, and keep value, parts and record ids.

    Taking it again while nothing has changed gives the snapshot that is already there. Raises UnknownMetric, and Denied
    unless `by` is an officer of the region.
    """
    require_officer(by, region=region, act=_("保存指标快照"))
    definition = metric_of(metric)
    scope = scope_of(region, on)
    computed = definition.compute(scope)
    records = [{"part": part.key, "ids": pack(part.records(scope).order_by().values_list("pk", flat=True))} for part in definition.parts]
    kept = {
        "value": rounded(computed.value),
        "unknown_because": computed.unknown_because[:200],
        "numerator": rounded(computed.parts.get("numerator")),
        "denominator": rounded(computed.parts.get("denominator")),
        "records": records,
    }
    last = latest_snapshot(metric, region, on)
    if last and last.version == definition.version and all(getattr(last, name) == value for name, value in kept.items()):
        return last
    snapshot = MetricSnapshot.objects.create(metric=metric, version=definition.version, region=region, as_of=on, computed_at=at, **kept)
    audit.record(
        by=by,
        action="snapshot.taken",
        obj=snapshot,
        after=audit.state_of(snapshot, "metric", "version", "region", "as_of", "value", "unknown_because"),
        region=region,
        at=at,
    )
    return snapshot


def latest_snapshot(metric: str, region: str, on: date) -> MetricSnapshot | None:
    """The newest snapshot of exactly that date, or None."""
    return MetricSnapshot.objects.filter(metric=metric, region=region, as_of=on).order_by("-id").first()


def snapshot_value(snapshot: MetricSnapshot) -> MetricValue:
    """The frozen value in the form in which a live one comes."""
    parts = {"numerator": snapshot.numerator, "denominator": snapshot.denominator}
    keys = [row["part"] for row in snapshot.records]
    return MetricValue(snapshot.value, {key: parts.get(key, snapshot.value) for key in keys}, snapshot.unknown_because)


def record_ids(snapshot: MetricSnapshot, part: str) -> list[int]:
    """Primary keys of the records that made up `part`, rising. Raises NoRecordsKept."""
    for row in snapshot.records:
        if row["part"] == part:
            return unpack(row["ids"])
    raise NoRecordsKept(part=part, present="、".join(row["part"] for row in snapshot.records))


def records_of_snapshot(snapshot: MetricSnapshot, part: str | None = None) -> QuerySet[Any]:
    """The very records that were counted, however the live data changed since (first part unless named)."""
    definition = metric_of(snapshot.metric)
    chosen = definition.part(part) if part else definition.parts[0]
    ids = record_ids(snapshot, chosen.key)
    model = chosen.records(Scope(snapshot.region, frozenset({snapshot.region}), snapshot.as_of)).model
    return chosen.rows(model._default_manager.filter(pk__in=ids_in_database(ids)))


def differences(snapshot: MetricSnapshot) -> list[Difference]:
    """Part by part: which records count now but did not then, and the other way round."""
    definition = metric_of(snapshot.metric)
    scope = scope_of(snapshot.region, snapshot.as_of)
    found = []
    for part in definition.parts:
        queryset = part.records(scope)
        then, now = set(record_ids(snapshot, part.key)), set(queryset.order_by().values_list("pk", flat=True))
        removed = sorted(then - now)
        present = queryset.model._default_manager.filter(pk__in=ids_in_database(removed)).count()
        found.append(Difference(part, sorted(now - then), removed, len(removed) - present))
    return found


def pack(ids: Iterable[int]) -> list[int | list[int]]:
    """Rising ids with every run of three or more as [first, last]: a city's 70,000 ids take a few kilobytes."""
    packed: list[int | list[int]] = []
    run: list[int] = []
    for value in sorted(ids):
        if run and value == run[-1] + 1:
            run.append(value)
            continue
        _close(run, packed)
        run = [value]
    _close(run, packed)
    return packed


def unpack(packed: Iterable[int | list[int]]) -> list[int]:
    """The ids that `pack` was given, rising."""
    ids: list[int] = []
    for item in packed:
        if isinstance(item, list):
            ids.extend(range(item[0], item[1] + 1))
        else:
            ids.append(item)
    return ids


def rounded(value: Decimal | None) -> Decimal | None:
    """`value` with the six decimals that a snapshot keeps."""
    return None if value is None else value.quantize(PLACES)


def _close(run: list[int], packed: list[int | list[int]]) -> None:
    if len(run) > 2:
        packed.append([run[0], run[-1]])
    else:
        packed.extend(run)
