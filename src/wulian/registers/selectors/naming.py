"""The entries that name one organisation, across all registers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from wulian.foundation.access import Actor

from .. import access
from ..catalogue import Adopted, adopted_registers
from ..models import Entry, EntryParty
from ..wording import said
from .showing import basic_rank, state_label, title_for

MOST = 5


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of the organisation; `role`: subject or the fields that name it."""

    title: str
    number: str
    url: str
    state: str
    role: str


@dataclass(frozen=True, slots=True)
class NamedIn:
    """A register with the newest entries that name the organisation (at most five), and how many there are."""

    name: str
    code: str
    count: int
    entries: list[Named]


def entries_naming(*, viewer: Actor, organisation_id: int) -> list[NamedIn]:
    """Registers, in their order, with the entries in which the organisation is subject or party and which the viewer may see. A
    party is told only where the viewer may read the field that names it."""
    party = EntryParty.objects.filter(organisation=organisation_id, entry=OuterRef("pk"))
    named = Q(subject=organisation_id) | Q(Exists(party))
    live = Entry.objects.filter(named, voided_at__isnull=True)
    counts = dict(live.order_by().values_list("register").annotate(n=Count("pk")))
    found = []
    for adopted in adopted_registers().values():
        if adopted.id not in counts:
            continue
        rows = Entry.objects.filter(access.seen_by(viewer, adopted), register=adopted.id, voided_at__isnull=True)
        rows = rows.filter(Q(subject=organisation_id) | _as_party(viewer, adopted, organisation_id))
        count = rows.count()
        if count:
            newest = rows.select_related("subject", "subject_person").order_by("-state_since", "-pk")[:MOST]
            entries = [_named(viewer, adopted, entry, organisation_id) for entry in newest]
            found.append(NamedIn(said(adopted.definition.name), adopted.code, count, entries))
    return found


def _as_party(viewer: Actor, adopted: Adopted, organisation_id: int) -> Q:
    """Entries that name the organisation in a field which the viewer may read there."""
    found = Q(pk__in=[])
    for definition in adopted.definition.fields:
        inside = Q(field=definition.code) | Q(field__startswith=f"{definition.code}.")
        party = EntryParty.objects.filter(inside, organisation=organisation_id, entry=OuterRef("pk"))
        if definition.type.value in {"organisation", "rows"}:
            found |= Q(Exists(party)) & access.where_visible(viewer, adopted, [definition])
    return found


def _named(viewer: Actor, adopted: Adopted, entry: Entry, organisation_id: int) -> Named:
    own = organisation_id in access.own_organisations(viewer)
    level = max(basic_rank(viewer, entry), 2 if own else 0)
    if entry.subject_id == organisation_id:
        role = said(adopted.definition.subject_label)
    else:
        codes = EntryParty.objects.filter(entry=entry, organisation=organisation_id).order_by("pk").values_list("field", flat=True)
        fields = [adopted.fields.get(code.partition(".")[0]) for code in codes]
        role = "、".join(dict.fromkeys(said(field.label) for field in fields if field and access.sees_field(field, level, ())))
    title = title_for(adopted, entry, level)
    return Named(title, entry.number, f"/registers/{adopted.code}/{entry.number}/", state_label(adopted, entry.state), role)
