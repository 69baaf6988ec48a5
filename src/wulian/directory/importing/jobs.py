"""Running imports: from the command line, and as a background job for the portal and the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from wulian.directory.access import actor_of
from wulian.directory.searching import KIND
from wulian.foundation import bulk, search
from wulian.foundation.access import Actor, system
from wulian.foundation.imports.services.batches import requeue_import
from wulian.foundation.imports.services.running import run_import
from wulian.foundation.models import ImportBatch
from wulian.kernel.errors import WulianError


def run_batch(
    *,
    by: Actor,
    batch_id: int,
    clock: Callable[[], datetime],
    progress: Callable[[int, int | None], None] | None = None,
    indexing: Callable[[int], None] | None = None,
) -> ImportBatch:
    """Import the batch's rows, then bring the search index up to date (also after a failure: rows that are in can be found)."""
    with bulk.fewer_collections():
        try:
            return run_import(by=by, batch_id=batch_id, clock=clock, progress=progress)
        finally:
            search.flush(KIND, indexing)


@task()
def run_import_job(batch_id: int) -> str:
    """Run a batch for the person who started it, with the roles that the person has now. What stops it is kept in the batch."""
    batch = ImportBatch.objects.select_related("started_by").get(pk=batch_id)
    user = batch.started_by
    by = actor_of(user, on=timezone.localdate(), source="job") if user else system("wulian", "job")
    try:
        return str(run_batch(by=by, batch_id=batch_id, clock=timezone.now).state)
    except WulianError as error:
        return error.code


def enqueue_batch(batch_id: int) -> None:
    """Hand a confirmed batch to the job worker once the transaction is through."""
    transaction.on_commit(partial(run_import_job.enqueue, batch_id))


def resume_batch(*, by: Actor, batch_id: int, at: datetime) -> ImportBatch:
    """Continue an interrupted batch in the background. Raises Denied, BatchClosed."""
    with transaction.atomic():
        batch = requeue_import(by=by, batch_id=batch_id, at=at)
        enqueue_batch(batch.pk)
    return batch
