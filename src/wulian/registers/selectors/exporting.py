"""A list of entries as a table to take away: number, subject, state, region and every field that the viewer may see, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.engines.registers import FieldDefinition, FieldType
from wulian.foundation.access import Actor

from ..catalogue import Adopted
from ..wording import said
from .questions import Question, list_entries
from .showing import Cell, rows_of

AT_ONCE = 1_000  # entries whose cells are looked up together


def heading_unit(field: FieldDefinition) -> str:
    """The unit in which a heading announces a field's numbers; money is printed in 元."""
    return "元" if field.type is FieldType.MONEY else "%" if field.type is FieldType.PERCENT else field.unit


def _fields(adopted: Adopted) -> list[FieldDefinition]:
    return [field for field in adopted.definition.fields if field.type is not FieldType.ROWS]


def export_columns(adopted: Adopted) -> list[str]:
    definition = adopted.definition
    subject = [said(definition.subject_label) or _("主体")] if definition.subject != "none" else []
    named = [f"{said(field.label)}（{unit}）" if (unit := heading_unit(field)) else said(field.label) for field in _fields(adopted)]
    return [_("编号"), _("名称"), *subject, _("状态"), _("区域"), _("期限"), *named, _("更新时间")]


def export_rows(*, viewer: Actor, adopted: Adopted, question: Question, on: date) -> Iterator[list[Any]]:
    """The cells under `export_columns`, in the order of the list."""
    codes = [field.code for field in _fields(adopted)]
    found = list_entries(viewer=viewer, adopted=adopted, question=question, on=on)
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        page = {row.entry.pk: row for row in rows_of(viewer, adopted, found.filter(pk__in=part), codes, on)}
        for row in (page[pk] for pk in part if pk in page):
            subject = [row.subject.label if row.subject else ""] if adopted.definition.subject != "none" else []
            fixed = [row.entry.number, row.title, *subject, row.state, row.region, row.entry.due_on]
            yield [*fixed, *(_plain(cell) for cell in row.cells), timezone.localtime(row.entry.updated_at)]


def _plain(cell: Cell) -> Any:
    """A number as a number, a date as a date, everything else as its text."""
    if cell.number is not None:
        return cell.number
    if len(cell.text) == 10 and cell.text[4] == cell.text[7] == "-":
        try:
            return date.fromisoformat(cell.text)
        except ValueError:
            return cell.text
    return cell.text
