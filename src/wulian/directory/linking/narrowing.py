"""A small linker for one question: the organisations whose names share the rarest pairs of characters with the asked one.

Reading everything into the engine takes seconds; for one look-up the few hundred likeliest organisations are enough.
"""

from __future__ import annotations

from math import log

from django.db.models import Q

from wulian.directory.models import Organisation, OrganisationName, SourceRecord
from wulian.kernel.names import name_key

from .knowing import known_records
from .linker import Linker

MOST = 150


def narrowed(name: str, code: str = "", most: int = MOST) -> Linker:
    """A linker over the organisations that `name` and `code` may mean."""
    ids: set[int] = set()
    if code := code.strip().upper():
        coded = Q(uscc=code) | Q(source_records__key=code)
        ids |= set(Organisation.objects.filter(coded).values_list("pk", flat=True))
        # Old registration numbers stand in the printed values only.
        ids |= set(SourceRecord.objects.filter(values__icontains=code).values_list("organisation_id", flat=True)[:most])
    ids |= set(_alike(name_key(name), most))
    return Linker(known_records(ids))


def _alike(key: str, most: int) -> list[int]:
    pairs = list(dict.fromkeys(key[at : at + 2] for at in range(len(key) - 1))) or [key]
    living = Organisation.objects.filter(merged_into__isnull=True).values_list("pk", "name_key")
    others = OrganisationName.objects.values_list("organisation_id", "name_key")
    merged = Organisation.objects.filter(merged_into__isnull=False).values_list("merged_into_id", "name_key")
    shared: list[tuple[int, list[int]]] = []
    counts = [0] * len(pairs)
    total = 0
    for rows in (living, others, merged):
        for owner, other in rows.iterator(chunk_size=5_000):
            total += 1
            has = [place for place, pair in enumerate(pairs) if pair in other]
            if has:
                shared.append((owner or 0, has))
                for place in has:
                    counts[place] += 1
    worth = [log((total + 1) / (count + 1)) for count in counts]
    scores: dict[int, float] = {}
    for owner, has in shared:
        score = sum(worth[place] for place in has)
        if score > scores.get(owner, 0.0):
            scores[owner] = score
    return sorted(scores, key=lambda owner: (-scores[owner], owner))[:most]
