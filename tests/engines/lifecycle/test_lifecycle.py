"""The lifecycle engine: closed by default, all reasons at once, deadlines, the way back, sound definitions."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.engines.lifecycle import Lifecycle, Notice, Refused, Situation, State, Text, Transition


def text(word: str) -> Text:
    return Text(zh=word, en=word)


def state(code: str, **more: object) -> State:
    return State(code, text(code), text(f"is {code}"), **more)  # type: ignore[arg-type]


def step(code: str, sources: tuple[str, ...], target: str, who: str = "officer", **more: object) -> Transition:
    return Transition(code, text(code), sources, target, frozenset(who.split()), **more)  # type: ignore[arg-type]


REVIEW = Lifecycle(
    initial="draft",
    states=(state("draft"), state("filed", days=5), state("accepted", ended=True), state("refused", ended=True)),
    transitions=(
        step("file", ("draft",), "filed", "owner", needs=("name", "amount"), evidence=("licence",)),
        step("accept", ("filed",), "accepted", "officer", notices=(Notice(frozenset({"owner"}), text("accepted")),)),
        step("refuse", ("filed",), "refused", "officer", reason=True),
        step("return", ("filed", "refused"), "draft", "officer", back=True),
    ),
)
READY = Situation("draft", frozenset({"owner"}), {"name": "a", "amount": 0}, frozenset({"licence"}))


def codes(verdict_of: Situation, transition: str = "file") -> list[str]:
    return [f"{refusal.code}:{refusal.what}" for refusal in REVIEW.judge(transition, verdict_of).refusals]


def test_a_sound_definition_has_no_problems() -> None:
    assert REVIEW.problems() == []


def test_zero_is_a_value_and_blank_is_not() -> None:
    assert codes(READY) == []
    assert codes(replace(READY, values={"name": "  ", "amount": 0})) == ["missing_field:name"]
    assert codes(replace(READY, values={"name": [], "amount": False})) == ["missing_field:name"]


def test_every_reason_is_told_at_once() -> None:
    nobody = Situation("accepted", frozenset())
    assert codes(nobody) == [
        "wrong_state:accepted",
        "not_permitted:owner",
        "missing_field:name",
        "missing_field:amount",
        "missing_evidence:licence",
    ]
    assert codes(READY, "no-such") == ["unknown_transition:no-such"]


def test_a_transition_without_a_stated_permission_is_refused_to_everybody() -> None:
    open_door = replace(REVIEW, transitions=(*REVIEW.transitions, step("leak", ("draft",), "accepted", "")))
    assert any("流转“leak”没有写谁可以办" in str(flaw.message) for flaw in open_door.problems())
    everyone = frozenset({"", "owner", "officer", "administrator"})
    assert not open_door.judge("leak", Situation("draft", everyone)).allowed
    assert open_door.open_to(state="draft", as_=everyone) == [REVIEW.transition("file")]


@pytest.mark.parametrize("transition", ["refuse", "return"])
def test_refusing_and_going_back_need_a_reason(transition: str) -> None:
    here = Situation("filed", frozenset({"officer"}))
    assert codes(here, transition) == ["missing_reason:"]
    assert codes(replace(here, reason="材料不全"), transition) == []


def test_a_move_carries_deadline_and_notices() -> None:
    move = REVIEW.plan("file", READY, on=date(2025, 9, 29))
    assert (move.source.code, move.target.code) == ("draft", "filed")
    assert move.due is not None
    # 30 September, then 9, 10, 11 (Saturday worked in exchange) and 13 October: 1 to 8 October was a holiday
    assert move.due.day == date(2025, 10, 13)
    accepted = REVIEW.plan("accept", Situation("filed", frozenset({"officer"})), on=date(2025, 9, 29))
    assert accepted.due is None
    assert [notice.to for notice in accepted.notices] == [frozenset({"owner"})]


def test_a_refused_plan_raises_with_all_reasons() -> None:
    with pytest.raises(Refused) as caught:
        REVIEW.plan("accept", READY, on=date(2025, 1, 2))
    assert [refusal.code for refusal in caught.value.refusals] == ["wrong_state", "not_permitted"]


def test_forward_moves_are_offered_before_the_way_back() -> None:
    offered = [transition.code for transition in REVIEW.open_to(state="filed", as_=frozenset({"officer"}))]
    assert offered == ["accept", "refuse", "return"]


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (replace(REVIEW, initial="nowhere"), "初始状态“nowhere”不在状态表里"),
        (replace(REVIEW, states=(*REVIEW.states, state("island", ended=True))), "状态“island”走不到"),
        (replace(REVIEW, states=(*REVIEW.states, state("draft"))), "“draft”定义了两次"),
        (
            replace(REVIEW, states=(*REVIEW.states[:1], replace(REVIEW.states[1], label=Text("已报", " ")), *REVIEW.states[2:])),
            "“filed”缺少中文或英文名称",
        ),
        (replace(REVIEW, states=(*REVIEW.states[:1], replace(REVIEW.states[1], days=0), *REVIEW.states[2:])), "期限是 0 天"),
        (replace(REVIEW, transitions=REVIEW.transitions[:1]), "状态“filed”没有往前的路"),
        (replace(REVIEW, transitions=(*REVIEW.transitions, step("odd", ("draft",), "gone"))), "提到未定义的状态“gone”"),
        (replace(REVIEW, fields=frozenset({"name"})), "要求字段“amount”"),
    ],
)
def test_what_is_wrong_with_a_definition_is_said(broken: Lifecycle, sentence: str) -> None:
    assert any(sentence in str(flaw.message) for flaw in broken.problems()), broken.problems()


@given(st.sampled_from([s.code for s in REVIEW.states]), st.sets(st.sampled_from(["owner", "officer", "stranger"])))
def test_what_is_offered_is_never_refused_for_state_or_permission(here: str, roles: set[str]) -> None:
    for transition in REVIEW.open_to(state=here, as_=frozenset(roles)):
        refusals = {refusal.code for refusal in REVIEW.judge(transition.code, Situation(here, frozenset(roles))).refusals}
        assert not refusals & {"wrong_state", "not_permitted", "unknown_transition"}
