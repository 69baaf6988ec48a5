"""What the directory knows, as a `Linker`: read once, and kept as long as nothing has changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator

from django.db.models import Count, Max

from wulian.directory.models import IdentityChange, IdentityUndo, Judgement, Organisation, OrganisationName, SourceRecord, Verdict

from .linker import Known, Linker, Pair
from .records import from_organisation, from_source_record


def judged() -> tuple[set[Pair], set[Pair]]:
    """Pairs of which a person's last word is that they are the same, and that they are not (unsure ones are not asked again either)."""
    last: dict[Pair, str] = {}
    for left, right, verdict in Judgement.objects.order_by("id").values_list("left_key", "right_key", "verdict").iterator():
        last[left, right] = verdict
    together = {pair for pair, verdict in last.items() if verdict == Verdict.SAME}
    return together, {pair for pair, verdict in last.items() if verdict == Verdict.DIFFERENT}


def known_records(ids: Collection[int] | None = None) -> Iterator[Known]:
    """Every source record, and every organisation that has none, with the living organisation that it belongs to.

    ids: of these organisations only.
    """
    into = dict(Organisation.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))

    def living(owner: int) -> int:
        while owner in into:
            owner = into[owner] or owner
        return owner

    rows = SourceRecord.objects.select_related("source").defer("explanation", "digest").order_by("pk")
    if ids is not None:
        rows = rows.filter(organisation__in=ids)
    seen = set()
    for record in rows.iterator(chunk_size=2_000):
        owner = living(record.organisation_id)
        seen.add(owner)
        by_model = record.linked_by == SourceRecord.LinkedBy.MODEL
        yield Known(from_source_record(record, record.source.code), owner, record.linked_by == SourceRecord.LinkedBy.NONE, by_model)
    names: dict[int, list[str]] = defaultdict(list)
    former = OrganisationName.objects.all() if ids is None else OrganisationName.objects.filter(organisation__in=ids)
    for owner, name in former.values_list("organisation_id", "name"):
        names[owner].append(name)
    bare = Organisation.objects.filter(merged_into__isnull=True, source_records__isnull=True).exclude(kind=Organisation.Kind.GOVERNMENT)
    if ids is not None:
        bare = bare.filter(pk__in=ids)
    for organisation in bare.select_related("region").order_by("pk").iterator(chunk_size=2_000):
        if organisation.pk not in seen:
            district = organisation.region.short_name if organisation.region else ""
            yield Known(from_organisation(organisation, names.get(organisation.pk, ()), district), organisation.pk, founder=True)


def read_linker() -> Linker:
    """All that is known now. Some seconds for 70,000 records; the caller may place records in it."""
    together, apart = judged()
    return Linker(known_records(), together, apart)


_lock = threading.Lock()
_kept: tuple[tuple[object, ...], Linker] | None = None


def _stamp() -> tuple[object, ...]:
    """Changes whenever a record, an organisation or a judgement does."""
    records = SourceRecord.objects.aggregate(n=Count("pk"), last=Max("pk"), seen=Max("last_seen_at"))
    rest = [model.objects.aggregate(last=Max("pk"))["last"] for model in (Judgement, IdentityChange, IdentityUndo)]
    organisations = Organisation.objects.aggregate(last=Max("pk"), at=Max("updated_at"))
    return (*records.values(), *organisations.values(), *rest)


def kept_linker() -> Linker:
    """For asking only: the one that this process has read, read anew when the directory has changed."""
    global _kept
    stamp = _stamp()
    with _lock:
        if _kept is None or _kept[0] != stamp:
            _kept = (stamp, read_linker())
        return _kept[1]
