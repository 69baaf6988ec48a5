"""API tokens: issue, authenticate, revoke. A token can do no more than its owner, and only within its scopes.

The secret is shown once; the database keeps its SHA-256. It has 256 random bits, so a slow password hash would add
nothing but time to every call.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.kernel.errors import N_, Invalid, NotFound, WulianError

from . import audit
from .access import Actor, Role, require
from .models import ApiToken

START = "wulian_"  # so that a scanner for leaked secrets can recognise one
PREFIX_LENGTH = 12
LONGEST = timedelta(days=366)
LAST_USED_STEP = timedelta(hours=1)

# Scope -> what it opens, in the order in which the page offers them. `write` of a subject includes its `read`.
SCOPES: dict[str, Any] = {
    "plans:read": gettext_lazy("查看规划、指标、目标值和实际值"),
    "plans:write": gettext_lazy("上传、校核、发布规划，修改指标和目标值，填报实际值"),
    "tasks:read": gettext_lazy("查看任务、调度和问题"),
    "tasks:write": gettext_lazy("分派任务、发起调度、填报和处理问题"),
    "organisations:read": gettext_lazy("查看企业档案"),
    "organisations:write": gettext_lazy("修改企业档案"),
    "figures:read": gettext_lazy("查看指标口径、数值和记录"),
    "figures:write": gettext_lazy("保存指标快照，填报区域年度数据"),
    "registers:read": gettext_lazy("查看台账、条目、计数和名单"),
    "registers:write": gettext_lazy("登记和修改条目，办理流转，发布名单，采用台账定义"),
    "imports:read": gettext_lazy("查看导入批次和隔离行"),
    "imports:write": gettext_lazy("上传并导入数据，处理隔离行"),
    "files:write": gettext_lazy("上传佐证文件"),
    "notices:read": gettext_lazy("查看自己的通知"),
    "notices:write": gettext_lazy("标记自己的通知"),
    "people:read": gettext_lazy("查看人员与任职"),
    "people:write": gettext_lazy("增减人员与任职"),
    "audit:read": gettext_lazy("查看审计记录"),
}


class TokenRefused(WulianError):
    code = "token_refused"
    message = N_("接口令牌无效、已作废或已到期：请在“接口令牌”页面新建一个。")
    status = 401


def covers(held: Iterable[str], wanted: str) -> bool:
    """True when `wanted` (e.g. "plans:read") is among the scopes held, or the subject's write scope is."""
    held = frozenset(held)
    return wanted in held or f"{wanted.partition(':')[0]}:write" in held


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(*, name: str, scopes: Iterable[str], expires_at: datetime, by: Actor, at: datetime) -> tuple[ApiToken, str]:
    """A new token of the actor's own account. Returns it with its secret, which cannot be had again.

    Refused to a token itself, so that a leaked one cannot renew or widen itself. At most 366 days.
    """
    owner = by.user_id
    require(owner is not None, act=_("新建接口令牌"), reason=_("需要先登录"))
    assert owner is not None  # said again for the type checker
    require(by.scopes is None, act=_("新建接口令牌"), reason=_("接口令牌不能再新建令牌，请在页面上登录后新建"))
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid(field=_("用途"), why=_("请写明用在哪里，不超过 80 个字"))
    wanted = list(dict.fromkeys(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise Invalid(field=_("范围"), why=_("没有“%(scopes)s”") % {"scopes": "、".join(unknown)})
    if not wanted:
        raise Invalid(field=_("范围"), why=_("至少选一项"))
    if not at < expires_at <= at + LONGEST:
        raise Invalid(field=_("到期时间"), why=_("应在今后 %(days)s 天以内") % {"days": LONGEST.days})
    secret = START + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user_id=owner,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        digest=digest_of(secret),
        scopes=wanted,
        created_at=at,
        expires_at=expires_at,
    )
    audit.record(by=by, action="token.issued", obj=token, after=audit.state_of(token, "name", "prefix", "scopes", "expires_at"), at=at)
    return token, secret


@transaction.atomic
def revoke_token(*, token_id: int, by: Actor, at: datetime, reason: str = "") -> ApiToken:
    """End a token at once: one's own, or anyone's as administrator of the whole installation. Revoking twice changes nothing."""
    token = _visible(by).select_for_update(of=("self",)).filter(pk=token_id).first()
    if token is None:
        raise NotFound(what=_("接口令牌 %(id)s") % {"id": token_id})
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        audit.record(by=by, action="token.revoked", obj=token, before={"revoked_at": None}, after={"revoked_at": at}, reason=reason, at=at)
    return token


def authenticate(*, secret: str, at: datetime) -> ApiToken:
    """The valid token with this secret, its account loaded. Raises TokenRefused without saying which of the reasons it was."""
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or token.revoked_at is not None or token.expires_at <= at or not token.user.is_active:
        raise TokenRefused
    return token


def note_use(*, token: ApiToken, at: datetime) -> None:
    """Remember that the token is in use, at most once an hour, so that reading does not write on every call."""
    if token.last_used_at is None or at - token.last_used_at >= LAST_USED_STEP:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def list_tokens(*, viewer: Actor, everyone: bool = False) -> QuerySet[ApiToken]:
    """The viewer's own tokens, newest first; with `everyone`, all of them for an administrator of the whole installation."""
    tokens = _visible(viewer).select_related("user")
    if not everyone:
        tokens = tokens.filter(user_id=viewer.user_id or 0)
    return tokens.order_by("-id")


def _visible(viewer: Actor) -> QuerySet[ApiToken]:
    if viewer.has(Role.ADMINISTRATOR, region=settings.HOME_REGION):
        return ApiToken.objects.all()
    return ApiToken.objects.filter(user_id=viewer.user_id) if viewer.user_id is not None else ApiToken.objects.none()
