"""The form of an entry, made from the definition: what is asked, what was typed, what is wrong, and reading it back.

Not Django forms: fields, checks and messages all come from the definition and the service, which tells every problem at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from wulian.directory.selectors.regions import list_regions
from wulian.directory.services.people import add_person
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.schema import NUMERIC
from wulian.foundation.access import Actor
from wulian.foundation.files import store_upload
from wulian.kernel.errors import WulianError
from wulian.kernel.money import format_amount
from wulian.kernel.problems import Problem
from wulian.registers.catalogue import Adopted
from wulian.registers.selectors.showing import Reader, Reference, state_label, unit_of
from wulian.registers.wording import said

UPLOADS = ("pdf", "docx", "xlsx", "png", "jpeg", "text", "zip")
SPARE_ROWS = 1
MOST_ROWS = 500
REFERENCES = (FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK)


@dataclass(slots=True)
class Asked:
    """One question of the form. kind: the type, or `picker`. `value`: what stands in the input; `chosen`: of pickers and files."""

    name: str
    label: str
    kind: str
    value: Any = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    chosen: list[Reference] = field(default_factory=list)
    rows: list[list[Asked]] = field(default_factory=list)
    help: str = ""
    unit: str = ""
    required: bool = False
    later: str = ""
    multiple: bool = False
    pick: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def units(self) -> tuple[str, ...]:
        """In which an amount of money may be typed."""
        return ("元", "万元", "亿元")

    @property
    def wide(self) -> bool:
        return self.kind in {"long_text", "rows", "choices", "file"}


class Reading:
    """Reads the form of a request: raw values by field, and what went wrong on the way (a file, a person's name)."""

    def __init__(self, request: HttpRequest, by: Actor, fields: Iterable[FieldDefinition], at: datetime) -> None:
        self.post, self.files, self.by, self.at = request.POST, request.FILES, by, at
        self.problems: list[Problem] = []
        self.given: dict[str, Any] = {}
        for item in fields:
            if f"has.{item.code}" in self.post:
                self.given[item.code] = self._value(item, item.code)

    def _value(self, item: FieldDefinition, name: str) -> Any:
        if item.type is FieldType.ROWS:
            return self._rows(item, name)
        if item.type is FieldType.FILE:
            return self._files(item, name)
        if item.type is FieldType.CHOICES:
            return self.post.getlist(name)
        if item.type in REFERENCES:
            return self._picked(item, name)
        value: Any = self.post.get(name, "").strip()
        if item.type is FieldType.MONEY and value and (unit := self.post.get(f"{name}.unit", "元")) in {"元", "万元", "亿元"}:
            return value if re.search(r"[元万亿]", value) else f"{value}{unit}"
        return value

    def _picked(self, item: FieldDefinition, name: str) -> Any:
        ids: list[Any] = []
        for text in self.post.getlist(name):
            if item.type is FieldType.PERSON and text.startswith("new:"):
                try:
                    ids.append(add_person(by=self.by, at=self.at, name=text[4:]).pk)
                except WulianError as error:
                    self.problems.append(Problem(error.code, "%(text)s", {"text": error.text(_)}, item.code))
            elif text:
                ids.append(text)
        typed = self.post.get(f"{name}.text", "").strip()
        if typed and not ids:  # typed and never chosen: told as such, nothing is guessed
            return typed
        return ids if item.multiple else (ids[-1] if ids else "")

    def _files(self, item: FieldDefinition, name: str) -> list[Any]:
        kept: list[Any] = list(self.post.getlist(name))
        for upload in self.files.getlist(f"{name}.new"):
            try:
                kept.append(store_upload(by=self.by, upload=upload, name=upload.name or "", at=self.at, allowed=UPLOADS).pk)
            except WulianError as error:
                self.problems.append(Problem(error.code, "%(text)s", {"text": error.text(_)}, item.code))
        return kept

    def _rows(self, item: FieldDefinition, name: str) -> list[dict[str, Any]]:
        pattern = re.compile(rf"{re.escape(name)}\.(\d+)\.")
        places = sorted({int(match[1]) for key in self.post if (match := pattern.match(key)) and len(match[1]) < 5})
        rows = []
        for place in places[:MOST_ROWS]:
            row = {column.code: self._value(column, f"{name}.{place}.{column.code}") for column in item.fields}
            if any(value not in ("", [], None) for code, value in row.items()):
                rows.append(row)
        return rows


def add_error(asked: Sequence[Asked], problems: Iterable[Problem]) -> list[str]:
    """Put each problem at its question; returns those that belong to none."""
    by_name = {item.name: item for item in asked}
    left = []
    for problem in problems:
        text = problem.text(_)
        if problem.field in by_name:
            by_name[problem.field].errors.append(text)
        else:
            left.append(text)
    return left


def questions(
    adopted: Adopted,
    fields: Iterable[FieldDefinition],
    values: Mapping[str, Any],
    viewer: Actor,
    *,
    state: str,
    typed: Mapping[str, Any] | None = None,
    must: Iterable[str] = (),
) -> list[Asked]:
    """The questions of a form. `values`: stored; `typed`: raw values of a refused form, which stand in their place. `must`: asked for by the step."""
    listed = list(fields)
    known = {code: value for code, value in (typed or {}).items() if _is_ids(adopted.fields.get(code), value)}
    reader = Reader(viewer, adopted, [{**values, **{code: _ids(adopted.field(code), value) for code, value in known.items()}}])
    regions = [(region.code, region.name) for region in list_regions()]
    needed = set(must)
    made = []
    for item in listed:
        given = typed is not None and item.code in typed
        value = typed[item.code] if given and typed is not None else values.get(item.code)
        question = _asked(item, item.code, value, reader, regions, raw=given)
        question.required = state in adopted.required.get(item.code, ()) or item.code in needed
        if not question.required and item.required_from and adopted.required.get(item.code):
            question.later = _("从“%(state)s”起必填") % {"state": state_label(adopted, item.required_from)}
        made.append(question)
    return made


def _is_ids(item: FieldDefinition | None, value: Any) -> bool:
    return item is not None and item.type in (*REFERENCES, FieldType.FILE) and bool(value)


def _ids(item: FieldDefinition, value: Any) -> Any:
    ids = [int(str(one)) for one in (value if isinstance(value, list) else [value]) if str(one).isdecimal()]
    return ids if item.multiple or item.type is FieldType.FILE else (ids[0] if ids else None)


def _asked(item: FieldDefinition, name: str, value: Any, reader: Reader, regions: list[tuple[str, str]], *, raw: bool) -> Asked:
    asked = Asked(name, said(item.label), item.type.value, help=said(item.help), unit=unit_of(item), multiple=item.multiple)
    if item.type is FieldType.ROWS:
        rows = [row for row in (value or ()) if isinstance(row, Mapping)]
        asked.rows = [
            [_asked(column, f"{name}.{place}.{column.code}", row.get(column.code), reader, regions, raw=raw) for column in item.fields]
            for place, row in enumerate([*rows, *({} for _spare in range(SPARE_ROWS))])
        ]
    elif item.type in {FieldType.CHOICE, FieldType.CHOICES}:
        chosen = set(value if isinstance(value, list) else [value])
        asked.options = [(choice.code, said(choice.label)) for choice in item.choices if not choice.retired or choice.code in chosen]
        asked.value = value or ([] if item.type is FieldType.CHOICES else "")
    elif item.type is FieldType.REGION:
        asked.options, asked.value = regions, value or ""
    elif item.type is FieldType.YES_NO:
        asked.options = [("true", _("是")), ("false", _("否"))]
        asked.value = value if isinstance(value, str) else "" if value is None else "true" if value else "false"
    elif item.type in (*REFERENCES, FieldType.FILE):
        _fill_references(asked, item, value, reader)
    else:
        asked.value = _as_typed(item, value) if not raw else ("" if value is None else value)
    return asked


def _fill_references(asked: Asked, item: FieldDefinition, value: Any, reader: Reader) -> None:
    if item.type is not FieldType.FILE:
        asked.kind = "picker"
        asked.pick = {FieldType.ORGANISATION: "organisation", FieldType.PERSON: "person"}.get(item.type, item.to)
    stored = _ids(item, value) if value not in (None, "", []) else None
    if stored not in (None, []):
        asked.chosen = list(reader.cell(item, stored).references)
    elif isinstance(value, str):
        asked.value = value


def _as_typed(item: FieldDefinition, value: Any) -> str:
    """A stored value as a person would type it."""
    if value is None:
        return ""
    if item.type is FieldType.MONEY:
        return format_amount(value, "元").replace(",", "")
    return str(value) if item.type in NUMERIC or item.type is not FieldType.LONG_TEXT else value
