"""Setting, changing and assigning targets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from wulian.chains.governance.access import require_edit
from wulian.chains.governance.selectors.indicator_page import current_target, get_target
from wulian.chains.governance.selectors.indicators import get_indicator, goal_text
from wulian.chains.governance.services.targets import assign_target, fill_missing_years, remove_target, set_target
from wulian.kernel.errors import Conflict, WulianError
from wulian.portal.plans.forms import AssignForm, TargetForm
from wulian.portal.requests import PageRequest


@require_http_methods(["GET", "POST"])
def target_edit(request: PageRequest, indicator_id: int) -> HttpResponse:
    """One year's target. `?year=&role=&tier=` opens what stands there; without them a new one."""
    indicator = get_indicator(request.actor, indicator_id)
    plan = indicator.plan
    require_edit(request.actor, plan, _("设定目标值"))
    published = plan.state != "draft"
    form = TargetForm(request.POST or None, published=published, initial=None if request.method == "POST" else _initial(request, indicator))
    conflict, standing = None, None
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        expected = (values.pop("row"), values.pop("version"))
        try:
            set_target(by=request.actor, at=timezone.now(), indicator_id=indicator_id, expected=expected, **values)
        except Conflict as error:
            # Nothing is lost: what was typed stays in the form, what stands now is shown beside it, and sending again means it.
            conflict = error.text(_)
            standing = current_target(indicator, values["year"], values["role"], values["tier"])
            seen = (standing.pk, standing.version) if standing else (0, 0)
            form = TargetForm({**request.POST.dict(), "row": seen[0], "version": seen[1]}, published=published)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已调整，原值留在调整记录里。") if published else _("已保存。"))
            return redirect("indicator", indicator_id)
    context = {
        "plan": plan,
        "indicator": indicator,
        "form": form,
        "conflict": conflict,
        "standing": standing,
        "standing_text": goal_text(standing),
        "published": published,
        "title": _("“%(name)s”的目标值") % {"name": indicator.name},
    }
    return render(request, "plans/target.html", context, status=409 if conflict else 200)


def _initial(request: PageRequest, indicator: Any) -> dict[str, Any]:
    year = request.GET.get("year", "")
    role, tier = request.GET.get("role", "milestone"), request.GET.get("tier", "main")
    found = current_target(indicator, int(year), role, tier) if year.isdigit() else None
    if found is None:
        return {"year": year or indicator.plan.last_year, "role": role, "tier": tier, "number_state": "numbered", "row": 0, "version": 0}
    names = ("year", "role", "tier", "number_state", "comparator")
    value = None if found.value is None else trimmed_number(found.value)
    return {name: getattr(found, name) for name in names} | {"value": value, "row": found.pk, "version": found.version}


def trimmed_number(value: Decimal) -> str:
    return format(value.normalize(), "f")


@require_http_methods(["GET", "POST"])
def target_assign(request: PageRequest, target_id: int) -> HttpResponse:
    target = get_target(request.actor, target_id)
    indicator = target.indicator
    require_edit(request.actor, indicator.plan, _("录入下达的目标值"))
    initial = {"version": target.version, "comparator": target.comparator, "assigned_on": request.on}
    form = AssignForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            assign_target(by=request.actor, at=timezone.now(), target_id=target_id, **form.cleaned_data)
        except WulianError as error:
            if isinstance(error, Conflict):
                raise
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已录入下达的数，从现在起按它评判。"))
            return redirect("indicator", indicator.pk)
    context = {
        "plan": indicator.plan,
        "indicator": indicator,
        "form": form,
        "title": _("“%(name)s”%(year)s 年：录入上级下达的数") % {"name": indicator.name, "year": target.year},
    }
    return render(request, "plans/form.html", context)


@require_POST
def target_remove(request: PageRequest, target_id: int) -> HttpResponse:
    target = get_target(request.actor, target_id)
    version = request.POST.get("version", "")
    remove_target(by=request.actor, at=timezone.now(), target_id=target_id, version=int(version) if version.isdigit() else None)
    messages.success(request, _("已删除；审计记录里还查得到。"))
    return redirect("indicator", target.indicator_id)


@require_POST
def targets_fill(request: PageRequest, indicator_id: int) -> HttpResponse:
    filled = fill_missing_years(by=request.actor, at=timezone.now(), indicator_id=indicator_id)
    years = _("、").join(str(target.year) for target in filled)
    messages.success(request, _("已按直线补齐 %(years)s 年的节点，都注明是计算得来。") % {"years": years})
    return redirect("indicator", indicator_id)
