"""The shell that every page stands in: menu, theme, language, refusals in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import pytest_django
from django.test import Client, RequestFactory

from wulian.foundation.access import Actor
from wulian.foundation.models import User
from wulian.foundation.notices import notify
from wulian.portal.menu import MENU
from wulian.portal.middleware import page_before

ClientOf = Callable[[Actor], Client]
COMPONENTS = "/reference/components/"


def test_the_components_page_has_one_heading_and_no_inline_script(client: Client, tianjin: None) -> None:
    page = client.get(COMPONENTS).content.decode()
    assert page.count("<h1") == 1
    assert "<script>" not in page
    assert " onclick=" not in page
    assert 'class="skip" href="#main"' in page


def test_the_menu_offers_no_closed_door(officer: Actor, administrator: Actor, anonymous: Actor, client_of: ClientOf) -> None:
    def menu(actor: Actor) -> str:
        page = client_of(actor).get(COMPONENTS).content.decode()
        return page[page.index('<aside class="side">') : page.index("</aside>")]

    assert "人员与权限" in menu(administrator)
    assert "人员与权限" not in menu(officer)
    assert "审计记录" not in menu(officer)
    assert "待办与通知" not in menu(anonymous)


def test_the_menu_marks_where_one_is_once(administrator: Actor, client_of: ClientOf) -> None:
    page = client_of(administrator).get("/admin/units/").content.decode()
    side = page[page.index('<aside class="side">') : page.index("</aside>")]
    assert side.count('aria-current="page"') == 1
    assert side.index('aria-current="page"') < side.index("人员与权限")


def test_every_route_of_the_menu_is_named_once() -> None:
    routes = [entry.route for group in MENU for entry in group.entries]
    assert len(routes) == len(set(routes))


def test_a_chosen_region_and_date_go_along_to_other_pages(client: Client, tianjin: None) -> None:
    page = client.get(COMPONENTS, {"region": "120106", "on": "2022-06-30"}).content.decode()
    assert "红桥区" in page
    assert "?region=120106&amp;on=2022-06-30" in page


def test_people_land_on_their_own_region_and_the_public_on_the_sites(
    client: Client, client_of: ClientOf, officer: Actor, settings: pytest_django.fixtures.SettingsWrapper
) -> None:
    settings.HOME_REGION = "120000"
    where = "<strong>%s</strong>"
    own = client_of(officer)
    assert where % "天津市" in client.get(COMPONENTS).content.decode()
    assert where % "红桥区" in own.get(COMPONENTS).content.decode()
    assert where % "南开区" in own.get(COMPONENTS, {"region": "120104"}).content.decode()


def test_a_wrong_region_does_not_break_the_shell(client: Client, tianjin: None) -> None:
    assert client.get(COMPONENTS, {"region": "nowhere"}).status_code == 200


def test_a_wrong_date_is_refused_with_a_sentence_inside_the_shell(client: Client, tianjin: None) -> None:
    answer = client.get(COMPONENTS, {"on": "yesterday"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“yesterday”不是 2022-06-30 这样的日期" in page
    assert "<nav" in page


@pytest.mark.parametrize(("theme", "kept"), [("dark", "dark"), ("purple", "auto")])
def test_the_theme_is_kept_in_a_cookie_and_leads_only_inside(client: Client, tianjin: None, theme: str, kept: str) -> None:
    answer = client.post("/reference/theme/", {"theme": theme, "next": COMPONENTS})
    assert answer["Location"] == COMPONENTS
    assert client.cookies["theme"].value == kept
    assert ('data-theme="dark"' in client.get(COMPONENTS).content.decode()) is (kept == "dark")
    assert client.post("/reference/theme/", {"theme": "dark", "next": "https://evil.example/"})["Location"] == "/"


def test_the_language_is_switched_and_the_page_says_so(client: Client, tianjin: None) -> None:
    client.post("/i18n/setlang/", {"language": "en", "next": COMPONENTS})
    assert '<html lang="en"' in client.get(COMPONENTS).content.decode()


def test_the_demonstration_is_marked_on_every_page(client: Client, tianjin: None) -> None:
    assert "演示数据" not in client.get(COMPONENTS).content.decode()
    User.objects.create_user(username="demo", is_demo=True)
    assert "演示数据" in client.get(COMPONENTS).content.decode()


def test_a_page_that_is_not_there_says_that_nothing_is_lost(client: Client, tianjin: None) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "数据没有丢失" in answer.content.decode()


def test_an_expired_form_says_what_to_do(tianjin: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/reference/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "刷新后再提交" in answer.content.decode()


def test_sign_in_says_what_is_wrong_and_signing_up_is_closed(client: Client, tianjin: None) -> None:
    assert "登录五链" in client.get("/account/login/").content.decode()
    refused = client.post("/account/login/", {"login": "nobody", "password": "wrong"})
    assert refused.status_code == 200
    assert 'role="alert"' in refused.content.decode()
    assert "账号由管理员开通" in client.get("/account/signup/").content.decode()


@pytest.mark.parametrize("path", ["/account/2fa/", "/account/password/change/", "/account/2fa/totp/activate/", "/account/tokens/"])
def test_pages_of_the_own_account_are_in_our_shell(path: str, officer: Actor, client_of: ClientOf) -> None:
    page = client_of(officer).get(path, follow=True).content.decode()
    assert '<aside class="side">' in page
    assert page.count("<h1") == 1


def test_a_region_has_its_english_name_in_english(client: Client, tianjin: None) -> None:
    client.post("/i18n/setlang/", {"language": "en", "next": COMPONENTS})
    page = client.get(COMPONENTS, {"region": "120106"}).content.decode()
    assert "<strong>Hongqiao District</strong>" in page


def test_an_identity_provider_is_offered_once_it_is_configured(client: Client, tianjin: None, settings: Any) -> None:
    assert "统一身份认证" not in client.get("/account/login/").content.decode()
    app = {"provider_id": "oidc", "name": "统一身份认证", "client_id": "x", "secret": "y", "settings": {"server_url": "https://id.example"}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    page = client.get("/account/login/").content.decode()
    assert "统一身份认证" in page
    assert 'action="/account/oidc/oidc/login/?process=login"' in page


def test_unread_notices_are_counted_in_the_menu(officer: Actor, client_of: ClientOf, now: datetime) -> None:
    assert officer.user_id is not None
    notify(users=[officer.user_id], key="k", text="请填报", at=now)
    page = client_of(officer).get(COMPONENTS).content.decode()
    side = page[page.index('<aside class="side">') : page.index("</aside>")]
    assert '<span class="count act">1</span>' in side


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ("http://testserver/plans/new/?region=120106", "/plans/new/?region=120106"),
        ("https://evil.example/plans/new/", ""),
        ("", ""),
    ],
)
def test_a_refused_form_leads_back_to_where_it_came_from(before: str, back: str) -> None:
    request = RequestFactory().post("/plans/new/", headers={"Referer": before} if before else {})
    assert page_before(request) == back
