"""Links the records of several registers into identities of organisations: normalise, find pairs, compare, decide, explain.

    from wulian.engines.linkage import Index, Record, compare, decide

    index = Index(records)                        # some seconds for 70,000
    for found in index.candidates(record):        # a few milliseconds
        found.key, found.score, found.verdict, found.judgement.zh, found.judgement.contributions
    index.add(record)
    decide(index.component(record.key))           # identities around it, whatever the order of arrival

Whole files go through `wulian.engines.linkage.running` (DuckDB or Spark, through Splink), which uses the same comparisons,
weights and decisions. Nothing here knows a database or a clock.
"""

from .deciding import Cluster, decide
from .explaining import compare
from .index import Index
from .judging import Candidate, Contribution, Judgement, Verdict
from .records import Record

__all__ = ["Candidate", "Cluster", "Contribution", "Index", "Judgement", "Record", "Verdict", "compare", "decide"]
