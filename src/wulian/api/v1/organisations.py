"""Organisations: search, one archive, corrections by hand, and yearly facts of organisations and regions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from ninja import Query, Schema
from pydantic import Field

from wulian.directory.selectors import archive as archives
from wulian.directory.selectors.facts import region_facts_of
from wulian.directory.selectors.organisations import Question, every_match, get_living, get_organisation, search_organisations
from wulian.directory.services import facts as fact_acts
from wulian.directory.services import organisations as acts
from wulian.foundation.exports import CONTENT_TYPES, export_response

from .operations import Subject
from .shapes import Day, Id, In, Label, Line, On, Page, Paging, RegionCode, Text, Word, Year, actor

subject = Subject("organisations")
Kind = Literal["enterprise", "individual", "cooperative", "university", "institute", "government", "provider", "social", "other"]
Status = Literal["active", "cancelled", "revoked", "unknown"]
NameKind = Literal["former", "alias", "short", "english"]
Whole = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]


class OrganisationOut(Schema):
    """`capital_amount` in the smallest unit of its currency (fen for CNY)."""

    id: int
    name: str
    short_name: str
    uscc: str
    kind: Kind
    is_branch: bool
    status: Status
    region_id: str | None
    region_basis: str
    industry: str
    established_on: date | None
    closed_on: date | None
    capital_amount: int | None
    capital_currency: str
    address: str
    legal_form: str
    is_synthetic: bool
    merged_into_id: int | None
    version: str

    @staticmethod
    def resolve_version(organisation: Any) -> str:
        return acts.version_of(organisation)


class FoundOut(Page[OrganisationOut]):
    """`facets`: how many each filter would show; empty while the search index is being built, and `notice` says so."""

    facets: dict[str, dict[str, int]]
    notice: Label


class NameOut(Schema):
    name: str
    kind: NameKind
    valid_to: date | None


class TitleOut(Schema):
    """Valid in [valid_from, valid_to), cut short by `revoked_on`."""

    id: int
    kind: str
    label: Label
    certificate: str
    granted_on: date
    valid_from: date
    valid_to: date | None
    revoked_on: date | None
    state: Literal["valid", "expired", "revoked", "coming"]

    @staticmethod
    def of(line: archives.TitleLine) -> dict[str, Any]:
        names = ("kind", "certificate", "granted_on", "valid_from", "valid_to", "revoked_on")
        grant = line.grant
        row = {name: getattr(grant, name) for name in names}
        return {"id": grant.pk, **row, "label": grant.get_kind_display(), "state": line.state}


class RightOut(Schema):
    id: int
    kind: str
    number: str
    title: str
    filed_on: date | None
    granted_on: date | None
    lapsed_on: date | None


class FactYear(Schema):
    """`value` in the fact's smallest unit (fen for money); null means unknown, and `unknown_because` says why."""

    fact: str
    year: int
    value: int | None
    unknown_because: str
    source: str | None
    as_of: date | None


class MoveOut(Schema):
    from_region_id: str | None
    to_region_id: str | None
    moved_on: date
    basis: str


class SourceRecordOut(Schema):
    """A record of a source as it was printed."""

    source: str
    key: str
    values: dict[str, Any]
    first_seen_at: datetime
    last_seen_at: datetime

    @staticmethod
    def resolve_source(record: Any) -> str:
        return str(record.source)


class FlagOut(Schema):
    field: str
    code: str
    text: str


class ArchiveEvent(Schema):
    on: date
    kind: str
    text: Label


class ArchiveOut(Schema):
    """`sees_all` false: the public register only, so facts, records and flags are left empty.

    `forwarded_from`: the id that was asked for, when it has been merged into this organisation.
    """

    organisation: OrganisationOut
    forwarded_from: int | None
    business_scope: str
    sees_all: bool
    names: list[NameOut]
    titles: list[TitleOut]
    rights: list[RightOut]
    rights_count: int
    rights_in_force: dict[str, int]
    facts: list[FactYear]
    moves: list[MoveOut]
    records: list[SourceRecordOut]
    flags: list[FlagOut]
    events: list[ArchiveEvent]


class RegionFactOut(FactYear):
    """A figure of a region counts once it is verified."""

    id: int | None
    verification: Literal["submitted", "verified", "returned"] | None


class OrganisationsQuery(Schema):
    """Words are looked for in present and former names and codes. Of several values of one filter one must fit."""

    search: Line = ""
    region: list[RegionCode] = Field(default_factory=list, max_length=30)
    kind: list[Kind] = Field(default_factory=list, max_length=9)
    industry: list[Word] = Field(default_factory=list, max_length=30)
    status: list[Status] = Field(default_factory=list, max_length=4)
    branch: list[Literal["yes", "no"]] = Field(default_factory=list, max_length=2)
    flag: list[Word] = Field(default_factory=list, max_length=30)
    sort: Literal["", "fit", "established", "-established", "capital", "-capital"] = ""

    def question(self) -> Question:
        filters = {name: getattr(self, name) for name in ("region", "kind", "industry", "status", "branch", "flag")}
        return Question(self.search, filters, self.sort)


class OrganisationPaging(Paging):
    """A ranked list is not meant to be walked to its end: ask for the file of the whole list instead."""

    offset: int = Field(0, ge=0, le=10_000)


class OrganisationFields(In):
    uscc: Annotated[str, Field(pattern=r"^([0-9A-Za-z]{18})?$")] | None = None
    kind: Kind | None = None
    status: Status | None = None
    region_id: RegionCode | None = None
    industry: Word | None = None
    established_on: Day | None = None
    closed_on: Day | None = None
    address: Line | None = None
    short_name: Annotated[Word, Field(max_length=60)] | None = None
    legal_form: Annotated[Word, Field(max_length=60)] | None = None


class OrganisationIn(OrganisationFields):
    name: Annotated[Line, Field(min_length=1, max_length=200)]


class OrganisationChange(OrganisationFields):
    """What is left out stays. A new name keeps the old one as former; a new region leaves a move."""

    version: Annotated[Word, Field(min_length=1, description="`version` of the organisation as you saw it.")]
    name: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    reason: Text = ""


class OrganisationNameIn(In):
    name: Annotated[Line, Field(min_length=1, max_length=200)]
    kind: NameKind = "former"
    until: Day | None = None


class FactIn(In):
    """`value` in the fact's smallest unit (fen for money); null needs `unknown_because`."""

    fact: Annotated[Word, Field(max_length=40)]
    year: Year
    value: Whole | None
    unknown_because: Annotated[Line, Field(max_length=120)] = ""
    as_of: Day
    source_id: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(0, description="0: typed in by an officer.")


class DecideFactIn(In):
    """Returning needs a reason."""

    verified: bool
    reason: Line = ""


class YearsQuery(Schema):
    first: Year
    last: Year


def given(body: OrganisationFields, *without: str) -> dict[str, Any]:
    """What was given; an empty text where a column holds text and null was sent."""
    values = body.dict(exclude_unset=True, exclude=set(without))
    optional = {"established_on", "closed_on", "region_id"}
    return {name: "" if value is None and name not in optional else value for name, value in values.items()}


def fact_row(code: str, year: int, row: Any) -> dict[str, Any]:
    return {
        "fact": code,
        "year": year,
        "value": row.value if row else None,
        "unknown_because": row.unknown_because if row else gettext("没有报过"),
        "source": str(row.source) if row else None,
        "as_of": row.as_of if row else None,
    }


@subject.get("/organisations", "search_organisations", FoundOut)
def search(request: HttpRequest, query: Query[OrganisationsQuery], paging: Query[OrganisationPaging]) -> Any:
    """Organisations by fragment of a name, by code, and by filters."""
    found = search_organisations(viewer=actor(request), question=query.question(), offset=paging.offset, limit=paging.limit)
    return {
        "count": found.count, "limit": paging.limit, "offset": paging.offset, "items": found.organisations, "facets": found.facets,
        "notice": found.notice,
    }  # fmt: skip


@subject.file("/organisations.{kind}", "export_organisations", types=tuple(CONTENT_TYPES.values()))
def export(request: HttpRequest, kind: Literal["csv", "xlsx"], query: Query[OrganisationsQuery]) -> StreamingHttpResponse:
    """Exactly this list as a file, all of it."""
    columns = [
        gettext("名称"), gettext("统一社会信用代码"), gettext("类别"), gettext("状态"), gettext("区域"), gettext("行业代码"),
        gettext("成立日期"), gettext("地址"),
    ]  # fmt: skip
    rows = (
        [one.name, one.uscc, one.get_kind_display(), one.get_status_display(), one.region, one.industry, one.established_on, one.address]
        for one in every_match(viewer=actor(request), question=query.question())
    )
    return export_response(kind, columns, rows, gettext("企业名单"))


@subject.post("/organisations", "create_organisation", OrganisationOut, status=201)
def create(request: HttpRequest, body: OrganisationIn) -> Any:
    """Add an organisation that no register has brought in."""
    return acts.create_organisation(by=actor(request), at=timezone.now(), name=body.name, values=given(body, "name"))


@subject.get("/organisations/{organisation_id}", "get_archive", ArchiveOut)
def archive(request: HttpRequest, organisation_id: Id, query: Query[On]) -> Any:
    """Everything that is known of one organisation, cut to what the caller may see."""
    organisation = get_living(viewer=actor(request), organisation_id=organisation_id)
    found = archives.archive(viewer=actor(request), organisation=organisation, on=query.day)
    return {
        "organisation": organisation,
        "forwarded_from": organisation_id if organisation_id != organisation.pk else None,
        "business_scope": organisation.business_scope,
        "sees_all": found.sees_all,
        "names": found.names,
        "titles": [TitleOut.of(line) for line in found.titles],
        "rights": found.ip,
        "rights_count": found.ip_count,
        "rights_in_force": found.ip_in_force,
        "facts": [fact_row(line.fact.code, year, row) for line in found.facts for year, row in line.values.items()],
        "moves": found.moves,
        "records": found.records,
        "flags": [{"field": flag.field, "code": flag.code, "text": flag.text(gettext)} for flag in found.flags],
        "events": found.events,
    }


@subject.patch("/organisations/{organisation_id}", "edit_organisation", OrganisationOut)
def edit(request: HttpRequest, organisation_id: Id, body: OrganisationChange) -> Any:
    """Correct an organisation by hand."""
    return acts.update_organisation(
        by=actor(request), organisation_id=organisation_id, values=given(body, "version", "reason"), at=timezone.now(),
        on=timezone.localdate(), version=body.version, reason=body.reason,
    )  # fmt: skip


@subject.post("/organisations/{organisation_id}/names", "add_organisation_name", NameOut, status=201)
def add_name(request: HttpRequest, organisation_id: Id, body: OrganisationNameIn) -> Any:
    """Note a former name, alias, short or English name."""
    return acts.add_name(by=actor(request), organisation_id=organisation_id, at=timezone.now(), **body.dict())


@subject.post("/organisations/{organisation_id}/facts", "record_organisation_fact", FactYear, status=201)
def record_fact(request: HttpRequest, organisation_id: Id, body: FactIn) -> Any:
    """Record a yearly fact of an organisation; a correction keeps the earlier one."""
    row = fact_acts.record_organisation_fact(
        organisation=get_organisation(viewer=actor(request), organisation_id=organisation_id),
        source=fact_acts.own_source(body.source_id), by=actor(request), at=timezone.now(), **body.dict(exclude={"source_id"}),
    )  # fmt: skip
    return fact_row(row.fact, row.year, row)


@subject.get("/regions/{code}/facts", "list_region_facts", list[RegionFactOut])
def region_facts(request: HttpRequest, code: RegionCode, query: Query[YearsQuery]) -> Any:
    """Yearly facts of a region with their verification, newest year first; at most 20 years."""
    years = range(query.first, min(query.last, query.first + 19) + 1)
    return [
        {
            **fact_row(line.fact.code, year, line.row),
            "id": line.row.pk if line.row else None,
            "verification": line.row.verification if line.row else None,
        }
        for year, lines in region_facts_of(actor(request), code, years).items()
        for line in lines
    ]


@subject.post("/regions/{code}/facts", "record_region_fact", RegionFactOut, status=201)
def record_region_fact(request: HttpRequest, code: RegionCode, body: FactIn) -> Any:
    """Record a yearly fact of a region; it counts once another officer has verified it."""
    row = fact_acts.record_region_fact(
        region=code, source=fact_acts.own_source(body.source_id), by=actor(request), at=timezone.now(), **body.dict(exclude={"source_id"})
    )
    return {**fact_row(row.fact, row.year, row), "id": row.pk, "verification": row.verification}


@subject.post("/region-facts/{fact_id}/decision", "decide_region_fact", RegionFactOut)
def decide_region_fact(request: HttpRequest, fact_id: Id, body: DecideFactIn) -> Any:
    """Verify or return a figure of a region; nobody verifies what they reported."""
    row = fact_acts.decide_region_fact(number=fact_id, verified=body.verified, reason=body.reason, by=actor(request), at=timezone.now())
    return {**fact_row(row.fact, row.year, row), "id": row.pk, "verification": row.verification}
