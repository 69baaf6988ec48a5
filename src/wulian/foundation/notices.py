"""Notices: a sentence to one account with a page to open. Other packages send them; the portal shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from wulian.kernel.errors import NotFound

from .access import Actor, require
from .models import Notice


def notify(
    *, users: Iterable[int], key: str, text: str | Callable[[], str], link: str = "", due_on: date | None = None, at: datetime
) -> int:
    """Send one notice to each account (ids) that has not had a notice with this `key`. Returns how many were new.

    text: the sentence, or what words it in the language in force; the latter is kept in Chinese and in English.
    Called by services inside the transaction of their act, so a rolled-back act sends nothing.
    """
    zh, en = (_worded(text, "zh-hans"), _worded(text, "en")) if callable(text) else (text, "")
    fresh = [
        Notice(user_id=user_id, key=key[:120], text=zh[:300], text_en=en[:300], link=link[:200], due_on=due_on, created_at=at)
        for user_id in dict.fromkeys(users)
    ]
    known = set(Notice.objects.filter(key=key[:120], user_id__in=[notice.user_id for notice in fresh]).values_list("user_id", flat=True))
    Notice.objects.bulk_create((notice for notice in fresh if notice.user_id not in known), ignore_conflicts=True)
    return len(fresh) - len(known)


def _worded(text: Callable[[], str], language: str) -> str:
    with override(language):
        return text()


def settle(*, key: str, at: datetime) -> int:
    """What the notices with this `key` asked for is done: they wait for nobody any more. Returns how many still did.

    Called by services inside the transaction of their act.
    """
    return Notice.objects.filter(key=key[:120], read_at__isnull=True).update(read_at=at)


def supersede(*, prefix: str, key: str, at: datetime) -> int:
    """Notices whose key begins with `prefix` are out of date, except those with `key`: nobody need open them any more."""
    return Notice.objects.filter(key__startswith=prefix, read_at__isnull=True).exclude(key=key).update(read_at=at)


def mark_read(*, by: Actor, notice_ids: Iterable[int] | None = None, at: datetime) -> int:
    """Mark the actor's own notices as read (all of them without `notice_ids`). Returns how many changed."""
    require(by.user_id is not None, act=_("标记通知"), reason=_("需要先登录"))
    assert by.user_id is not None
    with transaction.atomic():
        mine = Notice.objects.filter(user_id=by.user_id, read_at__isnull=True)
        if notice_ids is not None:
            mine = mine.filter(pk__in=list(notice_ids))
        return mine.update(read_at=at)


def list_notices(*, viewer: Actor, unread_only: bool = False) -> QuerySet[Notice]:
    """The viewer's own notices: unread first, then by deadline, then newest."""
    mine = Notice.objects.filter(user_id=viewer.user_id) if viewer.user_id is not None else Notice.objects.none()
    if unread_only:
        mine = mine.filter(read_at__isnull=True)
    return mine.order_by(F("read_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "-id")


def get_notice(*, viewer: Actor, notice_id: int) -> Notice:
    """One of the viewer's own notices.

    Raises: NotFound.
    """
    notice = list_notices(viewer=viewer).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound(what=_("这条通知"))
    return notice


def unread_count(*, viewer: Actor) -> int:
    return Notice.objects.filter(user_id=viewer.user_id, read_at__isnull=True).count() if viewer.user_id is not None else 0
