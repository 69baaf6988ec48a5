"""What a picker offers while a person types: organisations, persons, entries of another register, things of the chains."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wulian.directory.selectors.organisations import Question as OrganisationQuestion
from wulian.directory.selectors.organisations import search_organisations
from wulian.directory.selectors.people import find_people
from wulian.foundation.catalogue import linkables
from wulian.foundation.catalogue.linkables import Target
from wulian.kernel.errors import NotFound
from wulian.portal.requests import PageRequest
from wulian.registers.catalogue import adopted_registers
from wulian.registers.selectors.questions import Question, list_entries
from wulian.registers.selectors.showing import basic_rank, state_label, title_for

MOST = 12


def pick(request: PageRequest, kind: str) -> HttpResponse:
    """The best matches as buttons; a new person can be added under the typed name."""
    text = (request.GET.get("q") or "").strip()[:60]
    context = {
        "targets": _targets(request, kind, text) if text else [],
        "text": text,
        "new": text if kind == "person" and len(text) > 1 else "",
    }
    return render(request, "registers/_picked.html", context)


def _targets(request: PageRequest, kind: str, text: str) -> list[Target]:
    viewer = request.actor
    if kind == "organisation":
        found = search_organisations(viewer=viewer, question=OrganisationQuestion(text=text), limit=MOST)
        return [Target(item.pk, item.name, item.region.short_name if item.region else item.uscc) for item in found.organisations]
    if kind == "person":
        return [Target(person.pk, person.name, detail) for person, detail in find_people(viewer=viewer, text=text, limit=MOST)]
    if (adopted := adopted_registers().get(kind)) is not None:
        on = date(request.on.year, request.on.month, request.on.day)
        entries = list_entries(viewer=viewer, adopted=adopted, question=Question(text=text), on=on)[:MOST]
        return [
            Target(e.pk, title_for(adopted, e, basic_rank(viewer, e)), f"{e.number} · {state_label(adopted, e.state)}") for e in entries
        ]
    if (linkable := linkables.find(kind)) is not None:
        return linkable.search(viewer, text)[:MOST]
    raise NotFound(what=_("这种对象"))
