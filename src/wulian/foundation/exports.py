"""Exports of a list: CSV that opens in Excel as it should, and XLSX. Rows are streamed, so a list of any length works."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from wulian.kernel.errors import N_, WulianError

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS = tuple(CONTENT_TYPES)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class UnknownFormat(WulianError):
    code = "export_format"
    message = N_("没有“%(format)s”这种导出格式：请选择 csv 或 xlsx。")
    status = 404


def safe_cell(value: Any) -> Any:
    """A value as a spreadsheet may show it: numbers and dates stay, text that a spreadsheet would run as a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal | date | datetime):
        return value
    text = _ILLEGAL.sub("", str(value))
    # What reads like a quoted one is quoted too, so that `plain_cell` gives back exactly what was there.
    return f"'{text}" if text.startswith(_FORMULA) or plain_cell(text) != text else text


def plain_cell(text: str) -> str:
    """The text that `safe_cell` was given."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA) else text


def csv_chunks(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with byte order mark (Excel needs it for Chinese), CRLF line ends, about 64 KB a piece."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([str(column) for column in columns])
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        if buffer.tell() > 65_536:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def xlsx_chunks(columns: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A workbook with one sheet, bold frozen header and an automatic filter; codes stay text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    header = []
    for index, column in enumerate(columns):
        cell = WriteOnlyCell(sheet, value=str(column))
        cell.font = Font(bold=True)
        header.append(cell)
        sheet.column_dimensions[chr(65 + index) if index < 26 else f"A{chr(65 + index - 26)}"].width = max(12, 2 * len(str(column)) + 4)
    sheet.append(header)
    for row in rows:
        cells = []
        for value in row:
            safe = safe_cell(value)
            # A time zone is not a thing that a workbook can hold.
            cells.append(safe.replace(tzinfo=None) if isinstance(safe, datetime) else safe)
        sheet.append(cells)
    with tempfile.TemporaryFile() as handle:
        book.save(handle)
        handle.seek(0)
        while block := handle.read(65_536):
            yield block


def export_table(format: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]], name: str = "") -> Iterator[bytes]:  # noqa: A002
    """The table as bytes in `format` (csv or xlsx). Raises UnknownFormat."""
    if format not in CONTENT_TYPES:
        raise UnknownFormat(format=format[:20])
    return csv_chunks(columns, rows) if format == "csv" else xlsx_chunks(columns, rows)


def export_response(format: str, columns: Sequence[Any], rows: Iterable[Sequence[Any]], name: str) -> StreamingHttpResponse:  # noqa: A002
    """The table as a download called `name` (without extension; may be Chinese)."""
    response = StreamingHttpResponse(export_table(format, columns, rows, name), content_type=CONTENT_TYPES[format])
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") or "export"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}.{format}\"; filename*=UTF-8''{quote(name)}.{format}"
    return response
