"""Places one record after another into organisations, in memory. The result does not depend on the order of arrival.

Owners are numbers: ids of organisations, or negative ones for those that are not stored yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from wulian.engines.linkage import Candidate, Cluster, Index, Judgement, Record, Verdict, decide

Pair = tuple[str, str]
LIMIT = 12  # candidates that are looked at


@dataclass(frozen=True, slots=True)
class Known:
    """A record that has its organisation. `founder`: the organisation was made for it; `by_model`: the engine put it there."""

    record: Record
    owner: int
    founder: bool = False
    by_model: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Two records of two organisations that the model leaves to a person."""

    left: str
    right: str
    judgement: Judgement


@dataclass(slots=True)
class Placed:
    """Where a record went. `is_new`: into an organisation of its own; `because`: what the engine says of it and its closest kin.

    `merged`: owners that became one (the second stays); `moved`: other records that went over, (key, owner); `doubts`.
    """

    owner: int
    is_new: bool
    because: Judgement | None = None
    merged: list[tuple[int, int]] = field(default_factory=list)
    moved: list[tuple[str, int]] = field(default_factory=list)
    doubts: list[Open] = field(default_factory=list)


def older(owner: int) -> tuple[bool, int]:
    """Sorts owners by age: stored ones first, by id."""
    return owner < 0, abs(owner)


class Linker:
    """Known records with their owners, and what people have said of pairs: it holds against the model."""

    def __init__(self, known: Iterable[Known] = (), together: Collection[Pair] = (), apart: Collection[Pair] = ()) -> None:
        self.index = Index()
        self.owner: dict[str, int] = {}
        self.founded: dict[str, int] = {}
        self._keys: dict[int, set[str]] = defaultdict(set)
        self.apart = set(apart)
        self.together = set(together)
        fixed: dict[int, str] = {}
        for one in known:
            key = one.record.key
            self.index.add(one.record)
            self._set(key, one.owner)
            if one.founder or (not one.by_model and one.owner not in fixed):
                self.founded[key] = one.owner
            if not one.by_model:  # what a code or a person put together stays together
                if one.owner in fixed:
                    self.together.add(_pair(fixed[one.owner], key))
                else:
                    fixed[one.owner] = key

    def _set(self, key: str, owner: int) -> None:
        before = self.owner.get(key)
        if before is not None:
            self._keys[before].discard(key)
        self.owner[key] = owner
        self._keys[owner].add(key)

    def ask(self, record: Record, limit: int = LIMIT) -> list[Candidate]:
        """The known records that this one may belong with, best first. Nothing is stored."""
        return self.index.candidates(record, limit)

    def forget(self, key: str) -> None:
        """Take a record back that was placed and could not be stored."""
        self.index.remove(key)
        self.founded.pop(key, None)
        owner = self.owner.pop(key, None)
        if owner is not None:
            self._keys[owner].discard(key)

    def place(self, record: Record, new: Callable[[], int]) -> Placed:
        """Add a record. new: gives the number of an organisation made for it, when it needs one."""
        found = self.index.candidates(record, LIMIT)
        known_before = record.key in self.owner
        self.index.add(record)
        same = [one for one in found if one.verdict is Verdict.SAME]
        placed = Placed(0, False)
        if same or known_before or any(record.key in pair for pair in self.together):
            clusters = decide(self.index.component(record.key, self.together), together=self.together, apart=self.apart)
            self._apply(clusters, record.key, new, placed)
        else:
            self._found(record.key, new, placed)
        placed.owner = self.owner[record.key]
        kin = [one for one in same if self.owner.get(one.key) == placed.owner]
        placed.because = kin[0].judgement if kin else None
        placed.doubts = [
            Open(*_pair(record.key, one.key), one.judgement)
            for one in found
            if one.verdict in (Verdict.UNSURE, Verdict.SAME)
            and self.owner[one.key] != placed.owner
            and _pair(record.key, one.key) not in self.apart
        ]
        return placed

    def _found(self, key: str, new: Callable[[], int], placed: Placed) -> int:
        owner = new()
        self.founded[key] = owner
        self._set(key, owner)
        placed.is_new = True
        return owner

    def _apply(self, clusters: Iterable[Cluster], arriving: str, new: Callable[[], int], placed: Placed) -> None:
        for cluster in clusters:
            owners = sorted({self.founded[key] for key in cluster.keys if key in self.founded}, key=older)
            if owners:
                target = owners[0]
            elif arriving in cluster.keys:
                target = self._found(arriving, new, placed)
            else:  # their founder went elsewhere: the smallest founds an organisation of its own
                target = self._found(cluster.id, new, placed)
                placed.is_new = False
            for other in owners[1:]:
                placed.merged.append((other, target))
                self.merge(other, target)
            for key in cluster.keys:
                if self.owner.get(key) != target:
                    if key != arriving and key in self.owner:
                        placed.moved.append((key, target))
                    self._set(key, target)

    def merge(self, other: int, kept: int) -> None:
        """Two owners are one; `kept` stays."""
        for key in self._keys.pop(other, set()):
            self.owner[key] = kept
            self._keys[kept].add(key)
            if self.founded.get(key) == other:
                self.founded[key] = kept

    def number(self, numbers: dict[int, int]) -> None:
        """Owners that have been stored get their ids."""
        for old, stored in numbers.items():
            self.merge(old, stored)

    def archives(self) -> list[tuple[str, ...]]:
        """Keys by organisation, sorted: what the order of arrival must not change."""
        return sorted(tuple(sorted(keys)) for keys in self._keys.values() if keys)


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
