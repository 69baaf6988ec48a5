from __future__ import annotations

import csv
import gzip
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from wulian.foundation.files import EmptyFile
from wulian.foundation.imports import reading
from wulian.foundation.imports.errors import BrokenFile, NoHeader, NoRows, NotATable, TableTooLarge
from wulian.foundation.imports.reading import Table, inspect, open_table

HEADER = "企业名称,统一社会信用代码,注册日期\n"
TEXT = HEADER + "天津甲有限公司,91120000103064293R,2020-01-02\n天津乙有限公司,无,2021-03-04\n"
ROWS = [["天津甲有限公司", "91120000103064293R", "2020-01-02"], ["天津乙有限公司", "无", "2021-03-04"]]
KNOWN = {"企业名称", "统一社会信用代码", "注册日期"}


def table_of(data: bytes) -> tuple[Table, list[list[str]]]:
    table = open_table(io.BytesIO(data), "t", KNOWN)
    return table, [list(row.cells) for row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("packed", [False, True])
def test_text_of_any_make(encoding: str, delimiter: str, packed: bool) -> None:
    data = TEXT.replace(",", delimiter).encode(encoding)
    table, rows = table_of(gzip.compress(data, mtime=0) if packed else data)
    assert table.header == HEADER.strip().split(",")
    assert rows == ROWS


def workbook(rows: list[list[object]], merge: tuple[str, ...] = ()) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_with_titles_above_the_header() -> None:
    import datetime

    data = workbook(
        [
            ["天津市企业名录"],
            [],
            ["企业名称", "统一社会信用代码", "注册日期"],
            ["天津甲有限公司", "91120000103064293R", datetime.date(2020, 1, 2)],
        ]
    )
    table, rows = table_of(data)
    assert table.header == ["企业名称", "统一社会信用代码", "注册日期"]
    assert rows == [["天津甲有限公司", "91120000103064293R", "2020-01-02"]]


def test_a_workbook_whose_header_is_merged_over_two_rows() -> None:
    data = workbook(
        [
            ["企业名称", "营业收入", None, "统一社会信用代码"],
            [None, "2023", "2024", None],
            ["天津甲有限公司", 1.5, 20, "91120000103064293R"],
        ],
        ("A1:A2", "B1:C1", "D1:D2"),
    )
    table, rows = table_of(data)
    assert table.header == ["企业名称", "营业收入2023", "营业收入2024", "统一社会信用代码"]
    assert rows == [["天津甲有限公司", "1.5", "20", "91120000103064293R"]]


def test_row_numbers_are_those_that_a_spreadsheet_shows() -> None:
    table = open_table(io.BytesIO(("说明\n\n" + TEXT).encode()), "t", KNOWN)
    assert [row.number for row in table.rows] == [4, 5]


def test_an_unclosed_quotation_mark_costs_one_row_and_not_the_rest() -> None:
    lines = [HEADER, '"天津坏,无,2020-01-01\n', *(f"天津{i}有限公司,无,2020-01-02\n" for i in range(500))]
    table = open_table(io.BytesIO("".join(lines).encode()), "t", KNOWN)
    rows = list(table.rows)
    assert [row.broken for row in rows].count(True) == 1
    assert [row.cells[0] for row in rows if not row.broken] == [f"天津{i}有限公司" for i in range(500)]


def test_a_cell_with_a_line_break_stays_one_cell() -> None:
    _table, rows = table_of((HEADER + '"天津\n甲",无,2020-01-01\n').encode())
    assert rows == [["天津\n甲", "无", "2020-01-01"]]


cell = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)


@given(st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=20))
def test_what_a_csv_writer_wrote_is_read_back(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["企业名称", "统一社会信用代码", "注册日期"], *rows])
    _table, found = table_of(out.getvalue().encode())
    assert found == [row for row in rows if any(value and not value.isspace() for value in row)]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (gzip.compress(b"", mtime=0), EmptyFile),
        (b"%PDF-1.7 ....", NotATable),
        (gzip.compress(b"\x89PNG\r\n\x1a\n123", mtime=0), NotATable),
        (b"<!DOCTYPE html><html><body>", NotATable),
        (b"MZ\x00\x00\x90", NotATable),
        (HEADER.encode(), NoRows),
        (b"\n\n,,\n", NoRows),
        (TEXT.removeprefix(HEADER).encode(), NoHeader),
        (b"\x1f\x8b\x08", BrokenFile),
    ],
)
def test_what_is_no_table_is_said_so(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        inspect(io.BytesIO(data), "数据.csv", KNOWN)
    assert "数据.csv" in str(caught.value)


def test_a_truncated_gz_is_told_before_anything_is_written() -> None:
    noise = random.Random(1)
    lines = "".join(f"公司{noise.random()},无,2020-01-01\n" for _ in range(3000))
    whole = gzip.compress((HEADER + lines).encode())
    with pytest.raises(BrokenFile) as caught:
        inspect(io.BytesIO(whole[: len(whole) // 2]), "a.gz", KNOWN)
    assert int(caught.value.params["rows"]) > 100


def test_a_gz_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TEXT_LIMIT", 1 << 20)
    bomb = gzip.compress((HEADER + "甲,无,2020-01-01\n" * 200_000).encode())
    with pytest.raises(TableTooLarge):
        inspect(io.BytesIO(bomb), "a.gz", KNOWN)


def test_inspection_counts_and_shows_the_first_rows() -> None:
    found = inspect(io.BytesIO(TEXT.encode()), "t.csv", KNOWN, preview=1)
    assert (found.rows_total, found.preview) == (2, [ROWS[0]])
