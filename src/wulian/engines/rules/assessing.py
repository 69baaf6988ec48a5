"""One firm against one criterion: verdict, score, each condition with value, limit, article and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wulian.kernel.truth import Truth, all_of, any_of

from .model import Condition, Criterion, PointsTest
from .numbers import Facts, Number, Undefined, Value
from .points import Bands, Item, Points
from .preparing import Prepared, prepare
from .quantities import SCALE, Kind, as_number
from .truths import All, Any_, Compare, FlagTest, Not, Test


class Verdict(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"  # something is missing, or the text needs confirmation
    DEPENDS = "depends"  # on the experts alone


Pair = tuple[Truth, Truth]  # with the strictest experts, with the most generous


def verdict_of(pair: Pair) -> Verdict:
    strict, generous = pair
    if strict is True:
        return Verdict.MET
    if generous is False:
        return Verdict.NOT_MET
    return Verdict.DEPENDS if strict is False and generous is True else Verdict.UNKNOWN


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition for one firm. `value` and `threshold` are for reading; `missing` names facts, or a parameter or condition
    that needs confirmation (`parameter:…`)."""

    condition: Condition
    pair: Pair
    value: Any
    threshold: Any
    missing: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.pair)


@dataclass(frozen=True, slots=True)
class Assessment:
    criterion: Criterion
    prepared: Prepared
    pair: Pair
    judged: tuple[Judged, ...]
    points: Points | None
    needs_confirmation: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        return Verdict.UNKNOWN if "validity" in self.needs_confirmation else verdict_of(self.pair)

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that keep the verdict from being told."""
        if self.verdict is not Verdict.UNKNOWN:
            return ()
        return _once(name for judged in self.judged if judged.verdict in {Verdict.UNKNOWN, Verdict.DEPENDS} for name in judged.missing)

    def condition(self, id_: str) -> Judged:
        return next(judged for judged in self.judged if judged.condition.id == id_)


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def assess(criterion: Criterion, cells: Mapping[str, int | None]) -> Assessment:
    """Judge one firm. `cells`: exact integers by fact code (see `quantities`), None or absent where unknown."""
    return assess_prepared(criterion, prepare(criterion, cells))


def assess_prepared(criterion: Criterion, prepared: Prepared) -> Assessment:
    facts = prepared.facts
    pairs = {condition.id: pair_of(condition, facts) for condition in criterion.conditions}
    judged = tuple(_judged(condition, pairs[condition.id], facts) for condition in criterion.conditions)
    points = criterion.score.points(facts) if criterion.score else None
    needs = ["validity"] if criterion.validity_unconfirmed else []
    needs += _once(name for one in judged for name in one.missing if ":" in name)
    return Assessment(criterion, prepared, joined(criterion.requires, pairs), judged, points, tuple(needs))


def truth_of(criterion: Criterion, facts: Facts) -> Pair:
    """The bare verdict, without anything to read: for trying out changes."""
    return joined(criterion.requires, {condition.id: pair_of(condition, facts) for condition in criterion.conditions})


def pair_of(condition: Condition, facts: Facts) -> Pair:
    test = condition.test
    if isinstance(test, PointsTest):
        if test.limit.amount is None:
            return None, None
        points, limit = test.item.points(facts), test.limit.amount // SCALE[Kind.NUMBER]
        return reached(test.op, points.low_least, points.low_most, limit), reached(test.op, points.high_least, points.high_most, limit)
    truth = test.truth(facts)
    return truth, truth


def reached(op: str, least: int, most: int, limit: int) -> Truth:
    if op == ">=":
        return True if least >= limit else None if most >= limit else False
    return True if least > limit else None if most > limit else False


def joined(formula: Any, pairs: Mapping[str, Pair]) -> Pair:
    if isinstance(formula, str):
        return pairs[formula]
    word, parts = formula
    join = all_of if word == "and" else any_of
    each = [joined(part, pairs) for part in parts]
    return join(pair[0] for pair in each), join(pair[1] for pair in each)


def _judged(condition: Condition, pair: Pair, facts: Facts) -> Judged:
    test = condition.test
    if isinstance(test, PointsTest):
        points = test.item.points(facts)
        value: Any = points.low_least if points.low_least == points.high_most else [points.low_least, points.high_most]
        undecided = verdict_of(pair) is Verdict.UNKNOWN
        missing = _once(test.item.missing(facts)) if undecided else ()
        limit = None if test.limit.amount is None else test.limit.amount // SCALE[Kind.NUMBER]
        return Judged(condition, pair, value, limit, missing if test.limit.amount is not None else (f"parameter:{test.limit.id}",))
    value, threshold = shown(test, facts)
    return Judged(condition, pair, value, threshold, _once(test.missing(facts)))


def shown(test: Test, facts: Facts) -> tuple[Any, Any]:
    """What a test compares and with what, as plain numbers (yuan, persons, shares of 1, true or false)."""
    match test:
        case Compare():
            return readable(test.left, test.left.value(facts)), readable(test.right, test.right.value(facts))
        case FlagTest(name=name):
            return (None if facts[name] is None else bool(facts[name])), True
        case Not(test=FlagTest(name=name)):
            return (None if facts[name] is None else bool(facts[name])), False
        case All(tests=tests) | Any_(tests=tests):
            deciding = test.truth(facts)
            part = next((one for one in tests if one.truth(facts) is deciding), tests[0])
            return shown(part, facts)
    truth = test.truth(facts)
    return truth, True


def readable(number: Number, value: Value) -> Any:
    if value is None or isinstance(value, Undefined):
        return None
    n, d = value
    if d == 1:
        return as_number(number.kind, n)
    scale = SCALE[number.kind]
    return n // (d * scale) if n % (d * scale) == 0 else n / (d * scale)


def item_tree(item: Item, facts: Facts) -> dict[str, Any]:
    """A node of the score with its points, what was compared, and its parts."""
    points = item.points(facts)
    node: dict[str, Any] = {
        "id": item.id,
        "label": {"zh": item.label.zh, "en": item.label.en},
        "article": item.article,
        "points": [points.low_least, points.high_most],
        "most": item.most,
    }
    if isinstance(item, Bands):
        node["value"] = readable(item.value, item.value.value(facts))
        band = next((band for band in item.bands if band.test.truth(facts)), None)
        if band is not None:
            node["band"] = f"{band.test.op} {readable(band.test.right, band.test.right.value(facts))}"
    missing = _once(item.missing(facts))
    if missing:
        node["missing"] = list(missing)
    if item.children():
        node["items"] = [item_tree(child, facts) for child in item.children()]
    return node


def test_tree(test: Test, facts: Facts) -> dict[str, Any]:
    """A test with its value and limit, down to the facts that it read."""
    value, threshold = shown(test, facts)
    node: dict[str, Any] = {"holds": test.truth(facts)}
    if isinstance(test, Compare):
        node |= {"op": test.op, "value": value, "threshold": threshold}
        if parameters := sorted({parameter.id for parameter in test.parameters()}):
            node["parameters"] = parameters
    word = {All: "and", Any_: "or", Not: "not"}.get(type(test))
    if word:
        node |= {"all" if word == "and" else "any" if word == "or" else "not": [test_tree(part, facts) for part in test.parts()]}
    else:
        node["facts"] = {name: facts[name] for name in dict.fromkeys(test.facts())}
    return node
