"""Indicators from sentences in the cells of tables: measures of a table of divided labour, the projects of a box (专栏)."""

from __future__ import annotations

import re

from wulian.engines.planreader.context import ACHIEVED, Period, section_tense
from wulian.engines.planreader.model import Cell, Document, Indicator, Table
from wulian.engines.planreader.sentence import Sentence
from wulian.engines.planreader.stating import State
from wulian.engines.planreader.structure import Structure, sentences
from wulian.engines.planreader.text import normal, squash

# Columns that hold no aim: units, people, times, notes.
_BESIDE = re.compile(r"序号|编号|单位|部门|主体|领导|负责|责任|联系|电话|时限|时间|期限|节点|备注|地点|地址|属性|依据|来源|要求$")
# Tables of building projects: what one project costs and how large it is.
_PROJECTS = re.compile(r"建设(?:内容|规模|性质|地点|年限)|总投资|项目(?:单位|业主)")
_SENTENCE = re.compile(r"\d[^\d]*[\u4e00-\u9fff]|[\u4e00-\u9fff]{2}[^\d]*\d")


def read_cells(document: Document, tables: list[Table], structure: Structure, period: Period | None) -> list[Indicator]:
    """Indicators stated in the cells of `tables`, which are none of indicators."""
    plain = normal(document.text)
    found: list[Indicator] = []
    for table in tables:
        head = [squash(normal(cell.text)) for cell in table.rows[0]] if len(table.rows) > 1 else []
        if any(_PROJECTS.search(title) for title in head):
            continue
        default, horizon = section_tense(structure.path(table.start), table.start, None, None)
        read: set[int] = set()
        for row in table.rows:
            for place, cell in enumerate(row):
                title = head[place] if place < len(head) else ""
                if cell.start in read or _BESIDE.search(title) or not _tells(cell):
                    continue
                read.add(cell.start)  # a merged cell stands in several rows
                years = [int(year) for year in re.findall(r"(?:19|20)\d{2}(?=年)", title)]
                reached = ACHIEVED.search(title) or re.search(r"进展|现状", title)
                state_of = "actual" if reached else default
                for low, high in sentences(plain, cell.start, cell.end):
                    state = State(years[-1] if years else horizon, None, state_of, horizon=horizon)
                    Sentence(document.text, plain, low, high, period, state, []).read()
                    found.extend(state.out)
    return found


def _tells(cell: Cell) -> bool:
    """Whether a cell holds more than a number, a name or a time."""
    body = squash(normal(cell.text))
    return len(body) >= 6 and bool(_SENTENCE.search(body))
