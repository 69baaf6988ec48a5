"""Published editions of a register: the list, one of them, its export, and publishing the next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wulian.foundation.access import Role
from wulian.foundation.exports import export_response
from wulian.kernel.errors import WulianError
from wulian.portal.requests import PageRequest
from wulian.portal.review.asking import regions_of
from wulian.registers.catalogue import adopted_by_id, get_adopted
from wulian.registers.selectors.editions import get_edition, list_editions
from wulian.registers.services.editions import edition_entries, publish_edition
from wulian.registers.wording import said

from .shell import asked_day, shell


def editions(request: PageRequest, register: str) -> HttpResponse:
    """Editions of a register; an officer publishes the next one here."""
    adopted, on = get_adopted(register), asked_day(request)
    if request.method == "POST":
        try:
            made = publish_edition(
                by=request.actor, at=timezone.now(), on=on, register=adopted.code, region=request.POST.get("region", ""),
                name=request.POST.get("name", ""), note=request.POST.get("note", ""), public=request.POST.get("public") == "1",
            )  # fmt: skip
        except WulianError as error:
            messages.error(request, error.text(_))
        else:
            messages.success(request, _("已发布第 %(number)s 期。") % {"number": made.number})
            return redirect("register_edition", made.pk)
    found = list(list_editions(viewer=request.actor, adopted=adopted))
    officer = request.actor.has(Role.OFFICER, Role.ADMINISTRATOR)
    context = {
        **shell(request, adopted, "editions"),
        "editions": found,
        "publishes": officer,
        "waiting": edition_entries(adopted, request.region.pk).count() if officer else 0,
        "regions": regions_of(request.actor),
        "region": request.region.pk,
        "title": _("%(name)s：已发布 %(count)s 期") % {"name": said(adopted.definition.name), "count": len(found)},
    }
    return render(request, "registers/editions.html", context)


def _columns(edition: Any) -> list[str]:
    return [_("编号"), *(column["en" if get_language() == "en" else "zh"] for column in edition.columns)]


def edition(request: PageRequest, edition_id: int) -> HttpResponse:
    """One edition as it was published."""
    found = get_edition(viewer=request.actor, edition_id=edition_id)
    context = {
        **shell(request, adopted_by_id(found.register_id), "editions"), "edition": found, "headings": _columns(found), "rows": found.rows,
        "title": _("%(name)s：%(count)s 条") % {"name": found.name, "count": len(found.rows)},
    }  # fmt: skip
    return render(request, "registers/edition.html", context)


def export(request: PageRequest, edition_id: int, kind: str) -> HttpResponseBase:
    found = get_edition(viewer=request.actor, edition_id=edition_id)
    return export_response(kind, _columns(found), ([row["number"], *row["cells"]] for row in found.rows), found.name)
