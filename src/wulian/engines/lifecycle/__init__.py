"""Lifecycles as data: states and transitions, who may take each, with what evidence, by when, and the governed way back.

The one engine for registers and for the hand-made processes of the chains. Pure: it judges and plans; the caller writes.

    lifecycle = Lifecycle(initial="draft", states=(...), transitions=(...))
    lifecycle.problems()                        # what is wrong with the definition itself
    lifecycle.open_to(state="draft", as_={"officer"})
    verdict = lifecycle.judge("submit", Situation(state="draft", as_={"owner"}, values={...}))
    verdict.allowed, verdict.refusals           # every reason at once, not the first one
    move = lifecycle.plan("submit", situation, on=date(2026, 3, 2))   # raises Refused with all reasons
"""

from .model import Flaw, Lifecycle, Notice, State, Text, Transition
from .moves import Move, Refusal, Refused, Situation, Verdict

__all__ = ["Flaw", "Lifecycle", "Move", "Notice", "Refusal", "Refused", "Situation", "State", "Text", "Transition", "Verdict"]
