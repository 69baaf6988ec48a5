"""What the directory's metrics share: columns of an organisation, counting, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from wulian.directory.models import Organisation, Region, Source, SourceRecord
from wulian.directory.placing import moved_since
from wulian.foundation.bulk import ids_in_database
from wulian.foundation.catalogue.metrics import Column, Facet, Narrow, Scope, SourceReading, Tally
from wulian.foundation.models import ImportBatch

FEN_PER_WAN_YUAN = Decimal(1_000_000)
FEN_PER_YI_YUAN = Decimal(10_000_000_000)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def count(queryset: QuerySet[Any]) -> tuple[Decimal, int]:
    """The number of records. A count of nothing is zero, not unknown: the register is there and has none."""
    number = queryset.order_by().count()
    return Decimal(number), number


def count_once_known(source: Callable[[], QuerySet[Any]]) -> Callable[[QuerySet[Any]], tuple[Decimal | None, int]]:
    """The number of records; unknown as long as `source`, the list that they come from, holds nothing at all: nobody has
    brought it in yet, which is not the same as none."""

    def measure(queryset: QuerySet[Any]) -> tuple[Decimal | None, int]:
        number = queryset.order_by().count()
        return (None, 0) if not number and not source().exists() else (Decimal(number), number)

    return measure


def summed(scale: Decimal) -> Callable[[QuerySet[Any]], tuple[Decimal | None, int]]:
    """The sum of `value` in units of `scale`, unknown when there is no record, and the number of records."""

    def measure(queryset: QuerySet[Any]) -> tuple[Decimal | None, int]:
        found = queryset.order_by().aggregate(total=Sum("value"), number=Count("pk"))
        return (None if found["total"] is None else Decimal(found["total"]) / scale), found["number"]

    return measure


def places_below(scope: Scope) -> dict[str | None, str]:
    """Every region in scope -> the one directly below the scope's that it is or lies in; not the scope's region itself."""
    parents = dict(Region.objects.filter(code__in=scope.regions).values_list("code", "parent_id"))
    places: dict[str | None, str] = {}
    for code in scope.regions - {scope.region}:
        step = code
        while (above := parents.get(step)) and above != scope.region:
            step = above
        places[code] = step
    return places


def tally_at(records: Callable[[Scope], QuerySet[Any]], region: str) -> Tally:
    """The tally of `records` that each belong to one region for good, named by the field `region`."""

    def tally(scope: Scope, narrow: Narrow, fields: Sequence[str]) -> Iterable[tuple[Any, ...]]:
        places, cube = places_below(scope), Counter[tuple[Any, ...]]()
        # Wrapped, the region cannot tempt SQLite into walking all organisations in its order.
        found = narrow(records(scope)).order_by().annotate(at=Coalesce(region, Value(""))).values_list("at", *fields)
        for code, *values, number in found.annotate(number=Count("pk")):
            cube[places.get(code, ""), *values] += number
        return [(*key, number) for key, number in cube.items()]

    return tally


def tally_of(records: Callable[[Scope], QuerySet[Any]], path: str = "", day: Callable[[date], date] = lambda on: on) -> Tally:
    """The tally of `records` that each belong to one organisation, at lookup prefix `path`; `day`: on which it is placed."""
    now = tally_at(records, f"{path}region")

    def tally(scope: Scope, narrow: Narrow, fields: Sequence[str]) -> Iterable[tuple[Any, ...]]:
        moved = moved_since(day(scope.on))
        if not moved:
            return now(scope, narrow, fields)
        places = places_below(scope)
        cube = Counter({row[:-1]: row[-1] for row in now(scope, narrow, fields)})
        movers = narrow(records(scope)).order_by().filter(**{f"{path}pk__in": ids_in_database(list(moved))})
        for who, *values, number in movers.values_list(f"{path}pk", *fields).annotate(number=Count("pk")):
            start, present = moved[who]
            cube[places.get(present, ""), *values] -= number
            cube[places.get(start, ""), *values] += number
        return [(*key, number) for key, number in cube.items() if number]

    return tally


def one(record: Any) -> Decimal:
    return Decimal(1)


def organisation_columns(path: str = "") -> tuple[Column, ...]:
    """Name (leading to the archive), code and present region of the organisation at dotted `path`."""
    field = path.replace(".", "__")
    return (
        Column("name", _("名称"), f"{path}name", sort=f"{field}name_key", organisation=f"{path}pk"),
        Column("uscc", _("统一社会信用代码"), f"{path}uscc", sort=f"{field}uscc"),
        Column("region", _("现所在区域"), f"{path}region", sort=f"{field}region_id"),
    )


def kind_facet(path: str = "") -> Facet:
    return Facet("kind", _("主体类别"), f"{path}kind", dict(Organisation.Kind.choices))


def sources_of(queryset: QuerySet[Any]) -> list[SourceReading]:
    """The sources of rows that have `source` and `batch_id`; the as-of date is the day of the latest import, where one was.

    Asked source by source, because there are few and an index answers each at once.
    """
    latest = {}
    for source in Source.objects.all():
        row = queryset.filter(source=source).order_by("-batch_id").values_list("batch_id").first()
        if row:
            latest[source] = row[0]
    days = import_days([batch for batch in latest.values() if batch])
    return [SourceReading(source.name, days.get(batch), source.is_synthetic) for source, batch in latest.items()]


def import_days(batches: Sequence[int]) -> dict[int, date]:
    """The Shanghai day on which each import batch last moved."""
    rows = ImportBatch.objects.filter(pk__in=batches).values_list("pk", "finished_at", "heartbeat_at", "created_at")
    return {pk: (finished or heartbeat or created).astimezone(SHANGHAI).date() for pk, finished, heartbeat, created in rows}


def register_sources() -> list[SourceReading]:
    """The registers that organisations came from, each with the day of its latest import."""
    sources = Source.objects.filter(Exists(SourceRecord.objects.filter(source=OuterRef("pk"))))
    latest = dict(
        ImportBatch.objects.filter(kind="organisations", state=ImportBatch.State.FINISHED)
        .values_list("source")
        .annotate(Max("finished_at"))
        .order_by()
    )
    found = []
    for source in sources:
        day = latest.get(source.code) or latest.get(source.name)
        found.append(SourceReading(source.name, day.astimezone(SHANGHAI).date() if day else None, source.is_synthetic))
    return found
