from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks._linkage_data import SEEN, UNSEEN, make_firms, make_registers
from wulian.engines.linkage import Verdict, compare
from wulian.engines.linkage.weights import COMPARISONS, SAME_FROM, UNSURE_FROM

from .helpers import CODE_A, CODE_B, record

MADE = make_registers(list(make_firms(150, 3)), 3, changes={**SEEN, **UNSEEN}).records
FIRM = record("天津恒源达科技发展有限公司", code=CODE_A, address="天津市南开区黄河道519号3-201", district="南开")


@pytest.mark.parametrize(
    "other",
    [
        record("恒源达科技发展（天津）有限责任公司"),
        record("天津恒元达科技发展有限公司", address="南开区黄河道519号3-201"),
        record("天津恒源达料技发展有限公司", address="南开区黄河道"),
        record("天津别的名字商贸有限公司", code=CODE_A.lower(), address="天津市南开区黄河道519号3-201"),
        record("Tianjin Hengyuanda Kejifazhan Co., Ltd.", address="南开区黄河道519号3-201"),
        record("天津别的名字商贸有限公司", former_names=("天津恒源达科技发展有限公司",)),
    ],
)
def test_the_same(other: object) -> None:
    assert compare(FIRM, other).verdict is Verdict.SAME  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "barrier"),
    [
        (record("天津恒源达科技发展有限公司", code=CODE_B, address="天津市南开区黄河道519号3-201"), "codes"),
        (record("天津恒源达科技发展有限公司第一分公司", code=CODE_A, address="天津市南开区黄河道519号3-201"), "parent"),
    ],
)
def test_what_cannot_be_the_same(other: object, barrier: str) -> None:
    judgement = compare(FIRM, other)  # type: ignore[arg-type]
    assert (judgement.verdict, judgement.barrier) == (Verdict.FORBIDDEN, barrier)


def test_two_branches_of_one_parent() -> None:
    one, other = record("天津恒源达科技有限公司第一分公司"), record("天津恒源达科技有限公司第二分公司")
    assert compare(one, other).barrier == "branches"


@pytest.mark.parametrize(
    "other",
    [
        record("天津恒通达科技发展有限公司", address="河西区洞庭路12号"),  # one character of the trade name, nothing else in common
        record("天津恒源达商贸有限公司", address="河西区洞庭路12号"),
        record("天津市和平区恒源达科技发展有限公司北京办事处"),
    ],
)
def test_near_names_are_not_linked(other: object) -> None:
    assert compare(FIRM, other).verdict is not Verdict.SAME  # type: ignore[arg-type]


@given(st.integers(0, len(MADE) - 1), st.integers(0, len(MADE) - 1))
def test_the_contributions_sum_to_the_weight_and_both_ways_agree(i: int, j: int) -> None:
    one, other = MADE[i], MADE[j]
    there, back = compare(one, other), compare(other, one)
    assert there.weight == pytest.approx(sum(c.weight for c in there.contributions))
    assert (there.weight, there.verdict, there.barrier, there.zh) == (back.weight, back.verdict, back.barrier, back.zh)
    assert there.zh.endswith("。")
    assert there.en.endswith(".")
    assert 0 <= there.score <= 1


def test_verdicts_follow_the_thresholds() -> None:
    pairs = random.Random(1).sample([(a, b) for a in MADE[:60] for b in MADE[:60] if a is not b], 400)
    for one, other in pairs:
        judgement = compare(one, other)
        if judgement.barrier:
            assert judgement.verdict is Verdict.FORBIDDEN
        else:
            least = {Verdict.SAME: SAME_FROM, Verdict.UNSURE: UNSURE_FROM, Verdict.DIFFERENT: -99.0}[judgement.verdict]
            assert judgement.weight >= least


def test_every_level_is_said_in_both_languages() -> None:
    for comparison in COMPARISONS:
        for level in comparison.levels:
            assert level.zh
            assert level.en
