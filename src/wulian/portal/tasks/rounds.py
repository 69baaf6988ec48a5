"""Reporting rounds: the list, opening one, the matrix of units, and a unit's own form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wulian.chains.governance.selectors import rounds as selectors
from wulian.chains.governance.services import rounds as services
from wulian.foundation import files
from wulian.foundation.exports import export_response
from wulian.kernel.errors import Conflict, Invalid, WulianError
from wulian.portal.review.asking import actor_of, back, date_of, integer

from .forms import ReportForm, RoundForm

EVIDENCE = ("pdf", "docx", "xlsx", "png", "jpeg", "text")


def rounds(request: HttpRequest) -> HttpResponse:
    """All rounds that concern the viewer, the next deadline first."""
    actor = actor_of(request)
    lines = selectors.rounds_list(viewer=actor, on=date_of(request), plan_id=integer(request, "plan"))
    late = sum(line.late for line in lines)
    running = sum(line.round.state == "open" for line in lines)
    if late:
        finding = _("%(running)s 次调度进行中，%(late)s 次已过期没有报齐") % {"running": running, "late": late}
    elif running:
        finding = _("%(running)s 次调度进行中，没有逾期") % {"running": running}
    else:
        finding = _("没有进行中的调度")
    context = {"lines": lines, "finding": finding, "may_open": bool(selectors.plans_to_report(viewer=actor))}
    return render(request, "tasks/rounds.html", context)


def round_new(request: HttpRequest) -> HttpResponse:
    """Open a round."""
    actor, today = actor_of(request), timezone.localdate()
    plans = [(plan.pk, str(plan)) for plan in selectors.plans_to_report(viewer=actor)]
    initial = {
        "plan": integer(request, "plan"),
        "as_of": quarter_end(today),
        "due_on": today + timedelta(days=14),
        "name": _("%(year)s 年第 %(quarter)s 季度调度") % {"year": today.year, "quarter": (today.month - 1) // 3 + 1},
    }
    form = RoundForm(request.POST or None, plans=plans, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            opened = services.open_round(
                by=actor,
                at=timezone.now(),
                on=today,
                plan_id=data["plan"],
                name=data["name"],
                as_of=data["as_of"],
                due_on=data["due_on"],
                with_participants=data["with_participants"],
            )
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已发起，填报单位收到了通知。"))
            return redirect("round", opened.pk)
    return render(request, "tasks/round_new.html", {"form": form, "plans": plans}, status=422 if form.errors else 200)


def quarter_end(today: date) -> date:
    """The last day of the latest complete quarter."""
    month = (today.month - 1) // 3 * 3 + 1
    return date(today.year, month, 1) - timedelta(days=1)


def round_(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The round as the dispatcher sees it: units against states, the late list, and what came of earlier problems."""
    detail = selectors.round_detail(viewer=actor_of(request), round_id=pk, on=date_of(request))
    if chosen := request.GET.get("format"):
        columns = [
            _("单位"),
            _("事项"),
            _("分工"),
            _("状态"),
            _("总体情况"),
            _("数值"),
            _("进展"),
            _("问题"),
            _("下一步"),
            _("报送时间"),
            _("逾期"),
        ]
        rows = [
            [
                report.unit.name,
                str(report.task or report.indicator),
                role_word(report.role),
                report.get_state_display(),
                report.get_standing_display() if report.standing else "",
                report.value,
                report.progress,
                report.problem,
                report.next_step,
                timezone.localtime(report.filed_at) if report.filed_at else None,
                _("是") if selectors.filed_late(report) else "",
            ]
            for unit in detail.units
            for report in unit.reports
        ]
        return export_response(chosen, columns, rows, detail.round.name)
    return render(request, "tasks/round.html", {"detail": detail, "round": detail.round, "plan": detail.round.plan})


def role_word(role: str) -> str:
    """A report's role in words."""
    return {"lead": _("牵头"), "participant": _("配合"), "owner": _("指标责任单位")}.get(role, role)


@require_POST
def round_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind, close, reopen; accept or return one report."""
    actor, at, on, act = actor_of(request), timezone.now(), timezone.localdate(), request.POST.get("act", "")
    report = int(request.POST.get("report") or 0)
    version = int(request.POST.get("version") or 0)
    reason = request.POST.get("reason", "")
    known: dict[str, Callable[[], str]] = {
        "remind": lambda: _("已提醒 %(count)s 家单位。") % {"count": services.remind_round(by=actor, at=at, on=on, round_id=pk)},
        "close": lambda: _said(services.close_round(by=actor, at=at, round_id=pk), _("调度已结束。")),
        "reopen": lambda: _said(
            services.reopen_round(by=actor, at=at, on=on, round_id=pk, due_on=_day(request.POST.get("due_on", "")), reason=reason),
            _("调度已重新打开。"),
        ),
        "accept": lambda: _said(services.accept_report(by=actor, at=at, report_id=report, version=version), _("已通过。")),
        "return": lambda: _said(
            services.return_report(by=actor, at=at, on=on, report_id=report, version=version, reason=reason), _("已退回，单位收到了通知。")
        ),
    }
    if act not in known:
        raise Invalid(field=_("操作"), why=_("没有“%(act)s”这一步") % {"act": act[:20]})
    messages.success(request, known[act]())
    return back(request, reverse("round", args=[pk]))


def _said(_done: object, sentence: str) -> str:
    return sentence


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field=_("截止日期"), why=_("“%(text)s”不是 2026-03-31 这样的日期") % {"text": text[:20]}) from error


def round_report(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit's own form: every report that it owes in this round, each filed by itself so that nothing waits for the rest."""
    actor = actor_of(request)
    if refused := files.refused_upload(request.META):
        raise refused
    unit = integer(request, "unit")
    page = selectors.reports_to_file(viewer=actor, round_id=pk, on=date_of(request), unit_id=unit)
    sent = int(request.POST.get("report") or 0) if request.method == "POST" else 0
    status, conflict, blocks = 200, "", []
    for line in page.units:
        cards = []
        for report in line.reports:
            mine = report.pk == sent
            form = ReportForm(
                request.POST if mine else None,
                request.FILES if mine else None,
                standings=selectors.standing_choices(),
                about_indicator=report.indicator_id is not None,
                initial={name: getattr(report, name) for name in ("value", "standing", "progress", "problem", "next_step", "version")},
                auto_id=f"id_{report.pk}_%s",
            )
            if mine:
                try:
                    if form.is_valid() and _file(request, report.pk, form.cleaned_data):
                        messages.success(request, _("“%(about)s”已报送。") % {"about": report.task or report.indicator})
                        return redirect(f"{request.path}{f'?unit={unit}' if unit else ''}#r{report.pk}")
                    status = 422
                except Conflict as error:
                    status, conflict = 409, error.text(_)
                except WulianError as error:
                    form.add_error(None, error.text(_))
                    status = 422
            cards.append({"report": report, "form": form, "conflict": conflict if mine else "", "late": selectors.filed_late(report)})
        blocks.append({"line": line, "cards": cards})
    return render(request, "tasks/report.html", {"page": page, "round": page.round, "blocks": blocks}, status=status)


def _file(request: HttpRequest, report_id: int, data: dict[str, Any]) -> bool:
    actor, at = actor_of(request), timezone.now()
    evidence = []
    if upload := data.get("evidence"):
        evidence.append(files.store_upload(by=actor, upload=upload.file, name=upload.name, at=at, allowed=EVIDENCE).pk)
    services.file_report(
        by=actor,
        at=at,
        on=timezone.localdate(),
        report_id=report_id,
        version=data["version"],
        standing=data.get("standing") or "",
        progress=data["progress"],
        problem=data["problem"],
        next_step=data["next_step"],
        value=data.get("value"),
        evidence=evidence,
    )
    return True
