"""The first administrator of a new site, made from the command line, can sign in and do an administrator's work."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.test import Client

from wulian.cli.account import account
from wulian.directory.models import Membership
from wulian.foundation.access import Role

ARGUMENTS = ["add-administrator", "first", "--name", "张三", "--unit", "红桥区科技局", "--region", "120106"]


def test_the_first_administrator_signs_in_and_must_change_the_password(tianjin: None, client: Client) -> None:
    result = CliRunner().invoke(account, ARGUMENTS)
    assert result.exit_code == 0, result.output
    membership = Membership.objects.get(person__user__username="first")
    assert (membership.role, membership.region_id, membership.organisation.name) == (Role.ADMINISTRATOR, "120106", "红桥区科技局")
    password = result.output.split()[1]
    answer = client.post("/account/login/", {"login": "first", "password": password})
    assert answer.status_code == 302
    assert client.get("/imports/").headers["Location"].startswith("/account/password/change/")


def test_a_second_administrator_joins_the_same_unit(tianjin: None) -> None:
    for name in ("first", "second"):
        assert CliRunner().invoke(account, [ARGUMENTS[0], name, *ARGUMENTS[2:]]).exit_code == 0
    assert len(set(Membership.objects.values_list("organisation_id", flat=True))) == 1


@pytest.mark.django_db
def test_an_unknown_region_writes_nothing(tianjin: None) -> None:
    result = CliRunner().invoke(account, [*ARGUMENTS[:-1], "999999"])
    assert result.exit_code != 0
    assert not Membership.objects.exists()
