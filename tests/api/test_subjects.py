"""What a program does with the API from end to end: a plan, a target that two people change, a figure, an import, an archive."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.access.world import HONGQIAO, PLAN_TEXT, REGISTER, World
from wulian.foundation.access import Actor

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]


def post(client: Client, path: str, body: dict[str, Any], status: int = 200) -> Any:
    response = client.post(f"/api/v1{path}", body, content_type="application/json")
    assert response.status_code == status, response.content.decode()
    return response.json()


def get(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1{path}")
    assert response.status_code == status, response.content.decode()
    return response.json()


def test_a_plan_from_upload_to_status(world: World, api: Api) -> None:
    client = api(world["officer"])
    upload = SimpleUploadedFile("新规划.txt", (PLAN_TEXT + "另行通知。").encode())
    document = client.post("/api/v1/plan-uploads", {"file": upload, "region": HONGQIAO}).json()
    assert document["state"] == "read"
    plan, place = document["plan_id"], f"/documents/{document['id']}"
    found = get(client, f"/plans/{plan}/extractions?what=indicators")
    assert found["indicators"], "the reader found indicators"
    start, end = found["indicators"][0]["head"]["span"]
    assert get(client, f"/plans/{plan}/document/text?start={start}&length={end - start}")["text"] in PLAN_TEXT
    for what in ("indicator", "task"):
        post(client, f"{place}/accept-all", {"what": what})
    version = get(client, f"/plans/{plan}")["version"]
    details = {"version": version, "region": HONGQIAO, "first_year": 2024, "last_year": 2026}
    version = post(client, f"/plans/{plan}/details", details)["version"]
    assert get(client, f"/plans/{plan}/publish-preview")["blocking"] == []
    get(api(), f"/plans/{plan}", 404)
    assert post(client, f"/plans/{plan}/publish", {"version": version})["state"] == "published"
    overview = get(api(), f"/plans/{plan}/overview?on=2025-06-30")
    assert sum(overview["counts"].values()) == len(overview["indicators"]) > 0
    assert {one["final"] for one in overview["indicators"]} >= {"120", "30"}


def test_the_second_of_two_officers_is_told_and_nothing_is_overwritten(world: World, api: Api) -> None:
    first, second = api(world["officer"]), api(world["city_officer"])
    path = f"/indicators/{world.ids['indicator']}/targets"
    seen = next(one for one in get(first, path) if one["role"] == "final")
    change = {
        "year": 2026, "role": "final", "value": "130", "seen": {"id": seen["id"], "version": seen["version"]}, "reason": "调整",
        "approver": "区政府", "approved_on": "2026-01-05",
    }  # fmt: skip
    changed = post(first, path, change)
    assert changed["value"] == "130"
    refused = post(second, path, {**change, "value": "140"}, 409)
    assert refused["code"] == "conflict"
    assert refused["params"]["who"] == world["officer"].name
    history = get(second, f"/indicators/{world.ids['indicator']}")["history"]
    assert [(one["before"]["value"], one["now"]["value"], one["now"]["reason"]) for one in history] == [("120", "130", "调整")]


def test_a_target_without_a_number_is_null_never_zero(world: World, api: Api) -> None:
    targets = get(api(), f"/indicators/{world.ids['indicator']}/targets")
    waiting = next(one for one in targets if one["number_state"] == "assigned")
    assert waiting["value"] is None
    baseline = next(one for one in targets if one["role"] == "baseline")
    assert baseline["value"] == "80"


def test_a_figure_opens_to_the_records_that_add_up_to_it(world: World, api: Api) -> None:
    query = f"region={HONGQIAO}&on=2025-12-31"
    figure = get(api(), f"/figures/hnte_valid?{query}")
    records = get(api(), f"/figures/hnte_valid/records?{query}")
    assert figure["value"] == str(records["count"]) == str(len(records["items"])) == records["total"]
    exported = api().get(f"/api/v1/figures/hnte_valid/records.csv?{query}")
    rows = list(csv.reader(io.StringIO(exported.getvalue().decode("utf-8-sig"))))
    assert len(rows) == 1 + records["count"]
    assert exported.headers["Content-Type"].startswith("text/csv")


def test_what_nobody_reported_is_unknown_with_a_reason(world: World, api: Api) -> None:
    figure = get(api(), f"/figures/rd_intensity?region={HONGQIAO}&on=2020-12-31")
    assert figure["value"] is None
    assert figure["unknown_because"]


def test_an_import_from_upload_to_repaired_row(world: World, api: Api) -> None:
    client = api(world["officer"])
    upload = SimpleUploadedFile("again.csv", REGISTER.replace("试验一", "试验二").encode())
    values = {"file": upload, "kind": "organisations", "source": "市场监管登记", "region": HONGQIAO}
    batch = client.post("/api/v1/imports", values).json()
    assert (batch["state"], batch["rows_total"], batch["columns"]["name"]) == ("waiting", 2, "企业名称")
    confirmed = client.post(f"/api/v1/imports/{batch['id']}/start", {"columns": batch["columns"]}, content_type="application/json")
    assert confirmed.status_code == 200, confirmed.content.decode()
    row = get(client, f"/imports/{world.ids['batch']}/quarantine")["items"][0]
    assert row["problems"][0]["text"]
    still = post(client, f"/quarantine/{row['id']}/repair", {"values": {"成立日期": "也不是日期"}})
    assert still["result"] == "quarantined"
    repaired = post(client, f"/quarantine/{row['id']}/repair", {"values": {"企业名称": "天津红桥修好有限公司", "成立日期": "2021-03-04"}})
    assert repaired["result"] == "created"
    assert get(client, f"/quarantine/{row['id']}")["state"] == "repaired"
    rows = get(client, f"/imports/{world.ids['batch']}/rows?search=修好")
    assert (rows["count"], rows["counts"]["created"]) == (1, 2)
    assert (rows["items"][0]["name"], rows["items"][0]["row_number"]) == ("天津红桥修好有限公司", row["row_number"])
    assert get(client, f"/organisations/{rows['items'][0]['subject_id']}")
    exported = client.get(f"/api/v1/imports/{world.ids['batch']}/rows.csv?result=created").getvalue().decode("utf-8-sig")
    assert len(exported.splitlines()) == 3


def test_an_archive_is_cut_to_what_the_caller_may_see(world: World, api: Api) -> None:
    own, firm = world.ids["own"], world.ids["firm"]
    public = get(api(), f"/organisations/{own}")
    assert public["sees_all"] is False
    assert public["facts"] == public["flags"] == public["records"] == []
    assert public["titles"][0]["kind"] == "hnte"
    mine = get(api(world["enterprise"]), f"/organisations/{own}")
    revenue = next(one for one in mine["facts"] if one["fact"] == "revenue")
    assert (revenue["year"], revenue["value"]) == (2025, 123_456_789), "money is integer fen"
    assert get(api(world["enterprise"]), f"/organisations/{firm}")["facts"] == []


def test_lists_are_pages_in_a_definite_order(world: World, api: Api) -> None:
    client = api(world["auditor"])
    whole = get(client, "/audit?limit=200")
    parts = [get(client, f"/audit?limit=7&offset={offset}")["items"] for offset in range(0, whole["count"], 7)]
    assert [one["id"] for part in parts for one in part] == [one["id"] for one in whole["items"]]


def test_everything_that_is_done_by_a_token_is_in_the_audit_record(world: World, api: Api) -> None:
    actor: Actor = world["officer"]
    body = {"version": get(api(actor), f"/plans/{world.ids['plan']}")["version"], "issuer": "红桥区人民政府"}
    changed = api(actor).patch(f"/api/v1/plans/{world.ids['plan']}", body, content_type="application/json")
    assert changed.status_code == 200, changed.content.decode()
    event = get(api(world["auditor"]), f"/audit?object_type=governance.plan&object_id={world.ids['plan']}")["items"][0]
    assert (event["action"], event["actor"]) == ("plan.edited", actor.name)
    assert (event["before"]["issuer"], event["after"]["issuer"]) == ("", "红桥区人民政府")
    assert "API wulian_" in event["source"]
