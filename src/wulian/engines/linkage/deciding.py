"""From pairs to identities: who belongs together, given what cannot be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from .comparing import branch_level, compare_prepared
from .names import Name
from .pairing import pairs_among
from .preparing import Prepared, prepare
from .records import Record
from .weights import SAME_FROM

Pair = tuple[str, str]
# What a person has said outweighs any comparison.
SAID = 1000.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records of one organisation. `id`: the smallest key of them; `keys`: all of them, sorted."""

    id: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """Two records and the weight of their comparison; `left` sorts before `right`."""

    weight: float
    left: str
    right: str


def decide(records: Iterable[Record], *, together: Collection[Pair] = (), apart: Collection[Pair] = ()) -> list[Cluster]:
    """The identities among `records`, sorted by id: a function of the set, whatever the order in which records are given.

    `together` and `apart`: pairs of keys that a person has judged; they hold against every score, and `apart` against `together`.
    Compares the records with each other through their keys; meant for one component (`Index.component`), some thousands at most.
    """
    prepared = {record.key: prepare(record) for record in records}
    edges = []
    for left, right in pairs_among(prepared.values()):
        compared = compare_prepared(left, right)
        if not compared.barrier and compared.weight >= SAME_FROM:
            edges.append(Edge(compared.weight, *sorted((left.key, right.key))))
    return resolve(prepared, edges, together=together, apart=apart)


def resolve(
    prepared: Mapping[str, Prepared], edges: Iterable[Edge], *, together: Collection[Pair] = (), apart: Collection[Pair] = ()
) -> list[Cluster]:
    """Clusters from edges, strongest first, ties by key; an edge is left out where it would bring together what cannot be the same."""
    return resolve_with_joins(prepared, edges, together=together, apart=apart)[0]


def resolve_with_joins(
    prepared: Mapping[str, Prepared], edges: Iterable[Edge], *, together: Collection[Pair] = (), apart: Collection[Pair] = ()
) -> tuple[list[Cluster], list[Edge]]:
    """`resolve`, and the edges that did it: one less than each cluster has records."""
    joins = []
    groups = _Groups(prepared, apart)
    said = (Edge(SAID, *sorted(pair)) for pair in together if pair[0] in prepared and pair[1] in prepared)
    for edge in sorted((*said, *edges), key=lambda edge: (-edge.weight, edge.left, edge.right)):
        if groups.join(edge.left, edge.right, forced=edge.weight >= SAID):
            joins.append(edge)
    return groups.clusters(), joins


class _Groups:
    """Disjoint sets that know what may not be in one set: two organisation codes, two branches, pairs held apart."""

    def __init__(self, prepared: Mapping[str, Prepared], apart: Collection[Pair]) -> None:
        self._root: dict[str, str] = {}
        self._members: dict[str, list[str]] = {}
        self._prepared = prepared
        self._codes: dict[str, set[str]] = {}
        self._branches: dict[str, set[tuple[str, ...]]] = {}
        self._apart: dict[str, set[str]] = defaultdict(set)
        for left, right in apart:
            self._apart[left].add(right)
            self._apart[right].add(left)

    def _find(self, key: str) -> str:
        root = self._root
        if key not in root:
            record = self._prepared[key]
            root[key] = key
            self._members[key] = [key]
            self._codes[key] = {record.codes.organisation} if record.codes.organisation and not record.branch else set()
            self._branches[key] = {tuple(sorted({name.branch for name in record.names}))}
            return key
        while root[key] != key:
            root[key] = key = root[root[key]]
        return key

    def join(self, left: str, right: str, *, forced: bool = False) -> bool:
        """Bring two sets together; False when they are one already or cannot be."""
        one, other = sorted((self._find(left), self._find(right)))
        if one == other:
            return False
        if any(
            self._find(foe) == other
            for key in self._members[one]
            if key in self._apart
            for foe in self._apart[key]
            if foe in self._prepared
        ):
            return False
        if not forced:
            if len(self._codes[one] | self._codes[other]) > 1:
                return False
            if not all(_branches_fit(a, b) for a in self._branches[one] for b in self._branches[other]):
                return False
        self._root[other] = one
        self._members[one] += self._members.pop(other)
        self._codes[one] |= self._codes.pop(other)
        self._branches[one] |= self._branches.pop(other)
        return True

    def clusters(self) -> list[Cluster]:
        for key in self._prepared:
            self._find(key)
        return sorted((Cluster(min(keys), tuple(sorted(keys))) for keys in self._members.values()), key=lambda cluster: cluster.id)


def _branches_fit(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True when a record of one set and one of the other can be the same body or the same branch, under one of their names."""
    if one == other:
        return True
    return any(branch_level(_branch(a), _branch(b)) in ("", "same", "near") for a in one for b in other)


def _branch(text: str) -> Name:
    return Name("", "", "", "", "", text)
