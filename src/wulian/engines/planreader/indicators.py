"""Indicators of a plan: from its tables and its running text, in document order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wulian.engines.planreader import tables as tb
from wulian.engines.planreader.cells import read_cells
from wulian.engines.planreader.columns import Column
from wulian.engines.planreader.context import Period
from wulian.engines.planreader.model import Cell, Document, Indicator, Span, Table
from wulian.engines.planreader.prose import read_prose
from wulian.engines.planreader.structure import Structure
from wulian.engines.planreader.text import chinese_number, normal, number, squash
from wulian.engines.planreader.units import UNIT_RE, is_unit

_NUM = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_PART = re.compile(
    rf"(?:(?P<key>[^\d:*,;、\s()<>≥≤〔\[]{{1,24}}(?:\([^()]*\))?)\s*(?::\s*|(?=[≥≤])))?(?P<sign>≥|≤|>=|<=|>|<|不低于|不少于|不超过|超过|突破|约|近|达到|达|前)?\s*(?P<open>[〔\[(](?=\s*-?\d[\d.,]*\s*[〕\])]))?\s*"
    rf"(?P<num>-?(?:{_NUM})|\*+)(?:\s*(?:-{{1,2}}|~|至)\s*(?P<to>{_NUM}))?(?P<more>余|多)?\s*(?P<close>[〕\])])?\s*(?P<unit>{UNIT_RE.pattern})?\s*(?P<tail>及?以上|以内|以下|左右)?\s*(?P<note>\([^()]*\))?"
)
_BRACKET = re.compile(r"\(([^()]*)\)?\s*$")
_SIGNS = {
    "≥": ">=",
    ">=": ">=",
    "不低于": ">=",
    "不少于": ">=",
    "≤": "<=",
    "<=": "<=",
    "不超过": "<=",
    "前": "<=",
    ">": ">",
    "超过": ">",
    "突破": ">",
    "<": "<",
}
_TAILS = {"以上": ">=", "及以上": ">=", "以内": "<=", "以下": "<="}
_FIVE_YEAR_NOTE = re.compile(r"[〔\[(]\s*[〕\])]\s*(?:内|中)?(?:数据|数值|数字)?.{0,6}(?:累计|合计)|(?:带|加).{0,2}[〔\[].{0,3}(?:累计)")


def read_indicators(
    document: Document, grids: list[tb.Grid], tables: list[Table], structure: Structure, period: Period | None
) -> list[Indicator]:
    """Every quantity of the plan, in document order."""
    found = [item for grid in grids for item in from_grid(document, grid, period)]
    other = [table for table in tables if not any(table.start <= grid.start < table.end for grid in grids)]
    found.extend(read_cells(document, other, structure, period))
    found.extend(read_prose(document, structure, period))
    return sorted(found, key=lambda item: (item.span, item.from_table))


def from_grid(document: Document, grid: tb.Grid, period: Period | None) -> Iterable[Indicator]:
    """Lines of one indicator table: one per cell, per component of a composite cell and per scope."""
    for row in grid.rows:
        grows = any(column.kind == "growth" and any(tb.cell_state(cell.text) is None for cell in cells) for column, cells in row.values)
        name, unit = label_and_unit(row.label.text)
        unit = row.unit if row.unit and row.unit not in {"-", "/"} else unit
        raw_span = _row_span(document, row)
        for column, cells in row.values:
            for cell in cells:
                if grows and column.kind == "target" and tb.cell_state(cell.text) == "empty":
                    continue  # the aim of this row is its growth
                yield from _from_cell(document, cell, name, unit, column, row, raw_span, period)


def _row_span(document: Document, row: tb.Row) -> Span:
    start = row.label.start
    end = max((cell.end for _, cells in row.values for cell in cells), default=row.label.end)
    return (start, end)


def label_and_unit(label: str) -> tuple[str, str | None]:
    """Name and unit of a row label: the unit stands in a closing bracket, which the page may have broken off."""
    text = normal(label)
    squeezed = re.sub(r"\s+", "", label)
    plain = normal(squeezed)
    plain = re.sub(r"^(?:其中:|\d{1,2}[.、](?!\d)|#)", lambda hit: " " * len(hit.group()), plain)
    squeezed = squeezed[len(plain) - len(plain.lstrip()) :]
    plain = plain.lstrip()
    unit: str | None = None
    for _ in range(3):
        bracket = _BRACKET.search(plain)
        if bracket and (is_unit(bracket.group(1)) or (not plain.endswith(")") and len(bracket.group(1)) <= 4)):
            unit = unit or bracket.group(1) or None
            plain, squeezed = plain[: bracket.start()], squeezed[: bracket.start()]
            continue
        lost = re.search(r"[%‰]$", plain)
        if lost:
            unit = unit or lost.group()
            plain, squeezed = plain[:-1], squeezed[:-1]
            continue
        break
    if unit is None:
        # The unit stands inside, before a note in brackets: 各类学校学位数(个)(含幼儿园…)
        for bracket in re.finditer(r"\(([^()]*)\)", plain):
            if is_unit(bracket.group(1)):
                unit = bracket.group(1)
                squeezed = squeezed[: bracket.start()] + squeezed[bracket.end() :]
                break
    else:
        for bracket in re.finditer(r"\(([^()]*)\)", plain):
            if bracket.group(1) == unit:
                squeezed = squeezed[: bracket.start()] + squeezed[bracket.end() :]
                break
    name = re.sub(r"[①-⑳*]+$", "", squeezed) or text.strip()
    return name, unit


def _from_cell(
    document: Document, cell: Cell, name: str, unit: str | None, column: Column, row: tb.Row, raw_span: Span, period: Period | None
) -> Iterable[Indicator]:
    state = tb.cell_state(cell.text)
    plain = normal(cell.text)
    kind = "target" if column.kind == "growth" else column.kind
    label = f"{name}年均增速" if column.kind == "growth" and not re.search(r"增速|增长率|增长$", name) else name
    own_unit = "%" if column.kind == "growth" and "%" not in (unit or "") and re.search(r"年均|增速|增长", column.title) else unit
    span_raw = raw_span if len(squash(document.text[slice(*raw_span)])) <= 80 else (cell.start, cell.end)

    def made(
        value: int | float | None, comparator: str | None, title: str, measure: str | None, span: Span, form: str, what: str
    ) -> Indicator:
        total = form == "target" and (what == "sum" or bool(re.search(r"累计|^新增(?!.*(?:年限|率|比重|占比))|五年.{0,3}合计", title)))
        return Indicator(
            title,
            value,
            comparator,
            measure,
            column.year,
            "cumulative" if total else form,
            row.attribute,
            document.text[slice(*span_raw)] if what != "part" else cell.text,
            True,
            span,
            span_raw if what != "part" else (cell.start, cell.end),
            masked=what == "mask",
            assigned=what == "assigned",
        )

    if state is not None:
        if squash(cell.text) and not (column.kind == "growth" and state == "empty"):
            yield made(None, None, label, own_unit, (cell.start, cell.end), kind, state)
        return
    parts = [found for found in _PART.finditer(plain) if not _in_note(plain, found.start("num"))]
    if not parts:
        numeral = chinese_number(squash(plain))
        if numeral is not None:
            yield made(numeral, "=", label, own_unit, (cell.start, cell.end), kind, "plain")
        return
    composite = [found for found in parts if found.group("key")]
    chosen = composite or parts[:1]
    if not composite and len(parts) > 1 and all(_scope(part) for part in parts):
        chosen = parts
    for part in chosen:
        low, high = part.span("num")
        printed = part.group("num")
        value = None if printed.startswith("*") else number(printed)
        scope = _scope(part)
        title = label
        what = "plain"
        if part.group("key"):
            title, what = part_name(part.group("key"), label), "part"
        if scope:
            title, what = f"{title}({scope})", "part"
        measure = part.group("unit") or own_unit
        near = part.group("tail") == "左右" or part.group("sign") in {"约", "近"}
        comparator: str | None = (
            None
            if near
            else _TAILS.get(part.group("tail") or "") or _SIGNS.get(part.group("sign") or "") or (">" if part.group("more") else "=")
        )
        if value is None:
            comparator, what = None, "mask"
        if part.group("open") and part.group("close") and part.group("open") in "〔[":
            what = "sum"
        if re.search(r"累计|合计", plain) or (part.group("open") and part.group("close") and "累计" in column.title):
            what = "sum"
        if column.kind == "growth" and what == "plain" and "累计" in column.title and "年均" not in column.title:
            what = "sum"
        if what == "sum" and column.kind == "growth":
            title = f"{name}累计"
            if "累计" in column.title and not part.group("unit"):
                measure = unit
        end = part.end("tail") if part.group("tail") else (part.end("unit") if part.group("unit") else high)
        start = part.start("sign") if part.group("sign") else low
        if part.group("to"):
            yield made(value, ">=", title, measure, (cell.start + low, cell.start + high), kind, what)
            top = number(part.group("to"))
            yield made(top, "<=", title, measure, (cell.start + part.start("to"), cell.start + part.end("to")), kind, what)
            continue
        yield made(value, comparator, title, measure, (cell.start + start, cell.start + end), kind, what)


def _in_note(text: str, place: int) -> bool:
    """Whether `place` is inside a bracketed note of a cell (2(含新设1家))."""
    before = text[:place]
    return before.count("(") > before.count(")") and bool(re.search(r"\d", before.split("(")[0]))


def _scope(part: re.Match[str]) -> str | None:
    note = (part.group("note") or "").strip("()")
    return note if re.match(r"占|[全本][国省市区县]", note) else None


def part_name(key: str, label: str) -> str:
    """Name of one part of a composite: the item of the label's own list that the key abbreviates, else key and label."""
    body = re.sub(r"\s+", "", key).strip('“”"')
    if re.search(r"(?:数|数量|总数|额|率|比重|规模|收入|产值|面积)$", body):
        return body
    inside = re.search(r"[(（]([^()（）]*、[^()（）]*)[)）]([^()（）]*)$", label)
    outer = (inside.group(2) or label[: inside.start()]) if inside else label
    if inside and not inside.group(2):
        tail = re.search(r"(?:学位数|床位数|人数|面积|数量|总量|总数|数|额|规模)$", outer)
        outer = tail.group() if tail else outer
    if inside:
        for item in inside.group(1).lstrip("含").split("、"):
            if body in item:
                return f"{item}数" if outer.startswith(("企业", "机构", "数")) and item.endswith(("企业", "机构")) else f"{item}{outer}"
    if "、" in label and not inside:
        head = re.search(r"(?:总数|数量|总量|数)$", label)
        if body in label:
            return f"{body}{'数' if head else ''}"
    tail = re.search(r"(?:营业)?(?:收入|产值|规模|数量|总量|总数|学位数|面积|额|数|占比|比重)(?:规模)?$", label)
    short = re.search(r"[^的、]{0,4}(?:营业收入规模|营业收入|收入|产值|规模|数量|总量|总数|学位数|面积|数|额|占比|比重)$", label)
    return f"{body}{(short or tail).group() if (short or tail) else label}"  # type: ignore[union-attr]
