"""Tasks: the list by unit and role, and one task with what hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wulian.chains.governance.selectors import rounds as round_selectors
from wulian.chains.governance.selectors import tasks as selectors
from wulian.chains.governance.selectors.ideas import ideas_of_task
from wulian.chains.governance.services import tasks as services
from wulian.foundation.exports import export_response
from wulian.kernel.errors import Invalid
from wulian.portal.review.asking import actor_of, back, date_of, integer

PER_PAGE = 50


def tasks(request: HttpRequest) -> HttpResponseBase:
    """Tasks by unit, role, plan and state, each filter with its count; exported as exactly this list."""
    actor = actor_of(request)
    found = selectors.task_list(
        viewer=actor,
        on=date_of(request),
        plan_id=integer(request, "plan"),
        unit_id=integer(request, "unit"),
        role=request.GET.get("role", ""),
        state=request.GET.get("state", ""),
        words=request.GET.get("find", ""),
        sort=request.GET.get("sort", ""),
    )
    if chosen := request.GET.get("format"):
        columns = [_("规划"), _("编号"), _("任务"), _("章节"), _("牵头"), _("配合"), _("总体情况"), _("最近填报")]
        return export_response(chosen, columns, _rows(found.lines), _("任务"))
    roles = [
        ("", _("全部分工"), found.roles[""]),
        ("lead", _("牵头"), found.roles["lead"]),
        ("participant", _("配合"), found.roles["participant"]),
    ]
    context = {
        "found": found,
        "page": Paginator(found.lines, PER_PAGE).get_page(request.GET.get("page")),
        "roles": roles,
        "states": _states(found, selectors.sees_reports(actor)),
        "my_units": selectors.my_units(actor),
        "unit": integer(request, "unit"),
        "plan": integer(request, "plan"),
        "inside": selectors.sees_reports(actor),
        "may_open": bool(round_selectors.plans_to_report(viewer=actor)),
        "owed": round_selectors.owed_by_viewer(viewer=actor, on=date_of(request)),
    }
    return render(request, "tasks/list.html", context)


def _states(found: selectors.TaskList, inside: bool) -> list[tuple[str, str, int]]:
    words = [("", _("全部")), ("no_lead", _("没有牵头单位")), ("no_units", _("原文未列责任单位")), ("unmatched", _("单位没有对上"))]
    if inside:
        words += [("late", _("逾期未报")), ("difficult", _("遇到困难")), ("done", _("已完成")), ("never", _("还没报过"))]
    return [(code, word, found.counts[code]) for code, word in words]


def _rows(lines: Iterable[selectors.TaskLine]) -> Iterable[list[Any]]:
    for line in lines:
        leads = "、".join(unit.name for unit in line.leads)
        others = "、".join(unit.name for unit in line.participants)
        yield [line.plan_name, line.number, line.title, line.section, leads, others, line.standing_label, line.reported_on]


def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: its words, units, reports, problems and decisions."""
    detail = selectors.task_detail(viewer=actor_of(request), task_id=pk, on=date_of(request))
    context = {
        "detail": detail,
        "task": detail.task,
        "inside": selectors.sees_reports(actor_of(request)),
        "ideas": ideas_of_task(actor_of(request), pk),
    }
    return render(request, "tasks/task.html", context)


@require_POST
def task_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Assign, withdraw, match or expand responsible units of a task."""
    actor, at, act = actor_of(request), timezone.now(), request.POST.get("act", "")
    unit = _number(request, "unit")
    row = _number(request, "row") or 0
    members = [int(text) for text in request.POST.getlist("member") if text.isdigit()]
    known: dict[str, Callable[[], Any]] = {
        "assign": lambda: services.assign_unit(
            by=actor,
            at=at,
            task_id=pk,
            organisation_id=unit or 0,
            role=request.POST.get("role", ""),
            version=_number(request, "version"),
            reason=request.POST.get("reason", ""),
        ),
        "withdraw": lambda: services.withdraw_unit(by=actor, at=at, task_unit_id=row, reason=request.POST.get("reason", "")),
        "match": lambda: services.match_unit(by=actor, at=at, task_unit_id=row, organisation_id=unit),
        "expand": lambda: services.expand_class(by=actor, at=at, task_unit_id=row, organisation_ids=members),
    }
    if act not in known:
        raise Invalid(field=_("操作"), why=_("没有“%(act)s”这一步") % {"act": act[:20]})
    known[act]()
    messages.success(request, _("已保存。"))
    return back(request, reverse("task", args=[pk]))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
