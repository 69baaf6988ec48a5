"""Links whole registers: normalise, exact passes, Splink for the rest, then one decision."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .deciding import Cluster, Edge, resolve_with_joins
from .judging import Judgement
from .passing import exact_pass
from .preparing import Prepared, prepare
from .records import Record
from .weights import SAME_FROM
from .writing import Resume, digest_of

Scorer = Callable[[Sequence[Prepared], Sequence[bool], float], list[tuple[float, int, int]]]


@dataclass(frozen=True, slots=True)
class Linkage:
    """`clusters` cover every record. `joins`: the pairs that made them, one less than a cluster has records. `doubts`: pairs for a
    person, heaviest first. `settled`: records that equality of codes or names was enough for; `scored`: pairs that scoring found."""

    clusters: list[Cluster]
    joins: list[Edge]
    doubts: list[Edge]
    settled: int
    scored: int
    prepared: dict[str, Prepared] = field(repr=False)

    def judgement(self, edge: Edge) -> Judgement:
        """Why the pair was linked, or is in doubt."""
        from .explaining import judge

        return judge(self.prepared[edge.left], self.prepared[edge.right])


def link_records(
    records: Iterable[Record],
    *,
    engine: str = "duckdb",
    least: float = SAME_FROM,
    resume: Resume | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Linkage:
    """Identities of any number of records with distinct keys; their order does not matter.

    `engine`: duckdb or spark. `least`: weight (bits) from which pairs are kept as doubts. `resume`: where scored pairs are kept until
    the caller has written its result. `tell` hears the name of each step.
    """
    tell("normalise")
    prepared = prepare_all(sorted(records, key=lambda record: record.key))
    tell("exact")
    edges, settled = exact_pass(prepared)
    tell("score")
    scored = _scored(prepared, settled, least, engine, resume)
    found = [Edge(weight, *sorted((prepared[left].key, prepared[right].key))) for weight, left, right in scored]
    tell("decide")
    by_key = {record.key: record for record in prepared}
    clusters, joins = resolve_with_joins(by_key, edges + [edge for edge in found if edge.weight >= SAME_FROM])
    doubts = _doubts(clusters, found) if least < SAME_FROM else []
    return Linkage(clusters, joins, doubts, sum(settled), len(scored), by_key)


def _doubts(clusters: list[Cluster], found: list[Edge]) -> list[Edge]:
    whose = {key: cluster.id for cluster in clusters for key in cluster.keys}
    apart = [edge for edge in found if whose[edge.left] != whose[edge.right]]
    return sorted(apart, key=lambda edge: (-edge.weight, edge.left, edge.right))


def _scored(
    prepared: list[Prepared], settled: list[bool], least: float, engine: str, resume: Resume | None
) -> list[tuple[float, int, int]]:
    digest = digest_of(prepared, least) if resume else ""
    if resume and (kept := resume.load(digest)) is not None:
        return kept
    scored = _scorer(engine)(prepared, settled, least)
    if resume:
        resume.save(digest, scored)
    return scored


def _scorer(engine: str) -> Scorer:
    if engine == "spark":
        from .spark_backend import scored_pairs as on_spark

        return on_spark
    from .duckdb_backend import scored_pairs

    return scored_pairs


def prepare_all(records: Sequence[Record]) -> list[Prepared]:
    return [prepare(record) for record in records]
