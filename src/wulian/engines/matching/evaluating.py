"""Measures a ranking against judged pairs: nDCG@10 (gain 2^grade − 1, log2 discount), Recall@20 and MRR (grade 2 or more)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

USEFUL = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over `queries`; `unusable` queries, for which nothing useful was judged, are in none of them."""

    queries: int
    ndcg: float
    recall: float
    mrr: float
    unusable: int = 0


def evaluate(run: Mapping[str, Mapping[str, float]], judged: Mapping[str, Mapping[str, int]]) -> Figures:
    """Figures of a run (query → record → score, higher is better, ties by id) on grades. What is not judged counts as 0."""
    sums = [0.0, 0.0, 0.0]
    counted = 0
    for query, grades in judged.items():
        useful = {key for key, grade in grades.items() if grade >= USEFUL}
        if not useful:
            continue
        counted += 1
        scores = run.get(query, {})
        order = sorted(scores, key=lambda key: (-scores[key], key))
        sums[0] += gain([grades.get(key, 0) for key in order]) / gain(sorted(grades.values(), reverse=True))
        sums[1] += len(useful & set(order[:20])) / len(useful)
        sums[2] += next((1 / at for at, key in enumerate(order, 1) if key in useful), 0.0)
    mean = [total / max(counted, 1) for total in sums]
    return Figures(counted, mean[0], mean[1], mean[2], len(judged) - counted)


def gain(grades: list[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(at + 2) for at, grade in enumerate(grades[:10]))
