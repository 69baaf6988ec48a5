"""The queue of doubts, one at a time, answered with a key or a button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wulian.directory.selectors.doubts import doubt_counts, get_question, list_doubts, sentence_of
from wulian.directory.services.judgements import answer_doubt, reopen_doubt
from wulian.foundation.access import Role
from wulian.kernel.errors import WulianError
from wulian.portal.requests import PageRequest

from .changes import number_of

PAGE = 50
STATES = ("open", "unsure", "answered")


@never_cache
def doubts(request: PageRequest) -> HttpResponse:
    """`state`: open, unsure, answered; `doubt`: the one to look at, otherwise the first of the queue."""
    state = request.GET.get("state", "open") if request.GET.get("state") in STATES else "open"
    counts = doubt_counts(viewer=request.actor)
    rows = list_doubts(viewer=request.actor, state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    ids = [doubt.pk for doubt in page]
    asked = number_of(request.GET.get("doubt")) or (ids[0] if ids and state != "answered" else 0)
    question = get_question(viewer=request.actor, doubt_id=asked) if asked else None
    place = ids.index(asked) if asked in ids else -1
    words = {"open": _("待判断"), "unsure": _("拿不准"), "answered": _("已判断")}
    waiting = counts.get("open", 0)
    context: dict[str, Any] = {
        "title": ngettext("%(count)s 处疑点等人判断", "%(count)s 处疑点等人判断", waiting) % {"count": f"{waiting:,}"}
        if waiting
        else _("没有等着判断的疑点"),
        "states": [(name, words[name], counts.get(name, 0)) for name in STATES],
        "state": state,
        "question": question,
        "percent": round(question.doubt.score * 100) if question else 0,
        "previous": ids[place - 1] if place > 0 else 0,
        "next": ids[place + 1] if 0 <= place < len(ids) - 1 else 0,
        "page": page,
        "rows": [(doubt, sentence_of(doubt), round(doubt.score * 100)) for doubt in page],
        "last": number_of(request.GET.get("last")),
        "may_answer": request.actor.has(Role.OFFICER, Role.ADMINISTRATOR),
    }
    return render(request, "identity/doubts.html", context)


@require_POST
def answer(request: PageRequest, doubt_id: int) -> HttpResponse:
    """Answer, and go on with the next one; `reopen` takes the answer back."""
    verdict, state = request.POST.get("verdict", ""), request.POST.get("state", "open")
    here = f"{reverse('doubts')}?state={state if state in STATES else 'open'}"
    try:
        if verdict == "reopen":
            reopen_doubt(by=request.actor, doubt_id=doubt_id, at=timezone.now(), reason=request.POST.get("reason", ""))
            messages.success(request, _("已撤回，回到待判断。"))
            return redirect(f"{reverse('doubts')}?doubt={doubt_id}")
        answer_doubt(by=request.actor, doubt_id=doubt_id, verdict=verdict, at=timezone.now(), reason=request.POST.get("reason", "")[:2_000])
    except WulianError as error:
        messages.error(request, error.text(_))
        return redirect(f"{here}&doubt={doubt_id}")
    following = number_of(request.POST.get("next"))
    return redirect(f"{here}&last={doubt_id}" + (f"&doubt={following}" if following else ""))
