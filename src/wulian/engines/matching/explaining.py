"""Says why a match is one: the passages of both sides that met, the words that they share, what each signal added."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import rjieba

from .index import Index
from .ranking import Contribution, Match
from .records import Document
from .text import clean, tokens

_ENDS = re.compile(r"(?<=[。！？；!?;\n])|(?<=[.,，])(?=\D)")
_WORDS, _LONGEST = 8, 160


@dataclass(frozen=True, slots=True)
class Explanation:
    """`asked` and `found`: the passage of the query and of the record that share most; `words`: shared ones, rarest first."""

    asked: str
    found: str
    words: tuple[str, ...]
    contributions: tuple[Contribution, ...]


def explain(index: Index, query: Document, match: Match) -> Explanation:
    """The receipt of a match. Its contributions are those that sum to the score."""
    record = index.document(match.position)
    asked, found = _passages(query), _passages(record)
    both = np.intersect1d(tokens("\n".join(asked)), tokens("\n".join(found)))
    weight = np.zeros_like(index.counts.rarity)
    weight[both[both > 0]] = index.counts.rarity[both[both > 0]]
    return Explanation(_best(asked, weight), _best(found, weight), _shared_words(asked, found, weight), match.contributions)


def _passages(document: Document) -> list[str]:
    text = clean(document.text)[:4_000]
    parts = [clean(document.title), *_ENDS.split(text), *(clean(word) for word in document.keywords[:20])]
    return [part.strip()[:_LONGEST] for part in parts if part.strip()]


def _best(passages: list[str], weight: np.ndarray) -> str:
    """The passage with most shared rarity for its length (the root of it: a long one may hold more)."""
    best, most = "", 0.0
    for passage in passages:
        codes = tokens(passage)
        worth = float(weight[np.unique(codes)].sum()) / max(len(codes), 8) ** 0.5
        if worth > most:
            best, most = passage, worth
    return best


def _shared_words(asked: list[str], found: list[str], weight: np.ndarray) -> tuple[str, ...]:
    one, other = (set(rjieba.cut("\n".join(passages).lower())) for passages in (asked, found))
    shared = {word: tokens(word) for word in one & other if len(word) > 1}
    worth = {word: float(weight[codes].sum()) for word, codes in shared.items()}
    return tuple(sorted((word for word in worth if worth[word] > 0), key=lambda word: (-worth[word], word))[:_WORDS])
