"""The gap of one firm: what would turn the verdict, what time alone will change, what will lapse, and what to ask for first.

Every way out is checked by judging the changed firm again. The order of the ways out follows the rulebook's weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, product
from typing import Any

from .assessing import Assessment, Judged, Verdict, assess_prepared, joined, pair_of, truth_of, verdict_of
from .model import Condition, Criterion, PointsTest
from .numbers import Constant, Facts, Sum, Undefined
from .preparing import change
from .quantities import SCALE, Kind, as_number, from_days
from .solving import STEP, Move, bound, raised, rising, smallest, ways
from .truths import Compare, Test

OPTIONS = 4  # ways out that are told of, per condition and for the whole
TRIES = 4000  # combinations of moves that are tried for a score
ForDay = Callable[[date], Criterion | None]


@dataclass(frozen=True, slots=True)
class WayOut:
    """`condition` "" : for the whole criterion. `then`: the verdict on the changed firm."""

    condition: str
    move: Move
    then: Verdict


def gap_of(assessment: Assessment, for_day: ForDay | None = None) -> list[dict[str, Any]]:
    """The gap as plain data, a list of entries by `kind`: combination, condition, experts, ask, time, lapse, rule.

    `for_day` gives the criterion in force on another day, for what time alone will change.
    """
    found: list[dict[str, Any]] = []
    if assessment.verdict in {Verdict.NOT_MET, Verdict.UNKNOWN}:
        criterion, facts = assessment.criterion, assessment.prepared.facts
        search = Search(criterion, facts)
        if assessment.verdict is Verdict.NOT_MET:
            found += [told(criterion, facts, way) for way in ways_out(assessment, search, for_day) if way.move.values]
        found += per_condition(assessment, search)
    found += experts(assessment)
    if assessment.verdict is Verdict.UNKNOWN:
        found += asks(assessment)
    found += by_time(assessment, for_day)
    found += lapsing(assessment)
    return found


def after(criterion: Criterion, assessment: Assessment, values: Iterable[tuple[str, int | None]]) -> Assessment:
    """The firm judged again with some facts changed, by `criterion` (that of the assessment, or the same on another day)."""
    return assess_prepared(criterion, change(criterion, assessment.prepared, dict(values)))


# ---- changes


class Search:
    """Looks for moves for one firm; what was found for a condition is kept."""

    def __init__(self, criterion: Criterion, facts: Facts) -> None:
        self.criterion, self.facts = criterion, facts
        self.pairs = {condition.id: pair_of(condition, facts) for condition in criterion.conditions}
        self.kept: dict[str, list[Move]] = {}

    def for_formula(self, formula: Any) -> list[Move]:
        """Moves after which `formula` is no longer false, the cheapest first."""
        if isinstance(formula, str):
            condition = self.criterion.condition(formula)
            days = days_short(condition, self.facts)
            return [Move((), 0, days)] if days else self.for_condition(condition)
        word, parts = formula
        each = [self.for_formula(part) for part in parts if joined(part, self.pairs)[1] is False]
        moves = [move for moves in each for move in moves] if word == "or" else [_together(chosen) for chosen in _combined(each)]
        return sorted(moves, key=lambda move: move.cost)[: OPTIONS * 4]

    def for_condition(self, condition: Condition) -> list[Move]:
        """Moves after which the condition is no longer false, the cheapest first."""
        if condition.id not in self.kept:
            test = condition.test
            if isinstance(test, PointsTest):
                self.kept[condition.id] = _for_points(self.criterion, self.facts, condition, test)
            else:
                self.kept[condition.id] = sorted(ways(self.criterion, self.facts, test), key=lambda move: move.cost)[:OPTIONS]
        return self.kept[condition.id]


def ways_out(assessment: Assessment, search: Search, for_day: ForDay | None = None) -> list[WayOut]:
    """The cheapest combinations of changes after which the verdict is no longer `not_met`, each needing all of its parts. Where a
    condition only needs time, the changed firm is judged on the day when that time is over."""
    criterion, facts = assessment.criterion, assessment.prepared.facts
    found: list[WayOut] = []
    for move in search.for_formula(criterion.requires):
        names = {name for name, _ in move.values}
        if any({name for name, _ in way.move.values} <= names for way in found):
            continue
        later = criterion
        if move.wait:
            day = for_day(criterion.on + timedelta(days=move.wait)) if for_day else None
            if day is None:
                continue
            later = day
        move = tightened(later, facts, move)
        changed = after(later, assessment, move.values)
        if changed.verdict is not Verdict.NOT_MET and not changed.prepared.problems and _needed(later, facts, move):
            found.append(WayOut("", move, changed.verdict))
        if len(found) == OPTIONS:
            break
    return found


def tightened(criterion: Criterion, facts: Facts, move: Move) -> Move:
    """The move with every rise as small as it can be beside the others: moves are found one by one, and one may do part of another's
    work (more income lowers a ratio to income, so a lower band has to do, and takes less)."""
    led = _led(criterion, move)
    parts = {name: (name, value) for name, value in move.values if name not in led}
    for _ in range(4):  # one rise made smaller may let another be smaller; as good as always twice is enough
        before = dict(parts)
        for name in parts:
            _tighten(criterion, facts, parts, name)
        if parts == before:
            break
    return _rebuilt(criterion, facts, parts, move.wait)


def _tighten(criterion: Criterion, facts: Facts, parts: dict[str, tuple[str, int]], name: str) -> None:
    fact, before, value = criterion.facts[name], facts[name], parts[name][1]
    if fact.change is None or not fact.change.up or before is None:
        return
    step = STEP[fact.kind]

    def holds(by: int) -> bool:
        smaller = _rebuilt(criterion, facts, {**parts, name: (name, before + by)}, 0)
        return truth_of(criterion, smaller.applied(facts))[1] is not False

    if value - before > step and holds(value - before) and holds(value - before - step):
        by = smallest(holds, step, value - before)
        if by is not None:
            parts[name] = (name, before + by)


def _rebuilt(criterion: Criterion, facts: Facts, parts: Mapping[str, tuple[str, int]], wait: int) -> Move:
    moves = []
    for name, value in parts.values():
        fact, before = criterion.facts[name], facts[name]
        rise = raised(criterion, facts, fact, value - before) if fact.change and fact.change.up and before is not None else None
        moves.append(rise or Move(((name, value),), fact.change.yuan * 1000 if fact.change else 0))
    together = _together(moves)
    return Move(together.values, together.cost, wait)


def _needed(criterion: Criterion, facts: Facts, move: Move) -> bool:
    """True when no value of the move could be left as it is."""
    led = _led(criterion, move)
    for name, _ in move.values:
        if name in led:
            continue
        how = criterion.facts[name].change
        kept = {name, *(how.also if how else ())}
        rest = Move(tuple(pair for pair in move.values if pair[0] not in kept), 0)
        if rest.values and truth_of(criterion, rest.applied(facts))[1] is not False:
            return False
    return True


def _led(criterion: Criterion, move: Move) -> set[str]:
    """Facts of a move that only move along with another."""
    return {code for name, _ in move.values if (how := criterion.facts[name].change) for code in how.also}


def _combined(each: list[list[Move]]) -> Iterator[tuple[Move, ...]]:
    """Products of the first moves of each part, few enough to try them all."""
    width = OPTIONS if len(each) <= 3 else 2 if len(each) <= 6 else 1
    return product(*(moves[:width] for moves in each))


def _together(moves: Iterable[Move]) -> Move:
    """All of `moves`: where two change one fact, the larger change."""
    values: dict[str, int] = {}
    cost = wait = 0
    for move in moves:
        cost += move.cost
        wait = max(wait, move.wait)
        for name, value in move.values:
            values[name] = max(value, values.get(name, value))
    return Move(tuple(values.items()), cost, wait)


def _for_points(criterion: Criterion, facts: Facts, condition: Condition, test: PointsTest) -> list[Move]:
    assert test.limit.amount is not None
    short = test.limit.amount // SCALE[Kind.NUMBER] + (test.op == ">") - test.item.points(facts).high_most
    choices = [[None, *moves] for moves in rising(criterion, facts, test.item).values()]
    # Gains of different facts never add up to more than their sum: what falls short of it needs no trying.
    tried = [
        [choice for choice in chosen if choice]
        for chosen in islice(product(*choices), TRIES)
        if sum(choice[1] for choice in chosen if choice) >= short
    ]
    found: list[Move] = []
    for chosen in sorted(tried, key=lambda chosen: sum(move.cost for move, _ in chosen)):
        move = _together(move for move, _ in chosen)
        names = {name for name, _ in move.values}
        if any({name for name, _ in other.values} <= names for other in found):
            continue
        if pair_of(condition, move.applied(facts))[1] is not False:
            found.append(move)
            if len(found) == OPTIONS:
                break
    return found


def told(criterion: Criterion, facts: Facts, way: WayOut) -> dict[str, Any]:
    kind = {"kind": "condition", "condition": way.condition} if way.condition else {"kind": "combination"}
    if way.move.wait:
        kind["not_before"] = (criterion.on + timedelta(days=way.move.wait)).isoformat()
    return kind | {"changes": changes(criterion, facts, way.move), "weight_yuan": way.move.cost // 1000, "then": str(way.then)}


def changes(criterion: Criterion, facts: Facts, move: Move) -> list[dict[str, Any]]:
    """Each fact of a move with its value before and after, in yuan, persons, shares of 1."""
    led = _led(criterion, move)
    found = []
    for name, value in move.values:
        fact, before = criterion.facts[name], facts[name]
        entry: dict[str, Any] = {"fact": fact.column, "from": None if before is None else as_number(fact.kind, before)}
        entry["to"] = as_number(fact.kind, value)
        if before is not None and fact.kind is not Kind.FLAG:
            entry["by"] = as_number(fact.kind, value - before)
        if name in led:
            entry["moves_along"] = True
        found.append(entry)
    return found


def per_condition(assessment: Assessment, search: Search) -> list[dict[str, Any]]:
    """For each condition that fails: the smallest changes that would turn it, or else what its facts would have to be."""
    criterion, facts = assessment.criterion, assessment.prepared.facts
    found: list[dict[str, Any]] = []
    for judged in assessment.judged:
        if judged.verdict is not Verdict.NOT_MET:
            continue
        for move in search.for_condition(judged.condition):
            changed = after(criterion, assessment, move.values)
            if not changed.prepared.problems:  # e.g. R&D above sales: no way out, however well it would do
                then = changed.condition(judged.condition.id).verdict
                found.append(told(criterion, facts, WayOut(judged.condition.id, move, then)))
        bounds = limits(criterion, facts, judged)
        if bounds:
            found.append({"kind": "limit", "condition": judged.condition.id, "holds_if": bounds})
    return found


def limits(criterion: Criterion, facts: Facts, judged: Judged) -> list[dict[str, Any]]:
    """What each fact alone would have to be for the condition to hold."""
    test = judged.condition.test
    if not isinstance(test, Compare):
        return []
    found = []
    for name in dict.fromkeys(test.facts()):
        at = bound(criterion, facts, test, name)
        if at is not None:
            fact = criterion.facts[name]
            found.append({"fact": fact.column, at[0]: as_number(fact.kind, at[1])})
    return found


# ---- experts


def experts(assessment: Assessment) -> list[dict[str, Any]]:
    """Where experts decide: the points that are sure, those in their hands, and how many of them are needed."""
    found = []
    for judged in assessment.judged:
        test = judged.condition.test
        if not isinstance(test, PointsTest) or test.limit.amount is None or judged.verdict is not Verdict.DEPENDS:
            continue
        points = test.item.points(assessment.prepared.facts)
        limit = test.limit.amount // SCALE[Kind.NUMBER] + (test.op == ">")
        latitude = points.high_most - points.low_least
        found.append(
            {
                "kind": "experts",
                "condition": judged.condition.id,
                "sure": points.low_least,
                "needs": limit - points.low_least,
                "of": latitude,
            }
        )
    return found


# ---- unknowns


def asks(assessment: Assessment) -> list[dict[str, Any]]:
    """Missing facts, those first that decide most: whether one answer alone can settle the verdict, how many conditions wait for
    it, how many points hang on it. `source`: who can supply it; `holds_if`: what it would have to be."""
    criterion, facts = assessment.criterion, assessment.prepared.facts
    found = []
    for name in assessment.missing:
        if name not in criterion.facts:
            continue
        fact = criterion.facts[name]
        waiting = [judged for judged in assessment.judged if name in judged.missing]
        answers = answers_to(assessment, name)
        verdicts = {verdict_of(truth_of(criterion, {**facts, name: answer})) for answer in answers}
        settles = len(verdicts - {Verdict.UNKNOWN})
        points = sum(
            points.high_most - points.high_least
            for item in criterion.items()
            if not item.children() and name in set(item.facts())
            for points in [item.points(facts)]
        )
        entry: dict[str, Any] = {
            "kind": "ask",
            "fact": fact.column,
            "source": {"zh": fact.source.zh, "en": fact.source.en},
            "conditions": [judged.condition.id for judged in waiting],
            "points": points,
            "settles": sorted(str(verdict) for verdict in verdicts - {Verdict.UNKNOWN}),
        }
        enough = [
            {"condition": judged.condition.id, at[0]: as_number(fact.kind, at[1])}
            for judged in waiting
            if isinstance(judged.condition.test, Compare)
            and set(judged.condition.test.missing(facts)) == {name}
            and (at := bound(criterion, facts, judged.condition.test, name)) is not None
        ]
        if enough:
            entry["holds_if"] = enough
        found.append(((-settles, -len(waiting), -points), entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def answers_to(assessment: Assessment, name: str) -> list[int]:
    """Answers worth trying for a missing fact: none at all, very much, and on either side of each limit it alone decides."""
    criterion, facts = assessment.criterion, assessment.prepared.facts
    kind = criterion.facts[name].kind
    if kind is Kind.FLAG:
        return [0, 1]
    if kind is Kind.DATE:
        day = (criterion.on - date(1970, 1, 1)).days
        return [day, day - 3700]
    found = {0, SCALE[kind], 10**13 if kind is Kind.MONEY else 1000 * SCALE[kind] if kind is not Kind.SHARE else SCALE[kind]}
    tests: list[Test] = [judged.condition.test for judged in assessment.judged if isinstance(judged.condition.test, Compare)]
    for test in tests:
        if set(test.missing(facts)) == {name} and (at := bound(criterion, facts, test, name)) is not None:
            found |= {at[1], at[1] + 1, max(0, at[1] - 1)}
    return sorted(found)


# ---- time


def by_time(assessment: Assessment, for_day: ForDay | None) -> list[dict[str, Any]]:
    """Conditions that fail today and will hold on a day to come without anybody's doing; each looked at on that day."""
    criterion, facts = assessment.criterion, assessment.prepared.facts
    found: list[dict[str, Any]] = []
    for judged in assessment.judged:
        days = days_short(judged.condition, facts)
        if judged.verdict is not Verdict.NOT_MET or not days:
            continue
        day = criterion.on + timedelta(days=days)
        entry = {"kind": "time", "condition": judged.condition.id, "on": day.isoformat(), "days": days}
        later = for_day(day) if for_day else None
        if later is not None:
            entry["checked"] = str(after(later, assessment, ()).condition(judged.condition.id).verdict)
        found.append(entry)
    if criterion.in_force.to is not None:
        found.append({"kind": "rule", "on": criterion.in_force.to.isoformat(), "document": criterion.document.number})
    return found


def days_short(condition: Condition, facts: Facts) -> int | None:
    """Days until a number of days since some date is reached."""
    test = condition.test
    if not (isinstance(test, Compare) and isinstance(test.left, Sum) and test.left.kind is Kind.DAYS and test.op in {">=", ">"}):
        return None
    if not any(sign == 1 and isinstance(term, Constant) and term.name == "on" for sign, term in test.left.terms):
        return None
    left, right = test.left.value(facts), test.right.value(facts)
    if left is None or right is None or isinstance(left, Undefined) or isinstance(right, Undefined):
        return None
    return right[0] - left[0] + (test.op == ">")


def lapsing(assessment: Assessment) -> list[dict[str, Any]]:
    """Certificates that end on a known day, and the verdict without them."""
    criterion, facts = assessment.criterion, assessment.prepared.facts
    found = []
    for lapse in criterion.lapses:
        day, held = facts.get(lapse.date), facts.get(lapse.fact)
        if day is None or held is None or bool(held) is lapse.becomes:
            continue
        then = after(criterion, assessment, ((lapse.fact, int(lapse.becomes)),)).verdict
        found.append(
            {
                "kind": "lapse",
                "fact": criterion.facts[lapse.fact].column,
                "on": from_days(day).isoformat(),
                "verdict_then": str(then),
            }
        )
    return found


# ---- what if


@dataclass(frozen=True, slots=True)
class WhatIf:
    before: Assessment
    after: Assessment

    def as_data(self) -> dict[str, Any]:
        """The verdict, the score and every condition and item that moved."""
        conditions = {
            one.condition.id: [str(one.verdict), str(other.verdict)]
            for one, other in zip(self.before.judged, self.after.judged, strict=True)
            if one.verdict is not other.verdict
        }
        items = {}
        for item in self.before.criterion.items():
            one, other = item.points(self.before.prepared.facts), item.points(self.after.prepared.facts)
            if one != other:
                items[item.id] = [[one.low_least, one.high_most], [other.low_least, other.high_most]]
        return {"verdict": [str(self.before.verdict), str(self.after.verdict)], "conditions": conditions, "points": items}


def what_if(assessment: Assessment, changed: Mapping[str, int | None]) -> WhatIf:
    """The same firm with some facts changed (exact integers by fact code; None: unknown)."""
    return WhatIf(assessment, after(assessment.criterion, assessment, changed.items()))
