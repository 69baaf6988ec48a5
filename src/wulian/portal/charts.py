"""Charts as Vega-Lite specs: one spec for the page, the PDF and the DOCX.

A builder returns a plain spec dict. Colours in it are token names written `$brand`; they become CSS variables on a page
(one drawing serves both themes) and plain colours in a report. The figures that a chart shows stand beside it in
`usermeta.table`, so that every chart can also be read as a table. Sizes are pixels at 96 dpi.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Any, NamedTuple

import vl_convert
from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .statuses import STATUSES
from .tokens import Theme, tokens

Spec = dict[str, Any]
BUNDLE = "charts.js"
WIDE, SLIM = 720, 340
FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"


class Point(NamedTuple):
    """A value of a year; `note` is shown in the tooltip and in the table (source, 原文 …). A None value is a gap."""

    year: int
    value: Decimal | float | int | None
    note: str = ""


class Band(NamedTuple):
    """A forecast of a year with its interval."""

    year: int
    low: float
    middle: float
    high: float


class Line(NamedTuple):
    """One plan's line in a chart of an indicator across plans."""

    name: str
    points: Sequence[Point]


# ----------------------------------------------------------------------------------------------------------- builders
def _number(value: Decimal | float | int | None) -> float | None:
    return None if value is None else float(value)


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Spec:
    """The figures of a chart for people and readers that cannot see it. None is shown as a dash, never as zero."""
    return {"table": {"columns": list(columns), "rows": [[_shown(cell) for cell in row] for row in rows]}}


def _shown(cell: Any) -> str:
    if cell is None or cell == "":
        return "—"
    if isinstance(cell, str):
        return cell
    text = f"{Decimal(str(cell)):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _years(years: Sequence[int]) -> Spec:
    """A year axis on which the distance between 2022 and 2025 is three years."""
    return {
        "field": "year", "type": "quantitative", "title": None,
        "scale": {"domain": [min(years) - 0.3, max(years) + 0.3], "nice": False},
        "axis": {"values": sorted(set(years)), "format": "d", "grid": False, "labelOverlap": "greedy"},
    }  # fmt: skip


def _values(unit: str, low: float, high: float, *, zero: bool = False) -> Spec:
    """A value axis that leaves some air; not forced to start at zero, because lines show change."""
    air = (high - low or abs(high) or 1) * 0.12
    bottom = 0 if zero or 0 <= low < (high - low) * 0.4 else low - air
    return {
        "field": "value", "type": "quantitative", "title": unit or None,
        "scale": {"domain": [bottom, high + air], "nice": True, "zero": False}, "axis": {"tickCount": 4, "format": "~r" if high < 1 else ",~f"},
    }  # fmt: skip


def _tooltip(unit: str, *extra: Spec) -> list[Spec]:
    return [{"field": "year", "title": _("年份"), "format": "d"}, {"field": "value", "title": unit or _("值"), "format": ",~f"}, *extra]


def indicator_history(
    *,
    unit: str,
    observations: Sequence[Point],
    targets: Sequence[Point] = (),
    milestones: Sequence[Point] = (),
    forecast: Sequence[Band] = (),
    masked: Sequence[Point] = (),
) -> Spec:
    """An indicator through the years: what happened, the path of milestones, the targets, a forecast with its interval.

    `masked` are years whose number the document hides (原文 *): shown as a grey column, not as zero.
    """
    seen = [point for point in observations if point.value is not None]
    numbers = [float(p.value) for p in (*seen, *targets, *milestones) if p.value is not None] + [
        v for b in forecast for v in (b.low, b.high)
    ]
    years = [p.year for p in (*observations, *targets, *milestones, *masked)] + [b.year for b in forecast]
    if not years:
        return _nothing(_("还没有任何一年的数"))
    x, y = _years(years), _values(unit, min(numbers, default=0), max(numbers, default=1))
    noted = any(p.note for p in (*observations, *targets, *milestones))
    note: list[Spec] = [{"field": "note", "title": _("说明"), "type": "nominal"}] if noted else []
    layers: list[Spec] = []
    if masked:
        columns = [{"from": p.year - 0.28, "to": p.year + 0.28, "year": p.year, "label": p.note or _("原文无数")} for p in masked]
        layers.append({"data": {"values": columns}, "mark": {"type": "rect", "color": "$none-soft"},
                       "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}}})  # fmt: skip
        layers.append({"data": {"values": columns}, "mark": {"type": "text", "color": "$none", "y": {"expr": "height / 2"}},
                       "encoding": {"x": x, "text": {"field": "label"}}})  # fmt: skip
    if forecast:
        start = [Band(seen[-1].year, *[float(seen[-1].value or 0)] * 3)] if seen else []
        bands = [{"year": b.year, "low": b.low, "value": b.middle, "high": b.high} for b in (*start, *forecast)]
        layers.append({"data": {"values": bands}, "mark": {"type": "area", "color": "$brand", "opacity": 0.14},
                       "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}})  # fmt: skip
        layers.append({"data": {"values": bands}, "mark": {"type": "line", "color": "$brand", "strokeDash": [2, 4], "strokeWidth": 1.5},
                       "encoding": {"x": x, "y": y}})  # fmt: skip
    path = [*(p for p in observations[:1] if p.value is not None), *milestones, *targets]
    if milestones or targets:
        latest = {p.year: p for p in path if p.value is not None}
        steps = _rows([latest[year] for year in sorted(latest)])
        layers.append({"data": {"values": steps}, "mark": {"type": "line", "color": "$ink-3", "strokeDash": [4, 4], "strokeWidth": 1.2},
                       "encoding": {"x": x, "y": y}})  # fmt: skip
    if milestones:
        layers.append({"data": {"values": _rows(milestones)}, "mark": {"type": "tick", "color": "$ink", "thickness": 2, "size": 14, "orient": "horizontal"},
                       "encoding": {"x": x, "y": y, "tooltip": _tooltip(_("年度节点"), *note)}})  # fmt: skip
    layers.append({"data": {"values": _rows(observations)}, "mark": {"type": "line", "color": "$brand", "strokeWidth": 2.5},
                   "encoding": {"x": x, "y": y}})  # fmt: skip
    layers.append({"data": {"values": _rows(seen)}, "mark": {"type": "point", "filled": True, "color": "$brand", "size": 60, "opacity": 1},
                   "encoding": {"x": x, "y": y, "tooltip": _tooltip(unit, *note)}})  # fmt: skip
    if targets:
        layers.append({"data": {"values": _rows(targets)}, "mark": {"type": "point", "shape": "circle", "size": 90, "filled": True, "fill": "$panel", "stroke": "$ink", "strokeWidth": 2, "opacity": 1},
                       "encoding": {"x": x, "y": y, "tooltip": _tooltip(_("目标"), *note)}})  # fmt: skip
        layers.append({"data": {"values": [{**row, "label": f"{_('目标')} {_shown(row['value'])}"} for row in _rows(targets) if row["value"] is not None]},
                       "mark": {"type": "text", "dy": -14, "align": "center", "color": "$ink-2"},
                       "encoding": {"x": x, "y": y, "text": {"field": "label"}}})  # fmt: skip
    by_year: dict[int, list[Any]] = {year: [None, None, None, None] for year in sorted(set(years))}
    for place, points in ((0, observations), (1, milestones), (2, targets)):
        for point in points:
            by_year[point.year][place] = point.value
    for point in masked:
        by_year[point.year][2] = point.note or _("原文无数")
    for band in forecast:
        by_year[band.year][3] = f"{_shown(round(band.low, 2))}—{_shown(round(band.high, 2))}"
    kept = [0, *(i for i, given in ((1, milestones), (2, (*targets, *masked)), (3, forecast)) if given)]
    titles = [_("实际"), _("年度节点"), _("目标"), _("预测区间")]
    table = _table([_("年份"), *(titles[i] for i in kept)], [[str(year), *(cells[i] for i in kept)] for year, cells in by_year.items()])
    return {"height": 230, "layer": layers, "usermeta": table}


def _rows(points: Sequence[Point]) -> list[Spec]:
    return [{"year": p.year, "value": _number(p.value), "note": p.note} for p in points]


LINE_COLOURS = ("$brand", "$innovation", "$capital", "$talent", "$policy", "$ink-2")
LINE_DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 3], [8, 3, 2, 3], [10, 4], [3, 6])


def across_plans(*, unit: str, observations: Sequence[Point], plans: Sequence[Line]) -> Spec:
    """The same indicator in several plans: each plan a line of its targets (told apart by colour and dash), and what happened."""
    points = [p for line in plans for p in line.points]
    numbers = [float(p.value) for p in (*points, *observations) if p.value is not None]
    years = [p.year for p in (*points, *observations)]
    if not years:
        return _nothing(_("各规划里都还没有数"))
    x, y = _years(years), _values(unit, min(numbers, default=0), max(numbers, default=1))
    names = [line.name for line in plans]
    legend = {"orient": "top", "symbolType": "stroke", "symbolStrokeWidth": 2}
    named = {"field": "plan", "type": "nominal", "title": None, "legend": legend}
    colour = {**named, "scale": {"domain": names, "range": [LINE_COLOURS[i % len(LINE_COLOURS)] for i in range(len(names))]}}
    dash = {**named, "scale": {"domain": names, "range": [LINE_DASHES[i % len(LINE_DASHES)] for i in range(len(names))]}}
    values = [{"year": p.year, "value": _number(p.value), "note": p.note, "plan": line.name} for line in plans for p in line.points]
    tip = _tooltip(unit, {"field": "plan", "title": _("规划"), "type": "nominal"}, {"field": "note", "title": _("说明"), "type": "nominal"})
    layers: list[Spec] = [
        {"data": {"values": values}, "mark": {"type": "line", "strokeWidth": 1.6}, "encoding": {"x": x, "y": y, "color": colour, "strokeDash": dash}},
        {"data": {"values": [row for row in values if row["value"] is not None]}, "mark": {"type": "point", "filled": False, "fill": "$panel", "size": 64, "strokeWidth": 2, "opacity": 1},
         "encoding": {"x": x, "y": y, "color": colour, "tooltip": tip}},
    ]  # fmt: skip
    if seen := [row for row in _rows(observations) if row["value"] is not None]:
        layers += [
            {"data": {"values": seen}, "mark": {"type": "line", "color": "$ink", "strokeWidth": 2.5}, "encoding": {"x": x, "y": y}},
            {"data": {"values": seen}, "mark": {"type": "point", "filled": True, "color": "$ink", "size": 56, "opacity": 1},
             "encoding": {"x": x, "y": y, "tooltip": _tooltip(_("实际"))}},
        ]  # fmt: skip
    rows = [[str(year), *(next((p.value if p.value is not None else p.note for p in line.points if p.year == year), None) for line in plans),
             next((p.value for p in observations if p.year == year), None)] for year in sorted(set(years))]  # fmt: skip
    return {"height": 260, "layer": layers, "usermeta": _table([_("年份"), *names, _("实际")], rows)}


def bars(*, unit: str, items: Sequence[tuple[str, Decimal | float | int | None]], highlight: str = "") -> Spec:
    """Horizontal bars, one for each name in the order given; the highlighted one in the brand colour, an unknown one as a dash."""
    values = [
        {"name": name, "value": _number(value), "label": _shown(value), "here": name == highlight or not highlight} for name, value in items
    ]
    order = [name for name, _value in items]
    known = [float(value) for _name, value in items if value is not None]
    y = {
        "field": "name",
        "type": "nominal",
        "sort": order,
        "title": None,
        "axis": {"domain": False, "ticks": False, "labelLimit": 140, "labelPadding": 8},
    }
    x = {
        "field": "value",
        "type": "quantitative",
        "title": None,
        "axis": None,
        "scale": {"domain": [min(0, *known, 0), max(known, default=1) * 1.16 or 1]},
    }
    return {
        "height": {"step": 26},
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "bar", "height": 14}, "encoding": {
                "x": x, "y": y, "color": {"condition": {"test": "datum.here", "value": "$brand"}, "value": "$line-strong"},
                "tooltip": [{"field": "name", "title": _("名称")}, {"field": "label", "title": unit or _("值")}]}},
            {"transform": [{"calculate": "datum.value === null ? 0 : datum.value", "as": "place"}],
             "mark": {"type": "text", "align": "left", "dx": 6, "color": "$ink"}, "encoding": {"x": {**x, "field": "place"}, "y": y, "text": {"field": "label"}}},
        ],
        "usermeta": _table([_("名称"), unit or _("值")], [[name, value] for name, value in items]),
    }  # fmt: skip


def trend(*, unit: str, points: Sequence[tuple[str, Decimal | float | int | None]], bars_instead: bool = False, height: int = 200) -> Spec:
    """A short history by labelled periods (月、季、年); as bars for amounts that happen anew in each period."""
    values = [{"at": label, "value": _number(value)} for label, value in points]
    known = [float(value) for _label, value in points if value is not None]
    order = [label for label, _value in points]
    x = {"field": "at", "type": "ordinal", "sort": order, "title": None, "axis": {"labelAngle": 0, "grid": False, "labelOverlap": "greedy"}}
    y = _values(unit, min(known, default=0), max(known, default=1), zero=bars_instead)
    tip = [{"field": "at", "title": _("时间")}, {"field": "value", "title": unit or _("值"), "format": ",~f"}]
    mark: Spec = (
        {"type": "bar", "color": "$brand", "width": {"band": 0.5}}
        if bars_instead
        else {"type": "line", "color": "$brand", "strokeWidth": 2.5, "point": {"filled": True, "color": "$brand", "size": 50}}
    )
    if all(value.is_integer() for value in known):
        y["axis"] = {**y.get("axis", {}), "tickMinStep": 1}
    return {"height": height, "data": {"values": values}, "mark": mark, "encoding": {"x": x, "y": y, "tooltip": tip},
            "usermeta": _table([_("时间"), unit or _("值")], points)}  # fmt: skip


def stacked_status(*, groups: Sequence[tuple[str, Mapping[str, int]]]) -> Spec:
    """How many of each status in each group (plan, unit, district), as stacked horizontal bars."""
    words = {code: str(shown.word) for code, shown in STATUSES.items()}
    used = [code for code in words if any(counts.get(code) for _name, counts in groups)]
    values = [{"group": name, "status": words[code], "count": counts[code], "order": place}
              for name, counts in groups for place, code in enumerate(used) if counts.get(code)]  # fmt: skip
    y = {
        "field": "group",
        "type": "nominal",
        "sort": [name for name, _counts in groups],
        "title": None,
        "axis": {"domain": False, "ticks": False, "labelLimit": 160, "labelPadding": 8},
    }
    x = {
        "field": "count",
        "type": "quantitative",
        "title": None,
        "stack": "zero",
        "axis": {"tickMinStep": 1, "tickCount": 5, "format": "d"},
    }
    colour = {"field": "status", "type": "nominal", "title": None, "legend": {"orient": "top", "symbolType": "square"},
              "scale": {"domain": [words[code] for code in used], "range": [f"${STATUSES[code].colour}" for code in used]}}  # fmt: skip
    tip = [{"field": "group", "title": _("分组")}, {"field": "status", "title": _("状态")}, {"field": "count", "title": _("数量")}]
    return {
        "height": {"step": 28},
        "data": {"values": values},
        "mark": {"type": "bar", "height": 14, "stroke": "$panel", "strokeWidth": 1},
        "encoding": {"y": y, "x": x, "color": colour, "order": {"field": "order"}, "tooltip": tip},
        "usermeta": _table(
            [_("分组"), *(words[code] for code in used)], [[name, *(counts.get(code, 0) for code in used)] for name, counts in groups]
        ),
    }


def _nothing(text: str) -> Spec:
    """A drawing that says that there is nothing to draw."""
    return {"height": 60, "data": {"values": [{}]}, "mark": {"type": "text", "text": text, "color": "$ink-3"}, "usermeta": _table([], [])}


# ---------------------------------------------------------------------------------------------------------- rendering
def theme_config() -> Spec:
    """The one look of all charts, in token names."""
    axis = {"labelColor": "$ink-3", "titleColor": "$ink-3", "gridColor": "$line", "domainColor": "$line-strong", "tickColor": "$line-strong",
            "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end",
            "titleY": -12, "titleX": 0, "labelPadding": 6}  # fmt: skip
    return {
        "font": FONT, "background": None, "view": {"stroke": None}, "padding": 4,
        "axis": {key: value for key, value in axis.items() if key not in {"titleX", "titleY", "titleAngle", "titleAlign", "titleAnchor"}},
        "axisY": {**{key: axis[key] for key in ("titleAngle", "titleAlign", "titleAnchor", "titleY", "titleX")}, "domain": False, "ticks": False},
        "legend": {"labelColor": "$ink-2", "labelFontSize": 12, "labelLimit": 260, "rowPadding": 4, "columnPadding": 16, "offset": 30},
        "text": {"fontSize": 12, "color": "$ink-2", "font": FONT},
        "bar": {"color": "$brand"},
    }  # fmt: skip


def _coloured(part: Any, colour: Callable[[str], str]) -> Any:
    if isinstance(part, Mapping):
        return {key: _coloured(value, colour) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_coloured(value, colour) for value in part]
    return colour(part[1:]) if isinstance(part, str) and part.startswith("$") else part


def themed(spec: Mapping[str, Any], *, theme: Theme | None = "light", width: int | None = None) -> Spec:
    """The spec with our look. `theme` None: colours as CSS variables, for a page."""
    names = tokens(theme or "light")

    def colour(name: str) -> str:
        if name not in names:
            raise KeyError(f"no design token {name!r}")
        return names[name] if theme else f"var(--{name})"

    body = {key: value for key, value in spec.items() if key != "usermeta"}
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **body, "config": theme_config()}
    if width:
        whole |= {"width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    schema = whole.pop("$schema")
    return {"$schema": schema, **_coloured(whole, colour)}


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a page needs of a chart: two drawings, the spec for the live one, the figures as a table."""

    wide: SafeString
    slim: SafeString
    live_spec: Spec
    columns: list[str]
    rows: list[list[str]]


@lru_cache(maxsize=512)
def _svg(spec_json: str) -> str:
    return str(vl_convert.vegalite_to_svg(json.loads(spec_json)))


def to_svg(spec: Mapping[str, Any], *, theme: Theme | None = "light", width: int = WIDE) -> str:
    """The chart as SVG text. Equal specs are drawn once per process."""
    return _svg(json.dumps(themed(spec, theme=theme, width=width), ensure_ascii=False, sort_keys=True))


def to_png(spec: Mapping[str, Any], *, theme: Theme = "light", width: int = WIDE, scale: float = 2) -> bytes:
    """The chart as PNG, for a DOCX."""
    return bytes(vl_convert.vegalite_to_png(themed(spec, theme=theme, width=width), scale=scale))


def drawing(spec: Mapping[str, Any]) -> Drawing:
    table = spec.get("usermeta", {}).get("table", {"columns": [], "rows": []})
    return Drawing(
        wide=SafeString(to_svg(spec, theme=None, width=WIDE)),
        slim=SafeString(to_svg(spec, theme=None, width=SLIM)),
        live_spec=themed(spec, theme=None),
        columns=table["columns"],
        rows=table["rows"],
    )


# ---------------------------------------------------------------------------------------------- script for the browser
def write_chart_bundle(folder: Path) -> bool:
    """Write the charts' script for the browser, which vl-convert carries, into `folder`. Returns True when it was written.

    Nothing is fetched. The name of the version beside it tells when it must be written again.
    """
    version = f"{distribution_version('vl-convert-python')} {vl_convert.get_vega_embed_version()}"
    stamp, target = folder / "charts.version", folder / BUNDLE
    if target.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == version:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".new")
    temporary.write_text(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"), encoding="utf-8")
    temporary.replace(target)
    stamp.write_text(version, encoding="utf-8")
    return True


@cache
def bundle_url() -> str:
    """Address of the script, empty where set-up has not written it: the charts then are drawings without tooltips."""
    from django.contrib.staticfiles import finders
    from django.contrib.staticfiles.storage import staticfiles_storage

    name = f"generated/{BUNDLE}"
    return static(name) if staticfiles_storage.exists(name) or finders.find(name) else ""
