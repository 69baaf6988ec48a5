"""Evaluations of a plan: live at any date, and frozen."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wulian.chains.governance.access import may_edit
from wulian.chains.governance.selectors.evaluation import evaluation_content, evaluations_of, get_evaluation
from wulian.chains.governance.selectors.plans import get_plan
from wulian.chains.governance.selectors.reviewing import review_of
from wulian.chains.governance.services.evaluations import freeze_evaluation
from wulian.foundation.files import open_stored
from wulian.portal.plans.forms import FreezeForm, InviteForm
from wulian.portal.plans.reports import render_documents
from wulian.portal.requests import PageRequest


@require_GET
def evaluation_live(request: PageRequest, plan_id: int) -> HttpResponse:
    plan = get_plan(request.actor, plan_id)
    context = {
        "plan": plan,
        "content": evaluation_content(request.actor, plan, request.on),
        "evaluations": evaluations_of(request.actor, plan),
        "may_edit": may_edit(request.actor, plan),
        "form": FreezeForm(),
    }
    return render(request, "plans/evaluation.html", context)


@require_POST
def evaluation_freeze(request: PageRequest, plan_id: int) -> HttpResponse:
    evaluation = freeze_evaluation(
        by=request.actor,
        at=timezone.now(),
        plan_id=plan_id,
        on=request.on,
        name=request.POST.get("name", ""),
        render=render_documents,
    )
    messages.success(request, _("已定稿，这一版不再变动。还没有公开：可以先请第三方评审。"))
    return redirect("evaluation", evaluation.pk)


@require_GET
def evaluation_page(request: PageRequest, evaluation_id: int) -> HttpResponse:
    evaluation = get_evaluation(request.actor, evaluation_id)
    context = {
        "plan": evaluation.plan,
        "evaluation": evaluation,
        "content": evaluation.content,
        "documents": [(file, file.name.rpartition(".")[2].upper()) for file in evaluation.files.all()],
        "review": review_of(request.actor, evaluation, timezone.localdate()),
        "invite": InviteForm(),
    }
    return render(request, "plans/evaluation.html", context)


@require_GET
def evaluation_file(request: PageRequest, evaluation_id: int, file_id: int) -> HttpResponseBase:
    stored = next((file for file in get_evaluation(request.actor, evaluation_id).files.all() if file.pk == file_id), None)
    if stored is None:
        raise Http404
    return FileResponse(open_stored(stored), as_attachment=True, filename=stored.name, content_type=stored.content_type)
