"""Signing in: no session fixation, throttled, nothing given away, and a one-time password opens one page only."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from wulian.foundation.access import Actor
from wulian.foundation.files import WrongFileType, store_upload
from wulian.foundation.models import AuditEvent, StoredFile, User

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def fresh_limits() -> Any:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, username: str, password: str = PASSWORD) -> Any:
    return client.post("/account/login/", {"login": username, "password": password})


def username_of(actor: Actor) -> str:
    return str(get_user_model().objects.get(pk=actor.user_id).get_username())


def test_signing_in_changes_the_session_key(officer: Actor) -> None:
    client = Client()
    client.get("/account/login/")
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    planted = session.session_key
    assert sign_in(client, username_of(officer)).status_code == 302
    assert client.session.session_key != planted
    assert client.get("/notices/").status_code == 200
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get("/notices/").status_code == 302


def test_signing_out_ends_the_session_and_takes_a_post(officer: Actor) -> None:
    client = Client()
    sign_in(client, username_of(officer))
    client.get("/account/logout/")
    assert client.get("/notices/").status_code == 200
    key = client.session.session_key
    client.post("/account/logout/")
    assert client.get("/notices/").status_code == 302
    stranger = Client()
    stranger.cookies["sessionid"] = key
    assert stranger.get("/notices/").status_code == 302


def test_failed_sign_ins_are_throttled_even_with_the_right_password_then(officer: Actor) -> None:
    client = Client()
    for _attempt in range(5):
        sign_in(client, username_of(officer), "wrong password")
    sign_in(client, username_of(officer))
    assert client.get("/notices/").status_code == 302, "the sixth attempt within five minutes is not even tried"


def test_the_answer_does_not_tell_whether_an_account_exists(officer: Actor) -> None:
    def message(username: str) -> str:
        cache.clear()
        text = sign_in(Client(), username, "wrong password").content.decode()
        return text.replace(username, "")

    def without_tokens(text: str) -> str:
        import re

        return re.sub(
            r'value="[\w-]{32,}"|nonce="[^"]+"|X-CSRFToken&quot;: &quot;\w+',
            "",
            re.sub(r"csrf[^\"]{0,40}\"[\w-]{20,}\"", "", text, flags=re.I),
        )

    assert len(without_tokens(message(username_of(officer)))) == len(without_tokens(message("nobody-here")))


def test_resetting_a_password_does_not_tell_whether_an_account_exists(officer: Actor) -> None:
    user = User.objects.get(pk=officer.user_id)
    user.email = "officer@example.org"
    user.save()
    known = Client().post("/account/password/reset/", {"email": "officer@example.org"})
    cache.clear()
    unknown = Client().post("/account/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"]) == (
        302, "/account/password/reset/done/",
    )  # fmt: skip
    assert [message.to for message in mail.outbox if "officer@example.org" in message.to], "the person gets the letter"


def test_nobody_signs_up(tianjin: None) -> None:
    client = Client()
    values = {"username": "intruder", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/account/signup/", values).status_code in (200, 403)
    assert not User.objects.filter(username="intruder").exists()


def test_a_closed_account_cannot_sign_in_and_loses_its_session(officer: Actor, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(officer)
    assert client.get("/notices/").status_code == 200
    User.objects.filter(pk=officer.user_id).update(is_active=False)
    assert client.get("/notices/").status_code == 302
    fresh = Client()
    sign_in(fresh, username_of(officer))
    assert fresh.get("/notices/").status_code == 302


def test_a_one_time_password_opens_one_page_only(officer: Actor, client_of: Callable[[Actor], Client]) -> None:
    client = client_of(officer)
    User.objects.filter(pk=officer.user_id).update(must_change_password=True)
    refused = client.get("/notices/")
    assert (refused.status_code, refused.headers["Location"]) == (302, "/account/password/change/")
    by_api = client.get("/api/v1/notices")
    assert (by_api.status_code, by_api.json()["code"]) == (403, "password_change_needed")
    assert client.get("/account/password/change/").status_code == 200


def test_pages_refuse_a_post_without_the_csrf_token(officer: Actor) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=officer.user_id), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/notices/read/").status_code == 403


def test_cookies_are_out_of_reach_of_script_and_of_plain_http_when_https_is_on(officer: Actor, settings: Any) -> None:
    client = Client()
    sign_in(client, username_of(officer))
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    settings.SESSION_COOKIE_SECURE = True
    cache.clear()
    again = Client()
    sign_in(again, username_of(officer))
    assert again.cookies["sessionid"]["secure"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.txt", b"MZ\x90\x00\x03\x00\x00\x00 a program"),
        ("plan.pdf", b"\x7fELF\x02\x01\x01\x00"),
        ("plan.docx", b"<!doctype html><script>alert(1)</script>"),
        ("plan.png", b"%PDF-1.4 not a picture"),
    ],
)
def test_uploads_are_known_by_content_not_by_name(officer: Actor, name: str, content: bytes, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    allowed = {"plan.txt": ("text",), "plan.pdf": ("pdf",), "plan.docx": ("docx",), "plan.png": ("png",)}[name]
    with pytest.raises(WrongFileType):
        store_upload(by=officer, upload=io.BytesIO(content), name=name, at=timezone.now(), allowed=allowed)
    assert not StoredFile.objects.exists()


def test_a_stored_file_is_never_served_by_its_path(
    officer: Actor, client_of: Callable[[Actor], Client], settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    stored = store_upload(by=officer, upload=io.BytesIO(b"text"), name="../../etc/passwd.txt", at=timezone.now(), allowed=("text",))
    assert "/" not in stored.name
    assert stored.sha256[:32] in stored.file.name
    assert client_of(officer).get(f"/files/{stored.file.name}").status_code == 404


def test_a_program_uploaded_as_a_plan_is_refused_with_a_sentence(
    officer: Actor, client_of: Callable[[Actor], Client], settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    upload = SimpleUploadedFile("plan.pdf", b"MZ\x90\x00\x03\x00\x00\x00")
    response = client_of(officer).post("/api/v1/plan-uploads", {"file": upload, "region": "120106"})
    assert 400 <= response.status_code < 500
    assert "plan.pdf" in response.json()["message"]


def test_the_audit_record_cannot_be_changed_through_the_data_admin(administrator: Actor, client_of: Callable[[Actor], Client]) -> None:
    User.objects.filter(pk=administrator.user_id).update(is_staff=True, is_superuser=True)
    event = AuditEvent.objects.create(at=timezone.now(), actor="某人", action="plan.edited", object_type="governance.plan", object_id="1")
    client = client_of(administrator)
    place = f"/data-admin/foundation/auditevent/{event.pk}"
    assert client.get(f"{place}/change/").status_code == 200
    assert client.post(f"{place}/change/", {"actor": "别人"}).status_code in (302, 403, 404)
    assert client.post(f"{place}/delete/", {"post": "yes"}).status_code in (302, 403, 404)
    event.refresh_from_db()
    assert event.actor == "某人"
