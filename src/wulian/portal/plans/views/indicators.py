"""Pages of indicators: the indicator itself, its definition, binding and chain."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wulian.chains.governance.access import require_edit
from wulian.chains.governance.computing_jobs import compute_history
from wulian.chains.governance.forecast import CONFIDENCE
from wulian.chains.governance.selectors.chains import chain_suggestions, chains_list
from wulian.chains.governance.selectors.indicator_page import (
    IndicatorPage,
    binding_suggestions,
    bindings,
    indicator_page,
)
from wulian.chains.governance.selectors.indicators import best_by_date, get_indicator, goal_text
from wulian.chains.governance.selectors.plans import composite_choices, get_plan, owner_choices
from wulian.chains.governance.services.chains import link_indicators, unlink_indicator
from wulian.chains.governance.services.indicators import add_indicator, bind_metric, edit_indicator, remove_indicator
from wulian.chains.governance.status import RULES
from wulian.chains.governance.wording import indicator_name, plain
from wulian.foundation.catalogue.metrics import all_metrics
from wulian.kernel.errors import Conflict, WulianError
from wulian.portal import charts
from wulian.portal.plans.forms import BindForm, IndicatorForm
from wulian.portal.requests import PageRequest
from wulian.portal.words import axis_unit, unit_word


@require_GET
def indicator_view(request: PageRequest, indicator_id: int) -> HttpResponse:
    page = indicator_page(request.actor, indicator_id, request.on)
    context: dict[str, Any] = {
        "page": page,
        "plan": page.plan,
        "indicator": page.indicator,
        "row": page.row,
        "judgement": page.row.judgement,
        "title": _title(page),
        "confidence": CONFIDENCE,
        "rules": RULES,
        "targets": [(target, goal_text(target)) for target in page.targets],
        "history": [(one.target, goal_text(one.target), goal_text(one.replaced)) for one in page.history],
        "bindings": bindings(page.indicator) if page.may_edit else [],
    }
    if not page.components:
        context["chart"] = history_chart(page)
        context["alt"] = _chart_words(page)
    return render(request, "plans/indicator.html", context)


def _title(page: IndicatorPage) -> str:
    """The finding of one indicator: how far it is, against what."""
    row, indicator = page.row, page.indicator
    if row.components:
        return f"{indicator_name(indicator)}：{row.rule}"
    if row.value is None:
        return _("%(name)s：还没有实际值") % {"name": indicator_name(indicator)}
    said = {"name": indicator_name(indicator), "value": plain(row.value_shown), "unit": unit_word(indicator.unit)}
    judgement = row.judgement
    if judgement and judgement.gap is not None and judgement.milestone is not None:
        gap = plain(abs(judgement.gap), 2)
        if judgement.gap > 0:
            return _("%(name)s %(value)s%(unit)s，离节点差 %(gap)s") % {**said, "gap": gap}
        return _("%(name)s %(value)s%(unit)s，达到节点") % said
    return _("%(name)s %(value)s%(unit)s") % said


def history_chart(page: IndicatorPage) -> charts.Spec:
    """What happened, milestones, targets, forecast: one value a year (the last), with its date as the note."""
    plan = page.plan
    seen: dict[int, charts.Point] = {}
    if page.row.baseline is not None and page.row.judgement and page.row.judgement.baseline:
        base = page.row.judgement.baseline
        seen[base.year] = charts.Point(base.year, base.value, _("基数"))
    for one in best_by_date(page.indicator.observations.all(), page.on):
        seen[one.as_of.year] = charts.Point(one.as_of.year, one.value, one.as_of.isoformat())
    milestones, targets, masked = [], [], []
    for target in page.targets:
        if target.role == "baseline" or target.tier != "main":
            continue
        point = charts.Point(target.year, target.value, _("内插，计算得来") if target.origin == "interpolated" else "")
        if target.value is None:
            masked.append(charts.Point(target.year, None, goal_text(target)))
        elif target.year == plan.last_year or target.role == "final":
            targets.append(point)
        else:
            milestones.append(point)
    return charts.indicator_history(
        unit=axis_unit(page.indicator.unit),
        observations=[seen[year] for year in sorted(seen)],
        targets=targets,
        milestones=milestones,
        masked=masked,
        forecast=[charts.Band(one.on.year, one.low, one.value, one.high) for one in page.forecasts],
    )


def _chart_words(page: IndicatorPage) -> str:
    parts = [f"{one.as_of.isoformat()} {plain(one.value)}" for one in best_by_date(page.indicator.observations.all(), page.on)][-6:]
    said = _("，").join(parts) or _("没有实际值")
    return _("%(name)s：%(said)s；终期目标 %(final)s") % {
        "name": indicator_name(page.indicator),
        "said": said,
        "final": page.row.final_text,
    }


@require_http_methods(["GET", "POST"])
def indicator_add(request: PageRequest, plan_id: int) -> HttpResponse:
    plan = get_plan(request.actor, plan_id)
    require_edit(request.actor, plan, _("添加指标"))
    form = IndicatorForm(request.POST or None, owners=owner_choices(plan), composites=composite_choices(plan))
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            indicator = add_indicator(by=request.actor, at=timezone.now(), plan_id=plan_id, **values)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已添加。接着给它定目标值。"))
            return redirect("indicator", indicator.pk)
    return render(request, "plans/form.html", {"plan": plan, "form": form, "title": _("给“%(plan)s”添加一项指标") % {"plan": plan}})


@require_http_methods(["GET", "POST"])
def indicator_edit(request: PageRequest, indicator_id: int) -> HttpResponse:
    indicator = get_indicator(request.actor, indicator_id)
    require_edit(request.actor, indicator.plan, _("修改指标"))
    extra = {"owners": owner_choices(indicator.plan), "composites": composite_choices(indicator.plan, indicator)}
    names = [name for name in IndicatorForm.base_fields if name not in ("reason", "version")]
    initial = {name: getattr(indicator, name) for name in names} | {"version": indicator.version}
    form = IndicatorForm(request.POST or None, initial=initial, **extra)
    conflict = None
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in names}
        if values["position"] is None:
            values["position"] = indicator.position
        try:
            edit_indicator(
                by=request.actor,
                at=timezone.now(),
                indicator_id=indicator_id,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                **values,
            )
        except Conflict as error:
            conflict = error.text(_)
            indicator = get_indicator(request.actor, indicator_id)
            form = IndicatorForm({**request.POST.dict(), "version": indicator.version}, **extra)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已保存。"))
            return redirect("indicator", indicator_id)
    now = [(form.fields[name].label, getattr(indicator, name)) for name in names] if conflict else []
    context = {
        "plan": indicator.plan,
        "indicator": indicator,
        "form": form,
        "conflict": conflict,
        "now": now,
        "title": _("修改“%(name)s”") % {"name": indicator_name(indicator)},
    }
    return render(request, "plans/form.html", context, status=409 if conflict else 200)


@require_http_methods(["GET", "POST"])
def indicator_bind(request: PageRequest, indicator_id: int) -> HttpResponse:
    indicator = get_indicator(request.actor, indicator_id)
    require_edit(request.actor, indicator.plan, _("绑定口径"))
    catalogue = [(metric.code, f"{metric.name}（{metric.unit}）") for metric in all_metrics()]
    initial = {"metric": indicator.metric, "factor": format(indicator.metric_factor.normalize(), "f"), "version": indicator.version}
    form = BindForm(request.POST or None, initial=initial, metrics=catalogue)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            bind_metric(by=request.actor, at=timezone.now(), indicator_id=indicator_id, **form.cleaned_data)
        except Conflict as error:
            conflict = error.text(_)
            indicator = get_indicator(request.actor, indicator_id)
            form = BindForm({**request.POST.dict(), "version": indicator.version}, metrics=catalogue)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            if form.cleaned_data["metric"]:
                compute_history.enqueue(indicator.plan_id, request.actor.user_id, request.on.isoformat())
                messages.success(request, _("已绑定，历年的值正在后台计算，稍后刷新即可看到。"))
            else:
                messages.success(request, _("已解除绑定，以后只填报。"))
            return redirect("indicator", indicator_id)
    context = {
        "plan": indicator.plan,
        "indicator": indicator,
        "form": form,
        "conflict": conflict,
        "now": [(_("口径"), indicator.metric), (_("换算"), indicator.metric_factor.normalize())] if conflict else [],
        "suggestions": binding_suggestions(indicator),
        "bindings": bindings(indicator),
        "title": _("“%(name)s”按哪个口径计算") % {"name": indicator_name(indicator)},
    }
    return render(request, "plans/bind.html", context, status=409 if conflict else 200)


@require_http_methods(["GET", "POST"])
def indicator_chain(request: PageRequest, indicator_id: int) -> HttpResponse:
    """Link with the same indicator of related plans, or take out of the chain."""
    indicator = get_indicator(request.actor, indicator_id)
    require_edit(request.actor, indicator.plan, _("把指标连成一条链"))
    if request.method == "POST":
        if request.POST.get("act") == "unlink":
            unlink_indicator(by=request.actor, at=timezone.now(), indicator_id=indicator_id)
            messages.success(request, _("已移出这条链。"))
            return redirect("indicator", indicator_id)
        others = [int(pk) for pk in request.POST.getlist("with") if pk.isdigit()]
        chain = link_indicators(
            by=request.actor, at=timezone.now(), indicator_ids=[indicator_id, *others], name=request.POST.get("name", "")
        )
        messages.success(request, _("已连成“%(chain)s”。") % {"chain": chain})
        return redirect("chain", chain.pk)
    context = {
        "plan": indicator.plan,
        "indicator": indicator,
        "suggestions": chain_suggestions(request.actor, indicator),
        "chains": [item.chain for item in chains_list(request.actor) if item.chain.pk != indicator.chain_id],
        "title": _("“%(name)s”在别的规划里") % {"name": indicator_name(indicator)},
    }
    return render(request, "plans/link.html", context)


@require_POST
def indicator_remove(request: PageRequest, indicator_id: int) -> HttpResponse:
    plan_id = get_indicator(request.actor, indicator_id).plan_id
    remove_indicator(by=request.actor, at=timezone.now(), indicator_id=indicator_id)
    messages.success(request, _("已删除；审计记录里还查得到。"))
    return redirect("plan", plan_id)
