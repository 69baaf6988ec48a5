"""What the library teaches: how often tokens occur, how long records are, and in which directions their wording varies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .text import PAIRS, SPACE, Floats, Tokens, bucket, pairs
from .weights import K1

# The latent space is learned from so many records spread over the library, over so many of their most frequent tokens.
SAMPLE, VOCABULARY = 8_000, 6_000
DIMENSIONS, DIMENSIONS_LARGE, LARGE = 400, 256, 20_000
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Counts:
    """`rarity` of every token and `pair_rarity` of every bucket of pairs (natural log, BM25's), means of the lengths."""

    documents: int
    rarity: Floats
    pair_rarity: Floats
    mean_length: float
    mean_pairs: float


@dataclass(frozen=True, slots=True)
class Latent:
    """`column` of a token (−1: none) and `basis`, columns x dimensions, weighed by the rarity in the sample."""

    column: npt.NDArray[np.int32]
    basis: Floats


def rarity(documents: int, frequency: npt.NDArray[np.int64]) -> Floats:
    return np.log1p((documents - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)


def count(codes: Tokens, offsets: npt.NDArray[np.int64]) -> Counts:
    """Counts over the records whose tokens are `codes[offsets[i]:offsets[i + 1]]`."""
    documents = len(offsets) - 1
    tokens, paired = np.zeros(SPACE, np.int64), np.zeros(PAIRS, np.int64)
    length = neighbours = 0
    for first in range(0, documents, 5_000):
        last = min(first + 5_000, documents)
        part = codes[offsets[first] : offsets[last]]
        whose = np.repeat(np.arange(last - first, dtype=np.int64), np.diff(offsets[first : last + 1]))
        known = part > 0
        length += int(known.sum())
        seen = np.unique(whose[known] * SPACE + part[known])
        tokens += np.bincount(seen % SPACE, minlength=SPACE)
        if len(part) > 1:
            two = pairs(part)
            met = (two > 0) & (whose[1:] == whose[:-1])
            neighbours += int(met.sum())
            seen = np.unique(whose[:-1][met] * PAIRS + bucket(two[met]))
            paired += np.bincount(seen % PAIRS, minlength=PAIRS)
    size = max(documents, 1)
    return Counts(documents, rarity(documents, tokens), rarity(documents, paired), max(length / size, 1.0), max(neighbours / size, 1.0))


def learn(codes: Tokens, offsets: npt.NDArray[np.int64]) -> Latent:
    """Directions of most variation of log tf-idf rows of unit length (latent semantics; a randomised decomposition with fixed seed)."""
    documents = len(offsets) - 1
    chosen = np.unique(np.linspace(0, documents - 1, min(documents, SAMPLE)).astype(np.int64)) if documents else np.zeros(0, np.int64)
    frequency = np.zeros(SPACE, np.int64)
    for at in chosen:
        frequency[np.unique(codes[offsets[at] : offsets[at + 1]])] += 1
    frequency[0] = 0
    common = np.argsort(-frequency, kind="stable")[:VOCABULARY]
    common = np.sort(common[frequency[common] >= 2])
    column = np.full(SPACE, -1, np.int32)
    column[common] = np.arange(len(common), dtype=np.int32)
    if not len(common):
        return Latent(column, np.zeros((0, 1), np.float32))
    weight = (np.log(len(chosen) / frequency[common]) + 1).astype(np.float32)
    rows = np.concatenate(
        [_rows(codes[offsets[at] : offsets[at + 1]], np.array([0, offsets[at + 1] - offsets[at]]), column, len(common)) for at in chosen]
    )
    rows *= weight
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    wanted = min(DIMENSIONS if documents <= LARGE else DIMENSIONS_LARGE, *rows.shape)
    dice = np.random.default_rng(0)
    sketch = rows @ dice.standard_normal((rows.shape[1], min(wanted + 40, *rows.shape)), dtype=np.float32)
    for _ in range(2):
        sketch = rows @ (rows.T @ np.linalg.qr(sketch)[0])
    sketch = np.linalg.qr(sketch)[0]
    directions = np.linalg.svd(sketch.T @ rows, full_matrices=False)[2][:wanted]
    return Latent(column, np.ascontiguousarray((directions * weight).T, dtype=np.float32))


def project(latent: Latent, codes: Tokens, offsets: npt.NDArray[np.int64]) -> Floats:
    """Unit vectors of records in the latent space, records x dimensions; of a record with no known token, zeros."""
    parts = [np.zeros((0, latent.basis.shape[1]), np.float32)]
    for first in range(0, len(offsets) - 1, _CHUNK):
        ends = offsets[first : first + _CHUNK + 1]
        made = _rows(codes[ends[0] : ends[-1]], ends - ends[0], latent.column, len(latent.basis)) @ latent.basis
        parts.append(made / (np.linalg.norm(made, axis=1, keepdims=True) + 1e-9))
    return np.concatenate(parts)


def _rows(codes: Tokens, offsets: npt.NDArray[np.int64], column: npt.NDArray[np.int32], width: int) -> Floats:
    size = len(offsets) - 1
    at = column[codes]
    known = at >= 0
    cells = np.repeat(np.arange(size, dtype=np.int64), np.diff(offsets))[known] * width + at[known]
    rows = np.zeros(size * width, np.float32)
    where, often = np.unique(cells, return_counts=True)
    rows[where] = 1 + np.log(often)
    return rows.reshape(size, width)


def saturated(often: Floats, length: Floats, mean: float) -> Floats:
    """BM25's part of a token that occurs `often` in a record of `length` tokens, with b = 1."""
    result: Floats = (often * (K1 + 1) / (often + K1 * length / mean)).astype(np.float32, copy=False)
    return result
