"""The caller's own account: who one is, tokens and notices."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import AwareDatetime, Field

from wulian.foundation.notices import list_notices, mark_read
from wulian.foundation.tokens import SCOPES, issue_token, list_tokens, revoke_token

from .operations import Subject
from .shapes import Choice, Id, In, Label, Line, Page, Paging, Word, actor, page

subject = Subject("account")


class GrantOut(Schema):
    role: str
    role_label: Label
    organisation_id: int | None
    organisation: str
    regions: list[str]


class MeOut(Schema):
    """`scopes` null: signed in on the pages, not limited by a token."""

    signed_in: bool
    name: str
    grants: list[GrantOut]
    scopes: list[str] | None


class TokenOut(Schema):
    id: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class IssuedOut(TokenOut):
    """`secret` is shown this once."""

    secret: str


class TokenIn(In):
    """Valid for 90 days unless `expires_at` says otherwise; at most 366."""

    name: Annotated[Word, Field(min_length=1)]
    scopes: list[Word] = Field(min_length=1, max_length=50)
    expires_at: AwareDatetime | None = None


class NoticeOut(Schema):
    id: int
    text: str
    link: str
    due_on: date | None
    created_at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_text(notice: Any) -> str:
        """In the language that the request asks for."""
        return str(notice.said)


class ReadIn(In):
    """All notices when left out."""

    ids: list[Id] | None = Field(None, max_length=1000)


class Marked(Schema):
    changed: int


class NoticesQuery(Schema):
    unread_only: bool = False


class RevokeQuery(Schema):
    reason: Line = ""


@subject.get("/me", "get_me", MeOut)
def me(request: HttpRequest) -> Any:
    """Who the caller is."""
    who = actor(request)
    grants = [
        {
            "role": grant.role.value,
            "role_label": grant.role.label,
            "organisation_id": grant.organisation_id,
            "organisation": grant.organisation_name,
            "regions": sorted(grant.regions),
        }
        for grant in who.grants
    ]
    return {"signed_in": who.signed_in, "name": who.name, "grants": grants, "scopes": None if who.scopes is None else sorted(who.scopes)}


@subject.get("/scopes", "list_scopes", list[Choice])
def scopes(request: HttpRequest) -> Any:
    """The scopes that a token can have."""
    return [{"code": code, "label": str(label)} for code, label in SCOPES.items()]


@subject.get("/tokens", "list_tokens", list[TokenOut])
def tokens(request: HttpRequest) -> Any:
    """The caller's own tokens, newest first."""
    return list(list_tokens(viewer=actor(request)))


@subject.post("/tokens", "issue_token", IssuedOut, status=201)
def issue(request: HttpRequest, body: TokenIn) -> Any:
    """A new token of one's own. Only when signed in on the pages: a token cannot issue tokens."""
    now = timezone.now()
    expires_at = body.expires_at or now + timedelta(days=90)
    token, secret = issue_token(name=body.name, scopes=body.scopes, expires_at=expires_at, by=actor(request), at=now)
    return {**{name: getattr(token, name) for name in TokenOut.model_fields}, "secret": secret}


@subject.delete("/tokens/{token_id}", "revoke_token")
def revoke(request: HttpRequest, token_id: Id, query: Query[RevokeQuery]) -> None:
    """End a token at once."""
    revoke_token(token_id=token_id, by=actor(request), at=timezone.now(), reason=query.reason)


@subject.get("/notices", "list_notices", Page[NoticeOut])
def notices(request: HttpRequest, query: Query[NoticesQuery], paging: Query[Paging]) -> Any:
    """The caller's own notices: unread first, then by deadline."""
    return page(list_notices(viewer=actor(request), unread_only=query.unread_only), paging)


@subject.post("/notices/read", "mark_notices_read", Marked)
def read(request: HttpRequest, body: ReadIn) -> Any:
    """Mark notices as read."""
    return {"changed": mark_read(by=actor(request), notice_ids=body.ids, at=timezone.now())}
