"""Running a batch: chunk by chunk, each chunk with its checkpoint in one transaction, so a kill loses and doubles nothing.

Two runners of one batch are kept apart twice: a file lock, which the operating system gives back when a process dies, and
a fence in the database: every chunk moves the checkpoint only where it left it.
"""

from __future__ import annotations

import fcntl
import itertools
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.foundation import bulk
from wulian.foundation.access import Actor
from wulian.foundation.audit import record, state_of
from wulian.foundation.imports import declare, mapping, reading
from wulian.foundation.imports.declare import Context, Importer, Outcome, Result, Row, Writer
from wulian.foundation.imports.errors import BatchBusy, BatchClosed, StorageFailed
from wulian.foundation.models import ImportBatch, ImportedRow, QuarantinedRow
from wulian.kernel.errors import WulianError
from wulian.kernel.problems import Problem

from .batches import COUNTS, State, importing_regions, is_silent, known_rows, locked, require_importer

CHUNK = 2_000
Progress = Callable[[int, int | None], None]


class LostBatch(Exception):
    """Someone cancelled the batch or took it over; this runner must stop without another word."""


@contextmanager
def sole_runner(batch_id: int) -> Iterator[None]:
    """Hold the batch's lock on this machine. Raises BatchBusy."""
    folder = settings.HOME / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"import-{batch_id}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BatchBusy(batch=batch_id) from error
        yield


def run_import(
    *, by: Actor, batch_id: int, clock: Callable[[], datetime], progress: Progress | None = None, chunk: int = CHUNK
) -> ImportBatch:
    """Import all rows that the batch has not yet done. The batch ends finished, failed (can be continued) or cancelled.

    clock: the present, aware UTC. Raises Denied, BatchBusy, BatchClosed; what stops the import half-way is kept in the batch
    and raised as WulianError.
    """
    with sole_runner(batch_id):
        batch = _claim(by, batch_id, clock)
        try:
            _run(by, batch, clock, progress, chunk)
        except LostBatch:
            batch.refresh_from_db()
        except WulianError as error:
            _fail(by, batch, error, clock)
            raise
        except (OperationalError, OSError) as error:
            failure = StorageFailed(cause=str(error)[:120], rows=batch.rows_done)
            _fail(by, batch, failure, clock)
            raise failure from error
        return batch


def _claim(by: Actor, batch_id: int, clock: Callable[[], datetime]) -> ImportBatch:
    at, host = clock(), socket.gethostname()
    with transaction.atomic():
        batch = locked(batch_id)
        require_importer(by, batch.region)
        if batch.state in {State.FINISHED, State.WAITING}:
            raise BatchClosed(batch=batch.pk, state=batch.get_state_display(), act=_("运行"))
        # On this machine the file lock has already shown that no runner is alive; elsewhere only its silence can.
        if batch.state == State.RUNNING and batch.options.get("host") != host and not is_silent(batch, at):
            raise BatchBusy(batch=batch.pk)
        before = state_of(batch, "state", "rows_done")
        batch.state, batch.started_at, batch.heartbeat_at = State.RUNNING, at, at
        batch.failure, batch.finished_at = "", None
        batch.options = {**batch.options, "host": host}
        batch.save(update_fields=["state", "started_at", "heartbeat_at", "failure", "finished_at", "options"])
        record(by=by, action="import.started", obj=batch, before=before, after=state_of(batch, "state"), region=batch.region, at=at)
    return batch


def context_of(by: Actor, batch: ImportBatch, at: datetime) -> Context:
    """What the writer may know. The date of the file is the option `as_of`, else the day of the upload in Shanghai."""
    as_of = batch.options.get("as_of")
    return Context(
        batch_id=batch.pk,
        source=batch.source,
        by=by,
        region=batch.region,
        regions=importing_regions(by),
        at=at,
        on=date.fromisoformat(as_of) if as_of else timezone.localdate(batch.created_at),
        columns=batch.columns,
        options=batch.options,
    )


def _run(by: Actor, batch: ImportBatch, clock: Callable[[], datetime], progress: Progress | None, chunk: int) -> None:
    importer = declare.get(batch.kind)
    handle, table = known_rows(batch, importer)
    with handle:
        reader = mapping.RowReader(importer, table.header, batch.columns)
        writer = importer.open(context_of(by, batch, clock()))
        rows = itertools.islice(table.rows, batch.rows_done, None)
        while part := list(itertools.islice(rows, chunk)):
            _write_chunk(batch, importer, writer, reader, part, clock())
            if progress:
                progress(batch.rows_done, batch.rows_total)
    at = clock()
    with transaction.atomic():
        flagged = writer.finish()
        _keep_flagged(batch, importer, flagged)
        _move(batch, at, {"state": State.FINISHED, "finished_at": at, "flagged_count": batch.flagged_count + len(flagged)})
        batch.refresh_from_db()
        record(by=by, action="import.finished", obj=batch, after=state_of(batch, *COUNTS), region=batch.region, at=at)


def _write_chunk(
    batch: ImportBatch, importer: Importer, writer: Writer, reader: mapping.RowReader, part: Sequence[reading.RawRow], at: datetime
) -> None:
    good: list[Row] = []
    bad: list[QuarantinedRow] = []
    for raw in part:
        read = reader.read(raw)
        if isinstance(read, Row):
            good.append(read)
        else:
            bad.append(_quarantined(batch, raw.number, reader.printed(raw), read))
    with transaction.atomic():
        counts: Counter[str] = Counter()
        outcomes = writer.write(good)
        _keep(batch, importer, ((row.number, outcome) for row, outcome in zip(good, outcomes, strict=True)))
        for row, outcome in zip(good, outcomes, strict=True):
            counts[outcome.result] += 1
            counts["flagged"] += outcome.flagged
            if outcome.result == Result.QUARANTINED:
                bad.append(_quarantined(batch, row.number, row.printed, outcome.problems))
        QuarantinedRow.objects.bulk_create(bad)
        moved = {
            "rows_done": batch.rows_done + len(part),
            "created_count": batch.created_count + counts[Result.CREATED],
            "updated_count": batch.updated_count + counts[Result.UPDATED],
            "unchanged_count": batch.unchanged_count + counts[Result.UNCHANGED],
            "flagged_count": batch.flagged_count + counts["flagged"],
            "quarantined_count": batch.quarantined_count + len(bad),
        }
        _move(batch, at, moved)
    for name, value in moved.items():  # only now: the transaction may still have failed at its end
        setattr(batch, name, value)


def _keep(batch: ImportBatch, importer: Importer, outcomes: Iterable[tuple[int | None, Outcome]]) -> None:
    """Keep of rows, by their number, what was created, updated or left in doubt."""
    rows = [
        (batch.pk, number, one.result.value, one.flagged, importer.subject, str(one.subject.pk), one.name[:200], one.detail[:200])
        for number, one in outcomes
        if one.result in (Result.CREATED, Result.UPDATED) or (one.flagged and one.result == Result.UNCHANGED)
    ]
    bulk.insert_values(ImportedRow, ("batch_id", "row_number", "result", "flagged", "subject", "subject_id", "name", "detail"), rows)


def _keep_flagged(batch: ImportBatch, importer: Importer, outcomes: Sequence[Outcome]) -> None:
    """Note the doubt on the rows of the batch that the records came from, and apart from them where they came from none."""
    by_subject = {str(outcome.subject.pk): outcome for outcome in outcomes}
    known = set()
    for start in range(0, len(by_subject), CHUNK):
        rows = ImportedRow.objects.filter(batch=batch, subject_id__in=list(by_subject)[start : start + CHUNK])
        known |= set(rows.values_list("subject_id", flat=True))
        rows.update(flagged=True)
    rest = [(None, outcome) for subject, outcome in by_subject.items() if subject not in known]
    _keep(batch, importer, rest)


def _quarantined(batch: ImportBatch, number: int, values: dict[str, str], problems: Sequence[Problem]) -> QuarantinedRow:
    return QuarantinedRow(batch_id=batch.pk, row_number=number, values=values, problems=[problem.as_json() for problem in problems])


def _move(batch: ImportBatch, at: datetime, values: dict[str, Any]) -> None:
    """Move the checkpoint, only if it stands where this runner left it."""
    mine = ImportBatch.objects.filter(pk=batch.pk, state=State.RUNNING, rows_done=batch.rows_done, started_at=batch.started_at)
    if not mine.update(**values, heartbeat_at=at):
        raise LostBatch


def _fail(by: Actor, batch: ImportBatch, error: WulianError, clock: Callable[[], datetime]) -> None:
    """Keep why the batch stopped. When even that cannot be written, its silence will show it."""
    at = clock()
    problem = Problem(error.code, error.message, {key: str(value) for key, value in error.params.items()})
    try:
        with transaction.atomic():
            fresh = locked(batch.pk)
            if fresh.state != State.RUNNING or fresh.started_at != batch.started_at:
                return
            fresh.state, fresh.failure, fresh.heartbeat_at = State.FAILED, error.text(), at
            fresh.options = {**fresh.options, "failure": problem.as_json()}
            fresh.save(update_fields=["state", "failure", "heartbeat_at", "options"])
            record(
                by=by, action="import.failed", obj=fresh, after=state_of(fresh, *COUNTS), reason=error.text(), region=fresh.region, at=at
            )
    except DatabaseError:
        return
    batch.refresh_from_db()


def try_row(by: Actor, batch: ImportBatch, importer: Importer, number: int, values: dict[str, str], at: datetime) -> Outcome:
    """Read and write one row outside a run, for a repair. Must be called inside a transaction."""
    header: list[str] = batch.options["header"]
    reader = mapping.RowReader(importer, header, batch.columns)
    read = reader.read(reading.RawRow(number, [str(values.get(column, "")) for column in header]))
    if not isinstance(read, Row):
        return Outcome(Result.QUARANTINED, problems=tuple(read))
    writer = importer.open(context_of(by, batch, at))
    outcome = writer.write([read])[0]
    if outcome.result != Result.QUARANTINED:
        _keep(batch, importer, [(number, outcome)])
        _keep_flagged(batch, importer, writer.finish())
    return outcome
