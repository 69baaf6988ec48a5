"""The gate in front of every operation: tokens, scopes, sessions with CSRF, and the limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from wulian.api.v1 import access_table
from wulian.api.v1.app import PerCaller
from wulian.foundation.access import Actor, Role
from wulian.foundation.models import ApiToken, AuditEvent
from wulian.foundation.tokens import SCOPES, revoke_token

pytestmark = pytest.mark.django_db
PLAN = {"title": "试验规划", "region": "120106", "first_year": 2026, "last_year": 2030}


def test_public_operations_need_no_sign_in(tianjin: None, api: Callable[..., Client]) -> None:
    assert api().get("/api/v1/regions").status_code == 200
    assert api().get("/api/v1/me").json() == {"signed_in": False, "name": "", "grants": [], "scopes": None}


def test_without_sign_in_the_rest_is_refused_in_one_form(tianjin: None, api: Callable[..., Client]) -> None:
    response = api().get("/api/v1/imports")
    assert response.status_code == 401
    assert set(response.json()) == {"code", "message", "params"}
    assert response.json()["code"] == "sign_in_needed"


def test_a_token_acts_as_its_owner(officer: Actor, api: Callable[..., Client]) -> None:
    response = api(officer, "plans:write").post("/api/v1/plans", PLAN, content_type="application/json")
    assert response.status_code == 201, response.content
    event = AuditEvent.objects.get(action="plan.created")
    assert event.user_id == officer.user_id
    assert "wulian_" in event.source


def test_a_token_can_do_no_more_than_its_scopes(officer: Actor, api: Callable[..., Client]) -> None:
    response = api(officer, "plans:read").post("/api/v1/plans", PLAN, content_type="application/json")
    assert (response.status_code, response.json()["code"], response.json()["params"]) == (403, "scope_missing", {"scope": "plans:write"})
    assert not AuditEvent.objects.filter(action="plan.created").exists()


def test_a_token_can_do_no_more_than_its_owner(account: Callable[..., Actor], api: Callable[..., Client]) -> None:
    enterprise = account(Role.ENTERPRISE, unit="天津试验科技有限公司")
    response = api(enterprise).post("/api/v1/plans", PLAN, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (403, "denied")


def test_a_scope_is_needed_even_for_what_is_public(officer: Actor, api: Callable[..., Client]) -> None:
    assert api(officer, "audit:read").get("/api/v1/plans").status_code == 403
    assert api(officer, "plans:write").get("/api/v1/plans").status_code == 200


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer ", "Basic dXNlcjpwYXNz", "wulian_x", "Bearer wulian_\u00e9"])
def test_a_bad_token_is_refused_also_where_none_is_needed(tianjin: None, header: str) -> None:
    response = Client().get("/api/v1/regions", headers={"authorization": header})
    assert response.status_code == 401
    assert response.json()["code"] in {"token_refused", "sign_in_needed"}


def test_expired_and_revoked_tokens_are_refused(officer: Actor, api: Callable[..., Client]) -> None:
    client = api(officer)
    token = ApiToken.objects.get()
    assert client.get("/api/v1/me").json()["signed_in"]
    revoke_token(token_id=token.pk, by=officer, at=timezone.now())
    assert client.get("/api/v1/me").status_code == 401
    client = api(officer)
    ApiToken.objects.filter(revoked_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize("operation", [name for name, (_guard, scope) in access_table.ACCESS.items() if scope == access_table.PAGES_ONLY])
def test_what_would_let_a_token_grow_is_for_the_pages_only(operation: str) -> None:
    assert operation in {"list_tokens", "issue_token", "revoke_token", "add_account", "reset_password"}


def test_a_token_cannot_issue_a_token(administrator: Actor, api: Callable[..., Client]) -> None:
    response = api(administrator).post("/api/v1/tokens", {"name": "x", "scopes": ["plans:read"]}, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (403, "pages_only")
    assert ApiToken.objects.count() == 1


def test_a_session_may_issue_a_token_that_works(officer: Actor, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(officer)
    issued = client.post("/api/v1/tokens", {"name": "脚本", "scopes": ["plans:read"]}, content_type="application/json")
    assert issued.status_code == 201, issued.content
    secret = issued.json()["secret"]
    assert Client().get("/api/v1/me", headers={"authorization": f"Bearer {secret}"}).json()["scopes"] == ["plans:read"]
    assert secret not in client.get("/api/v1/tokens").content.decode()


def test_a_session_writes_only_with_the_csrf_token(officer: Actor, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(officer)
    client.handler.enforce_csrf_checks = True
    refused = client.post("/api/v1/plans", PLAN, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    client.get("/account/login/")
    client.cookies["csrftoken"] = token = "a" * 32
    passed = client.post("/api/v1/plans", PLAN, content_type="application/json", headers={"x-csrftoken": token})
    assert passed.status_code == 201, passed.content


def test_a_token_needs_no_csrf_token(officer: Actor, token_of: Callable[..., str]) -> None:
    client = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {token_of(officer)}"})
    assert client.post("/api/v1/plans", PLAN, content_type="application/json").status_code == 201


def test_too_many_calls_are_told_when_to_come_back(tianjin: None, api: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(PerCaller, "parse_rate", lambda self, rate: (2, 60))
    from wulian.api.v1 import api as application

    throttles = {
        id(throttle): throttle
        for router in application._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
        for throttle in operation.throttle_objects
    }
    for throttle in throttles.values():
        monkeypatch.setattr(throttle, "num_requests", 2)
    answers = [api().get("/api/v1/regions", headers={"x-forwarded-for": f"10.0.0.{i}"}) for i in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "too_many_requests"
    assert int(answers[2].headers["Retry-After"]) > 0
    cache.clear()


def test_every_operation_has_a_gate_with_its_own_name_and_stands_in_the_table() -> None:
    from wulian.api.v1 import api as application
    from wulian.api.v1.access import Gate

    gates = {
        operation.operation_id: operation.auth_callbacks
        for router in application._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
    }
    assert {name: [Gate(name)] for name in gates} == gates
    assert set(gates) == set(access_table.ACCESS), "an operation without an entry, or an entry without an operation"


def test_an_operation_that_is_not_listed_is_refused(tianjin: None, api: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(access_table.ACCESS, "list_regions")
    response = api().get("/api/v1/regions")
    assert (response.status_code, response.json()["code"]) == (403, "denied")


# Questions that come with a file: they are posted, and nothing is written.
ASKED_WITH_A_FILE = {"find_candidates_of_file"}


def test_scopes_of_the_table_exist_and_writes_need_a_write_scope() -> None:
    from wulian.api.v1 import api as application

    methods = {
        operation["operationId"]: method
        for path in application.get_openapi_schema(path_prefix="")["paths"].values()
        for method, operation in path.items()
    }
    for name, (guard, scope) in access_table.ACCESS.items():
        if scope in (access_table.ANY, access_table.PAGES_ONLY):
            continue
        assert scope in SCOPES, name
        assert (methods[name] == "get" or name in ASKED_WITH_A_FILE) == scope.endswith(":read"), name
        assert methods[name] == "get" or guard.signed_in, f"{name} writes and is public"
