"""Which records are worth comparing: those that share a key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from .preparing import Prepared

# A key that more records share says too little; such records still meet under their other keys.
CROWD = 300


def pairs_among(records: Iterable[Prepared]) -> Iterator[tuple[Prepared, Prepared]]:
    """Every pair that shares a key with fewer than CROWD others, once, in a fixed order."""
    under: dict[str, list[int]] = defaultdict(list)
    everyone = sorted(records, key=lambda record: record.key)
    for place, record in enumerate(everyone):
        for key in record.block_keys:
            under[key].append(place)
    seen: set[int] = set()
    count = len(everyone)
    for places in under.values():
        if len(places) <= CROWD:
            for at, left in enumerate(places):
                for right in places[at + 1 :]:
                    seen.add(left * count + right)
    for pair in sorted(seen):
        yield everyone[pair // count], everyone[pair % count]
