"""A workbook that went through other hands: what cannot be trusted is refused with a sentence, and nothing is lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from wulian.foundation.access import Actor, Role
from wulian.registers.catalogue import Adopted
from wulian.registers.models import Entry, EntryBody
from wulian.registers.services.entries import create_entry, edit_entry
from wulian.registers.services.sheets import HIDDEN, NotASheet, Sheet, apply_sheet, read_sheet, write_sheet

from .test_services import AT, BY, ON, TEXT, adopt, made

WITH_VISITS = TEXT.replace(
    "  - {code: ends_on, type: date",
    """\
  - code: visits
    type: rows
    label: {zh: 走访, en: Visits}
    fields:
      - {code: visited_on, type: date, label: {zh: 日期, en: Day}}
      - {code: hours, type: integer, unit: 小时, label: {zh: 时长, en: Hours}}
  - {code: ends_on, type: date""",
)


@pytest.fixture
def trials(tianjin: None) -> Adopted:
    adopted = adopt(WITH_VISITS)
    made(name="甲", code="A", secret="1", visits=[{"visited_on": "2026-02-01", "hours": 2}, {"visited_on": "2026-02-02"}])
    made(name="乙", code="B", secret="2", began_on="2026-02-01")
    return adopted


def download(adopted: Adopted, viewer: Actor = BY) -> Workbook:
    out = io.BytesIO()
    write_sheet(
        viewer=viewer, adopted=adopted, entries=Entry.objects.select_related("body", "subject", "subject_person").order_by("pk"), out=out
    )
    return load_workbook(out)


def upload(adopted: Adopted, book: Workbook, viewer: Actor = BY) -> Sheet:
    out = io.BytesIO()
    book.save(out)
    return read_sheet(viewer=viewer, adopted=adopted, upload=out)


def column(book: Workbook, heading: str, sheet: int = 0) -> int:
    return next(cell.column for cell in book.worksheets[sheet][1] if str(cell.value).startswith(heading))


def values() -> list[dict[str, Any]]:
    return list(EntryBody.objects.order_by("pk").values_list("values", flat=True))


def refused(adopted: Adopted, book: Workbook, said: str) -> None:
    before = values()
    with pytest.raises(NotASheet) as caught:
        upload(adopted, book)
    assert said in caught.value.text()
    assert "没有改动任何条目" in caught.value.text()
    assert values() == before


def test_a_column_that_was_deleted_does_not_move_the_others(trials: Adopted) -> None:
    """Read by place, the secret numbers would have become codes."""
    book = download(trials)
    book.worksheets[0].delete_cols(column(book, "代号"))
    refused(trials, book, "少了“代号”这一列")


def test_a_column_of_a_table_that_was_deleted_is_told(trials: Adopted) -> None:
    book = download(trials)
    book.worksheets[1].delete_cols(column(book, "日期", sheet=1))
    refused(trials, book, "“走访”少了“日期”这一列")


def test_columns_that_were_moved_or_added_are_read_where_they_stand(trials: Adopted) -> None:
    book = download(trials)
    book.worksheets[0].insert_cols(column(book, "代号"))
    book.worksheets[0].cell(1, column(book, "代号") - 1).value = "我的备注"
    assert upload(trials, book).unchanged == 2
    book.worksheets[0].cell(3, column(book, "代号")).value = "C"
    (row,) = upload(trials, book).rows
    assert [(change.field.code, change.base, change.mine) for change in row.changes] == [("code", "B", "C")]


@pytest.mark.parametrize("sheet", [0, 1])
def test_merged_cells_are_refused_because_all_but_the_first_would_be_cleared(trials: Adopted, sheet: int) -> None:
    book = download(trials)
    book.worksheets[sheet].merge_cells(start_row=2, end_row=3, start_column=2, end_column=2)
    refused(trials, book, "第 2 行有合并的单元格")


def test_a_formula_is_told_and_its_row_stays(trials: Adopted) -> None:
    book = download(trials)
    book.worksheets[0].cell(2, column(book, "暗数")).value = "=1+1"
    book.worksheets[0].cell(3, column(book, "代号")).value = "C"
    sheet = upload(trials, book)
    (bad,) = sheet.bad
    assert (bad.place, bad.problems[0].code, bad.problems[0].field) == (2, "formula", "secret")
    assert "“=1+1”是公式" in bad.problems[0].text()
    applied = apply_sheet(by=BY, at=AT, on=ON, sheet=sheet)
    assert (applied.changed, [place for place, _why in applied.stayed]) == (1, [2])
    assert [row.get("code") for row in values()] == ["A", "C"]
    assert values()[0]["secret"] == 1


@pytest.mark.parametrize("text", ["=1+1", "'=1", "+86 22", "-", "@甲", "'甲"])
def test_text_that_looks_like_a_formula_comes_back_as_it_was(trials: Adopted, text: str) -> None:
    Entry.objects.all().delete()
    made(name="丙", code=text)
    assert upload(trials, download(trials)).unchanged == 1


def forged(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"MZ\x90\x00 this is a program", b"PK\x03\x04 cut off", "编号,名称\n1,甲\n".encode(), zipped(**{"a.txt": "no workbook"}),
        zipped(**{"xl__workbook.xml": "<broken", "[Content_Types].xml": "<Types"}),
    ],
    ids=["empty", "program", "cut off", "csv", "another zip", "broken"],
)  # fmt: skip
def test_what_is_no_workbook_is_refused_with_a_sentence(trials: Adopted, content: bytes) -> None:
    before = values()
    with pytest.raises(NotASheet, match="打不开"):
        read_sheet(viewer=BY, adopted=trials, upload=forged(content))
    assert values() == before


def test_a_workbook_that_swells_is_not_unpacked(trials: Adopted, monkeypatch: pytest.MonkeyPatch) -> None:
    from wulian.registers.services import sheets

    out = io.BytesIO()
    download(trials).save(out)
    whole = sum(item.file_size for item in zipfile.ZipFile(out).infolist())
    monkeypatch.setattr(sheets, "WORKBOOK_LIMIT", whole)
    assert read_sheet(viewer=BY, adopted=trials, upload=out).unchanged == 2
    monkeypatch.setattr(sheets, "WORKBOOK_LIMIT", whole - 1)
    with pytest.raises(NotASheet, match="解开后太大"):
        read_sheet(viewer=BY, adopted=trials, upload=out)


def test_a_workbook_of_another_register_or_without_its_mark_is_refused(trials: Adopted) -> None:
    other = adopt(WITH_VISITS.replace("id: trials", "id: others").replace("prefix: TRY", "prefix: OTH"))
    refused(other, download(trials), "它是另一本台账的")
    book = download(trials)
    del book[HIDDEN]
    refused(trials, book, "没有五链的标记")
    book = download(trials)
    del book["走访"]
    refused(trials, book, "少了工作表")


def test_a_conflict_is_told_cell_by_cell_and_each_side_can_stand(trials: Adopted) -> None:
    book = download(trials)
    one, two = Entry.objects.order_by("pk")
    for heading, text in (("代号", "我的"), ("暗数", 7)):
        book.worksheets[0].cell(2, column(book, heading)).value = text
    edit_entry(by=BY, at=AT, on=ON, entry_id=one.pk, revision=1, values={"code": "别人的", "ends_on": "2026-12-31"})
    sheet = upload(trials, book)
    assert sheet.unchanged == 1
    changes = {change.field.code: change for change in sheet.rows[0].changes}
    assert {code: (change.base, change.mine, change.theirs, change.conflict) for code, change in changes.items()} == {
        "code": ("A", "我的", "别人的", True),
        "secret": (1, 7, 1, False),
    }
    apply_sheet(by=BY, at=AT, on=ON, sheet=sheet, keep_theirs=frozenset({(one.number, "code")}))
    kept = EntryBody.objects.get(pk=one.pk).values
    assert (kept["code"], kept["secret"], kept["ends_on"]) == ("别人的", 7, "2026-12-31")
    assert EntryBody.objects.get(pk=two.pk).values["code"] == "B"


def test_who_changes_it_after_the_upload_was_held_is_not_overwritten(trials: Adopted) -> None:
    book = download(trials)
    book.worksheets[0].cell(2, column(book, "代号")).value = "我的"
    sheet = upload(trials, book)
    one = Entry.objects.order_by("pk")[0]
    edit_entry(by=BY, at=AT, on=ON, entry_id=one.pk, revision=1, values={"code": "别人的"})
    applied = apply_sheet(by=BY, at=AT, on=ON, sheet=sheet)
    assert (applied.changed, len(applied.stayed)) == (0, 1)
    assert "没有保存，也没有丢失" in applied.stayed[0][1]
    assert EntryBody.objects.get(pk=one.pk).values["code"] == "别人的"


def test_a_row_taken_out_deletes_nothing(trials: Adopted) -> None:
    book = download(trials)
    number = book.worksheets[0].cell(2, 1).value
    book.worksheets[0].delete_rows(2)
    sheet = upload(trials, book)
    assert (sheet.gone, sheet.rows, sheet.unchanged) == ([number], [], 1)
    apply_sheet(by=BY, at=AT, on=ON, sheet=sheet)
    assert Entry.objects.filter(voided_at__isnull=True).count() == 2


def test_rows_of_a_table_come_back_and_a_changed_one_is_one_change(trials: Adopted) -> None:
    book = download(trials)
    book.worksheets[1].cell(2, column(book, "时长", sheet=1)).value = 3
    (row,) = upload(trials, book).rows
    (change,) = row.changes
    assert change.field.code == "visits"
    assert change.mine == [{"visited_on": "2026-02-01", "hours": 3}, {"visited_on": "2026-02-02"}]


def test_what_the_viewer_may_not_see_is_neither_in_the_workbook_nor_taken_from_it(trials: Adopted, account: Callable[..., Actor]) -> None:
    elsewhere = account(Role.OFFICER, region="120104", unit="南开区科技局")
    book = download(trials, elsewhere)
    secret = column(book, "暗数")
    assert [book.worksheets[0].cell(place, secret).value for place in (2, 3)] == [None, None]
    assert upload(trials, book, elsewhere).unchanged == 2
    book.worksheets[0].cell(2, secret).value = 99
    assert upload(trials, book, elsewhere).rows == []
    book.worksheets[0].cell(2, column(book, "代号")).value = "C"
    applied = apply_sheet(by=elsewhere, at=AT, on=ON, sheet=upload(trials, book, elsewhere))
    assert (applied.changed, len(applied.stayed)) == (0, 1)
    assert values()[0]["code"] == "A"


def test_a_name_with_marks_that_separate_names_stays_one(trials: Adopted) -> None:
    linked = adopt(
        WITH_VISITS.replace(
            "  - {code: ends_on",
            "  - {code: after, type: link, to: trials, label: {zh: 接续, en: After}, multiple: true}\n  - {code: ends_on",
        )
    )
    one = made(name="甲、乙；丙;丁")
    made(name="戊", after=[one.pk, Entry.objects.order_by("pk")[0].pk])
    assert upload(linked, download(linked)).unchanged == 4


def test_a_new_row_with_something_missing_stays_and_says_what(trials: Adopted) -> None:
    book = download(trials)
    book.worksheets[0].cell(4, column(book, "代号")).value = "C"
    applied = apply_sheet(by=BY, at=AT, on=ON, sheet=upload(trials, book))
    assert (applied.added, [place for place, _why in applied.stayed]) == (0, [4])
    assert "“名目”还没有填" in applied.stayed[0][1]
    create_entry(by=BY, at=AT, on=ON, register="trials", values={"name": "丙", "code": "C"}, region="120106")
