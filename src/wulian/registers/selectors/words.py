"""Finding entries by fragments of their words, through the index of migration 0004 and exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from wulian.foundation.access import Actor
from wulian.kernel.names import name_key

from .. import access
from ..models import Entry, EntryText

MOST = 8  # words of a question; what is typed after them is not asked


def with_words(viewer: Actor, entries: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    """Entries in whose words every typed word occurs: all words where the viewer sees everything, public words elsewhere."""
    keys = [name_key(word) for word in text.split()[:MOST]]
    if not keys:
        return entries
    if not all(keys):  # nothing but punctuation
        return entries.none()
    public = Q(pk__in=_holding("public_words", keys))
    if not viewer.signed_in:
        return entries.filter(public)
    entries = entries.filter(pk__in=_holding("words", keys))
    overseen = access.overseen(viewer)
    return entries if overseen is None else entries.filter(overseen | public | access.is_party(viewer))


def _holding(column: str, keys: Sequence[str]) -> Any:
    """Ids of the entries whose words in `column` hold every one of `keys` (normalised, none empty)."""
    if connection.vendor == "sqlite":
        asked = f"{column} : ({' AND '.join(map(_phrase, keys))})"
        return RawSQL("SELECT rowid FROM registers_entrywords WHERE registers_entrywords MATCH %s", [asked])
    pairs = sorted({key[place : place + 2] for key in keys for place in range(max(len(key) - 1, 1))})
    # The public words are among all words, so one index serves both.
    texts = EntryText.objects.filter(RawSQL("registers_pairs(words) @> %s::text[]", [pairs], output_field=BooleanField()))
    for key in keys:
        texts = texts.filter(**{f"{column}__contains": key})
    return texts.values("entry")


def _phrase(key: str) -> str:
    """A fragment as a phrase of pairs of characters; a single character begins a pair or ends a run of words."""
    return f'"{key}" *' if len(key) == 1 else '"' + " ".join(key[place : place + 2] for place in range(len(key) - 1)) + '"'
