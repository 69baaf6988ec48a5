"""The entries of a page of a list, quickly however long the list is: first the ids, which an index gives in order, then the rows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import OrderBy

from ..models import Entry


def page_ids(entries: QuerySet[Entry]) -> list[int]:
    """The ids of `entries` (a slice of a list) in its order. Where unknown values come last, an index of the known ones gives
    those first; the unknown ones are asked for only when the page reaches them."""
    query = entries.query
    first: Any = query.order_by[0] if query.order_by else None
    if query.high_mark is None or not (isinstance(first, OrderBy) and first.nulls_last):
        return list(entries.values_list("pk", flat=True))
    key: Any = first.expression
    start, stop, column, sign = query.low_mark, query.high_mark, key.name, "-" if first.descending else ""
    whole = entries.all()
    whole.query.clear_limits()
    known = whole.filter(**{f"{column}__isnull": False}).order_by(f"{sign}{column}", f"{sign}pk").values_list("pk", flat=True)
    unknown = whole.filter(**{f"{column}__isnull": True}).order_by(f"{sign}pk").values_list("pk", flat=True)
    ids = list(known[start:stop])
    if len(ids) < stop - start:
        before = start + len(ids) if ids else known.order_by().count()
        ids += unknown[max(start - before, 0) : stop - before]
    return ids
