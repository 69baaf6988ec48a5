"""What must hold between the parts of a definition: names that refer to each other, types that fit, a sound lifecycle."""

from __future__ import annotations

from collections.abc import Iterator

from wulian.engines.lifecycle import Lifecycle, Notice, State, Text, Transition
from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from ..schema import Definition, Label
from . import counting, fields, steps, views
from .common import Found, Where

__all__ = ["flaws_of", "lifecycle_of"]


def lifecycle_of(definition: Definition) -> Lifecycle:
    """The definition's lifecycle for the lifecycle engine."""
    source = definition.lifecycle
    return Lifecycle(
        initial=source.initial,
        states=tuple(
            State(state.code, _text(state.label), _text(state.meaning), state.ended, state.days, state.working) for state in source.states
        ),
        transitions=tuple(
            Transition(
                code=step.code,
                label=_text(step.label),
                sources=step.from_,
                target=step.to,
                who=frozenset(step.who),
                needs=step.needs,
                evidence=step.evidence,
                back=step.back,
                reason=step.reason,
                notices=tuple(Notice(frozenset(notice.to), _text(notice.text)) for notice in step.notify),
            )
            for step in source.transitions
        ),
        fields=frozenset(field.code for field in definition.fields),
    )


def _text(label: Label) -> Text:
    return Text(label.zh, label.en)


def flaws_of(definition: Definition, expected_id: str | None = None) -> Iterator[Found]:
    """Every flaw, with the path to the place in the file."""
    if expected_id is not None and definition.id != expected_id:
        yield (
            ("id",),
            Message(N_("编号是“%(id)s”，文件名却是“%(file)s”：请让两者一致"), {"id": definition.id, "file": expected_id}),
        )
    yield from fields.flaws(definition)
    for flaw in lifecycle_of(definition).problems():
        where: Where = ("lifecycle", flaw.place) if flaw.index is None else ("lifecycle", flaw.place, flaw.index)
        yield where, flaw.message
    yield from steps.flaws(definition)
    yield from counting.flaws(definition)
    yield from views.flaws(definition)
