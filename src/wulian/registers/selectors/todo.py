"""My to-do across all registers: what waits for a step that I may take, what is late, what runs out soon."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache, partial, reduce
from operator import or_

from django.db.models import Count, Q, QuerySet

from wulian.engines.registers import Audience
from wulian.foundation.access import Actor, Role

from .. import access
from ..catalogue import Adopted, adopted_registers, get_adopted
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
    for code, (waiting, passed) in _counts(viewer, on).items():
        if register not in ("", code):
            continue
        total, overdue, adopted = total + waiting, overdue + passed, get_adopted(code)
        if passed or not late:
            rows = waiting_for(viewer, adopted)
            shown = rows.filter(due_on__lt=on) if late else rows
            found += [_waiting(viewer, adopted, e, on) for e in shown.select_related("subject_person").order_by("due_on", "pk")[:MOST]]
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
    """(all that wait, those that are late). A few queries, however many registers there are: it may stand on every page."""
    counts = _counts(viewer, on).values()
    return sum(waiting for waiting, _late in counts), sum(late for _waiting, late in counts)


def _counts(viewer: Actor, on: date) -> dict[str, tuple[int, int]]:
    """Code of a register -> (entries that wait, those that are late), without registers in which nothing waits.

    What waits for a role is counted by register, state and region, in which it is the same for all entries. What waits for the
    people of an entry is looked at entry by entry, where it does not wait for a role of the viewer's anyway.
    """
    if not viewer.signed_in:
        return {}
    registers = {adopted.id: adopted for adopted in adopted_registers().values()}
    roles = cache(partial(access.roles_at, viewer))
    asked = cache(lambda register, state: _asked(registers[register], state))
    waiting: Counter[int] = Counter()
    late: Counter[int] = Counter()
    personal: defaultdict[tuple[int, str], set[str]] = defaultdict(set)  # (register, state) -> regions
    dated = Entry.objects.filter(voided_at__isnull=True, due_on__isnull=False).order_by()
    places = dated.values_list("register", "state", "region")
    for register, state, region, number, overdue in places.annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=on))):
        words, as_ = asked(register, state), roles(region) | (access.RELATIONS if viewer.is_system else set())
        if words & as_ and _sees_all(viewer, registers[register], state, region, as_):
            waiting[register] += number
            late[register] += overdue
        elif words & (as_ | access.RELATIONS):
            personal[register, state].add(region)
    if personal and viewer.user_id is not None:
        there = (Q(register=register, state=state, region__in=regions) for (register, state), regions in personal.items())
        own = dated.filter(access.is_party(viewer), reduce(or_, there)).select_related("subject_person")
        for entry in own.only("register", "state", "region", "due_on", "subject", "subject_person__user", "created_by"):
            if asked(entry.register_id, entry.state) & (roles(entry.region_id) | _relations(viewer, entry)):
                waiting[entry.register_id] += 1
                late[entry.register_id] += entry.due_on is not None and entry.due_on < on
    return {adopted.code: (waiting[pk], late[pk]) for pk, adopted in registers.items() if waiting[pk]}


def _asked(adopted: Adopted, state: str) -> frozenset[str]:
    """Who may take a step forward from `state`."""
    steps = adopted.definition.lifecycle.transitions
    return frozenset().union(*(step.who for step in steps if not step.back and state in step.from_))


def _sees_all(viewer: Actor, adopted: Adopted, state: str, region: str, as_: Collection[str]) -> bool:
    """Whether the viewer sees every entry in this state and region, whoever it is about (see `access.seen_by`)."""
    definition = adopted.definition
    if viewer.is_system or definition.audience in {Audience.PUBLIC, Audience.SIGNED_IN} or state in definition.public_in:
        return True
    if region in viewer.regions_as(*access.OVERSEERS):
        return True
    return any(role in as_ and state in states for role, states in access.asked_roles(adopted).items())


def _relations(viewer: Actor, entry: Entry) -> set[str]:
    """What the viewer is to an entry to which they are a party."""
    person = entry.subject_person
    subject = entry.subject_id in access.own_organisations(viewer) or (person is not None and person.user_id == viewer.user_id)
    return {"party"} | ({"subject"} if subject else set()) | ({"creator"} if entry.created_by_id == viewer.user_id else set())
