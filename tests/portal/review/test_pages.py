"""The pages of plan import, as an officer uses them without any script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.chains.governance.conftest import AT, PLAN_TEXT
from wulian.chains.governance.models import Plan, PlanDocument
from wulian.chains.governance.services import extraction
from wulian.foundation.access import Actor, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(officer: Actor, client_of: Callable[[Actor], Client]) -> Client:
    return client_of(officer)


def text_of(response: object) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture
def document(officer: Actor, uploaded: Callable[..., PlanDocument]) -> PlanDocument:
    return uploaded(officer)


def home(document: PlanDocument) -> str:
    return f"/plans/{document.plan_id}/review/"


def test_pasted_text_is_read_at_once_and_shown_beside_what_was_read(client: Client, settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined,operator]
    response = client.post("/plans/new/", {"text": PLAN_TEXT.replace("\n", "\r\n"), "region": "120106"}, follow=True)
    shown = text_of(response)
    assert response.redirect_chain[-1][0] == f"/plans/{Plan.objects.get().pk}/review/"
    assert "软件业务收入突破" in shown
    assert "已核 0 /" in shown


def test_the_same_file_again_links_to_the_earlier_plan_and_needs_no_second_upload(client: Client, document: PlanDocument) -> None:
    upload = SimpleUploadedFile("plan.txt", PLAN_TEXT.encode())
    response = client.post("/plans/new/", {"file": upload, "region": "120106"})
    assert response.status_code == 409
    assert home(document) in response.content.decode()
    stored = re.search(r'name="stored" value="([^"]+)"', response.content.decode())
    assert stored
    response = client.post("/plans/new/", {"stored": unescape(stored.group(1)), "region": "120106", "again": "on"})
    assert response.status_code == 302
    assert Plan.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "请选一个文件，或粘贴全文"),
        ({"file": SimpleUploadedFile("plan.docx", b"PK\x03\x04 broken")}, "无法识别的文件"),
        ({"file": SimpleUploadedFile("plan.txt", b"")}, "空"),
        ({"file": SimpleUploadedFile("plan.xls", b"\xd0\xcf\x11\xe0" + b"0" * 100)}, "旧版 Office 文件"),
    ],
)
def test_what_cannot_be_taken_is_said_in_a_sentence(client: Client, given: dict[str, object], says: str, tianjin: None) -> None:
    for file in given.values():
        file.seek(0)  # type: ignore[attr-defined]
    response = client.post("/plans/new/", {"region": "120106", **given})
    assert response.status_code == 422
    assert says in text_of(response)
    assert Plan.objects.count() == 0


@pytest.mark.parametrize(
    "path", ["", "?tab=tasks", "?tab=findings", "?state=flagged", "?state=pending", "?section=99&page=99", "?tab=nonsense&row=x"]
)
def test_every_view_of_the_review_page_opens(client: Client, document: PlanDocument, path: str) -> None:
    assert client.get(home(document) + path).status_code == 200


def test_a_mark_leads_to_its_row_and_back(client: Client, document: PlanDocument) -> None:
    row = document.extractions.filter(what="indicator", state="pending").first()
    assert row is not None
    body = client.get(f"{home(document)}?row={row.pk}").content.decode()
    assert re.search(rf'<a class="m pending on" id="m{row.pk}-\d+" data-row="{row.pk}"', body)
    assert f'value="{row.pk}:0"' in body


def test_accepting_and_taking_back_by_plain_forms(client: Client, document: PlanDocument) -> None:
    row = document.extractions.filter(what="indicator", state="pending").first()
    assert row is not None
    act = f"{home(document)}act/"
    response = client.post(act, {"act": "accept", "rows": f"{row.pk}:0", "back": f"{home(document)}?state=pending"})
    assert response["Location"] == f"{home(document)}?state=pending"
    row.refresh_from_db()
    assert row.state == "accepted"
    client.post(act, {"act": "reopen", "rows": f"{row.pk}:1", "back": "https://elsewhere.example/"}).status_code  # noqa: B018
    row.refresh_from_db()
    assert row.state == "pending"
    assert client.post(act, {"act": "reopen", "rows": "nonsense"}).status_code == 422
    assert client.post(act, {"act": "explode"}).status_code == 422


def test_nobody_is_sent_to_another_site(client: Client, document: PlanDocument) -> None:
    response = client.post(f"{home(document)}act/", {"act": "accept_all:tasks", "back": "https://elsewhere.example/"})
    assert response["Location"] == home(document)


def test_a_suggested_merge_a_binding_and_an_owner(client: Client, document: PlanDocument, unit: Callable[..., object]) -> None:
    trade = unit("天津市红桥区商务局")
    act = f"{home(document)}act/"
    assert "可能是同一指标" in text_of(client.get(home(document)))
    client.post(act, {"act": "merge_group:全区数字企业|家", "key": "数字企业|家"})
    assert not document.extractions.filter(group_key="全区数字企业|家").exists()
    client.post(act, {"act": "unmerge_group", "key": "数字企业|家"})
    assert document.extractions.filter(group_key="全区数字企业|家").exists()
    rows = " ".join(f"{row.pk}:{row.version}" for row in document.extractions.filter(group_key="数字企业|家"))
    client.post(act, {"act": "metric:organisations_total", "key": "数字企业|家", "group_rows": rows})
    assert set(document.extractions.filter(group_key="数字企业|家").values_list("metric", flat=True)) == {"organisations_total"}
    client.post(act, {"act": "owner_all", "owner": "区商务局"})
    assert set(document.extractions.filter(what="indicator").values_list("owner", flat=True)) == {trade.pk}  # type: ignore[attr-defined]
    response = client.post(act, {"act": "owner_all", "owner": "区不存在局"})
    assert response.status_code == 422
    assert "新建这个单位" in text_of(response)


def test_a_conflicting_edit_shows_both_values_and_keeps_the_input(client: Client, officer: Actor, document: PlanDocument) -> None:
    row = document.extractions.filter(what="indicator", state="pending", values__value__isnull=False).first()
    assert row is not None
    address = f"{home(document)}{row.pk}/"
    form = client.get(address)
    assert form.status_code == 200
    extraction.edit_mention(by=officer, extraction_id=row.pk, version=0, changes={"value": "71"}, at=AT)
    sent = {
        **{name: row.values[name] for name in ("mention", "year", "comparator", "number_state", "commitment")},
        "value": "72",
        "version": 0,
    }
    response = client.post(address, sent)
    assert response.status_code == 409
    shown = text_of(response)
    assert officer.name in shown
    assert "71" in shown
    assert 'value="72"' in response.content.decode()
    version = re.search(r'name="version" value="(\d+)"', response.content.decode())
    assert version
    assert client.post(address, {**sent, "version": version.group(1)}).status_code == 302
    row.refresh_from_db()
    assert row.values["value"] == "72"


def test_every_small_form_opens_and_saves(client: Client, document: PlanDocument) -> None:
    row = document.extractions.filter(group_key="数字企业|家", state="pending").first()
    task = document.extractions.filter(what="task").first()
    assert row is not None
    assert task is not None
    for address in (f"group/?key={row.group_key}", f"{row.pk}/split/", f"{task.pk}/task/", "add/?start=3&end=9"):
        assert client.get(home(document) + address).status_code == 200
        assert "<html" not in client.get(home(document) + address, headers={"HX-Request": "true"}).content.decode()
    assert client.post(f"{home(document)}{row.pk}/split/", {"name": "规上数字企业", "version": 0}).status_code == 302
    assert client.post(f"{home(document)}{task.pk}/task/", {"title": "新标题", "level": 1, "version": 0}).status_code == 302
    assert client.post(f"{home(document)}{task.pk}/task/", {"title": "", "level": 1, "version": 1}).status_code == 422
    added = {"what": "indicator", "quote": "培育数字企业", "name": "数字企业产值", "value": "5", "unit": "亿元"}
    assert client.post(f"{home(document)}add/", added).status_code == 302
    assert client.post(f"{home(document)}add/", {**added, "quote": "文中没有"}).status_code == 422
    assert document.extractions.filter(values__name="数字企业产值", state="accepted").count() == 1


def test_units_are_matched_on_the_page(client: Client, document: PlanDocument, unit: Callable[..., object]) -> None:
    finance = unit("天津市红桥区财政局")
    task = document.extractions.filter(what="task").first()
    assert task is not None
    index = next(place for place, one in enumerate(task.values["units"]) if one["name"] == "区区财政局")
    assert "像是笔误" in text_of(client.get(f"{home(document)}?tab=tasks"))
    address = f"{home(document)}{task.pk}/unit/"
    client.post(address, {"act": "set", "version": 0, "index": index, "unit": "区财政局", "role": "lead"})
    task.refresh_from_db()
    assert (task.values["units"][index]["organisation"], task.values["units"][index]["role"]) == (finance.pk, "lead")  # type: ignore[attr-defined]
    client.post(address, {"act": "add", "version": 1, "unit": "区档案馆", "role": "participant"})
    client.post(address, {"act": "create", "version": 2, "unit": "天津市红桥区档案馆"})
    task.refresh_from_db()
    assert task.values["units"][-1]["organisation_name"] == "天津市红桥区档案馆"


def test_the_way_from_confirming_to_publishing_and_back(client: Client, officer: Actor, document: PlanDocument) -> None:
    publish = f"/plans/{document.plan_id}/publish/"
    assert "才能发布" in text_of(client.get(publish))
    assert client.post(publish).status_code == 409
    plan = Plan.objects.get(pk=document.plan_id)
    details = {
        "title": plan.title,
        "short_title": plan.short_title,
        "region": "120106",
        "first_year": 2024,
        "last_year": 2026,
        "base_year": "",
        "version": plan.version,
    }
    assert client.post(f"/plans/{plan.pk}/details/", {**details, "last_year": 2023}).status_code == 422
    assert client.post(f"/plans/{plan.pk}/details/", details).status_code == 302
    response = client.post(f"/plans/{plan.pk}/details/", {**details, "title": "别的"})  # the same version once more
    assert response.status_code == 409
    assert plan.title in text_of(response)
    client.post(f"{home(document)}act/", {"act": "accept_all:indicators-table"})
    client.post(f"{home(document)}act/", {"act": "accept_all:tasks"})
    assert "可以发布：2 项指标，2 项任务" in text_of(client.get(publish))
    assert client.post(publish).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "published"
    assert client.post(publish, {"act": "return", "reason": ""}).status_code == 200
    client.post(publish, {"act": "return", "reason": "要改"})
    plan.refresh_from_db()
    assert plan.state == "draft"


def test_no_other_door_publishes_what_nobody_reviewed(client: Client, document: PlanDocument) -> None:
    response = client.post(f"/plans/{document.plan_id}/state/", {"move": "publish"})
    assert response.status_code == 409
    assert Plan.objects.get().state == "draft"


def test_a_plan_entered_by_hand_is_published_on_its_own_page(client: Client, tianjin: None) -> None:
    plan = Plan.objects.create(title="手工", short_title="手工", region_id="120106", first_year=2024, last_year=2026, created_at=AT)
    assert client.get(f"/plans/{plan.pk}/publish/")["Location"] == f"/plans/{plan.pk}/"
    assert client.get(f"/plans/{plan.pk}/review/").status_code == 404


def test_a_failed_reading_offers_to_read_again(client: Client, officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    document = uploaded(officer, "\n\n", name="blank.txt")
    body = text_of(client.get(home(document)))
    assert "没有读成" in body
    assert document.failure in body
    assert client.post(f"/plans/{document.plan_id}/reading/again/").status_code == 302
    document.refresh_from_db()
    assert document.attempt == 2


def test_while_reading_the_page_asks_and_reloads_when_done(client: Client, document: PlanDocument) -> None:
    PlanDocument.objects.update(state="reading", started_at=AT)
    address = f"/plans/{document.plan_id}/reading/"
    assert "every 2s" in client.get(address).content.decode()
    PlanDocument.objects.update(state="read")
    assert client.get(address)["HX-Refresh"] == "true"


@pytest.mark.parametrize("path", ["review/", "details/", "publish/", "reading/", "review/add/"])
def test_others_find_the_doors_closed(
    path: str, document: PlanDocument, reporter: Actor, account: Callable[..., Actor], client_of: Callable[[Actor], Client]
) -> None:
    address = f"/plans/{document.plan_id}/{path}"
    assert client_of(reporter).get(address).status_code == 403
    nankai = account(Role.OFFICER, region="120104", unit="南开区科技局")
    assert client_of(nankai).get(address).status_code in (403, 404)
    assert Client().get(address).status_code == 302


def test_the_page_speaks_english(client: Client, document: PlanDocument) -> None:
    client.cookies["django_language"] = "en"
    body = text_of(client.get(home(document)))
    assert "Reviewed 0 of" in body
