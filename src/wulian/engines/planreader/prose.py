"""Indicators from running text.

Paragraphs are read sentence by sentence. Year and tense are carried along a sentence and, where a past time or a horizon opens it,
to the sentences behind it; what a section speaks of (results or aims) decides where the wording does not.
"""

from __future__ import annotations

import re

from wulian.engines.planreader.context import (
    Period,
    is_guiding,
    opening_past,
    report_turn,
    section_tense,
    tense,
    year_marks,
)
from wulian.engines.planreader.model import Document, Indicator, Span
from wulian.engines.planreader.sentence import Sentence
from wulian.engines.planreader.stating import State
from wulian.engines.planreader.structure import Structure, sentences
from wulian.engines.planreader.text import normal
from wulian.engines.planreader.units import UNIT

_COUNTS = re.compile(rf"\d\s*(?:{UNIT})")
_ITEM_MARK = re.compile(r"\s*(?:\d{1,3}[.、](?!\d)|\(\d{1,3}\)|[①-⑳])\s*")
_OPENS_AHEAD = re.compile(r"\s*(?:力争|争取|展望)?[到至]?\s*20\d{2}年")


def read_prose(document: Document, structure: Structure, period: Period | None) -> list[Indicator]:
    """Indicators stated in the running text of `document`, in order."""
    plain = normal(document.text)
    skip = _unit_brackets(document)
    guided = next((item.start for item in structure.paragraphs if is_guiding(plain[item.start : item.end])), None)
    turn = report_turn(plain)
    found: list[Indicator] = []
    titles = {node.start: node for node in structure.nodes}
    ahead: int | None = None
    past: int | None = None
    for item in structure.paragraphs:
        node = titles.get(item.start)
        begin = item.start
        if node is not None:
            if not node.run_in:
                begin = (
                    item.start
                    if _carries_target(plain[item.start : item.end]) and node.kind in {"digit", "digit_bracket", "dash"}
                    else item.end
                )
            elif node.kind not in {"digit_bracket", "digit", "dash", "article"} or (
                len(plain[item.start : node.title_end]) <= 34 and not _COUNTS.search(plain, item.start + 3, node.title_end)
            ):
                begin = node.title_end
        mark = _ITEM_MARK.match(plain, begin, item.end) if node is not None and begin == item.start else None
        begin = mark.end() if mark else begin
        if begin >= item.end:
            continue
        default, horizon = section_tense(structure.path(item.start), item.start, guided, turn)
        if node is not None:
            ahead = None
        carried: int | None = horizon or (ahead if default == "target" else None)
        if period is not None or node is not None:
            past = None  # a text that is no plan goes on with the year it opened with
        for low, high in sentences(plain, begin, item.end):
            body = plain[low:high]
            opening = opening_past(body, period)
            past = opening or (None if any(mark.carries and not mark.past for mark in year_marks(body, period)) else past)
            told = past is not None and opening is None and tense(body) != "target"
            state = State(past if told else carried, None, "actual" if told else default, horizon=carried)
            Sentence(document.text, plain, low, high, period, state, skip).read()
            found.extend(state.out)
            if state.horizon:
                carried = state.horizon
            # A page that breaks a paragraph after 到2030年，…。 leaves that horizon in force.
            ahead = carried if _OPENS_AHEAD.match(body) else None
    return found


def _carries_target(line: str) -> bool:
    return bool(re.search(r"\d", line[3:])) and len(line) > 12


def _unit_brackets(document: Document) -> list[Span]:
    plain = normal(document.text)
    pattern = re.compile(r"\([^()]*(?:负责|牵头|责任单位|配合单位|按职责)[^()]*\)")
    return [found.span() for found in pattern.finditer(plain)]
