"""Scoring pairs with Splink on DuckDB, inside this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import duckdb
import pyarrow as pa

from .pairing import CROWD
from .preparing import Prepared
from .splinking import FUNCTION, predict, word_of_pair


def scored_pairs(records: Sequence[Prepared], settled: Sequence[bool], least: float) -> list[tuple[float, int, int]]:
    """(weight, place, place) of all pairs that share a key, weigh at least `least` and are not both settled."""
    from splink import DuckDBAPI

    keys = shared_keys(records, settled)
    places = [place for place, own in enumerate(keys) if own]
    table = pa.table(
        {
            "place": pa.array(places, pa.int64()),
            "record": pa.array(places, pa.int64()),
            "settled": pa.array([settled[place] for place in places], pa.bool_()),
            "keys": pa.array([keys[place] for place in places], pa.list_(pa.string())),
        }
    )
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET enable_progress_bar = false")
        connection.create_function(
            FUNCTION, lambda left, right: word_of_pair(records[left], records[right]), ["BIGINT", "BIGINT"], "VARCHAR"
        )
        frame = predict(DuckDBAPI(connection=connection), table, least)
        found = connection.execute(f"SELECT match_weight, place_l, place_r FROM {frame.physical_name}").fetchnumpy()  # noqa: S608
    return list(zip(found["match_weight"].tolist(), found["place_l"].tolist(), found["place_r"].tolist(), strict=True))


def shared_keys(records: Sequence[Prepared], settled: Sequence[bool]) -> list[list[str]]:
    """The keys of each record that an unsettled one shares with somebody, without crowded ones."""
    asked: Counter[str] = Counter()
    for record, done in zip(records, settled, strict=True):
        if not done:
            asked.update(record.block_keys)
    held: Counter[str] = Counter()
    for record in records:
        held.update(key for key in record.block_keys if key in asked)
    useful = {key for key, count in held.items() if 1 < count <= CROWD}
    return [[key for key in record.block_keys if key in useful] for record in records]
