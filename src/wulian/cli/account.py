"""`wulian account …`: the first administrator of a new site; everybody else is added on the pages."""

from __future__ import annotations

import click

from .django_setup import start_django


@click.group()
def account() -> None:
    """账号。 / Accounts."""


@account.command("add-administrator")
@click.argument("username")
@click.option("--name", required=True, help="姓名 / name of the person")
@click.option("--unit", required=True, help="所在单位，没有就新建 / the person's unit, added when it does not exist")
@click.option("--region", default=None, help="管辖区域代码，默认本站区域 / region code, by default the site's region")
def add_administrator(username: str, name: str, unit: str, region: str | None) -> None:
    """添加一名管理员，打印一次性口令。 / Add an administrator and print a one-time password."""
    start_django()
    from django.conf import settings
    from django.db import transaction
    from django.utils import timezone

    from wulian.directory.selectors.people import find_unit
    from wulian.directory.selectors.regions import get_region
    from wulian.directory.services.people import add_account, add_membership
    from wulian.directory.services.units import add_unit
    from wulian.foundation.access import Role, system

    by, at, code = system("wulian account"), timezone.now(), region or settings.HOME_REGION
    get_region(code)
    with transaction.atomic():
        place = find_unit(name=unit, region_code=code) or add_unit(by=by, at=at, name=unit, region_code=code)
        person, password = add_account(by=by, at=at, username=username, name=name)
        add_membership(
            by=by,
            at=at,
            person_id=person.pk,
            organisation_id=place.pk,
            role=Role.ADMINISTRATOR,
            region_code=code,
            valid_from=timezone.localdate(),
        )
    click.echo(f"{username}  {password}\n首次登录后请改口令 / change it after signing in")
