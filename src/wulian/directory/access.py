"""From memberships to an actor, and from a region to everything below it."""

from __future__ import annotations

from datetime import date

from wulian.foundation import remembering
from wulian.foundation.access import ANONYMOUS, Actor, Grant, Role
from wulian.foundation.models import User

from .models import Membership, Region


def region_closure(code: str) -> frozenset[str]:
    """`code` and the codes of all regions below it. The table is a few dozen rows, so it is read once per call."""
    children: dict[str | None, list[str]] = {}
    for child, parent in Region.objects.values_list("code", "parent_id"):
        children.setdefault(parent, []).append(child)
    found, queue = {code}, [code]
    while queue:
        for child in children.get(queue.pop(), []):
            if child not in found:
                found.add(child)
                queue.append(child)
    return frozenset(found)


def cover_everything(regions: frozenset[str]) -> bool:
    """Whether there is no region besides `regions`: then asking for things in them asks for nothing."""
    return bool(regions) and remembering.once(("cover", regions), lambda: not Region.objects.exclude(pk__in=regions).exists())


def actor_of(user: User, *, on: date, source: str = "", scopes: frozenset[str] | None = None) -> Actor:
    """The actor for a signed-in account: all memberships valid on `on`."""
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    memberships = Membership.objects.in_force(on).filter(person__user=user).select_related("organisation").order_by("id")
    grants = tuple(
        Grant(
            role=Role(membership.role),
            organisation_id=membership.organisation_id,
            organisation_name=membership.organisation.name,
            regions=region_closure(membership.region_id) if membership.region_id else frozenset(),
            region=membership.region_id or membership.organisation.region_id or "",
        )
        for membership in memberships
    )
    return Actor(user_id=user.pk, name=str(user), grants=grants, source=source, scopes=scopes)
