"""Merging two organisations with a preview, splitting one, and one such act with its way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wulian.directory.selectors.identity import (
    Preview,
    get_change,
    left_words,
    may_change_identity,
    moved_counts,
    preview_merge,
    require_may_change,
    rows_to_split,
)
from wulian.directory.selectors.organisations import Question, facet_labels, get_organisation, search_organisations
from wulian.directory.services.identity import merge_organisations, split_organisation, undo_identity_change
from wulian.kernel.errors import WulianError
from wulian.portal.requests import PageRequest

FOUND = 12


def number_of(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 16 else 0


def merge(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Choose the other one, look at what will move, confirm. `with`: the other; `keep=other`: this one goes into it."""
    found = get_organisation(viewer=request.actor, organisation_id=organisation_id)
    require_may_change(request.actor, found)
    given = request.POST if request.method == "POST" else request.GET
    other_id, keeps_other = number_of(given.get("with")), given.get("keep") == "other"
    error, status = "", 200
    seen: Preview | None = None
    if other_id:
        kept_id, going_id = (other_id, found.pk) if keeps_other else (found.pk, other_id)
        seen = preview_merge(viewer=request.actor, kept_id=kept_id, other_id=going_id)
        if request.method == "POST":
            try:
                done = merge_organisations(
                    by=request.actor, kept_id=kept_id, other_id=going_id, reason=given.get("reason", ""), at=timezone.now()
                )
            except WulianError as problem:
                error, status = problem.text(_), problem.status
            else:
                messages.success(request, _("已归并，旧编号自动转到这里；随时可以撤销。"))
                return redirect("identity_change", done.pk)
    text = request.GET.get("q", "").strip()[:100]
    hits = search_organisations(viewer=request.actor, question=Question(text), limit=FOUND).organisations if text and seen is None else []
    context = {
        "organisation": found,
        "title": _title(seen, found.name),
        "seen": seen,
        "keeps_other": keeps_other,
        "other_id": other_id,
        "text": text,
        "hits": [one for one in hits if one.pk != found.pk],
        "reason": given.get("reason", ""),
        "error": error,
    }
    return render(request, "identity/merge.html", context, status=status)


def _title(seen: Preview | None, name: str) -> str:
    if seen is None:
        return _("“%(name)s”和哪一家是同一主体？") % {"name": name}
    return ngettext("归并会移动 %(count)s 条记录", "归并会移动 %(count)s 条记录", seen.total) % {"count": f"{seen.total:,}"}


def split(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Choose what goes into a new organisation; the id of the old one stays with the rest."""
    found = get_organisation(viewer=request.actor, organisation_id=organisation_id)
    rows = rows_to_split(viewer=request.actor, organisation=found)
    chosen = {one.key: [number_of(text) for text in request.POST.getlist(one.key)] for one in rows}
    values: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in ("name", "uscc", "region_id", "address")}
    error, status = "", 200
    if request.method == "POST":
        try:
            done = split_organisation(
                by=request.actor, organisation_id=found.pk, rows=chosen, reason=request.POST.get("reason", ""), at=timezone.now(),
                values={**values, "region_id": values["region_id"] or None},
            )  # fmt: skip
        except WulianError as problem:
            error, status = problem.text(_), problem.status
        else:
            messages.success(request, _("已拆分，原编号留在原来的主体上；随时可以撤销。"))
            return redirect("identity_change", done.pk)
    context = {
        "organisation": found,
        "rows": [(one, set(chosen[one.key])) for one in rows],
        "values": values if request.method == "POST" else {"region_id": found.region_id or ""},
        "regions": facet_labels()["region"],
        "reason": request.POST.get("reason", ""),
        "error": error,
    }
    return render(request, "identity/split.html", context, status=status)


def change(request: PageRequest, change_id: int) -> HttpResponse:
    """One merge or split: what moved, and taking it back."""
    found = get_change(viewer=request.actor, number=change_id)
    error, status = "", 200
    if request.method == "POST":
        try:
            undo = undo_identity_change(by=request.actor, change_id=found.pk, reason=request.POST.get("reason", ""), at=timezone.now())
        except WulianError as problem:
            error, status = problem.text(_), problem.status
        else:
            left = left_words(undo.left)
            if left:
                messages.warning(request, _("已撤销；这些后来改过或删了，没有退回：%(what)s") % {"what": "、".join(left)})
            else:
                messages.success(request, _("已撤销，全部退回。"))
            return redirect("identity_change", found.pk)
    undone = getattr(found, "undo", None)
    context = {
        "change": found,
        "title": _("归并") if found.kind == "merge" else _("拆分"),
        "counts": moved_counts(found),
        "undone": undone,
        "left": left_words(undone.left) if undone else [],
        "may_undo": undone is None and all(may_change_identity(request.actor, one) for one in (found.kept, found.other)),
        "reason": request.POST.get("reason", ""),
        "error": error,
    }
    return render(request, "identity/change.html", context, status=status)
