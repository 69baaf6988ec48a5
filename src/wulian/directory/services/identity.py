"""Merging two organisations, splitting one, and taking either back.

An id never changes meaning: the row of a merged organisation stays and forwards. What moves is logged row by row, so that it
can all go back later, also when other rows have changed in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.directory.errors import AlreadyUndone, LaterChange, NothingToSplit, SameOrganisation
from wulian.directory.identity import Change
from wulian.directory.identity.filling import filled
from wulian.directory.identity.movers import mover, movers
from wulian.directory.models import IdentityChange, IdentityUndo, MovedRow, Organisation, Verdict
from wulian.directory.searching import KIND
from wulian.foundation import audit, bulk, search
from wulian.foundation.access import Actor
from wulian.kernel.errors import Invalid, NotFound

from . import judgements
from .organisations import checked, require_living, require_may_edit

OWN = "directory.organisation"  # the mover of the organisation's own columns
RECORDS = "directory.sourcerecord.organisation"
FORWARDS = "directory.organisation.merged_into"


def locked_pair(first: int, second: int) -> dict[int, Organisation]:
    """Both organisations, locked in the order of their ids. Raises NotFound."""
    found = {row.pk: row for row in Organisation.objects.select_for_update(of=("self",)).filter(pk__in=[first, second]).order_by("pk")}
    if first not in found or second not in found:
        raise NotFound(what=_("这个主体"))
    return found


@transaction.atomic
def merge_organisations(
    *,
    by: Actor,
    kept_id: int,
    other_id: int,
    reason: str,
    at: datetime,
    basis: str = IdentityChange.Basis.PERSON,
    judged: bool = False,
) -> IdentityChange:
    """Let `other` go into `kept`: all that hangs on it moves, its id forwards, blanks of `kept` are filled from it.

    What a person merges is written down as a judgement, unless it already was (`judged`). A row of which `kept` has the same already (the same title, the same fact of a year) stays behind with the forwarding id.
    Raises Denied, Invalid, NotFound, SameOrganisation, AlreadyMerged.
    """
    pair = locked_pair(kept_id, other_id)
    kept, other = pair[kept_id], pair[other_id]
    if kept_id == other_id:
        raise SameOrganisation(name=kept.name)
    for organisation in (kept, other):
        require_may_edit(by, organisation.region_id)
        require_living(organisation)
    reason = _reason(reason)
    change = IdentityChange.objects.create(
        kind=IdentityChange.Kind.MERGE, basis=basis, kept=kept, other=other, reason=reason, user_id=by.user_id, actor=by.name, at=at
    )
    if basis == IdentityChange.Basis.PERSON and not judged:
        judgements.judge(by=by, left=kept, right=other, verdict=Verdict.SAME, reason=reason, at=at, pairs=judgements.star(kept, other))
    counts = {}
    for one in movers():
        ids = one.rows(other_id)
        staying = one.clashing(ids, kept_id)
        counts[one.key] = _move(change, one.key, [pk for pk in ids if pk not in staying], other_id, kept_id)
    other.merged_into, other.updated_at = kept, at
    other.save(update_fields=["merged_into", "updated_at"])
    _set(change, kept, filled(kept, other), at)
    audit.record(
        by=by, action="organisation.merged", obj=kept, after={"other": other, "moved": {key: n for key, n in counts.items() if n}},
        reason=reason, region=kept.region_id or "", at=at,
    )  # fmt: skip
    search.mark(KIND, [kept.pk, other.pk])
    return change


@transaction.atomic
def split_organisation(
    *, by: Actor, organisation_id: int, rows: Mapping[str, Sequence[int]], values: Mapping[str, Any], reason: str, at: datetime
) -> IdentityChange:
    """Take part of an organisation out into a new one. The old id stays with what is left.

    rows: key of a mover -> ids of the rows that go. values: columns of the new organisation, at least `name`; a code that the old
    one has goes with it. Raises Denied, Invalid, NotFound, AlreadyMerged, NothingToSplit.
    """
    kept = locked_pair(organisation_id, organisation_id)[organisation_id]
    require_may_edit(by, kept.region_id)
    require_living(kept)
    reason = _reason(reason)
    own = {one.key: set(one.rows(kept.pk)) for one in movers() if one.key != FORWARDS}
    going = {key: sorted(set(ids) & own[key]) for key, ids in rows.items() if key in own}
    if not any(going.values()) or (own[RECORDS] and set(going.get(RECORDS, ())) == own[RECORDS]):
        raise NothingToSplit
    takes_code = bool(kept.uscc) and str(values.get("uscc") or "").strip().upper() == kept.uscc
    clean = checked({**values, "uscc": "" if takes_code else values.get("uscc", "")})
    if clean.get("region_id"):
        require_may_edit(by, clean["region_id"])
    blank = {"kind": kept.kind, "status": kept.status, "region_id": kept.region_id, "is_synthetic": kept.is_synthetic}
    other = Organisation.objects.create(**{**blank, **clean}, region_basis=Organisation.RegionBasis.OFFICER, created_at=at, updated_at=at)
    change = IdentityChange.objects.create(
        kind=IdentityChange.Kind.SPLIT, kept=kept, other=other, reason=reason, user_id=by.user_id, actor=by.name, at=at
    )
    counts = {key: _move(change, key, ids, kept.pk, other.pk) for key, ids in going.items()}
    pairs = judgements.cross(kept, other)
    judgements.judge(by=by, left=kept, right=other, verdict=Verdict.DIFFERENT, reason=reason, at=at, pairs=pairs)
    if takes_code:
        code = kept.uscc
        _set(change, kept, {"uscc": ""}, at)
        _set(change, other, {"uscc": code}, at)
    audit.record(
        by=by, action="organisation.split", obj=kept, after={"other": other, "moved": {key: n for key, n in counts.items() if n}},
        reason=reason, region=kept.region_id or "", at=at,
    )  # fmt: skip
    search.mark(KIND, [kept.pk, other.pk])
    return change


@transaction.atomic
def undo_identity_change(*, by: Actor, change_id: int, reason: str, at: datetime) -> IdentityUndo:
    """Put everything back where it was before a merge or a split, whatever else has changed since.

    A row that was deleted or given to someone else in between cannot go back: `left` counts those by kind. Raises Denied, Invalid,
    NotFound, AlreadyUndone, LaterChange.
    """
    change = IdentityChange.objects.filter(pk=change_id).first()
    if change is None:
        raise NotFound(what=_("这次归并或拆分"))
    pair = locked_pair(change.kept_id, change.other_id)
    kept, other = pair[change.kept_id], pair[change.other_id]
    for organisation in (kept, other):
        require_may_edit(by, organisation.region_id)
    reason = _reason(reason)
    if undone := IdentityUndo.objects.filter(change=change).first():
        raise AlreadyUndone(on=timezone.localdate(undone.at).isoformat(), who=undone.actor)
    _refuse_later(change, kept, other)
    left: dict[str, int] = {}
    logged: dict[str, list[Change]] = {}
    for row in change.moved.order_by("id"):
        logged.setdefault(row.mover, []).append(Change(row.row_id, row.field, row.old, row.new))
    own = logged.pop(OWN, [])
    _restore_columns(own, pair, left, at)
    merged = change.kind == IdentityChange.Kind.MERGE
    other.merged_into, other.updated_at = None if merged else kept, at
    # Who gives up a code is written before who takes it back.
    for organisation in (kept, other) if merged else (other, kept):
        organisation.save()
    for key, changes in logged.items():
        if missing := mover(key).restore(changes):
            left[key] = missing
    judgements.after_undo(by=by, change=change, at=at, reason=reason)
    undo = IdentityUndo.objects.create(change=change, reason=reason, left=left, user_id=by.user_id, actor=by.name, at=at)
    audit.record(
        by=by, action="organisation.undone", obj=kept, before={"kind": change.get_kind_display(), "other": other}, after={"unreturned": left},
        reason=reason, region=kept.region_id or "", at=at,
    )  # fmt: skip
    search.mark(KIND, [kept.pk, other.pk])
    return undo


def _reason(reason: str) -> str:
    clean = reason.strip()
    if not clean or len(clean) > 2_000:
        raise Invalid(field=_("理由"), why=_("要写明理由，不超过 2000 字"))
    return clean


def _refuse_later(change: IdentityChange, kept: Organisation, other: Organisation) -> None:
    """A merge can be taken back only where its rows still are: later ones of the same ids go first."""
    merged = change.kind == IdentityChange.Kind.MERGE
    gone = kept if kept.merged_into_id is not None else other if not merged and other.merged_into_id is not None else None
    if gone is None and merged and other.merged_into_id != kept.pk:
        gone = other
    if gone is None:
        return
    later = IdentityChange.objects.filter(other=gone, pk__gt=change.pk, undo__isnull=True).order_by("-pk").first()
    on = timezone.localdate(later.at if later else gone.updated_at).isoformat()
    raise LaterChange(name=gone.name, on=on)


def _move(change: IdentityChange, key: str, ids: Sequence[int], source: int, target: int) -> int:
    _log(change, key, mover(key).move(ids, source, target) if ids else [])
    return len(ids)


def _log(change: IdentityChange, key: str, changes: Sequence[Change]) -> None:
    bulk.insert(
        MovedRow,
        [MovedRow(change=change, mover=key, row_id=one.row_id, field=one.field, old=one.old, new=one.new) for one in changes],
    )


def _set(change: IdentityChange, organisation: Organisation, values: Mapping[str, Any], at: datetime) -> None:
    """Set columns of an organisation and log them, so that they go back with the rest."""
    if not values:
        return
    logged = []
    for name, value in values.items():
        logged.append(Change(organisation.pk, name, audit.plain(getattr(organisation, name)), audit.plain(value)))
        setattr(organisation, name, value)
    organisation.updated_at = at
    organisation.save()
    _log(change, OWN, logged)


def _restore_columns(changes: Sequence[Change], pair: Mapping[int, Organisation], left: dict[str, int], at: datetime) -> None:
    for change in reversed(changes):
        organisation = pair[change.row_id]
        if audit.plain(getattr(organisation, change.field)) != change.new:
            left[OWN] = left.get(OWN, 0) + 1
            continue
        field = Organisation._meta.get_field(change.field.removesuffix("_id"))
        setattr(organisation, change.field, field.to_python(change.old) if change.old is not None else None)  # type: ignore[union-attr]
        organisation.updated_at = at
