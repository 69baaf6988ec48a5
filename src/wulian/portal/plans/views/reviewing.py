"""The review of frozen evaluations: the list, invitations, comments, answers, and what is public."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wulian.chains.governance.selectors.reviewing import evaluations_list
from wulian.chains.governance.services import reviewing as acts
from wulian.chains.governance.wording import counted
from wulian.kernel.errors import Invalid
from wulian.portal.plans.forms import InviteForm
from wulian.portal.requests import PageRequest


@require_GET
def evaluation_list(request: PageRequest) -> HttpResponse:
    items = evaluations_list(request.actor)
    waiting = sum(item.waiting for item in items)
    said = {"count": counted(len(items)), "waiting": counted(waiting)}
    title = _("%(count)s份评估，%(waiting)s条意见待答复") % said if waiting else _("%(count)s份评估，没有待答复的意见") % said
    return render(request, "plans/evaluations.html", {"items": items, "title": title if items else _("还没有可以看的评估")})


@require_POST
def evaluation_public(request: PageRequest, evaluation_id: int) -> HttpResponse:
    is_public = request.POST.get("is_public") == "1"
    acts.set_evaluation_public(
        by=request.actor,
        at=timezone.now(),
        evaluation_id=evaluation_id,
        is_public=is_public,
        reason=request.POST.get("reason", ""),
    )
    messages.success(request, _("已公开。") if is_public else _("不再公开。"))
    return redirect("evaluation", evaluation_id)


@require_POST
def reviewer_invite(request: PageRequest, evaluation_id: int) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        raise Invalid(field=_("请在此前提出"), why=_("不是一个日期"))
    acts.invite_reviewer(
        by=request.actor,
        at=timezone.now(),
        evaluation_id=evaluation_id,
        organisation_id=_number(request, "unit"),
        due_on=form.cleaned_data["due_on"],
    )
    messages.success(request, _("已邀请，对方会收到通知。"))
    return _to_comments(evaluation_id)


@require_POST
def reviewer_withdraw(request: PageRequest, reviewer_id: int) -> HttpResponse:
    seat = acts.withdraw_reviewer(by=request.actor, at=timezone.now(), reviewer_id=reviewer_id, reason=request.POST.get("reason", ""))
    messages.success(request, _("邀请已撤回，已提出的意见都还在。"))
    return _to_comments(seat.evaluation_id)


@require_POST
def comment_file(request: PageRequest, evaluation_id: int) -> HttpResponse:
    acts.file_comment(
        by=request.actor,
        at=timezone.now(),
        evaluation_id=evaluation_id,
        text=request.POST.get("text", ""),
        about=request.POST.get("about", ""),
    )
    messages.success(request, _("已提出，答复后会通知您。"))
    return _to_comments(evaluation_id)


@require_POST
def comment_answer(request: PageRequest, comment_id: int) -> HttpResponse:
    comment = acts.answer_comment(
        by=request.actor,
        at=timezone.now(),
        comment_id=comment_id,
        version=_number(request, "version"),
        answer=request.POST.get("answer", ""),
        is_public=request.POST.get("is_public") == "1",
    )
    messages.success(request, _("已答复，对方会收到通知。"))
    return _to_comments(comment.evaluation_id)


def _to_comments(evaluation_id: int) -> HttpResponse:
    return redirect(reverse("evaluation", args=[evaluation_id]) + "#comments")


def _number(request: PageRequest, name: str) -> int:
    """A whole number of the form; 0, which nothing has, for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
