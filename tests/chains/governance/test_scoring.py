"""The score of a unit: contributions add up to it to the hundredth, and the unknown is never a silent zero."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wulian.chains.governance.scoring import SHARED, WITHHELD, ZERO, equal_weights, score_of


def d(text: str) -> Decimal:
    return Decimal(text)


def test_weights_carry_points() -> None:
    found = score_of([(d("60"), d("100")), (d("40"), d("60"))], SHARED)
    assert (found.value, found.contributions, found.unknown_weight) == (d("84.00"), (d("60.00"), d("24.00")), 0)


@pytest.mark.parametrize(
    ("rule", "value", "contributions"),
    [
        (SHARED, d("84.00"), (d("60.00"), None, d("24.00"))),
        (WITHHELD, None, (None, None, None)),
        (ZERO, d("42.00"), (d("30.00"), None, d("12.00"))),
    ],
)
def test_the_rule_says_what_becomes_of_the_unknown(rule: str, value: Decimal | None, contributions: tuple[Decimal | None, ...]) -> None:
    found = score_of([(d("30"), d("100")), (d("50"), None), (d("20"), d("60"))], rule)
    assert (found.value, found.contributions, found.unknown_weight) == (value, contributions, d("50"))


@pytest.mark.parametrize("rule", [SHARED, WITHHELD, ZERO])
def test_nothing_known_is_no_score_and_not_zero(rule: str) -> None:
    assert score_of([(d("100"), None)], rule).value is None
    assert score_of([], rule).value is None


def test_zero_points_are_a_score() -> None:
    assert score_of([(d("100"), d("0"))], WITHHELD).value == 0


@pytest.mark.parametrize("count", [1, 2, 3, 7, 11, 49])
def test_parts_add_up_to_the_hundredth(count: int) -> None:
    weights = equal_weights(count)
    assert sum(weights) == 100
    assert max(weights) - min(weights) <= d("0.01")
    found = score_of([(weight, d("66.67")) for weight in weights], SHARED)
    assert sum(part for part in found.contributions if part is not None) == found.value == d("66.67")


def test_a_score_lies_between_the_least_and_the_most() -> None:
    weights = equal_weights(7)
    best = score_of([(weight, d("100")) for weight in weights], SHARED)
    assert best.value == 100
    assert best.contributions == tuple(weights)
