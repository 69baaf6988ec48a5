"""The exact passes: what can be linked by equality alone, before anything is scored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .comparing import compare_prepared
from .deciding import Edge
from .preparing import Prepared
from .weights import SAME_FROM


def exact_pass(records: Sequence[Prepared]) -> tuple[list[Edge], list[bool]]:
    """Edges among records that share a valid code or a name that only one organisation of these has, and which records are settled.

    Each edge is weighed like any other. A record is settled when such a group holds exactly one organisation code: another such
    group has another code (it cannot be the same) or the same one (the code has joined them).
    """
    edges: list[Edge] = []
    settled = [False] * len(records)
    for group in _groups(records):
        codes = {records[place].codes.organisation for place in group} - {""}
        if len(codes) > 1:
            continue
        # The hub is one that has the code; a star is enough, as the others are joined through it.
        hub = min(group, key=lambda place: (not records[place].codes.organisation, records[place].key))
        for place in group:
            if place != hub:
                compared = compare_prepared(records[hub], records[place])
                if compared.barrier or (weight := compared.weight) < SAME_FROM:
                    continue
                edges.append(Edge(weight, *sorted((records[hub].key, records[place].key))))
            if codes:
                settled[place] = True
    return edges, settled


def _groups(records: Sequence[Prepared]) -> Iterator[list[int]]:
    under: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, record in enumerate(records):
        if record.codes.organisation:
            under["code", record.codes.organisation, record.branch].append(place)
        if record.codes.old:
            under["old", record.codes.old, record.branch].append(place)
        for name in record.names:
            if len(name.core) >= 4:
                under["name", name.core, name.area, name.branch].append(place)
    yield from under.values()
