"""Yearly figures of a region: what is known, entering one, verifying it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wulian.directory.selectors.facts import list_sources, region_facts_of
from wulian.directory.selectors.figures import region_name
from wulian.directory.services.facts import decide_region_fact, fact_of, own_source, record_region_fact, stored
from wulian.foundation.catalogue import facts
from wulian.foundation.catalogue.facts import FactType, latest_complete_year
from wulian.kernel.errors import WulianError
from wulian.portal.requests import PageRequest

YEARS_SHOWN = 6
# What an officer types, and how many of the fact's own unit that is: amounts of regions are told in 亿元, people in 万人.
ENTRY = {FactType.MONEY: (gettext_lazy("亿元"), Decimal(100_000_000)), FactType.COUNT: (gettext_lazy("万人"), Decimal(10_000))}


class RegionFactForm(forms.Form):
    """One figure of a region. Without an amount the reason is required (the service says so)."""

    fact = forms.ChoiceField(label=gettext_lazy("数据"))
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=1978, max_value=2100)
    amount = forms.DecimalField(
        label=gettext_lazy("数值"), required=False, max_digits=20, decimal_places=8, help_text=gettext_lazy("金额按亿元，人口按万人。")
    )
    unknown_because = forms.CharField(label=gettext_lazy("没有数的原因"), required=False, max_length=120)
    source = forms.ChoiceField(label=gettext_lazy("数据源"), required=False)
    as_of = forms.DateField(label=gettext_lazy("截至"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "fact": [(fact.code, fact.name) for fact in facts.all_facts() if fact.subject == "region"],
            "source": [("", _("工作人员录入")), *((str(one.pk), one.name) for one in list_sources())],
        }
        for name, options in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = options


def _page(request: PageRequest, form: RegionFactForm, status: int = 200) -> HttpResponse:
    region, on = request.region, request.on
    last = latest_complete_year(on)
    years = region_facts_of(request.actor, region.code, range(last - YEARS_SHOWN + 1, last + 1))
    rows = []
    for items in years.values():
        for item in items:
            unit, factor = ENTRY[item.fact.type]
            rows.append(
                {
                    "item": item,
                    "unit": str(unit),
                    "amount": None if item.amount is None else item.amount / factor,
                    "first": item is items[0],
                }
            )
    missing = sum(1 for item in years[last] if item.row is None or item.row.verification != "verified")
    context = {"form": form, "rows": rows, "place": region_name(region), "last": last, "missing": missing, "total": len(years[last])}
    return render(request, "figures/region_facts.html", context, status=status)


def region_facts(request: PageRequest) -> HttpResponse:
    last = latest_complete_year(request.on)
    start = {"year": last, "as_of": request.on, "fact": request.GET.get("fact")}
    return _page(request, RegionFactForm(initial=start))


@require_POST
def record(request: PageRequest) -> HttpResponse:
    form = RegionFactForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    data = form.cleaned_data
    try:
        fact = fact_of(data["fact"], "region")
        amount = None if data["amount"] is None else data["amount"] * ENTRY[fact.type][1]
        record_region_fact(
            region=request.region.code,
            fact=fact.code,
            year=data["year"],
            value=stored(fact, amount),
            unknown_because=data["unknown_because"],
            source=own_source(int(data["source"] or 0)),
            as_of=data["as_of"],
            by=request.actor,
            at=timezone.now(),
        )
    except WulianError as error:
        form.add_error(None, error.text(_))
        return _page(request, form, error.status)
    messages.success(request, _("已录入，核实后用于计算。原来的数仍看得到。"))
    return _back(request)


@require_POST
def decide(request: PageRequest, number: int) -> HttpResponse:
    verified = request.POST.get("decision") == "verify"
    decide_region_fact(
        number=number,
        verified=verified,
        reason=request.POST.get("reason", ""),
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(request, _("已核实，指标从现在起用这个数。") if verified else _("已退回。"))
    return _back(request)


def _back(request: PageRequest) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(reverse("region_facts") + (f"?{query}" if query else ""))
