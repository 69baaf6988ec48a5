"""Problems: the list, the board by state, one problem with its way; and the meetings of a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wulian.chains.governance.selectors import extraction as plan_selectors
from wulian.chains.governance.selectors import problems as selectors
from wulian.chains.governance.selectors import rounds as round_selectors
from wulian.chains.governance.selectors import tasks as task_selectors
from wulian.chains.governance.services import problems as services
from wulian.foundation.exports import export_response
from wulian.kernel.errors import Invalid, WulianError
from wulian.portal.review.asking import actor_of, back, date_of, integer

from .forms import AssignForm, DecisionForm, MeetingForm, ProblemForm

DECISIONS = 3  # empty decision forms on the page of a meeting


def problems(request: HttpRequest) -> HttpResponseBase:
    """Problems as a list or as a board by state, overdue ones first."""
    actor = actor_of(request)
    found = selectors.problems_list(
        viewer=actor,
        on=date_of(request),
        plan_id=integer(request, "plan"),
        state=request.GET.get("state", ""),
        words=request.GET.get("find", ""),
        mine=request.GET.get("mine") == "1",
    )
    if chosen := request.GET.get("format"):
        columns = [_("问题"), _("规划"), _("关于"), _("提出单位"), _("承办单位"), _("办结期限"), _("状态"), _("超期天数"), _("办结说明")]
        rows = [
            [
                one.title,
                str(one.plan),
                str(one.task or one.indicator or ""),
                str(one.raised_by_unit or ""),
                str(one.owner or ""),
                one.due_on,
                one.get_state_display(),
                line.days_late or None,
                one.closing_note,
            ]
            for line in found.lines
            for one in (line.problem,)
        ]
        return export_response(chosen, columns, rows, _("问题"))
    states = [("", _("全部")), ("open", _("待办")), ("handled", _("已办待核")), ("closed", _("已销号")), ("late", _("超期"))]
    context = {
        "found": found,
        "states": [(code, word, found.counts[code]) for code, word in states],
        "board": request.GET.get("view") == "board",
        "views": [("", _("列表")), ("board", _("看板"))],
        "may_add": bool(round_selectors.plans_to_report(viewer=actor)),
    }
    return render(request, "tasks/problems.html", context)


def problem_new(request: HttpRequest) -> HttpResponse:
    """Enter a problem."""
    actor = actor_of(request)
    plans = [(plan.pk, str(plan)) for plan in round_selectors.plans_to_report(viewer=actor)]
    form = ProblemForm(request.POST or None, plans=plans, initial={"plan": integer(request, "plan")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            raised = services.raise_problem(
                by=actor,
                at=timezone.now(),
                plan_id=data["plan"],
                title=data["title"],
                detail=data["detail"],
                due_on=data["due_on"],
                task_id=integer(request, "task"),
            )
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已登记，请交办到单位。"))
            return redirect("problem", raised.pk)
    return render(request, "tasks/problem_new.html", {"form": form}, status=422 if form.errors else 200)


def problem(request: HttpRequest, pk: int) -> HttpResponse:
    """One problem, its way so far, and the next step."""
    detail = selectors.problem_detail(viewer=actor_of(request), problem_id=pk, on=date_of(request))
    one = detail.line.problem
    assign = AssignForm(units=detail.units, initial={"owner": one.owner_id, "due_on": one.due_on})
    words = {
        "problem.raised": _("提出"),
        "problem.assigned": _("交办"),
        "problem.handled": _("报办结"),
        "problem.closed": _("销号"),
        "problem.reopened": _("退回待办"),
        "problem.rewritten": _("改写"),
    }
    history = [(words.get(event.action, event.action), event) for event in detail.history]
    return render(
        request, "tasks/problem.html", {"detail": detail, "line": detail.line, "problem": one, "assign": assign, "history": history}
    )


@require_POST
def problem_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Assign, report as handled, close, or send back."""
    actor, at, act = actor_of(request), timezone.now(), request.POST.get("act", "")
    version = int(request.POST.get("version") or 0)
    reason = request.POST.get("reason", "")
    known: dict[str, Callable[[], Any]] = {
        "assign": lambda: _assign(request, pk, version),
        "handle": lambda: services.handle_problem(
            by=actor, at=at, problem_id=pk, version=version, closing_note=request.POST.get("closing_note", "")
        ),
        "close": lambda: services.close_problem(by=actor, at=at, problem_id=pk, version=version),
        "reopen": lambda: services.reopen_problem(by=actor, at=at, problem_id=pk, version=version, reason=reason),
    }
    if act not in known:
        raise Invalid(field=_("操作"), why=_("没有“%(act)s”这一步") % {"act": act[:20]})
    known[act]()
    messages.success(request, _("已保存。"))
    return back(request, reverse("problem", args=[pk]))


def _assign(request: HttpRequest, pk: int, version: int) -> None:
    actor = actor_of(request)
    detail = selectors.problem_detail(viewer=actor, problem_id=pk, on=date_of(request))
    form = AssignForm(request.POST, units=detail.units)
    if not form.is_valid():
        raise Invalid(field=_("交办"), why="；".join(str(error) for errors in form.errors.values() for error in errors))
    data = form.cleaned_data
    services.assign_problem(
        by=actor, at=timezone.now(), problem_id=pk, version=version, owner_id=data["owner"], due_on=data["due_on"], reason=data["reason"]
    )


def meetings(request: HttpRequest, pk: int) -> HttpResponse:
    """Meetings on a plan; an officer records one, its decisions linked to tasks and tracked as problems."""
    actor, on = actor_of(request), date_of(request)
    held = round_selectors.meetings_of(viewer=actor, plan_id=pk)
    editable = pk in {plan.pk for plan in round_selectors.plans_to_report(viewer=actor)}
    context: dict[str, Any] = {
        "held": held,
        "editable": editable,
        "plan_id": pk,
        "plan": round_selectors.get_plan(viewer=actor, plan_id=pk),
    }
    if editable:
        plan = plan_selectors.get_plan_for_review(viewer=actor, plan_id=pk)
        tasks = [(line.pk, f"{line.number} {line.title}".strip()) for line in task_selectors.plan_tasks(viewer=actor, plan_id=pk, on=on)]
        open_ones = selectors.problems_list(viewer=actor, on=on, plan_id=pk, state="open").lines
        choices = {
            "tasks": tasks,
            "problems": [(line.problem.pk, line.problem.title) for line in open_ones],
            "units": plan_selectors.unit_choices(viewer=actor, plan=plan),
        }
        data = request.POST if request.method == "POST" else None
        form = MeetingForm(data, initial={"held_on": timezone.localdate()})
        rows = [DecisionForm(data, prefix=f"d{number}", **choices) for number in range(DECISIONS)]
        context |= {"form": form, "rows": rows}
        if data is not None and form.is_valid() and all(row.is_valid() for row in rows):
            entries = [
                services.DecisionEntry(
                    text=row.cleaned_data["text"],
                    task_id=row.cleaned_data["task"],
                    problem_id=row.cleaned_data["problem"],
                    owner_id=row.cleaned_data["owner"],
                    due_on=row.cleaned_data["due_on"],
                )
                for row in rows
                if row.cleaned_data["text"]
            ]
            try:
                services.record_meeting(by=actor, at=timezone.now(), plan_id=pk, decisions=entries, **form.cleaned_data)
            except WulianError as error:
                form.add_error(None, error.text(_))
            else:
                messages.success(request, _("已记录；有承办单位或期限的事项已登记为待办。"))
                return redirect("meetings", pk)
    return render(request, "tasks/meetings.html", context)
