"""What people say of two organisations that may be one. A person's answer holds against the model for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.errors import AlreadyAnswered
from wulian.directory.linking.records import keys_of
from wulian.directory.models import Doubt, IdentityChange, Judgement, Organisation, Verdict
from wulian.foundation import audit
from wulian.foundation.access import Actor
from wulian.kernel.errors import Invalid, NotFound

from . import identity
from .organisations import require_may_edit

MOST = 60  # records of each side of which every pair is written down


def judge(
    *, by: Actor, left: Organisation, right: Organisation, verdict: str, reason: str, at: datetime, pairs: Sequence[Sequence[Any]] = ()
) -> None:
    """Write down what was said. pairs: [key of left, key of right, score or None]. Inside the transaction of the act."""
    rows = []
    for first, second, score in pairs:
        (one, a), (two, b) = sorted(((first, left), (second, right)), key=lambda item: item[0])
        rows.append(
            Judgement(
                left_key=one, right_key=two, left=a, right=b, verdict=verdict, reason=reason, score=score, user_id=by.user_id, actor=by.name,
                at=at,
            )
        )  # fmt: skip
    Judgement.objects.bulk_create(rows)


def star(kept: Organisation, other: Organisation) -> list[list[Any]]:
    """Pairs that tie all records of `other` to the first of `kept`."""
    return [[keys_of(kept)[0], key, None] for key in keys_of(other)[:MOST]]


def cross(left: Organisation, right: Organisation) -> list[list[Any]]:
    """Every record of one with every record of the other."""
    theirs = keys_of(right)[:MOST]
    return [[mine, key, None] for mine in keys_of(left)[:MOST] for key in theirs]


def locked_doubt(doubt_id: int) -> Doubt:
    try:
        return Doubt.objects.select_for_update(of=("self",)).select_related("left", "right").get(pk=doubt_id)
    except Doubt.DoesNotExist as error:
        raise NotFound(what=_("这个疑点")) from error


@transaction.atomic
def answer_doubt(*, by: Actor, doubt_id: int, verdict: str, at: datetime, reason: str = "") -> Doubt:
    """Same: the two become one (undoable). Different: never asked again. Unsure: put aside, for someone who knows more.

    Raises Denied, Invalid, NotFound, AlreadyAnswered, AlreadyMerged.
    """
    doubt = locked_doubt(doubt_id)
    for organisation in (doubt.left, doubt.right):
        require_may_edit(by, organisation.region_id)
    if verdict not in {Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE}:
        raise Invalid(field=_("判断"), why=_("没有“%(text)s”这个选项") % {"text": verdict[:40]})
    if doubt.state == Doubt.State.ANSWERED:
        raise AlreadyAnswered(who=doubt.answered_by)
    judge(by=by, left=doubt.left, right=doubt.right, verdict=verdict, reason=reason.strip(), at=at, pairs=doubt.pairs)
    doubt.state = Doubt.State.UNSURE if verdict == Verdict.UNSURE else Doubt.State.ANSWERED
    doubt.answered_at, doubt.answered_by = at, by.name
    doubt.save(update_fields=["state", "answered_at", "answered_by"])
    if verdict == Verdict.SAME:
        kept, other = sorted((doubt.left, doubt.right), key=lambda one: (one.uscc == "", one.pk))
        doubt.change = identity.merge_organisations(
            by=by, kept_id=kept.pk, other_id=other.pk, reason=reason.strip() or doubt.zh, at=at, judged=True
        )
        doubt.save(update_fields=["change"])
    audit.record(
        by=by, action="doubt.answered", obj=doubt, after={"verdict": verdict, "left": doubt.left, "right": doubt.right},
        reason=reason, region=doubt.left.region_id or "", at=at,
    )  # fmt: skip
    return doubt


@transaction.atomic
def reopen_doubt(*, by: Actor, doubt_id: int, at: datetime, reason: str = "") -> Doubt:
    """Take an answer back: a merge is undone, and the pair waits again. Raises Denied, NotFound, Invalid, LaterChange."""
    doubt = locked_doubt(doubt_id)
    for organisation in (doubt.left, doubt.right):
        require_may_edit(by, organisation.region_id)
    if doubt.state == Doubt.State.OPEN:
        raise Invalid(field=_("疑点"), why=_("还没有判断过"))
    reason = reason.strip() or _("撤回判断")
    if doubt.change_id is not None:
        identity.undo_identity_change(by=by, change_id=doubt.change_id, reason=reason, at=at)  # reopens the doubt as well
        return locked_doubt(doubt_id)
    reopen(by=by, doubts=[doubt], at=at, reason=reason)
    return doubt


def reopen(*, by: Actor, doubts: Iterable[Doubt], at: datetime, reason: str) -> None:
    for doubt in doubts:
        judge(by=by, left=doubt.left, right=doubt.right, verdict=Verdict.WITHDRAWN, reason=reason, at=at, pairs=doubt.pairs)
        doubt.state, doubt.change, doubt.answered_at, doubt.answered_by = Doubt.State.OPEN, None, None, ""
        doubt.save(update_fields=["state", "change", "answered_at", "answered_by"])
        audit.record(
            by=by, action="doubt.reopened", obj=doubt, after={"left": doubt.left, "right": doubt.right}, reason=reason,
            region=doubt.left.region_id or "", at=at,
        )  # fmt: skip


def after_undo(*, by: Actor, change: IdentityChange, at: datetime, reason: str) -> None:
    """What an undone merge or split says of the pair: a person's answer is withdrawn, the model's is contradicted for ever."""
    doubts = list(Doubt.objects.select_related("left", "right").filter(change=change))
    if doubts:
        reopen(by=by, doubts=doubts, at=at, reason=reason)
    elif change.basis == IdentityChange.Basis.MODEL:
        pairs = cross(change.kept, change.other)
        judge(by=by, left=change.kept, right=change.other, verdict=Verdict.DIFFERENT, reason=reason, at=at, pairs=pairs)
    else:
        both = [change.kept_id, change.other_id]
        said = Judgement.objects.filter(left__in=both, right__in=both, at=change.at).select_related("left", "right")
        for one in said.exclude(verdict=Verdict.WITHDRAWN).order_by("pk"):
            pairs = [[one.left_key, one.right_key, one.score]]
            judge(by=by, left=one.left, right=one.right, verdict=Verdict.WITHDRAWN, reason=reason, at=at, pairs=pairs)


def said_of(keys: Iterable[str]) -> tuple[set[tuple[str, str]], set[tuple[str, str]], set[tuple[str, str]]]:
    """Pairs among `keys` of which a person's last word is: same, different, unsure."""
    wanted = sorted(set(keys))
    last: dict[tuple[str, str], str] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = Judgement.objects.filter(left_key__in=part).order_by("id").values_list("left_key", "right_key", "verdict")
        for left, right, verdict in rows:
            last[left, right] = verdict
    found: dict[str, set[tuple[str, str]]] = {verdict: set() for verdict in Verdict.values}
    known = set(wanted)
    for pair, verdict in last.items():
        if pair[1] in known:
            found[verdict].add(pair)
    return found[Verdict.SAME], found[Verdict.DIFFERENT], found[Verdict.UNSURE]
