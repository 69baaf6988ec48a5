"""What a lifecycle is made of, and what can be wrong with one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .moves import Move, Situation, Verdict


@dataclass(frozen=True, slots=True)
class Text:
    """A label in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class State:
    """`meaning` says what the state means to a person. `days`: how long a thing may stay; `working`: counted in working
    days. `ended`: nothing is expected to follow (there may still be a way back)."""

    code: str
    label: Text
    meaning: Text
    ended: bool = False
    days: int | None = None
    working: bool = True


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is told when a transition was taken, and what. `to` are the words that `Transition.who` uses too."""

    to: frozenset[str]
    text: Text


@dataclass(frozen=True, slots=True)
class Transition:
    """`who`: roles or relations (officer, owner, reviewer) that may take it; empty means nobody, never everybody.

    `needs`: fields that must have a value. `evidence`: kinds of files that must be attached. `back`: a governed way back;
    it needs a reason. `reason`: a reason is needed though it goes forward (a refusal, say).
    """

    code: str
    label: Text
    sources: tuple[str, ...]
    target: str
    who: frozenset[str]
    needs: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    back: bool = False
    reason: bool = False
    notices: tuple[Notice, ...] = ()

    @property
    def needs_reason(self) -> bool:
        return self.back or self.reason


@dataclass(frozen=True)
class Lifecycle:
    """A set of states, the first of them, and the transitions between them."""

    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    fields: frozenset[str] = field(default_factory=frozenset)  # known field codes; empty: not checked

    @cached_property
    def by_code(self) -> dict[str, State]:
        return {state.code: state for state in self.states}

    def state(self, code: str) -> State:
        return self.by_code[code]

    def transition(self, code: str) -> Transition:
        return next(transition for transition in self.transitions if transition.code == code)

    def problems(self) -> list[str]:
        """Everything that is wrong with the definition, one sentence each; empty when it is sound."""
        return [*self._naming_problems(), *self._wiring_problems(), *self._reach_problems()]

    def _naming_problems(self) -> Iterable[str]:
        for kind, items in (("state", self.states), ("transition", self.transitions)):
            seen: set[str] = set()
            for item in items:
                if item.code in seen:
                    yield f"{kind} {item.code} is defined twice: give one of them another code"
                seen.add(item.code)
                if not item.label.zh.strip() or not item.label.en.strip():
                    yield f"{kind} {item.code} has no label in both languages: fill in zh and en"
        for state in self.states:
            if not state.meaning.zh.strip() or not state.meaning.en.strip():
                yield f"state {state.code} does not say what it means: fill in meaning zh and en"
            if state.days is not None and state.days < 1:
                yield f"state {state.code} allows {state.days} days: use 1 or more, or leave it out"

    def _wiring_problems(self) -> Iterable[str]:
        if self.initial not in self.by_code:
            yield f"the initial state {self.initial} is not among the states"
        for transition in self.transitions:
            for code in (*transition.sources, transition.target):
                if code not in self.by_code:
                    yield f"transition {transition.code} names the state {code}, which is not defined"
            if not transition.sources:
                yield f"transition {transition.code} starts nowhere: name at least one state under `from`"
            if not transition.who:
                yield f"transition {transition.code} says nobody may take it: name who"
            if self.fields:
                for name in transition.needs:
                    if name not in self.fields:
                        yield f"transition {transition.code} needs the field {name}, which is not defined"

    def _reach_problems(self) -> Iterable[str]:
        reached, queue = {self.initial}, [self.initial]
        while queue:
            here = queue.pop()
            for transition in self.transitions:
                if here in transition.sources and transition.target not in reached:
                    reached.add(transition.target)
                    queue.append(transition.target)
        for state in self.states:
            if state.code not in reached:
                yield f"state {state.code} cannot be reached from {self.initial}: add a transition to it or remove it"
            leaves = any(state.code in transition.sources and not transition.back for transition in self.transitions)
            if not state.ended and not leaves:
                yield f"state {state.code} has no way forward: add a transition or mark it `ended`"

    # The judging lives in moves.py; these are the ways in.
    def open_to(self, *, state: str, as_: frozenset[str]) -> list[Transition]:
        """The transitions that somebody who is `as_` may try from `state`, forward ones first."""
        candidates = (t for t in self.transitions if state in t.sources and t.who & as_)
        return sorted(candidates, key=lambda transition: transition.back)

    def judge(self, transition: str, situation: Situation) -> Verdict:
        """Whether the transition may be taken now, with every reason against it."""
        from .moves import judge

        return judge(self, transition, situation)

    def plan(self, transition: str, situation: Situation, *, on: date) -> Move:
        """What taking the transition on `on` means: the new state, its deadline, the notices.

        Raises: Refused, with all reasons.
        """
        from .moves import plan

        return plan(self, transition, situation, on=on)
