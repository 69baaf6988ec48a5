"""Tasks with their responsible units, or the heading tree of a plan that assigns none.

A plan that closes its tasks with units in brackets (or with a line `责任单位：…`) is read as a list of tasks: its items under tasks
and safeguards, flat. Any other plan is read as its heading tree with depth, because there the headings are all there is.
"""

from __future__ import annotations

import re

from wulian.engines.planreader import tables as tb
from wulian.engines.planreader.model import Document, Indicator, Span, Table, Task
from wulian.engines.planreader.responsible import FIRST_LEADS, Units, units_of
from wulian.engines.planreader.structure import Node, Structure
from wulian.engines.planreader.task_tables import tasks_from_tables
from wulian.engines.planreader.text import normal

_NOT_TASK = re.compile(
    r"总体(?:要求|思路|目标)|指导思想|基本原则|(?:工作|发展|主要|行动|总体|思路|预期)目标|目标(?:任务|要求)?$|形势|基础|背景|现状|思路|附件|附则|适用范围|工作要求$"
)


def read_tasks(
    document: Document, structure: Structure, grids: list[tb.Grid], tables: list[Table], indicators: list[Indicator]
) -> list[Task]:
    """Tasks in document order. `lead` holds only units that the plan marks as leading."""
    plain = normal(document.text)
    assigned = {id(node): units for node in structure.nodes if (units := _closing_units(document.text, plain, structure, node))}
    listed = tasks_from_tables(document, tables)
    for task in listed:
        task.n_targets = count_targets(indicators, task.span)
    if assigned:
        tasks = _assigned_tasks(document, structure, assigned, indicators)
    elif listed:
        tasks = []
    else:
        tasks = _tree(document, structure, indicators)
    tasks.extend(listed)
    if FIRST_LEADS.search(plain):
        for task in tasks:
            if not task.lead and task.participants:
                task.lead, task.participants = task.participants[:1], task.participants[1:]
    return sorted(tasks, key=lambda task: task.span)


def count_targets(indicators: list[Indicator], span: Span) -> int:
    """Aims whose source starts inside `span`."""
    aims = {"target", "annual_target", "cumulative", "per_year"}
    return sum(1 for item in indicators if item.kind in aims and span[0] <= item.span[0] < span[1])


def _closing_units(text: str, plain: str, structure: Structure, node: Node) -> list[tuple[Span, Units]]:
    """Units that close the node's own text, with the paragraph each of them closes."""
    stop = min((child.start for child in node.children), default=node.end)
    found: list[tuple[Span, Units]] = []
    for item in structure.paragraphs:
        if node.start <= item.start < stop:
            found.extend(((item.start, item.end), units) for units in units_of(text, plain, item.start, item.end))
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
