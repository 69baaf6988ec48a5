"""The same linkage on Spark, in local mode on a small slice. Needs the extra `spark` and Java 17."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("pyspark")

from benchmarks._linkage_data import SEEN, make_firms, make_registers
from wulian.engines.linkage.running import link_records

pytestmark = [
    pytest.mark.skipif(
        shutil.which("java") is None, reason="Spark needs Java 17 or newer: apt-get install default-jre-headless (.ci/run does it)"
    ),
    pytest.mark.filterwarnings("ignore"),  # of Spark's Python side; nothing of ours
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from wulian.engines.linkage.spark_backend import session

    running = session()
    yield running
    running.stop()


def test_spark_finds_the_same_identities_as_duckdb(spark: Any) -> None:
    made = make_registers(list(make_firms(60, 13)), 13, changes=SEEN)
    assert link_records(made.records, engine="spark").clusters == link_records(made.records).clusters
