"""The smallest change of one fact that makes a test hold: along a straight line where it is one, otherwise by doubling until it
holds and then halving."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from wulian.kernel.truth import Truth

from .model import Criterion, Fact
from .numbers import FactNumber, Facts, Tier, Undefined
from .points import Bands, Given, Item
from .quantities import SCALE, Kind
from .truths import All, Any_, Compare, FlagTest, Not, Sign, Test

# What counts as one step of a change: a fen, a whole person or thing, a hundredth of a per cent.
STEP = {Kind.MONEY: 1, Kind.PERSONS: 10**6, Kind.NUMBER: 10**6, Kind.SHARE: 10**5, Kind.DAYS: 1, Kind.DATE: 1}
HARDEST = {Kind.MONEY: 10**14, Kind.PERSONS: 10**12, Kind.NUMBER: 10**9, Kind.SHARE: 10**9}


@dataclass(frozen=True, slots=True)
class Move:
    """New values of some facts, what they weigh against other ways out (thousandths of a yuan, by the rulebook's weights), and
    the days to wait before all conditions can hold."""

    values: tuple[tuple[str, int], ...]
    cost: int
    wait: int = 0

    def applied(self, facts: Facts) -> dict[str, int | None]:
        return {**facts, **dict(self.values)}


def raised(criterion: Criterion, facts: Facts, fact: Fact, by: int) -> Move | None:
    """The move that raises `fact` by `by`, with the facts that move along where they are known."""
    assert fact.change is not None
    value = facts[fact.code]
    if value is None:
        return None
    values = [(fact.code, value + by)]
    for code in fact.change.also:
        other = facts.get(code)
        if other is not None:
            values.append((code, other + by))
    return Move(tuple(values), by * fact.change.yuan * 1000 // SCALE[fact.kind])


def smallest(holds: Callable[[int], Truth], step: int, most: int) -> int | None:
    """The smallest multiple of `step` up to `most` for which `holds`; None where none does. `holds` must stay true once true."""
    low, high, most = 0, step, most // step * step
    while not holds(high):
        if high >= most:
            return None
        low, high = high, min(high * 2, most)
    while high - low > step:
        middle = (low + high) // 2 // step * step
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


def ways(criterion: Criterion, facts: Facts, test: Test) -> Iterator[Move]:
    """Moves of single facts that make `test`, which does not hold, hold. Parts of a conjunction are joined by the caller."""
    match test:
        case FlagTest(name=name) | Not(test=FlagTest(name=name)):
            change = criterion.facts[name].change
            wanted = isinstance(test, FlagTest)
            if change is not None and change.to is wanted:
                yield Move(((name, int(wanted)),), change.yuan * 1000)
        case Any_(tests=tests):
            for part in tests:
                if part.truth(facts) is False:
                    yield from ways(criterion, facts, part)
        case All(tests=tests):
            failing = [part for part in tests if part.truth(facts) is False]
            if len(failing) == 1:
                yield from ways(criterion, facts, failing[0])
        case Compare() | Sign():
            for name in dict.fromkeys(test.facts()):
                move = lift(criterion, facts, test, name)
                if move is not None:
                    yield move


def lift(criterion: Criterion, facts: Facts, test: Test, name: str) -> Move | None:
    """The smallest rise of the fact `name` for which `test` holds."""
    fact = criterion.facts[name]
    if fact.change is None or not fact.change.up or facts[name] is None:
        return None

    def holds(by: int) -> Truth:
        move = raised(criterion, facts, fact, by)
        return test.truth(move.applied(facts)) if move else None

    step, most = STEP[fact.kind], HARDEST.get(fact.kind, 10**9)
    by = None
    if isinstance(test, Compare) and test.op in {">=", ">"}:

        def excess(by: int) -> int | None:
            move = raised(criterion, facts, fact, by)
            return _excess(test, move.applied(facts)) if move else None

        by = straight(excess, test.op == ">", step)
        if by is not None and not (by <= most and holds(by) and (by == step or not holds(by - step))):
            by = None
    if by is None:
        by = smallest(holds, step, most)
    return None if by is None else raised(criterion, facts, fact, by)


def _excess(test: Compare, facts: Facts) -> int | None:
    """Left minus right over a common denominator; None where it has no value."""
    left, right = test.left.value(facts), test.right.value(facts)
    if left is None or right is None or isinstance(left, Undefined) or isinstance(right, Undefined):
        return None
    return left[0] * right[1] - right[0] * left[1]


def straight(excess: Callable[[int], int | None], strictly: bool, step: int) -> int | None:
    """The smallest multiple of `step` where `excess` reaches zero (or passes it, `strictly`), taking it for a straight line: a guess
    to be checked, found without any trying."""
    one, two, three = excess(step), excess(2 * step), excess(3 * step)
    if one is None or two is None or three is None or three - two != two - one or two <= one:
        return None
    short = -one + strictly
    return step if short <= 0 else step + -(-short // (two - one)) * step


def bound(criterion: Criterion, facts: Facts, test: Test, name: str) -> tuple[str, int] | None:
    """What the fact `name` alone would have to be for `test` to hold: ("at_least" or "at_most", value)."""
    fact = criterion.facts[name]
    if fact.kind not in HARDEST:
        return None
    step, most = STEP[fact.kind], HARDEST[fact.kind]

    def at(value: int) -> Truth:
        return test.truth({**facts, name: value})

    if at(most) is True:
        least = 0 if at(0) is True else smallest(at, step, most)
        return None if least in {None, 0} else ("at_least", least or 0)
    if at(0) is True or at(step) is True:
        # Where the limit itself depends on the fact, each tier is looked at on its own: what fails first ends what holds.
        turns = [end for end in _turns(test, name) if at(end) is not True]
        high = min(turns) if turns else smallest(lambda value: at(value) is not True if value > step else False, step, most)
        if high is None:
            return None
        low = max((end for end in _turns(test, name) if end < high and at(end) is True), default=0)
        while high - low > 1:  # to the last unit: the value that still holds may be finer than a step
            middle = (low + high) // 2
            low, high = (middle, high) if at(middle) is True else (low, middle)
        return "at_most", low
    return None


def _turns(test: Test, name: str) -> list[int]:
    """The ends of the tiers that the fact `name` alone chooses from."""
    tier = test.right if isinstance(test, Compare) else None
    if not isinstance(tier, Tier) or not isinstance(tier.by, FactNumber) or tier.by.name != name:
        return []
    return sorted(end for end, _, _ in tier.rows if end is not None)


def rising(criterion: Criterion, facts: Facts, item: Item) -> Mapping[str, list[tuple[Move, int]]]:
    """For each fact that can raise the points of `item`: its moves in rising order, each giving more points than the one before,
    with the points that it gains."""
    found: dict[str, dict[tuple[tuple[str, int], ...], Move]] = {}
    for node in item.walk():
        tests: list[Test] = []
        if isinstance(node, Bands):
            held = node.points(facts).high_most
            tests = [band.test for band in node.bands if band.high > held and band.test.truth(facts) is False]
        elif isinstance(node, Given) and node.when is not None and node.when.truth(facts) is False:
            tests = [node.when]
        for test in tests:
            for move in ways(criterion, facts, test):
                found.setdefault(move.values[0][0], {})[move.values] = move
    useful: dict[str, list[tuple[Move, int]]] = {}
    now = item.points(facts).high_most
    for name, moves in found.items():
        best = now
        for move in sorted(moves.values(), key=lambda move: move.cost):
            points = item.points(move.applied(facts)).high_most
            if points > best:
                best = points
                useful.setdefault(name, []).append((move, points - now))
    return useful
