"""People and memberships: an administrator acts inside the own regions, hands out no wider role, and everything stays on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from wulian.directory.access import actor_of
from wulian.directory.models import Membership, Organisation, Person
from wulian.directory.selectors.people import demonstration_present, list_people, list_units, match_units
from wulian.directory.services.people import (
    LastAdministrator,
    UsernameTaken,
    add_account,
    add_membership,
    end_membership,
    reset_password,
    revoke_membership,
    set_account_active,
)
from wulian.directory.services.units import add_unit
from wulian.foundation.access import Actor, Role
from wulian.foundation.models import AuditEvent, User
from wulian.kernel.errors import Denied, Invalid, NotFound

DAY = date(2026, 3, 2)


@pytest.fixture
def district(account: Callable[..., Actor]) -> Actor:
    """An administrator of 红桥区 alone."""
    return account(Role.ADMINISTRATOR, region="120106", unit="红桥区科技局", username="district")


@pytest.fixture
def newcomer(administrator: Actor, now: datetime) -> Person:
    return add_account(by=administrator, at=now, username="zhang", name="张三")[0]


def unit(name: str = "红桥区科技局", region: str = "120106") -> Organisation:
    return Organisation.objects.get(name=name, region_id=region)


def test_a_new_account_has_a_one_time_password_that_is_kept_nowhere(administrator: Actor, now: datetime) -> None:
    person, password = add_account(by=administrator, at=now, username=" Ｚhang ", name=" 张三 ")
    assert person.user is not None
    assert (person.name, person.user.username) == ("张三", "Zhang")
    assert person.user.check_password(password)
    assert person.user.must_change_password
    assert len(password) == 19
    event = AuditEvent.objects.get(action="account.created")
    assert password not in str(event.after)
    assert event.user_id == administrator.user_id


def test_a_username_is_given_once(administrator: Actor, newcomer: Person, now: datetime) -> None:
    with pytest.raises(UsernameTaken, match="zhang"):
        add_account(by=administrator, at=now, username="zhang", name="李四")
    assert Person.objects.filter(name="李四").count() == 0


@pytest.mark.parametrize("who", ["officer", "reporter", "auditor", "anonymous"])
def test_only_administrators_add_people(who: str, now: datetime, request: pytest.FixtureRequest, tianjin: None) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(Denied):
        add_account(by=actor, at=now, username="x", name="y")
    assert list_people(viewer=actor, on=DAY).count() == 0


def test_a_membership_holds_from_its_first_day_to_before_its_last(
    administrator: Actor, officer: Actor, newcomer: Person, now: datetime
) -> None:
    add_membership(
        by=administrator, at=now, person_id=newcomer.pk, organisation_id=unit().pk, role="officer", region_code="120106",
        valid_from=date(2026, 3, 1), valid_to=date(2026, 4, 1),
    )  # fmt: skip
    user = newcomer.user
    assert user is not None
    for day, holds in ((date(2026, 2, 28), False), (date(2026, 3, 1), True), (date(2026, 3, 31), True), (date(2026, 4, 1), False)):
        assert actor_of(user, on=day).has(Role.OFFICER, region="120106") is holds


def test_a_district_gives_no_role_beyond_its_border(district: Actor, now: datetime) -> None:
    person, _password = add_account(by=district, at=now, username="li", name="李四")
    give = {"by": district, "at": now, "person_id": person.pk, "organisation_id": unit().pk, "valid_from": DAY}
    for region in ("120000", "120104"):
        with pytest.raises(Denied):
            add_membership(**give, role="officer", region_code=region)
    assert add_membership(**give, role="officer", region_code="120106").region_id == "120106"


def test_an_officer_without_a_region_is_refused(administrator: Actor, officer: Actor, newcomer: Person, now: datetime) -> None:
    with pytest.raises(Invalid, match="管辖区域"):
        add_membership(
            by=administrator, at=now, person_id=newcomer.pk, organisation_id=unit().pk, role="officer", region_code=None, valid_from=DAY
        )


def test_the_same_role_twice_at_once_is_refused_and_later_allowed(
    administrator: Actor, officer: Actor, newcomer: Person, now: datetime
) -> None:
    give = {
        "by": administrator,
        "at": now,
        "person_id": newcomer.pk,
        "organisation_id": unit().pk,
        "role": "officer",
        "region_code": "120106",
    }
    add_membership(**give, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 1))
    with pytest.raises(Invalid, match="已有同样的任职"):
        add_membership(**give, valid_from=date(2026, 5, 31))
    add_membership(**give, valid_from=date(2026, 6, 1))
    assert Membership.objects.filter(person=newcomer).count() == 2


def test_ending_needs_a_reason_and_keeps_the_record(administrator: Actor, officer: Actor, now: datetime) -> None:
    membership = Membership.objects.get(person__user_id=officer.user_id)
    with pytest.raises(Invalid, match="理由"):
        end_membership(by=administrator, at=now, membership_id=membership.pk, valid_to=DAY, reason=" ")
    with pytest.raises(Invalid, match="止期"):
        end_membership(by=administrator, at=now, membership_id=membership.pk, valid_to=membership.valid_from, reason="调离")
    end_membership(by=administrator, at=now, membership_id=membership.pk, valid_to=DAY, reason="调离")
    event = AuditEvent.objects.get(action="membership.ended")
    assert (event.before or {})["valid_to"] is None
    assert (event.after or {})["valid_to"] == "2026-03-02"
    assert event.reason == "调离"
    with pytest.raises(Invalid, match="已于 2026-03-02 结束"):
        end_membership(by=administrator, at=now, membership_id=membership.pk, valid_to=date(2026, 5, 1), reason="再来")


def test_the_last_administrator_stays(administrator: Actor, district: Actor, now: datetime) -> None:
    own = Membership.objects.get(person__user_id=administrator.user_id)
    other = Membership.objects.get(person__user_id=district.user_id)
    end_membership(by=administrator, at=now, membership_id=other.pk, valid_to=DAY, reason="撤")
    with pytest.raises(LastAdministrator):
        end_membership(by=administrator, at=now, membership_id=own.pk, valid_to=DAY, reason="撤")


def test_a_district_cannot_take_over_a_city_account(district: Actor, administrator: Actor, city_officer: Actor, now: datetime) -> None:
    person = Person.objects.get(user_id=city_officer.user_id)
    with pytest.raises(NotFound):
        reset_password(by=district, at=now, person_id=person.pk)
    # Even when the person also holds something inside the district and is therefore seen there.
    add_membership(
        by=administrator, at=now, person_id=person.pk, organisation_id=unit().pk, role="reporter", region_code="120106", valid_from=DAY
    )
    assert person in list_people(viewer=district, on=DAY)
    with pytest.raises(Denied):
        reset_password(by=district, at=now, person_id=person.pk)


def test_a_new_password_replaces_the_old(administrator: Actor, newcomer: Person, now: datetime) -> None:
    password = reset_password(by=administrator, at=now, person_id=newcomer.pk)
    user = User.objects.get(pk=newcomer.user_id)
    assert user.check_password(password)
    assert user.must_change_password


def test_an_account_is_closed_and_opened_but_not_ones_own(administrator: Actor, newcomer: Person, now: datetime) -> None:
    set_account_active(by=administrator, at=now, person_id=newcomer.pk, active=False, reason="离职")
    user = User.objects.get(pk=newcomer.user_id)
    assert not actor_of(user, on=DAY).signed_in
    set_account_active(by=administrator, at=now, person_id=newcomer.pk, active=True, reason="返聘")
    assert [event.action for event in AuditEvent.objects.filter(action__startswith="account.").order_by("id")][-2:] == [
        "account.closed",
        "account.opened",
    ]
    own = Person.objects.get(user_id=administrator.user_id)
    with pytest.raises(Denied, match="自己"):
        set_account_active(by=administrator, at=now, person_id=own.pk, active=False, reason="试试")


def test_people_are_filtered_by_state(administrator: Actor, officer: Actor, newcomer: Person) -> None:
    def names(**filters: str) -> set[str]:
        return {person.name for person in list_people(viewer=administrator, on=DAY, **filters)}

    assert names(state="none") == {"张三"}
    assert "张三" not in names(state="current")
    assert names(text="张") == {"张三"}
    assert names(role="officer") == {"红桥区科技局的人"}
    assert names(state="closed") == set()


def test_units_are_added_once_and_found_however_written(administrator: Actor, officer: Actor, now: datetime, anonymous: Actor) -> None:
    added = add_unit(by=administrator, at=now, name="红桥区  商务局（区投促局）", region_code="120106")
    assert added.name == "红桥区 商务局（区投促局）"
    with pytest.raises(Invalid, match="已经有了"):
        add_unit(by=administrator, at=now, name="红桥区商务局(区投促局)", region_code="120106")
    with pytest.raises(Denied):
        add_unit(by=officer, at=now, name="南开区商务局", region_code="120104")
    assert added in match_units(viewer=officer, text="商务局")
    assert match_units(viewer=officer, text="商") == []
    assert match_units(viewer=anonymous, text="商务局") == []
    assert added in list_units(viewer=officer, text="投促")
    assert not list_units(viewer=anonymous)


def test_the_banner_speaks_while_demonstration_accounts_exist(db: None) -> None:
    assert not demonstration_present()
    User.objects.create_user(username="demo", is_demo=True)
    assert demonstration_present()


def test_a_role_given_today_is_revoked_today_and_can_be_given_again(administrator: Actor, officer: Actor, newcomer: Person) -> None:
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    give = {"by": administrator, "person_id": newcomer.pk, "organisation_id": unit().pk, "role": "officer", "region_code": "120106"}
    membership = add_membership(**give, at=at, valid_from=DAY)
    user = User.objects.get(pk=newcomer.user_id)
    assert actor_of(user, on=DAY).has(Role.OFFICER, region="120106")
    with pytest.raises(Invalid, match="马上撤销"):
        end_membership(by=administrator, at=at, membership_id=membership.pk, valid_to=DAY, reason="给错了人")
    with pytest.raises(Invalid, match="理由"):
        revoke_membership(by=administrator, at=at, membership_id=membership.pk, reason=" ")
    revoke_membership(by=administrator, at=at, membership_id=membership.pk, reason="给错了人")
    assert not actor_of(user, on=DAY).roles
    assert not list_people(viewer=administrator, on=DAY, state="current").filter(pk=newcomer.pk).exists()
    event = AuditEvent.objects.get(action="membership.revoked")
    assert (event.reason, (event.before or {})["revoked_at"]) == ("给错了人", None)
    for again in (revoke_membership, end_membership):
        rest = {"valid_to": date(2026, 4, 1)} if again is end_membership else {}
        with pytest.raises(Invalid, match="已于 2026-03-02 17:00 撤销"):
            again(by=administrator, at=at, membership_id=membership.pk, reason="再来", **rest)
    assert add_membership(**give, at=at, valid_from=DAY).revoked_at is None
    assert actor_of(user, on=DAY).has(Role.OFFICER, region="120106")


def test_a_role_to_come_is_revoked_and_one_that_is_over_is_not(
    administrator: Actor, officer: Actor, newcomer: Person, now: datetime
) -> None:
    give = {"by": administrator, "at": now, "person_id": newcomer.pk, "organisation_id": unit().pk, "role": "reporter", "region_code": None}
    coming = add_membership(**give, valid_from=date(2026, 5, 1))
    revoke_membership(by=administrator, at=now, membership_id=coming.pk, reason="计划有变")
    assert not actor_of(User.objects.get(pk=newcomer.user_id), on=date(2026, 5, 1)).roles
    for last, refused in ((date(2026, 3, 2), True), (date(2026, 3, 3), False)):
        held = add_membership(**give, valid_from=date(2026, 1, 1), valid_to=last)
        if refused:
            with pytest.raises(Invalid, match="已于 2026-03-02 结束"):
                revoke_membership(by=administrator, at=now, membership_id=held.pk, reason="试")
            held.delete()
        else:
            assert revoke_membership(by=administrator, at=now, membership_id=held.pk, reason="试").revoked_at == now


def test_the_last_administrator_is_not_revoked(administrator: Actor, district: Actor, now: datetime) -> None:
    own, other = (Membership.objects.get(person__user_id=one.user_id) for one in (administrator, district))
    revoke_membership(by=administrator, at=now, membership_id=other.pk, reason="撤")
    with pytest.raises(LastAdministrator):
        revoke_membership(by=administrator, at=now, membership_id=own.pk, reason="撤")


def test_people_belong_to_the_region_of_their_widest_grant(account: Callable[..., Actor], anonymous: Actor) -> None:
    assert anonymous.own_region == ""
    assert account(Role.OFFICER, region="120104", unit="南开区科技局").own_region == "120104"
    firm = account(Role.ENTERPRISE, region="120106", unit="天津试验科技有限公司")
    Membership.objects.filter(person__user_id=firm.user_id).update(region=None)
    firm_user = User.objects.get(pk=firm.user_id)
    assert actor_of(firm_user, on=DAY).own_region == "120106", "the organisation's region where the role covers none"
    Membership.objects.create(
        person=Person.objects.get(user=firm_user), organisation=unit("南开区科技局", "120104"), role="officer", region_id="120000",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    assert actor_of(firm_user, on=DAY).own_region == "120000"
