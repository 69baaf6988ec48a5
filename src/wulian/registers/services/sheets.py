"""A register as a workbook and back: download, edit offline, upload; conflicts are shown cell by cell.

The workbook has one sheet of entries and one for each table field. What stands in it reads like the page; an organisation,
person or linked entry carries its number in brackets, so that nothing is lost on the way back. A hidden sheet says which
register and version it was and how its columns are headed: columns are found by their heading, wherever they stand. The revision in each row says what the person had before them: a cell that both sides changed since is
a conflict, and nobody's change is lost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from python_calamine import CalamineError, CalamineWorkbook

from wulian.directory.models import Organisation, Person, Region
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.values import as_decimal, present, read
from wulian.foundation.access import Actor
from wulian.foundation.exports import plain_cell, safe_cell
from wulian.foundation.imports.reading import WORKBOOK_LIMIT
from wulian.kernel.errors import N_, WulianError
from wulian.kernel.names import name_key
from wulian.kernel.problems import BadValue, Problem

from .. import access
from ..catalogue import Adopted, adopted_registers
from ..errors import EntryRefused
from ..models import Entry, EntryEvent
from ..wording import said
from .entries import create_entry, edit_entry

HIDDEN = "_wulian"
MOST_ROWS = 5_000
REFERENCES = (FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK)
_NUMBER = re.compile(r"\[(\d{1,15})\]\s*$")
_SEPARATORS = re.compile(r"[、;；]")
_FORBIDDEN = re.compile(r"[\\/*?:\[\]]")


class NotASheet(WulianError):
    code = "not_a_sheet"
    message = N_("这不是从“%(register)s”下载的表格（%(why)s），没有改动任何条目：请先下载表格，在它里面改了再上传。")
    status = 422


class TooManyRows(WulianError):
    code = "too_many_rows"
    message = N_("表格有 %(count)s 行，一次最多 %(most)s 行：请先筛选再下载，或用数据导入。")
    status = 422


FORMULA = N_("“%(text)s”是公式：请换成算出来的值（复制后选“粘贴为数值”）")
NOT_KNOWN = N_("找不到“%(text)s”：请写全名，或照表格原来的写法带上方括号里的编号")
SEVERAL = N_("叫“%(text)s”的有 %(count)s 个：请照表格原来的写法带上方括号里的编号")


# ------------------------------------------------------------------------------------------------------------- writing
def editable_fields(adopted: Adopted) -> list[FieldDefinition]:
    """Fields that a workbook carries: all but files and computed ones."""
    return [item for item in adopted.definition.fields if item.compute is None and item.type is not FieldType.FILE]


def write_sheet(*, viewer: Actor, adopted: Adopted, entries: Iterable[Entry], out: IO[bytes]) -> int:
    """Write the workbook of `entries` (with their bodies) to `out`. Returns the number of rows. Raises TooManyRows.

    Only fields that the viewer may see in an entry are filled; the others stay out of the upload too.
    """
    rows = list(entries)
    if len(rows) > MOST_ROWS:
        raise TooManyRows(count=len(rows), most=MOST_ROWS)
    definition = adopted.definition
    read_rows = [(entry, present(definition, entry.body.values), _fields_for(viewer, adopted, entry)) for entry in rows]
    names = _Names(viewer, adopted, [values for _entry, values, _fields in read_rows])
    book = Workbook(write_only=True)
    fields = editable_fields(adopted)
    plain = [item for item in fields if item.type is not FieldType.ROWS]
    main = book.create_sheet(_sheet_name(said(definition.name)))
    main.freeze_panes = "D2"
    subject = definition.subject != "none"
    fixed = [_("编号"), _("修订"), _("状态"), *([said(definition.subject_label) or _("主体")] if subject else [])]
    heads = {"main": fixed + [_heading(item) for item in plain]}
    _head(main, [(text, "") for text in fixed] + [(_heading(item), said(item.help)) for item in plain], locked=3)
    for entry, values, allowed in read_rows:
        owner = [
            f"{entry.subject.name} [{entry.subject.pk}]"
            if entry.subject
            else f"{entry.subject_person.name} [{entry.subject_person.pk}]"
            if entry.subject_person
            else ""
        ]
        state = definition.state(entry.state)
        cells = [names.cell(item, values.get(item.code)) if item.code in allowed else "" for item in plain]
        main.append(
            [entry.number, entry.revision, said(state.label) if state else entry.state, *(owner if subject else []), *map(safe_cell, cells)]
        )
    for item in (item for item in fields if item.type is FieldType.ROWS):
        sheet = book.create_sheet(_sheet_name(said(item.label)))
        sheet.freeze_panes = "B2"
        heads[item.code] = [_("编号"), *(_heading(column) for column in item.fields)]
        _head(sheet, [(_("编号"), "")] + [(_heading(column), said(column.help)) for column in item.fields], locked=0)
        for entry, values, allowed in read_rows:
            for row in (values.get(item.code) or ()) if item.code in allowed else ():
                sheet.append([entry.number, *(safe_cell(names.cell(column, row.get(column.code))) for column in item.fields)])
    hidden = book.create_sheet(HIDDEN)
    hidden.sheet_state = "hidden"
    hidden.append(["register", adopted.code])
    hidden.append(["version", adopted.version])
    hidden.append(["fields", *(item.code for item in plain)])
    hidden.append(["rows", *(item.code for item in fields if item.type is FieldType.ROWS)])
    for name, titles in heads.items():
        hidden.append([f"heads {name}", *titles])
    hidden.append(["numbers", *(entry.number for entry in rows)])
    book.save(out)
    return len(rows)


def _fields_for(viewer: Actor, adopted: Adopted, entry: Entry) -> frozenset[str]:
    as_ = access.relations(viewer, entry)
    return frozenset(item.code for item in access.visible_fields(adopted, access.rank(viewer, as_), as_))


def _head(sheet: Any, columns: Sequence[tuple[str, str]], *, locked: int) -> None:
    cells = []
    for place, (text, help_) in enumerate(columns):
        cell = WriteOnlyCell(sheet, value=text)
        cell.font = Font(bold=True)
        if place < locked:
            cell.fill = PatternFill("solid", fgColor="DDDDDD")  # for reading only
        if help_:
            cell.comment = Comment(help_, "Wulian")
        cells.append(cell)
    sheet.append(cells)


def _heading(item: FieldDefinition) -> str:
    unit = "元" if item.type is FieldType.MONEY else "%" if item.type is FieldType.PERCENT else item.unit
    return f"{said(item.label)}（{unit}）" if unit else said(item.label)


def _sheet_name(text: str) -> str:
    return _FORBIDDEN.sub(" ", text)[:31]


class _Names:
    """What references are called in a workbook."""

    def __init__(self, viewer: Actor, adopted: Adopted, many: Sequence[Mapping[str, Any]]) -> None:
        from ..selectors.showing import Reader

        self.reader = Reader(viewer, adopted, many)

    def cell(self, item: FieldDefinition, value: Any) -> Any:
        """A value as a workbook holds it: numbers as numbers, dates as dates."""
        if value is None:
            return ""
        if (number := as_decimal(item, value)) is not None:
            return number
        if item.type is FieldType.DATE:
            return date.fromisoformat(value)
        if item.type in REFERENCES:
            cell = self.reader.cell(item, value)
            # A name with a mark that separates names would be read as two; the number says which one it is.
            return "、".join(f"{_SEPARATORS.sub('，', one.label)} [{one.id}]" for one in cell.references)
        return self.reader.text(item, value)


# ------------------------------------------------------------------------------------------------------------- reading
@dataclass(slots=True)
class CellChange:
    """One cell that the person changed. `theirs`: set where somebody else changed it too, since the download: a conflict.

    Values are stored forms; a page shows them with the field.
    """

    field: FieldDefinition
    base: Any
    mine: Any
    theirs: Any = None
    conflict: bool = False


@dataclass(slots=True)
class RowChange:
    """What an uploaded row would do: change an entry, add one (`entry` None), or nothing. `place`: its row in the sheet."""

    place: int
    entry: Entry | None
    number: str
    subject_id: int | None = None
    changes: list[CellChange] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def conflicts(self) -> list[CellChange]:
        return [change for change in self.changes if change.conflict]


@dataclass(slots=True)
class Sheet:
    """An uploaded workbook held against what stands now. `gone`: numbers that were taken out of it, which delete nothing."""

    adopted: Adopted
    rows: list[RowChange]
    unchanged: int
    gone: list[str]

    @property
    def changed(self) -> list[RowChange]:
        return [row for row in self.rows if row.entry is not None and row.changes]

    @property
    def new(self) -> list[RowChange]:
        return [row for row in self.rows if row.entry is None]

    @property
    def bad(self) -> list[RowChange]:
        return [row for row in self.rows if row.problems]


MISSING_ENTRY = N_("没有编号为“%(number)s”的条目，或您不能查看")
NO_REVISION = N_("修订号“%(text)s”被改过，不知道改之前是什么：请重新下载")
TWICE = N_("编号“%(number)s”写了两行")


def read_sheet(*, viewer: Actor, adopted: Adopted, upload: IO[bytes]) -> Sheet:
    """Hold an uploaded workbook against the entries. Changes nothing. Raises NotASheet, TooManyRows."""
    book, lists = _open(adopted, upload)
    plain = [adopted.fields[code] for code in lists.get("fields", []) if code in adopted.fields]
    tables = [adopted.fields[code] for code in lists.get("rows", []) if code in adopted.fields]
    visible = [name for name in book.sheetnames if name != HIDDEN]
    if len(visible) != 1 + len(lists.get("rows", [])):
        raise NotASheet(register=said(adopted.definition.name), why=_("少了工作表"))
    printed = _under(adopted, book[visible[0]], lists.get("heads main", []))
    if len(printed) > MOST_ROWS:
        raise TooManyRows(count=len(printed), most=MOST_ROWS)
    with_subject = adopted.definition.subject != "none"
    start = 4 if with_subject else 3
    lookup = _Lookup(viewer, adopted)
    detail = {
        item.code: _tables(_under(adopted, book[name], lists.get(f"heads {item.code}", [])), item, lookup)
        for item, name in zip(tables, visible[1:], strict=False)
    }
    numbers = [str(row[0]).strip() for _place, row in printed if row[0] not in (None, "")]
    seen = Entry.objects.filter(access.seen_by(viewer, adopted), register=adopted.id, number__in=numbers, voided_at__isnull=True)
    entries = {entry.number: entry for entry in seen.select_related("body", "subject", "subject_person")}
    rows: list[RowChange] = []
    unchanged, met = 0, set()
    for place, padded in printed:
        number = str(padded[0] or "").strip()
        row = RowChange(place, entries.get(number), number)
        values = {}
        for item, cell in zip(plain, padded[start:], strict=False):
            try:
                values[item.code] = _value(item, cell, lookup)
            except BadValue as error:
                row.problems.append(error.problem.at(item.code))
        for item in tables:
            found, problems = detail[item.code].get(number, (None, []))
            row.problems += problems
            if not problems and number:
                values[item.code] = found
        if number in met:
            row.problems.append(Problem("same_key_twice", TWICE, {"number": number}))
        met |= {number} - {""}
        if number and row.entry is None:
            row.problems.append(Problem("not_found", MISSING_ENTRY, {"number": number[:40]}))
        elif row.entry is not None:
            _compare(viewer, adopted, row, padded[1], values)
            if not row.changes and not row.problems:
                unchanged += 1
                continue
        else:
            row.changes = [CellChange(adopted.fields[code], None, value) for code, value in values.items() if value is not None]
            if with_subject:
                _read_subject(adopted, row, padded[3], lookup)
        rows.append(row)
    gone = [number for number in lists.get("numbers", []) if number not in met]
    return Sheet(adopted, rows, unchanged, gone)


def _open(adopted: Adopted, upload: IO[bytes]) -> tuple[Any, dict[str, list[str]]]:
    name = said(adopted.definition.name)
    try:
        if sum(item.file_size for item in ZipFile(upload).infolist()) > WORKBOOK_LIMIT:
            raise NotASheet(register=name, why=_("解开后太大"))
        merged = _merged(upload)
        book = load_workbook(upload, read_only=True)
    except (BadZipFile, KeyError, ValueError, OSError, SyntaxError, CalamineError) as error:  # SyntaxError: broken XML inside
        raise NotASheet(register=name, why=_("打不开")) from error
    if HIDDEN not in book.sheetnames:
        raise NotASheet(register=name, why=_("没有五链的标记")) from None
    lists = {
        str(row[0]): [str(cell) for cell in row[1:] if cell is not None]
        for row in book[HIDDEN].iter_rows(values_only=True)
        if row and row[0]
    }
    if lists.get("register") != [adopted.code]:
        raise NotASheet(register=name, why=_("它是另一本台账的"))
    if merged:
        raise NotASheet(register=name, why=_("“%(sheet)s”第 %(row)s 行有合并的单元格，拆开后才知道各行的值") % merged)
    return book, lists


def _merged(upload: IO[bytes]) -> dict[str, Any] | None:
    """Where the first merged cells stand. Only the first of them holds a value: read as they are, the others would be cleared."""
    upload.seek(0)
    book = CalamineWorkbook.from_filelike(upload)
    upload.seek(0)
    for name in book.sheet_names:
        for (row, _left), _end in book.get_sheet_by_name(name).merged_cell_ranges or ():
            return {"sheet": name, "row": row + 1}
    return None


def _under(adopted: Adopted, sheet: Any, heads: Sequence[str]) -> list[tuple[int, list[Any]]]:
    """(row in the sheet, its cells in the order of `heads`) of every row that is not empty, wherever the columns stand."""
    rows = sheet.iter_rows(values_only=True)
    found = [str(cell or "").strip() for cell in next(rows, ())]
    places: list[int] = []
    for head in heads:
        place = next((index for index, text in enumerate(found) if text == head.strip() and index not in places), None)
        if place is None:
            raise NotASheet(
                register=said(adopted.definition.name), why=_("“%(sheet)s”少了“%(column)s”这一列") % {"sheet": sheet.title, "column": head}
            )
        places.append(place)
    return [
        (number, [row[place] if place < len(row) else None for place in places])
        for number, row in enumerate(rows, start=2)
        if any(cell not in (None, "") for cell in row)
    ]


def _compare(viewer: Actor, adopted: Adopted, row: RowChange, printed_revision: Any, mine: Mapping[str, Any]) -> None:
    """What the person changed against the revision of the download, and what others changed since."""
    entry = row.entry
    assert entry is not None
    try:
        revision = int(printed_revision)
    except (TypeError, ValueError):
        row.problems.append(Problem("revision", NO_REVISION, {"text": str(printed_revision)[:20]}))
        return
    now = present(adopted.definition, entry.body.values)
    base = _values_at(adopted, entry, revision, now)
    allowed = _fields_for(viewer, adopted, entry)
    for code, value in mine.items():
        if code not in allowed or value == base.get(code):
            continue
        theirs = now.get(code)
        if value != theirs:
            row.changes.append(CellChange(adopted.fields[code], base.get(code), value, theirs, conflict=theirs != base.get(code)))


def _values_at(adopted: Adopted, entry: Entry, revision: int, now: Mapping[str, Any]) -> dict[str, Any]:
    """The entry's values as they were in `revision`: the later changes taken back."""
    values = dict(now)
    if revision >= entry.revision:
        return values
    for event in EntryEvent.objects.filter(entry=entry, revision__gt=revision).order_by("-pk"):
        for code, pair in event.changes.items():
            values[code] = pair[0]
    return present(adopted.definition, {code: value for code, value in values.items() if value is not None})


class _Lookup:
    """Finds what a workbook's references mean: by the number in brackets, else by the whole name."""

    def __init__(self, viewer: Actor, adopted: Adopted) -> None:
        self.viewer, self.adopted = viewer, adopted
        self.regions = {name: region.code for region in Region.objects.all() for name in (region.code, region.name, region.short_name)}
        self._known: dict[tuple[str, str], int] = {}

    def one(self, item: FieldDefinition | str, text: str) -> int:
        kind = item if isinstance(item, str) else item.type.value
        key = (kind if isinstance(item, str) else f"{kind}:{item.to}", text)
        if key not in self._known:
            match = _NUMBER.search(text)
            self._known[key] = int(match[1]) if match else self._by_name(item, kind, text)
        return self._known[key]

    def _by_name(self, item: FieldDefinition | str, kind: str, text: str) -> int:
        if kind == "organisation":
            found = list(Organisation.objects.filter(name_key=name_key(text), merged_into__isnull=True).values_list("pk", flat=True)[:3])
        elif kind == "person":
            found = list(Person.objects.filter(name=text).values_list("pk", flat=True)[:3])
        else:
            other = adopted_registers().get(item.to) if isinstance(item, FieldDefinition) else None
            seen = Entry.objects.filter(access.seen_by(self.viewer, other), register=other.id) if other else Entry.objects.none()
            found = list(seen.filter(number=text.split()[0]).values_list("pk", flat=True)[:3]) or list(
                seen.filter(title=text).values_list("pk", flat=True)[:3]
            )
        if not found:
            raise BadValue(Problem("not_found", NOT_KNOWN, {"text": text[:40]}))
        if len(found) > 1:
            raise BadValue(Problem("ambiguous", SEVERAL, {"text": text[:40], "count": len(found)}))
        return found[0]


def _value(item: FieldDefinition, cell: Any, lookup: _Lookup) -> Any:
    """The stored form of a cell. Raises BadValue."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if (isinstance(cell, str) and cell.startswith("=")) or isinstance(cell, ArrayFormula | DataTableFormula):
        # The value that a program kept beside it may be missing or old.
        raise BadValue(Problem("formula", FORMULA, {"text": str(getattr(cell, "text", cell))[:40]}))
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, float):
        cell = Decimal(repr(cell))
    if isinstance(cell, str):
        cell = plain_cell(cell)
    if item.type in REFERENCES:
        parts = [part.strip() for part in _SEPARATORS.split(str(cell)) if part.strip()]
        return read(item, [lookup.one(item, part) for part in parts])
    if item.type is FieldType.REGION:
        code = lookup.regions.get(str(cell).strip())
        if code is None:
            raise BadValue(Problem("not_found", NOT_KNOWN, {"text": str(cell)[:40]}))
        return code
    if item.type is FieldType.MONEY and isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        cell = str(cell)
    return read(item, cell)


def _tables(
    rows: Sequence[tuple[int, list[Any]]], item: FieldDefinition, lookup: _Lookup
) -> dict[str, tuple[list[dict[str, Any]] | None, list[Problem]]]:
    """Number of the entry -> its rows of a table field, and what is wrong with them."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    problems: dict[str, list[Problem]] = defaultdict(list)
    for _place, cells in rows:
        number = str(cells[0] or "").strip()
        if not number:
            continue
        row: dict[str, Any] = {}
        for column, cell in zip(item.fields, cells[1:], strict=False):
            try:
                value = _value(column, cell, lookup)
            except BadValue as error:
                problems[number].append(error.problem.at(item.code))
                continue
            if value is not None:
                row[column.code] = value
        if row:
            found[number].append(row)
    return {number: (found.get(number) or None, problems.get(number, [])) for number in {*found, *problems}}


def _read_subject(adopted: Adopted, row: RowChange, cell: Any, lookup: _Lookup) -> None:
    if cell in (None, ""):
        return
    try:
        row.subject_id = lookup.one(adopted.definition.subject, str(cell).strip())
    except BadValue as error:
        row.problems.append(error.problem.at("subject"))


# ------------------------------------------------------------------------------------------------------------ applying
@dataclass(frozen=True, slots=True)
class Applied:
    """What came of an upload: entries changed and added, and (row, sentence) of those that stayed as they are."""

    changed: int
    added: int
    stayed: list[tuple[int, str]]


def apply_sheet(
    *, by: Actor, at: datetime, on: date, sheet: Sheet, keep_theirs: frozenset[tuple[str, str]] = frozenset(), reason: str = ""
) -> Applied:
    """Do what the sheet says. `keep_theirs`: (number, field) of conflicts in which the other's value stands.

    Each row goes or stays whole; rows with a problem stay, and the sheet can be mended and uploaded again.
    """
    changed, added = 0, 0
    stayed: list[tuple[int, str]] = []
    with transaction.atomic():
        for row in sheet.rows:
            if row.problems:
                stayed.append((row.place, "；".join(problem.text(_) for problem in row.problems)))
                continue
            values = {c.field.code: c.mine for c in row.changes if not (c.conflict and (row.number, c.field.code) in keep_theirs)}
            try:
                with transaction.atomic():
                    if row.entry is None:
                        given = {code: value for code, value in values.items() if value is not None}
                        create_entry(
                            by=by, at=at, on=on, register=sheet.adopted.code, values=given, subject_id=row.subject_id, reason=reason
                        )
                        added += 1
                    elif values:
                        edit_entry(by=by, at=at, on=on, entry_id=row.entry.pk, revision=row.entry.revision, values=values, reason=reason)
                        changed += 1
            except EntryRefused as error:
                stayed.append((row.place, "；".join(problem.text(_) for problem in error.problems)))
            except WulianError as error:
                stayed.append((row.place, error.text(_)))
    return Applied(changed, added, stayed)
