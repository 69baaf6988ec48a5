"""API tokens: shown once, kept as a hash, valid until revoked or expired, and never wider than asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from wulian.foundation.access import Actor, Role
from wulian.foundation.models import ApiToken, AuditEvent, User
from wulian.foundation.tokens import SCOPES, TokenRefused, authenticate, covers, issue_token, list_tokens, note_use, revoke_token
from wulian.kernel.errors import Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def issue(by: Actor, now: datetime, *, days: int = 30, scopes: tuple[str, ...] = ("plans:read",)) -> tuple[ApiToken, str]:
    return issue_token(name="报表脚本", scopes=scopes, expires_at=now + timedelta(days=days), by=by, at=now)


def test_the_secret_is_kept_nowhere(officer: Actor, now: datetime) -> None:
    token, secret = issue(officer, now)
    row = str(ApiToken.objects.filter(pk=token.pk).values().get())
    assert secret not in row
    assert secret.startswith(token.prefix)
    assert secret not in str(list(AuditEvent.objects.values()))
    assert authenticate(secret=secret, at=now).user_id == officer.user_id


def test_issuing_and_revoking_are_in_the_audit_record(officer: Actor, now: datetime) -> None:
    token, secret = issue(officer, now)
    revoke_token(token_id=token.pk, by=officer, at=now, reason="换人")
    revoke_token(token_id=token.pk, by=officer, at=now)
    events = list(AuditEvent.objects.filter(object_type="foundation.apitoken").order_by("id").values_list("action", "reason"))
    assert events == [("token.issued", ""), ("token.revoked", "换人")]
    with pytest.raises(TokenRefused):
        authenticate(secret=secret, at=now)


def test_a_token_ends_on_its_expiry(officer: Actor, now: datetime) -> None:
    _, secret = issue(officer, now, days=1)
    authenticate(secret=secret, at=now + timedelta(days=1, seconds=-1))
    with pytest.raises(TokenRefused):
        authenticate(secret=secret, at=now + timedelta(days=1))


def test_a_closed_account_closes_its_tokens(officer: Actor, now: datetime) -> None:
    _, secret = issue(officer, now)
    User.objects.filter(pk=officer.user_id).update(is_active=False)
    with pytest.raises(TokenRefused):
        authenticate(secret=secret, at=now)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_expiry_is_bounded(officer: Actor, now: datetime, days: int) -> None:
    with pytest.raises(Invalid):
        issue(officer, now, days=days)


@pytest.mark.parametrize("scopes", [(), ("plans:everything",), ("plans:read", "x")])
def test_scopes_must_be_known(officer: Actor, now: datetime, scopes: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        issue(officer, now, scopes=scopes)


def test_neither_a_token_nor_a_visitor_issues_tokens(officer: Actor, anonymous: Actor, now: datetime) -> None:
    with pytest.raises(Denied):
        issue(replace(officer, scopes=frozenset(SCOPES)), now)
    with pytest.raises(Denied):
        issue(anonymous, now)


def test_only_the_owner_and_the_administrator_see_a_token(
    officer: Actor, reporter: Actor, administrator: Actor, account: Callable[..., Actor], now: datetime
) -> None:
    token, _ = issue(officer, now)
    district_administrator = account(Role.ADMINISTRATOR, unit="红桥区管理")
    assert list(list_tokens(viewer=reporter, everyone=True)) == []
    assert list(list_tokens(viewer=administrator)) == []
    assert list(list_tokens(viewer=administrator, everyone=True)) == [token]
    for stranger in (reporter, district_administrator):
        with pytest.raises(NotFound):
            revoke_token(token_id=token.pk, by=stranger, at=now)
    revoke_token(token_id=token.pk, by=administrator, at=now)


def test_use_is_noted_once_an_hour(officer: Actor, now: datetime) -> None:
    token, secret = issue(officer, now)
    note_use(token=token, at=now)
    for minutes, expected in ((59, now), (60, now + timedelta(minutes=60))):
        note_use(token=authenticate(secret=secret, at=now), at=now + timedelta(minutes=minutes))
        token.refresh_from_db()
        assert token.last_used_at == expected


def test_write_includes_read_of_the_same_subject_only() -> None:
    assert covers(["plans:write"], "plans:read")
    assert covers(["plans:read"], "plans:read")
    assert not covers(["plans:read"], "plans:write")
    assert not covers(["plans:write"], "tasks:read")
    assert {scope.partition(":")[2] for scope in SCOPES} == {"read", "write"}
