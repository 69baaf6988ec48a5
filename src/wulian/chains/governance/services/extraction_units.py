"""The officer's decisions on tasks as read, and on which organisation a printed unit name means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation
from wulian.directory.services.units import add_unit as add_government_unit
from wulian.foundation.access import Actor
from wulian.kernel.errors import Invalid, NotFound

from ..models import Extraction, PlanDocument
from ..units import UnitMatcher
from .extraction import add_row, get_row, lock, lock_plan, only, open_document, organisation, quoted, save_row

What = Extraction.What
TASK_FIELDS = ("number", "title", "section", "level")


def add_task(*, by: Actor, document_id: int, span: tuple[int, int], values: Mapping[str, Any], at: datetime) -> Extraction:
    """Add a task that the reader missed, by its place in the text. Its units are added with `set_units`."""
    document = open_document(by, document_id)
    raw = quoted(document, span)
    full = _checked_task({"number": "", "section": "", "level": 1, "units_printed": "", "units": [], **values})
    printed = {"title": full["title"], "raw": raw[:300], "added_by": by.name}
    return add_row(by=by, document=document, what=What.TASK, span=span, printed=printed, values=full, key="", at=at)


def edit_task(*, by: Actor, extraction_id: int, version: int, changes: Mapping[str, Any], at: datetime) -> Extraction:
    """Correct a task: number, title, section, level. Raises: Denied, Conflict, Invalid."""
    row = get_row(extraction_id, What.TASK)
    document = open_document(by, row.document_id)
    with transaction.atomic():
        row = lock(document, {extraction_id: version})[0]
        before = dict(row.values)
        row.values = _checked_task({**row.values, **only(changes, TASK_FIELDS)})
        save_row(by=by, document=document, row=row, action="extraction.edited", before=before, at=at)
    return row


def set_unit(
    *, by: Actor, extraction_id: int, version: int, index: int, organisation_id: int | None, role: str, at: datetime
) -> Extraction:
    """Say which organisation a printed unit name means, or change its role; what is printed stays."""
    row = get_row(extraction_id, What.TASK)
    document = open_document(by, row.document_id)
    chosen = organisation(organisation_id) if organisation_id else None
    with transaction.atomic():
        row = lock(document, {extraction_id: version})[0]
        before = dict(row.values)
        units = [dict(unit) for unit in row.values["units"]]
        if not 0 <= index < len(units):
            raise NotFound(what=_("这个责任单位"))
        unit = units[index]
        unit["role"] = _role(role)
        if organisation_id != unit.get("organisation"):
            unit.update(
                organisation=chosen.pk if chosen else None,
                organisation_name=chosen.name if chosen else "",
                basis="chosen" if chosen else "none",
            )
        row.values = {**row.values, "units": units}
        save_row(by=by, document=document, row=row, action="extraction.unit_set", before=before, at=at)
        if chosen is not None:
            _same_name_elsewhere(by, document, row, unit, at)
    return row


def add_unit(*, by: Actor, extraction_id: int, version: int, name: str, role: str, at: datetime) -> Extraction:
    """Add a responsible unit that the reader missed or that the text leaves out."""
    row = get_row(extraction_id, What.TASK)
    document = open_document(by, row.document_id)
    if not name.strip():
        raise Invalid(field=_("责任单位"), why=_("不能为空"))
    match = UnitMatcher(document.plan.region).match(name.strip()[:120])
    with transaction.atomic():
        row = lock(document, {extraction_id: version})[0]
        before = dict(row.values)
        unit = match.as_dict() | {"role": _role(role), "added": True}
        row.values = {**row.values, "units": [*row.values["units"], unit]}
        save_row(by=by, document=document, row=row, action="extraction.unit_added", before=before, at=at)
    return row


def remove_unit(*, by: Actor, extraction_id: int, version: int, index: int, at: datetime) -> Extraction:
    """Drop a name that is no responsible unit of the task; `units_printed` keeps the source."""
    row = get_row(extraction_id, What.TASK)
    document = open_document(by, row.document_id)
    with transaction.atomic():
        row = lock(document, {extraction_id: version})[0]
        before = dict(row.values)
        row.values = {**row.values, "units": [unit for place, unit in enumerate(row.values["units"]) if place != index]}
        save_row(by=by, document=document, row=row, action="extraction.unit_removed", before=before, at=at)
    return row


def create_unit(*, by: Actor, document_id: int, name: str, region: str, at: datetime) -> Organisation:
    """Enter a government unit that the directory does not know yet, and match the plan's printed names again."""
    document = open_document(by, document_id)
    with transaction.atomic():
        lock_plan(document)
        unit: Organisation = add_government_unit(by=by, at=at, name=name, region_code=region)
        matcher = UnitMatcher(document.plan.region)
        for row in document.extractions.select_for_update().filter(what=What.TASK).order_by("position"):
            units = [
                matcher.match(one["name"]).as_dict() | {"role": one["role"]} if one["basis"] in ("none", "similar", "slip") else one
                for one in row.values["units"]
            ]
            if units != row.values["units"]:
                before = dict(row.values)
                row.values = {**row.values, "units": units}
                save_row(by=by, document=document, row=row, action="extraction.unit_set", before=before, at=at)
    return unit


def _same_name_elsewhere(by: Actor, document: PlanDocument, decided: Extraction, unit: Mapping[str, Any], at: datetime) -> None:
    """One decision on a printed name holds for the whole plan, unless the officer has decided otherwise there."""
    for row in document.extractions.select_for_update().filter(what=What.TASK).exclude(pk=decided.pk).order_by("position"):
        units = [dict(one) for one in row.values["units"]]
        same = [one for one in units if one["name"] == unit["name"] and one["basis"] not in ("exact", "chosen")]
        if same:
            before = dict(row.values)
            for one in same:
                one.update(organisation=unit["organisation"], organisation_name=unit["organisation_name"], basis="chosen")
            row.values = {**row.values, "units": units}
            save_row(by=by, document=document, row=row, action="extraction.unit_set", before=before, at=at)


def _role(role: str) -> str:
    if role not in ("lead", "participant"):
        raise Invalid(field=_("分工"), why=_("“%(role)s”既不是牵头也不是配合") % {"role": role})
    return role


def _checked_task(values: dict[str, Any]) -> dict[str, Any]:
    title = str(values.get("title") or "").strip()
    if not title:
        raise Invalid(field=_("任务标题"), why=_("不能为空"))
    if len(title) > 200:
        raise Invalid(field=_("任务标题"), why=_("有 %(count)s 个字，最多 200 个") % {"count": len(title)})
    values["title"] = title
    values["number"] = str(values.get("number") or "").strip()[:40]
    values["section"] = str(values.get("section") or "").strip()[:200]
    values["level"] = int(values.get("level") or 1)
    return values
