"""What a reference field may name, found by a few words: organisations, persons, entries of another register, things of the chains."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from wulian.directory.selectors.organisations import Question as OrganisationQuestion
from wulian.directory.selectors.organisations import search_organisations
from wulian.directory.selectors.people import find_people
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import linkables
from wulian.foundation.catalogue.linkables import Target
from wulian.kernel.errors import NotFound

from ..catalogue import adopted_registers
from .questions import Question, list_entries
from .showing import basic_rank, state_label, title_for

MOST = 12


def targets_of(*, viewer: Actor, kind: str, text: str, on: date) -> list[Target]:
    """The best matches for `text`, at most twelve. kind: organisation, person, a register's code or a linkable. Raises NotFound."""
    if kind == "organisation":
        found = search_organisations(viewer=viewer, question=OrganisationQuestion(text=text), limit=MOST)
        return [Target(item.pk, item.name, item.region.short_name if item.region else item.uscc) for item in found.organisations]
    if kind == "person":
        return [Target(person.pk, person.name, detail) for person, detail in find_people(viewer=viewer, text=text, limit=MOST)]
    if (adopted := adopted_registers().get(kind)) is not None:
        entries = list_entries(viewer=viewer, adopted=adopted, question=Question(text=text), on=on)[:MOST]
        return [
            Target(e.pk, title_for(adopted, e, basic_rank(viewer, e)), f"{e.number} · {state_label(adopted, e.state)}") for e in entries
        ]
    if (linkable := linkables.find(kind)) is not None:
        return linkable.search(viewer, text)[:MOST]
    raise NotFound(what=_("这种对象"))
