"""What a picker offers while a person types: organisations, persons, entries of another register, things of the chains."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from wulian.portal.requests import PageRequest
from wulian.registers.selectors.picking import targets_of

from .shell import asked_day


def pick(request: PageRequest, kind: str) -> HttpResponse:
    """The best matches as buttons; a new person can be added under the typed name."""
    text = (request.GET.get("q") or "").strip()[:60]
    context = {
        "targets": targets_of(viewer=request.actor, kind=kind, text=text, on=asked_day(request)) if text else [],
        "text": text,
        "new": text if kind == "person" and len(text) > 1 else "",
    }
    return render(request, "registers/_picked.html", context)
