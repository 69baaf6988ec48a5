"""Reading accounts, persons, memberships and units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from wulian.directory.models import Membership, Organisation, Person, Region
from wulian.foundation.access import Actor, Role
from wulian.foundation.models import User
from wulian.kernel.names import name_key


def demonstration_present() -> bool:
    """True while the demonstration region is loaded (its accounts are marked)."""
    return User.objects.filter(is_demo=True).exists()


def people_seen_by(viewer: Actor) -> QuerySet[Person]:
    """Persons whom an administrator may see: with a membership in the own regions, or with none yet. Others see nobody."""
    if viewer.is_system:
        return Person.objects.all()
    regions = viewer.regions_as(Role.ADMINISTRATOR)
    if not regions:
        return Person.objects.none()
    held = Membership.objects.filter(person=OuterRef("pk"))
    inside = held.filter(Q(region_id__in=regions) | Q(region__isnull=True, organisation__region_id__in=regions))
    if settings.HOME_REGION in regions:
        inside = inside | held.filter(region__isnull=True, organisation__region__isnull=True)
    return Person.objects.filter(Exists(inside) | ~Exists(held))


def list_people(*, viewer: Actor, on: date, text: str = "", role: str = "", state: str = "") -> QuerySet[Person]:
    """Persons by name with their memberships (`held`, current first). `state`: "", "current", "none" or "closed"."""
    current = Membership.objects.not_ended(on).filter(person=OuterRef("pk"))
    people = people_seen_by(viewer).annotate(has_current=Exists(current)).select_related("user")
    if text:
        people = people.filter(
            Q(name__icontains=text) | Q(user__username__icontains=text) | Q(memberships__organisation__name__icontains=text)
        )
    if role:
        people = people.filter(Exists(current.filter(role=role)))
    if state == "current":
        people = people.filter(has_current=True, user__is_active=True)
    elif state == "none":
        people = people.filter(has_current=False)
    elif state == "closed":
        people = people.filter(user__is_active=False)
    held = Membership.objects.select_related("organisation", "region").order_by("-valid_from", "id")
    return people.prefetch_related(Prefetch("memberships", queryset=held, to_attr="held")).distinct().order_by("name", "id")


def get_person(*, viewer: Actor, person_id: int) -> Person | None:
    """One person with memberships, or None where the viewer may not see the person."""
    held = Membership.objects.select_related("organisation", "region").order_by("-valid_from", "id")
    people = people_seen_by(viewer).select_related("user").prefetch_related(Prefetch("memberships", queryset=held, to_attr="held"))
    return people.filter(pk=person_id).first()


def accounts_with(role: Role, *, on: date, organisations: Iterable[int] | None = None, region: str | None = None) -> list[int]:
    """Ids of the accounts that can sign in and hold `role` on `on`: in one of `organisations`, or over `region`.

    Where nobody holds it over the region itself, those of the nearest region above that has somebody.
    """
    held = Membership.objects.in_force(on).filter(role=role, person__user__is_active=True)
    if organisations is not None:
        held = held.filter(organisation__in=list(organisations))
    while True:
        here = held.filter(region_id=region) if region else held
        found = list(here.order_by("person__user").values_list("person__user", flat=True).distinct())
        above = Region.objects.filter(pk=region).values_list("parent_id", flat=True).first() if region else None
        if found or not above:
            return found
        region = above


UNIT_KINDS = (
    Organisation.Kind.GOVERNMENT,
    Organisation.Kind.INSTITUTE,
    Organisation.Kind.UNIVERSITY,
    Organisation.Kind.SOCIAL,
)


def find_unit(*, name: str, region_code: str) -> Organisation | None:
    """The unit of this name in this region, however its name is written."""
    return Organisation.objects.filter(name_key=name_key(name), region_id=region_code, merged_into__isnull=True).order_by("id").first()


def list_units(*, viewer: Actor, text: str = "", kind: str = "") -> QuerySet[Organisation]:
    """Government units and institutes of the viewer's regions by name, with the number of people who hold a role there."""
    regions = viewer.regions_as(Role.ADMINISTRATOR, Role.OFFICER)
    units = Organisation.objects.filter(kind__in=UNIT_KINDS, merged_into__isnull=True)
    if not viewer.is_system:
        units = units.filter(region_id__in=regions)
    if text:
        units = units.filter(Q(name__icontains=text) | Q(name_key__contains=name_key(text) or text))
    if kind:
        units = units.filter(kind=kind)
    return units.select_related("region").annotate(people=Count("memberships__person", distinct=True)).order_by("region_id", "name", "id")


def match_units(*, viewer: Actor, text: str, limit: int = 12) -> list[Organisation]:
    """Organisations of any kind whose name starts with or is like `text`, or whose code is `text`: for a box that completes."""
    text = text.strip()
    if len(text) < 2 or not viewer.has(Role.ADMINISTRATOR, Role.OFFICER):
        return []
    found = Organisation.objects.filter(merged_into__isnull=True)
    if not viewer.is_system:
        found = found.filter(region_id__in=viewer.regions_as(Role.ADMINISTRATOR, Role.OFFICER))
    exact = list(found.filter(Q(name=text) | Q(uscc=text.upper())).order_by("id")[:limit])
    like = found.filter(name_key__contains=name_key(text) or text).exclude(pk__in=[one.pk for one in exact])
    return [*exact, *like.order_by("name", "id")[: limit - len(exact)]]


def find_people(*, viewer: Actor, text: str, limit: int = 12) -> list[tuple[Person, str]]:
    """Persons whose name holds `text`, for naming one in a register, each with where the person works (as far as is known).

    Only for who is signed in; accounts and roles are not shown.
    """
    if not viewer.signed_in or not text.strip():
        return []
    people = list(Person.objects.filter(name__icontains=text.strip()).order_by("name", "pk")[:limit])
    units: dict[int, list[str]] = {}
    for person_id, name in Membership.objects.filter(person__in=people).order_by("pk").values_list("person_id", "organisation__name"):
        units.setdefault(person_id, []).append(name)
    return [(person, "、".join(dict.fromkeys(units.get(person.pk, [])))[:80]) for person in people]
