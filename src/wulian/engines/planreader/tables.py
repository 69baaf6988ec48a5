"""Indicator tables: real ones, and those that a web page flattened into one cell per line.

Both kinds become rows of the same shape (label, unit, cells by column, attribute), so that reading values happens once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wulian.engines.planreader.columns import Column, columns_of, fits, role
from wulian.engines.planreader.context import Period
from wulian.engines.planreader.model import Cell, Document, Table
from wulian.engines.planreader.text import chinese_number, normal, squash
from wulian.engines.planreader.units import is_unit

ATTRIBUTE = re.compile(r"^(?:预期性|约束性|预期|约束)$")
_TASK_HEAD = re.compile(r"任务|举措|事项|内容|措施")
_ASSIGNED = re.compile(
    r"完成.{0,12}(?:任务|目标|下达|要求|指标)|达到.{0,10}(?:要求|标准|目标)|按.{0,12}(?:下达|要求|任务)|(?:上级|国家|省|市|区).{0,4}下达"
)
_QUALITATIVE = re.compile(
    r"(?:持续|逐步|稳步|明显|显著|大幅|进一步|基本|保持|稳中|不断)[^\d]{0,14}|全[国省市区].{0,6}(?:前列|领先|平均).{0,6}|[^\d]{0,8}(?:前列|领先)|(?:与|和|同)[^\d]{1,14}同步"
    r"|(?:高于|快于|低于|不低于|优于)[^\d]{2,14}"
)
_EMPTY = re.compile(r"[-/\\一]{1,4}|无|空|暂无|…+")
_VALUEISH = re.compile(r"^[^\d*]{0,14}?[:：]?\s*[<>≥≤≈±〔\[(]*\s*(?:-?\d|\*)")
# 3.常住人口城镇化率: the number orders the rows.
_NUMBERED_LABEL = re.compile(r"\d{1,2}[.、][\u4e00-\u9fff]{2}")
_NUMERIC = re.compile(r"^[<>≥≤≈±=〔\[(约近超]*\s*(?:-?\d[\d,]*(?:\.\d+)?|\*+)")


@dataclass(slots=True)
class Row:
    """One row of an indicator table."""

    label: Cell
    unit: str | None
    values: list[tuple[Column, list[Cell]]]
    attribute: str | None
    start: int
    end: int


@dataclass(slots=True)
class Grid:
    """An indicator table that was understood: its rows, its place, whether its cells were flattened."""

    rows: list[Row]
    start: int
    end: int
    flattened: bool
    note: str = ""
    columns: list[Column] = field(default_factory=list)


# --- tables with real cells -----------------------------------------------------------------------------------------


def read_grid(table: Table, period: Period | None) -> Grid | None:
    """Rows of a table with real cells; None when its headings are not those of an indicator table."""
    for depth, head in enumerate(table.rows[:5]):
        roles = [role(cell.text) for cell in head]
        titles = [cell.text for cell in head]
        used = depth + 1
        following = table.rows[used] if used < len(table.rows) else ()
        under = [role(cell.text) for cell in following]
        if (
            following
            and len(following) == len(head)
            and under.count("value") >= 2
            and not any(_NUMERIC.match(normal(cell.text)) and not role(cell.text) for cell in following)
        ):
            titles = [
                upper if squash(upper) == squash(lower.text) or not lower.text.strip() else f"{upper}{lower.text}"
                for upper, lower in zip(titles, following, strict=True)
            ]
            roles = [
                high if high not in {None, "value"} else ("value" if low == "value" or high == "value" else low)
                for high, low in zip(roles, under, strict=True)
            ]
            used += 1
        if not fits(roles):
            continue
        return _grid_rows(table, used, roles, titles, period)
    return None


def _grid_rows(table: Table, used: int, roles: list[str | None], titles: list[str], period: Period | None) -> Grid | None:
    places = [place for place, name in enumerate(roles) if name == "value"]
    first_value = places[0]
    columns = columns_of([titles[place] for place in places], period)
    names = [place for place, name in enumerate(roles) if name == "name"]
    if not names:
        names = [place for place in range(first_value) if roles[place] not in {"serial", "unit", "attribute", "other", "value"}][-1:]
    if not names:
        return None
    # A heading merged over two columns leaves sub-labels beside the name, without a heading of their own.
    names += [place for place in range(names[-1] + 1, first_value) if roles[place] is None]
    unit_place = roles.index("unit") if "unit" in roles else None
    attribute_place = roles.index("attribute") if "attribute" in roles else None
    rows: list[Row] = []
    for line in table.rows[used:]:
        if len(line) < len(roles):
            continue
        parts: list[Cell] = []
        for place in names:
            if line[place].text.strip() and (not parts or squash(parts[-1].text) != squash(line[place].text)):
                parts.append(line[place])
        values = [(column, [line[place]]) for column, place in zip(columns, places, strict=True) if line[place].text.strip()]
        if not parts or not values:
            continue
        texts = {squash(cell.text) for cell in line if cell.text.strip()}
        if len(texts) == 1:
            continue
        label = parts[0] if len(parts) == 1 else Cell("".join(part.text for part in parts), parts[0].start, parts[-1].end)
        unit = squash(line[unit_place].text) or None if unit_place is not None else None
        attribute = squash(line[attribute_place].text) or None if attribute_place is not None else None
        filled = [cell for cell in line if cell.end > cell.start]
        rows.append(Row(label, unit, values, attribute_of(attribute), min(cell.start for cell in filled), max(cell.end for cell in filled)))
    return Grid(rows, table.start, table.end, False, columns=columns) if rows else None


def attribute_of(text: str | None) -> str | None:
    found = re.search(r"预期|约束", text or "")
    return f"{found.group()}性" if found else None


# --- tables flattened by a web page ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    cell: Cell
    plain: str


def _lines(document: Document) -> list[_Line]:
    plain = normal(document.text)
    out: list[_Line] = []
    for block in document.blocks:
        if block.kind == "table":
            out.append(_Line(Cell("", block.start, block.start), ""))
            continue
        text = plain[block.start : block.end]
        start = block.start + len(text) - len(text.lstrip())
        end = block.start + len(text.rstrip())
        while end > start and plain[end - 1] in "| \t":
            end -= 1  # a bar that closes a cell alone on its line
        if end > start:
            out.append(_Line(Cell(document.text[start:end], start, end), plain[start:end]))
    return out


def split_table(document: Document) -> list[Table]:
    """Tables written with a tab, a bar or wide gaps between cells, one row per line."""
    plain = normal(document.text)
    tables: list[Table] = []
    run: list[tuple[Cell, ...]] = []

    def close() -> None:
        if len(run) >= 2:
            tables.append(Table(tuple(run), run[0][0].start, run[-1][-1].end))
        run.clear()

    for block in document.blocks:
        if block.kind == "table":
            close()
            continue
        line = plain[block.start : block.end]
        cells = _cells(line, block.start, document.text)
        if len(cells) >= 3:
            if run and len(cells) < len(run[0]) and "\t" in line:
                last = cells[-1].end
                cells += [Cell("", last, last)] * (len(run[0]) - len(cells))
            if run and len(run[0]) != len(cells):
                close()
            run.append(tuple(cells))
        elif not re.fullmatch(r"[\s|:+-]*", line):
            close()
    close()
    return tables


def _cells(line: str, offset: int, text: str) -> list[Cell]:
    body = line.strip(" \r\n")
    if "|" in body and body.count("|") >= 3:
        pattern = r"\|"
        if re.fullmatch(r"[\s|:+-]*", body):
            return []
    elif "\t" in body:
        pattern = r"\t"
    elif re.search(r"\S {2,}\S", body) and "。" not in body:
        pattern = r" {2,}"
    else:
        return []
    cells: list[Cell] = []
    low = offset + line.index(body)
    high = low + len(body)
    if body.startswith("|"):
        low += 1
    if body.endswith("|"):
        high -= 1
    place = low
    for part in re.split(pattern, text[low:high].replace("｜", "|") if pattern == r"\|" else line[low - offset : high - offset]):
        inner = part.strip()
        start = place + (len(part) - len(part.lstrip()) if inner else 0)
        cells.append(Cell(text[start : start + len(inner)], start, start + len(inner)))
        separator = re.compile(pattern).match(line, place + len(part) - offset)
        place += len(part) + (len(separator.group()) if separator else 1)
    return cells


def read_flattened(document: Document, period: Period | None) -> list[Grid]:
    """Indicator tables whose cells stand one per line."""
    lines = _lines(document)
    grids: list[Grid] = []
    place = 0
    while place < len(lines):
        head = _heading_run(lines, place)
        if head is None:
            place += 1
            continue
        roles, titles, after = head
        grid, after = _flattened_rows(lines, after, roles, titles, period)
        if grid and grid.rows:
            grid.start = lines[place].cell.start
            grids.append(grid)
            place = after
        else:
            place += 1
    return grids


_SINGLE = frozenset({"name", "serial", "unit", "attribute"})


def _heading_run(lines: list[_Line], place: int) -> tuple[list[str], list[str], int] | None:
    roles: list[str] = []
    titles: list[str] = []
    here = place
    while here < len(lines) and len(roles) < 14:
        text = squash(lines[here].plain)
        name = role(text)
        step = 1
        if (name is None or (name in roles and name in _SINGLE)) and here + 1 < len(lines):
            # a heading broken by the page: “十三五”规划 / 目标, 指标 / 属性
            text, step = text + squash(lines[here + 1].plain), 2
            name = role(text) if len(text) <= 14 else None
        if name is None or (name in roles and name in _SINGLE):
            break
        if here + step < len(lines):
            rest = squash(lines[here + step].plain)
            if 0 < len(rest) <= 4 and role(rest) is None and not is_value(rest) and role(text + rest) == name:
                text, step = text + rest, step + 1  # “十三五”完成 / 情况
        roles.append(name)
        titles.append(text)
        here += step
    if len(roles) < 3 or not fits(list(roles)):
        return None
    return roles, titles, here


class _Stream:
    """Collects flattened cells into rows."""

    def __init__(self, roles: list[str], columns: list[Column], blank_rows: bool) -> None:
        self.columns = columns
        self.has_unit = "unit" in roles
        self.has_serial = "serial" in roles
        self.has_attribute = "attribute" in roles
        self.rows: list[Row] = []
        self.serial = 0
        last = max((place for place, name in enumerate(roles) if name in {"value", "attribute"}), default=0)
        self.trailing = len(roles) - 1 - last  # columns behind the values, such as the responsible unit
        self.skip = 0
        self.reset()

    def reset(self) -> None:
        self.labels: list[_Line] = []
        self.unit: str | None = None
        self.values: list[_Line] = []
        self.attribute: str | None = None
        self.last: _Line | None = None

    def close(self) -> None:
        if self.labels and self.values:
            first, last = self.labels[0].cell, (self.last or self.values[-1]).cell
            end_label = self.labels[-1].cell
            label = Cell("".join(line.cell.text.strip() for line in self.labels), first.start, end_label.end)
            self.rows.append(Row(label, self.unit, self.assign(), self.attribute, first.start, last.end))
            # A unit list may itself stand on several lines; the next serial number ends it.
            self.skip = self.trailing * (6 if self.has_serial else 1)
        self.reset()

    def assign(self) -> list[tuple[Column, list[Cell]]]:
        """Spread value cells over the columns: a component key that comes again starts the next column."""
        groups: list[list[_Line]] = []
        seen: set[str] = set()
        previous = ""
        for line in self.values:
            key = component_key(line.plain)
            follows = bool(key) and bool(groups) and key not in seen and previous != ""
            if not follows:
                groups.append([])
                seen = set()
            groups[-1].append(line)
            seen.add(key)
            previous = key
        if len(groups) == 1 < len(self.columns) and len(groups[0]) > len(self.columns) and not len(groups[0]) % len(self.columns):
            each = len(groups[0]) // len(self.columns)  # every part has a key of its own, in both years
            groups = [groups[0][place : place + each] for place in range(0, len(groups[0]), each)]
        missing = len(self.columns) - len(groups)
        # A blank cell vanished with the page: what is left belongs to the later columns, where the targets stand.
        offset = missing if missing > 0 else 0
        out: list[tuple[Column, list[Cell]]] = []
        for place, group in enumerate(groups[: len(self.columns)]):
            out.append((self.columns[place + offset], [line.cell for line in group]))
        return out

    def filled(self) -> int:
        keys = [component_key(line.plain) for line in self.values]
        if any(keys):
            return 0
        return len(self.values)


def component_key(text: str) -> str:
    """Key of one part of a composite cell: 雏鹰:534 -> 雏鹰, 51.5(占本区) -> (占本区); "" for a plain value."""
    body = squash(text)
    colon = re.match(r"([^\d:*]{1,20}):", body)
    if colon:
        return colon.group(1)
    bound = re.match(r"([\u4e00-\u9fff]{2,8})[≥≤]\d", body)
    if bound:
        return bound.group(1)
    scope = re.search(r"\d[^()]*\((占[^()]{1,8}|[^()\d]{0,4}[本全][市区省县国][^()]{0,4})\)$", body)
    return f"({scope.group(1)})" if scope else ""


def is_value(text: str) -> bool:
    """Whether a cell holds a value (a number, a mask, a dash, a task set from above) rather than a name."""
    body = squash(normal(text)) if len(text) <= 120 else ""
    if not body:
        return False
    if _EMPTY.fullmatch(body) or (len(body) <= 20 and (_ASSIGNED.search(body) or _QUALITATIVE.fullmatch(body))):
        return True
    if _NUMERIC.match(body):
        return not _NUMBERED_LABEL.match(body)
    return bool(component_key(body)) and bool(re.search(r"\d|\*", body))


def _flattened_rows(lines: list[_Line], place: int, roles: list[str], titles: list[str], period: Period | None) -> tuple[Grid | None, int]:
    columns = columns_of([title for title, name in zip(titles, roles, strict=True) if name == "value"], period)
    stream = _Stream(roles, columns, False)
    begin = place
    last_good = place
    while place < len(lines):
        line = lines[place]
        body = squash(line.plain)
        if not body or _ends_table(line.plain):
            break
        serial = stream.has_serial and body == str(stream.serial + 1)
        if stream.skip and not serial and not ATTRIBUTE.match(body):
            stream.skip -= 1
            last_good = place = place + 1
            continue
        stream.skip = 0
        if stream.has_attribute and ATTRIBUTE.match(body):
            stream.attribute, stream.last = attribute_of(body), line
            stream.close()
            last_good = place + 1
        elif (
            stream.has_serial
            and body.isdigit()
            and int(body) == stream.serial + 1
            and (not stream.labels or stream.filled() >= len(columns))
        ):
            if stream.filled() >= len(columns):
                stream.close()
                last_good = place
            if stream.labels and not stream.values:
                stream.reset()
            stream.serial += 1
        elif is_value(line.plain) and stream.labels and not _opens_label(body, stream):
            stream.values.append(line)
            stream.last = line
            if not stream.has_attribute and not stream.has_serial and stream.filled() >= len(columns):
                stream.close()
                last_good = place + 1
        elif stream.has_unit and stream.labels and not stream.values and is_unit(body):
            stream.unit = body
        else:
            if stream.values:
                stream.close()
                last_good = place
                if stream.skip:
                    continue
            if stream.labels and not _continues(stream, body):
                stream.labels = []
            stream.labels.append(line)
            if len(stream.labels) > 4:
                break
        place += 1
    if stream.values:
        stream.close()
        last_good = place
    if not stream.rows:
        return None, begin
    return Grid(stream.rows, lines[begin].cell.start, stream.rows[-1].end, True, columns=columns), last_good


def _opens_label(body: str, stream: _Stream) -> bool:
    return not stream.values and bool(component_key(body)) and not re.search(r"\d", body)


def _continues(stream: _Stream, body: str) -> bool:
    """Whether a line goes on with the label above it: a bracket, or a word broken by the page. Otherwise that was a category."""
    return body.startswith("(") or stream.labels[-1].plain.rstrip().endswith(("、", "及", "的", "("))


def _ends_table(text: str) -> bool:
    body = text.strip()
    if re.match(r"(?:注|说明|备注)\s*:|第[一二三四五六七八九十]+[章节]|[一二三四五六七八九十]{1,2}、|\([一二三四五六七八九十]\)", body):
        return True
    return len(body) > 90 or ("。" in body and len(body) > 30)


# --- one cell -------------------------------------------------------------------------------------------------------


def cell_state(text: str) -> str | None:
    """`assigned`, `empty` or `qualitative` for a cell without a number, else None."""
    body = squash(normal(text))
    if _EMPTY.fullmatch(body):
        return "empty"
    if _ASSIGNED.search(body) and not _NUMERIC.match(body):
        return "assigned"
    if not re.search(r"\d|\*", body) and chinese_number(body) is None:
        return "qualitative"
    return None
