"""Finding things by a fragment of their name: former names, pinyin, codes, with counted filters.

Full text lives outside the database (tantivy), so it may lag or be lost and the database stays right: whoever changes an
object marks it in the outbox within the same transaction, and an outbox row goes only after the index has committed.
"""

from .declare import Entry, Kind, all_kinds, declare, get
from .query import Facets, Hits, Order, Unavailable, search
from .writing import flush, flush_or_schedule, is_ready, mark, pending, rebuild, schedule_rebuild

__all__ = [
    "Entry", "Facets", "Hits", "Kind", "Order", "Unavailable", "all_kinds", "declare", "flush", "flush_or_schedule", "get",
    "is_ready", "mark", "pending", "rebuild", "schedule_rebuild", "search",
]  # fmt: skip
