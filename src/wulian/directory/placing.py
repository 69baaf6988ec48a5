"""Where an organisation was on a date, and whether it was there at all: conditions for queries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import DateField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, In, LessThanOrEqual

from .models import Organisation, RegionMove


def located(regions: Iterable[str], on: date, path: str = "") -> Q:
    """Organisations whose region on `on` is one of `regions`.

    `path`: lookup prefix to the organisation, e.g. "organisation__". An organisation that moved after `on` was where its
    first later move started from; a move on `on` itself has already happened.
    """
    codes = sorted(regions)
    # Seen from titles, patents or facts the region is a condition on the organisation of a row, never the way to the rows:
    # wrapped, it cannot tempt SQLite into walking all organisations of a region once for every row.
    now_there = Q(In(Coalesce(F(f"{path}region"), Value("")), codes)) if path else Q(region__in=codes)
    later = RegionMove.objects.filter(moved_on__gt=on)
    if not later.exists():  # the usual case: no move lies between the date and today
        return now_there
    same = RegionMove.objects.filter(organisation_id=OuterRef("organisation_id"), moved_on__gt=on)
    between = same.filter(Q(moved_on__lt=OuterRef("moved_on")) | Q(moved_on=OuterRef("moved_on"), pk__lt=OuterRef("pk")))
    started = later.filter(~Exists(between), from_region__in=codes)
    key = f"{path}pk__in"
    return (now_there & ~Q(**{key: later.values("organisation_id")})) | Q(**{key: started.values("organisation_id")})


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
