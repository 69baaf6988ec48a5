"""What a refresh of a source changes: renamed, moved, cancelled, new rights, gone from the register."""

from __future__ import annotations

from collections.abc import Sequence

from wulian.directory import flags
from wulian.directory.models import Organisation, Region, Source, SourceChange, SourceRecord
from wulian.foundation import bulk, search
from wulian.foundation.imports.declare import Context
from wulian.foundation.models import ImportBatch
from wulian.kernel.problems import Problem

# A file in which more than this share of the known records is missing is not the whole register, whatever was said of it.
MOST_MISSING = 0.3
Noticed = tuple[Organisation, str, str, str]  # organisation, kind, before, after


def keep_changes(context: Context, source_id: int, noticed: Sequence[Noticed]) -> None:
    """Write them down as they are seen now: regions by name, states by their words."""
    words = {str(value): str(label) for value, label in Organisation.Status.choices}
    if any(kind == SourceChange.Kind.MOVED for _one, kind, _before, _after in noticed):
        words |= dict(Region.objects.values_list("code", "name"))
    SourceChange.objects.bulk_create(
        [
            SourceChange(
                organisation_id=one.pk, source_id=source_id, batch_id=context.batch_id, kind=kind, on=context.on, before=words.get(before, before)[:300],
                after=words.get(after, after)[:300],
            )
            for one, kind, before, after in noticed
        ],
        batch_size=500,
    )  # fmt: skip


def flag_vanished(context: Context, source: Source) -> list[Organisation]:
    """Flag organisations of which no record of the source came in this whole register, and unflag those that are back.

    Of a person's own regions only. Nothing is flagged when more than MOST_MISSING of the records are missing. Returns the newly
    flagged ones. May run more than once.
    """
    began = ImportBatch.objects.get(pk=context.batch_id).created_at
    records = SourceRecord.objects.filter(source=source, organisation__merged_into__isnull=True)
    if context.regions is not None:
        records = records.filter(organisation__region__in=context.regions)
    seen = set(records.filter(last_seen_at__gte=began).values_list("organisation_id", flat=True))
    gone = set(records.filter(last_seen_at__lt=began).values_list("organisation_id", flat=True)) - seen
    if len(gone) > MOST_MISSING * (len(gone) + len(seen)):
        return []
    flag = Problem("vanished", flags.VANISHED, {"source": source.name, "on": str(context.on)}).as_json()
    closed = {Organisation.Status.CANCELLED, Organisation.Status.REVOKED}
    newly, back = [], []
    for organisation in _in_chunks(gone):
        if organisation.status not in closed and not _is_flagged(organisation):
            organisation.flags = [*organisation.flags, flag]
            newly.append(organisation)
    flagged = set(Organisation.objects.filter(flags__icontains="vanished").values_list("pk", flat=True))
    for organisation in _in_chunks(flagged & seen):
        if _is_flagged(organisation):
            organisation.flags = [item for item in organisation.flags if item.get("code") != "vanished"]
            back.append(organisation)
    for organisation in (*newly, *back):
        organisation.updated_at = context.at
    bulk.update(Organisation, [*newly, *back], ("flags", "updated_at"))
    kinds = SourceChange.Kind
    keep_changes(context, source.pk, [(one, kinds.VANISHED, "", "") for one in newly] + [(one, kinds.RETURNED, "", "") for one in back])
    search.mark("organisation", [one.pk for one in (*newly, *back)])
    return newly


def _is_flagged(organisation: Organisation) -> bool:
    return any(item.get("code") == "vanished" for item in organisation.flags)


def _in_chunks(ids: set[int]) -> list[Organisation]:
    found: list[Organisation] = []
    ordered = sorted(ids)
    for start in range(0, len(ordered), 500):
        found += Organisation.objects.filter(pk__in=ordered[start : start + 500]).order_by("pk")
    return found
