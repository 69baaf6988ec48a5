"""Notices every statement that changes the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

WRITE = re.compile(r"\s*(?:/\*.*?\*/)?\s*(?:INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|ALTER|DROP|CREATE)\b", re.IGNORECASE)
# The session itself, the hour in which a token was last used, and the search index catching up are no business data.
INNOCENT = re.compile(r"django_session|DELETE FROM \"foundation_searchoutbox\"|SET \"last_used_at\"|SET \"last_login\"")


@contextmanager
def noticed_writes() -> Iterator[list[str]]:
    """The writing statements of the block, sessions aside."""
    found: list[str] = []

    def notice(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if WRITE.match(sql) and not INNOCENT.search(sql):
            found.append(sql[:200])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(notice):
        yield found
