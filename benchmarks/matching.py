"""Ranking achievements for demands, beside the keyword rankings that it has to beat; then cost against size.

WULIAN_MATCHING_DATA names a folder with achievements.jsonl.gz, demands.dev.jsonl and qrels.dev.tsv. All rankers run on the same records in
the same run. `cross-validated`: the weights are chosen without the demands that they are measured on (five folds; demands that share
an achievement of grade 2 or more are in one fold). Sizes are made by recombining sentences of the library.

    python -m benchmarks.matching [RECORDS …]        default: none; --large of `python -m benchmarks`: 45000 450000
"""

from __future__ import annotations

import itertools
import os
import random
import re
import resource
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import rjieba

from wulian.engines.matching import WEIGHTS, Document, Index, Weights, build, evaluate, explain, open_index, rank
from wulian.engines.matching.ranking import Signals, combine, signals_of
from wulian.engines.matching.reading import read_documents, read_judged

Run = dict[str, dict[str, float]]
Cut = Callable[[str], list[str]]
STEPS = {"pairs": (0.1, 0.2, 0.3), "latent": (0.5, 0.7, 1.0), "field": (0.2, 0.4, 0.6), "feedback": (0.2, 0.4, 0.6)}


def singles(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+|[\u4e00-\u9fff]", unicodedata.normalize("NFKC", text).lower())


def bigrams(text: str) -> list[str]:
    return [run[i : i + 2] for run in re.findall(r"[\u4e00-\u9fff]+", text) for i in range(len(run) - 1)]


def words(text: str) -> list[str]:
    return [word for word in rjieba.cut(unicodedata.normalize("NFKC", text).lower()) if re.match(r"\w", word)]


def whole(document: Document) -> str:
    return f"{document.title}\n{document.text}\n{' '.join(document.keywords)}"


def bm25(library: list[Document], demands: list[Document], cut: Cut, k1: float = 1.5, b: float = 0.75) -> np.ndarray:
    """Demands x records, as rank_bm25 weighs by default."""
    counts = [Counter(cut(whole(document))) for document in library]
    length = np.array([sum(count.values()) for count in counts], float)
    held: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for at, count in enumerate(counts):
        for term, often in count.items():
            held[term].append((at, often))
    scores = np.zeros((len(demands), len(library)))
    for row, demand in enumerate(demands):
        for term, asked in Counter(cut(whole(demand))).items():
            if term in held:
                at, often = np.array(held[term]).T
                rare = max(np.log((len(library) - len(at) + 0.5) / (len(at) + 0.5)), 0.01)
                scores[row, at] += asked * rare * often * (k1 + 1) / (often + k1 * (1 - b + b * length[at] / length.mean()))
    return scores


def standard(scores: np.ndarray) -> np.ndarray:
    return (scores - scores.mean(axis=1, keepdims=True)) / scores.std(axis=1, keepdims=True)


def run_of(demands: list[Document], ids: list[str], scores: np.ndarray) -> Run:
    return {demand.id: {ids[at]: float(row[at]) for at in np.argsort(-row)[:200]} for demand, row in zip(demands, scores, strict=True)}


def show(title: str, run: Run, judged: dict[str, dict[str, int]]) -> None:
    figures = evaluate(run, judged)
    print(f"  {title:42} nDCG@10 {figures.ndcg:.4f}  Recall@20 {figures.recall:.4f}  MRR {figures.mrr:.4f}", flush=True)


def folds(judged: dict[str, dict[str, int]], count: int = 5) -> list[list[str]]:
    """Groups of demands that share a useful achievement, dealt into folds, largest first."""
    group = {query: {query} for query in judged}
    useful = {query: {key for key, grade in grades.items() if grade >= 2} for query, grades in judged.items()}
    for one, other in itertools.combinations(judged, 2):
        if useful[one] & useful[other] and group[one] is not group[other]:
            group[one] |= group[other]
            for member in group[one]:
                group[member] = group[one]
    dealt: list[list[str]] = [[] for _ in range(count)]
    for members in sorted(
        {min(members): members for members in group.values()}.values(), key=lambda members: (-len(members), min(members))
    ):
        min(dealt, key=len).extend(sorted(members))
    return dealt


def cross_validated(index: Index, signals: dict[str, Signals], judged: dict[str, dict[str, int]]) -> tuple[Run, list[Weights]]:
    """Each fold ranked with the weights that were best (one signal after another, from all at 0.4) on the other folds."""
    made: dict[Weights, Run] = {}

    def run_with(weights: Weights) -> Run:
        if weights not in made:
            made[weights] = {}
            for query, seen in signals.items():
                scores = combine(index, seen, weights).sum(axis=1)
                made[weights][query] = {index.id_at(int(seen.positions[at])): float(scores[at]) for at in np.argsort(-scores)[:200]}
        return made[weights]

    result: Run = {}
    chosen = []
    for fold in folds(judged):
        rest = {query: grades for query, grades in judged.items() if query not in fold}
        best = Weights(1.0, 0.2, 0.5, 0.4, 0.4)
        for _ in range(2):
            for code, values in STEPS.items():
                trials = [replace(best, **{code: value}) for value in values]
                best = max(trials, key=lambda weights: evaluate(run_with(weights), rest).ndcg + evaluate(run_with(weights), rest).recall)
        chosen.append(best)
        result |= {query: run_with(best)[query] for query in fold}
    return result, chosen


def measure_quality(folder: Path) -> None:
    library = list(read_documents(folder / "achievements.jsonl.gz"))
    demands = list(read_documents(folder / "demands.dev.jsonl"))
    judged = read_judged(folder / "qrels.dev.tsv")
    ids = [document.id for document in library]
    print(f"\n{len(demands)} demands, {len(library):,} achievements")
    by_character, by_pair = bm25(library, demands, singles), bm25(library, demands, bigrams)
    show("BM25, rjieba words", run_of(demands, ids, bm25(library, demands, words)), judged)
    show("BM25, pairs of characters", run_of(demands, ids, by_pair), judged)
    show("BM25, single characters", run_of(demands, ids, by_character), judged)
    show("BM25, single characters + 0.3 pairs", run_of(demands, ids, standard(by_character) + 0.3 * standard(by_pair)), judged)
    with tempfile.TemporaryDirectory() as place:
        build(library, Path(place))
        index = open_index(Path(place))
        signals = {demand.id: seen for demand in demands if (seen := signals_of(index, demand))}
        for title, weights in {
            "  ours, characters only": Weights(1, 0, 0, 0, 0),
            "  ours, without latent": replace(WEIGHTS, latent=0.0),
            "  ours, without feedback": replace(WEIGHTS, feedback=0.0),
            "  ours, without field": replace(WEIGHTS, field=0.0),
            "  ours, without pairs": replace(WEIGHTS, pairs=0.0),
        }.items():
            show(title, {demand.id: {one.id: one.score for one in rank(index, demand, weights=weights)} for demand in demands}, judged)
        run, chosen = cross_validated(index, signals, judged)
        show("Wulian, cross-validated", run, judged)
        show("Wulian, shipped weights", {demand.id: {one.id: one.score for one in rank(index, demand)} for demand in demands}, judged)
        for weights in sorted(set(chosen), key=str):
            print(f"    {chosen.count(weights)} of {len(chosen)} folds chose {weights}")


def made_up(library: list[Document], count: int) -> Iterator[Document]:
    """Records whose title is one record's and whose abstract is of sentences of four."""
    dice = random.Random(1)
    parts = [[part for part in re.split(r"(?<=[。.;；])", document.text) if part] or [document.title] for document in library]
    for at in range(count):
        base = dice.randrange(len(library))
        text = "".join(dice.choice(parts[base if n == 0 else dice.randrange(len(library))]) for n in range(4))
        yield Document(f"M{at:07}", library[base].title + dice.choice(library).title[:6], text, library[base].keywords, library[base].field)


def measure_cost(library: list[Document], demands: list[Document], size: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        started, used = time.monotonic(), time.process_time()
        build(made_up(library, size), Path(place))
        print(
            f"\n{size:,} records: indexed in {time.monotonic() - started:.1f} s ({time.process_time() - used:.1f} s of processor), peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
        )
        index = open_index(Path(place))
        wall, processor = [], []
        for demand in [*demands[:3], *demands]:
            started, used = time.perf_counter(), time.process_time()
            for one in rank(index, demand, top=20)[:10]:
                explain(index, demand, one)
            wall.append((time.perf_counter() - started) * 1000)
            processor.append((time.process_time() - used) * 1000)
        wall, processor = sorted(wall[3:]), sorted(processor[3:])
        p95 = int(len(wall) * 0.95)
        print(
            f"  a query with ten explanations: p50 {wall[len(wall) // 2]:.0f} ms, p95 {wall[p95]:.0f} ms (of processor: {processor[len(wall) // 2]:.0f} and {processor[p95]:.0f} ms)"
        )
        started = time.perf_counter()
        index.add(replace(demands[0], id="NEW"))
        found = rank(index, demands[0], top=1)[0].id == "NEW"
        print(f"  one more record {'found' if found else 'NOT found'} after {(time.perf_counter() - started) * 1000:.0f} ms")


def main(sizes: list[int]) -> None:
    given = os.environ.get("WULIAN_MATCHING_DATA")
    if not given:
        print("WULIAN_MATCHING_DATA names no folder: nothing to measure")
        return
    folder = Path(given)
    measure_quality(folder)
    library, demands = list(read_documents(folder / "achievements.jsonl.gz")), list(read_documents(folder / "demands.dev.jsonl"))
    for size in sizes:
        measure_cost(library, demands, size)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
