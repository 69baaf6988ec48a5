"""Pages of figures: the drawer, the record list with its export, snapshots, the two catalogues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wulian.directory.selectors.figures import (
    Figure,
    RecordList,
    heading,
    list_records,
    list_snapshot_records,
    may_list,
    open_figure,
    open_snapshot,
    region_name,
    snapshot_differences,
    snapshots_of,
)
from wulian.foundation.access import Role
from wulian.foundation.catalogue import facts, metrics
from wulian.foundation.catalogue.facts import latest_complete_year
from wulian.foundation.catalogue.metrics import Column, Part, Period
from wulian.foundation.catalogue.snapshots import take_snapshot
from wulian.foundation.exports import FORMATS, export_response
from wulian.portal.requests import PageRequest
from wulian.portal.templatetags.wulian import number

PAGE_SIZE = 50
FIRST = 20
WRAPPED = {"title", "holders", "source"}  # columns of running text; codes and dates stay on one line


@dataclass(frozen=True, slots=True)
class Cell:
    value: Any
    css: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Records as a table: `headings` are (text, css, sort key); every cell carries the css of its column."""

    headings: list[tuple[str, str, str]]
    rows: list[list[Cell]]


def figure_url(metric: str, region: str, on: date, **more: str) -> str:
    """The address of a live figure; the same everywhere."""
    return f"{reverse('figure', args=[metric])}?{urlencode({'region': region, 'on': on.isoformat(), **more})}"


def organisation_url(number: Any) -> str:
    """The archive page of an organisation; empty in an installation without it."""
    try:
        return reverse("organisation", args=[number]) if number else ""
    except NoReverseMatch:
        return ""


def table(part: Part, rows: Iterable[Any], *, narrow: bool = False) -> Table:
    """A table of records. On a small screen it keeps the first column and the telling one; `narrow` (a drawer) leaves out the rest."""
    telling = next((column for column in part.columns if column.numeric), part.columns[-1])
    kept = {part.columns[0].key, telling.key} | ({part.columns[2].key} if len(part.columns) > 2 else set())
    columns = [column for column in part.columns if not narrow or column.key in kept]
    styles = {}
    for column in columns:
        names = ["num" if column.numeric else "", "" if column in (part.columns[0], telling) else "hide-s"]
        names.append("" if column is part.columns[0] or column.key in WRAPPED else "nowrap")
        styles[column.key] = " ".join(filter(None, names))
    headings = [(heading(part, column), styles[column.key], column.key if column.sort else "") for column in columns]
    return Table(headings, [[_cell(part, row, column, styles[column.key]) for column in columns] for row in rows])


def _cell(part: Part, row: Any, column: Column, css: str) -> Cell:
    value = part.cell(row, column)
    if isinstance(value, date):
        value = value.isoformat()
    elif column.numeric and value is not None:
        value = number(value, part.decimals)
    elif hasattr(value, "short_name") and hasattr(value, "level"):
        value = region_name(value, short=True)
    link = column.href(row) if column.href else ""
    if column.organisation:
        key: Any = row
        for name in column.organisation.split("."):
            key = getattr(key, name)
        link = organisation_url(key)
    return Cell("—" if value is None or value == "" else value, css, link)


def holds_for(figure: Figure | RecordList) -> str:
    """For which time a value holds, in words."""
    on, period = figure.scope.on, figure.metric.period
    if period is Period.YEAR:
        return _("%(first)s 至 %(on)s") % {"first": date(on.year, 1, 1).isoformat(), "on": on.isoformat()}
    if period is Period.YEARLY:
        return _("%(year)s 年（%(on)s 时最近的完整年度）") % {"year": latest_complete_year(on), "on": on.isoformat()}
    return on.isoformat()


def _context(request: PageRequest, figure: Figure) -> dict[str, Any]:
    part, frozen = figure.part, figure.snapshot
    base = reverse("figure_snapshot", args=[frozen.pk]) if frozen else reverse("figure", args=[figure.metric.code])
    asked = {} if frozen else {"region": figure.region.code, "on": figure.scope.on.isoformat()}
    list_query = urlencode({**asked, "part": part.key})
    route, arguments = ("snapshot", [frozen.pk]) if frozen else ("figure", [figure.metric.code])
    return {
        "figure": figure,
        "metric": figure.metric,
        "part": part,
        "value": figure.value,
        "place": region_name(figure.region),
        "holds_for": holds_for(figure),
        "parts": [
            {
                "part": one,
                "value": figure.value.parts.get(one.key),
                "current": one.key == part.key,
                "href": f"{base}?{urlencode({**asked, 'part': one.key})}",
            }
            for one in figure.metric.parts
        ],
        "table": table(part, figure.rows, narrow=bool(request.htmx)),
        "more": max(0, (figure.count or 0) - len(figure.rows)),
        "page_url": f"{base}?{urlencode({**asked, 'part': part.key})}",
        "list_url": f"{reverse(f'{route}_records', args=arguments)}?{list_query}",
        "exports": [(kind, f"{reverse(f'{route}_export', args=[*arguments, kind])}?{list_query}") for kind in FORMATS],
        "may_freeze": not frozen and request.actor.has(Role.OFFICER, Role.ADMINISTRATOR, region=figure.region.code),
    }


def _asked(request: PageRequest) -> dict[str, Any]:
    """Filters of a list from the query: `q`, `district`, `sort`, and one parameter for each facet."""
    reserved = {"region", "on", "part", "q", "district", "sort", "page"}
    chosen = {key: value for key, value in request.GET.items() if key not in reserved}
    return {"search": request.GET.get("q", ""), "chosen": chosen, "sort": request.GET.get("sort", "")}


def figure(request: PageRequest, metric: str) -> HttpResponse:
    """The live figure: a drawer for htmx, a page otherwise."""
    found = open_figure(
        request.actor,
        metric,
        request.region.code,
        request.on,
        request.GET.get("part", ""),
        limit=FIRST,
    )
    if request.htmx:
        return render(request, "figures/_drawer.html", _context(request, found))
    history = snapshots_of(request.actor, found.metric.code, found.region.code)
    return render(request, "figures/figure.html", _context(request, found) | {"history": history})


def snapshot(request: PageRequest, number: int) -> HttpResponse:
    """The frozen figure, with what would be different if it were computed now."""
    found = open_snapshot(request.actor, number, request.GET.get("part", ""), limit=FIRST)
    context = _context(request, found)
    if request.htmx:
        return render(request, "figures/_drawer.html", context)
    context["live_url"] = figure_url(found.metric.code, found.region.code, found.scope.on)
    context["changes"] = [
        {
            "part": change.part,
            "change": change,
            "added": table(change.part, change.added),
            "removed": table(change.part, change.removed),
        }
        for change in snapshot_differences(request.actor, number)
    ]
    return render(request, "figures/snapshot.html", context)


def _list_page(request: PageRequest, found: RecordList, context: dict[str, Any]) -> HttpResponse:
    paginator = CountedPaginator(found.records, PAGE_SIZE, total=found.count)
    page = paginator.get_page(request.GET.get("page"))
    return render(
        request,
        "figures/records.html",
        context
        | {
            "found": found,
            "metric": found.metric,
            "part": found.part,
            "place": region_name(found.region),
            "holds_for": holds_for(found),
            "page": page,
            "table": table(found.part, page.object_list),
            "filters": [
                {
                    "key": one.key,
                    "label": one.label,
                    "options": [("", _("全部"), None), *((value, label, count) for value, label, count in one.options)],
                    "chosen": one.chosen,
                }
                for one in found.filters
            ],
            "hidden": [(key, value) for key, value in request.GET.items() if key not in {"q", "page"}],
            "narrowed": bool(found.search or any(found.chosen.values())),
        },
    )


class CountedPaginator(Paginator):
    """A paginator that is told the count, which the list already knows."""

    def __init__(self, rows: Any, size: int, *, total: int) -> None:
        self._total = total
        super().__init__(rows, size)

    @cached_property
    def count(self) -> int:
        return self._total


def records(request: PageRequest, metric: str) -> HttpResponse:
    """All records of one part, searched, filtered, sorted, page by page."""
    found = list_records(
        request.actor,
        metric,
        request.region.code,
        request.on,
        request.GET.get("part", ""),
        district=request.GET.get("district", ""),
        **_asked(request),
    )
    query = request.GET.copy()
    query.pop("page", None)
    exports = [(kind, f"{reverse('figure_export', args=[metric, kind])}?{query.urlencode()}") for kind in FORMATS]
    back = figure_url(metric, found.region.code, found.scope.on, part=found.part.key)
    return _list_page(request, found, {"exports": exports, "back": back})


def export(request: PageRequest, metric: str, format: str) -> HttpResponse:  # noqa: A002  (named in the address)
    """Exactly the list that `records` shows with the same query, whole."""
    found = list_records(
        request.actor,
        metric,
        request.region.code,
        request.on,
        request.GET.get("part", ""),
        district=request.GET.get("district", ""),
        with_filters=False,
        **_asked(request),
    )
    return _download(found, format)


def snapshot_records(request: PageRequest, number: int) -> HttpResponse:
    found = list_snapshot_records(request.actor, number, request.GET.get("part", ""), **_asked(request))
    query = request.GET.copy()
    query.pop("page", None)
    exports = [(kind, f"{reverse('snapshot_export', args=[number, kind])}?{query.urlencode()}") for kind in FORMATS]
    return _list_page(request, found, {"exports": exports, "back": reverse("figure_snapshot", args=[number])})


def snapshot_export(request: PageRequest, number: int, format: str) -> HttpResponse:  # noqa: A002
    found = list_snapshot_records(
        request.actor,
        number,
        request.GET.get("part", ""),
        with_filters=False,
        **_asked(request),
    )
    return _download(found, format)


def _download(found: RecordList, format: str) -> HttpResponse:  # noqa: A002
    columns, rows = found.export()
    name = f"{found.metric.name}-{region_name(found.region)}-{found.scope.on.isoformat()}"
    return export_response(format, columns, rows, name)  # type: ignore[return-value]  # a streaming response is one to Django


@require_POST
def freeze(request: PageRequest, metric: str) -> HttpResponse:
    """Keep the figure as it is now."""
    kept = take_snapshot(
        metric=metric,
        region=request.region.code,
        on=request.on,
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(request, _("已存为快照，以后数据变了也能打开今天的这份。"))
    return redirect("figure_snapshot", number=kept.pk)


def catalogue(request: PageRequest) -> HttpResponse:
    """Every metric with its definition, version and article."""
    words = request.GET.get("q", "").strip()
    found = [
        metric
        for metric in metrics.all_metrics()
        if not words or any(words in str(text) for text in (metric.name, metric.definition, metric.code, *metric.aliases))
    ]
    order = {"innovation": 0, "industry": 1, "capital": 2, "talent": 3, "policy": 4}
    found.sort(key=lambda metric: (order.get(metric.chain, 9), str(metric.name)))
    where = request.region
    rows = [
        {
            "metric": metric,
            "href": figure_url(metric.code, where.code, request.on),
            "listable": may_list(request.actor, metric.parts[0], where.code),
        }
        for metric in found
    ]
    return render(request, "figures/catalogue.html", {"rows": rows, "words": words, "total": len(metrics.all_metrics())})


def fact_catalogue(request: PageRequest) -> HttpResponse:
    """Every fact with its definition, unit and article."""
    groups = [
        (_("主体的事实"), [fact for fact in facts.all_facts() if fact.subject == "organisation"]),
        (_("区域的事实"), [fact for fact in facts.all_facts() if fact.subject == "region"]),
    ]
    return render(request, "figures/facts.html", {"groups": groups})
