"""People with their memberships, units, the audit record and background jobs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Query, Schema
from pydantic import Field

from wulian.directory.selectors.people import get_person, list_people, list_units
from wulian.directory.services import people as acts
from wulian.directory.services.units import add_unit
from wulian.foundation.record_reading import action_word, as_jobs, list_events, list_jobs
from wulian.kernel.errors import NotFound

from .operations import Subject
from .shapes import Day, Id, In, Line, Page, Paging, RegionCode, Text, Word, actor, page

subject = Subject("administration")
RoleCode = Literal["officer", "reporter", "enterprise", "institute", "provider", "reviewer", "auditor", "administrator"]
UnitKind = Literal["government", "institute", "university", "social"]


class MembershipOut(Schema):
    """A role in an organisation over [valid_from, valid_to), unless it was revoked."""

    id: int
    organisation_id: int
    organisation: str
    role: RoleCode
    region_id: str | None
    valid_from: date
    valid_to: date | None
    revoked_at: datetime | None

    @staticmethod
    def resolve_organisation(membership: Any) -> str:
        return str(membership.organisation)


class PersonOut(Schema):
    id: int
    name: str
    username: str | None
    active: bool | None
    memberships: list[MembershipOut]

    @staticmethod
    def of(person: Any) -> dict[str, Any]:
        user = person.user
        return {
            "id": person.pk,
            "name": person.name,
            "username": user.username if user else None,
            "active": user.is_active if user else None,
            "memberships": person.held,
        }


class AddedPerson(Schema):
    """`password` is shown this once, and must be changed at the first sign-in."""

    id: int
    password: str


class NewPassword(Schema):
    password: str


class ActiveOut(Schema):
    active: bool


class OrganisationUnit(Schema):
    id: int
    name: str
    short_name: str
    kind: str
    region_id: str | None


class AuditEventOut(Schema):
    id: int
    at: datetime
    actor: str
    action: str
    action_label: str
    object_type: str
    object_id: str
    object_label: str
    region: str
    reason: str
    before: Any
    after: Any
    source: str

    @staticmethod
    def resolve_action_label(event: Any) -> str:
        return action_word(event.action)


class JobOut(Schema):
    name: str
    state: str
    arguments: str
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    problem: str


class PeopleQuery(Schema):
    search: Line = ""
    role: RoleCode | Literal[""] = ""
    state: Literal["", "current", "none", "closed"] = ""


class UnitsQuery(Schema):
    search: Line = ""
    kind: UnitKind | Literal[""] = ""


class EventsQuery(Schema):
    search: Line = ""
    object_type: Word = ""
    object_id: Annotated[Word, Field(max_length=40)] = ""
    first: Day | None = None
    last: Day | None = Field(None, description="The last day, included.")


class JobsQuery(Schema):
    state: Literal["", "READY", "RUNNING", "FAILED", "SUCCESSFUL"] = ""


class AccountIn(In):
    username: Annotated[Word, Field(min_length=1, max_length=150, pattern=r"^[\w.@+-]+$")]
    name: Annotated[Word, Field(min_length=1, max_length=60)]
    email: Annotated[Line, Field(max_length=254)] = ""


class MembershipIn(In):
    organisation_id: Id
    role: RoleCode
    region_code: RegionCode | None = None
    valid_from: Day
    valid_to: Day | None = None


class EndIn(In):
    valid_to: Day
    reason: Text


class RevokeIn(In):
    reason: Text


class ActiveIn(In):
    active: bool
    reason: Text


class NewUnit(In):
    name: Annotated[Line, Field(min_length=1, max_length=200)]
    region_code: RegionCode
    kind: UnitKind = "government"


@subject.get("/people", "list_people", Page[PersonOut])
def people(request: HttpRequest, query: Query[PeopleQuery], paging: Query[Paging]) -> Any:
    """People of the administrator's regions with their memberships."""
    found = list_people(viewer=actor(request), on=timezone.localdate(), text=query.search, role=query.role, state=query.state)
    rows = page(found, paging)
    return {**rows, "items": [PersonOut.of(one) for one in rows["items"]]}


@subject.post("/people", "add_account", AddedPerson, status=201)
def add_account(request: HttpRequest, body: AccountIn) -> Any:
    """Add a person with an account. Only when signed in on the pages, because the answer holds a password."""
    person, password = acts.add_account(by=actor(request), at=timezone.now(), **body.dict())
    return {"id": person.pk, "password": password}


@subject.get("/people/{person_id}", "get_person", PersonOut)
def person(request: HttpRequest, person_id: Id) -> Any:
    """One person."""
    found = get_person(viewer=actor(request), person_id=person_id)
    if found is None:
        raise NotFound(what=gettext("这个人"))
    return PersonOut.of(found)


@subject.post("/people/{person_id}/memberships", "add_membership", MembershipOut, status=201)
def add_membership(request: HttpRequest, person_id: Id, body: MembershipIn) -> Any:
    """Give a person a role in an organisation."""
    return acts.add_membership(by=actor(request), at=timezone.now(), person_id=person_id, **body.dict())


@subject.post("/memberships/{membership_id}/end", "end_membership", MembershipOut)
def end_membership(request: HttpRequest, membership_id: Id, body: EndIn) -> Any:
    """End a membership; it stays in the record."""
    return acts.end_membership(by=actor(request), at=timezone.now(), membership_id=membership_id, **body.dict())


@subject.post("/memberships/{membership_id}/revoke", "revoke_membership", MembershipOut)
def revoke_membership(request: HttpRequest, membership_id: Id, body: RevokeIn) -> Any:
    """Take a role back at this moment, also one given today."""
    return acts.revoke_membership(by=actor(request), at=timezone.now(), membership_id=membership_id, reason=body.reason)


@subject.post("/people/{person_id}/password", "reset_password", NewPassword)
def reset_password(request: HttpRequest, person_id: Id) -> Any:
    """Give an account a new one-time password. Only when signed in on the pages."""
    return {"password": acts.reset_password(by=actor(request), at=timezone.now(), person_id=person_id)}


@subject.post("/people/{person_id}/active", "set_account_active", ActiveOut)
def set_active(request: HttpRequest, person_id: Id, body: ActiveIn) -> Any:
    """Close an account, or open it again."""
    user = acts.set_account_active(by=actor(request), at=timezone.now(), person_id=person_id, **body.dict())
    return {"active": user.is_active}


@subject.get("/units", "list_units", Page[OrganisationUnit])
def units(request: HttpRequest, query: Query[UnitsQuery], paging: Query[Paging]) -> Any:
    """Government units and institutes of the caller's regions."""
    return page(list_units(viewer=actor(request), text=query.search, kind=query.kind), paging)


@subject.post("/units", "add_unit", OrganisationUnit, status=201)
def new_unit(request: HttpRequest, body: NewUnit) -> Any:
    """Enter a unit that the directory does not know yet."""
    return add_unit(by=actor(request), at=timezone.now(), **body.dict())


@subject.get("/audit", "list_audit_events", Page[AuditEventOut])
def audit(request: HttpRequest, query: Query[EventsQuery], paging: Query[Paging]) -> Any:
    """Audit events of the auditor's regions, newest first."""
    found = list_events(
        viewer=actor(request), text=query.search, object_type=query.object_type, object_id=query.object_id, first=query.first,
        last=query.last,
    )  # fmt: skip
    return page(found, paging)


@subject.get("/jobs", "list_jobs", Page[JobOut])
def jobs(request: HttpRequest, query: Query[JobsQuery], paging: Query[Paging]) -> Any:
    """Background jobs, newest first."""
    rows = page(list_jobs(viewer=actor(request), state=query.state), paging)
    return {**rows, "items": as_jobs(rows["items"])}
