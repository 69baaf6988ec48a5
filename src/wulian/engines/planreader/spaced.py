"""Indicator tables of text taken from a PDF: one row per line, single blanks between its cells (`5 森林覆盖率 % 约束性 24.1 25`).

A row opens with the next serial number. What stands between it and the first unit, attribute or value is the name; a name that the page
broke stands in the lines before and behind its row. Headings say how many values a row has.
"""

from __future__ import annotations

import re

from wulian.engines.planreader.columns import columns_of, role
from wulian.engines.planreader.context import Period
from wulian.engines.planreader.model import Cell, Document
from wulian.engines.planreader.tables import ATTRIBUTE, Grid, Row, attribute_of, is_value
from wulian.engines.planreader.text import normal, squash
from wulian.engines.planreader.units import is_unit

_BRACKETED = re.compile(r"[〔\[(][^〕\])]*$")


def read_spaced(document: Document, period: Period | None, taken: list[tuple[int, int]]) -> list[Grid]:
    """Grids whose rows are lines with single blanks; places in `taken` belong to other tables."""
    plain = normal(document.text)
    lines: list[list[Cell]] = []
    for block in document.blocks:
        free = block.kind != "table" and not any(low <= block.start < high for low, high in taken)
        lines.append(_cells(document.text, plain, block.start, block.end) if free and block.end - block.start <= 90 else [])
    grids: list[Grid] = []
    place = 0
    while place < len(lines):
        if _serial(lines[place]) == 1 and (found := _grid(lines, place, period)):
            grid, place = found
            grids.append(grid)
        else:
            place += 1
    return grids


def _cells(text: str, plain: str, start: int, end: int) -> list[Cell]:
    """Cells of a line; a blank inside brackets parts none."""
    cells: list[Cell] = []
    for found in re.finditer(r"\S+", plain[start:end]):
        low, high = start + found.start(), start + found.end()
        if cells and _BRACKETED.search(plain[cells[-1].start : cells[-1].end]):
            low = cells.pop().start
        cells.append(Cell(text[low:high], low, high))
    return cells


def _serial(cells: list[Cell]) -> int | None:
    text = squash(cells[0].text) if len(cells) >= 3 else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 else None


def _grid(lines: list[list[Cell]], first: int, period: Period | None) -> tuple[Grid, int] | None:
    above = [[squash(normal(cell.text)) for cell in cells] for cells in lines[max(0, first - 4) : first]]
    titles = [title for line in above for title in line]
    # A heading over several columns stands in a line above theirs: the last line with headings of values counts.
    heads = next((found for line in reversed(above) if (found := [title for title in line if role(title) == "value"])), [])
    if not heads or not any(role(title) in {"unit", "attribute", "name"} for title in titles):
        return None
    columns = columns_of(heads, period)
    rows: list[Row] = []
    place, serial = first, 1
    fragment: list[Cell] = []
    while place < len(lines):
        cells = lines[place]
        if _serial(cells) == serial:
            if row := _row(cells, fragment, lines[place + 1] if place + 1 < len(lines) else [], len(heads)):
                label, unit, attribute, values = row
                spread = [(column, [cell]) for column, cell in zip(columns, values, strict=True)]
                rows.append(Row(label, unit, spread, attribute, cells[0].start, cells[-1].end))
            serial, fragment = serial + 1, []
        elif len(cells) in {1, 2} and not cells[0].text.endswith(("。", "；")):
            fragment = cells
        elif not (len(cells) > 2 and place + 1 < len(lines) and _serial(lines[place + 1]) == serial):
            break
        place += 1
    if len(rows) < 3:
        return None
    return Grid(rows, lines[first][0].start, rows[-1].end, False, columns=columns), place


def _row(cells: list[Cell], before: list[Cell], behind: list[Cell], wanted: int) -> tuple[Cell, str | None, str | None, list[Cell]] | None:
    unit: str | None = None
    attribute: str | None = None
    name: list[Cell] = []
    values: list[Cell] = []
    for cell in cells[1:]:
        body = squash(normal(cell.text))
        if ATTRIBUTE.match(body):
            attribute = attribute_of(body)
        elif not values and unit is None and is_unit(body) and body != "-" and (name or not is_value(body)):
            unit = body
        elif is_value(cell.text) and (name or unit or attribute):
            values.append(cell)
        elif not values and unit is None and attribute is None:
            name.append(cell)
        elif len(values) + 1 == wanted and values:
            values.append(cell)
    if len(before) == 1 and len(behind) == 1:
        # the page broke the name, or the unit, around its row
        around = squash(normal(before[0].text + behind[0].text))
        if not name:
            name = [before[0], behind[0]]
        elif unit is None and is_unit(around):
            unit = around
    if not name or len(values) != wanted:
        return None
    label = Cell("".join(cell.text for cell in name), name[0].start, name[-1].end)
    return label, unit, attribute, values
