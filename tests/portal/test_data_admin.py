"""The data admin shows every table of ours to the installation's administrators, and changes none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client, RequestFactory

from wulian.foundation.access import Actor, Role

ClientOf = Callable[[Actor], Client]


def test_every_table_of_ours_is_there_and_nothing_else() -> None:
    registered = set(admin.site._registry)
    assert registered == {model for model in apps.get_models() if model._meta.app_config.name.startswith("wulian.")}


def test_nothing_can_be_added_changed_or_deleted(administrator: Actor) -> None:
    request = RequestFactory().get("/")
    request.actor = administrator  # type: ignore[attr-defined]
    for one in admin.site._registry.values():
        assert one.has_view_permission(request)
        assert not one.has_add_permission(request)
        assert not one.has_change_permission(request)
        assert not one.has_delete_permission(request)


@pytest.mark.parametrize(
    "path", ["/data-admin/", "/data-admin/directory/region/", "/data-admin/foundation/user/", "/data-admin/foundation/auditevent/?q=x"]
)
def test_only_these_pages_may_evaluate_script(path: str, administrator: Actor, client_of: ClientOf) -> None:
    client = client_of(administrator)
    response = client.get(path)
    assert response.status_code == 200
    assert "'unsafe-eval'" in response["Content-Security-Policy"]
    assert "unsafe-eval" not in client.get("/notices/")["Content-Security-Policy"]


def test_a_record_shows_no_secret(administrator: Actor, client_of: ClientOf) -> None:
    page = client_of(administrator).get(f"/data-admin/foundation/user/{administrator.user_id}/change/").content.decode()
    assert "display_name" in page or "姓名" in page
    assert "md5$" not in page
    assert "field-password" not in page


def test_the_tables_do_not_stop_at_a_border_so_districts_are_refused(
    account: Callable[..., Actor], officer: Actor, client_of: ClientOf
) -> None:
    district = account(Role.ADMINISTRATOR, region="120106", unit="红桥区科技局")
    assert client_of(officer).get("/data-admin/").status_code == 403
    refused = client_of(district).get("/data-admin/directory/region/", follow=True)
    assert refused.status_code == 403
    assert "需要整个平台的管理员身份" in refused.content.decode()
