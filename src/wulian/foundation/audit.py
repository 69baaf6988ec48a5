"""Writing and reading the audit record. Every service writes one event in the transaction of its act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from .access import Actor
from .models import AuditEvent


def plain(value: Any) -> Any:
    """`value` as JSON can hold it, without losing figures: decimals and dates become strings."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, models.Model):
        return {"id": value.pk, "label": str(value)}
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def state_of(obj: models.Model, *fields: str) -> dict[str, Any]:
    """The named fields of `obj` as plain values, for `before` and `after`."""
    return {name: plain(getattr(obj, name)) for name in fields}


def record(
    *,
    by: Actor,
    action: str,
    obj: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    region: str = "",
    at: datetime | None = None,
) -> AuditEvent:
    """Append one event. `action` is dotted, past tense: `target.changed`. Must run inside the act's transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record must be called inside the transaction of the act that it records")
    return AuditEvent.objects.create(
        at=at or timezone.now(),  # the time of the record itself, not a business date
        user_id=by.user_id,
        actor=by.name,
        action=action,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        object_label=str(obj)[:200],
        region=region,
        reason=reason,
        before=plain(before) if before is not None else None,
        after=plain(after) if after is not None else None,
        source=by.source,
    )
