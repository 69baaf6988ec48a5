"""Errors have one form, in the language of the caller, also where no operation is reached."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from wulian.foundation.access import Actor

pytestmark = pytest.mark.django_db


def check(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/json")
    body = response.json()
    assert body["code"] == code
    assert body["message"]
    assert set(body) <= {"code", "message", "params", "fields"}
    return body


def test_no_such_address(tianjin: None, api: Callable[..., Client]) -> None:
    check(api().get("/api/v1/nothing"), 404, "not_found")
    check(api().get("/api/v2/plans"), 404, "not_found")
    check(api().get("/api/v1/"), 404, "not_found")


def test_wrong_method_names_the_right_ones(tianjin: None, api: Callable[..., Client]) -> None:
    response = api().put("/api/v1/plans")
    check(response, 405, "method_not_allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_missing_object(tianjin: None, api: Callable[..., Client]) -> None:
    body = check(api().get("/api/v1/plans/987654"), 404, "not_found")
    assert body["params"]["what"] == "规划"


def test_language_follows_the_header(tianjin: None) -> None:
    def message(language: str) -> str:
        return Client().get("/api/v1/plans/987654", headers={"accept-language": language}).json()["message"]

    assert message("zh-hans").startswith("找不到规划")
    assert message("en").endswith("from its list.")


def test_flaws_of_the_request_are_listed_each_with_its_place(officer: Actor, api: Callable[..., Client]) -> None:
    client = api(officer)
    body = {"title": "", "region": "120106", "first_year": "soon", "last_year": 2030, "extra": 1, "issued_on": "2026-13-01"}
    answer = check(client.post("/api/v1/plans", body, content_type="application/json"), 422, "invalid_input")
    assert answer["params"] == {"count": 4}
    fields = {field["at"]: field["message"] for field in answer["fields"]}
    assert fields == {
        "body.title": "太短，至少 1 个字",
        "body.first_year": "应是整数",
        "body.extra": "没有这一项，请删去",
        "body.issued_on": "应是 2022-06-30 这样的日期",
    }


def test_a_page_is_bounded(tianjin: None, api: Callable[..., Client]) -> None:
    answer = check(api().get("/api/v1/plans?limit=201"), 422, "invalid_input")
    assert answer["fields"] == [{"at": "query.limit", "code": "less_than_equal", "message": "不得大于 200"}]


@pytest.mark.parametrize("text", ["%00", "a%00b", "%1F"])
def test_control_characters_are_refused_before_the_database(tianjin: None, api: Callable[..., Client], text: str) -> None:
    check(api().get(f"/api/v1/plans?search={text}"), 422, "invalid_input")


def test_a_body_that_is_no_json(officer: Actor, api: Callable[..., Client]) -> None:
    check(api(officer).post("/api/v1/plans", "{", content_type="application/json"), 400, "bad_request")


def test_a_database_that_is_busy_is_told_as_such(tianjin: None, api: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    def locked() -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("wulian.api.v1.catalogues.list_regions", locked)
    check(api().get("/api/v1/regions"), 503, "storage_busy")


def test_a_fault_nobody_foresaw_gives_no_inside_away(tianjin: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("wulian.api.v1.catalogues.list_regions", fault)
    client = Client(raise_request_exception=False)
    body = check(client.get("/api/v1/regions"), 500, "server_error")
    assert "secret" not in str(body)


def test_an_upload_over_the_limit(officer: Actor, api: Callable[..., Client], settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1000
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = {"file": SimpleUploadedFile("a.txt", b"x" * 2000), "region": "120106"}
    check(api(officer).post("/api/v1/plan-uploads", files), 413, "upload_too_large")
