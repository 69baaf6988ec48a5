"""Tasks with their responsible units, or the heading tree of a plan that assigns none.

A plan that closes its tasks with units in brackets (or with a line `责任单位：…`) is read as a list of tasks: its items under tasks
and safeguards, flat. Any other plan is read as its heading tree with depth, because there the headings are all there is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wulian.engines.planreader import tables as tb
from wulian.engines.planreader.model import Cell, Document, Indicator, Span, Table, Task
from wulian.engines.planreader.structure import Node, Structure
from wulian.engines.planreader.text import normal, squash

_DUTY = re.compile(r"负责|牵头|责任(?:单位|部门|分工)|主办|配合|协办|按职责|按职能|参与|会同")
_UNIT_END = re.compile(
    r"(?:局|委|办|部|厅|院|会|政府|中心|银行|分行|公司|集团|办公室|管委会|街道|联|团|校|所|署|处|科|室|队|站|社|库|区|县|市|乡|镇|大学|委员会|小组|专班|单位|部门|协会|园|行)(?:\([^()]*\))?等?$"
)
_NOT_TASK = re.compile(
    r"总体(?:要求|思路|目标)|指导思想|基本原则|(?:工作|发展|主要|行动|总体|思路|预期)目标|目标(?:任务|要求)?$|形势|基础|背景|现状|思路|附件|附则|适用范围|工作要求$"
)
_MARKERS = re.compile(
    r"(?P<lead>(?:共同|联合)?牵头(?:负责|落实|组织实施)?|主办)"
    r"|(?P<part>(?:等(?:单位|部门)?)?(?:按照|按|依)(?:各自)?(?:职责|职能|分工|责任)(?:职责)?(?:分工)?(?:具体)?(?:分别)?(?:负责|落实|推进|配合|做好)?|(?:共同|分别|具体|分工|协同)?负责|配合(?:落实|实施)?|协办|参与|协同|落实)"
)
_LABELS = re.compile(
    r"(?P<lead>牵头(?:责任)?(?:单位|部门)|主办单位|主要责任单位|牵头)\s*:|(?P<part>(?:责任|配合|参与|参加|协办|协同|协作|落实|实施|支持)(?:单位|部门|主体)?|责任分工|分工|其他责任单位)\s*:"
)
_CLASS = re.compile(r"^(?:由|以及|和|及|与|会同)")


# 责任单位中第一个为牵头单位: the plan itself says what the order of its lists means.
_FIRST_LEADS = re.compile(
    r"(?:第一(?:个|位)?|首位|首个|(?:列|排)(?:在)?(?:第一|首)(?:位)?|排名第一)的?(?:责任)?(?:单位|部门)[^。;\n]{0,6}?(?:为|是|负责)[^。;\n]{0,4}?(?:牵头|主办)"
)
_NOTE = re.compile(r"\([^()]*(?:单位|部门)[^()]*(?:为|是)[^()]*(?:牵头|主办)[^()]*\)")


def read_tasks(
    document: Document, structure: Structure, grids: list[tb.Grid], tables: list[Table], indicators: list[Indicator]
) -> list[Task]:
    """Tasks in document order. `lead` holds only units that the plan marks as leading."""
    plain = normal(document.text)
    assigned = {id(node): units for node in structure.nodes if (units := _closing_units(document.text, plain, structure, node))}
    listed = _from_tables(document, tables)
    if assigned:
        tasks = _assigned_tasks(document, structure, assigned, indicators)
    elif listed:
        tasks = []
    else:
        tasks = _tree(document, structure, indicators)
    tasks.extend(listed)
    if _FIRST_LEADS.search(plain):
        for task in tasks:
            if not task.lead and task.participants:
                task.lead, task.participants = task.participants[:1], task.participants[1:]
    return sorted(tasks, key=lambda task: task.span)


def count_targets(indicators: list[Indicator], span: Span) -> int:
    """Aims whose source starts inside `span`."""
    aims = {"target", "annual_target", "cumulative", "per_year"}
    return sum(1 for item in indicators if item.kind in aims and span[0] <= item.span[0] < span[1])


# --- units ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Units:
    """Responsible units as printed and as split."""

    raw: str
    lead: list[str]
    participants: list[str]
    span: Span


def _bracket_at_end(plain: str, start: int, end: int) -> Span | None:
    """Inside of the bracket that closes `plain[start:end]`."""
    stop = end
    while stop > start and plain[stop - 1] in "。;. \n\t\r":
        stop -= 1
    if stop <= start or plain[stop - 1] != ")":
        return None
    depth = 0
    for place in range(stop - 1, start - 1, -1):
        if plain[place] == ")":
            depth += 1
        elif plain[place] == "(":
            depth -= 1
            if depth == 0:
                return place + 1, stop - 1
    return None


def units_at_end(text: str, plain: str, start: int, end: int) -> Units | None:
    """Responsible units that close a paragraph, in brackets or after a label on their own line."""
    inside = _bracket_at_end(plain, start, end)
    if inside is not None and _is_unit_list(plain[slice(*inside)]):
        return _units(text, inside)
    line = plain[start:end]
    tail = re.search(r"。\s*(?=(?:牵头|责任|主办)(?:责任)?(?:单位|部门)\s*:[^。]{2,200}。?\s*$)", line)
    if tail:
        return _units(text, (start + tail.end(), start + len(line.rstrip(" 。;\n"))))
    label = re.match(r"\s*(?:(?:牵头|责任|配合|主办|协办|参与)(?:责任)?(?:单位|部门|主体)|责任分工)\s*:", line)
    if label and len(line) < 400:
        return _units(text, (start + len(line) - len(line.lstrip()), start + len(line.rstrip(" 。;\n"))))
    return None


def _is_unit_list(text: str) -> bool:
    if re.fullmatch(r"(?:各|有关|相关|全体|市各|区各|县各).{0,14}(?:部门|单位|政府|街道|乡镇|委办局)", text.strip()):
        return True
    if not _DUTY.search(text):
        parts = [part for part in re.split(r"[、,;]", text) if part]
        return len(parts) >= 2 and all(_UNIT_END.search(part.strip()) for part in parts) and len(text) < 300
    return bool(
        _UNIT_END.search(re.split(r"[、,;]|牵头|负责|按职|配合", text.split(":")[-1])[0].strip())
        or ":" in text
        or re.search(r"[局委办部厅府]", text)
    )


def _units(text: str, span: Span) -> Units:
    raw = text[slice(*span)]
    lead, participants = split_units(raw)
    return Units(re.sub(r"\s+", "", raw), lead, participants, span)


def split_units(raw: str) -> tuple[list[str], list[str]]:
    """Lead units and participants of a printed list. Units of a list that names no lead are all participants."""
    printed = re.sub(r"\s+", "", raw)
    note = _NOTE.search(normal(printed))
    if note:
        printed = printed[: note.start()] + printed[note.end() :]
    plain = normal(printed)
    lead: list[str] = []
    rest: list[str] = []
    labels = list(_LABELS.finditer(plain))
    if labels:
        for place, label in enumerate(labels):
            stop = labels[place + 1].start() if place + 1 < len(labels) else len(plain)
            names = _names(printed[label.end() : stop], plain[label.end() : stop])
            inner_lead, inner_rest = (
                (names, []) if label.group("lead") else _by_markers(printed[label.end() : stop], plain[label.end() : stop])
            )
            lead.extend(inner_lead)
            rest.extend(inner_rest)
    else:
        lead, rest = _by_markers(printed, plain)
    lead = list(dict.fromkeys(lead))
    return lead, [name for name in dict.fromkeys(rest) if name not in lead]


def _by_markers(printed: str, plain: str) -> tuple[list[str], list[str]]:
    lead: list[str] = []
    rest: list[str] = []
    place = 0
    for found in _MARKERS.finditer(plain):
        names = _names(printed[place : found.start()], plain[place : found.start()])
        if found.group("lead"):
            # A牵头，B、C配合：the lead is what stands between the last stop and the mark
            lead.extend(names)
        else:
            rest.extend(names)
        place = found.end()
    rest.extend(_names(printed[place:], plain[place:]))
    return lead, rest


def _names(printed: str, plain: str) -> list[str]:
    out: list[str] = []
    depth = begin = 0
    for place, char in enumerate(plain + "、"):
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char in "、,;。" and depth == 0:
            out.append(printed[begin:place])
            begin = place + 1
    names: list[str] = []
    for part in out:
        for piece in re.split(r"会同|以及", part):
            name = _CLASS.sub("", piece.strip()).strip("：:。；; ")
            name = re.sub(r"等(?:[省市区县]级|[省市区县]直)?(?:各)?(?:有关|相关)?(?:单位|部门|委办局)?$", "", name)
            if name and normal(name) not in {"(", ")"}:
                names.append(name)
    return names


def _closing_units(text: str, plain: str, structure: Structure, node: Node) -> list[tuple[Span, Units]]:
    """Units that close the node's own text, with the paragraph each of them closes."""
    stop = min((child.start for child in node.children), default=node.end)
    found: list[tuple[Span, Units]] = []
    for item in structure.paragraphs:
        if node.start <= item.start < stop:
            units = units_at_end(text, plain, item.start, item.end)
            if units:
                found.append(((item.start, item.end), units))
    return found


# --- tasks ----------------------------------------------------------------------------------------------------------


def _assigned_tasks(
    document: Document, structure: Structure, assigned: dict[int, list[tuple[Span, Units]]], indicators: list[Indicator]
) -> list[Task]:
    tasks: list[Task] = []
    for node in structure.nodes:
        own = assigned.get(id(node))
        ancestors = _ancestors(node)
        if own is None:
            leaf = not node.children or all(
                child.kind in {"titled", "dash", "box"} and id(child) not in assigned for child in node.children
            )
            covered = any(id(other) in assigned for other in ancestors)
            off = any(_NOT_TASK.search(other.title) for other in (node, *ancestors))
            if (
                not leaf
                or covered
                or off
                or node.kind in {"box", "dash", "annex"}
                or not ancestors
                or (node.kind == "titled" and len(ancestors) > 1)
            ):
                continue
        units = [entry[1] for entry in own or []]
        lead = list(dict.fromkeys(name for entry in units for name in entry.lead))
        rest = [name for name in dict.fromkeys(name for entry in units for name in entry.participants) if name not in lead]
        parent = next((other for other in reversed(ancestors) if other.kind != "titled"), None)
        tasks.append(
            Task(
                node.id,
                node.title,
                parent.label if parent else None,
                lead,
                rest,
                "；".join(entry.raw for entry in units),
                count_targets(indicators, (node.start, node.end)),
                1,
                (node.start, node.end),
                units[0].span if units else None,
            )
        )
    return tasks


def _ancestors(node: Node) -> list[Node]:
    out: list[Node] = []
    parent = node.parent
    while parent is not None:
        out.append(parent)
        parent = parent.parent
    return list(reversed(out))


def _tree(document: Document, structure: Structure, indicators: list[Indicator]) -> list[Task]:
    flat = all(node.kind == "titled" for node in structure.nodes)
    tasks: list[Task] = []
    for place, node in enumerate(structure.nodes, start=1):
        title = (
            place == 1
            and node.kind == "plain"
            and re.search(r"(?:规划|计划|方案|措施|纲要|意见|要点|报告|办法)(?:\(.*\))?$", normal(node.title))
        )
        if node.kind == "annex" or title:
            continue
        tasks.append(
            Task(
                f"P{place:02d}" if flat else node.id,
                node.title,
                node.parent.label if node.parent else None,
                [],
                [],
                "",
                count_targets(indicators, (node.start, node.end)),
                node.depth,
                (node.start, node.end),
            )
        )
    return tasks


# --- task tables ----------------------------------------------------------------------------------------------------

_COLUMN_LEAD = re.compile(r"牵头|主办|主要责任")
_COLUMN_UNITS = re.compile(r"责任(?:单位|部门|主体)|配合|参与|协办|落实单位|实施单位|承办")
_COLUMN_TASK = re.compile(r"任务|举措|措施|事项|工作内容|主要内容|项目名称|工作要点")


def _from_tables(document: Document, tables: list[Table]) -> list[Task]:
    """Tasks of a division-of-labour table (序号, 任务, 牵头单位, 配合单位)."""
    tasks: list[Task] = []
    for table in tables:
        for depth, head in enumerate(table.rows[:3]):
            titles = [squash(normal(cell.text)) for cell in head]
            lead = next((place for place, title in enumerate(titles) if _COLUMN_LEAD.search(title)), None)
            rest = [place for place, title in enumerate(titles) if _COLUMN_UNITS.search(title) and place != lead]
            names = [place for place, title in enumerate(titles) if _COLUMN_TASK.search(title) and place != lead and place not in rest]
            if names and (lead is not None or rest):
                tasks.extend(_table_rows(table.rows[depth + 1 :], titles, names[-1], lead, rest))
                break
    return tasks


def _table_rows(rows: tuple[tuple[Cell, ...], ...], titles: list[str], name: int, lead: int | None, rest: list[int]) -> list[Task]:
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
                None,
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
