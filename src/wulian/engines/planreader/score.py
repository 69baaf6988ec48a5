"""Score of a reading against annotations, as the gold README recommends.

Indicators
    Names, units and sources are compared in half-width form without spaces and quotation marks. Both sides are first reduced
    to sets: lines with the same name, value, unit, year and kind count once. A predicted line can match a gold line when value, unit
    and year are equal and the names are alike (see `alike`). A gold line is found when some prediction matches it, a prediction is
    right when it matches some gold line, so repeated mentions are not punished either way. Each match weighs 1 when the kinds
    are equal or near-equal (`target` and `cumulative`, and the aims of one year `target` and `annual_target`), 0.5 otherwise.
    precision and recall are the weighted shares, `f1` their harmonic mean. `f1_strict` pairs lines one to one and asks for
    equal kind and equal comparator too (`=` and `>=` count as equal for aims).
Tasks
    A predicted task matches a gold task when the titles are alike (ratio of equal characters at least 0.85, or one begins with the other) and
    the printed numbers agree or one of them is missing. Pairs are one to one, in order. `lead` and `participants` are the shares of the
    matched tasks whose sets of units are equal; `units_right` asks for both. Immediate repetitions inside a unit
    name (区政府区政府, 区区) are reduced before comparing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from wulian.engines.planreader.errors import UnreadableLines
from wulian.engines.planreader.text import bare

Line = dict[str, Any]

_AIMS = frozenset({"target", "cumulative", "annual_target", "per_year"})
_NEAR = (frozenset({"target", "cumulative"}), frozenset({"target", "annual_target"}))
_UNIT_ALIASES = {"亿": "亿元", "万亿": "万亿元", "百分点": "个百分点", "人": "名", "％": "%"}
NAME_THRESHOLD = 0.5


def load(path: Path) -> list[Line]:
    """Objects of a JSONL file; a line that is not one raises `UnreadableLines` with its number."""
    lines: list[Line] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError:
            item = None
        if not isinstance(item, dict):
            raise UnreadableLines(path=path.name, line=number)
        lines.append(item)
    return lines


def score(predicted: list[Line], gold: list[Line]) -> dict[str, float | int]:
    """Figures of `predicted` against `gold`; which kind of lines they are is seen from their keys."""
    if any("title" in line for line in gold or predicted):
        return score_tasks(predicted, gold)
    return score_indicators(predicted, gold)


def alike(first: str, second: str) -> float:
    """Likeness of two names, 0 to 1: shared characters in order, or 0.9 when one holds the other."""
    one, two = _name(first), _name(second)
    if not one or not two:
        return 0.0
    if one == two:
        return 1.0
    if one in two or two in one:
        return 0.9
    ratio = SequenceMatcher(None, one, two, autojunk=False).ratio()
    pairs_one = {one[place : place + 2] for place in range(len(one) - 1)}
    pairs_two = {two[place : place + 2] for place in range(len(two) - 1)}
    smaller = min(len(pairs_one), len(pairs_two)) or 1
    return max(ratio, len(pairs_one & pairs_two) / smaller * 0.85)


def _name(text: str) -> str:
    body = re.sub(r"[()、,·—-]", "", bare(text or ""))
    return re.sub(r"(?:数量|总量|总数|数)$", "", body)


def _unit(text: str | None) -> str:
    body = bare(text or "")
    return _UNIT_ALIASES.get(body, body)


def _value(line: Line) -> float | None:
    value = line.get("value")
    return None if value is None else round(float(value), 6)


def _key(line: Line) -> tuple[float | None, str, Any]:
    unit = _unit(line.get("unit"))
    return (_value(line), "" if line.get("value") is None else unit, line.get("year"))


def _kinds_match(first: Any, second: Any) -> bool:
    return first == second or any({first, second} <= near for near in _NEAR)


def _unique(lines: Iterable[Line]) -> list[Line]:
    seen: dict[Any, Line] = {}
    for line in lines:
        seen.setdefault((_name(line.get("name", "")), _key(line), line.get("kind")), line)
    return list(seen.values())


def _best(line: Line, others: list[Line]) -> float:
    weights = [0.0]
    for other in others:
        if _key(line) == _key(other) and alike(line.get("name", ""), other.get("name", "")) >= NAME_THRESHOLD:
            weights.append(1.0 if _kinds_match(line.get("kind"), other.get("kind")) else 0.5)
    return max(weights)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score_indicators(predicted: list[Line], gold: list[Line]) -> dict[str, float | int]:
    """Precision, recall and F1 of quantities (see the module for what is counted)."""
    mine, theirs = _unique(predicted), _unique(gold)
    right = [_best(line, theirs) for line in mine]
    found = [_best(line, mine) for line in theirs]
    precision = sum(right) / len(mine) if mine else 0.0
    recall = sum(found) / len(theirs) if theirs else 0.0
    strict = _strict_pairs(predicted, gold)
    strict_precision = strict / len(predicted) if predicted else 0.0
    strict_recall = strict / len(gold) if gold else 0.0
    return {
        "predicted": len(mine),
        "gold": len(theirs),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(_f1(precision, recall), 4),
        "f1_strict": round(_f1(strict_precision, strict_recall), 4),
    }


def _comparators_match(first: Line, second: Line) -> bool:
    one, two = first.get("comparator"), second.get("comparator")
    return one == two or (first.get("kind") in _AIMS and {one, two} == {"=", ">="})


def _strict_pairs(predicted: list[Line], gold: list[Line]) -> int:
    free = list(range(len(predicted)))
    pairs = 0
    for line in gold:
        candidates = [
            (alike(line.get("name", ""), predicted[place].get("name", "")), -place)
            for place in free
            if _key(predicted[place]) == _key(line)
            and predicted[place].get("kind") == line.get("kind")
            and _comparators_match(predicted[place], line)
        ]
        candidates = [entry for entry in candidates if entry[0] >= NAME_THRESHOLD]
        if candidates:
            free.remove(-max(candidates)[1])
            pairs += 1
    return pairs


def _title(line: Line) -> str:
    return re.sub(r"[,、。:;()·]", "", bare(line.get("title", "")))


def _number(line: Line) -> str:
    return re.sub(r"[()、.\s—-]", "", bare(line.get("id") or ""))


def _units(names: Iterable[str]) -> set[str]:
    return {re.sub(r"(.{1,6}?)\1+", r"\1", bare(name)) for name in names}


def _same_task(first: Line, second: Line) -> bool:
    one, two = _title(first), _title(second)
    if not one or not two:
        return False
    begins = min(len(one), len(two)) >= 4 and (one.startswith(two) or two.startswith(one))
    if not begins and SequenceMatcher(None, one, two, autojunk=False).ratio() < 0.85:
        return False
    numbers = _number(first), _number(second)
    return numbers[0] == numbers[1] or not all(numbers)


def score_tasks(predicted: list[Line], gold: list[Line]) -> dict[str, float | int]:
    """F1 of tasks, and among the matched ones the shares with equal lead, participants, and both."""
    free = list(range(len(predicted)))
    pairs: list[tuple[Line, Line]] = []
    for line in gold:
        place = next((place for place in free if _same_task(predicted[place], line)), None)
        if place is not None:
            free.remove(place)
            pairs.append((predicted[place], line))
    precision = len(pairs) / len(predicted) if predicted else 0.0
    recall = len(pairs) / len(gold) if gold else 0.0
    lead = sum(_units(mine.get("lead", [])) == _units(other.get("lead", [])) for mine, other in pairs)
    rest = sum(_units(mine.get("participants", [])) == _units(other.get("participants", [])) for mine, other in pairs)
    both = sum(
        _units(mine.get("lead", [])) == _units(other.get("lead", []))
        and _units(mine.get("participants", [])) == _units(other.get("participants", []))
        for mine, other in pairs
    )
    counted = sum(mine.get("n_targets") == other.get("n_targets") for mine, other in pairs)
    matched = len(pairs) or 1
    return {
        "predicted": len(predicted),
        "gold": len(gold),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(_f1(precision, recall), 4),
        "lead": round(lead / matched, 4),
        "participants": round(rest / matched, 4),
        "units_right": round(both / matched, 4),
        "n_targets_right": round(counted / matched, 4),
    }
