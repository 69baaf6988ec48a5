"""Observations: what a unit reports and what a metric computes, with the way to verify or return a report."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema
from pydantic import Field

from wulian.chains.governance.selectors.indicator_page import evidence_of, get_observation
from wulian.chains.governance.services import observations as acts

from .operations import Subject
from .shapes import Day, Id, In, Line, Number, NumberIn, Text, actor

subject = Subject("observations")
Origin = Literal["reported", "computed", "printed"]
Verification = Literal["submitted", "verified", "returned"]


class ObservationOut(Schema):
    """`value` null means unknown and `unknown_because` says why. A computed one opens at its snapshot."""

    id: int
    indicator_id: int
    as_of: date
    origin: Origin
    value: Number | None
    unknown_because: str
    numerator: Number | None
    denominator: Number | None
    snapshot_id: int | None
    unit_organisation_id: int | None
    note: str
    verification: Verification
    verification_note: str
    superseded_by_id: int | None
    recorded_at: datetime


class FileOut(Schema):
    id: int
    name: str
    content_type: str
    size: int
    sha256: str


class ObservationDetail(ObservationOut):
    evidence: list[FileOut]


class ObservationIn(In):
    """A value in the indicator's unit, or numerator and denominator of a share, or the reason why there is none.

    `seen` is the id of the report that you saw for this date, 0 when there was none. A second report for the same date is
    a correction: the earlier one stays, and `note` must say why.
    """

    as_of: Day
    value: NumberIn | None = None
    numerator: NumberIn | None = None
    denominator: NumberIn | None = None
    unknown_because: Annotated[Line, Field(max_length=200)] = ""
    unit_organisation_id: Id | None = None
    note: Text = ""
    evidence_ids: list[Id] = Field(default_factory=list, max_length=20)
    seen: Annotated[int, Field(ge=0, le=2**63 - 1)]


class VerifyIn(In):
    note: Line = ""


class ReturnIn(In):
    reason: Line


@subject.get("/observations/{observation_id}", "get_observation", ObservationDetail)
def observation(request: HttpRequest, observation_id: Id) -> Any:
    """One observation with the files behind it that the caller may see."""
    found = get_observation(actor(request), observation_id)
    return {
        **{name: getattr(found, name) for name in ObservationOut.model_fields},
        "evidence": list(evidence_of(actor(request), found)),
    }


@subject.post("/indicators/{indicator_id}/observations", "report_observation", ObservationOut, status=201)
def report(request: HttpRequest, indicator_id: Id, body: ObservationIn) -> Any:
    """Report a value for a date."""
    values = body.dict(exclude={"seen"})
    return acts.report_observation(by=actor(request), at=timezone.now(), indicator_id=indicator_id, expected=body.seen, **values)


@subject.post("/observations/{observation_id}/verify", "verify_observation", ObservationOut)
def verify(request: HttpRequest, observation_id: Id, body: VerifyIn) -> Any:
    """Confirm a report; by an officer other than the one who reported it."""
    return acts.verify_observation(by=actor(request), at=timezone.now(), observation_id=observation_id, note=body.note)


@subject.post("/observations/{observation_id}/return", "return_observation", ObservationOut)
def send_back(request: HttpRequest, observation_id: Id, body: ReturnIn) -> Any:
    """Return a report with a reason; it no longer counts."""
    return acts.return_observation(by=actor(request), at=timezone.now(), observation_id=observation_id, reason=body.reason)
