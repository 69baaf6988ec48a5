"""The components page, and the choice of light or dark for readers without script."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from wulian.portal.requests import PageRequest

from . import samples

THEMES = frozenset({"auto", "light", "dark"})


@require_POST
def set_theme(request: PageRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "auto")
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie("theme", chosen if chosen in THEMES else "auto", max_age=31_536_000, samesite="Lax", secure=request.is_secure())
    return response


def components(request: PageRequest) -> HttpResponse:
    """Every component with real markup. Figures on it are invented and stand only here."""
    if request.htmx:
        return render(request, "reference/_figure.html", samples.drawer())
    page = Paginator(range(1, 1496), 20).get_page(request.GET.get("page", 3))
    return render(
        request, "reference/components.html", {**samples.context(), "page": page, "form": samples.SampleForm(request.GET or None)}
    )
