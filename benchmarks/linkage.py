"""Linkage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from benchmarks._linkage_data import Made
from wulian.engines.linkage import Cluster


def score(made: Made, clusters: Iterable[Cluster]) -> tuple[float, float, float]:
    """(precision, recall, F1) over pairs of records of different registers."""
    groups: Mapping[str, list[str]] = defaultdict(list)
    for key, whose in made.truth.items():
        groups[whose].append(key)
    source = {record.key: record.source for record in made.records}

    def pairs(sets: Iterable[Iterable[str]]) -> set[tuple[str, str]]:
        return {(a, b) for keys in sets for a in keys for b in keys if a < b and source[a] != source[b]}

    true, found = pairs(groups.values()), pairs(cluster.keys for cluster in clusters)
    right = len(true & found)
    precision, recall = right / max(len(found), 1), right / max(len(true), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)
