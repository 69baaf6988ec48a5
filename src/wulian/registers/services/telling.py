"""Whom a notice about an entry reaches, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _

from wulian.directory.models import Membership
from wulian.engines.lifecycle import Text
from wulian.engines.registers.schema import Label
from wulian.foundation.access import Role
from wulian.foundation.notices import notify

from ..catalogue import Adopted
from ..models import Entry, EntryParty
from ..wording import said


def people_of(entry: Entry, words: Iterable[str], *, on: date) -> set[int]:
    """Ids of the accounts that `words` (roles and relations) mean for the entry on `on`."""
    wanted = set(words)
    in_force = Membership.objects.in_force(on).filter(person__user__is_active=True).order_by()
    found: set[int] = set()
    roles = [word for word in wanted if word in Role.values]
    if roles:
        rows = in_force.filter(role__in=roles).values_list("person__user", "region")
        found |= {user for user, region in rows if region is None or region in _above(entry.region_id)}
    organisations, persons = set(), set()
    if wanted & {"subject", "party"}:
        organisations |= {entry.subject_id}
        persons |= {entry.subject_person_id}
    if "party" in wanted:
        named = EntryParty.objects.filter(entry=entry).values_list("organisation", "person")
        organisations |= {organisation for organisation, _person in named}
        persons |= {person for _organisation, person in named}
    if organisations - {None}:
        found |= set(in_force.filter(organisation__in=organisations - {None}).values_list("person__user", flat=True))
    if persons - {None}:
        found |= set(in_force.filter(person__in=persons - {None}).values_list("person__user", flat=True))
    if "creator" in wanted and entry.created_by_id:
        found.add(entry.created_by_id)
    return found


def _above(region: str) -> set[str]:
    from wulian.directory.searching import region_paths

    return set(region_paths().get(region, [region]))


def tell(
    adopted: Adopted, entry: Entry, words: Iterable[str], text: Label | Text, *, key: str, at: datetime, due_on: date | None = None
) -> int:
    """Send `text` about the entry to the people that `words` mean. Returns how many had not had it."""
    return notify(
        users=people_of(entry, words, on=at.date()),
        key=key,
        text=partial(about_entry, adopted, entry.number, partial(said, text)),
        link=f"/registers/{adopted.code}/{entry.number}/",
        due_on=due_on,
        at=at,
    )


def about_entry(adopted: Adopted, number: str, text: Callable[[], str]) -> str:
    """The sentence of a notice about one entry, in the language in force."""
    return _("%(register)s %(number)s：%(text)s") % {"register": said(adopted.definition.name), "number": number, "text": text()}
