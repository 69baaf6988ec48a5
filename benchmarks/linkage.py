"""Linking three registers: pairwise precision, recall and F1 across registers, seconds, memory; beside it, on the same records, equal
names and codes, fuzzy strings (rapidfuzz) and a plain Splink run as its documentation shows it. Then cost against size.

Registers are made up with known truth: `seen` damage (prefixes, forms, misprints, traditional characters, blanks, applicants, cuts), and
`unseen` kinds that the labelled set lacks (rules were written for several of them since). A labelled folder (registry, ip, sti and truth.csv.gz) is measured too when
WULIAN_LINKAGE_DATA names it; firms come from a register file when WULIAN_REGISTER does.

    python -m benchmarks.linkage [RECORDS …]        default: 10000; --large of `python -m benchmarks`: 10000 100000 1000000
"""

from __future__ import annotations

import csv
import gzip
import io
import logging
import os
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks._linkage_data import SEEN, UNSEEN, Made, make_firms, make_registers, read_firms
from wulian.engines.linkage import Cluster, Index, Record
from wulian.engines.linkage.names import parse_name, plain
from wulian.engines.linkage.reading import Register, read_registers
from wulian.engines.linkage.running import link_records

SETS = {"seen": SEEN, "unseen": UNSEEN, "both": {**SEEN, **UNSEEN}}


Pairs = set[tuple[str, str]]


def pairs_of(clusters: Iterable[Cluster]) -> Pairs:
    return {(a, b) for cluster in clusters for a in cluster.keys for b in cluster.keys if a < b}


def score(made: Made, found: Iterable[Cluster] | Pairs) -> tuple[float, float, float]:
    """(precision, recall, F1) over pairs of records of different registers; `found`: clusters, or pairs as they are."""
    groups: Mapping[str, list[str]] = defaultdict(list)
    for key, whose in made.truth.items():
        groups[whose].append(key)
    source = {record.key: record.source for record in made.records}

    def across(pairs: Pairs) -> Pairs:
        return {(a, b) for a, b in pairs if source[a] != source[b]}

    true = across({(a, b) for keys in groups.values() for a in keys for b in keys if a < b})
    linked = across(found if isinstance(found, set) else pairs_of(found))
    right = len(true & linked)
    precision, recall = right / max(len(linked), 1), right / max(len(true), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def grouped(keys: Mapping[str, list[str]], records: list[Record]) -> list[Cluster]:
    """Clusters of the connected components of records that share a key."""
    root = {record.key: record.key for record in records}

    def find(key: str) -> str:
        while root[key] != key:
            root[key] = key = root[root[key]]
        return key

    for members in keys.values():
        for other in members[1:]:
            root[find(other)] = find(members[0])
    sets: dict[str, list[str]] = defaultdict(list)
    for record in records:
        sets[find(record.key)].append(record.key)
    return [Cluster(min(members), tuple(sorted(members))) for members in sets.values()]


def ours(records: list[Record]) -> list[Cluster]:
    return link_records(records).clusters


def by_equality(records: list[Record]) -> list[Cluster]:
    """Equal normalised name, or equal code."""
    keys: dict[str, list[str]] = defaultdict(list)
    for record in records:
        name = parse_name(record.name)
        keys[f"n{name.area}{name.core}{name.branch}"].append(record.key)
        for code in record.codes:
            keys["c" + code].append(record.key)
    keys.pop("c", None)
    return grouped(keys, records)


def by_fuzzy_strings(records: list[Record]) -> Pairs:
    """rapidfuzz ratio of at least 90 of names that begin alike, or equal code; pairs as they are (closed over, they run together)."""
    from rapidfuzz import fuzz

    begins: dict[str, list[tuple[str, str]]] = defaultdict(list)
    keys: dict[str, list[str]] = defaultdict(list)
    for record in records:
        name = plain(record.name).replace(" ", "").removeprefix("天津市").removeprefix("天津")
        begins[name[:3]].append((name, record.key))
        for code in record.codes:
            keys["c" + code].append(record.key)
    for members in begins.values():
        for at, (one, key) in enumerate(members):
            for other, whose in members[at + 1 :]:
                if fuzz.ratio(one, other, score_cutoff=90):
                    keys[f"{key}|{whose}"] = [key, whose]
    return {(a, b) for members in keys.values() for a in members for b in members if a < b}


def by_plain_splink(records: list[Record]) -> list[Cluster]:
    """Splink with printed columns, its own comparisons, u by sampling and m by EM, pairs of probability 0.95, connected components."""
    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    table = pa.table(
        {
            "unique_id": [record.key for record in records],
            "name": [record.name for record in records],
            "code": [next((code for code in record.codes if code), None) for record in records],
            "address": [record.address or None for record in records],
        }
    )
    blocks = [block_on("code"), block_on("substr(name, 1, 5)"), block_on("substr(name, 3, 4)"), block_on("address")]
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=blocks,
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88]),
            cl.LevenshteinAtThresholds("code", 1),
            cl.LevenshteinAtThresholds("address", [2, 6]),
        ],
    )
    linker = Linker(DuckDBAPI().register(table, dataset_display_name="records"), settings)
    linker.training.estimate_probability_two_random_records_match([block_on("code")], recall=0.5)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("code"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("address"))
    pairs = linker.inference.predict(threshold_match_probability=0.95).as_record_list()
    return grouped({f"{at}": [pair["unique_id_l"], pair["unique_id_r"]] for at, pair in enumerate(pairs)}, records)


WAYS: dict[str, Callable[[list[Record]], list[Cluster] | Pairs]] = {
    "Wulian": ours,
    "equal name or code": by_equality,
    "rapidfuzz": by_fuzzy_strings,
    "plain Splink": by_plain_splink,
}


def firms(count: int, seed: int) -> list[Any]:
    if path := os.environ.get("WULIAN_REGISTER"):
        known = [firm for firm in read_firms(Path(path)) if len(firm.code) == 18]
        if count <= len(known):
            return random.Random(seed).sample(known, count)
    return list(make_firms(count, seed))


def labelled(folder: Path) -> Made:
    rows = read_registers([Register(folder / f"{name}.csv.gz", name) for name in ("registry", "ip", "sti")]).rows
    text = gzip.decompress((folder / "truth.csv.gz").read_bytes()).decode("utf-8")
    truth = {row["记录号"]: row["cluster"] for row in csv.DictReader(io.StringIO(text))}
    return Made([row.record for row in rows], truth)


def measure(title: str, made: Made, ways: Iterable[str]) -> None:
    print(f"\n{title}: {len(made.records):,} records")
    for way in ways:
        started, used = time.monotonic(), time.process_time()
        try:
            clusters = WAYS[way](made.records)
        except Exception as error:  # a peer that cannot do it is told, not hidden
            print(f"  {way:20} {type(error).__name__}: {str(error)[:90]}")
            continue
        precision, recall, f1 = score(made, clusters)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"  {way:20} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}  {time.monotonic() - started:6.1f} s"
            f" ({time.process_time() - used:.1f} s of processor)  peak {memory:.2f} GB",
            flush=True,
        )


def measure_asking(count: int) -> None:
    """One record against an index."""
    made = make_registers(firms(count, 1), 1, changes=SETS["both"])
    known = [record for record in made.records if record.source == "registry"]
    asked = [record for record in made.records if record.source != "registry"][:500]
    started = time.monotonic()
    index = Index(known)
    built = time.monotonic() - started
    taken = []
    for record in asked:
        started = time.perf_counter()
        index.candidates(record)
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    print(
        f"\nOne record against {len(known):,}: built in {built:.1f} s, asked {len(asked)} times,"
        f" p50 {taken[len(taken) // 2]:.1f} ms, p95 {taken[int(len(taken) * 0.95)]:.1f} ms, longest {taken[-1]:.1f} ms"
    )


def main(sizes: list[int]) -> None:
    if folder := os.environ.get("WULIAN_LINKAGE_DATA"):
        measure("Labelled folder", labelled(Path(folder)), WAYS)
    for title, changes in SETS.items():
        measure(f"Damage: {title}", make_registers(firms(4000, 21), 21, changes=changes, most=1 if title == "unseen" else 2), WAYS)
    print("\nCost against size")
    for size in sizes:
        measure(f"About {size:,}", make_registers(firms(int(size * 0.6), size), size, changes=SEEN, most=1), ["Wulian"])
    measure_asking(int(os.environ.get("WULIAN_INDEX", "20000")))


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [10_000])
