"""A register's entries as a table, a board, a calendar, by district, printed, and exported: always exactly what the address asks for."""

from __future__ import annotations

import calendar as calendars
from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wulian.directory.selectors.organisations import get_organisation
from wulian.directory.selectors.regions import list_regions
from wulian.engines.registers import FieldType
from wulian.foundation.exports import export_response
from wulian.kernel.errors import Invalid, NotFound
from wulian.portal.figures.views import CountedPaginator
from wulian.portal.middleware import page_before
from wulian.portal.requests import PageRequest
from wulian.registers import access
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.selectors.entries import COUNTED, board_of, facet_counts
from wulian.registers.selectors.exporting import export_columns, export_rows, heading_unit
from wulian.registers.selectors.questions import Question, list_entries
from wulian.registers.selectors.showing import Row, rows_of
from wulian.registers.services.saved_views import delete_view, list_views, save_view
from wulian.registers.wording import said

from .shell import asked_day, shell

PAGE = 50
INLINE_COUNTS = 20_000  # above this the counts of the filters are fetched after the page
RESERVED = ("state", "region")
SHADES = 7  # a state has the same shade in every row


def question_of(request: PageRequest) -> Question:
    return Question.read({name: request.GET.getlist(name) for name in request.GET})


def _columns(adopted: Adopted) -> list[str]:
    """Field columns of the list; the title is the first column anyway."""
    views = adopted.definition.views
    return [code for code in views.columns if code in adopted.fields and code != views.title]


def _headings(adopted: Adopted) -> list[dict[str, Any]]:
    shown = []
    for code in _columns(adopted):
        field = adopted.field(code)
        numeric = field.type in {FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY, FieldType.PERCENT}
        shown.append({"code": code, "label": said(field.label), "numeric": numeric, "sort": code if code in adopted.columns else ""})
    return shown


def entries(request: PageRequest, register: str) -> HttpResponse:
    adopted, on, question = get_adopted(register), asked_day(request), question_of(request)
    found = list_entries(viewer=request.actor, adopted=adopted, question=question, on=on)
    count = found.order_by().count()
    page = CountedPaginator(found, PAGE, total=count).get_page(request.GET.get("page"))
    start = (page.number - 1) * PAGE
    rows = rows_of(request.actor, adopted, found[start : start + PAGE], _columns(adopted), on)
    asking = bool([name for name, _value in question.pairs() if name not in {"sort"}])
    context = {
        **shell(request, adopted, "list"),
        "title": _title(adopted, question, count, rows, on),
        "question": question,
        "asking": asking,
        "count": count,
        "page": page,
        "rows": rows,
        "headings": _headings(adopted),
        "sorts": {"subject": "", "state": "state", "updated": "updated"},
        "built_in": [
            code for code in adopted.definition.views.columns if code not in adopted.fields and code != adopted.definition.views.title
        ],
        "ended": {state.code for state in adopted.definition.lifecycle.states if state.ended},
        "filters": _filters(request, adopted, question, on, counted=count <= INLINE_COUNTS),
        "views": list_views(viewer=request.actor, adopted=adopted),
        "exports": [(kind, f"{reverse('register_export', args=[adopted.code, kind])}?{question.address()}") for kind in ("csv", "xlsx")],
        "steps": _steps(request, adopted) if request.actor.signed_in else [],
        "subject_name": _subject_name(request, question),
    }
    return render(request, "registers/entries.html", context)


def _steps(request: PageRequest, adopted: Adopted) -> list[tuple[str, str]]:
    """Steps that the viewer may take with several entries at once."""
    held = {role.value for role in request.actor.roles} | {"subject", "creator", "party", "anyone"}
    held |= {"officer"} if "administrator" in held else set()
    return [(step.code, said(step.label)) for step in adopted.definition.lifecycle.transitions if set(step.who) & held]


def _subject_name(request: PageRequest, question: Question) -> str:
    if question.subject is None:
        return ""
    try:
        return get_organisation(viewer=request.actor, organisation_id=question.subject).name
    except NotFound:
        return ""


def _title(adopted: Adopted, question: Question, count: int, rows: list[Row], on: date) -> str:
    """The finding: how many there are, of what was asked."""
    name = said(adopted.definition.name)
    if question.late:
        return _("%(name)s：%(count)s 条已超期") % {"name": name, "count": f"{count:,}"}
    if question.voided:
        return _("%(name)s：%(count)s 条已作废") % {"name": name, "count": f"{count:,}"}
    if question.pairs() and any(pair[0] != "sort" for pair in question.pairs()):
        return _("%(name)s：找到 %(count)s 条") % {"name": name, "count": f"{count:,}"}
    if not count:
        return _("%(name)s：还没有条目") % {"name": name}
    late = sum(row.late for row in rows) if len(rows) == count else 0  # all of them are on the page
    if late:
        return _("%(name)s：共 %(count)s 条，%(late)s 条已超期") % {"name": name, "count": f"{count:,}", "late": late}
    return _("%(name)s：共 %(count)s 条") % {"name": name, "count": f"{count:,}"}


def _filters(request: PageRequest, adopted: Adopted, question: Question, on: date, *, counted: bool) -> list[dict[str, Any]]:
    """The filters of the list with what can be chosen. Counts only where they are quick; a fragment brings them otherwise."""
    fields = [adopted.fields[code] for code in adopted.definition.views.filters if code in adopted.fields]
    level = access.rank(request.actor, [role.value for role in request.actor.roles])
    fields = [field for field in fields if access.sees_field(field, max(level, 2 if request.actor.signed_in else 0), ())]
    names = [*RESERVED, *(field.code for field in fields if field.type in COUNTED)]
    counts = facet_counts(viewer=request.actor, adopted=adopted, question=question, on=on, names=names) if counted else {}
    regions = {region.code: region.name for region in list_regions()}
    states = {state.code: said(state.label) for state in adopted.definition.lifecycle.states}
    found = [
        _choice("state", _("状态"), states, counts.get("state"), question.states),
        _choice("region", _("区域"), regions, counts.get("region"), question.regions),
    ]
    for field in fields:
        name = f"f.{field.code}"
        chosen = question.filters.get(field.code, ())
        if field.type in {FieldType.CHOICE, FieldType.CHOICES}:
            labels = {choice.code: said(choice.label) for choice in field.choices}
            found.append(_choice(name, said(field.label), labels, counts.get(field.code), chosen))
        elif field.type is FieldType.YES_NO:
            values = (
                {key: {"1": counts[field.code].get("1"), "0": counts[field.code].get("0")}.get(key) for key in ("1", "0")}
                if field.code in counts
                else None
            )
            found.append(_choice(name, said(field.label), {"1": _("是"), "0": _("否")}, values, chosen))
        elif field.type is FieldType.REGION:
            found.append(_choice(name, said(field.label), regions, counts.get(field.code), chosen))
        elif field.type is FieldType.PERIOD:
            present = counts.get(field.code) or {}
            found.append(
                _choice(
                    name, said(field.label), {value: value for value in sorted({*present, *chosen}, reverse=True)}, present or None, chosen
                )
            )
        elif field.code in adopted.columns and field.type not in {FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK, FieldType.TEXT}:
            low, high = question.ranges.get(field.code, ("", ""))
            kind = "date" if field.type is FieldType.DATE else "text"
            found.append(
                {
                    "name": field.code,
                    "label": said(field.label),
                    "range": True,
                    "kind": kind,
                    "low": low,
                    "high": high,
                    "unit": heading_unit(field),
                }
            )
    return found


def _choice(name: str, label: str, labels: dict[str, str], counts: Any, chosen: Any) -> dict[str, Any]:
    options = [
        (code, text, counts.get(code, 0) if counts is not None else None)
        for code, text in labels.items()
        if counts is None or counts.get(code) or code in chosen
    ]
    return {"name": name, "label": label, "options": options, "chosen": list(chosen), "range": False}


def filter_counts(request: PageRequest, register: str) -> HttpResponse:
    """The filters with their counts, for a register so large that the page came without them."""
    adopted, on, question = get_adopted(register), asked_day(request), question_of(request)
    context = {"filters": _filters(request, adopted, question, on, counted=True), "question": question, "adopted": adopted}
    return render(request, "registers/_filters.html", context)


@require_POST
def view_save(request: PageRequest, register: str) -> HttpResponse:
    """Keep the filters of the list under a name."""
    try:
        save_view(
            by=request.actor, register=register, name=request.POST.get("name", ""), query=request.POST.get("query", ""),
            shared=request.POST.get("shared") == "1",
        )  # fmt: skip
    except Invalid as error:
        messages.error(request, error.text(_))
    else:
        messages.success(request, _("视图已保存。"))
    return redirect(f"{reverse('register', args=[register])}?{request.POST.get('query', '')}")


@require_POST
def view_delete(request: PageRequest, view_id: int) -> HttpResponse:
    delete_view(by=request.actor, view_id=view_id)
    messages.success(request, _("视图已删去。"))
    return redirect(page_before(request) or "registers")


def board(request: PageRequest, register: str) -> HttpResponse:
    """Entries by state, as cards."""
    adopted, on, question = get_adopted(register), asked_day(request), question_of(request)
    shown: list[dict[str, Any]] = []
    for code, label, count, found in board_of(viewer=request.actor, adopted=adopted, question=question, on=on):
        cards = rows_of(request.actor, adopted, found, _columns(adopted)[:3], on)
        href = f"{reverse('register', args=[adopted.code])}?{question.without('state').address()}&state={code}"
        shown.append({"code": code, "label": label, "count": count, "cards": cards, "more": count - len(cards), "href": href})
    total = sum(int(item["count"]) for item in shown)
    context = {
        **shell(request, adopted, "board"),
        "columns": shown,
        "question": question,
        "title": _title(adopted, question, total, [], on),
    }
    return render(request, "registers/board.html", context)


def calendar(request: PageRequest, register: str) -> HttpResponse:
    """A month of the register's calendar date."""
    adopted, on, question = get_adopted(register), asked_day(request), question_of(request)
    code = adopted.definition.views.calendar
    if not code:
        raise NotFound(what=_("这本台账的日历"))
    month = _month(request.GET.get("month", ""), on)
    column = adopted.columns[code]
    days = list(calendars.Calendar().itermonthdates(month.year, month.month))
    found = list_entries(viewer=request.actor, adopted=adopted, question=question, on=on)
    found = found.filter(
        access.where_visible(request.actor, adopted, [adopted.field(code)]), **{f"{column}__gte": days[0], f"{column}__lte": days[-1]}
    )
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in rows_of(request.actor, adopted, found.order_by(column, "pk")[:600], [code], on):
        by_day[getattr(row.entry, column)].append(row)
    weeks = [
        [
            {"day": day, "inside": day.month == month.month, "today": day == on, "rows": by_day.get(day, [])}
            for day in days[start : start + 7]
        ]
        for start in range(0, len(days), 7)
    ]
    number = sum(len(rows) for day, rows in by_day.items() if day.month == month.month)
    label = said(adopted.field(code).label)
    context = {
        **shell(request, adopted, "calendar"),
        "weeks": weeks,
        "month": month,
        "previous": _shift(month, -1),
        "next": _shift(month, 1),
        "question": question,
        "day_names": [_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日")],
        "title": _("%(name)s：%(month)s 有 %(count)s 条（按%(label)s）")
        % {"name": said(adopted.definition.name), "month": f"{month:%Y-%m}", "count": number, "label": label},
    }
    return render(request, "registers/calendar.html", context)


def _month(text: str, on: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01") if text else on.replace(day=1)
    except ValueError:
        return on.replace(day=1)


def _shift(month: date, by: int) -> str:
    place = month.year * 12 + month.month - 1 + by
    return f"{place // 12}-{place % 12 + 1:02d}"


def region_map(request: PageRequest, register: str) -> HttpResponse:
    """Entries by district: how many, in which states. No outside map is needed."""
    adopted, on, question = get_adopted(register), asked_day(request), question_of(request)
    code = adopted.definition.views.map
    if not code:
        raise NotFound(what=_("这本台账的分区视图"))
    column = "region" if code == "region" else adopted.columns[code]
    asked = question.without("region") if code == "region" else question
    found = list_entries(viewer=request.actor, adopted=adopted, question=asked, on=on).order_by()
    if code != "region":
        found = found.filter(access.where_visible(request.actor, adopted, [adopted.field(code)]))
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for region, state, number in found.values_list(column, "state").annotate(number=Count("pk")):
        counted[region or ""][state] = number
    states = [(place, state.code, said(state.label)) for place, state in enumerate(adopted.definition.lifecycle.states)]
    most = max((sum(parts.values()) for parts in counted.values()), default=0)
    rows: list[dict[str, Any]] = []
    for region in list_regions():
        parts = counted.pop(region.code, {})
        total = sum(parts.values())
        if total or region.level == "district":
            parameter = "region" if code == "region" else f"f.{code}"
            href = f"{reverse('register', args=[adopted.code])}?{asked.address()}&{parameter}={region.code}"
            shares = [
                (label, parts[state], round(parts[state] * 100 / most, 1), min(place, SHADES))
                for place, state, label in states
                if parts.get(state)
            ]
            rows.append({"region": region, "total": total, "parts": shares, "href": href})
    rows.sort(key=lambda row: (-row["total"], row["region"].code))
    empty = sum(1 for row in rows if not row["total"])
    title = _("%(name)s：%(with)s 个区有条目，%(without)s 个还没有") % {
        "name": said(adopted.definition.name),
        "with": len(rows) - empty,
        "without": empty,
    }
    context = {**shell(request, adopted, "map"), "rows": rows, "states": states, "question": question, "title": title, "most": most}
    return render(request, "registers/map.html", context)


def printed(request: PageRequest, register: str) -> HttpResponse:
    """The list for paper: the columns of `print`, all rows (at most 2,000)."""
    adopted, on, question = get_adopted(register), asked_day(request), question_of(request)
    codes = list(adopted.definition.views.print or adopted.definition.views.columns)
    fields = [code for code in codes if code in adopted.fields and code != adopted.definition.views.title]
    found = list_entries(viewer=request.actor, adopted=adopted, question=question, on=on)
    count = found.order_by().count()
    rows = rows_of(request.actor, adopted, found[:2_000], fields, on)
    context = {
        **shell(request, adopted, "list"), "rows": rows, "count": count, "headings": [said(adopted.field(code).label) for code in fields],
        "on": on, "title": _title(adopted, question, count, rows, on),
    }  # fmt: skip
    return render(request, "registers/print.html", context)


def export(request: PageRequest, register: str, kind: str) -> HttpResponseBase:
    """Exactly the list: number, subject, state, region and every field that the reader may see, entry by entry."""
    adopted, on, question = get_adopted(register), asked_day(request), question_of(request)
    rows = export_rows(viewer=request.actor, adopted=adopted, question=question, on=on)
    return export_response(kind, export_columns(adopted), rows, said(adopted.definition.name))
