"""Scoring pairs with Splink on Spark: the same keys, function, weights and threshold as on DuckDB, spread over a cluster.

The session is the one that is running (spark-submit, a notebook), or a local one with two threads. Workers need this package
installed. See docs/concepts/linkage.md.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from .duckdb_backend import shared_keys
from .errors import NoSpark
from .preparing import Prepared, prepare
from .records import Record
from .splinking import FUNCTION, predict, word_of_pair


def session() -> Any:
    """The running Spark session, or a small local one. Raises NoSpark."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise NoSpark from error
    if active := SparkSession.getActiveSession():
        return active
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers need this environment, not whatever python3 is
    return (
        SparkSession.builder.master("local[2]")
        .appName("wulian-link")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.default.parallelism", "4")
        .config("spark.driver.memory", "2g")
        .getOrCreate()
    )


def scored_pairs(records: Sequence[Prepared], settled: Sequence[bool], least: float) -> list[tuple[float, int, int]]:
    """(weight, place, place) of all pairs that share a key, weigh at least `least` and are not both settled."""
    spark = session()
    from pyspark.sql.types import ArrayType, BooleanType, LongType, StringType, StructField, StructType
    from splink import SparkAPI

    schema = StructType(
        [
            StructField("place", LongType()),
            StructField("record", StringType()),
            StructField("settled", BooleanType()),
            StructField("keys", ArrayType(StringType())),
        ]
    )
    keys = shared_keys(records, settled)
    rows = [
        (place, json.dumps(asdict(records[place].record), ensure_ascii=False), settled[place], own) for place, own in enumerate(keys) if own
    ]
    if not rows:
        return []
    spark.udf.register(FUNCTION, _word, StringType())
    # Our own function does the comparing: Splink's Java functions are not needed.
    api: Any = SparkAPI(spark_session=spark, register_udfs_automatically=False, break_lineage_method="persist")  # type: ignore[no-untyped-call]
    frame = predict(api, spark.createDataFrame(rows, schema), least)
    found = frame.as_spark_dataframe().select("match_weight", "place_l", "place_r").collect()
    return [(float(weight), int(left), int(right)) for weight, left, right in found]


def _word(left: str, right: str) -> str:
    return word_of_pair(_read(left), _read(right))


@lru_cache(maxsize=200_000)
def _read(text: str) -> Prepared:
    values = json.loads(text)
    return prepare(Record(**values | {name: tuple(values[name]) for name in ("codes", "former_names")}))
