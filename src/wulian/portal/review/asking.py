"""What the pages of review and of tasks ask of a request: who, when, and where to go back to."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from wulian.directory.selectors.figures import region_name
from wulian.directory.selectors.regions import list_regions
from wulian.foundation.access import Actor, Role
from wulian.kernel.errors import Invalid


def actor_of(request: HttpRequest) -> Actor:
    return cast(Any, request).actor


def date_of(request: HttpRequest) -> date:
    """The date that the page holds for. A lazy object: comparing it makes it a date."""
    lazy = cast(Any, request).on
    return date(lazy.year, lazy.month, lazy.day)


def integer(request: HttpRequest, name: str) -> int | None:
    """A whole number from the query, None when absent or not a number (a mistyped address shows the default page)."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def back(request: HttpRequest, default: str) -> HttpResponse:
    """Redirect to the page that the form came from, if it is one of ours."""
    target = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = default
    return redirect(target)


def versions(text: str) -> dict[int, int]:
    """Rows with the versions seen, as a form carries them: `12:0 13:2`. Raises: Invalid."""
    found = {}
    for pair in text.split():
        pk, colon, version = pair.partition(":")
        if not (colon and pk.isascii() and pk.isdigit() and version.isascii() and version.isdigit()):
            raise Invalid(field=_("所选的行"), why=_("“%(text)s”读不懂，请刷新页面后重选") % {"text": pair[:20]})
        found[int(pk)] = int(version)
    return found


def regions_of(actor: Actor) -> list[tuple[str, str]]:
    """Regions for which the actor may act as an officer, with their names."""
    allowed = actor.regions_as(Role.OFFICER, Role.ADMINISTRATOR)
    return [(region.code, region_name(region)) for region in list_regions() if region.code in allowed]
