"""From an uploaded file to a batch that is ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor, Role, require_officer
from wulian.foundation.audit import record, state_of
from wulian.foundation.files import open_stored, store_upload
from wulian.foundation.imports import declare, mapping, reading
from wulian.foundation.imports.errors import BatchClosed
from wulian.foundation.models import ImportBatch, ImportMapping
from wulian.kernel.errors import Invalid, NotFound

State = ImportBatch.State
# A chunk takes about a second; a runner that has been silent for so long is taken for dead.
SILENT_AFTER = timedelta(seconds=60)
COUNTS = ("rows_done", "created_count", "updated_count", "unchanged_count", "flagged_count", "quarantined_count")


def is_silent(batch: ImportBatch, at: datetime) -> bool:
    """True when a running batch has shown no progress for so long that its runner must be gone."""
    return batch.state == State.RUNNING and (batch.heartbeat_at is None or at - batch.heartbeat_at > SILENT_AFTER)


def require_importer(by: Actor, region: str) -> None:
    require_officer(by, region=region, act=_("导入数据"))


def start_import(
    *, by: Actor, kind: str, source: str, upload: IO[bytes], name: str, region: str, at: datetime, limit: int | None = None
) -> ImportBatch:
    """Keep the file, look through the whole of it, and suggest which column goes into which field.

    The batch waits for `confirm_mapping`. `source`: name of the data source. `region`: code of the region that the file is
    imported for. `limit`: bytes of the stored file.
    Raises Denied, UnknownKind, Invalid, and the errors of `files` and `reading`.
    """
    require_importer(by, region)
    importer = declare.get(kind)
    if not source.strip():
        raise Invalid(field=_("数据源"), why=_("不能为空，例如“市场监管登记”"))
    known = mapping.known_keys(importer)
    inspection = reading.inspect(upload, name, known)
    stored = store_upload(by=by, upload=upload, name=name, at=at, allowed=reading.ALLOWED, limit=limit)
    saved = ImportMapping.objects.filter(kind=kind)
    columns = next(
        (dict(item.columns) for item in saved if item.columns and set(item.columns.values()) <= set(inspection.header)),
        mapping.suggest(importer, inspection.header),
    )
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=kind,
            source=source.strip()[:80],
            file=stored,
            columns=columns,
            options={
                "header": inspection.header,
                "preview": inspection.preview,
                "format": inspection.format,
                "encoding": inspection.encoding.removesuffix("-sig"),
            },
            rows_total=inspection.rows_total,
            region=region,
            started_by_id=by.user_id,
            created_at=at,
        )
        record(by=by, action="import.uploaded", obj=batch, after={"file": stored.name, "source": batch.source}, region=region, at=at)
    return batch


def locked(batch_id: int) -> ImportBatch:
    try:
        return ImportBatch.objects.select_for_update(of=("self",)).select_related("file").get(pk=batch_id)
    except ImportBatch.DoesNotExist as error:
        raise NotFound(what=_("这个导入批次")) from error


def confirm_mapping(
    *, by: Actor, batch_id: int, columns: Mapping[str, str], at: datetime, options: Mapping[str, Any] | None = None, save_as: str = ""
) -> ImportBatch:
    """Fix which column goes into which field, and put the batch into the queue. `save_as`: keep the mapping under this name.

    Raises Denied, MappingIncomplete, NoSuchColumn, BatchClosed (already started).
    """
    with transaction.atomic():
        batch = locked(batch_id)
        require_importer(by, batch.region)
        if batch.state != State.WAITING:
            raise BatchClosed(batch=batch.pk, state=batch.get_state_display(), act=_("改列对照"))
        importer = declare.get(batch.kind)
        batch.columns = mapping.check(importer, batch.options["header"], columns)
        batch.options |= {name: value for name, value in (options or {}).items() if name in {option.name for option in importer.options}}
        batch.state = State.QUEUED
        batch.save(update_fields=["columns", "options", "state"])
        record(by=by, action="import.confirmed", obj=batch, after={"columns": batch.columns}, region=batch.region, at=at)
        if save_as.strip():
            save_mapping(by=by, kind=batch.kind, name=save_as, columns=batch.columns, region=batch.region, at=at)
    return batch


@transaction.atomic
def save_mapping(*, by: Actor, kind: str, name: str, columns: Mapping[str, str], region: str, at: datetime) -> ImportMapping:
    """Keep a mapping under a name, over an earlier one of the same name."""
    require_importer(by, region)
    before = ImportMapping.objects.filter(kind=kind, name=name.strip()[:80]).first()
    saved, _created = ImportMapping.objects.update_or_create(
        kind=kind, name=name.strip()[:80], defaults={"columns": dict(columns), "created_by_id": by.user_id}
    )
    record(
        by=by,
        action="import_mapping.saved",
        obj=saved,
        before={"columns": before.columns} if before else None,
        after={"columns": saved.columns},
        region=region,
        at=at,
    )
    return saved


def cancel_import(*, by: Actor, batch_id: int, at: datetime) -> ImportBatch:
    """Stop a batch: a running one stops before its next chunk. Rows already written stay, and the batch can be continued."""
    with transaction.atomic():
        batch = locked(batch_id)
        require_importer(by, batch.region)
        if batch.state in {State.FINISHED, State.CANCELLED}:
            raise BatchClosed(batch=batch.pk, state=batch.get_state_display(), act=_("取消"))
        before = state_of(batch, "state", "rows_done")
        batch.state, batch.finished_at = State.CANCELLED, at
        batch.save(update_fields=["state", "finished_at"])
        record(by=by, action="import.cancelled", obj=batch, before=before, after=state_of(batch, "state"), region=batch.region, at=at)
    return batch


def requeue_import(*, by: Actor, batch_id: int, at: datetime) -> ImportBatch:
    """Put an interrupted or cancelled batch back into the queue; it goes on behind the last row written."""
    with transaction.atomic():
        batch = locked(batch_id)
        require_importer(by, batch.region)
        if batch.state in {State.FINISHED, State.WAITING}:
            raise BatchClosed(batch=batch.pk, state=batch.get_state_display(), act=_("继续"))
        before = state_of(batch, "state", "rows_done")
        if batch.state != State.RUNNING or is_silent(batch, at):  # one that shows life is taken over by the runner, if at all
            batch.state, batch.finished_at, batch.failure = State.QUEUED, None, ""
            batch.save(update_fields=["state", "finished_at", "failure"])
        record(by=by, action="import.requeued", obj=batch, before=before, after=state_of(batch, "state"), region=batch.region, at=at)
    return batch


def known_rows(batch: ImportBatch, importer: declare.Importer) -> tuple[IO[bytes], reading.Table]:
    """The batch's file, opened, and its table."""
    handle = open_stored(batch.file)
    return handle, reading.open_table(handle, batch.file.name, mapping.known_keys(importer))


def importing_regions(by: Actor) -> frozenset[str] | None:
    """Codes of the regions whose records the person may write; None: all."""
    return None if by.is_system else by.regions_as(Role.OFFICER, Role.ADMINISTRATOR)
