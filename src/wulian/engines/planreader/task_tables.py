"""Tasks from tables of divided labour: real ones, and those that a page flattened into one cell per line."""

from __future__ import annotations

import re

from wulian.engines.planreader.model import Cell, Document, Table, Task
from wulian.engines.planreader.responsible import is_unit_names, split_units
from wulian.engines.planreader.text import normal, squash

_COLUMN_LEAD = re.compile(r"牵头|主办|主要责任")
_COLUMN_UNITS = re.compile(r"责任(?:单位|部门|主体)|配合|参与|协办|落实单位|实施单位|承办")
_COLUMN_TASK = re.compile(r"任务|举措|措施|事项|工作内容|主要内容|项目名称|工作要点")


_COLUMN_OTHER = re.compile(
    r"^(?:序号|编号|完成?(?:时限|时间|期限)|时限要求|时间节点|(?:责任|牵头|分管|包联)领导|备注|(?:工作|年度|主要|预期)?(?:目标|指标|成效)|进度安排|类别|领域)$"
)
_TIME = re.compile(r"(?:19|20)\d{2}年|\d+月|(?:持续|长期|全年|年内|年底|季度)")


def tasks_from_tables(document: Document, tables: list[Table]) -> list[Task]:
    """Tasks of tables of divided labour (序号, 任务, 牵头单位, 配合单位)."""
    tasks: list[Task] = []
    for table in [*tables, *_flattened(document)]:
        for depth, head in enumerate(table.rows[:3]):
            titles = [squash(normal(cell.text)) for cell in head]
            lead = next((place for place, title in enumerate(titles) if _COLUMN_LEAD.search(title)), None)
            rest = [place for place, title in enumerate(titles) if _COLUMN_UNITS.search(title) and place != lead]
            names = [place for place, title in enumerate(titles) if _COLUMN_TASK.search(title) and place != lead and place not in rest]
            if names and (lead is not None or rest):
                tasks.extend(_table_rows(table.rows[depth + 1 :], titles, names, lead, rest))
                break
    return tasks


def _table_rows(rows: tuple[tuple[Cell, ...], ...], titles: list[str], names: list[int], lead: int | None, rest: list[int]) -> list[Task]:
    """A task for each row; where the head names two columns of tasks (任务, 举措), the first is the section of the second."""
    name = names[-1]
    tasks: list[Task] = []
    for number, row in enumerate(rows, start=1):
        if len(row) < len(titles) or not row[name].text.strip():
            continue
        leaders = split_units(row[lead].text) if lead is not None else ([], [])
        others = [split_units(row[place].text) for place in rest]
        first = [*leaders[0], *leaders[1]]
        first += [unit for found in others for unit in found[0]]
        second = [unit for found in others for unit in found[1] if unit not in first]
        cells = [row[place] for place in ([lead] if lead is not None else []) + rest if row[place].text.strip()]
        serial = squash(row[0].text) if titles[0] in {"序号", "编号"} else str(number)
        title = re.split(r"[。；;]", row[name].text.strip())[0]
        tasks.append(
            Task(
                serial,
                re.sub(r"\s+", "", title),
                squash(row[names[0]].text) or None if len(names) > 1 else None,
                first,
                second,
                "；".join(squash(cell.text) for cell in cells),
                0,
                1,
                (row[0].start, max(cell.end for cell in row)),
                (cells[0].start, cells[-1].end) if cells else None,
            )
        )
    return tasks


# --- flattened by a web page ----------------------------------------------------------------------------------------


def _flattened(document: Document) -> list[Table]:
    """Tables of divided labour whose cells stand one per line. Only their serial numbers tell where a row begins."""
    lines: list[Cell] = []
    for block in document.blocks:
        body = document.text[block.start : block.end]
        start = block.start + len(body) - len(body.lstrip())
        lines.append(Cell("" if block.kind == "table" else body.strip(), start, block.start + len(body.rstrip())))
    found: list[Table] = []
    place = 0
    while place < len(lines):
        stop = place
        while stop < len(lines) and stop - place < 10 and _is_heading(squash(normal(lines[stop].text))):
            stop += 1
        head = lines[place:stop]
        titles = [squash(normal(cell.text)) for cell in head]
        if (
            len(head) < 3
            or titles[0] not in {"序号", "编号"}
            or not any(_COLUMN_LEAD.search(title) or _COLUMN_UNITS.search(title) for title in titles)
        ):
            place += 1
            continue
        rows, place = _flattened_rows(lines, stop, titles)
        if rows:
            found.append(Table((tuple(head), *rows), head[0].start, rows[-1][-1].end))
    return found


def _is_heading(title: str) -> bool:
    if len(title) > 12 or not title:
        return False
    return any(pattern.search(title) for pattern in (_COLUMN_OTHER, _COLUMN_LEAD, _COLUMN_UNITS, _COLUMN_TASK))


def _flattened_rows(lines: list[Cell], place: int, titles: list[str]) -> tuple[list[tuple[Cell, ...]], int]:
    rows: list[tuple[Cell, ...]] = []
    serial, widest = 1, len(titles) - 1
    while place < len(lines) and squash(lines[place].text) == str(serial):
        stop = place + 1
        while stop < len(lines) and lines[stop].text and squash(lines[stop].text) != str(serial + 1) and stop - place <= len(titles) * 4:
            stop += 1
        inside = lines[place + 1 : stop]
        if stop == len(lines) or squash(lines[stop].text) != str(serial + 1):
            inside = inside[:widest]  # the last row: only the rows before it say where it ends
            stop = place + 1 + len(inside)
        widest = max(widest, len(inside))
        row = _row(lines[place], inside, titles)
        if row is None:
            break
        rows.append(row)
        place, serial = stop, serial + 1
    return rows, place


def _row(serial: Cell, inside: list[Cell], titles: list[str]) -> tuple[Cell, ...] | None:
    """Cells of one row. Where there are more lines than columns, units and times are told by what they are."""
    if len(inside) == len(titles) - 1:
        return (serial, *inside)
    if len(inside) < len(titles) - 1:
        return None
    units = [place for place, title in enumerate(titles) if _COLUMN_LEAD.search(title) or _COLUMN_UNITS.search(title)]
    out: list[list[Cell]] = [[] for _ in titles]
    out[0] = [serial]
    name = next((place for place, title in enumerate(titles) if place and place not in units and _COLUMN_TASK.search(title)), None)
    time = next((place for place, title in enumerate(titles) if re.search(r"时限|时间|期限", title)), None)
    if name is None:
        return None
    for cell in inside:
        if out[name] and is_unit_names(normal(cell.text)):
            free = next((place for place in units if not out[place]), units[-1])
            out[free].append(cell)
        elif out[name] and time is not None and len(cell.text) <= 16 and _TIME.search(normal(cell.text)):
            out[time].append(cell)
        elif not any(out[place] for place in units):
            out[name].append(cell)
    last = serial.end
    row: list[Cell] = []
    for cells in out:
        glue = "、" if cells and cells is not out[name] else ""
        row.append(Cell(glue.join(cell.text for cell in cells), cells[0].start, cells[-1].end) if cells else Cell("", last, last))
        last = row[-1].end
    return tuple(row)
