"""Writing the index: from the outbox, or all of it anew. Whoever gets the lock writes; the others leave it to that one."""

from __future__ import annotations

import fcntl
import itertools
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import tantivy
from django.db import transaction

from wulian.foundation.models import SearchOutbox

from .declare import Kind, get
from .schema import document_of, folder_of, marker_of, schema_of

logger = logging.getLogger("wulian.search")
HEAP = 96 << 20
BATCH = 5_000
# So many changed objects are indexed at once after the commit (about 50 ms); more are left to the one who made them.
AT_ONCE = 500
# In place of an id: so much changed while there was no complete index that all of it is to be indexed. A rebuild that is
# under way when the row is written has not seen the change, and is followed by another.
EVERYTHING = 0


@contextmanager
def writer_lock(kind: Kind) -> Iterator[bool]:
    """True when this process may write. The operating system gives the lock back when a process dies."""
    folder = folder_of(kind)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def is_ready(kind_code: str) -> bool:
    """True when there is a complete index of the present layout."""
    kind = get(kind_code)
    return ready_at(folder_of(kind), kind)


def ready_at(folder: Path, kind: Kind) -> bool:
    try:
        return (folder / "ready").read_text(encoding="ascii") == marker_of(kind)
    except OSError:
        return False


def mark(kind_code: str, ids: Iterable[int]) -> None:
    """Note that these objects changed. Call it in the transaction of the change; a few are indexed right after the commit."""
    wanted = set(ids)
    if not wanted:
        return
    few = len(wanted) <= AT_ONCE
    if not few and not is_ready(kind_code):
        wanted = {EVERYTHING}
    SearchOutbox.objects.bulk_create([SearchOutbox(kind=kind_code, object_id=i) for i in wanted])
    if few:
        transaction.on_commit(partial(flush_or_schedule, kind_code), robust=True)


def pending(kind_code: str) -> int:
    """How many changes are not in the index yet."""
    return SearchOutbox.objects.filter(kind=kind_code).count()


def flush_or_schedule(kind_code: str) -> None:
    """Index what is waiting if that is quick, else leave it to a job."""
    if is_ready(kind_code) and SearchOutbox.objects.filter(kind=kind_code)[AT_ONCE * 2 : AT_ONCE * 2 + 1].count() == 0:
        flush(kind_code)
    else:
        schedule_rebuild(kind_code)


def flush(kind_code: str, progress: Callable[[int], None] | None = None) -> int:
    """Bring the index up to the database: what the outbox names, or everything when there is no complete index.

    Returns how many objects were written; 0 when another process is writing (it looks again before it stops).
    """
    kind, written = get(kind_code), 0
    while True:
        with writer_lock(kind) as mine:
            if not mine:
                return written
            written += _flush(kind, progress) if ready_at(folder_of(kind), kind) else _rebuild(kind, progress)
        if not SearchOutbox.objects.filter(kind=kind.code).exists():
            return written


def rebuild(kind_code: str, progress: Callable[[int], None] | None = None) -> int:
    """Build the index anew beside the old one and put it in its place. Returns how many objects it holds."""
    kind = get(kind_code)
    with writer_lock(kind) as mine:
        return _rebuild(kind, progress) if mine else 0


def _flush(kind: Kind, progress: Callable[[int], None] | None) -> int:
    try:
        index = tantivy.Index.open(str(folder_of(kind)))
        writer = index.writer(HEAP, 1)
    except (ValueError, OSError) as error:
        logger.warning("search index of %s cannot be opened (%s) and is built anew", kind.code, error)
        return _rebuild(kind, progress)
    written = 0
    while rows := list(SearchOutbox.objects.filter(kind=kind.code).order_by("pk").values_list("pk", "object_id")[:BATCH]):
        ids = sorted({object_id for _pk, object_id in rows})
        if EVERYTHING in ids:
            writer.wait_merging_threads()
            return _rebuild(kind, progress)
        # Not delete_documents_by_term: in tantivy-py 0.27 it looks for a signed number and silently deletes nothing.
        writer.delete_documents_by_query(tantivy.Query.term_set_query(index.schema, "id", ids))
        for entry in kind.entries(ids):
            writer.add_document(document_of(entry))
        writer.commit()
        SearchOutbox.objects.filter(pk__in=[pk for pk, _object_id in rows]).delete()
        written += len(ids)
        if progress:
            progress(written)
    writer.wait_merging_threads()
    return written


def _rebuild(kind: Kind, progress: Callable[[int], None] | None) -> int:
    folder = folder_of(kind)
    fresh, old = folder.with_suffix(".new"), folder.with_suffix(".old")
    for leftover in (fresh, old):  # of a rebuild that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True)
    # Rows that are in the outbox now describe changes that the reading below will see; later ones stay for the next flush.
    seen = list(SearchOutbox.objects.filter(kind=kind.code).values_list("pk", flat=True))
    writer = tantivy.Index(schema_of(kind), path=str(fresh)).writer(HEAP, 1)
    written = 0
    ids = iter(kind.ids())
    while part := list(itertools.islice(ids, BATCH)):
        for entry in kind.entries(part):
            writer.add_document(document_of(entry))
            written += 1
        if progress:
            progress(written)
    writer.commit()
    writer.wait_merging_threads()
    (fresh / "ready").write_text(marker_of(kind), encoding="ascii")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    for start in range(0, len(seen), BATCH):
        SearchOutbox.objects.filter(pk__in=seen[start : start + BATCH]).delete()
    return written


def schedule_rebuild(kind_code: str) -> None:
    """Leave a flush (which rebuilds where needed) to the job worker, unless one is waiting already."""
    from .jobs import flush_search_index, is_waiting

    if not is_waiting(kind_code):
        flush_search_index.enqueue(kind_code)
