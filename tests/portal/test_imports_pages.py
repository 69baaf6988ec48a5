from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from wulian.directory.models import Organisation
from wulian.foundation.access import Actor
from wulian.foundation.models import ImportBatch, QuarantinedRow, StoredFile

TEXT = "企业名称,统一社会信用代码,注册日期,地区\n甲公司,91120000103064293R,2000-01-01,红桥\n乙公司,无,不是日期,红桥\n"
ClientOf = Callable[[Actor], Client]


def upload(client: Client, data: bytes | str = TEXT, name: str = "登记.csv", **fields: str):  # type: ignore[no-untyped-def]
    file = io.BytesIO(data.encode() if isinstance(data, str) else data)
    file.name = name
    return client.post("/imports/new/", {"kind": "organisations", "source": "市场监管登记", "region": "120106", "file": file, **fields})


def mapping(batch: ImportBatch) -> dict[str, str]:
    return {f"column_{name}": column for name, column in batch.columns.items()}


@pytest.mark.django_db(transaction=True)
def test_from_upload_through_mapping_and_quarantine_to_the_archive(client_of: ClientOf, officer: Actor) -> None:
    client = client_of(officer)
    response = upload(client)
    batch = ImportBatch.objects.get()
    assert response.url == f"/imports/{batch.pk}/"
    page = client.get(response.url).content.decode()
    assert "2 行已读，确认列对照后开始" in page
    assert "91120000103064293R" in page
    started = client.post(f"/imports/{batch.pk}/start/", {**mapping(batch), "save_as": "登记表"})
    assert started.status_code == 302
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "1 行已导入，1 行隔离待修" in page
    row = QuarantinedRow.objects.get()
    page = client.get(f"/imports/{batch.pk}/quarantine/").content.decode()
    assert "“不是日期”不是日期" in page
    exported = b"".join(client.get(f"/imports/{batch.pk}/quarantine/export.csv").streaming_content).decode("utf-8-sig")
    assert "乙公司,无,不是日期,红桥,3,待处理" in exported
    still = client.post(f"/quarantine/{row.pk}/repair/", {"cell_2": "2000-99-01"}, headers={"HX-Request": "true"})
    assert "还是不行" in still.content.decode()
    client.post(f"/quarantine/{row.pk}/repair/", {"cell_2": "2000-09-01"})
    assert Organisation.objects.get(name="乙公司").region_id == "120106"
    assert "1 份文件" in client.get("/imports/").content.decode()
    found = client.get("/organisations/?q=乙公").content.decode()
    assert "“乙公”找到 1 家" in found


def test_the_same_file_again_is_told_and_may_go_on(client_of: ClientOf, officer: Actor) -> None:
    client = client_of(officer)
    upload(client)
    ImportBatch.objects.update(state="finished")
    response = upload(client)
    page = client.get(response.url).content.decode()
    assert "已导入过" in page
    assert "开始导入" in page


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 422, "空文件"),
        (b"%PDF-1.7", 415, "不是表格"),
        (b"\x1f\x8b\x08\x00", 422, "不完整"),
        ("甲公司,91120000103064293R,2000-01-01\n".encode(), 422, "没有表头"),
        ("企业名称\n".encode(), 422, "没有数据行"),
    ],
)
def test_a_wrong_file_keeps_the_form_and_stores_nothing(client_of: ClientOf, officer: Actor, data: bytes, status: int, words: str) -> None:
    response = upload(client_of(officer), data)
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert 'value="市场监管登记"' in page
    assert not StoredFile.objects.exists()


def test_a_mapping_without_a_name_is_refused_with_the_form(client_of: ClientOf, officer: Actor) -> None:
    client = client_of(officer)
    upload(client)
    batch = ImportBatch.objects.get()
    response = client.post(f"/imports/{batch.pk}/start/", {**mapping(batch), "column_name": ""})
    assert response.status_code == 422
    batch.refresh_from_db()
    assert batch.state == "waiting"


def test_batches_of_other_regions_and_other_people_stay_closed(
    client_of: ClientOf, officer: Actor, account: Callable[..., Actor], enterprise_user: Actor
) -> None:
    from wulian.foundation.access import Role

    upload(client_of(officer))
    batch = ImportBatch.objects.get()
    neighbour = account(Role.OFFICER, region="120104", unit="南开区科技局")
    assert client_of(neighbour).get(f"/imports/{batch.pk}/").status_code == 404
    assert client_of(enterprise_user).get("/imports/").status_code == 403
    assert Client().get("/imports/").status_code == 302


def test_cancelling_before_the_start(client_of: ClientOf, officer: Actor) -> None:
    client = client_of(officer)
    upload(client)
    batch = ImportBatch.objects.get()
    client.post(f"/imports/{batch.pk}/cancel/")
    batch.refresh_from_db()
    assert batch.state == "cancelled"
    progress = client.get(f"/imports/{batch.pk}/progress/?shown=queued", headers={"HX-Request": "true"})
    assert progress.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(("shown", "loaded_anew"), [("queued", True), ("running", False)])
def test_the_page_is_loaded_anew_when_its_title_no_longer_holds(client_of: ClientOf, officer: Actor, shown: str, loaded_anew: bool) -> None:
    client = client_of(officer)
    upload(client)
    batch = ImportBatch.objects.get()
    ImportBatch.objects.filter(pk=batch.pk).update(state="running", heartbeat_at=timezone.now())
    response = client.get(f"/imports/{batch.pk}/progress/?shown={shown}", headers={"HX-Request": "true"})
    assert ("HX-Refresh" in response.headers) is loaded_anew
    assert "?shown=running" in response.content.decode()


def test_going_on_after_a_killed_import_waits_in_the_queue_and_says_so(client_of: ClientOf, officer: Actor) -> None:
    client = client_of(officer)
    upload(client)
    batch = ImportBatch.objects.get()
    ImportBatch.objects.filter(pk=batch.pk).update(state="running", heartbeat_at=timezone.now() - timedelta(minutes=2))
    assert "可接着导" in client.get(f"/imports/{batch.pk}/").content.decode()
    page = client.post(f"/imports/{batch.pk}/resume/", follow=True).content.decode()  # the job itself waits for the commit
    assert "排队等待导入" in page
    assert "可接着导" not in page


@pytest.mark.django_db(transaction=True)
def test_the_list_of_a_batch_is_searched_opens_to_the_archive_and_is_exported_as_shown(client_of: ClientOf, officer: Actor) -> None:
    client = client_of(officer)
    upload(client, TEXT.replace("不是日期", "2001-02-03") + "丙公司,无,2002-02-03,红桥\n")
    batch = ImportBatch.objects.get()
    assert f"/imports/{batch.pk}/rows/" not in client.get(f"/imports/{batch.pk}/").content.decode()
    client.post(f"/imports/{batch.pk}/start/", mapping(batch))
    assert f'href="/imports/{batch.pk}/rows/?result=flagged"' in client.get(f"/imports/{batch.pk}/").content.decode()
    page = client.get(f"/imports/{batch.pk}/rows/").content.decode()
    assert "新增 3 条，更新 0 条，存疑 2 条" in page
    assert f'href="/organisations/{Organisation.objects.get(name="甲公司").pk}/"' in page
    page = client.get(f"/imports/{batch.pk}/rows/?result=flagged&q=丙").content.decode()
    assert "丙公司" in page
    assert "乙公司" not in page
    exported = b"".join(client.get(f"/imports/{batch.pk}/rows/export.csv?result=flagged").streaming_content).decode("utf-8-sig")
    assert [line.split(",")[:5] for line in exported.splitlines()] == [
        ["行号", "名称", "说明", "结果", "存疑"],
        ["3", "乙公司", "", "新增", "存疑"],
        ["4", "丙公司", "", "新增", "存疑"],
    ]
    assert client.get(f"/imports/{batch.pk}/rows/export.xlsx").status_code == 200
    assert "没有符合条件的记录" in client.get(f"/imports/{batch.pk}/rows/?q=没有这家").content.decode()
    assert client.get(f"/imports/{batch.pk}/rows/?result=瞎写").status_code == 200


def test_a_batch_before_lists_were_kept_says_so(client_of: ClientOf, officer: Actor) -> None:
    client = client_of(officer)
    upload(client)
    ImportBatch.objects.update(state="finished", created_count=5)
    batch = ImportBatch.objects.get()
    assert "/rows/" not in client.get(f"/imports/{batch.pk}/").content.decode()
    assert "这一批没有可列的记录" in client.get(f"/imports/{batch.pk}/rows/").content.decode()
