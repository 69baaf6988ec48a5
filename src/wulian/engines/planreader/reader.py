"""One pass over a document: structure, tables, indicators, tasks and findings."""

from __future__ import annotations

import re

from wulian.engines.planreader import tables as tb
from wulian.engines.planreader.context import Period, find_period
from wulian.engines.planreader.indicators import read_indicators
from wulian.engines.planreader.lint import lint
from wulian.engines.planreader.model import Document, Plan, ReadingWarning, Span, Table
from wulian.engines.planreader.spaced import read_spaced
from wulian.engines.planreader.structure import is_furniture, read_structure
from wulian.engines.planreader.tasks import read_tasks
from wulian.engines.planreader.text import normal

_TITLE = re.compile(
    r"规划|计划|方案|措施|纲要|意见|要点|报告|办法|安排|打算|总结|(?:任务|工作|目标)[^,。;:]{0,8}(?:清单|分工|分解|台账|表$)"
)
_WHOLE_TITLE = re.compile(
    r"^(?!.*(?:印发|关于|最新|解读|发布|《)).{4,}(?:规划|计划|方案|措施|纲要|意见|要点|报告|办法|安排|清单|分工表|分解表)(?:\(.{2,14}\))?$"
)
_OPENS = re.compile(r"(?:第?[一二三四五六七八九十]{1,3}[、章节篇.]|\([一二三四五六七八九十]|\d+[、.]|各|为|根据|前言|目录)")
_DATED = re.compile(r"\d{4}|五[”\"]?(?:时期|规划|科技|发展|[“”\"])|第[一二三四五六七八九十]+个五年")
_NOT_TITLE = re.compile(r"^(?:关于印发|各区|各县|各市|当前位置|附件)|通知$|印发给|位置:|请.*执行|贯彻|为深入|根据|《[^》]*》.{6,}")


def read_plan(document: Document) -> Plan:
    """Everything that can be read from `document`; never raises on text, however damaged."""
    titles = title_lines(document)
    period = find_period(document.text, titles)
    tables = [block.table for block in document.blocks if block.table is not None] + tb.split_table(document)
    grids = [grid for table in tables if (grid := tb.read_grid(table, period))]
    taken = [(table.start, table.end) for table in tables]
    grids += [grid for grid in tb.read_flattened(document, period) if not any(low <= grid.start < high for low, high in taken)]
    grids += read_spaced(document, period, [*taken, *((grid.start, grid.end) for grid in grids)])
    grids.sort(key=lambda grid: grid.start)
    spans = sorted({*taken, *((grid.start, grid.end) for grid in grids)})
    structure = read_structure(document, spans)
    indicators = read_indicators(document, grids, tables, structure, period)
    tasks = read_tasks(document, structure, grids, tables, indicators)
    warnings = list(document.warnings)
    if not any(item.value is not None for item in indicators):
        warnings.append(
            ReadingWarning(
                "no_numbers",
                "全文没有读到带数字的指标。可能这份文件本来就没有数字，也可能目标在图片或附件里：请核对原件。",
                "No indicator with a number was found. The plan may have none, or its targets may be in an image or an annex: please check.",
            )
        )
    if period is None:
        warnings.append(
            ReadingWarning(
                "no_period",
                "没有读出规划期，没有写明年份的目标因此没有年份：请在核对时填写起止年份。",
                "The period of the plan was not found, so targets without a printed year have none: please enter the years when reviewing.",
            )
        )
    findings = lint(document, structure, grids, indicators, tasks)
    years = (period.start, period.end) if period else None
    return Plan(document, titles[0] if titles else "", years, indicators, tasks, findings, warnings)


def title_lines(document: Document) -> list[str]:
    """Lines near the top that read like the title of a plan, best first; wrapped titles are joined."""
    plain = normal(document.text)
    lines = [plain[block.start : block.end].strip() for block in document.blocks[:40] if block.kind != "table"]
    lines = [line for line in lines if line and not is_furniture(line)][:20]
    found: list[str] = []
    for place, line in enumerate(lines):
        joined = line
        if (
            place + 1 < len(lines)
            and len(line) <= 40
            and len(lines[place + 1]) <= 30
            and not _OPENS.match(lines[place + 1])
            and not re.search(r"[。;]", line + lines[place + 1])
        ):
            joined = line + lines[place + 1]
        named = re.search(r"《([^《》]{6,60})》", line + (lines[place + 1] if place + 1 < len(lines) else ""))
        if named and re.search(r"印发|发布|公布", line) and _TITLE.search(named.group(1)):
            found.append(named.group(1))
        for candidate in (line, joined):
            if (
                not _OPENS.match(candidate)
                and not candidate.startswith("(")
                and len(candidate) <= 80
                and _TITLE.search(candidate)
                and not re.search(r"[。;]", candidate)
            ):
                found.append(candidate)
    quoted = re.findall(r"《([^《》]{6,60})》", plain[:3000])
    found.sort(key=lambda line: (not _WHOLE_TITLE.search(line), not _DATED.search(line), bool(re.match(r"\d{4}年\d+月", line))))
    good = [line for line in found if not _NOT_TITLE.search(line)]
    return list(dict.fromkeys(good + [line for line in found if line not in good] + [name for name in quoted[:2] if _TITLE.search(name)]))


def plan_period(document: Document) -> Period | None:
    """Years that the plan covers, from its title or its text."""
    return find_period(document.text, title_lines(document))


def table_spans(tables: list[Table]) -> list[Span]:
    """Places of tables."""
    return [(table.start, table.end) for table in tables]
