"""Judging a transition in a situation and planning what it brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wulian.kernel.errors import N_, WulianError
from wulian.kernel.workdays import WorkingDay, add_days, add_working_days

from .model import Lifecycle, Notice, State, Transition


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a thing stands and who asks. `as_`: everything that the person is to this thing. A value is missing when it
    is None, blank text or an empty list; zero and False are values."""

    state: str
    as_: frozenset[str]
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason. code: unknown_transition, wrong_state, not_permitted, missing_field, missing_evidence or
    missing_reason; `what` names the field, the kind of evidence or the state."""

    code: str
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    transition: Transition | None
    refusals: tuple[Refusal, ...]

    @property
    def allowed(self) -> bool:
        return not self.refusals


@dataclass(frozen=True, slots=True)
class Move:
    """What the caller writes: from, to, by when the next step is due (None: no limit), whom to tell."""

    transition: Transition
    source: State
    target: State
    due: WorkingDay | None
    notices: tuple[Notice, ...]


class Refused(WulianError):
    """A transition that may not be taken; `refusals` holds every reason."""

    code = "transition_refused"
    message = N_("不能“%(act)s”：%(why)s。")
    status = 409

    def __init__(self, *, act: str, refusals: tuple[Refusal, ...]) -> None:
        self.refusals = refusals
        super().__init__(act=act, why="；".join(f"{refusal.code} {refusal.what}".strip() for refusal in refusals))


def is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list | tuple | set | dict) and not value)


def judge(lifecycle: Lifecycle, code: str, situation: Situation) -> Verdict:
    transition = next((t for t in lifecycle.transitions if t.code == code), None)
    if transition is None:
        return Verdict(None, (Refusal("unknown_transition", code),))
    refusals: list[Refusal] = []
    if situation.state not in transition.sources:
        refusals.append(Refusal("wrong_state", situation.state))
    if not transition.who & situation.as_:
        # Closed by default: a transition that names nobody is open to nobody.
        refusals.append(Refusal("not_permitted", ", ".join(sorted(transition.who))))
    refusals += [Refusal("missing_field", name) for name in transition.needs if is_missing(situation.values.get(name))]
    refusals += [Refusal("missing_evidence", kind) for kind in transition.evidence if kind not in situation.evidence]
    if transition.needs_reason and not situation.reason.strip():
        refusals.append(Refusal("missing_reason", ""))
    return Verdict(transition, tuple(refusals))


def deadline(state: State, on: date) -> WorkingDay | None:
    """By when a thing that enters `state` on `on` must leave it."""
    if state.days is None:
        return None
    return add_working_days(on, state.days) if state.working else add_days(on, state.days)


def plan(lifecycle: Lifecycle, code: str, situation: Situation, *, on: date) -> Move:
    verdict = judge(lifecycle, code, situation)
    if verdict.transition is None or not verdict.allowed:
        raise Refused(act=verdict.transition.label.zh if verdict.transition else code, refusals=verdict.refusals)
    target = lifecycle.state(verdict.transition.target)
    return Move(verdict.transition, lifecycle.state(situation.state), target, deadline(target, on), verdict.transition.notices)
