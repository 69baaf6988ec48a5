"""What sources brought: changes of their refreshes, the order of trust, and how good the linking is."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.directory.selectors import quality as measured
from wulian.directory.selectors import values as seen
from wulian.directory.services import trust as acts

from .operations import Subject
from .shapes import In, Label, Page, Paging, actor, page

subject = Subject("organisations")
ChangeKind = Literal["renamed", "moved", "address", "cancelled", "patent", "vanished", "returned"]
SourceCode = Annotated[str, Field(max_length=40, pattern=r"^[-a-zA-Z0-9_]*$")]
Field_ = Literal["address", "legal_form", "business_scope"]


class SourceChangeOut(Schema):
    organisation_id: int
    source: str
    kind: ChangeKind
    on: date
    before: str
    after: str

    @staticmethod
    def resolve_source(change: Any) -> str:
        return str(change.source)


class SourceChangesQuery(Schema):
    source: SourceCode = ""
    kind: ChangeKind | None = None


class TrustPlace(Schema):
    source: str
    name: str
    position: int | None


class TrustOut(Schema):
    """`position` 1 is trusted most; null: not ordered."""

    field: Field_
    label: Label
    sources: list[TrustPlace]


class TrustIn(In):
    """Codes of sources, the most trusted first; empty takes the order away."""

    field: Field_
    sources: list[SourceCode] = Field(max_length=50)


class TrustSet(Schema):
    """`changed`: organisations whose value changed with it."""

    changed: int


class ShareOut(Schema):
    """`value` and the ends of its 95% interval are null without judged pairs."""

    hits: int
    total: int
    value: float | None
    interval: tuple[float, float] | None


class BandOut(Schema):
    low: float
    high: float
    same: int
    different: int
    waiting: int


class ThresholdOut(Schema):
    score: float
    merged: int
    right: int
    wrong: int


class QualityOut(Schema):
    precision: ShareOut
    recall: ShareOut
    agreement: ShareOut
    bands: list[BandOut]
    thresholds: list[ThresholdOut]
    states: dict[str, int]
    records: dict[str, int]
    model_merges: int
    model_undone: int


@subject.get("/source-changes", "list_source_changes", Page[SourceChangeOut])
def changes(request: HttpRequest, query: Query[SourceChangesQuery], paging: Query[Paging]) -> Any:
    """What refreshes of the sources changed, newest first."""
    return page(seen.list_changes(viewer=actor(request), source=query.source, kind=query.kind or ""), paging)


@subject.get("/field-trust", "get_field_trust", list[TrustOut])
def trust(request: HttpRequest) -> Any:
    """Which source is trusted most, field by field."""
    return [
        {"field": field, "label": label, "sources": [{"source": one.code, "name": one.name, "position": place} for one, place in sources]}
        for field, label, sources in seen.orders()
    ]


@subject.post("/field-trust", "set_field_trust", TrustSet)
def set_trust(request: HttpRequest, body: TrustIn) -> Any:
    """Set the order of trust of a field; values in force follow."""
    return {"changed": acts.set_trust(by=actor(request), field=body.field, sources=body.sources, at=timezone.now())}


@subject.get("/link/quality", "get_link_quality", QualityOut)
def quality(request: HttpRequest) -> Any:
    """Precision, recall and agreement on judged pairs, and what waits."""
    return measured.quality(viewer=actor(request))
