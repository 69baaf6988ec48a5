"""The administration pages, as an administrator uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from wulian.directory.models import Membership, Person
from wulian.foundation.access import Actor, Role
from wulian.foundation.models import User

PAGES = ["/admin/people/", "/admin/people/add/", "/admin/units/", "/admin/access/", "/admin/audit/", "/admin/jobs/"]
ClientOf = Callable[[Actor], Client]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_administrators(path: str, administrator: Actor, reporter: Actor, anonymous: Actor, client_of: ClientOf) -> None:
    assert client_of(administrator).get(path).status_code == 200
    refused = client_of(reporter).get(path)
    assert refused.status_code == 403
    assert "需要" in refused.content.decode()
    assert client_of(anonymous).get(path)["Location"].startswith("/account/login/?next=")


def test_a_person_is_added_given_a_role_and_signs_in_with_an_own_password(
    administrator: Actor, officer: Actor, client_of: ClientOf
) -> None:
    client = client_of(administrator)
    answer = client.post("/admin/people/add/", {"name": "张三", "username": "zhang"})
    assert "no-store" in answer["Cache-Control"]
    password = re.search(r"[a-z2-9]{4}(?:-[a-z2-9]{4}){3}", answer.content.decode())
    assert password is not None
    person = Person.objects.get(name="张三")
    form = {"unit": "红桥区科技局", "role": "officer", "region": "120106", "valid_from": "2020-01-01"}
    assert client.post(f"/admin/people/{person.pk}/memberships/", form).status_code == 302
    membership = Membership.objects.get(person=person)
    assert (membership.role, membership.region_id, membership.valid_to) == ("officer", "120106", None)

    newcomer = Client()
    signed = newcomer.post("/account/login/", {"login": "zhang", "password": password[0]})
    assert signed["Location"] == "/account/password/change/"
    assert newcomer.get("/notices/")["Location"] == "/account/password/change/", "a one-time password opens nothing else"
    own = "an own long pass phrase"
    changed = newcomer.post("/account/password/change/", {"oldpassword": password[0], "password1": own, "password2": own})
    assert changed.status_code == 302
    assert not User.objects.get(username="zhang").must_change_password
    assert newcomer.get("/notices/").status_code == 200


def test_a_wrong_membership_keeps_what_was_typed(administrator: Actor, officer: Actor, client_of: ClientOf) -> None:
    person = Person.objects.get(user_id=officer.user_id)
    client = client_of(administrator)
    answer = client.post(
        f"/admin/people/{person.pk}/memberships/", {"unit": "没有的局", "role": "officer", "region": "120106", "valid_from": "2020-01-01"}
    )
    assert answer.status_code == 422
    assert "没有这个单位" in answer.content.decode()
    assert 'value="没有的局"' in answer.content.decode()
    form = {"unit": "红桥区科技局", "role": "officer", "region": "", "valid_from": "2020-01-01"}
    answer = client.post(f"/admin/people/{person.pk}/memberships/", form)
    assert answer.status_code == 422
    assert "要有管辖区域" in answer.content.decode()


def test_ending_a_membership_from_the_page(administrator: Actor, officer: Actor, client_of: ClientOf) -> None:
    membership = Membership.objects.get(person__user_id=officer.user_id)
    client = client_of(administrator)
    assert client.post(f"/admin/memberships/{membership.pk}/end/", {"valid_to": "2026-03-02"}).status_code == 422
    assert client.post(f"/admin/memberships/{membership.pk}/end/", {"valid_to": "2026-03-02", "reason": "调离"}).status_code == 302
    membership.refresh_from_db()
    assert membership.valid_to == date(2026, 3, 2)


def test_revoking_a_membership_from_the_page(administrator: Actor, officer: Actor, client_of: ClientOf) -> None:
    membership = Membership.objects.get(person__user_id=officer.user_id)
    client = client_of(administrator)
    assert client.post(f"/admin/memberships/{membership.pk}/revoke/", {}).status_code == 422
    assert client.post(f"/admin/memberships/{membership.pk}/revoke/", {"reason": "给错了人"}).status_code == 302
    assert "已撤销" in client.get(f"/admin/people/{membership.person_id}/").content.decode()
    refused = client_of(officer).get("/imports/")
    assert refused.status_code == 403, "it holds at once"


def test_units_complete_as_one_types(officer: Actor, client_of: ClientOf) -> None:
    answer = client_of(officer).get("/admin/units/match/", {"unit": "科技局"}).content.decode()
    assert '<option value="红桥区科技局">' in answer


def test_the_matrix_is_worked_out_from_the_guards(administrator: Actor, client_of: ClientOf) -> None:
    response = client_of(administrator).get("/admin/access/")
    roles, groups = response.context["roles"], response.context["groups"]
    assert len(roles) == 1 + len(Role)
    for group in groups:
        row = dict(zip(roles, group["allowed"], strict=True))
        if "/admin/people/" in group["paths"]:
            assert [role for role, allowed in row.items() if allowed] == [str(Role.ADMINISTRATOR.label)]
        if "/reference/components/" in group["paths"]:
            assert all(group["allowed"])
    assert any("/admin/people/<person_id>/" in group["paths"] for group in groups)


def test_a_token_is_shown_once_and_revoked(officer: Actor, reporter: Actor, client_of: ClientOf) -> None:
    client = client_of(officer)
    page = client.post("/account/tokens/", {"name": "政务平台", "scopes": ["plans:read"], "days": "90"}).content.decode()
    secret = re.search(r"wulian_[\w-]{20,}", page)
    assert secret is not None
    again = client.get("/account/tokens/").content.decode()
    assert secret[0] not in again
    assert "政务平台" in again
    token = User.objects.get(pk=officer.user_id).tokens.get()
    assert client_of(reporter).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
    assert "已作废" in client.get("/account/tokens/").content.decode()
    assert client.post("/account/tokens/", {"name": "x", "days": "90"}).status_code == 422
