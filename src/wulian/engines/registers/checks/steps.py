"""Who may do what, which evidence a step asks for, and what happens by the calendar."""

from __future__ import annotations

from collections.abc import Iterator

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from ..schema import Definition, FieldType
from .common import WHO, Found, Where, strangers

UNKNOWN = N_("“%(place)s”写了不认识的人“%(who)s”：只能是 %(known)s")
NO_SUBJECT = N_("“%(place)s”写了 subject，但这本台账没有主体：请改 who 或 subject")


def flaws(definition: Definition) -> Iterator[Found]:
    yield from _people(definition)
    yield from _evidence(definition)
    yield from _endings(definition)
    yield from _calendar(definition)


def _people(definition: Definition) -> Iterator[Found]:
    named: list[tuple[Where, str, set[str]]] = [(("create",), "create", set(definition.create))]
    for index, state in enumerate(definition.lifecycle.states):
        named.append((("lifecycle", "states", index), f"{state.code}.edit", set(state.edit)))
    for index, step in enumerate(definition.lifecycle.transitions):
        told = {who for notice in step.notify for who in notice.to}
        named.append((("lifecycle", "transitions", index), step.code, {*step.who, *told}))
    for index, field in enumerate(definition.fields):
        named.append((("fields", index), f"{field.code}.filled_by", set(field.filled_by)))
    for index, reminder in enumerate(definition.reminders):
        named.append((("reminders", index), reminder.date, set(reminder.to)))
    for where, place, words in named:
        for who in strangers(words):
            yield where, Message(UNKNOWN, {"place": place, "who": who, "known": ", ".join(sorted(WHO))})
        if definition.subject == "none" and "subject" in words:
            yield where, Message(NO_SUBJECT, {"place": place})
    if {"subject", "party", "creator"} & set(definition.create):
        yield ("create",), Message(N_("create 要写角色（officer、enterprise …）：条目还没有，谈不上主体或经办人"))


def _evidence(definition: Definition) -> Iterator[Found]:
    for index, step in enumerate(definition.lifecycle.transitions):
        where: Where = ("lifecycle", "transitions", index)
        for code in step.evidence:
            field = definition.field(code)
            if field is None or field.type is not FieldType.FILE:
                yield (
                    where,
                    Message(
                        N_("流转“%(code)s”要的佐证“%(field)s”不是文件字段：请先定义 type: file 的字段"), {"code": step.code, "field": code}
                    ),
                )
        if step.after:
            dated = definition.field(step.after)
            if dated is None or dated.type is not FieldType.DATE:
                yield where, Message(N_("流转“%(code)s”的 after“%(field)s”不是日期字段：请改正"), {"code": step.code, "field": step.after})
            if step.needs or step.evidence:
                yield where, Message(N_("流转“%(code)s”到期自动办理，不能再要求字段或佐证：请删去 needs、evidence"), {"code": step.code})


def _endings(definition: Definition) -> Iterator[Found]:
    """From every state some end can be reached going forward: a circle without a way out is a slip of the pen."""
    steps = [step for step in definition.lifecycle.transitions if not step.back]
    finishing = {state.code for state in definition.lifecycle.states if state.ended}
    while more := {source for step in steps if step.to in finishing for source in step.from_} - finishing:
        finishing |= more
    for index, state in enumerate(definition.lifecycle.states):
        leaves = any(state.code in step.from_ for step in steps)
        if state.code not in finishing and leaves:
            yield (
                ("lifecycle", "states", index),
                Message(
                    N_("从状态“%(code)s”出发只会转圈，走不到任何终点：请补一个 ended: true 的状态和通向它的流转"), {"code": state.code}
                ),
            )


def _calendar(definition: Definition) -> Iterator[Found]:
    states = {state.code for state in definition.lifecycle.states}
    for index, reminder in enumerate(definition.reminders):
        where: Where = ("reminders", index)
        dated = definition.field(reminder.date)
        if dated is None or dated.type is not FieldType.DATE:
            yield where, Message(N_("提醒的 date“%(field)s”不是日期字段：请改正"), {"field": reminder.date})
        for code in reminder.states:
            if code not in states:
                yield where, Message(N_("提醒提到未定义的状态“%(state)s”：请改正"), {"state": code})
