"""A criterion over partitions of a table too large for one machine: a function that a cluster maps over files.

paths = spark.sparkContext.parallelize(files, len(files))
counts = paths.map(over_files("tech-sme", date(2026, 7, 1), out)).collect()
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from wulian.engines.rules.columns import assess_columns

from .rules import criterion


def over_files(id_: str, on: date, out: Path, *, key: str = "id", procedure: str = "apply") -> Callable[[str], dict[str, int]]:
    """A function from one Parquet file of facts (exact integers by fact code, and `key`) to its number of firms by verdict; the
    verdicts are written to a file of the same name in `out`. Each worker reads the criterion from its own rulebook, so only its
    name travels; a file done twice gives the same file."""

    def run(path: str) -> dict[str, int]:
        frame = pl.read_parquet(path)
        verdicts = assess_columns(criterion(id_, on, procedure), frame)
        frame.select(key).hstack(verdicts).write_parquet(out / Path(path).name)
        return {str(verdict): number for verdict, number in verdicts["verdict"].value_counts().iter_rows()}

    return run
