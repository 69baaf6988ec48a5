"""Ranks: first by shared characters over the whole library, then the best of those by all signals, each told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .counting import project, saturated
from .index import Index, Ints
from .records import Document
from .text import SPACE, Floats, Tokens, bucket, clean, pairs, tokens
from .weights import CODES, FALL, FIELDS_FROM, FLOOR, LABELS, NEAREST, WEIGHTS, Weights

# Up to so many records all signals are computed for every one; above, for so many that share the most, found within a
# bounded number of postings (rarest tokens first), and for a sample that stands for the library in means and spreads.
ALL, BEST, SAMPLE, POSTINGS = 4_096, 1_000, 1_000, 4_000_000
# Of titles that differ in numbers only so many are looked at, and records closer than ALIKE to a better one come after the others.
SAME_TITLE, ALIKE = 20, 0.985


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one signal adds to the score; it may be negative (less than the library's mean)."""

    code: str
    value: float

    @property
    def zh(self) -> str:
        return LABELS[self.code][0]

    @property
    def en(self) -> str:
        return LABELS[self.code][1]


@dataclass(frozen=True, slots=True)
class Match:
    """`contributions` sum to `score`. `alike`: the id of a better match of almost the same wording, after which this one is not news."""

    id: str
    position: int
    score: float
    contributions: tuple[Contribution, ...]
    alike: str = ""


@dataclass(frozen=True, slots=True)
class Signals:
    """Of some records (`positions`, ascending) the signals that need no other results: `values`, records x (characters, pairs, latent)."""

    positions: Ints
    values: Floats
    shared: npt.NDArray[np.bool_]
    vectors: Floats
    fields: npt.NDArray[np.int32]
    twins: npt.NDArray[np.uint32]
    sample: npt.NDArray[np.bool_]


def rank(index: Index, query: Document, *, top: int = 100, weights: Weights = WEIGHTS) -> list[Match]:
    """The best matches of a query, best first, ties by id. Empty where nothing is shared (an empty query, another language)."""
    signals = signals_of(index, query)
    if signals is None:
        return []
    parts = combine(index, signals, weights)
    scores = parts.sum(axis=1)
    found = np.flatnonzero(signals.shared)
    ids = [index.id_at(int(at)) for at in signals.positions[found]]
    order = sorted(range(len(found)), key=lambda at: (-scores[found[at]], ids[at]))
    news: list[Match] = []
    echoes: list[Match] = []
    kept: list[int] = []
    for at in order[: top + 400]:
        row = found[at]
        like = signals.vectors[kept] @ signals.vectors[row] if kept else np.zeros(0)
        alike = news[int(like.argmax())].id if len(like) and like.max() > ALIKE else ""
        added = tuple(Contribution(code, float(value)) for code, value in zip(CODES, parts[row], strict=True))
        match = Match(ids[at], int(signals.positions[row]), float(sum(one.value for one in added)), added, alike)
        (echoes if alike else news).append(match)
        if not alike:
            kept.append(int(row))
        if len(news) >= top:
            break
    return (news + echoes)[:top]


def query_tokens(query: Document) -> Tokens:
    return tokens(f"{clean(query.title)}\n{clean(query.text)}\n{' '.join(map(clean, query.keywords[:100]))}")


def signals_of(index: Index, query: Document) -> Signals | None:
    """Signals of the records worth looking at, standardised over the library; None where the query holds nothing known."""
    codes = query_tokens(query)
    terms, often = np.unique(codes[codes > 0], return_counts=True)
    if not len(terms) or not len(index):
        return None
    positions, sample = _worth(index, terms, np.sqrt(often))
    text, offsets, vectors, fields, twins = index.take(positions)
    values = np.zeros((len(positions), 3), np.float32)
    whose = np.repeat(np.arange(len(positions)), np.diff(offsets))
    values[:, 0] = _characters(index, text, whose, terms, np.sqrt(often), len(positions))
    shared = values[:, 0] > 0
    values[:, 1] = _pairs(index, text, whose, codes, len(positions))
    values[:, 2] = vectors @ project(index.latent, codes, np.array([0, len(codes)]))[0]
    return Signals(positions, _standard(values, sample), shared, vectors, fields, twins, sample)


def combine(index: Index, signals: Signals, weights: Weights) -> Floats:
    """Records x signals, weighed; a row sums to the score. Expands the query by its first results, and reads their fields."""
    own = signals.values * np.array([weights.characters, weights.pairs, weights.latent], np.float32)
    first = np.where(signals.shared, own.sum(axis=1), -np.inf)
    order = np.lexsort((signals.positions, -first))
    order = order[np.isfinite(first[order])]
    order = order[_rank_within(signals.twins[order]) == 0][:FIELDS_FROM]
    near = np.exp((first[order] - first[order].max(initial=-np.inf)) / FALL) if len(order) else np.zeros(0)
    field = np.zeros(len(first), np.float32)
    if len(index.field_names) and len(order):
        known = signals.fields[order] >= 0
        weight = np.bincount(signals.fields[order][known], near[known], minlength=len(index.field_names)) / near.sum()
        odds = np.append(np.log(weight + FLOOR) - np.log(index.field_share + FLOOR), 0.0)
        field = odds[signals.fields].astype(np.float32)  # −1, unknown, reads the 0 at the end
    centre = near[:NEAREST].astype(np.float32) @ signals.vectors[order[:NEAREST]]
    like = signals.vectors @ (centre / (np.linalg.norm(centre) + 1e-9))
    feedback = _standard(like[:, None], signals.sample)
    return np.concatenate([own, weights.field * field[:, None], weights.feedback * feedback], axis=1)


def _worth(index: Index, terms: Tokens, weight: npt.NDArray[np.float64]) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Ascending positions to look at, and which of them stand for the library."""
    size, extra = len(index.base.ids), len(index.extra.ids)
    added = np.arange(size, size + extra)
    if size <= ALL:
        here = np.setdiff1d(np.concatenate([np.arange(size), added]), index.hidden)
        return here, np.ones(len(here), bool)
    reached = np.zeros(size, np.float32)
    budget = POSTINGS
    for at in np.argsort(-index.counts.rarity[terms], kind="stable"):
        first, last = index.post_offsets[terms[at]], index.post_offsets[terms[at] + 1]
        if last - first > budget:
            break
        budget -= int(last - first)
        reached[index.post_documents[first:last]] += index.post_impacts[first:last] * np.float32(weight[at])
    reached[index.hidden] = 0
    many = min(BEST * 6, size)
    best = np.argpartition(-reached, many - 1)[:many]
    best = best[reached[best] > 0]
    best = best[np.lexsort((best, -reached[best]))]
    best = best[_rank_within(index.base.twins[best]) < SAME_TITLE][:BEST]
    sample = np.linspace(0, size - 1, SAMPLE).astype(np.int64)
    here = np.setdiff1d(np.concatenate([best, sample, added]), index.hidden)
    return here, np.isin(here, sample)


def _rank_within(groups: npt.NDArray[np.uint32]) -> Ints:
    """Of each element, how many before it are of its group."""
    order = np.argsort(groups, kind="stable")
    of = groups[order]
    rank = np.empty(len(groups), np.int64)
    rank[order] = np.arange(len(of)) - np.searchsorted(of, of, side="left")
    return rank


def _characters(index: Index, text: Tokens, whose: Ints, terms: Tokens, weight: npt.NDArray[np.float64], size: int) -> Floats:
    table = np.zeros(SPACE, np.int64)
    table[terms] = np.arange(1, len(terms) + 1)
    at = table[text]
    met = at > 0
    often = np.bincount(whose[met] * len(terms) + at[met] - 1, minlength=size * len(terms)).reshape(size, -1).astype(np.float32)
    length = np.bincount(whose[text > 0], minlength=size).astype(np.float32)[:, None]
    result: Floats = saturated(often, np.maximum(length, 1), index.counts.mean_length) @ (index.counts.rarity[terms] * weight).astype(
        np.float32
    )
    return result


def _pairs(index: Index, text: Tokens, whose: Ints, codes: Tokens, size: int) -> Floats:
    wanted, asked = np.unique(pairs(codes), return_counts=True)
    asked, wanted = asked[wanted > 0], wanted[wanted > 0]
    if not len(wanted) or len(text) < 2:
        return np.zeros(size, np.float32)
    place = bucket(wanted)
    inside = whose[1:] == whose[:-1]
    chinese = (text > 0) & (text < 0x10000)
    joined = inside & chinese[:-1] & chinese[1:]
    length = np.bincount(whose[:-1][joined], minlength=size).astype(np.float32)[:, None]
    both = np.zeros(SPACE, bool)
    both[codes] = True
    known = both[text]
    joined &= known[:-1] & known[1:]
    two = text[:-1][joined].astype(np.uint64) * np.uint64(SPACE) + text[1:][joined]
    at = np.minimum(np.searchsorted(wanted, two), len(wanted) - 1)
    met = wanted[at] == two
    often = np.bincount(whose[:-1][joined][met] * len(wanted) + at[met], minlength=size * len(wanted)).reshape(size, -1).astype(np.float32)
    rare = (index.counts.pair_rarity[place] * np.sqrt(asked)).astype(np.float32)
    result: Floats = saturated(often, np.maximum(length, 1), index.counts.mean_pairs) @ rare
    return result


def _standard(values: Floats, sample: npt.NDArray[np.bool_]) -> Floats:
    """Means taken off and spreads divided by, both of the sample; a signal that does not vary there says nothing."""
    mean, spread = values[sample].mean(axis=0), values[sample].std(axis=0)
    result: Floats = np.where(spread > 1e-6, (values - mean) / np.maximum(spread, 1e-6), 0).astype(np.float32)
    return result
