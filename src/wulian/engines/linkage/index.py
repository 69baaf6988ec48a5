"""Known records, ready to be asked which of them a new one belongs with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from .comparing import compare_prepared
from .explaining import judge
from .judging import Candidate
from .pairing import CROWD
from .preparing import Prepared, prepare
from .records import Record
from .weights import SAME_FROM, UNSURE_FROM


class Index:
    """Known records in memory (about 5 kB each). Asking takes a few milliseconds at 70,000 records. Not thread-safe while written to.

    What is said of two records depends on those two alone. Only which records meet depends on the rest: a key that more than CROWD
    of them share is passed over, and they meet under their more telling keys.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._known: dict[str, Prepared] = {}
        self._under: dict[str, set[str]] = defaultdict(set)
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Add a record, or put a changed one in the place of its former state (same key)."""
        self.remove(record.key)
        prepared = prepare(record)
        self._known[record.key] = prepared
        for key in prepared.block_keys:
            self._under[key].add(record.key)

    def remove(self, key: str) -> None:
        """Forget a record; nothing happens when it is not there."""
        if known := self._known.pop(key, None):
            for block in known.block_keys:
                self._under[block].discard(key)
                if not self._under[block]:
                    del self._under[block]

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def get(self, key: str) -> Record | None:
        """The record with this key."""
        known = self._known.get(key)
        return known.record if known else None

    def candidates(self, record: Record, limit: int = 10) -> list[Candidate]:
        """Those that `record` may belong with, best first (score, then key): SAME, UNSURE, and FORBIDDEN ones that would score like these."""
        asked = prepare(record)
        weighed = []
        for other in self._meeting(asked):
            compared = compare_prepared(asked, other)
            # What a branch and its parent share is worth telling, though the weight of the barrier itself speaks against it.
            weight = compared.weight if compared.barrier != "parent" else compared.weight - compared.branch_weight
            if weight >= UNSURE_FROM:
                weighed.append((-compared.weight, other.key, other))
        weighed.sort(key=lambda found: found[:2])
        return [Candidate(key, judge(asked, other)) for _, key, other in weighed[:limit]]

    def component(self, key: str, together: Collection[tuple[str, str]] = ()) -> list[Record]:
        """All records that hang together with this one through SAME (and the pairs `together`), itself included, by key.

        Giving exactly these to `decide` gives the same identities as deciding over everything at once. Empty for an unknown key.
        """
        said: dict[str, set[str]] = defaultdict(set)
        for left, right in together:
            said[left].add(right)
            said[right].add(left)
        reached: dict[str, Prepared] = {}
        waiting = [key]
        while waiting:
            at = waiting.pop()
            record = self._known.get(at)
            if record is None or at in reached:
                continue
            reached[at] = record
            waiting += said.get(at, ())
            for other in self._meeting(record):
                if other.key not in reached:
                    compared = compare_prepared(record, other)
                    if not compared.barrier and compared.weight >= SAME_FROM:
                        waiting.append(other.key)
        return [reached[at].record for at in sorted(reached)]

    def _meeting(self, record: Prepared) -> list[Prepared]:
        met: set[str] = set()
        for key in record.block_keys:
            if (under := self._under.get(key)) and len(under) <= CROWD:
                met |= under
        met.discard(record.key)
        return [self._known[key] for key in sorted(met)]
