"""One account of every role and of every relation to an entry, for tests that ask who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from wulian.directory.access import actor_of
from wulian.directory.models import Membership, Organisation, Person
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.models import User
from wulian.kernel.names import name_key

HOME, ELSEWHERE, CITY = "120106", "120104", "120000"
NOW = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Somebody:
    """`words`: everything that the account is to an entry of HOME whose subject, creator and party are those below."""

    actor: Actor
    words: frozenset[str]
    organisation: int | None = None
    person: int | None = None


def everybody() -> dict[str, Somebody]:
    """By name; in the order in which they are asked to act. All are of HOME unless the name says otherwise."""
    made = {
        "officer": _made(Role.OFFICER, HOME, "officer"),
        "subject": _made(Role.ENTERPRISE, None, "enterprise", "subject", "party"),
        "party": _made(Role.ENTERPRISE, None, "enterprise", "party"),
        "creator": _made(Role.ENTERPRISE, None, "enterprise", "creator", "party"),
        "institute": _made(Role.INSTITUTE, None, "institute"),
        "provider": _made(Role.PROVIDER, None, "provider"),
        "reporter": _made(Role.REPORTER, HOME, "reporter"),
        "reviewer": _made(Role.REVIEWER, None, "reviewer"),
        "auditor": _made(Role.AUDITOR, HOME, "auditor"),
        "administrator": _made(Role.ADMINISTRATOR, CITY, "administrator", "officer"),
        "stranger": _made(Role.ENTERPRISE, None, "enterprise"),
        "officer elsewhere": _made(Role.OFFICER, ELSEWHERE),
        "reporter elsewhere": _made(Role.REPORTER, ELSEWHERE),
    }
    return {**made, "public": Somebody(ANONYMOUS, frozenset())}


def _made(role: Role, region: str | None, *words: str) -> Somebody:
    name = f"{role.value} {User.objects.count()}"
    organisation = Organisation.objects.create(
        name=name, name_key=name_key(name), kind="enterprise", region_id=region or HOME, created_at=NOW, updated_at=NOW
    )
    user = User.objects.create(username=name.replace(" ", "-"), display_name=name)
    person = Person.objects.create(name=name, user=user)
    Membership.objects.create(person=person, organisation=organisation, role=role, region_id=region, valid_from=date(2020, 1, 1))
    return Somebody(actor_of(user, on=date(2026, 3, 2)), frozenset({*words, "anyone"}), organisation.pk, person.pk)
