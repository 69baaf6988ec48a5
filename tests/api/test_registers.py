"""Registers through the API: what each may see, filters, refusals with every reason, conflicts, many at once, the workbook."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from tests.access.world import unit_id
from tests.engines.registers.test_loading import GOOD
from wulian.demo.entries import Maker
from wulian.foundation.access import Actor, Role
from wulian.registers.services.definitions import adopt_definition

pytestmark = pytest.mark.django_db
Api = Callable[..., Client]
PILOTS = """\
id: pilots
chain: industry
prefix: PLT
name: {zh: 试点, en: Pilots}
serves: [E9]
purpose: {zh: 试验用, en: For trials}
subject: organisation
level: [district]
create: [officer, enterprise]
audience: public
fields:
  - {code: heading, type: text, label: {zh: 名称, en: Title}, required_from: always, visible: public}
  - code: kind
    type: choice
    visible: public
    label: {zh: 类型, en: Kind}
    choices:
      - {code: street, label: {zh: 街区, en: Street}}
      - {code: park, label: {zh: 园区, en: Park}}
  - {code: begins_on, type: date, label: {zh: 开始, en: Begins on}, visible: public}
  - {code: budget, type: money, label: {zh: 预算, en: Budget}, visible: parties, minimum: 0, required_from: running}
  - {code: share, type: percent, label: {zh: 占比, en: Share}}
  - {code: note, type: long_text, label: {zh: 内部意见, en: Internal note}, visible: officer}
  - {code: contact, type: person, label: {zh: 联系人, en: Contact}, visible: parties}
  - {code: proof, type: file, label: {zh: 协议, en: Agreement}, visible: parties}
  - {code: follows, type: link, to: pilots, label: {zh: 接续, en: Follows}, visible: public}
rules:
  - code: modest
    say: {zh: '预算 {budget} 超过 100 万元', en: 'a budget of {budget} is above 1 million yuan'}
    at: [start]
    must: [{field: budget, at_most: 1000000}]
    severity: except
lifecycle:
  initial: filed
  states:
    - {code: filed, label: {zh: 申报, en: Filed}, meaning: {zh: 待审, en: To be looked at}, days: 5, edit: [creator, subject, officer]}
    - {code: running, label: {zh: 进行, en: Running}, meaning: {zh: 已批, en: Agreed}}
    - {code: ended, label: {zh: 结束, en: Ended}, meaning: {zh: 已完成, en: Done}, ended: true}
  transitions:
    - {code: start, label: {zh: 批准, en: Agree}, from: [filed], to: running, who: [officer], needs: [begins_on], evidence: [proof]}
    - {code: finish, label: {zh: 完成, en: Finish}, from: [running], to: ended, who: [officer]}
    - {code: send_back, label: {zh: 退回, en: Send back}, from: [running], to: filed, who: [officer], back: true}
counters:
  - code: filed_now
    label: {zh: 在报数, en: Filed now}
    how: count
    where: [{state: [filed]}]
    by: [kind]
    unit: 个
    definition: {zh: 现在申报的, en: Those filed now}
    target: {from: 2, to: 3, source: E9}
  - code: budget_now
    label: {zh: 预算额, en: Budget}
    how: sum
    of: budget
    where: [{state: [filed, running]}]
    by: [kind]
    unit: 万元
    definition: {zh: 在办试点的预算, en: Budget of the pilots under way}
cadence:
  - {code: monthly, label: {zh: 每月, en: Monthly}, every: month, date: begins_on}
editions: {label: {zh: 名单, en: List}, columns: [heading, budget], order: [-begins_on], where: [{state: [filed, running]}]}
views: {title: heading, columns: [heading, kind, budget, begins_on], filters: [kind, contact], calendar: begins_on}
"""
PATH = "/registers/pilots/entries"


@dataclass
class People:
    officer: Actor
    firm: Actor
    other_firm: Actor
    administrator: Actor


@pytest.fixture
def people(account: Callable[..., Actor], system: Actor, settings: Any, tmp_path: Path) -> People:
    settings.MEDIA_ROOT = tmp_path / "files"
    adopt_definition(by=system, at=timezone.now(), text=PILOTS, file="pilots.yaml")
    return People(
        officer=account(Role.OFFICER, unit="红桥区科技局"),
        firm=account(Role.ENTERPRISE, unit="天津甲有限公司"),
        other_firm=account(Role.ENTERPRISE, unit="天津乙有限公司"),
        administrator=account(Role.ADMINISTRATOR, region="120000", unit="平台管理"),
    )


def send(client: Client, method: str, path: str, body: dict[str, Any], status: int = 200) -> Any:
    response = client.generic(method, f"/api/v1{path}", json.dumps(body), content_type="application/json")
    assert response.status_code == status, response.content.decode()
    return response.json() if response.content else None


def post(client: Client, path: str, body: dict[str, Any], status: int = 200) -> Any:
    return send(client, "POST", path, body, status)


def get(client: Client, path: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1{path}")
    assert response.status_code == status, response.content.decode()
    return response.json()


def file_pilot(client: Client, subject: Actor | None = None, **values: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"values": {"heading": "甲街区", "kind": "street", **values}}
    if subject is not None:
        body["subject_id"] = unit_id(subject)
    made: dict[str, Any] = post(client, PATH, body, 201)
    return made


def proof(client: Client) -> int:
    answer = client.post("/api/v1/files", {"file": SimpleUploadedFile("协议.pdf", b"%PDF-1.4 trial")})
    assert answer.status_code == 201, answer.content
    return int(answer.json()["id"])


# ------------------------------------------------------------------------------------------------------- what each may see
def test_each_sees_what_is_for_each(people: People, api: Api) -> None:
    made = file_pilot(api(people.firm), budget=3_500_000, share="12.5")
    officer = api(people.officer)
    send(officer, "PATCH", f"{PATH}/{made['number']}", {"revision": 1, "values": {"note": "要核实"}})
    seen = {
        "nobody": {"heading", "kind"},
        "other": {"heading", "kind", "share"},
        "party": {"heading", "kind", "share", "budget"},
        "officer": {"heading", "kind", "share", "budget", "note"},
    }
    clients = {"nobody": api(), "other": api(people.other_firm), "party": api(people.firm), "officer": officer}
    every = {"heading", "kind", "begins_on", "budget", "share", "note", "contact", "proof", "follows"}
    for who, client in clients.items():
        listed = get(client, PATH)["items"][0]
        single = get(client, f"{PATH}/{made['number']}")
        assert set(listed["values"]) == set(single["values"]) == seen[who], who
        assert set(listed["hidden"]) == set(single["hidden"])
        assert not set(single["hidden"]) & seen[who]
        assert seen[who] | set(single["hidden"]) <= every
        exported = client.get(f"/api/v1{PATH}.csv").getvalue().decode("utf-8-sig")
        assert ("35000" in exported) == ("budget" in seen[who]), who
        assert ("要核实" in exported) == (who == "officer")
    assert get(clients["party"], f"{PATH}/{made['number']}")["values"]["budget"] == 3_500_000, "money is integer fen"
    assert get(clients["party"], f"{PATH}/{made['number']}")["values"]["share"] == "12.5"


def test_the_name_of_a_person_is_not_for_everybody(people: People, api: Api, system: Actor) -> None:
    adopt_definition(by=system, at=timezone.now(), text=GOOD, file="envoys.yaml")
    spec = {"subject": "@person:林某", "region": "120106", "path": [{"do": "appoint", "on": "2026-02-02"}]}
    number = Maker(by=system, fill=True).entry("envoys", spec).number
    place = f"/registers/envoys/entries/{number}"
    for client in (api(), api(people.firm)):
        for found in (get(client, place), get(client, "/registers/envoys/entries")["items"][0]):
            assert (found["title"], "expert" in found["values"]) == (number, False)
    assert get(api(), place)["subject"] is None
    refused = send(api(people.firm), "PATCH", place, {"revision": 2, "values": {"days": 1}}, 403)
    assert "林某" not in str(refused), "a refusal does not tell it either"
    assert get(api(people.officer), place)["values"]["expert"]


def test_a_hidden_value_cannot_be_found_by_asking_for_it(people: People, api: Api) -> None:
    file_pilot(api(people.firm), budget=3_500_000)
    assert get(api(people.firm), f"{PATH}?from.budget=35000&to.budget=35000")["count"] == 1
    assert get(api(people.other_firm), f"{PATH}?from.budget=35000")["count"] == 0
    assert get(api(), f"{PATH}?sort=budget")["count"] == 0
    assert get(api(), f"{PATH}?sort=begins_on")["count"] == 1


def test_the_history_shows_only_visible_changes_and_is_for_the_signed_in(people: People, api: Api) -> None:
    number = file_pilot(api(people.firm), budget=100)["number"]
    send(api(people.officer), "PATCH", f"{PATH}/{number}", {"revision": 1, "values": {"note": "要核实", "kind": "park"}})
    get(api(), f"{PATH}/{number}/history", 401)
    newest = get(api(people.firm), f"{PATH}/{number}/history")[0]
    assert [(one["field"], one["before"], one["after"]) for one in newest["changes"]] == [("kind", "街区", "园区")]
    assert {one["field"] for one in get(api(people.officer), f"{PATH}/{number}/history")[0]["changes"]} == {"kind", "note"}


def test_a_file_is_for_who_may_see_its_field(people: People, api: Api) -> None:
    firm = api(people.firm)
    file = proof(firm)
    number = file_pilot(firm, proof=[file])["number"]
    place = f"/api/v1{PATH}/{number}/files/proof/{file}"
    assert firm.get(place).getvalue() == b"%PDF-1.4 trial"
    assert api(people.other_firm).get(place).status_code == 404
    assert get(firm, f"{PATH}/{number}")["references"]["proof"] == [{"kind": "file", "id": file, "label": "协议.pdf"}]


def test_a_file_of_somebody_else_cannot_be_attached(people: People, api: Api) -> None:
    body = {"values": {"heading": "甲", "proof": [proof(api(people.other_firm))]}}
    answer = post(api(people.firm), PATH, body, 422)
    assert [(one["at"], one["code"]) for one in answer["fields"]] == [("body.values.proof", "not_found")]


# ---------------------------------------------------------------------------------------------------------------- questions
def test_the_list_answers_the_question_of_the_page(people: People, api: Api) -> None:
    officer = api(people.officer)
    file_pilot(api(people.firm), begins_on="2026-01-05")
    file_pilot(officer, people.other_firm, heading="乙园区", kind="park", begins_on="2026-02-05")

    def titles(query: str, client: Client = officer) -> list[str]:
        return [one["title"] for one in get(client, f"{PATH}?{query}")["items"]]

    assert titles("") == ["乙园区", "甲街区"], "newest first"
    assert titles("sort=begins_on") == ["甲街区", "乙园区"]
    assert titles("f.kind=park") == titles("q=乙") == ["乙园区"]
    assert len(titles("f.kind=park&f.kind=street")) == 2
    assert titles("from.begins_on=2026-01-05&to.begins_on=2026-01-05") == ["甲街区"]
    assert titles("to.begins_on=2026-01-04") == titles("state=running") == titles("voided=true") == []
    assert titles(f"subject={unit_id(people.firm)}") == ["甲街区"]
    assert titles("mine=true", api(people.other_firm)) == ["乙园区"]
    later = timezone.localdate() + timedelta(days=30)
    assert len(titles(f"late=true&on={later}")) == 2
    assert titles("late=true") == titles("idle=1") == []
    page = get(officer, f"{PATH}?limit=1&offset=1")
    assert (page["count"], [one["title"] for one in page["items"]]) == (2, ["甲街区"])
    facets = {
        one["name"]: {row["code"]: row["count"] for row in one["values"]} for one in get(officer, "/registers/pilots/facets?f.kind=park")
    }
    assert facets["f.kind"] == {"park": 1, "street": 1}, "a filter's counts ignore its own choice"
    assert facets["state"] == {"filed": 1}


@pytest.mark.parametrize(
    ("query", "at", "code"),
    [
        ("f.knd=park", "query.f.knd", "unknown_field"),
        ("f.kind=parks", "query.f.kind", "not_a_choice"),
        ("f.note=x", "query.f.note", "unknown_field"),
        ("from.heading=a", "query.from.heading", "unknown_field"),
        ("from.begins_on=soon", "query.from.begins_on", "not_read"),
        ("to.budget=many", "query.to.budget", "not_read"),
        ("f.contact=99999999999999999999999", "query.f.contact", "not_read"),
        ("f.kind=%00park%01", "query.f.kind", "not_a_choice"),
        ("state=gone", "query.state", "not_a_choice"),
        ("region=999999", "query.region", "not_a_choice"),
        ("sort=-nothing", "query.sort", "unknown_field"),
        ("stat=filed", "query.stat", "unknown_condition"),
    ],
)
def test_a_misspelt_condition_is_refused_instead_of_giving_the_longer_list(
    people: People, api: Api, query: str, at: str, code: str
) -> None:
    for path in (PATH, f"{PATH}.csv", "/registers/pilots/facets"):
        answer = get(api(people.officer), f"{path}?{query}", 422)
        assert [(one["at"], one["code"]) for one in answer["fields"]] == [(at, code)]


def test_the_export_is_exactly_the_list(people: People, api: Api) -> None:
    officer = api(people.officer)
    file_pilot(officer, people.firm)
    file_pilot(officer, people.other_firm, heading="乙园区", kind="park")
    rows = list(csv.reader(io.StringIO(officer.get(f"/api/v1{PATH}.csv?f.kind=park").getvalue().decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["乙园区"]
    book = load_workbook(io.BytesIO(officer.get(f"/api/v1{PATH}.xlsx").getvalue()))
    assert book.active.max_row == 3


# ----------------------------------------------------------------------------------------------------- refusals and conflicts
def test_every_reason_against_an_entry_is_told_at_once(people: People, api: Api) -> None:
    values = {"kind": "square", "budget": -1, "begins_on": "2026-13-01", "contact": 987_654_321, "colour": "red"}
    answer = post(api(people.officer), PATH, {"values": values}, 422)
    assert answer["code"] == "entry_refused"
    assert {(one["at"], one["code"]) for one in answer["fields"]} == {
        ("body.subject_id", "missing_field"),
        ("body.values.heading", "missing_field"),
        ("body.values.kind", "not_a_choice"),
        ("body.values.budget", "below"),
        ("body.values.begins_on", "not_a_date"),
        ("body.values.contact", "not_found"),
        ("body.values.colour", "unknown_field"),
    }
    assert get(api(people.officer), PATH)["count"] == 0


@pytest.mark.parametrize(
    ("value", "code"),
    [(1.5, "json_float"), ("a\x00b", "string_pattern_mismatch"), ("\ud800", "string_pattern_mismatch"), (2**63, "less_than")],
)
def test_what_cannot_be_kept_is_refused_before_it_is_read(people: People, api: Api, value: Any, code: str) -> None:
    answer = post(api(people.officer), PATH, {"values": {"heading": [value]}}, 422)
    assert [(one["at"], one["code"]) for one in answer["fields"]] == [("body.values", code)]


@pytest.mark.parametrize("value", ["9" * 4_500, "1e400", "9000000000001", {"a": 1}, [1, 2, 3], True])
@pytest.mark.parametrize("field", ["share", "contact", "begins_on", "follows"])
def test_odd_values_are_refused_not_a_fault(people: People, api: Api, field: str, value: Any) -> None:
    post(api(people.officer), PATH, {"subject_id": unit_id(people.firm), "values": {"heading": "甲", field: value}}, 422)


def test_a_firm_files_for_itself_only(people: People, api: Api) -> None:
    assert get(api(people.firm), f"{PATH}/{file_pilot(api(people.firm))['number']}")["subject"]["label"] == "天津甲有限公司"
    answer = post(api(people.firm), PATH, {"values": {"heading": "乙"}, "subject_id": unit_id(people.other_firm)}, 422)
    assert [(one["at"], one["code"]) for one in answer["fields"]] == [("body.subject_id", "not_own")]


def test_the_second_of_two_is_told_what_the_first_changed(people: People, api: Api) -> None:
    firm, officer = api(people.firm), api(people.officer)
    number = file_pilot(firm)["number"]
    first = send(officer, "PATCH", f"{PATH}/{number}", {"revision": 1, "values": {"kind": "park", "note": "内部"}})
    assert first["revision"] == 2
    refused = send(firm, "PATCH", f"{PATH}/{number}", {"revision": 1, "values": {"heading": "新名"}}, 409)
    assert (refused["code"], refused["params"]["who"]) == ("entry_changed", people.officer.name)
    assert refused["fields"] == [{"at": "body.values.kind", "code": "changed", "message": "类型：街区 → 园区"}], (
        "the note is not for the firm"
    )
    assert get(firm, f"{PATH}/{number}")["title"] == "甲街区", "nothing was overwritten"
    assert send(firm, "PATCH", f"{PATH}/{number}", {"revision": 2, "values": {"heading": "新名", "kind": None}})["revision"] == 3
    assert get(firm, f"{PATH}/{number}")["values"] == {"heading": "新名"}, "null clears"


def test_who_may_not_change_an_entry_is_refused(people: People, api: Api) -> None:
    number = file_pilot(api(people.firm))["number"]
    send(api(), "PATCH", f"{PATH}/{number}", {"revision": 1, "values": {"heading": "新名"}}, 401)
    send(api(people.other_firm), "PATCH", f"{PATH}/{number}", {"revision": 1, "values": {"heading": "新名"}}, 403)
    send(api(people.firm, "registers:read"), "PATCH", f"{PATH}/{number}", {"revision": 1, "values": {"heading": "新名"}}, 403)


# ------------------------------------------------------------------------------------------------------------------- steps
def test_a_step_tells_what_is_missing_and_then_goes(people: People, api: Api) -> None:
    officer = api(people.officer)
    number = file_pilot(officer, people.firm)["number"]
    (next_step,) = get(officer, f"{PATH}/{number}")["steps"]
    assert (next_step["code"], next_step["to_state"], next_step["needs_reason"]) == ("start", "running", False)
    assert {(one["field"], one["code"]) for one in next_step["missing"]} == {
        ("begins_on", "missing_field"), ("proof", "missing_evidence"), ("budget", "missing_field")
    }  # fmt: skip
    assert get(api(people.firm), f"{PATH}/{number}")["steps"] == [], "the step is the officer's"
    place = f"{PATH}/{number}/steps/start"
    refused = post(officer, place, {"revision": 1}, 422)
    assert {one["at"] for one in refused["fields"]} == {"body.values.begins_on", "body.values.proof", "body.values.budget"}
    values = {"begins_on": "2026-03-02", "proof": [proof(officer)], "budget": "101万元"}
    refused = post(officer, place, {"revision": 1, "values": values}, 422)
    assert [(one["at"], one["code"]) for one in refused["fields"]] == [("body.reason", "missing_reason")]
    done = post(officer, place, {"revision": 1, "values": values, "reason": "市级重点"})
    assert (done["state"], done["revision"], done["due_on"]) == ("running", 2, None)
    assert get(officer, f"{PATH}/{number}/history")[0]["exceptions"] == ["预算 1,010,000 元 超过 100 万元"]
    assert [stay["state"] for stay in get(officer, f"{PATH}/{number}")["stays"]] == ["filed", "running"]
    post(officer, f"{PATH}/{number}/steps/finish", {"revision": 1}, 409)
    early = post(officer, f"{PATH}/{number}/steps/finish", {"revision": 2, "on": "2020-01-01"}, 422)
    assert [(one["at"], one["code"]) for one in early["fields"]] == [("body.on", "too_early")]


def test_an_entry_is_voided_and_restored_with_a_reason(people: People, api: Api) -> None:
    officer = api(people.officer)
    number = file_pilot(officer, people.firm)["number"]
    post(officer, f"{PATH}/{number}/void", {"reason": ""}, 422)
    post(api(people.firm), f"{PATH}/{number}/void", {"reason": "错"}, 403)
    assert post(officer, f"{PATH}/{number}/void", {"reason": "重复登记"})["voided"] is True
    assert (get(officer, PATH)["count"], get(officer, f"{PATH}?voided=1")["count"]) == (0, 1)
    assert send(officer, "PATCH", f"{PATH}/{number}", {"revision": 2, "values": {}}, 409)["code"] == "entry_voided"
    assert post(officer, f"{PATH}/{number}/restore", {"reason": "不重复"})["voided"] is False
    assert get(officer, PATH)["count"] == 1


def test_a_step_with_many_entries_each_goes_or_stays_whole(people: People, api: Api) -> None:
    officer = api(people.officer)
    ready = {"begins_on": "2026-03-02", "budget": 100}
    numbers = [file_pilot(officer, people.firm, proof=[proof(officer)], **ready)["number"] for _one in range(2)]
    numbers.append(file_pilot(officer, people.firm, **ready)["number"])
    place = "/registers/pilots/steps/start"
    preview = post(officer, f"{place}/preview", {"query": "f.kind=street"})
    assert (preview["allowed"], preview["refused"]) == (2, 1)
    refused = next(one for one in preview["entries"] if not one["allowed"])
    assert (refused["number"], [one["field"] for one in refused["problems"]]) == (numbers[2], ["proof"])
    assert len(post(officer, f"{place}/preview", {"numbers": numbers[:1]})["entries"]) == 1
    assert post(officer, f"{place}/preview", {}, 422)["code"] == "invalid"
    assert post(officer, f"{place}/preview", {"query": "stat=filed"}, 422)["fields"][0]["at"] == "body.query.stat"
    post(officer, "/registers/pilots/steps/fly/preview", {"query": ""}, 404)
    send(officer, "PATCH", f"{PATH}/{numbers[1]}", {"revision": 1, "values": {"kind": "park"}})
    revisions = {one["number"]: one["revision"] for one in preview["entries"]} | {"PLT-1999-0001": 1}
    done = post(officer, place, {"revisions": revisions})
    assert done["taken"] == 1
    assert {one["number"] for one in done["stayed"]} == {numbers[1], numbers[2], "PLT-1999-0001"}, "changed since, not ready, not there"
    assert {one["number"]: one["state"] for one in get(officer, PATH)["items"]} == {
        numbers[0]: "running", numbers[1]: "filed", numbers[2]: "filed"
    }  # fmt: skip


def test_the_workbook_goes_out_and_comes_back_with_conflicts(people: People, api: Api) -> None:
    officer = api(people.officer)
    number = file_pilot(officer, people.firm)["number"]
    book = load_workbook(io.BytesIO(officer.get("/api/v1/registers/pilots/workbook.xlsx").getvalue()))
    sheet = book.worksheets[0]
    titled = next(cell.column for cell in sheet[1] if cell.value == "名称")
    sheet.cell(2, titled).value = "改了的名"
    send(officer, "PATCH", f"{PATH}/{number}", {"revision": 1, "values": {"heading": "别人改的"}})
    out = io.BytesIO()
    book.save(out)

    def upload() -> Any:
        return officer.post("/api/v1/registers/pilots/workbook", {"file": SimpleUploadedFile("a.xlsx", out.getvalue())}).json()

    held = upload()
    assert (held["changed"], held["conflicts"], held["bad"]) == (1, 1, 0)
    (cell,) = held["rows"][0]["changes"]
    assert (cell["base"], cell["mine"], cell["theirs"], cell["conflict"]) == ("甲街区", "改了的名", "别人改的", True)
    assert get(officer, f"{PATH}/{number}")["title"] == "别人改的", "holding it against the entries changes nothing"
    place = "/registers/pilots/workbook/apply"
    kept = {"file_id": held["file_id"], "keep_theirs": [{"number": number, "field": "heading"}]}
    assert post(officer, place, kept) == {"changed": 0, "added": 0, "stayed": []}
    assert post(officer, place, {"file_id": held["file_id"]})["changed"] == 1
    assert get(officer, f"{PATH}/{number}")["title"] == "改了的名"
    post(api(people.administrator), place, {"file_id": held["file_id"]}, 404)


# ------------------------------------------------------------------------------------------------------ what stands beside
def test_the_schema_says_what_an_entry_may_hold(people: People, api: Api) -> None:
    number = file_pilot(api(people.firm), budget=5, share="1.25", begins_on="2026-01-05")["number"]
    schema = get(api(), "/registers/pilots/schema")
    held = jsonschema_rs.validator_for(schema["values"])
    assert held.is_valid(get(api(people.officer), f"{PATH}/{number}")["values"])
    for wrong in (
        {},
        {"heading": "a", "budget": -1},
        {"heading": "a", "kind": "square"},
        {"heading": "a", "share": 1.25},
        {"heading": "a", "x": 1},
    ):
        assert not held.is_valid(wrong)
    budget = next(one for one in schema["fields"] if one["code"] == "budget")
    assert (budget["visible"], budget["required_in"], budget["minimum"], budget["can_sort"]) == ("parties", ["running", "ended"], "0", True)
    assert [one["code"] for one in schema["states"][0]["edit"]] == ["creator", "subject", "officer"]
    assert schema["steps"][0]["evidence"] == ["proof"]
    english = Client(headers={"accept-language": "en"}).get("/api/v1/registers/pilots/schema").json()
    assert english["values"]["properties"]["budget"]["title"] == "Budget"


def test_the_catalogue_counts_what_the_caller_may_see(people: People, api: Api) -> None:
    file_pilot(api(people.firm))
    (line,) = get(api(), "/registers?search=试点")["items"]
    assert (line["code"], line["count"], line["late"]) == ("pilots", 1, 0)
    assert get(api(), "/registers?chain=capital")["count"] == get(api(), "/registers?search=没有")["count"] == 0
    assert get(api(), "/registers/pilots")["may_create"] is False
    assert get(api(people.firm), "/registers/pilots")["may_create"] is True
    get(api(), "/registers/nothing", 404)


def test_counters_stand_against_their_target_and_hide_what_one_firm_reported(people: People, api: Api) -> None:
    officer = api(people.officer)

    def counter(code: str, client: Client) -> Any:
        return next(one for one in get(client, "/registers/pilots/counters?region=120106") if one["code"] == code)

    for count, standing in enumerate(("below", "within", "within", "above"), start=1):
        file_pilot(officer, people.firm, budget=1_000_000)
        found = counter("filed_now", officer)
        assert (found["value"], found["standing"]) == (str(count), standing)
    assert found["breakdown"] == [{"field": "kind", "label": "类型", "rows": [{"value": "street", "label": "街区", "number": "4"}]}]
    assert counter("budget_now", officer)["value"] == "4", "ten thousand yuan"
    assert counter("budget_now", officer)["breakdown"][0]["rows"][0]["number"] == "4"
    assert counter("budget_now", api())["breakdown"] == []
    assert get(api(), f"/figures/{found['metric']}")["value"] == "4"


def test_cadence_lists_the_missing_months(people: People, api: Api) -> None:
    file_pilot(api(people.firm), begins_on="2026-01-05")
    (rule,) = get(api(), "/registers/pilots/cadence?year=2026&on=2026-03-10&region=120106")
    assert [(one["label"], one["state"]) for one in rule["periods"]] == [("2026-01", "kept"), ("2026-02", "missing"), ("2026-03", "open")]
    assert rule["missing"] == 1


def test_an_edition_is_frozen_and_public_ones_hold_public_columns(people: People, api: Api) -> None:
    officer, nobody = api(people.officer), api()
    place = "/registers/pilots/editions"
    assert post(officer, place, {"region": "120106"}, 422)["code"] == "empty_edition"
    number = file_pilot(officer, people.firm, budget=100)["number"]
    inner = post(officer, place, {"region": "120106"}, 201)
    public = post(officer, place, {"region": "120106", "public": True, "name": "首期"}, 201)
    assert (get(officer, place)["count"], get(nobody, place)["count"]) == (2, 1)
    get(nobody, f"/register-editions/{inner['id']}", 404)
    send(officer, "PATCH", f"{PATH}/{number}", {"revision": 1, "values": {"heading": "改名"}})
    found = get(nobody, f"/register-editions/{public['id']}")
    assert ([one["code"] for one in found["columns"]], found["items"]) == (["heading"], [{"number": number, "cells": ["甲街区"]}])
    assert "甲街区" in nobody.get(f"/api/v1/register-editions/{public['id']}/rows.csv").getvalue().decode()
    post(officer, place, {"region": "120104"}, 403)


def test_views_are_kept_shared_and_deleted(people: People, api: Api) -> None:
    officer, firm, place = api(people.officer), api(people.firm), "/registers/pilots/views"
    assert post(firm, place, {"name": "我的", "query": "f.knd=x"}, 422)["fields"][0]["at"] == "body.query.f.knd"
    post(firm, place, {"name": "我的", "query": "f.kind=park"}, 201)
    post(firm, place, {"name": "共享", "query": "", "shared": True}, 403)
    shared = post(officer, place, {"name": "共享", "query": "state=filed&sort=-begins_on", "shared": True}, 201)
    assert [(one["name"], one["is_own"]) for one in get(firm, place)] == [("共享", False), ("我的", True)]
    assert firm.delete(f"/api/v1/register-views/{shared['id']}").status_code == 404
    assert officer.delete(f"/api/v1/register-views/{shared['id']}").status_code == 204


def test_the_to_do_lists_what_waits_for_the_caller(people: People, api: Api) -> None:
    number = file_pilot(api(people.firm))["number"]
    later = timezone.localdate() + timedelta(days=40)
    (waiting,) = get(api(people.officer), f"/register-todo?on={later}&register_code=pilots")["items"]
    assert (waiting["number"], waiting["steps"]) == (number, ["批准"])
    assert waiting["late_days"] > 0
    assert get(api(people.firm), "/register-todo")["count"] == 0


def test_what_links_to_an_entry_stands_at_it(people: People, api: Api) -> None:
    officer = api(people.officer)
    first = file_pilot(officer, people.firm)
    second = file_pilot(officer, people.firm, heading="二期", follows=first["id"])
    (found,) = get(api(), f"{PATH}/{first['number']}")["backlinks"]
    assert (found["field"], [one["id"] for one in found["entries"]]) == ("follows", [second["id"]])
    assert get(officer, "/register-references/pilots?search=二期")[0]["id"] == second["id"]
    person = post(officer, "/named-people", {"name": "林某某"}, 201)
    assert [one["id"] for one in get(officer, "/register-references/person?search=林某")] == [person["id"]]
    get(officer, "/register-references/nothing?search=x", 404)


# -------------------------------------------------------------------------------------------------------------- definitions
def test_a_definition_is_checked_planned_and_adopted(people: People, api: Api) -> None:
    administrator = api(people.administrator)
    file_pilot(api(people.firm))
    check, adopt = "/register-definitions/check", "/register-definitions"
    assert get(api(), "/registers/pilots/definition")["text"] == PILOTS
    assert post(administrator, check, {"text": PILOTS})["same"] is True
    flawed = post(administrator, check, {"text": PILOTS.replace("subject: organisation", "subject: people")})
    assert [one["line"] for one in flawed["flaws"]] == [PILOTS[: PILOTS.index("subject:")].count("\n") + 1]
    orphaning = PILOTS.replace("      - {code: street, label: {zh: 街区, en: Street}}\n", "")
    plan = post(administrator, check, {"text": orphaning})
    assert (plan["can_adopt"], [one["entries"] for one in plan["consequences"] if one["refuses"]]) == (False, [1])
    refused = post(administrator, adopt, {"text": orphaning}, 409)
    assert (refused["code"], refused["fields"][0]["at"]) == ("adoption_refused", "body.text")
    better = PILOTS.replace("zh: 内部意见", "zh: 工作意见")
    assert post(administrator, check, {"text": better})["can_adopt"] is True
    assert post(administrator, adopt, {"text": better})["version"] == 2
    post(api(people.officer), adopt, {"text": better}, 403)


@pytest.mark.parametrize("text", ["a: 2026-13-45", "? [a]\n: 1", "&a [*a]", "a: &a {b: *a}", "[" * 5_000, "a: 0b_", "x", "\t"])
def test_what_is_no_definition_is_told_not_a_fault(people: People, api: Api, text: str) -> None:
    assert post(api(people.administrator), "/register-definitions/check", {"text": text})["flaws"]
