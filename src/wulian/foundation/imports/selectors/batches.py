"""Reading batches, quarantined rows and saved mappings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor, Role, require_officer
from wulian.foundation.imports import declare
from wulian.foundation.imports.services.batches import is_silent
from wulian.foundation.models import ImportBatch, ImportedRow, ImportMapping, QuarantinedRow
from wulian.kernel.errors import NotFound
from wulian.kernel.problems import Problem

State = ImportBatch.State


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with what a page says of it. `state`: a silent running batch is shown as interrupted."""

    batch: ImportBatch
    state: str
    state_label: str
    kind_label: str
    percent: int
    can_resume: bool
    can_cancel: bool
    failure: str


def view_of(batch: ImportBatch, *, at: datetime, translate: Callable[[str], str] = _) -> BatchView:
    """`at`: now, to judge whether a running batch still shows signs of life."""
    state = State.FAILED if is_silent(batch, at) else State(batch.state)
    done = batch.rows_done * 100 // batch.rows_total if batch.rows_total else 0
    failure = batch.options.get("failure") if batch.failure else None
    text = Problem.from_json(failure).text(translate) if failure else batch.failure
    if state == State.FAILED and batch.state == State.RUNNING:
        text = _("导入的进程不在了。已导入的 %(rows)s 行都在，点“继续”从断处接着导。") % {"rows": batch.rows_done}
    return BatchView(
        batch=batch,
        state=str(state),
        state_label=str(state.label),
        kind_label=str(declare.get(batch.kind).label),
        percent=100 if state == State.FINISHED else min(done, 99),
        can_resume=state in {State.FAILED, State.CANCELLED},
        can_cancel=state in {State.WAITING, State.QUEUED, State.RUNNING},
        failure=text,
    )


def _visible(viewer: Actor) -> QuerySet[ImportBatch]:
    batches = ImportBatch.objects.select_related("file", "started_by").order_by("-id")
    if viewer.is_system:
        return batches
    return batches.filter(region__in=viewer.regions_as(Role.OFFICER, Role.ADMINISTRATOR))


def list_batches(*, viewer: Actor, kind: str = "", state: str = "") -> QuerySet[ImportBatch]:
    """Batches of the viewer's regions, newest first."""
    batches = _visible(viewer)
    if kind:
        batches = batches.filter(kind=kind)
    return batches.filter(state=state) if state else batches


def get_batch(*, viewer: Actor, batch_id: int) -> ImportBatch:
    """Raises NotFound, also for a batch of another region."""
    try:
        return _visible(viewer).get(pk=batch_id)
    except ImportBatch.DoesNotExist as error:
        raise NotFound(what=_("这个导入批次")) from error


def earlier_imports(*, viewer: Actor, batch: ImportBatch) -> list[ImportBatch]:
    """Other batches of the same content and kind: a person who uploads a file twice is told, and may go on."""
    return list(_visible(viewer).filter(file__sha256=batch.file.sha256, kind=batch.kind, pk__lt=batch.pk).exclude(state=State.WAITING)[:5])


def unfinished_import(*, viewer: Actor, kind: str, source: str, sha256: str) -> ImportBatch | None:
    """The interrupted batch of the same file, kind and source, if there is one."""
    batches = _visible(viewer).filter(kind=kind, source=source, file__sha256=sha256)
    return batches.filter(state__in=[State.QUEUED, State.RUNNING, State.FAILED, State.CANCELLED], rows_done__gte=0).first()


def problems_of(row: QuarantinedRow) -> list[Problem]:
    return [Problem.from_json(item) for item in row.problems]


def list_quarantine(*, viewer: Actor, batch_id: int, state: str = "", code: str = "", query: str = "") -> QuerySet[QuarantinedRow]:
    """Quarantined rows of a batch in row order. `code`: rows with a problem of this code. `query`: text within the row."""
    batch = get_batch(viewer=viewer, batch_id=batch_id)
    rows = QuarantinedRow.objects.filter(batch=batch).select_related("decided_by").order_by("row_number")
    if state:
        rows = rows.filter(state=state)
    if code or query:
        # JSON text search differs between the databases, and a batch's quarantine is small enough to look through.
        fits = [
            row.pk
            for row in rows.iterator()
            if (not code or any(item.get("code") == code for item in row.problems))
            and (not query or any(query.lower() in str(value).lower() for value in row.values.values()))
        ]
        rows = rows.filter(pk__in=fits)
    return rows


def quarantine_counts(*, viewer: Actor, batch_id: int) -> tuple[dict[str, int], Counter[str]]:
    """How many rows by state, and how many open ones by problem code."""
    batch = get_batch(viewer=viewer, batch_id=batch_id)
    states = dict(QuarantinedRow.objects.filter(batch=batch).values_list("state").annotate(Count("pk")).order_by())
    codes: Counter[str] = Counter()
    for problems in _open_problems(batch):
        codes.update({item.get("code", "") for item in problems})
    return states, codes


def list_imported(*, viewer: Actor, batch_id: int, result: str = "", query: str = "") -> QuerySet[ImportedRow]:
    """What a batch created, updated or left in doubt, in row order. `result`: created, updated or flagged. `query`: text in
    the name or in the codes and numbers beside it. Raises NotFound."""
    rows = ImportedRow.objects.filter(batch=get_batch(viewer=viewer, batch_id=batch_id))
    if result:
        rows = rows.filter(flagged=True) if result == "flagged" else rows.filter(result=result)
    if query.strip():
        rows = rows.filter(Q(name__icontains=query.strip()) | Q(detail__icontains=query.strip()))
    return rows.order_by(F("row_number").asc(nulls_last=True), "pk")


def imported_counts(*, viewer: Actor, batch_id: int) -> dict[str, int]:
    """How many records the list holds: all, created, updated, flagged. Raises NotFound."""
    rows = ImportedRow.objects.filter(batch=get_batch(viewer=viewer, batch_id=batch_id)).order_by()
    counts: Counter[str] = Counter()
    for result, flagged, number in rows.values_list("result", "flagged").annotate(number=Count("pk")):
        counts[result] += number
        counts["flagged"] += number if flagged else 0
        counts[""] += number
    return {key: counts[key] for key in ("", "created", "updated", "flagged")}


def detail_in_words(kind: str) -> Callable[[str], str]:
    """The detail of an imported row of this kind, its codes put into words."""
    words = {code: str(word) for code, word in declare.get(kind).words().items()}
    return lambda detail: " ".join(words.get(part, part) for part in detail.split(" "))


def _open_problems(batch: ImportBatch) -> Iterator[list[dict[str, Any]]]:
    return QuarantinedRow.objects.filter(batch=batch, state=QuarantinedRow.State.OPEN).values_list("problems", flat=True).iterator()


def get_quarantined(*, viewer: Actor, row_id: int) -> QuarantinedRow:
    try:
        row = QuarantinedRow.objects.select_related("batch").get(pk=row_id)
    except QuarantinedRow.DoesNotExist as error:
        raise NotFound(what=_("这一行")) from error
    get_batch(viewer=viewer, batch_id=row.batch_id)
    return row


def list_mappings(*, viewer: Actor, kind: str, region: str) -> list[ImportMapping]:
    """Saved mappings of a kind, by name."""
    require_officer(viewer, region=region, act=_("查看列对照"))
    return list(ImportMapping.objects.filter(kind=kind).order_by("name"))
