"""The demonstration's sign-ins. Passwords are generated for each installation and kept in one file that only its owner reads."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.access import actor_of
from wulian.directory.models import Membership, Organisation, Person
from wulian.directory.services.people import add_membership
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require, system
from wulian.foundation.models import User
from wulian.kernel.names import name_key

FILE = "demo-accounts.txt"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are read for one another
SINCE = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sign-in of the demonstration. `unit` is the organisation's name; empty: the sample enterprise."""

    username: str
    display_name: str
    role: Role
    unit: str
    region: str | None


REVIEWER = Sample("reviewer", "演示·第三方评审专家", Role.REVIEWER, "天津津科评估服务中心（合成）", None)
SAMPLES = (
    Sample("officer", "演示·红桥区科技局工作人员", Role.OFFICER, "天津市红桥区科学技术局", "120106"),
    Sample("enterprise", "演示·企业联系人", Role.ENTERPRISE, "", None),
    Sample("administrator", "演示·平台管理员", Role.ADMINISTRATOR, "天津市科学技术局", "120000"),
    Sample("city-officer", "演示·市科技局工作人员", Role.OFFICER, "天津市科学技术局", "120000"),
    Sample("reporter", "演示·红桥区商务局填报人", Role.REPORTER, "天津市红桥区商务局", "120106"),
    Sample("auditor", "演示·红桥区审计局审计人员", Role.AUDITOR, "天津市红桥区审计局", "120106"),
    REVIEWER,
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """`password` is empty when it is no longer known (the file was deleted or the person changed it)."""

    username: str
    role: Role
    unit: str
    password: str


def accounts_file() -> Path:
    return Path(settings.HOME) / FILE


@transaction.atomic
def ensure_accounts(*, by: Actor, at: datetime, new_passwords: bool = False) -> list[SignIn]:
    """Make the sample accounts that are missing; with `new_passwords`, replace the passwords of all of them.

    The passwords of accounts made earlier come from the file. Raises Denied unless `by` is an administrator.
    """
    require(by.has(Role.ADMINISTRATOR), act=_("建立演示账号"))
    known = read_file()
    sign_ins = [ensure_account(sample, known, by=by, at=at, renew=new_passwords) for sample in SAMPLES]
    transaction.on_commit(lambda: write_file(sign_ins))
    return sign_ins


def ensure_account(sample: Sample, known: dict[str, str], *, by: Actor, at: datetime, renew: bool) -> SignIn:
    unit = reviewing_body(at) if sample is REVIEWER else unit_of(sample)
    user = User.objects.filter(username=sample.username).first()
    if user and not user.is_demo:
        return SignIn(sample.username, sample.role, unit.name, "")  # somebody's own account of that name is not touched
    if user and user.is_active and not renew:
        return SignIn(sample.username, sample.role, unit.name, known.get(sample.username, ""))
    password = "-".join("".join(secrets.choice(LETTERS) for _place in range(4)) for _group in range(4))
    if user is None:
        user = User.objects.create_user(username=sample.username, password=password, display_name=sample.display_name, is_demo=True)
        audit.record(by=by, action="account.created", obj=user, after=audit.state_of(user, "username", "display_name"), at=at)
    else:  # a new password, or back after the demonstration was removed
        user.set_password(password)
        user.is_active = True
        user.save(update_fields=["password", "is_active"])
        audit.record(by=by, action="account.password_reset", obj=user, at=at)
    person, _created = Person.objects.get_or_create(user=user, defaults={"name": sample.display_name})
    if not person.memberships.filter(organisation=unit, role=sample.role).exists():
        add_membership(
            by=by,
            at=at,
            person_id=person.pk,
            organisation_id=unit.pk,
            role=sample.role,
            region_code=sample.region,
            valid_from=SINCE,
        )
    return SignIn(sample.username, sample.role, unit.name, password)


def unit_of(sample: Sample) -> Organisation:
    """The unit of the sample; for the enterprise a Hongqiao firm that holds titles and is still there."""
    if sample.unit:
        return Organisation.objects.get(name_key=name_key(sample.unit), kind=Organisation.Kind.GOVERNMENT)
    held = Organisation.objects.filter(is_synthetic=True, kind=Organisation.Kind.ENTERPRISE, region_id="120106", closed_on__isnull=True)
    member = Membership.objects.filter(person__user__username=sample.username, person__user__is_demo=True).first()
    if member:
        return member.organisation
    return held.filter(titles__kind="hnte").order_by("-established_on", "pk").distinct()[0]


def reviewing_body(at: datetime) -> Organisation:
    """The third party that reviews evaluations: made up, unlike the public bodies that the plans name."""
    found, _created = Organisation.objects.get_or_create(
        name_key=name_key(REVIEWER.unit),
        kind=Organisation.Kind.SOCIAL,
        is_synthetic=True,
        defaults={
            "name": REVIEWER.unit,
            "status": Organisation.Status.ACTIVE,
            "region_id": "120106",
            "region_basis": Organisation.RegionBasis.OFFICER,
            "created_at": at,
            "updated_at": at,
        },
    )
    return found


def actor_named(username: str, *, on: date, source: str) -> Actor | None:
    """The demonstration's person of that name; None where the name is somebody's own account."""
    user = User.objects.filter(username=username, is_demo=True).first()
    return actor_of(user, on=on, source=source) if user else None


def read_file() -> dict[str, str]:
    """Passwords by user name from the file; empty when there is none."""
    path = accounts_file()
    if not path.exists():
        return {}
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if "\t" in line]
    return {row[0]: row[1] for row in rows if len(row) >= 2}


def write_file(sign_ins: list[SignIn]) -> None:
    """Keep the passwords where only the owner of the installation can read them."""
    lines = [f"{one.username}\t{one.password}\t{one.role.label}，{one.unit}" for one in sign_ins if one.password]
    path = accounts_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("演示账号（账号、密码、身份）/ demonstration sign-ins\n" + "\n".join(lines) + "\n")
    path.chmod(0o600)


def filers_for(region: str, *, on: date, source: str) -> list[Actor]:
    """Who files reports in the demonstration: the reporters of `region`, then the officer of it (else the city's)."""
    reporters = [sample for sample in SAMPLES if sample.role == Role.REPORTER and sample.region == region]
    officers = [sample for sample in SAMPLES if sample.role == Role.OFFICER]
    officer = next((sample for sample in officers if sample.region == region), officers[-1])
    users = {user.username: user for user in User.objects.filter(is_demo=True)}
    actors = [actor_of(users[sample.username], on=on, source=source) for sample in (*reporters, officer) if sample.username in users]
    return actors or [system(officer.display_name, source)]
