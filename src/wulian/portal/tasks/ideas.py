"""Ideas from elsewhere: putting one to a task, deciding on it, its file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wulian.chains.governance.selectors import ideas as selectors
from wulian.chains.governance.services import ideas as services
from wulian.foundation.files import open_stored, store_upload
from wulian.kernel.errors import WulianError
from wulian.portal.review.asking import actor_of, back, integer

from .forms import IdeaForm

FILES = ("pdf", "docx", "xlsx", "png", "jpeg", "text", "ole")


def idea_new(request: HttpRequest) -> HttpResponse:
    """From a task's page (?task=) or from a row of the peer comparison (?peer=)."""
    actor = actor_of(request)
    task_id, peer_id = integer(request, "task"), integer(request, "peer")
    choices = selectors.idea_choices(actor, task_id=task_id, peer_id=peer_id)
    initial: dict[str, Any] = {"task": task_id}
    if peer := choices.peer:
        initial |= {"area": peer.area, "chain": peer.chain_id, "source": peer.source, "practice": peer.practice, "dated_on": peer.as_of}
    form = IdeaForm(request.POST or None, request.FILES or None, tasks=choices.tasks, chains=choices.chains, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        upload, task = data.pop("file"), data.pop("task")
        at = timezone.now()
        try:
            stored = store_upload(by=actor, upload=upload.file, name=upload.name, at=at, allowed=FILES) if upload else None
            services.add_idea(by=actor, at=at, task_id=task, chain_id=data.pop("chain"), file_id=stored.pk if stored else None, **data)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已附到任务。"))
            return redirect(reverse("task", args=[task]) + "#ideas")
    return render(request, "tasks/idea_new.html", {"form": form, "peer": choices.peer}, status=422 if form.errors else 200)


@require_POST
def idea_decide(request: HttpRequest, pk: int) -> HttpResponse:
    text = request.POST.get("version", "")
    idea = services.decide_idea(
        by=actor_of(request),
        at=timezone.now(),
        idea_id=pk,
        version=int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0,
        state=request.POST.get("state", ""),
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, _("已保存。"))
    return back(request, reverse("task", args=[idea.task_id]) + "#ideas")


@require_GET
def idea_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    stored = selectors.get_idea(actor_of(request), pk).file
    if stored is None:
        raise Http404
    return FileResponse(open_stored(stored), as_attachment=True, filename=stored.name, content_type=stored.content_type)
