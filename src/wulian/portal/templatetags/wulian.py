"""Tags and filters of the design system. `/reference/components/` shows each with its markup.

The figure, the pill, the bullet and the chart look the same everywhere because they are made only here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.db import DatabaseError
from django.db.models import Model
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from wulian.chains.governance.wording import indicator_name
from wulian.directory.selectors.people import demonstration_present
from wulian.directory.selectors.regions import list_regions
from wulian.foundation.notices import unread_count
from wulian.foundation.record_reading import key_word
from wulian.kernel.errors import WulianError
from wulian.portal import charts
from wulian.portal.menu import Group, kept_query, menu_for
from wulian.portal.statuses import STATUSES
from wulian.portal.words import place, unit_word
from wulian.registers.wording import said

from .icons import ICONS

register = template.Library()

DASH = "—"


# ------------------------------------------------------------------------------------------------- numbers and dates
def as_decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


@register.filter
def number(value: Any, decimals: Any = None) -> str:
    """1234567.50 -> 1,234,567.5; with `decimals` rounded half up to exactly that many places; None -> a dash."""
    amount = as_decimal(value)
    if amount is None:
        return DASH
    if decimals is not None and decimals != "":
        return f"{amount.quantize(Decimal(1).scaleb(-int(decimals)), rounding=ROUND_HALF_UP):,f}"
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money_parts(fen: Any, unit: str = "") -> tuple[str, str]:
    """Figure and unit of an amount in fen: yuan below 10,000, 万元 below 100 million, 亿元 above; or the unit asked for."""
    amount = as_decimal(fen)
    if amount is None:
        return DASH, ""
    yuan = amount / 100
    if not unit:
        unit = "元" if abs(yuan) < 10_000 else "万元" if abs(yuan) < 100_000_000 else "亿元"
    divisor = {"元": 1, "万元": 10_000, "亿元": 100_000_000}[unit]
    return number(yuan / divisor, 2), unit


@register.filter
def money(fen: Any, unit: str = "") -> SafeString | str:
    """An amount in fen with its unit: 41260000 -> 41.26 万元. `fen|money:"元"` forces a unit."""
    figure_text, unit = money_parts(fen, unit)
    return format_html('{}<span class="unit">{}</span>', figure_text, unit_word(unit)) if unit else figure_text


register.filter("unit", unit_word)
register.filter("place", place)
register.filter("indicator", indicator_name)


@register.filter
def day(value: Any) -> str:
    """A date, or a moment as the date and minute in Shanghai: 2022-06-30, 2022-06-30 14:05. None -> a dash."""
    if not value:
        return DASH
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if timezone.is_aware(value) else value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else date_format(value)


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    """mapping|get:key, for keys that are not known when the template is written."""
    return mapping.get(key)


# -------------------------------------------------------------------------------------------------------------- parts
@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An inline icon; with `label` it speaks, without it is decoration."""
    aria = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 20 20" {}>{}</svg>', aria, mark_safe(ICONS[name]))  # noqa: S308  (constants of this package)


@register.simple_tag
def figure(value: Any, unit: str = "", href: str = "", decimals: Any = None, label: str = "", size: str = "", why: str = "") -> SafeString:
    """A figure. With `href` it opens: in the drawer, or as a page without script. None shows a dash and `why`.

    `label` names it for a screen reader (default: the figure itself); `size` is "", "mid" or "big". `value` may be text
    that is already formatted.
    """
    unknown = value is None or value == ""
    shown = DASH if unknown else value if isinstance(value, str) and not _is_number(value) else number(value, decimals)
    tail = format_html('<span class="unit">{}</span>', unit_word(unit)) if unit and not unknown else SafeString("")
    if unknown and why:
        tail = format_html('<span class="unit unknown">{}</span>', why)
    css = " ".join(filter(None, ["fig" if href else "", size, "unknown" if unknown else ""]))
    if not href:
        return format_html('<span class="{}">{}</span>{}', css, shown, tail) if css else format_html("{}{}", shown, tail)
    name = _("%(label)s %(value)s，打开看由来") % {"label": label, "value": f"{shown} {unit_word(unit)}".strip()}
    return format_html(
        '<a class="{}" href="{}" hx-get="{}" hx-target="#drawer-body" aria-haspopup="dialog" aria-label="{}">{}</a>{}',
        css, href, href, name.strip(), shown, tail,
    )  # fmt: skip


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except ArithmeticError:
        return False
    return True


@register.simple_tag
def status(code: str, word: str = "") -> SafeString:
    """The pill of a status code (met, on_track, slow, behind, no_data, not_set); `word` replaces the usual word."""
    shown = STATUSES[code]
    return format_html('<span class="pill {}">{}</span>', shown.css, word or shown.word)


@register.simple_tag
def pill(word: str, kind: str = "none") -> SafeString:
    """A pill for other states: kind is ok, pace, warn, late or none."""
    return format_html('<span class="pill {}">{}</span>', kind, word)


@register.simple_tag
def bullet(now: Any, milestone: Any = None, final: Any = None, code: str = "", start: Any = None) -> SafeString:
    """Progress: the bar is now, the tick is this date's milestone, the edge is the final target.

    `start` (a baseline) is the left edge, zero by default; a falling target (final below start) runs the same way.
    """
    here, tick, edge = as_decimal(now), as_decimal(milestone), as_decimal(final)
    if here is None or edge is None:
        word = _("上级下达后生效") if edge is None else _("还没有数")
        return format_html('<span class="small muted">{}</span>', word)
    origin = as_decimal(start) or Decimal(0)
    span = edge - origin

    def share(point: Decimal) -> int:
        return 100 if span == 0 else max(0, min(100, round((point - origin) / span * 100)))

    css = STATUSES[code].css if code in STATUSES else ""
    label = _("现值 %(now)s") % {"now": number(here)}
    mark = SafeString("")
    if tick is not None:
        label += _("，年度节点 %(milestone)s") % {"milestone": number(tick)}
        mark = format_html('<u style="left:{}%"></u>', share(tick))
    label += _("，终期目标 %(final)s") % {"final": number(edge)}
    return format_html(
        '<div class="bullet {}" role="img" aria-label="{}"><b style="width:{}%"></b>{}</div>',
        css if css in {"warn", "late", "none"} else "", label, share(here), mark,
    )  # fmt: skip


@register.simple_tag
def spark(values: Iterable[Any], label: str = "") -> SafeString:
    """A line of up to a few dozen values; None leaves a gap. Draws nothing for fewer than two values."""
    points = [as_decimal(value) for value in values or ()]
    known = [point for point in points if point is not None]
    if len(known) < 2:
        return SafeString("")
    low, span = min(known), (max(known) - min(known)) or Decimal(1)
    width, height = 84, 22
    path, pen, last = "", "M", (0.0, 0.0)
    for index, point in enumerate(points):
        if point is None:
            pen = "M"
            continue
        last = (3 + index * (width - 6) / (len(points) - 1), height - 4 - float((point - low) / span) * (height - 8))
        path += f"{pen}{last[0]:.1f} {last[1]:.1f}"
        pen = "L"
    text = label or _("走势 %(first)s 到 %(last)s") % {"first": number(known[0]), "last": number(known[-1])}
    return format_html(
        '<svg class="spark" width="{}" height="{}" role="img" aria-label="{}"><path d="{}" fill="none" stroke="var(--ink-3)" '
        'stroke-width="1.5"/><circle cx="{}" cy="{}" r="2.5" fill="var(--ink-3)"/></svg>',
        width, height, text, path, f"{last[0]:.1f}", f"{last[1]:.1f}",
    )  # fmt: skip


@register.inclusion_tag("components/_chart.html")
def chart(spec: Mapping[str, Any], alt: str, caption: str = "") -> dict[str, Any]:
    """A chart from a spec of `wulian.portal.charts`: drawing, `alt` in words, its figures as a table, tooltips with script."""
    drawing = charts.drawing(spec)
    bundle = charts.bundle_url()
    return {"drawing": drawing, "alt": alt, "caption": caption, "bundle": bundle, "spec_json": _script_json(drawing.live_spec)}


def _script_json(data: Mapping[str, Any]) -> SafeString:
    """JSON that cannot end the script element that holds it."""
    text = json.dumps(data, ensure_ascii=False, default=str)
    return SafeString(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@register.inclusion_tag("components/_stack.html")
def stack(counts: Mapping[str, int], legend: bool = True) -> dict[str, Any]:
    """A stacked bar of counts by status code, with its legend in words (it is always spoken)."""
    parts = [
        {"count": counts[code], "word": shown.word, "colour": f"var(--{shown.colour})"}
        for code, shown in STATUSES.items()
        if counts.get(code)
    ]
    return {"parts": parts, "legend": legend, "label": "，".join(f"{part['word']} {part['count']}" for part in parts)}


@register.simple_tag
def progress(value: int, total: int | None, label: str) -> SafeString:
    """A progress bar; an unknown total shows movement without an end."""
    if not total:
        return format_html('<progress class="progress" aria-label="{}"></progress>', label)
    return format_html('<progress class="progress" value="{}" max="{}" aria-label="{}"></progress>', min(value, total), total, label)


@register.inclusion_tag("components/_empty.html")
def empty_state(what: str, todo: str = "", href: str = "", act: str = "") -> dict[str, str]:
    """An empty state: what is not there, what to do, and the act itself."""
    return {"what": what, "todo": todo, "href": href, "act": act}


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField, label: str = "", help: str = "") -> dict[str, Any]:  # noqa: A002  (reads as in a template)
    """A form field with label, help and errors, tied together for a screen reader."""
    widget = bound.field.widget
    kind = "plain"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "options"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, FileInput):
        kind = "file"
    return {"field": bound, "label": label or bound.label, "help": help or bound.help_text, "kind": kind}


# -------------------------------------------------------------------------------------------------------------- lists
def _query(context: Mapping[str, Any], **changes: Any) -> str:
    request: HttpRequest = context["request"]
    query: QueryDict = request.GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def query(context: Mapping[str, Any], **changes: Any) -> str:
    """This page's query with changes; an empty value takes the parameter away."""
    return _query(context, **changes)


@register.simple_tag(takes_context=True)
def keep(context: Mapping[str, Any]) -> str:
    """`?region=…&on=…` when the reader has chosen them, to append to a link to another page."""
    return kept_query(context["request"])


@register.simple_tag(takes_context=True)
def sortlink(context: Mapping[str, Any], field: str, label: str, parameter: str = "sort") -> SafeString:
    """A heading that sorts by `field`: first ascending, then descending. The view reads `?sort=field` or `-field`."""
    current = context["request"].GET.get(parameter, "")
    target = f"-{field}" if current == field else field
    arrow = icon("up") if current == field else icon("down") if current == f"-{field}" else SafeString("")
    return format_html('<a href="{}">{}{}</a>', _query(context, **{parameter: target, "page": None}), label, arrow)


@register.simple_tag(takes_context=True)
def th(context: Mapping[str, Any], field: str, label: str, css: str = "", parameter: str = "sort") -> SafeString:
    """A whole sortable heading cell, which also tells a screen reader the order: {% th "name" "名称" %}."""
    current = context["request"].GET.get(parameter, "")
    order = {field: "ascending", f"-{field}": "descending"}.get(current)
    aria = format_html(' aria-sort="{}"', order) if order else SafeString("")
    return format_html('<th scope="col" class="{}"{}>{}</th>', css, aria, sortlink(context, field, label, parameter))


@register.inclusion_tag("components/_pager.html", takes_context=True)
def pager(context: Mapping[str, Any], page: Page, parameter: str = "page") -> dict[str, Any]:
    """Pages of a list, keeping the query. `page` is a Django `Page`."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    links = [(number if isinstance(number, int) else None, _query(context, **{parameter: number})) for number in numbers]
    step = {
        "previous": _query(context, **{parameter: page.previous_page_number()}) if page.has_previous() else "",
        "next": _query(context, **{parameter: page.next_page_number()}) if page.has_next() else "",
    }
    return {"page": page, "links": links, **step}


@register.inclusion_tag("components/_chips.html", takes_context=True)
def chips(context: Mapping[str, Any], parameter: str, options: Sequence[Sequence[Any]], label: str = "") -> dict[str, Any]:
    """Filter chips with counts: options are (value, label, count); the empty value means all."""
    current = context["request"].GET.get(parameter, "")
    items = [
        {
            "label": word,
            "count": rest[0] if rest else None,
            "href": _query(context, **{parameter: value, "page": None}),
            "current": str(value) == current,
        }
        for value, word, *rest in options
    ]
    return {"items": items, "label": label}


@register.inclusion_tag("components/_tabs.html", takes_context=True)
def tabs(context: Mapping[str, Any], items: Sequence[Sequence[Any]], label: str = "", parameter: str = "tab") -> dict[str, Any]:
    """Tabs that are links: items are (value, label) or (value, label, count); the first is the default."""
    current = context["request"].GET.get(parameter) or str(items[0][0])
    shown = [
        {
            "label": word,
            "count": rest[0] if rest else None,
            "href": _query(context, **{parameter: value, "page": None}),
            "current": str(value) == current,
        }
        for value, word, *rest in items
    ]
    return {"items": shown, "label": label}


@register.inclusion_tag("components/_diff.html")
def diff(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, model: type[Model] | None = None) -> dict[str, Any]:
    """What changed, key by key, in the words of the model's fields where they are known."""
    known: dict[str, Any] = {}
    for one in model._meta.get_fields() if model is not None else ():
        known |= {one.name: one, getattr(one, "attname", one.name): one}
    rows = []
    for key in dict.fromkeys([*(before or {}), *(after or {})]):
        old, new = (before or {}).get(key), (after or {}).get(key)
        choices = dict(getattr(known.get(key), "flatchoices", None) or ())
        rows.append(
            {
                "label": getattr(known.get(key), "verbose_name", key_word(key)),
                "old": _plain(old, choices),
                "new": _plain(new, choices),
                "changed": old != new,
                "had": before is not None and key in before,
                "has": after is not None and key in after,
            }
        )
    return {"rows": [row for row in rows if row["changed"]] or rows}


def _plain(value: Any, choices: Mapping[str, Any] | None = None) -> str:
    if value is None or value == "":
        return _("空")
    if isinstance(value, str) and choices and value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, Mapping):
        return str(value.get("label") or "，".join(f"{key_word(key)}：{_plain(item)}" for key, item in value.items()))
    if isinstance(value, list | tuple):
        return "，".join(_plain(item) for item in value)
    return str(value)


# -------------------------------------------------------------------------------------------------------------- shell
@register.simple_tag(takes_context=True)
def side_menu(context: Mapping[str, Any]) -> list[Group]:
    """The menu for this viewer; empty where there is no request (an error page made without one)."""
    request = context.get("request")
    if request is None or not hasattr(request, "actor"):
        return []
    try:
        return menu_for(request, {"notices": unread_of(request), **context.get("menu_counts", {})})
    except DatabaseError:  # the page that says so must still be shown
        return []


@register.simple_tag(takes_context=True)
def theme(context: Mapping[str, Any]) -> str:
    """light, dark or auto, from the reader's cookie."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "auto") if request is not None else "auto"
    return chosen if chosen in {"light", "dark"} else "auto"


@register.simple_tag
def languages() -> list[dict[str, Any]]:
    """The languages of the product, each in its own words."""
    current = get_language() or settings.LANGUAGE_CODE
    found = []
    for code, name in settings.LANGUAGES:
        with override(code):
            found.append({"code": code, "name": str(name), "current": code == current})
    return found


@register.inclusion_tag("components/_top.html", takes_context=True)
def top_bar(context: Mapping[str, Any]) -> dict[str, Any]:
    """Region and date, search, appearance, account. Empty parts are left out where the database cannot be read."""
    request = context.get("request")
    shown: dict[str, Any] = {"request": request, "csrf_token": context.get("csrf_token"), "messages": ()}
    if request is None or not hasattr(request, "actor"):
        return shown
    shown |= {
        "search_url": address("organisations"),
        "search_text": request.GET.get("q", ""),
        "theme_url": address("set_theme"),
        "here": request.get_full_path(),
        "chosen": theme(context),
        "themes": [("auto", _("随系统")), ("light", _("浅色")), ("dark", _("深色"))],
        "account_links": [
            (url, word)
            for url, word in (
                (address("notices"), _("待办与通知")),
                (address("account_change_password"), _("改密码")),
                (address("mfa_index"), _("两步验证")),
                (address("tokens"), _("接口令牌")),
            )
            if url
        ],
    }
    try:
        shown |= {"regions": list_regions(), "region": request.region, "on": request.on}
        shown["region"].pk, str(shown["on"])  # both are lazy: a wrong ?region= or ?on= shows itself here
        shown["unread"] = unread_of(request)
    except (WulianError, DatabaseError):
        shown |= {"regions": [], "unread": 0}
    return shown


def unread_of(request: Any) -> int:
    """How many notices wait for the reader; counted once per page."""
    if not hasattr(request, "unread_notices"):
        request.unread_notices = unread_count(viewer=request.actor)
    return int(request.unread_notices)


def address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("components/_banner.html")
def synthetic_banner() -> dict[str, bool]:
    """Says that the data are made up, on every page, for as long as the demonstration region is loaded."""
    try:
        return {"shown": demonstration_present()}
    except DatabaseError:
        return {"shown": False}


@register.filter
def words(label: Any) -> str:
    """A label of a definition in the reader's language."""
    return said(label)


@register.filter(name="said")
def problem_text(problem: Any) -> str:
    """What a problem says, in the reader's language."""
    return str(problem.text(_))
