"""Quarantined rows: repaired by a person, or set aside with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor
from wulian.foundation.audit import record, state_of
from wulian.foundation.imports import declare
from wulian.foundation.imports.declare import Outcome, Result
from wulian.foundation.imports.errors import RowClosed
from wulian.foundation.models import ImportBatch, QuarantinedRow
from wulian.kernel.errors import Invalid, NotFound

from .batches import require_importer
from .running import try_row


def _locked_row(by: Actor, row_id: int) -> QuarantinedRow:
    try:
        # One statement for both would lock the batch too; the row is what two people may fight over.
        row = QuarantinedRow.objects.select_for_update(of=("self",)).select_related("batch", "batch__file").get(pk=row_id)
    except QuarantinedRow.DoesNotExist as error:
        raise NotFound(what=_("这一行")) from error
    require_importer(by, row.batch.region)
    if row.state != QuarantinedRow.State.OPEN:
        raise RowClosed(row=row.row_number, state=row.get_state_display())
    return row


def repair_row(*, by: Actor, row_id: int, values: Mapping[str, str], at: datetime) -> Outcome:
    """Try the row again with a person's corrections.

    values: by column name; columns left out keep what the file had. When the row still cannot be read, the outcome is
    QUARANTINED with the problems, and the row stays open and unchanged. Raises Denied, NotFound, RowClosed.
    """
    with transaction.atomic():
        row = _locked_row(by, row_id)
        header = row.batch.options["header"]
        corrected = {column: str(values.get(column, row.values.get(column, ""))) for column in header}
        outcome = try_row(by, row.batch, declare.get(row.batch.kind), row.row_number, corrected, at)
        if outcome.result == Result.QUARANTINED:
            return outcome
        before = {"state": row.state, "values": row.values}
        row.state, row.decided_by_id, row.decided_at = QuarantinedRow.State.REPAIRED, by.user_id, at
        row.save(update_fields=["state", "decided_by", "decided_at"])
        batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=row.batch_id)
        counter = f"{outcome.result}_count"
        setattr(batch, counter, getattr(batch, counter) + 1)
        batch.quarantined_count -= 1
        batch.flagged_count += outcome.flagged
        batch.save(update_fields=[counter, "quarantined_count", "flagged_count"])
        record(
            by=by,
            action="import_row.repaired",
            obj=row,
            before=before,
            after={"state": row.state, "values": corrected, "result": outcome.result},
            region=batch.region,
            at=at,
        )
    return outcome


@transaction.atomic
def dismiss_row(*, by: Actor, row_id: int, reason: str, at: datetime) -> QuarantinedRow:
    """Set a row aside for good, with a reason. It stays in the list. Raises Denied, NotFound, RowClosed, Invalid."""
    row = _locked_row(by, row_id)
    if not reason.strip():
        raise Invalid(field=_("理由"), why=_("不能为空，例如“重复行”"))
    before = state_of(row, "state")
    row.state, row.decided_by_id, row.decided_at = QuarantinedRow.State.DISMISSED, by.user_id, at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    record(
        by=by, action="import_row.dismissed", obj=row, before=before, after=state_of(row, "state"), reason=reason.strip(),
        region=row.batch.region, at=at,
    )  # fmt: skip
    return row
