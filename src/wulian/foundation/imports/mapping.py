"""From columns to fields: suggesting a mapping, checking it, and reading a row through it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wulian.foundation.exports import plain_cell
from wulian.kernel.errors import N_
from wulian.kernel.problems import BadValue, Problem

from .declare import Field, Importer, Row
from .errors import MappingIncomplete, NoSuchColumn
from .reading import RawRow, header_key

BLANKS = frozenset({"", "N/A", "NA", "NULL", "-", "—", "/", "无", "不详", "#N/A"})

REQUIRED = N_("%(label)s是空的")
WIDTH = N_("这一行有 %(found)s 格，表头有 %(wanted)s 列：多半是多了或少了分隔符")
BROKEN = N_("这一行的引号没有配对，分不清各格")
ENCODING = N_("这一行有损坏的字节，不能完整读出")


def keys_of(field: Field) -> list[str]:
    """Header keys under which a field is known: name, label in both languages, aliases."""
    return list(dict.fromkeys(header_key(str(word)) for word in (field.name, field.label, *field.aliases)))


def known_keys(importer: Importer) -> set[str]:
    return {key for field in importer.fields() for key in keys_of(field)}


def suggest(importer: Importer, header: Sequence[str]) -> dict[str, str]:
    """Field name -> column, by label and alias: first exactly, then where a column's name contains the field's. Each column once."""
    columns = {column: header_key(column) for column in header}
    chosen: dict[str, str] = {}
    for exact in (True, False):
        for field in importer.fields():
            if field.name in chosen:
                continue
            for key in keys_of(field):
                fits = (c for c, k in columns.items() if c not in chosen.values() and (k == key if exact else len(key) > 1 and key in k))
                if column := next(fits, None):
                    chosen[field.name] = column
                    break
    return chosen


def check(importer: Importer, header: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """The mapping without blanks. Raises NoSuchColumn, MappingIncomplete."""
    fields = {field.name: field for field in importer.fields()}
    chosen = {name: column for name, column in columns.items() if column and name in fields}
    for column in chosen.values():
        if column not in header:
            raise NoSuchColumn(column=column[:60])
    missing = [f"“{field.label}”" for field in fields.values() if field.required and field.name not in chosen]
    if missing:
        raise MappingIncomplete(missing="、".join(missing))
    return chosen


# Control characters, blanks other than the plain one, and marks without width: they stand in real registers and are never meant.
_ODD = re.compile(r"[\x00-\x1f\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]")
# Bytes that the encoding did not have.
_DAMAGED = re.compile(r"[\ud800-\udfff\ufffd]")


def clean_cell(text: str) -> str:
    """A cell without control characters and odd blanks, and without the quote that an export put before what a spreadsheet
    would have run as a formula."""
    return plain_cell(_ODD.sub(" ", text).strip())


@dataclass(slots=True)
class RowReader:
    """Reads raw rows through a mapping."""

    importer: Importer
    header: Sequence[str]
    columns: Mapping[str, str]
    _plan: list[tuple[Field, int]] | None = None

    def plan(self) -> list[tuple[Field, int]]:
        if self._plan is None:
            place = {column: index for index, column in enumerate(self.header)}
            self._plan = [(field, place[self.columns[field.name]]) for field in self.importer.fields() if field.name in self.columns]
        return self._plan

    def printed(self, raw: RawRow) -> dict[str, str]:
        """The row by column name, as it can be stored; cells beyond the header get a name by their place."""
        cells = [_DAMAGED.sub("?", cell).replace("\x00", "") for cell in raw.cells]
        names = [*self.header, *(f"第{place}列" for place in range(len(self.header) + 1, len(cells) + 1))]
        return dict(zip(names, cells, strict=False))

    def read(self, raw: RawRow) -> Row | list[Problem]:
        """The row, or what is wrong with it."""
        width = len(self.header)
        if raw.broken:
            return [Problem("row_broken", BROKEN)]
        # Trailing empty cells are how spreadsheets pad rows; missing ones are how some exports cut them.
        cells = raw.cells
        while len(cells) > width and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) > width or (len(cells) < width and len(cells) <= max(index for _, index in self.plan())):
            return [Problem("row_width", WIDTH, {"found": len(raw.cells), "wanted": width})]
        if _DAMAGED.search("".join(cells)):
            return [Problem("row_encoding", ENCODING)]
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for field, index in self.plan():
            text = clean_cell(cells[index])
            if text.upper() in BLANKS and not field.keeps_blank:
                if field.required:
                    problems.append(Problem("required", REQUIRED, {"label": str(field.label)}, field.name))
                values[field.name] = None
                continue
            try:
                values[field.name] = field.parse(text)
            except BadValue as error:
                problems.append(error.problem.at(field.name))
        return problems or Row(raw.number, values, self.printed(raw))
