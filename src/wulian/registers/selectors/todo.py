"""My to-do across all registers: what waits for a step that I may take, what is late, what runs out soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from wulian.foundation.access import Actor, Role

from .. import access
from ..catalogue import Adopted, adopted_registers
from ..models import Entry
from ..wording import said
from .showing import Reference, state_label, title_for

MOST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry that waits for the viewer. `steps`: what may be done; `late`: days over the limit."""

    adopted: Adopted
    entry: Entry
    reference: Reference
    state: str
    steps: list[str]
    late_days: int


@dataclass(frozen=True, slots=True)
class Todo:
    """`items`: the first of them, at most 200; `total` and `late` (past their limit) are counted in full."""

    items: list[Waiting]
    total: int
    late: int


def waiting_for(viewer: Actor, adopted: Adopted) -> QuerySet[Entry]:
    """Entries of a register with a time limit, from whose state the viewer may take a step forward."""
    mine = Q(pk__in=[])
    for step in adopted.definition.lifecycle.transitions:
        if step.back:
            continue
        mine |= Q(state__in=step.from_) & meant_by(viewer, frozenset(step.who))
    seen = access.seen_by(viewer, adopted)
    return Entry.objects.filter(seen, mine, register=adopted.id, voided_at__isnull=True, due_on__isnull=False)


def meant_by(viewer: Actor, words: frozenset[str]) -> Q:
    """Entries to which the viewer is one of `words`."""
    if viewer.is_system:
        return Q()
    found = Q(pk__in=[])
    for grant in viewer.grants:
        role = "officer" if grant.role is Role.ADMINISTRATOR else grant.role.value
        if role in words:
            found |= Q(region__in=grant.regions) if grant.regions else Q()
            if not grant.regions:
                return Q()
    if "anyone" in words and viewer.signed_in:
        return Q()
    if words & {"subject"}:
        found |= Q(subject__in=access.own_organisations(viewer)) | Q(subject_person__user=viewer.user_id)
    if "creator" in words:
        found |= Q(created_by=viewer.user_id)
    if "party" in words:
        found |= access.is_party(viewer)
    return found


def todo_of(*, viewer: Actor, on: date, register: str = "", late: bool = False) -> Todo:
    """What waits for the viewer, most overdue first: in all registers or one, all of it or what is late."""
    found: list[Waiting] = []
    total = overdue = 0
    for adopted in adopted_registers().values() if viewer.signed_in else ():
        if register and adopted.code != register:
            continue
        rows = waiting_for(viewer, adopted)
        counted = rows.aggregate(total=Count("pk"), late=Count("pk", filter=Q(due_on__lt=on)))
        total, overdue = total + counted["total"], overdue + counted["late"]
        if counted["late" if late else "total"]:
            shown = rows.filter(due_on__lt=on) if late else rows
            chosen = shown.select_related("subject_person").order_by(F("due_on").asc(), "pk")[:MOST]
            found += [_waiting(viewer, adopted, entry, on) for entry in chosen]
    found.sort(key=lambda item: (item.entry.due_on or date.max, item.entry.pk))
    return Todo(found[:MOST], total, overdue)


def _waiting(viewer: Actor, adopted: Adopted, entry: Entry, on: date) -> Waiting:
    as_ = access.relations(viewer, entry)
    steps = [
        said(step.label)
        for step in adopted.definition.lifecycle.transitions
        if not step.back and entry.state in step.from_ and set(step.who) & as_
    ]
    reference = Reference(
        "entry", entry.pk, title_for(adopted, entry, access.rank(viewer, as_)), f"/registers/{adopted.code}/{entry.number}/"
    )
    late = max((on - entry.due_on).days, 0) if entry.due_on else 0
    return Waiting(adopted, entry, reference, state_label(adopted, entry.state), steps, late)


def todo_counts(*, viewer: Actor, on: date) -> tuple[int, int]:
    """(all that wait, those that are late)."""
    if not viewer.signed_in:
        return 0, 0
    waiting = late = 0
    for adopted in adopted_registers().values():
        rows = waiting_for(viewer, adopted)
        waiting += rows.count()
        late += rows.filter(due_on__lt=on).count()
    return waiting, late
