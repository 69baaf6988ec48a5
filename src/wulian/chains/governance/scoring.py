"""The score of one unit from the states of what it answers for. Pure: weights, points and the rule for the unknown in, a score out.

Points of a state are a convention of a scheme's version; no plan prints any. Figures are decimals, contributions in hundredths
that add up to the score exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
WHOLE = Decimal(100)

# What a state earns of 100 unless a scheme says otherwise: an indicator's status, a task's standing as its unit reported it.
POINTS: Mapping[str, Decimal] = {
    "met": Decimal(100),
    "on_track": Decimal(100),
    "slow": Decimal(60),
    "behind": Decimal(0),
    "done": Decimal(100),
    "under_way": Decimal(80),
    "difficult": Decimal(40),
    "not_started": Decimal(0),
}
SHARED, WITHHELD, ZERO = "shared", "withheld", "zero"


@dataclass(frozen=True, slots=True)
class Score:
    """`value` None: no score can be given. `contributions`: one per input, None where the input is unknown or nothing is given."""

    value: Decimal | None
    contributions: tuple[Decimal | None, ...]
    unknown_weight: Decimal


def score_of(inputs: Sequence[tuple[Decimal, Decimal | None]], unknown_rule: str) -> Score:
    """`inputs`: weight and points (None: unknown) of each thing. The rule says what becomes of the weight of the unknown:

    shared: the known things carry it in proportion; withheld: no score while anything is unknown; zero: it earns nothing, and
    says so. With nothing known there is no score under any rule.
    """
    unknown = sum((weight for weight, points in inputs if points is None), Decimal(0))
    known = sum((weight for weight, points in inputs if points is not None), Decimal(0))
    nothing = Score(None, tuple(None for _input in inputs), unknown)
    if not known or (unknown_rule == WITHHELD and unknown):
        return nothing
    whole = known if unknown_rule == SHARED else known + unknown
    exact = [None if points is None else weight * points / whole for weight, points in inputs]
    return Score(*_in_cents(exact), unknown)


def _in_cents(exact: Sequence[Decimal | None]) -> tuple[Decimal, tuple[Decimal | None, ...]]:
    """The sum to the hundredth, and the parts rounded so that they add up to it: what is left goes to the largest remainders."""
    total = sum((part for part in exact if part is not None), Decimal(0)).quantize(CENT, ROUND_HALF_UP)
    down = [None if part is None else part.quantize(CENT, ROUND_DOWN) for part in exact]
    left = int((total - sum((part for part in down if part is not None), Decimal(0))) / CENT)
    by_remainder = sorted(
        (place for place, part in enumerate(exact) if part is not None),
        key=lambda place: (down[place] - exact[place], place),  # type: ignore[operator]
    )
    for place in by_remainder[:left]:
        down[place] = down[place] + CENT  # type: ignore[operator]
    return total, tuple(down)


def equal_weights(count: int) -> list[Decimal]:
    """100 split into `count` weights that differ by a hundredth at most and add up to 100."""
    return [weight for weight in _in_cents([WHOLE / count] * count)[1] if weight is not None]
