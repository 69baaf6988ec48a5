"""Identity of organisations: merging with a preview, splitting, and taking either back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.directory.selectors import identity as seen
from wulian.directory.selectors.organisations import get_organisation
from wulian.directory.services import identity as acts

from .operations import Subject
from .shapes import Id, In, Label, Line, Page, Paging, RegionCode, Text, actor, page

subject = Subject("organisations")
Key = Annotated[str, Field(max_length=80, pattern=r"^[a-z_.]+$")]


class MergeLine(Schema):
    """`stays`: rows of which the one that stays has the same already."""

    label: Label
    moves: int
    stays: int


class ComparedOut(Schema):
    """`after`: what the one that stays will have."""

    label: Label
    kept: Label
    other: Label
    after: Label
    differs: bool
    is_filled: bool


class MergePreviewOut(Schema):
    """Warnings are reasons to look twice; none of them forbids the merge."""

    kept_id: int
    other_id: int
    lines: list[MergeLine]
    compared: list[ComparedOut]
    warnings: list[str]


class IdentityUndoOut(Schema):
    """`left`: rows that could not go back, by kind."""

    at: datetime
    actor: str
    reason: str
    left: dict[str, int]


class IdentityChangeOut(Schema):
    """`kept_id` stays what it was; in a merge `other_id` forwards to it, in a split it is new."""

    id: int
    kind: Literal["merge", "split"]
    basis: Literal["person", "model"]
    kept_id: int
    other_id: int
    reason: str
    actor: str
    at: datetime
    undo: IdentityUndoOut | None

    @staticmethod
    def resolve_undo(change: Any) -> Any:
        return getattr(change, "undo", None)


class MovedOut(Schema):
    label: Label
    count: int


class ChangeInFull(IdentityChangeOut):
    moved: list[MovedOut]

    @staticmethod
    def resolve_moved(change: Any) -> Any:
        return [{"label": label, "count": count} for label, count in seen.moved_counts(change)]


class RowOut(Schema):
    id: int
    text: Label


class RowsToSplitOut(Schema):
    key: str
    label: Label
    rows: list[RowOut]


class MergeOrganisationIn(In):
    other_id: Id
    reason: Annotated[Text, Field(min_length=1, max_length=2_000)]


class SplitOrganisationIn(In):
    """`rows`: key of a kind of rows (see `list_rows_to_split`) -> ids that go into the new organisation."""

    rows: dict[Key, list[Id]] = Field(max_length=40)
    name: Annotated[Line, Field(min_length=1, max_length=200)]
    uscc: Annotated[str, Field(pattern=r"^([0-9A-Za-z]{18})?$")] = ""
    region_id: RegionCode | None = None
    address: Line = ""
    reason: Annotated[Text, Field(min_length=1, max_length=2_000)]


class UndoIdentityIn(In):
    reason: Annotated[Text, Field(min_length=1, max_length=2_000)]


@subject.get("/organisations/{organisation_id}/merge-preview/{other_id}", "preview_merge", MergePreviewOut)
def preview(request: HttpRequest, organisation_id: Id, other_id: Id) -> Any:
    """What a merge of the other organisation into this one would move."""
    found = seen.preview_merge(viewer=actor(request), kept_id=organisation_id, other_id=other_id)
    return {
        "kept_id": found.kept.pk, "other_id": found.other.pk, "lines": found.lines, "compared": found.compared, "warnings": found.warnings,
    }  # fmt: skip


@subject.post("/organisations/{organisation_id}/merge", "merge_organisations", IdentityChangeOut, status=201)
def merge(request: HttpRequest, organisation_id: Id, body: MergeOrganisationIn) -> Any:
    """Merge the other organisation into this one; its id forwards from then on."""
    return acts.merge_organisations(
        by=actor(request), kept_id=organisation_id, other_id=body.other_id, reason=body.reason, at=timezone.now()
    )


@subject.get("/organisations/{organisation_id}/rows", "list_rows_to_split", list[RowsToSplitOut])
def rows(request: HttpRequest, organisation_id: Id) -> Any:
    """Everything that hangs on an organisation, by kind, for choosing what a split takes out."""
    found = get_organisation(viewer=actor(request), organisation_id=organisation_id)
    return [
        {"key": one.key, "label": one.label, "rows": [{"id": pk, "text": text} for pk, text in one.rows]}
        for one in seen.rows_to_split(viewer=actor(request), organisation=found)
    ]


@subject.post("/organisations/{organisation_id}/split", "split_organisation", IdentityChangeOut, status=201)
def split(request: HttpRequest, organisation_id: Id, body: SplitOrganisationIn) -> Any:
    """Take part of an organisation out into a new one; the id of the old one stays with the rest."""
    values = {"name": body.name, "uscc": body.uscc, "region_id": body.region_id, "address": body.address}
    values = {name: value for name, value in values.items() if value is not None}
    return acts.split_organisation(
        by=actor(request), organisation_id=organisation_id, rows=body.rows, values=values, reason=body.reason, at=timezone.now()
    )


@subject.get("/organisations/{organisation_id}/identity-changes", "list_identity_changes", Page[IdentityChangeOut])
def changes(request: HttpRequest, organisation_id: Id, paging: Query[Paging]) -> Any:
    """Merges and splits of an organisation, newest first."""
    found = get_organisation(viewer=actor(request), organisation_id=organisation_id)
    return page(seen.changes_of(viewer=actor(request), organisation=found), paging)


@subject.get("/identity-changes/{change_id}", "get_identity_change", ChangeInFull)
def change(request: HttpRequest, change_id: Id) -> Any:
    """One merge or split: what moved, and whether it was taken back."""
    return seen.get_change(viewer=actor(request), number=change_id)


@subject.post("/identity-changes/{change_id}/undo", "undo_identity_change", IdentityUndoOut, status=201)
def undo(request: HttpRequest, change_id: Id, body: UndoIdentityIn) -> Any:
    """Take a merge or split back: everything that moved returns."""
    return acts.undo_identity_change(by=actor(request), change_id=change_id, reason=body.reason, at=timezone.now())
