"""What a lifecycle is made of, and what can be wrong with one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

if TYPE_CHECKING:
    from .moves import Move, Situation, Verdict


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a definition. `place` and `index` say which entry of which list (index None: the list itself)."""

    place: str
    index: int | None
    message: Message


def flaw(place: str, index: int | None, template: str, **params: object) -> Flaw:
    return Flaw(place, index, Message(template, params))


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

    def problems(self) -> list[Flaw]:
        """Everything that is wrong with the definition; empty when it is sound."""
        return [*self._naming_problems(), *self._wiring_problems(), *self._reach_problems()]

    def _naming_problems(self) -> Iterable[Flaw]:
        named: dict[str, Sequence[State | Transition]] = {"states": self.states, "transitions": self.transitions}
        for place, items in named.items():
            seen: set[str] = set()
            for index, item in enumerate(items):
                if item.code in seen:
                    yield flaw(place, index, N_("“%(code)s”定义了两次：请给其中一个换个代码"), code=item.code)
                seen.add(item.code)
                if not item.label.zh.strip() or not item.label.en.strip():
                    yield flaw(place, index, N_("“%(code)s”缺少中文或英文名称：请把 label 的 zh 和 en 都写上"), code=item.code)
        for index, state in enumerate(self.states):
            if not state.meaning.zh.strip() or not state.meaning.en.strip():
                yield flaw("states", index, N_("状态“%(code)s”没有说明它的含义：请把 meaning 的 zh 和 en 都写上"), code=state.code)
            if state.days is not None and state.days < 1:
                yield flaw(
                    "states", index, N_("状态“%(code)s”的期限是 %(days)s 天：请写 1 以上的数，或者不写"), code=state.code, days=state.days
                )

    def _wiring_problems(self) -> Iterable[Flaw]:
        if self.initial not in self.by_code:
            yield flaw("initial", None, N_("初始状态“%(code)s”不在状态表里：请写一个已定义的状态"), code=self.initial)
        for index, transition in enumerate(self.transitions):
            for code in (*transition.sources, transition.target):
                if code not in self.by_code:
                    yield flaw(
                        "transitions",
                        index,
                        N_("流转“%(code)s”提到未定义的状态“%(state)s”：请改正或补上它"),
                        code=transition.code,
                        state=code,
                    )
            if not transition.sources:
                yield flaw("transitions", index, N_("流转“%(code)s”没有起点：请在 from 里写至少一个状态"), code=transition.code)
            if not transition.who:
                yield flaw("transitions", index, N_("流转“%(code)s”没有写谁可以办：请在 who 里写明"), code=transition.code)
            for name in transition.needs if self.fields else ():
                if name not in self.fields:
                    yield flaw(
                        "transitions",
                        index,
                        N_("流转“%(code)s”要求字段“%(field)s”，但没有这个字段：请改正或补上它"),
                        code=transition.code,
                        field=name,
                    )

    def _reach_problems(self) -> Iterable[Flaw]:
        reached, queue = {self.initial}, [self.initial]
        while queue:
            here = queue.pop()
            for transition in self.transitions:
                if here in transition.sources and transition.target not in reached:
                    reached.add(transition.target)
                    queue.append(transition.target)
        for index, state in enumerate(self.states):
            if state.code not in reached:
                yield flaw("states", index, N_("状态“%(code)s”走不到：请加一条通向它的流转，或删去它"), code=state.code)
            leaves = any(state.code in transition.sources and not transition.back for transition in self.transitions)
            if not state.ended and not leaves:
                yield flaw("states", index, N_("状态“%(code)s”没有往前的路：请加一条流转，或写 ended: true"), code=state.code)

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
