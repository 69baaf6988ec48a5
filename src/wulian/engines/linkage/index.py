"""Known records, ready to be asked which of them a new one belongs with."""

from __future__ import annotations

from collections.abc import Iterable

from .judging import Candidate
from .records import Record


class Index:
    """Known records in memory (about 3 kB each). Asking takes some milliseconds at 70,000 records. Not thread-safe while written to.

    What is said of two records depends on those two alone, so answers do not change with what else is in the index.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        raise NotImplementedError

    def add(self, record: Record) -> None:
        """Add a record, or put a changed one in the place of its former state (same key)."""
        raise NotImplementedError

    def remove(self, key: str) -> None:
        """Forget a record; nothing happens when it is not there."""
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError

    def __contains__(self, key: str) -> bool:
        raise NotImplementedError

    def candidates(self, record: Record, limit: int = 10) -> list[Candidate]:
        """Those that `record` may belong with, best first (score, then key), forbidden and unsure ones among them; never itself."""
        raise NotImplementedError

    def component(self, key: str) -> list[Record]:
        """All records that hang together with this one through candidates (SAME, UNSURE or FORBIDDEN), itself included, by key.

        Giving exactly these to `decide` gives the same identities as deciding over everything at once.
        """
        raise NotImplementedError
