"""Who may see and do what with an entry: the list filter and the check of one entry come from the same definition.

Audiences, from wide to narrow: public, signed in, parties (people of an organisation or persons that the entry names, and who
made it), officers (and auditors) of the entry's region. Roles that a step from the present state names see the entry too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q

from wulian.directory.access import cover_everything
from wulian.engines.registers import Audience, FieldDefinition, FieldType
from wulian.foundation.access import Actor, Role

from .catalogue import Adopted
from .models import Entry, EntryParty

RANK = {Audience.PUBLIC: 0, Audience.SIGNED_IN: 1, Audience.PARTIES: 2, Audience.OFFICER: 3}
OVERSEERS = (Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
RELATIONS = frozenset({"subject", "creator", "party", "anyone"})


def roles_at(actor: Actor, region: str) -> frozenset[str]:
    """The actor's roles as they hold for a region; a role that is not bound to regions holds everywhere."""
    found = {grant.role.value for grant in actor.grants if region in grant.regions or not grant.regions}
    if Role.ADMINISTRATOR in found:
        found.add(Role.OFFICER.value)
    if actor.is_system:
        found |= {role.value for role in Role}
    return frozenset(found | ({"anyone"} if actor.signed_in else set()))


def own_organisations(actor: Actor) -> frozenset[int]:
    return frozenset(grant.organisation_id for grant in actor.grants if grant.organisation_id is not None)


def relations(actor: Actor, entry: Entry) -> frozenset[str]:
    """Everything that the actor is to the entry: roles, subject, creator, party, anyone."""
    found = set(roles_at(actor, entry.region_id))
    if actor.is_system:
        return frozenset(found | RELATIONS)
    if actor.user_id is not None:
        own = own_organisations(actor)
        if entry.subject_id in own or (entry.subject_person is not None and entry.subject_person.user_id == actor.user_id):
            found |= {"subject", "party"}
        if entry.created_by_id == actor.user_id:
            found |= {"creator", "party"}
        if "party" not in found and EntryParty.objects.filter(_party(actor), entry=entry).exists():
            found.add("party")
    return frozenset(found)


def _party(actor: Actor) -> Q:
    return Q(organisation__in=own_organisations(actor)) | Q(person__user=actor.user_id)


def is_party(actor: Actor) -> Q:
    """Entries to which the actor is subject, creator or party."""
    if actor.user_id is None:
        return Q(pk__in=[])
    own = Q(subject__in=own_organisations(actor)) | Q(subject_person__user=actor.user_id) | Q(created_by=actor.user_id)
    return own | Q(Exists(EntryParty.objects.filter(_party(actor), entry=OuterRef("pk"))))


def overseen(actor: Actor) -> Q | None:
    """Entries in the regions that the actor oversees; None: all of them."""
    regions = actor.regions_as(*OVERSEERS)
    return None if actor.is_system or cover_everything(regions) else Q(region__in=regions)


def seen_by(actor: Actor, adopted: Adopted) -> Q:
    """Entries of the register that the actor may see."""
    definition = adopted.definition
    if actor.is_system or definition.audience is Audience.PUBLIC:
        return Q()
    public = Q(state__in=definition.public_in) if definition.public_in else Q(pk__in=[])
    if not actor.signed_in:
        return public
    if definition.audience is Audience.SIGNED_IN or (own := overseen(actor)) is None:
        return Q()
    seen = public | own | is_party(actor)
    for role, states in asked_roles(adopted).items():
        for grant in actor.grants:
            if grant.role.value == role:
                seen |= Q(state__in=states) & (Q(region__in=grant.regions) if grant.regions else Q())
    return seen


def asked_roles(adopted: Adopted) -> dict[str, set[str]]:
    """Role -> states from which it may take a step."""
    found: dict[str, set[str]] = {}
    for step in adopted.definition.lifecycle.transitions:
        for who in step.who:
            if who not in RELATIONS and who != Role.OFFICER:
                found.setdefault(who, set()).update(step.from_)
    return found


def may_see(actor: Actor, entry: Entry, adopted: Adopted) -> bool:
    return Entry.objects.filter(seen_by(actor, adopted), pk=entry.pk).exists()


def rank(actor: Actor, as_: Iterable[str]) -> int:
    """How much the actor sees of an entry to which it is `as_`."""
    words = set(as_)
    if actor.is_system or words & {Role.OFFICER.value, Role.AUDITOR.value, Role.ADMINISTRATOR.value}:
        return 3
    if words & {"subject", "creator", "party"}:
        return 2
    return 1 if actor.signed_in else 0


def sees_field(field: FieldDefinition, level: int, as_: Iterable[str]) -> bool:
    return RANK[field.visible] <= level or bool(set(field.roles) & set(as_))


def visible_fields(adopted: Adopted, level: int, as_: Iterable[str]) -> list[FieldDefinition]:
    words = frozenset(as_)
    return [field for field in adopted.definition.fields if sees_field(field, level, words)]


def fillable(fields: Iterable[FieldDefinition], as_: Iterable[str]) -> list[FieldDefinition]:
    """Those of `fields` that somebody who is `as_` may fill."""
    words = set(as_)
    return [field for field in fields if not field.filled_by or words & set(field.filled_by)]


def title_rank(adopted: Adopted) -> int:
    """Who may read the title: as the field that it is taken from; a person's name is never public."""
    code = adopted.definition.views.title
    if code == "subject":
        return subject_rank(adopted)
    field = adopted.field(code)
    return max(RANK[field.visible], 1 if field.type is FieldType.PERSON else 0)


def name_for(actor: Actor, adopted: Adopted, entry: Entry) -> str:
    """What the entry may be called before the actor: its title, or its number where the title is not for this reader."""
    return entry.title if rank(actor, relations(actor, entry)) >= title_rank(adopted) else entry.number


def subject_rank(adopted: Adopted) -> int:
    return 1 if adopted.definition.subject == "person" else 0


def where_visible(actor: Actor, adopted: Adopted, fields: Iterable[FieldDefinition]) -> Q:
    """Entries in which the actor may see all `fields`: a filter or sort by a hidden value must not give it away."""
    need = max((RANK[field.visible] for field in fields if not set(field.roles) & {role.value for role in actor.roles}), default=0)
    if actor.is_system or need <= (1 if actor.signed_in else 0):
        return Q()
    allowed = overseen(actor)
    if allowed is None:
        return Q()
    return allowed | is_party(actor) if need == RANK[Audience.PARTIES] else allowed


def may_create(actor: Actor, adopted: Adopted, region: str | None = None) -> bool:
    """Whether the actor may add an entry (in `region`, where it is known)."""
    wanted = set(adopted.definition.create)
    if actor.is_system:
        return True
    if not actor.signed_in:
        return False
    if region is not None:
        return bool(roles_at(actor, region) & wanted)
    held = {role.value for role in actor.roles} | ({"officer"} if Role.ADMINISTRATOR in actor.roles else set()) | {"anyone"}
    return bool(held & wanted)


def masked(values: Mapping[str, Any], fields: Iterable[FieldDefinition]) -> dict[str, Any]:
    """Only the values of `fields`."""
    return {field.code: values[field.code] for field in fields if field.code in values}
