"""What every act on a plan shares: locking, noticing that someone else was first, superseding instead of overwriting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, NotFound

M = TypeVar("M", bound=models.Model)


def locked(model: type[M], pk: int, *, related: tuple[str, ...] = ()) -> M:
    """The row, locked until the end of the transaction.

    On PostgreSQL the row is locked; on SQLite the transaction began as an immediate one, so there is one writer anyway.
    Raises: NotFound.
    """
    rows = model._default_manager.select_for_update(of=("self",)).select_related(*related)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(what=str(model._meta.verbose_name))
    return found


def conflict(*, who: str, when: Any, what: str) -> Conflict:
    shown = timezone.localtime(when).strftime("%Y-%m-%d %H:%M") if when else _("刚才")
    return Conflict(who=who or _("有人"), when=shown, what=what)


def require_version(obj: Any, version: int | None, *, what: str) -> None:
    """Refuse when `obj` has moved on since the form was opened. None: the caller did not start from a form.

    Raises: Conflict with who changed it and when, from the audit record.
    """
    if version is None or version == obj.version:
        return
    last = AuditEvent.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by("-at", "-id").first()
    raise conflict(who=last.actor if last else "", when=last.at if last else None, what=what)


def field_label(model: type[models.Model], name: str) -> str:
    """What a person calls the field."""
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def changed_fields(obj: models.Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `values` that differ from what `obj` holds."""
    return {name: value for name, value in values.items() if getattr(obj, name) != value}


def put_aside(old: Any) -> None:
    """Take `old` out of the unique "current" rows so that its successor can be written; `follow` then names the successor.

    The constraints are checked row by row, so for the length of the transaction the old row points to the first row of
    its history (or itself), to which nothing else points.
    """
    rows = type(old)._default_manager
    first = old.pk
    while (earlier := rows.filter(superseded_by=first).values_list("pk", flat=True).first()) is not None:
        first = earlier
    rows.filter(pk=old.pk).update(superseded_by=first)


def follow(old: Any, new: Any) -> None:
    type(old)._default_manager.filter(pk=old.pk).update(superseded_by=new.pk)
    old.superseded_by = new
