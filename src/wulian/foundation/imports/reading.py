"""Reading a table from a file of unknown make: CSV in UTF-8 or GB18030, with any delimiter, plain or gz; XLSX and XLS.

Text tables are streamed. What the bytes are is found out from the bytes, never from the name.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import unicodedata
import zipfile
import zlib
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any, cast

from python_calamine import CalamineError, CalamineWorkbook

from wulian.foundation.files import KINDS, EmptyFile, human_size, sniff, sniff_file
from wulian.kernel import uscc

from .errors import BrokenFile, NoHeader, NoRows, NotATable, TableTooLarge

# Uncompressed size above which a file is refused. A text table is streamed, so this guards time, not memory.
TEXT_LIMIT = 1 << 30
# A workbook is held in memory while it is read.
WORKBOOK_LIMIT = 256 << 20
SAMPLE = 4 << 20
HEADER_DEPTH = 12  # how far down a header may stand below titles and notes
DELIMITERS = ",\t;|，"
ALLOWED = ("text", "gzip", "xlsx", "ole")


@dataclass(frozen=True, slots=True)
class RawRow:
    """One data row. `number`: as a spreadsheet counts, the first row of the file being 1. `broken`: could not be split into cells."""

    number: int
    cells: Sequence[str]
    broken: bool = False


@dataclass(slots=True)
class Table:
    """An open table. `rows` can be gone through once."""

    header: list[str]
    rows: Iterator[RawRow]
    format: str
    encoding: str = ""
    delimiter: str = ""


def header_key(text: str) -> str:
    """A column's name for comparing: NFKC, without spaces and punctuation, and without a unit in brackets."""
    plain = unicodedata.normalize("NFKC", text).split("(")[0]
    return "".join(c for c in plain if c.isalnum()).lower()


def open_table(handle: IO[bytes], name: str, known: Collection[str] = ()) -> Table:
    """Open the table in `handle`.

    known: header keys of the columns that an importer knows; they help to find the header below title rows.
    Raises EmptyFile, NotATable, BrokenFile, TableTooLarge, NoRows, NoHeader; reading rows may raise BrokenFile and TableTooLarge.
    """
    kind = sniff_file(handle)
    if kind == "empty":
        raise EmptyFile(name=name)
    if kind in {"xlsx", "ole"}:
        return _open_workbook(handle, name, known)
    stream: IO[bytes] = handle
    if kind == "gzip":
        stream = cast(IO[bytes], gzip.GzipFile(fileobj=handle))
        try:
            head = stream.read(8192)
            stream.seek(0)
        except (EOFError, OSError, zlib.error) as error:
            raise BrokenFile(name=name, rows=0) from error
        kind = sniff(head)
        if kind == "empty":
            raise EmptyFile(name=name)
    if kind != "text":
        raise NotATable(name=name, found=str(KINDS[kind][1]))
    return _open_text(stream, name, known)


# ------------------------------------------------------------------------------------------------------------ text
def _open_text(stream: IO[bytes], name: str, known: Collection[str]) -> Table:
    try:
        sample = stream.read(SAMPLE)
    except (EOFError, OSError, zlib.error):
        sample = b""  # broken early: the encoding of what little there is does not matter, reading on says where it breaks
    stream.seek(0)
    encoding = detect_encoding(sample)
    delimiter = detect_delimiter(sample.decode(encoding, errors="replace"))
    records = _records(_lines(stream, name, encoding), delimiter)
    top: list[RawRow] = []
    for record in records:
        top.append(record)
        if len(top) >= HEADER_DEPTH:
            break
    index = find_header([row.cells for row in top], known, name)
    header = unique_names(top[index].cells)
    rest = deque(top[index + 1 :])

    def rows() -> Iterator[RawRow]:
        while rest:
            yield rest.popleft()
        yield from records

    return Table(header, _without_blank(rows()), "csv", encoding, delimiter)


def detect_encoding(sample: bytes) -> str:
    """utf-8-sig, utf-16 or gb18030. A few bad bytes in UTF-8 do not make it GB18030; the rows they are in get quarantined."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # The sample may end inside a character, so its last bytes are left out of the judgement.
    body = sample[:-4] if len(sample) > 4096 else sample
    text = body.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    if not bad:
        return "utf-8-sig"
    wide = sum(1 for c in text[:200_000] if c > "\x7f" and c != "\ufffd")
    return "utf-8-sig" if bad * 20 < wide else "gb18030"


def detect_delimiter(text: str) -> str:
    """The delimiter that gives the same number of columns, more than one, in most of the first lines."""
    lines = text.splitlines()[:30]
    best, best_score = ",", (0, 0)
    for delimiter in DELIMITERS:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        usual = max(set(counts), key=counts.count, default=1)
        score = (counts.count(usual) if usual > 1 else 0, usual)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _lines(stream: IO[bytes], name: str, encoding: str) -> Iterator[str]:
    """Lines with their ends. Bytes that the encoding does not have become surrogates, so that the row can be told."""
    reader = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape" if encoding != "utf-16" else "replace", newline="")
    number = 0
    try:
        for line in reader:
            number += 1
            if number % 4096 == 0 and reader.buffer.tell() > TEXT_LIMIT:
                raise TableTooLarge(name=name, limit=human_size(TEXT_LIMIT))
            yield line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BrokenFile(name=name, rows=number) from error
    finally:
        # Left before its end, the generator is closed late, when the file may be closed already.
        with contextlib.suppress(ValueError):
            reader.detach()


def _records(lines: Iterator[str], delimiter: str) -> Iterator[RawRow]:
    """CSV records. A quotation mark that is never closed would swallow the rows after it: its line is given alone, as broken,
    and the swallowed lines are read again."""
    again: deque[str] = deque()
    consumed: list[str] = []

    def feed() -> Iterator[str]:
        while True:
            line = again.popleft() if again else next(lines, None)
            if line is None:
                return
            consumed.append(line)
            yield line

    reader = csv.reader(feed(), delimiter=delimiter)
    number, width = 0, 0
    while True:
        consumed.clear()
        broken = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            broken, cells = True, []
        number += 1
        if number <= HEADER_DEPTH and len(consumed) == 1:
            width = max(width, len(cells))  # title rows above the header are narrower
        if (len(consumed) > 1 and (broken or len(cells) != width)) or broken:
            again.extendleft(reversed(consumed[1:]))
            reader = csv.reader(feed(), delimiter=delimiter)
            yield RawRow(number, [cell.strip('"\r\n') for cell in consumed[0].split(delimiter)], broken=True)
            continue
        yield RawRow(number, cells)


def _without_blank(rows: Iterable[RawRow]) -> Iterator[RawRow]:
    return (row for row in rows if any(cell and not cell.isspace() for cell in row.cells))


# -------------------------------------------------------------------------------------------------------- workbooks
def _open_workbook(handle: IO[bytes], name: str, known: Collection[str]) -> Table:
    handle.seek(0, io.SEEK_END)
    size = handle.tell()
    handle.seek(0)
    if zipfile.is_zipfile(handle):
        handle.seek(0)
        size = sum(item.file_size for item in zipfile.ZipFile(handle).infolist())
    handle.seek(0)
    if size > WORKBOOK_LIMIT:
        raise TableTooLarge(name=name, limit=human_size(WORKBOOK_LIMIT))
    try:
        book = CalamineWorkbook.from_filelike(handle)
    except (CalamineError, OSError) as error:
        raise BrokenFile(name=name, rows=0) from error
    best: tuple[int, Any] | None = None
    for index in range(len(book.sheet_names)):
        sheet = book.get_sheet_by_index(index)
        if sheet.total_height == 0:
            continue
        top = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False, nrows=HEADER_DEPTH)]
        score = max((_matches(row, known) for row in top), default=0)
        if best is None or score > best[0]:
            best = (score, sheet)
    if best is None:
        raise NoRows(name=name)
    sheet = best[1]
    grid = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False, nrows=HEADER_DEPTH)]
    merged = [area for area in sheet.merged_cell_ranges or [] if area[0][0] < HEADER_DEPTH]
    for (top_row, left), (bottom, right) in merged:
        for row in range(top_row, min(bottom + 1, len(grid))):
            for column in range(left, min(right + 1, len(grid[row]))):
                grid[row][column] = grid[top_row][left]
    index = find_header(grid, known, name)
    depth = header_depth(index, merged)
    header = unique_names(["".join(dict.fromkeys(filter(None, column))) for column in zip(*grid[index : index + depth], strict=True)])

    def rows() -> Iterator[RawRow]:
        start = index + depth
        # Rows above the first filled one are not given by the iterator.
        offset = sheet.start[0] if sheet.start else 0
        shift = sheet.start[1] if sheet.start else 0
        for number, row in enumerate(sheet.iter_rows(), start=offset):
            if number >= start:
                yield RawRow(number + 1, [""] * shift + [cell_text(value) for value in row])

    return Table(header, _without_blank(rows()), "xlsx")


def header_depth(index: int, merged: Sequence[Any]) -> int:
    """How many rows the header at `index` takes: a cell merged downwards or a group merged over several columns adds a row."""
    depth = 1
    for (top_row, left), (bottom, right) in merged:
        if top_row == index:
            depth = max(depth, bottom - top_row + 1, 2 if right > left and bottom == top_row else 1)
    return depth


def cell_text(value: Any) -> str:
    """A workbook's cell as the text that a person sees: whole numbers without .0, dates as YYYY-MM-DD."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


# ----------------------------------------------------------------------------------------------------------- header
def _matches(cells: Sequence[str], known: Collection[str]) -> int:
    return len({header_key(cell) for cell in cells} & set(known))


def find_header(top: Sequence[Sequence[str]], known: Collection[str], name: str) -> int:
    """Index of the header among the first rows: the one that names most known columns, else the first with several texts.

    Raises NoRows when there is nothing, NoHeader when the first full row is data.
    """
    filled = [index for index, row in enumerate(top) if any(cell.strip() for cell in row)]
    if not filled:
        raise NoRows(name=name)
    score, negative = max((_matches(top[index], known), -index) for index in filled)
    if score:
        return -negative
    width = max(len([cell for cell in top[index] if cell.strip()]) for index in filled)
    first = next(index for index in filled if len([cell for cell in top[index] if cell.strip()]) * 2 > width)
    for cell in top[first]:
        if looks_like_data(cell):
            raise NoHeader(name=name, cell=cell.strip()[:40])
    return first


def looks_like_data(cell: str) -> bool:
    """True for what stands in rows and never in a header: a credit code, a date, a number that is no year."""
    text = cell.strip().replace(",", "")
    if uscc.is_valid(uscc.normalise(text)):
        return True
    if text.replace(".", "", 1).isdigit():
        return not (len(text) == 4 and text[:2] in {"19", "20"})
    try:
        date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return False
    return True


def unique_names(cells: Sequence[str]) -> list[str]:
    """Column names without blanks and repetitions: an empty one is called by its place, a second one gets a number."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        base = " ".join(cell.split()) or f"第{place}列"
        name, count = base, 1
        while name in names:
            count += 1
            name = f"{base} ({count})"
        names.append(name)
    while names and names[-1].startswith("第") and names[-1] == f"第{len(names)}列" and not cells[len(names) - 1].strip():
        names.pop()
    return names


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a person needs to see before starting: columns, the first rows, how many rows there are."""

    header: list[str]
    preview: list[list[str]]
    rows_total: int
    format: str
    encoding: str
    delimiter: str


def inspect(handle: IO[bytes], name: str, known: Collection[str] = (), preview: int = 8) -> Inspection:
    """Go through the whole file once: a broken or too large one is told before a single row has been written."""
    table = open_table(handle, name, known)
    first: list[list[str]] = []
    count = 0
    for row in table.rows:
        count += 1
        if len(first) < preview:
            first.append([cell[:200] for cell in row.cells])
    if not count:
        raise NoRows(name=name)
    return Inspection(table.header, first, count, table.format, table.encoding, table.delimiter)
