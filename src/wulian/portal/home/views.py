"""The cockpit. Its first screen is one page; the comparison of regions and the history are fetched into it afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from wulian.directory.selectors.figures import region_name
from wulian.foundation.access import Role
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.facts import latest_complete_year
from wulian.foundation.catalogue.metrics import Metric, Period
from wulian.fusion.cockpit import COMPARED, Tile, cockpit, compare, history
from wulian.portal import charts
from wulian.portal.figures.views import figure_url
from wulian.portal.requests import PageRequest
from wulian.portal.words import axis_unit

ROWS_SHOWN = 12


def _tile(tile: Tile, region: str, on: Any) -> dict[str, Any]:
    return {"tile": tile, "metric": tile.metric, "href": figure_url(tile.metric.code, region, on)}


def home(request: PageRequest) -> HttpResponse:
    region, on = request.region, request.on
    found = cockpit(request.actor, region, on)
    chains = [{"chain": chain, "tiles": [_tile(tile, region.code, on) for tile in chain.tiles]} for chain in found.chains]
    rows = found.main.rows if found.main else []
    context = {
        "cockpit": found,
        "place": region_name(region),
        "chains": chains,
        "rows": rows[:ROWS_SHOWN],
        "more": max(0, len(rows) - ROWS_SHOWN),
        "is_officer": request.actor.has(Role.OFFICER, Role.ADMINISTRATOR, region=region.code),
        "synthetic": any(source.is_synthetic for source in found.sources),
    }
    return render(request, "home/home.html", context)


def _chosen(request: PageRequest) -> str:
    asked = request.GET.get("metric", "")
    return asked if asked in COMPARED else COMPARED[0]


def _choices(request: PageRequest, route: str, current: str) -> list[dict[str, Any]]:
    kept = {"region": request.region.code, "on": request.on.isoformat()}
    return [
        {"name": metrics.get(code).name, "href": f"{reverse(route)}?{urlencode({**kept, 'metric': code})}", "current": code == current}
        for code in COMPARED
    ]


def regions(request: PageRequest) -> HttpResponse:
    """The same metric for the regions side by side."""
    code, on, here = _chosen(request), request.on, request.region
    found = compare(request.actor, code, here, on)
    ranked = sorted(found.values, key=lambda pair: (pair[1].value is None, -(pair[1].value or Decimal(0)), pair[0].code))
    rows: list[dict[str, Any]] = [
        {
            "region": region,
            "name": region_name(region, short=True),
            "value": value,
            "href": figure_url(code, region.code, on),
            "here": region == here,
        }
        for region, value in ranked
    ]
    largest = max((value.value for _region, value in ranked if value.value), default=None)
    for row in rows:
        row["share"] = round(row["value"].value / largest * 100) if largest and row["value"].value else 0
    context = {
        "found": found,
        "metric": found.metric,
        "rows": rows,
        "above": region_name(found.above),
        "whole_href": figure_url(code, found.above.code, on),
        "choices": _choices(request, "cockpit_regions", code),
        "whole_page": not request.htmx,
    }
    return render(request, "home/_regions.html" if request.htmx else "home/regions.html", context)


def _label(metric: Metric, day: Any) -> str:
    """Years where the figure is a year's or the day is a year's end, else the day."""
    if metric.period is Period.YEARLY:
        return str(latest_complete_year(day))
    return str(day.year) if (day.month, day.day) == (12, 31) else day.isoformat()


def trend(request: PageRequest) -> HttpResponse:
    """A metric at the last year ends and on the date."""
    code, on, here = _chosen(request), request.on, request.region
    metric = metrics.get(code)
    points = {_label(metric, day): (day, value) for day, value in history(request.actor, code, here, on)}
    spec = charts.trend(
        unit=axis_unit(str(metric.unit)),
        points=[(label, value.value) for label, (_day, value) in points.items()],
        bars_instead=metric.period is not Period.INSTANT,
    )
    known = [(label, value.value) for label, (_day, value) in points.items() if value.value is not None]
    context = {
        "metric": metric,
        "place": region_name(here),
        "spec": spec,
        "first": known[0] if known else None,
        "last": known[-1] if known else None,
        "choices": _choices(request, "cockpit_history", code),
    }
    return render(request, "home/_history.html" if request.htmx else "home/history.html", context)
