"""Every route of the installation stands in the access table, and opens to exactly those whom its guard names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from wulian.foundation.access import Actor
from wulian.foundation.models import User
from wulian.portal.access_table import LIBRARY_NAMESPACES, LIBRARY_ROUTES, access_table
from wulian.portal.guards import PUBLIC, Guard

from .routes import Route, address, own_routes, routes
from .world import World
from .writes import noticed_writes

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "enterprise", "reporter", "other_officer", "officer", "auditor", "administrator")
# Who reaches with their region what the guard lets them reach; the others may still be refused for the object.
INSIDE = {"officer", "administrator"}
# Routes that lead away by design: sign-in pages for someone who is signed in, steps of signing in taken out of turn.
LEADS_AWAY = {name for name in LIBRARY_ROUTES if name.startswith(("account_", "mfa_", "socialaccount_", "openid_connect_"))}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
INLINE = re.compile(
    rb"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:json|ld\+json)\")[^>]*>|\son[a-z]+=\"|javascript:", re.IGNORECASE
)


def client_for(actor: Actor) -> Client:
    client = Client(raise_request_exception=False)
    if actor.user_id is not None:
        client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def get(client: Client, path: str) -> Any:
    cache.clear()
    response = client.get(path)
    if response.streaming:
        response.getvalue()
    return response


def test_every_route_stands_in_the_table_and_no_entry_is_dead() -> None:
    table, found = access_table(), list(routes())
    unnamed = {route.view for route in found if not route.namespaces and not route.name}
    # The sign-in library's redirects from its old addresses; without a name they are refused like anything unlisted.
    assert unnamed <= {"django.views.generic.base.RedirectView"}, "a route without a name cannot stand in the access table"
    own = {route.name for route in own_routes()}
    optional = {name for name in table if name.startswith(("socialaccount_", "openid_connect_"))}
    assert own - set(table) == set(), "routes without an entry"
    assert set(table) - own - optional == set(), "entries without a route"
    assert {route.namespaces[0] for route in found if route.namespaces} == set(LIBRARY_NAMESPACES)


def test_an_unlisted_route_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    table = {name: guard for name, guard in access_table().items() if name != "plans"}
    monkeypatch.setattr("wulian.portal.middleware.access_table", lambda: table)
    client = client_for(world["administrator"])
    assert client.get("/plans/").status_code == 403
    assert client.get(f"/plans/{world.ids['plan']}/").status_code == 200
    assert client.get("/account/social/signup/").status_code == 403


def flaws_of_headers(response: Any) -> list[str]:
    """What is wrong with the headers of a page: the policy of its content above all."""
    parts = (part.split() for part in response.headers.get("Content-Security-Policy", "").split(";"))
    policy = {words[0]: words[1:] for words in parts if words}
    script = policy.get("script-src", policy.get("default-src", []))
    flaws = []
    if not script or {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:"} & set(script):
        flaws.append(f"script-src {script}")
    if policy.get("object-src") != ["'none'"] or policy.get("frame-ancestors") != ["'none'"] or policy.get("base-uri") != ["'self'"]:
        flaws.append(f"policy {policy}")
    return flaws + [
        f"{header}: {response.headers.get(header)}" for header, value in HEADERS.items() if response.headers.get(header) != value
    ]


def flaws_of_outcome(route: Route, guard: Guard, actor: Actor, response: Any, *, inside: bool) -> list[str]:
    """Whether the route opened to those whom its guard names, and to nobody else."""
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/account/login/?next=")
    refused = to_sign_in if not actor.signed_in else response.status_code == 403
    if response.status_code >= 500:
        return ["fault"]
    if not guard.allows(actor):
        return [] if refused else ["should be refused"]
    leads_away = route.name in LEADS_AWAY
    return ["should be reached"] if (to_sign_in and not leads_away) or (response.status_code == 403 and inside) else []


@pytest.mark.parametrize("role", ROLES)
def test_every_page_for_every_role(world: World, role: str) -> None:
    """Each page opens to whom its guard names, changes nothing by being opened, carries the headers, and has no inline script."""
    actor, table = world[role], access_table()
    client, wrong, pages = client_for(actor), [], 0
    for route in own_routes():
        guard, path = table[route.name], address(route, world)
        with transaction.atomic():
            with noticed_writes() as writes:
                response = get(client, path)
            transaction.set_rollback(True)
        flaws = flaws_of_outcome(route, guard, actor, response, inside=role in INSIDE)
        if writes and route.name not in LIBRARY_ROUTES:
            flaws.append(f"writes {writes}")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            flaws += flaws_of_headers(response)
            if not response.streaming:
                pages += 1
                flaws += [f"inline {found.group()[:80]!r}" for found in INLINE.finditer(response.content)]
        place = response.headers.get("Location", "")
        wrong += [f"{route.name} {path} ({guard.name}) {response.status_code} {place}: {flaw}" for flaw in flaws]
    assert not wrong, "\n".join(wrong)
    assert pages > 20


def test_data_admin_opens_to_administrators_only(world: World) -> None:
    for role in ROLES:
        response = get(client_for(world[role]), "/data-admin/")
        if role == "anonymous":
            assert response.status_code == 302
        elif role == "administrator":
            assert response.status_code in (200, 302), role  # the admin site asks for is_staff on top
        else:
            assert response.status_code == 403, role


def test_public_routes_of_libraries_are_few_and_named() -> None:
    """Whoever makes a library's route public must say so here as well."""
    public = {name for name, guard in LIBRARY_ROUTES.items() if guard is PUBLIC}
    assert public == {
        "account_login", "account_logout", "account_signup", "account_inactive", "account_reset_password",
        "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
        "account_confirm_email", "account_email_verification_sent", "mfa_authenticate", "account_confirm_login_code", "socialaccount_login_cancelled",
        "socialaccount_login_error", "socialaccount_signup", "openid_connect_login", "openid_connect_callback", "set_language",
    }  # fmt: skip
    assert settings.ROOT_URLCONF == "wulian.urls"
