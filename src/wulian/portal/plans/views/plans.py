"""Pages of plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wulian.chains.governance import choices
from wulian.chains.governance.access import may_edit
from wulian.chains.governance.computing_jobs import compute_history
from wulian.chains.governance.errors import CannotInterpolate
from wulian.chains.governance.selectors.evaluation import evaluation_content, evaluations_of
from wulian.chains.governance.selectors.indicator_page import plan_differences
from wulian.chains.governance.selectors.indicators import Overview, Row, plan_overview
from wulian.chains.governance.selectors.plans import (
    get_plan,
    plan_counts,
    plan_document,
    plans_list,
    possible_relatives,
    relatives,
    task_summary,
)
from wulian.chains.governance.selectors.reviewing import waiting_of
from wulian.chains.governance.services.computing import compute_plan
from wulian.chains.governance.services.plans import close_plan, edit_plan, reopen_plan, unpublish_plan
from wulian.chains.governance.services.publishing import publish_reviewed_plan
from wulian.chains.governance.services.targets import fill_missing_years
from wulian.chains.governance.status import RULES, WORST_FIRST, Code
from wulian.chains.governance.wording import counted
from wulian.directory.selectors.figures import region_name
from wulian.foundation.exports import FORMATS, export_response
from wulian.kernel.errors import Conflict, WulianError
from wulian.portal.guards import OFFICER
from wulian.portal.plans.forms import PlanForm
from wulian.portal.plans.reports import evaluation_report, file_name
from wulian.portal.reports import report_response
from wulian.portal.requests import PageRequest


@require_GET
def plan_list(request: PageRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "") for name in ("state", "q", "period")}
    region = request.GET.get("region") or None
    items = plans_list(request.actor, request.on, region=region, state=asked["state"], text=asked["q"], period=asked["period"])
    counts = plan_counts(request.actor, request.on)
    labels = dict(choices.PLAN_STATES)
    everything = sum(counts["state"].values())
    behind = sum(item.overview.counts.get(code, 0) for item in items for code in (Code.BEHIND, Code.SLOW))
    context = {
        "items": items,
        "everything": everything,
        "asked": asked,
        "states": [
            ("", _("全部"), everything),
            *((code, labels[code], counts["state"][code]) for code in labels if code in counts["state"]),
        ],
        "periods": [
            ("", _("各期"), everything),
            *((code, word, counts["period"][code]) for code, word in _periods() if counts["period"][code]),
        ],
        "title": _list_title(len(items), behind),
        "may_create": OFFICER.allows(request.actor),
    }
    return render(request, "plans/plans.html", context)


def _periods() -> list[tuple[str, str]]:
    return [("current", _("规划期内")), ("past", _("已到期")), ("coming", _("未开始"))]


def _list_title(plans: int, behind: int) -> str:
    if not plans:
        return _("没有符合条件的规划")
    if not behind:
        return _("%(plans)s份规划，没有落后的指标") % {"plans": counted(plans)}
    return _("%(plans)s份规划，%(behind)s项指标偏慢或落后") % {"plans": counted(plans), "behind": counted(behind)}


@require_GET
def plan_page(request: PageRequest, plan_id: int) -> HttpResponse:
    plan = get_plan(request.actor, plan_id)
    overview = plan_overview(request.actor, plan, request.on)
    rows = filtered(overview, request)
    document = plan_document(request.actor, plan)
    editable = may_edit(request.actor, plan)
    differences = plan_differences(request.actor, plan) if editable else []
    waiting = waiting_of(request.actor, plan.pk) if editable else []
    context = {
        "plan": plan,
        "overview": overview,
        "rows": rows,
        "shown": sum(len(row.components) or 1 for row in rows),
        "statuses": status_options(overview),
        "relatives": relatives(request.actor, plan),
        "document": document,
        "differences": differences,
        "waiting": waiting,
        "needs_work": bool(differences or waiting or (document and document.findings)),
        "evaluations": evaluations_of(request.actor, plan),
        "tasks": task_summary(plan),
        "may_edit": editable,
        "period_over": plan.last_year < request.on.year,
        "groups": any(row.indicator.group for row in rows),
    }
    return render(request, "plans/plan.html", context)


def status_options(overview: Overview) -> list[tuple[str, str, int]]:
    """The statuses that occur, worst first, each with its count."""
    rows = sorted(overview.judged, key=lambda row: WORST_FIRST.index(row.code))
    counts = Counter(row.status for row in rows)
    words = {row.status: row.word for row in rows}
    return [("", _("全部"), overview.total), *((key, words[key], count) for key, count in counts.items())]


SORTS = {
    "name": lambda row: row.indicator.name,
    "value": lambda row: (row.value is None, row.value or 0),
    "status": lambda row: WORST_FIRST.index(row.code),
    "owner": lambda row: (row.indicator.owner is None, str(row.indicator.owner or "")),
}


def filtered(overview: Overview, request: PageRequest) -> list[Row]:
    """The rows that the page's filters leave, in its order. A composite stays with the components that fit."""
    status, text = request.GET.get("status", ""), request.GET.get("q", "").strip()

    def fits(row: Row) -> bool:
        return (not status or row.status == status) and (not text or text in row.indicator.name or text in str(row.indicator.owner or ""))

    rows = []
    for row in overview.rows:
        if row.components:
            row.components = (
                row.components if text and text in row.indicator.name and not status else [one for one in row.components if fits(one)]
            )
            if row.components:
                rows.append(row)
        elif fits(row):
            rows.append(row)
    sort = request.GET.get("sort", "")
    if key := SORTS.get(sort.lstrip("-")):
        rows.sort(key=key, reverse=sort.startswith("-"))
    return rows


COLUMNS = (
    gettext_lazy("指标"),
    gettext_lazy("计量单位"),
    gettext_lazy("责任单位"),
    gettext_lazy("属性"),
    gettext_lazy("基数"),
    gettext_lazy("现值"),
    gettext_lazy("截至"),
    gettext_lazy("节点"),
    gettext_lazy("目标"),
    gettext_lazy("完成率（%）"),
    gettext_lazy("状态"),
    gettext_lazy("依据"),
)


@require_GET
def plan_export(request: PageRequest, plan_id: int, format: str) -> HttpResponseBase:  # noqa: A002  (name of the route's part)
    plan = get_plan(request.actor, plan_id)
    if format in FORMATS:
        overview = plan_overview(request.actor, plan, request.on)
        name = f"{plan} {request.on.isoformat()}"
        return export_response(format, COLUMNS, export_rows(filtered(overview, request)), name)
    if format not in ("pdf", "docx"):
        raise Http404
    content = evaluation_content(request.actor, plan, request.on)
    return report_response(request, evaluation_report(content), format, name=file_name(content))


def export_rows(rows: Iterable[Row]) -> Iterable[tuple[Any, ...]]:
    for top in rows:
        for row in top.components or [top]:
            indicator, judgement = row.indicator, row.judgement
            name = f"{top.indicator.name}：{indicator.name}" if top.components else indicator.name
            completion = judgement.completion if judgement else None
            yield (
                name,
                indicator.unit,
                str(indicator.owner or ""),
                indicator.get_attribute_display() if indicator.attribute else "",
                trimmed(row.baseline),
                trimmed(row.value),
                row.value_on,
                trimmed(row.milestone_shown),
                trimmed(row.final) if row.final is not None else row.final_text,
                trimmed(completion.quantize(Decimal("0.1"))) if completion is not None else None,
                row.word,
                row.rule,
            )


def trimmed(value: Any) -> Any:
    """A decimal without the zeros that the database adds."""
    if value is None:
        return None
    short = value.normalize()
    return short.quantize(1) if short == short.to_integral_value() else short


@require_http_methods(["GET", "POST"])
def plan_edit(request: PageRequest, plan_id: int) -> HttpResponse:
    plan = get_plan(request.actor, plan_id)
    others = [(one.pk, f"{one}（{region_name(one.region, short=True)}）") for one in possible_relatives(request.actor, plan)]
    fields = [name for name in PlanForm.base_fields if name != "version"]
    initial = {name: getattr(plan, name) for name in fields} | {"version": plan.version}
    form = PlanForm(request.POST or None, initial=initial, plans=others)
    conflict = None
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in fields}
        try:
            edit_plan(by=request.actor, at=timezone.now(), plan_id=plan_id, version=form.cleaned_data["version"], **values)
        except Conflict as error:
            conflict = error.text(_)
            plan.refresh_from_db()
            form = PlanForm({**request.POST.dict(), "version": plan.version}, plans=others)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已保存。"))
            return redirect("plan", plan_id)
    now = [(form.fields[name].label, getattr(plan, name)) for name in fields] if conflict else []
    context = {"plan": plan, "form": form, "conflict": conflict, "now": now, "title": _("修改“%(plan)s”") % {"plan": plan}}
    return render(request, "plans/form.html", context, status=409 if conflict else 200)


@require_POST
def plan_state(request: PageRequest, plan_id: int) -> HttpResponse:
    """One of the four moves of a plan. The reason is asked where the move needs one."""
    move, reason, now = request.POST.get("move"), request.POST.get("reason", ""), timezone.now()
    common: dict[str, Any] = {"by": request.actor, "at": now, "plan_id": plan_id}
    if move == "publish":
        publish_reviewed_plan(**common)  # what was read from a text is written as well, and nothing unreviewed slips by
        messages.success(request, _("已发布。公众现在能看到这份规划。"))
    elif move == "unpublish":
        unpublish_plan(**common, reason=reason)
        messages.success(request, _("已撤回到校核。公众看不到了，记录都还在。"))
    elif move == "close":
        close_plan(**common, on=timezone.localdate(now))
        messages.success(request, _("已结束。数字不再变动。"))
    elif move == "reopen":
        reopen_plan(**common, reason=reason)
        messages.success(request, _("已重新打开。"))
    else:
        raise Http404
    return redirect("plan", plan_id)


@require_POST
def plan_compute(request: PageRequest, plan_id: int) -> HttpResponse:
    """Compute the chosen date now and the past year ends in the background."""
    plan = get_plan(request.actor, plan_id)
    done = compute_plan(by=request.actor, at=timezone.now(), plan_id=plan.pk, on=request.on)
    compute_history.enqueue(plan.pk, request.actor.user_id, request.on.isoformat())
    text = _("%(on)s 的值已算好：新记 %(written)s 项，未变 %(unchanged)s 项，无数 %(unknown)s 项。历年年底的值正在后台计算。")
    counts = {"on": request.on.isoformat(), "written": done.written, "unchanged": done.unchanged, "unknown": done.unknown}
    messages.success(request, text % counts)
    return redirect(f"{request.path.removesuffix('compute/')}?{request.GET.urlencode()}")


@require_POST
def plan_fill(request: PageRequest, plan_id: int) -> HttpResponse:
    """Fill missing milestones of all indicators of the plan for which it is possible; each is marked as computed."""
    plan = get_plan(request.actor, plan_id)
    filled = skipped = 0
    for row in plan_overview(request.actor, plan, request.on).judged:
        try:
            filled += len(fill_missing_years(by=request.actor, at=timezone.now(), indicator_id=row.indicator.pk))
        except CannotInterpolate:
            skipped += 1
    if filled:
        messages.success(
            request,
            _("补了 %(filled)s 个年度节点，都注明是计算得来；%(skipped)s 项不用补或补不了。") % {"filled": filled, "skipped": skipped},
        )
    else:
        messages.info(request, _("没有可以补的年度节点。"))
    return redirect("plan", plan_id)


@require_GET
def plan_differences_page(request: PageRequest, plan_id: int) -> HttpResponse:
    plan = get_plan(request.actor, plan_id)
    differences = plan_differences(request.actor, plan)
    title = _("%(count)s处填报与计算对不上") % {"count": counted(len(differences))} if differences else _("填报与计算没有不一致")
    return render(request, "plans/differences.html", {"plan": plan, "differences": differences, "title": title})


@require_GET
def status_rules(request: PageRequest) -> HttpResponse:
    return render(request, "plans/status_rules.html", {"rules": [_(rule) for rule in RULES]})
