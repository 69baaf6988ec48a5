"""Acts on accounts and memberships. An administrator acts within the regions of the own grant and hands out no wider one."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.directory.models import Membership, Organisation, Person, Region
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.models import User
from wulian.kernel.errors import N_, Invalid, NotFound, WulianError

from ..selectors.people import people_seen_by

# Letters and digits that are not mistaken for one another when a password is read from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
REGIONAL_ROLES = frozenset({Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR})


class UsernameTaken(WulianError):
    code = "username_taken"
    message = N_("用户名“%(username)s”已经有人用了：请换一个，或在人员名单里找到他，给他加一项任职。")
    status = 409


class LastAdministrator(WulianError):
    code = "last_administrator"
    message = N_("%(name)s是最后一位管理员：请先给另一个人管理员任职，再结束这一项。")
    status = 409


def _one_time_password() -> str:
    """Four groups of four: about 79 bits, easy to read out."""
    return "-".join("".join(secrets.choice(ALPHABET) for _place in range(4)) for _group in range(4))


def _require_administrator(by: Actor, act: str, region: str | None = None) -> None:
    require(by.has(Role.ADMINISTRATOR, region=region), act=act, reason=_("需要管辖该区域的管理员身份"))


def _person(by: Actor, person_id: int) -> Person:
    person = people_seen_by(by).select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound(what=_("这个人"))
    return person


@transaction.atomic
def add_account(*, by: Actor, at: datetime, username: str, name: str, email: str = "") -> tuple[Person, str]:
    """Add a person with an account. Returns the person and a one-time password, which is kept nowhere and shown once.

    Raises: Denied, UsernameTaken, Invalid.
    """
    _require_administrator(by, _("添加人员"))
    username, name = unicodedata.normalize("NFKC", username).strip(), name.strip()
    if not username or not name:
        raise Invalid(field=_("姓名和用户名"), why=_("都要填"))
    password = _one_time_password()
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username=username, email=email.strip(), password=password, display_name=name, must_change_password=True
            )
    except IntegrityError as error:
        raise UsernameTaken(username=username) from error
    person = Person.objects.create(name=name, user=user)
    audit.record(by=by, action="account.created", obj=user, after=audit.state_of(user, "username", "display_name", "email"), at=at)
    return person, password


@transaction.atomic
def add_membership(
    *,
    by: Actor,
    at: datetime,
    person_id: int,
    organisation_id: int,
    role: str,
    region_code: str | None,
    valid_from: date,
    valid_to: date | None = None,
) -> Membership:
    """Give a person a role in an organisation over [valid_from, valid_to). Officers, auditors and administrators need a region.

    Raises: Denied (also for a region outside the giver's own), NotFound, Invalid (interval, region missing, given twice).
    """
    role = Role(role)
    if role in REGIONAL_ROLES and not region_code:
        raise Invalid(field=_("管辖区域"), why=_("“%(role)s”要有管辖区域，才知道能看到哪里的数据") % {"role": role.label})
    organisation = Organisation.objects.filter(pk=organisation_id, merged_into__isnull=True).first()
    if organisation is None:
        raise NotFound(what=_("这个单位"))
    if region_code and not Region.objects.filter(pk=region_code).exists():
        raise Invalid(field=_("管辖区域"), why=_("没有代码为“%(code)s”的区域") % {"code": region_code})
    _require_administrator(by, _("给这项任职"), region=region_code or organisation.region_id)
    person = _person(by, person_id)
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid(field=_("止期"), why=_("要晚于起期 %(start)s") % {"start": valid_from.isoformat()})
    same = Membership.objects.filter(person=person, organisation=organisation, role=role, region_id=region_code, revoked_at__isnull=True)
    for other in same:
        if (other.valid_to is None or other.valid_to > valid_from) and (valid_to is None or other.valid_from < valid_to):
            raise Invalid(field=_("任职"), why=_("%(name)s在%(unit)s已有同样的任职，起于 %(start)s") % {
                "name": person.name, "unit": organisation.name, "start": other.valid_from.isoformat()})  # fmt: skip
    membership = Membership.objects.create(
        person=person, organisation=organisation, role=role, region_id=region_code, valid_from=valid_from, valid_to=valid_to
    )
    audit.record(by=by, action="membership.added", obj=membership, after=_named(membership), region=region_code or "", at=at)
    return membership


@transaction.atomic
def end_membership(*, by: Actor, at: datetime, membership_id: int, valid_to: date, reason: str) -> Membership:
    """End a membership from `valid_to` on. It stays in the record. The last administrator cannot be ended.

    Raises: Denied, NotFound, Invalid, LastAdministrator.
    """
    membership = _ending(by, membership_id, reason, _("结束这项任职"))
    if valid_to <= membership.valid_from:
        why = _("要晚于起期 %(start)s；当天给的任职要收回，请选“马上撤销”") % {"start": membership.valid_from.isoformat()}
        raise Invalid(field=_("止期"), why=why)
    if membership.valid_to is not None and membership.valid_to < valid_to:
        raise Invalid(field=_("止期"), why=_("这项任职已于 %(end)s 结束") % {"end": membership.valid_to.isoformat()})
    before = _named(membership)
    membership.valid_to = valid_to
    membership.save(update_fields=["valid_to"])
    audit.record(
        by=by, action="membership.ended", obj=membership, before=before, after=_named(membership), reason=reason.strip(),
        region=membership.region_id or "", at=at,
    )  # fmt: skip
    return membership


@transaction.atomic
def revoke_membership(*, by: Actor, at: datetime, membership_id: int, reason: str) -> Membership:
    """Take a membership back at this moment, also one given today or not begun yet. It stays in the record with its dates.

    Raises: Denied, NotFound, Invalid (no reason, over already), LastAdministrator.
    """
    membership = _ending(by, membership_id, reason, _("撤销这项任职"))
    if membership.valid_to is not None and membership.valid_to <= timezone.localdate(at):
        raise Invalid(field=_("任职"), why=_("这项任职已于 %(end)s 结束") % {"end": membership.valid_to.isoformat()})
    before = _named(membership)
    membership.revoked_at = at
    membership.save(update_fields=["revoked_at"])
    audit.record(
        by=by, action="membership.revoked", obj=membership, before=before, after=_named(membership), reason=reason.strip(),
        region=membership.region_id or "", at=at,
    )  # fmt: skip
    return membership


def _ending(by: Actor, membership_id: int, reason: str, act: str) -> Membership:
    """The membership, locked, which `by` may end for this reason."""
    found = Membership.objects.select_for_update(of=("self",)).select_related("person", "organisation").filter(pk=membership_id).first()
    if found is None or not people_seen_by(by).filter(pk=found.person_id).exists():
        raise NotFound(what=_("这项任职"))
    _require_administrator(by, act, region=found.region_id or found.organisation.region_id)
    if not reason.strip():
        raise Invalid(field=_("理由"), why=_("要写清楚，审计时看得到"))
    if found.revoked_at is not None:
        when = timezone.localtime(found.revoked_at).strftime("%Y-%m-%d %H:%M")
        raise Invalid(field=_("任职"), why=_("这项任职已于 %(when)s 撤销") % {"when": when})
    others = Membership.objects.filter(
        role=Role.ADMINISTRATOR, valid_to__isnull=True, revoked_at__isnull=True, person__user__is_active=True
    ).exclude(pk=found.pk)
    if found.role == Role.ADMINISTRATOR and not others.exists():
        raise LastAdministrator(name=found.person.name)
    return found


@transaction.atomic
def reset_password(*, by: Actor, at: datetime, person_id: int) -> str:
    """Give an account a new one-time password and return it. Sessions that are open end with the old password.

    Raises: Denied, NotFound.
    """
    user = _managed_account(by, person_id, _("重置密码"))
    password = _one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    audit.record(by=by, action="account.password_reset", obj=user, at=at)
    return password


@transaction.atomic
def set_account_active(*, by: Actor, at: datetime, person_id: int, active: bool, reason: str) -> User:
    """Close an account, or open it again. Nothing that the person did is touched.

    Raises: Denied (also on oneself), NotFound, Invalid.
    """
    user = _managed_account(by, person_id, _("停用或启用账号"))
    require(user.pk != by.user_id, act=_("停用账号"), reason=_("不能停用自己的账号"))
    if not reason.strip():
        raise Invalid(field=_("理由"), why=_("要写清楚，审计时看得到"))
    before = audit.state_of(user, "is_active")
    user.is_active = active
    user.save(update_fields=["is_active"])
    action = "account.opened" if active else "account.closed"
    audit.record(by=by, action=action, obj=user, before=before, after=audit.state_of(user, "is_active"), reason=reason.strip(), at=at)
    return user


def _managed_account(by: Actor, person_id: int, act: str) -> User:
    """The account of a person, who may hold nothing outside the administrator's regions (or a district could take the city's)."""
    _require_administrator(by, act)
    person = _person(by, person_id)
    if person.user_id is None:
        raise NotFound(what=_("这个人的账号"))
    held = Membership.objects.filter(person=person).values_list("region_id", "organisation__region_id")
    for region_id, unit_region_id in held:
        _require_administrator(by, act, region=region_id or unit_region_id)
    return User.objects.select_for_update().get(pk=person.user_id)


def _named(membership: Membership) -> dict[str, object]:
    return {
        "person": str(membership.person), "organisation": str(membership.organisation), "role": membership.role,
        "region": membership.region_id, "valid_from": membership.valid_from, "valid_to": membership.valid_to,
        "revoked_at": membership.revoked_at,
    }  # fmt: skip


@transaction.atomic
def add_person(*, by: Actor, at: datetime, name: str) -> Person:
    """Add a person without an account, to be named in a register. Raises: Denied, Invalid."""
    require(by.signed_in, act=_("登记人员"), reason=_("需要先登录"))
    name = " ".join(unicodedata.normalize("NFKC", name).split())
    if not 1 <= len(name) <= 60:
        raise Invalid(field=_("姓名"), why=_("要有 1 到 60 个字"))
    person = Person.objects.create(name=name)
    audit.record(by=by, action="person.added", obj=person, after={"name": name}, at=at)
    return person
