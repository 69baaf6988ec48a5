"""Rules: a million firms in columns beside a per-row Python function, the gap sheet of a district, one firm with its gaps.

    python -m benchmarks.rules [FIRMS]        default: 1000000

The per-row functions are written by hand for one criterion each, with the limits as literals and nothing explained. Both sides
must give the same verdicts. Spark runs in local mode when pyspark and Java are there.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from wulian.engines.rules import Criterion, assess, assess_columns
from wulian.engines.rules.gaps import gap_of
from wulian.engines.rules.quantities import Kind, to_days
from wulian.engines.rules.sheets import sheet_columns
from wulian.rulebook.partitions import over_files
from wulian.rulebook.rules import criteria_on, criterion, criterion_or_none

ON = date(2026, 7, 1)
WAN = 10**6  # fen


def firms(found: Criterion, size: int, seed: int = 7) -> pl.DataFrame:
    """Synthetic firms, about one fact in fifty unknown, amounts round to the fen, many of them around the limits."""
    dice = np.random.default_rng(seed)
    columns = {"id": pl.Series(np.arange(size))}
    staff = (dice.lognormal(3.5, 1.0, size).astype(np.int64) + 1) * 10**6
    revenue = (dice.lognormal(7.5, 1.6, size) * WAN).astype(np.int64)
    for code, fact in found.facts.items():
        if code in found.optional_facts:
            continue
        if fact.kind is Kind.FLAG:
            usual = code in {
                "is_resident",
                "owns_core_ip",
                "in_field",
                "sme_title",
                "srdi_valid",
                "key_link",
                "key_product",
                "tianjin_legal_person",
            }
            values = (dice.random(size) < (0.95 if usual else 0.04)).astype(np.int64)
        elif fact.kind is Kind.DATE:
            values = to_days(ON) - dice.integers(1, 9000, size)
        elif code == "employees":
            values = staff
        elif fact.kind is Kind.PERSONS:
            values = (staff * dice.uniform(0, 0.5, size)).astype(np.int64) // 10**6 * 10**6
        elif fact.kind is Kind.SHARE:
            values = dice.integers(0, 101, size) * 10**7
        elif fact.kind is Kind.MONEY:
            if code.startswith(("rev", "main", "total_income", "cost")):
                values = (revenue * dice.uniform(0.8, 1.2, size)).astype(np.int64)
            elif code.startswith("rd"):
                values = (revenue * dice.uniform(0, 0.12, size)).astype(np.int64)
            else:
                values = (revenue * dice.uniform(0.1, 1.0, size)).astype(np.int64)
        else:
            values = dice.integers(0, 7, size) * 10**6
        columns[code] = pl.Series(values).set(pl.Series(dice.random(size) < 0.02), None)
    return pl.DataFrame(columns)


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds on the clock, and what it gave."""
    started = time.perf_counter()
    result = act()
    return time.perf_counter() - started, result


def plain_tech_sme(row: dict[str, Any]) -> str:
    """科技型中小企业 by hand, for firms whose facts are all known; None of them anywhere: not asked."""
    if any(value is None for value in row.values()):
        return ""
    if row["st_staff"] > row["employees"] or row["rd_expense"] > row["revenue"] > 0:
        return ""
    if not row["is_resident"] or row["excluded_industry"] or row["bad_record"]:
        return "not_met"
    if row["employees"] > 500 * 10**6 or row["revenue"] > 20_000 * WAN or row["total_assets"] > 20_000 * WAN:
        return "not_met"
    if row["hnte_valid"] or row["national_award"] or row["provincial_rd_body"] or row["led_standard"]:
        return "met"
    staff = rd = 0
    for percent, points in ((30, 20), (25, 16), (20, 12), (15, 8), (10, 4)):
        if row["st_staff"] * 100 >= row["employees"] * percent:
            staff = points
            break
    for percent, cost, points in ((6, 30, 50), (5, 25, 40), (4, 20, 30), (3, 15, 20), (2, 10, 10)):
        by_sales = row["revenue"] and row["rd_expense"] * 100 >= row["revenue"] * percent
        if by_sales or (row["cost_expense"] and row["rd_expense"] * 100 >= row["cost_expense"] * cost):
            rd = points
            break
    results = 30 if row["ip_class1"] else min(4, row["ip_class2"] // 10**6) * 6
    return "met" if staff and staff + rd + results >= 60 else "not_met"


def plain_hnte(row: dict[str, Any]) -> str:
    """高新技术企业 by hand: only the conditions without the score; "" where a fact is missing or contradicts another."""
    if any(value is None for value in row.values()):
        return ""
    income = row["rev_y1"] + row["rev_y2"] + row["rev_y3"]
    if (
        row["st_staff"] > row["employees"]
        or row["hightech_income"] > row["total_income"]
        or row["registered_on"] > to_days(date(2022, 12, 31))
    ):
        return ""
    if any(row[f"rd_y{year}"] > row[f"rev_y{year}"] for year in (1, 2, 3)):
        return ""
    percent = 5 if row["rev_y3"] <= 5_000 * WAN else 4 if row["rev_y3"] <= 20_000 * WAN else 3
    sound = (
        to_days(ON) - row["registered_on"] >= 365
        and row["owns_core_ip"]
        and row["in_field"]
        and row["st_staff"] * 10 >= row["employees"]
        and (row["rd_y1"] + row["rd_y2"] + row["rd_y3"]) * 100 >= income * percent
        and row["domestic_rd_share"] * 10 >= 6 * 10**9
        and row["hightech_income"] * 10 >= row["total_income"] * 6
        and not row["bad_record"]
    )
    return "" if sound else "not_met"


def million(size: int) -> dict[str, pl.DataFrame]:
    print(f"{size:,} firms, verdicts{'':>16}{'columns s':>10}{'per row s':>11}{'times':>7}   of the rows that both judge, different")
    total, busy, frames = 0.0, 0.0, {}
    for id_, plain in (("tech-sme", plain_tech_sme), ("hnte", plain_hnte)):
        found = criterion(id_, ON)
        frame = frames[id_] = firms(found, size)
        before = time.process_time()
        seconds, verdicts = timed(lambda: assess_columns(found, frame))  # noqa: B023  (called at once)
        total, busy = total + seconds, busy + time.process_time() - before
        facts = frame.drop("id")
        by_row, answers = timed(lambda: [plain(row) for row in facts.iter_rows(named=True)])  # noqa: B023
        judged = [(one, other) for one, other in zip(verdicts["verdict"].to_list(), answers, strict=True) if other]
        different = sum(one != other for one, other in judged)
        print(f"  {id_:<34}{seconds:>10.2f}{by_row:>11.2f}{by_row / seconds:>7.1f}   {different} of {len(judged):,}")
    print(f"  both in columns {total:.2f} s (promise: 2 s), of processor time {busy:.2f} s; load average {os.getloadavg()[0]:.1f}")
    return frames


def district(size: int = 12_000) -> None:
    criteria = criteria_on(ON)
    frames = {found.id: firms(found, size) for found in criteria}
    seconds, _ = timed(lambda: [sheet_columns(found, frames[found.id]) for found in criteria])
    print(f"gap sheet of {len(criteria)} criteria for {size:,} firms: {seconds:.2f} s (promise: 1 s)")


def single(count: int = 200) -> None:
    """One firm against every criterion in force, with its gaps, again and again."""
    criteria = criteria_on(ON)
    frames = {found.id: list(firms(found, count).drop("id").iter_rows(named=True)) for found in criteria}

    def one(place: int) -> None:
        for found in criteria:
            gap_of(assess(found, frames[found.id][place]), lambda day: criterion_or_none(found.id, day))  # noqa: B023

    one(0)
    times = sorted(timed(lambda: one(place))[0] * 1000 for place in range(count))  # noqa: B023
    print(
        f"one firm, {len(criteria)} criteria with gaps: p50 {times[count // 2]:.1f} ms, p95 {times[int(count * 0.95)]:.1f} ms (promise: 50 ms)"
    )


def on_spark(frame: pl.DataFrame) -> None:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        print("Spark: pyspark is not installed, not measured")
        return
    if shutil.which("java") is None:
        print("Spark: there is no Java, not measured")
        return
    with tempfile.TemporaryDirectory() as name:
        folder, out, parts = Path(name), Path(name) / "out", 8
        out.mkdir()
        files = [str(folder / f"{part}.parquet") for part in range(parts)]
        for path, piece in zip(files, frame.iter_slices(-(-frame.height // parts)), strict=True):
            piece.write_parquet(path)
        spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        table = spark.sparkContext.parallelize(files, parts)

        def count() -> dict[str, int]:
            total: Counter[str] = Counter()
            for counts in table.map(over_files("tech-sme", ON, out)).collect():
                total.update(counts)
            return dict(total)

        count()
        seconds, counted = timed(count)
        spark.stop()
    alone = dict(assess_columns(criterion("tech-sme", ON), frame)["verdict"].value_counts().iter_rows())
    same = {str(verdict): number for verdict, number in alone.items()} == counted
    print(f"Spark, local[2], {parts} partitions: {seconds:.2f} s for {frame.height:,} firms × tech SME; same counts: {same}")


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    single()
    district()
    frames = million(size)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB (promise: 3 GB); load {os.getloadavg()[0]:.1f}")
    on_spark(frames["tech-sme"])


if __name__ == "__main__":
    main()
