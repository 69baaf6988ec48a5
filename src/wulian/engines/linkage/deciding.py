"""From pairs to identities: who belongs together, given what cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .records import Record

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records of one organisation. `id`: the smallest key of them; `keys`: all of them, sorted."""

    id: str
    keys: tuple[str, ...]


def decide(records: Iterable[Record], *, together: Collection[Pair] = (), apart: Collection[Pair] = ()) -> list[Cluster]:
    """The identities among `records`, sorted by id: a function of the set, whatever the order in which records are given.

    `together` and `apart`: pairs of keys that a person has judged; they hold against every score, and `apart` against `together`.
    Compares the records with each other through an index; meant for one component (`Index.component`), a few thousand at most.
    """
    raise NotImplementedError
