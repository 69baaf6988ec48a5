"""Asking the index."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tantivy

from wulian.kernel.errors import N_, WulianError
from wulian.kernel.names import name_key

from .declare import Kind, get
from .pinyin import cut
from .schema import CODE_BEGINNINGS, START, folder_of, pairs
from .writing import ready_at, schedule_rebuild

Query, Occur = tantivy.Query, tantivy.Occur
FACET_VALUES = 200
REMEMBERED = 500
_CODE = re.compile(r"(?=.*\d)[0-9a-z]{2,18}")
_LETTERS = re.compile(r"[a-z]{2,40}")
Facets = dict[str, dict[str, int]]


class Unavailable(WulianError):
    code = "search_unavailable"
    message = N_("检索索引正在重建，暂时直接查数据库：结果相同，慢一些，筛选不显示数目。")
    status = 503


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by a declared number; without one, by how well the name fits."""

    number: str = ""
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Hits:
    """Ids of one page in order, how many fit in all, and the counts of every facet's values."""

    ids: list[int]
    count: int
    facets: Facets


class _Readers:
    """Open indexes of this process. An index that was rebuilt has another folder (inode) and is opened again; one that was
    written to is reloaded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[int, int, Any]] = {}
        self._counts: dict[Any, Facets] = {}

    def searcher(self, kind: Kind) -> tuple[Any, Any]:
        folder = folder_of(kind)
        if not ready_at(folder, kind):
            raise FileNotFoundError(folder)
        inode, written = folder.stat().st_ino, (folder / "meta.json").stat().st_mtime_ns
        with self._lock:
            known = self._open.get(str(folder))
            if known is None or known[0] != inode:
                index = tantivy.Index.open(str(folder))
                index.config_reader("manual")
                index.reload()
            else:
                index = known[2]
                if known[1] != written:
                    index.reload()
            if known is None or known[:2] != (inode, written):
                self._counts.clear()
            self._open[str(folder)] = (inode, written, index)
        return index, index.searcher()

    def remembered(self, kind: Kind, key: Any) -> Facets | None:
        """Counts of the same question to the same state of the index: going to the next page must not count again."""
        return self._counts.get((self._state(kind), key))

    def remember(self, kind: Kind, key: Any, counts: Facets) -> Facets:
        with self._lock:
            if len(self._counts) >= REMEMBERED:
                self._counts.clear()
            self._counts[self._state(kind), key] = counts
        return counts

    def _state(self, kind: Kind) -> tuple[str, int, int]:
        folder = str(folder_of(kind))
        inode, written, _index = self._open[folder]
        return folder, inode, written


_readers = _Readers()


def search(
    kind_code: str, text: str, *, filters: Mapping[str, Sequence[str]], order: Order, offset: int, limit: int, facets: Sequence[str] = ()
) -> Hits:
    """Objects whose name (present or former), pinyin or code fits every word of `text`, and whose facets fit `filters`.

    filters: facet -> values, of which one must fit. facets: those to count; the counts of a facet ignore its own filter, so
    that a person sees what choosing another value would give.
    Raises Unavailable when there is no usable index (a rebuild is then scheduled).
    """
    kind = get(kind_code)
    try:
        index, searcher = _readers.searcher(kind)
        words = _words_query(index.schema, text)
        query = _with_filters(index.schema, words, filters)
        arguments: dict[str, Any] = {}
        if order.number:
            arguments = {"order_by_field": f"number_{order.number}", "order": tantivy.Order.Desc if order.descending else tantivy.Order.Asc}
        result = searcher.search(query, limit=max(limit, 1), offset=offset, count=True, **arguments)
        addresses = [address for _score, address in result.hits]
        ids = [int(value) for value in searcher.fast_field_values("id", addresses)] if addresses and limit else []
        # Counting needs no order by fit, and leaving that out makes it several times as quick.
        unranked = _words_query(index.schema, text, ranked=False)
        key = (" ".join(text.split()), tuple(sorted((name, tuple(values)) for name, values in filters.items())), tuple(facets))
        counts = _readers.remembered(kind, key)
        if counts is None:
            counts = _readers.remember(kind, key, _count(index.schema, searcher, unranked, filters, facets))
        return Hits(ids, result.count, counts)
    except (OSError, ValueError) as error:
        schedule_rebuild(kind_code)
        raise Unavailable from error


def _count(schema: Any, searcher: Any, words: Any, filters: Mapping[str, Sequence[str]], facets: Sequence[str]) -> Facets:
    counts: Facets = {}
    free = [name for name in facets if not filters.get(name)]
    for group in ([free] if free else []) + [[name] for name in facets if filters.get(name)]:
        others = {name: values for name, values in filters.items() if name not in group}
        wanted = {name: {"terms": {"field": f"facet_{name}", "size": FACET_VALUES}} for name in group}
        answer = searcher.aggregate(_with_filters(schema, words, others), wanted)
        counts |= {name: {bucket["key"]: bucket["doc_count"] for bucket in answer[name]["buckets"]} for name in group}
    return counts


def _with_filters(schema: Any, words: Any, filters: Mapping[str, Sequence[str]]) -> Any:
    parts = [(Occur.Must, words)] if words is not None else []
    for name, values in filters.items():
        if values:
            chosen = Query.term_set_query(schema, f"facet_{name}", list(values))
            parts.append((Occur.Must, Query.const_score_query(chosen, 0.0)))
    if not parts:
        return Query.all_query()
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)


def _words_query(schema: Any, text: str, *, ranked: bool = True) -> Any:
    words = [key for word in text.split() if (key := name_key(word))]
    if not words:
        # Something was asked that holds no letter or digit: nothing fits, which is not the same as no question.
        return Query.empty_query() if text.strip() else None
    parts = [(Occur.Must, _word_query(schema, word, ranked)) for word in words[:8]]
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)


def _word_query(schema: Any, word: str, ranked: bool) -> Any:
    ways = [_name_query(schema, word, ranked)]
    if _CODE.fullmatch(word):
        ways.append(Query.boost_query(_code_query(schema, word), 4.0))
    if _LETTERS.fullmatch(word):
        ways.append(_phrase(schema, "initials", pairs(word)))
        ways += [_syllable_query(schema, syllables) for syllables in cut(word)]
    return ways[0] if len(ways) == 1 else Query.boolean_query([(Occur.Should, way) for way in ways])


def _name_query(schema: Any, word: str, ranked: bool) -> Any:
    """An exact part of a name; names that begin with it come first."""
    if len(word) == 1:
        return Query.term_query(schema, "characters", word)
    part = _phrase(schema, "pairs", pairs(word))
    if not ranked:
        return part
    start = _phrase(schema, "pairs", pairs(START + word))
    return Query.boolean_query([(Occur.Must, part), (Occur.Should, start)])


def _phrase(schema: Any, field: str, tokens: list[str]) -> Any:
    """Pairs overlap, so every second one and the last say the same as all of them, with less to compare."""
    places = sorted({*range(0, len(tokens), 2), len(tokens) - 1})
    if len(places) == 1:
        return Query.term_query(schema, field, tokens[0])
    return Query.phrase_query(schema, field, [(place, tokens[place]) for place in places])


def _syllable_query(schema: Any, syllables: list[str]) -> Any:
    if len(syllables) == 1:
        return Query.term_query(schema, "syllables", syllables[0])
    return Query.phrase_prefix_query(schema, "syllables", list(syllables))


def _code_query(schema: Any, word: str) -> Any:
    if len(word) in CODE_BEGINNINGS:
        return Query.term_query(schema, "code_start", word)
    return Query.regex_query(schema, "code", f"{word}.*")
