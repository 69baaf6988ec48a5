from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from django.test import Client, override_settings
from openpyxl import load_workbook

from wulian.foundation.access import ANONYMOUS, Actor
from wulian.foundation.exports import UnknownFormat, export_response, export_table
from wulian.foundation.files import EmptyFile, FileTooLarge, WrongFileType, open_stored, store_upload
from wulian.foundation.models import AuditEvent, StoredFile
from wulian.kernel.errors import Denied

ROWS = [["天津甲", "91120000103064293R", 12], ["=cmd|' /C calc'!A0", "-1+1", None], ["@x", "\t=1", 3]]


def test_csv_opens_in_a_spreadsheet_and_runs_nothing() -> None:
    data = b"".join(export_table("csv", ["名称", "代码", "数"], ROWS))
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["名称", "代码", "数"]
    assert not any(value.startswith(("=", "+", "@", "\t")) or value == "-1+1" for row in rows for value in row)


def test_xlsx_holds_the_same_rows_with_codes_as_text() -> None:
    sheet = load_workbook(io.BytesIO(b"".join(export_table("xlsx", ["名称", "代码", "数"], ROWS)))).active
    assert [cell.value for cell in sheet[2]] == ["天津甲", "91120000103064293R", 12]
    assert sheet["A3"].data_type == "s"


def test_an_export_has_a_chinese_name_and_a_plain_one() -> None:
    response = export_response("csv", ["a"], [], "主体")
    assert "filename*=UTF-8''%E4%B8%BB%E4%BD%93.csv" in response["Content-Disposition"]
    with pytest.raises(UnknownFormat):
        export_response("exe", ["a"], [], "主体")


def test_a_file_is_kept_once_by_content_and_name(system: Actor, now: datetime, db: None) -> None:
    first = store_upload(by=system, upload=io.BytesIO(b"a,b\n1,2\n"), name="C:\\x\\表.csv", at=now, allowed=["text"])
    again = store_upload(by=system, upload=io.BytesIO(b"a,b\n1,2\n"), name="表.csv", at=now, allowed=["text"])
    assert (first.pk, first.name) == (again.pk, "表.csv")
    with open_stored(first) as handle:
        assert handle.read() == b"a,b\n1,2\n"
    assert AuditEvent.objects.filter(action="file.stored").count() == 1


@pytest.mark.parametrize(
    ("data", "limit", "error"), [(b"", 10, EmptyFile), (b"%PDF-1.4", 10, WrongFileType), (b"a" * 11, 10, FileTooLarge)]
)
def test_a_wrong_file_is_refused_and_nothing_kept(
    system: Actor, now: datetime, db: None, data: bytes, limit: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        store_upload(by=system, upload=io.BytesIO(data), name="x.csv", at=now, allowed=["text"], limit=limit)
    assert not StoredFile.objects.exists()


def test_nobody_uploads_without_signing_in(now: datetime, db: None) -> None:
    with pytest.raises(Denied):
        store_upload(by=ANONYMOUS, upload=io.BytesIO(b"x"), name="x", at=now, allowed=["text"])


def test_an_upload_above_the_limit_gets_an_answer_and_leaves_nothing(client_of, city_officer: Actor) -> None:  # type: ignore[no-untyped-def]
    client: Client = client_of(city_officer)
    with override_settings(UPLOAD_LIMIT_BYTES=1000):
        big = io.BytesIO(b"a" * (3 << 20))
        big.name = "big.csv"
        response = client.post("/imports/new/", {"kind": "organisations", "source": "登记", "region": "120000", "file": big})
    assert response.status_code == 413
    assert "上限" in response.content.decode()
    assert not StoredFile.objects.exists()


def test_an_upload_that_the_disk_cannot_hold_is_refused_and_the_form_kept(
    client_of,  # type: ignore[no-untyped-def]
    city_officer: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wulian.foundation.files.SPARE_BYTES", 1 << 62)
    client: Client = client_of(city_officer)
    upload = io.BytesIO("企业名称\n甲公司\n".encode())
    upload.name = "a.csv"
    response = client.post("/imports/new/", {"kind": "organisations", "source": "市场监管登记", "region": "120000", "file": upload})
    page = response.content.decode()
    assert response.status_code == 507
    assert "磁盘只剩" in page
    assert "市场监管登记" in page
    assert not StoredFile.objects.exists()
