"""Where an organisation was on a date, and whether it was there at all: conditions for queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import DateField, F, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, In, LessThanOrEqual

from wulian.foundation.bulk import ids_in_database

from .models import Organisation, RegionMove


def moved_since(on: date) -> dict[int, tuple[str | None, str | None]]:
    """Organisations that moved after `on`: the region of each on that day, from which its first later move started, and now.

    A move on `on` itself has already happened. Few move, so they are read and the others stay where their row says.
    """
    moves = RegionMove.objects.filter(moved_on__gt=on).order_by("-moved_on", "-pk")
    return {who: (start, now) for who, start, now in moves.values_list("organisation_id", "from_region_id", "organisation__region_id")}


def located(regions: Iterable[str], on: date, path: str = "") -> Q:
    """Organisations whose region on `on` is one of `regions`.

    `path`: lookup prefix to the organisation, e.g. "organisation__".
    """
    codes = sorted(regions)
    # Seen from titles, patents or facts the region is a condition on the organisation of a row, never the way to the rows:
    # wrapped, it cannot tempt SQLite into walking all organisations of a region once for every row.
    there = Q(In(Coalesce(F(f"{path}region"), Value("")), codes)) if path else Q(region__in=codes)
    moved = moved_since(on)
    left = [who for who, (start, now) in moved.items() if start in codes and now not in codes]
    came = [who for who, (start, now) in moved.items() if start not in codes and now in codes]
    if came:
        there &= ~Q(**{f"{path}pk__in": ids_in_database(came)})
    return there | Q(**{f"{path}pk__in": ids_in_database(left)}) if left else there


def existing(on: date, path: str = "") -> Q:
    """Organisations that stood on `on`: not merged away, founded by then (or on an unknown date) and not yet closed.

    One that is cancelled or revoked without a date is not counted on any date: when it closed is unknown.
    """
    closed_undated = Q(
        **{f"{path}closed_on__isnull": True, f"{path}status__in": [Organisation.Status.CANCELLED, Organisation.Status.REVOKED]}
    )
    # An unknown founding day counts as long ago, an open end as never; as one expression each, so that no OR leads SQLite
    # to search the same index twice.
    founded = Coalesce(F(f"{path}established_on"), Value(date.min), output_field=DateField())
    closed = Coalesce(F(f"{path}closed_on"), Value(date.max), output_field=DateField())
    return (
        Q(**{f"{path}merged_into__isnull": True})
        & Q(LessThanOrEqual(founded, Value(on)))
        & Q(GreaterThan(closed, Value(on)))
        & ~closed_undated
    )
