"""The catalogue of registers, my to-do, a register's counters and what its definition says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from wulian.directory.selectors.figures import read_metric, region_name
from wulian.engines.registers import CounterDefinition
from wulian.foundation.access import Role
from wulian.foundation.catalogue.metrics import scope_of
from wulian.portal.charts import trend
from wulian.portal.figures.views import figure_url
from wulian.portal.requests import PageRequest
from wulian.registers.access import may_create
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.metrics import metric_code, metric_of
from wulian.registers.selectors.cadence import cadence_of
from wulian.registers.selectors.counters import CounterView, counters_of
from wulian.registers.selectors.entries import register_overview
from wulian.registers.selectors.soon import soon_for
from wulian.registers.selectors.todo import todo_of
from wulian.registers.wording import CHAINS, said, who_word

from .shell import asked_day, shell

COLOURS = {"governance": "brand", "carriers": "ink-3", "fusion": "ink-2"}


def registers(request: PageRequest) -> HttpResponse:
    """All registers by chain, with a search by name, purpose or system."""
    on = asked_day(request)
    words = (request.GET.get("q") or "").strip().lower()[:60]
    chains: dict[str, list[dict[str, Any]]] = {}
    total = late = 0
    for item in register_overview(viewer=request.actor, on=on, words=words):
        definition = item["adopted"].definition
        total, late = total + item["count"], late + item["late"]
        chains.setdefault(definition.chain, []).append({**item, "name": said(definition.name), "purpose": said(definition.purpose)})
    count = sum(len(items) for items in chains.values())
    context = {
        "groups": [
            {"code": code, "name": CHAINS[code], "colour": COLOURS.get(code, code), "rows": chains[code]}
            for code in CHAINS
            if code in chains
        ],
        "count": count,
        "total": total,
        "late": late,
        "words": request.GET.get("q", ""),
        "may_define": request.actor.has(Role.ADMINISTRATOR),
        "title": _("%(count)s 本台账，%(total)s 个条目") % {"count": count, "total": f"{total:,}"},
    }
    return render(request, "registers/registers.html", context)


def todo(request: PageRequest) -> HttpResponse:
    """What waits for the reader: all of it, what is late, or what runs out soon; in all registers or one."""
    on, show = asked_day(request), request.GET.get("show", "")
    register = request.GET.get("register", "")
    only = get_adopted(register) if register else None
    found = todo_of(viewer=request.actor, on=on, register=register, late=show == "late")
    soon = soon_for(viewer=request.actor, on=on, register=register)
    title = _("没有等您办的条目")
    if show == "soon":
        title = _("%(total)s 个条目快到日子") % {"total": len(soon)} if soon else _("没有快到日子的条目")
    elif found.total:
        words = {"total": found.total, "late": found.late}
        title = _("%(total)s 个条目等您办，%(late)s 个已超期") % words if found.late else _("%(total)s 个条目等您办") % words
    context = {
        "waiting": [] if show == "soon" else found.items,
        "soon": soon if show == "soon" else [],
        "total": {"late": found.late, "soon": len(soon)}.get(show, found.total),
        "late": found.late,
        "show": show,
        "shows": [("", _("等我办"), found.total), ("late", _("已超期"), found.late), ("soon", _("快到日子"), len(soon))],
        "only": said(only.definition.name) if only else "",
        "title": f"{said(only.definition.name)}{_('：')}{title}" if only else title,
    }
    return render(request, "registers/todo.html", context)


def counters(request: PageRequest, register: str) -> HttpResponse:
    """Every counter of the register: value against its target, by district of choice, the years before, the breakdown."""
    adopted, on = get_adopted(register), asked_day(request)
    views = counters_of(viewer=request.actor, adopted=adopted, region=request.region.pk, on=on)
    shown = [_counter(request, adopted, view, on) for view in views]
    context = {**shell(request, adopted, "counters"), "counters": shown, "title": _counted(request, adopted, views)}
    return render(request, "registers/counters.html", context)


def _counted(request: PageRequest, adopted: Adopted, views: Sequence[CounterView]) -> str:
    """The finding: how many counters are in their target, how many below it; without targets, how many there are."""
    words = {"name": said(adopted.definition.name), "place": region_name(request.region, short=True), "count": len(views)}
    below = sum(1 for view in views if view.standing == "below")
    met = sum(1 for view in views if view.standing in {"within", "above"})
    if below and met:
        return _("%(name)s：%(place)s %(met)s 项达到目标，%(below)s 项低于目标") % {**words, "met": met, "below": below}
    if below:
        return _("%(name)s：%(place)s %(below)s 项低于目标") % {**words, "below": below}
    if met:
        return _("%(name)s：%(place)s %(met)s 项达到目标") % {**words, "met": met}
    return _("%(name)s：%(place)s的 %(count)s 项计数") % words


def _counter(request: PageRequest, adopted: Adopted, view: CounterView, on: date) -> dict[str, Any]:
    counter = view.counter
    words = {"below": _("低于目标"), "within": _("在目标内"), "above": _("超过目标")}
    years = [(str(year), _value_in(request, adopted, counter, year, on)) for year in range(on.year - 4, on.year + 1)]
    known = [number for _year, number in years if number]
    parts = []
    for part in view.parts:
        most = Decimal(100) if counter.how == "share" else max((number for _value, _name, number in part.rows), default=Decimal(0))
        rows = [(name, number, round(number * 100 / most) if most else 0) for _value, name, number in part.rows]
        parts.append({"label": part.label, "rows": rows})
    return {
        "counter": counter,
        "label": said(counter.label),
        "definition": said(counter.definition),
        "metric": view.metric,
        "value": view.value,
        "href": figure_url(metric_code(adopted.code, counter.code), request.region.pk, on),
        "standing": view.standing,
        "pill": {"below": "late", "within": "ok", "above": "ok"}.get(view.standing, ""),
        "word": words.get(view.standing, ""),
        "band": counter.target,
        "chart": trend(unit=counter.unit, points=years, bars_instead=counter.per == "year", height=110)
        if len(known) >= 3 and len(set(known)) > 1
        else None,
        "parts": parts,
    }


def _value_in(request: PageRequest, adopted: Adopted, counter: CounterDefinition, year: int, on: date) -> Decimal | None:
    """The counter at the end of a year, or on the day of the page in its year; nothing before the first year with entries."""
    day = on if year == on.year else date(year, 12, 31)
    value = read_metric(request.actor, metric_of(adopted, counter), scope_of(request.region.pk, day)).value
    return value or None


def cadence(request: PageRequest, register: str) -> HttpResponse:
    """Cadence rules over a year: which periods are kept, missing, or not over yet."""
    adopted, on = get_adopted(register), asked_day(request)
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isdecimal() and 1990 <= int(typed) <= 2100 else on.year
    regions = scope_of(request.region.pk, on).regions
    views = cadence_of(viewer=request.actor, adopted=adopted, year=year, on=on, regions=regions)
    missing = sum(len(view.missing) for view in views)
    title = _("%(name)s：%(year)s 年各期都有") % {"name": said(adopted.definition.name), "year": year}
    if missing:
        title = _("%(name)s：%(year)s 年缺 %(count)s 期") % {"name": said(adopted.definition.name), "year": year, "count": missing}
    return render(request, "registers/cadence.html", {**shell(request, adopted, "cadence"), "views": views, "year": year, "title": title})


def _in_words(adopted: Adopted, text: str) -> str:
    """What a rule says, with the names of fields where a refusal shows their values."""
    return re.sub(r"\{(\w+)\}", lambda found: said(adopted.fields[found[1]].label) if found[1] in adopted.fields else found[0], text)


def about(request: PageRequest, register: str) -> HttpResponse:
    """What the definition says, in words: purpose, who does what, states and steps, fields, rules, counters."""
    adopted = get_adopted(register)
    definition = adopted.definition
    states = {state.code: said(state.label) for state in definition.lifecycle.states}
    context = {
        **shell(request, adopted, "about"),
        "definition": definition,
        "note": definition.note if request.actor.has(Role.ADMINISTRATOR) else "",  # for who maintains the definition
        "fields": [
            {
                "label": said(field.label),
                "type": field.type.value,
                "help": said(field.help),
                "unit": field.unit,
                "required": states.get(field.required_from, _("始终") if field.required_from == "always" else ""),
                "computed": field.compute is not None,
                "options": [said(choice.label) for choice in field.choices if not choice.retired],
                "columns": [said(column.label) for column in field.fields],
                "visible": field.visible.value,
            }
            for field in definition.fields
        ],
        "steps": [
            {
                "label": said(step.label),
                "from": [states[code] for code in step.from_],
                "to": states[step.to],
                "who": [who_word(word) for word in step.who],
                "needs": [said(adopted.field(code).label) for code in (*step.needs, *step.evidence)],
                "back": step.back,
                "after": said(adopted.field(step.after).label) if step.after else "",
            }
            for step in definition.lifecycle.transitions
        ],
        "states": [
            {
                "code": state.code,
                "label": said(state.label),
                "meaning": said(state.meaning),
                "days": state.days,
                "working": state.working,
                "ended": state.ended,
            }
            for state in definition.lifecycle.states
        ],
        "rules": [{"say": _in_words(adopted, said(rule.say)), "severity": rule.severity} for rule in definition.rules]
        + [{"say": said(unique.say), "severity": "refuse"} for unique in definition.unique],
        "creates": [who_word(word) for word in definition.create],
        "may_create": may_create(request.actor, adopted),
        "api": f"/api/v1/registers/{adopted.code}/schema",
        "counter_rows": [
            {
                "label": said(c.label),
                "definition": said(c.definition),
                "unit": c.unit,
                "href": reverse("figure", args=[metric_code(adopted.code, c.code)]),
            }
            for c in definition.counters
        ],
    }
    return render(request, "registers/about.html", context)
