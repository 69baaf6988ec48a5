"""What changing a definition means: every change, and which ones would orphan what is stored.

Pure: a change that can hurt carries what to count (`at_risk`); who has the entries counts them and decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from .schema import Definition, FieldDefinition, FieldType

# Types that hold every value of the first as it is.
WIDER = {
    (FieldType.TEXT, FieldType.LONG_TEXT),
    (FieldType.CHOICE, FieldType.TEXT),
    (FieldType.INTEGER, FieldType.DECIMAL),
    (FieldType.INTEGER, FieldType.PERCENT),
}


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Entries that a change would orphan: those in `state`; those with a value in `field` (one of `values` where given);
    or, with `missing`, those that stand in one of `states` without a value in `field`."""

    state: str = ""
    field: str = ""
    values: tuple[str, ...] = ()
    missing: bool = False
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One change in words. `refuses`: it may not be adopted while entries are at risk; otherwise they are only told."""

    message: Message
    at_risk: AtRisk | None = None
    refuses: bool = False


def changes_between(old: Definition, new: Definition) -> list[Change]:
    """Every change that matters, fields first."""
    return [*_fields(old, new), *_states(old, new), *_steps(old, new), *_counters(old, new), *_rest(old, new)]


def _say(template: str, **params: Any) -> Message:
    return Message(template, params)


def _fields(old: Definition, new: Definition) -> Iterator[Change]:
    former = {name: field for field in new.fields for name in (field.code, *field.was)}
    for field in old.fields:
        now = former.get(field.code)
        if now is None:
            yield Change(_say(N_("字段“%(label)s”删去"), label=field.label.zh), AtRisk(field=field.code), refuses=True)
        else:
            yield from _field(field, now, new)
    known = {field.code for field in old.fields}
    for field in new.fields:
        if not known & {field.code, *field.was}:
            yield Change(_say(N_("新字段“%(label)s”"), label=field.label.zh))
            if field.required_from:
                yield Change(_say(N_("“%(label)s”必填：现有条目都还没有"), label=field.label.zh), _unfilled(field, new))


def _field(old: FieldDefinition, new: FieldDefinition, definition: Definition) -> Iterator[Change]:
    label = new.label.zh
    if new.code != old.code:
        yield Change(_say(N_("字段“%(label)s”的代码由 %(old)s 改为 %(new)s，原来的值照读"), label=label, old=old.code, new=new.code))
    if new.label != old.label:
        yield Change(_say(N_("字段“%(old)s”改名“%(new)s”"), old=old.label.zh, new=label))
    if new.type is not old.type:
        said = _say(N_("字段“%(label)s”的类型由 %(old)s 改为 %(new)s"), label=label, old=old.type.value, new=new.type.value)
        yield Change(said, AtRisk(field=old.code), refuses=(old.type, new.type) not in WIDER)
    if old.multiple and not new.multiple:
        yield Change(_say(N_("字段“%(label)s”不再可填多个"), label=label), AtRisk(field=old.code), refuses=True)
    if not old.multiple and new.multiple:
        yield Change(_say(N_("字段“%(label)s”改为可填多个"), label=label), AtRisk(field=old.code), refuses=True)
    if new.to != old.to:
        yield Change(_say(N_("字段“%(label)s”改连到 %(to)s"), label=label, to=new.to), AtRisk(field=old.code), refuses=True)
    kept = {code for choice in new.choices for code in (choice.code, *choice.was)}
    for choice in old.choices:
        if choice.code not in kept:
            said = _say(N_("字段“%(label)s”的选项“%(choice)s”删去"), label=label, choice=choice.label.zh)
            yield Change(said, AtRisk(field=old.code, values=(choice.code,)), refuses=True)
    before = {choice.code: choice for choice in old.choices}
    for choice in new.choices:
        if earlier := next((before[code] for code in choice.was if code in before and choice.code not in before), None):
            yield Change(_say(N_("选项“%(old)s”改为“%(new)s”，已有条目跟着改"), old=earlier.label.zh, new=choice.label.zh))
        elif choice.code not in before:
            yield Change(_say(N_("字段“%(label)s”新增选项“%(choice)s”"), label=label, choice=choice.label.zh))
        elif choice.label != before[choice.code].label:
            yield Change(_say(N_("选项“%(old)s”改名“%(new)s”"), old=before[choice.code].label.zh, new=choice.label.zh))
        elif choice.retired and not before[choice.code].retired:
            yield Change(
                _say(N_("选项“%(choice)s”停用，已有条目保留"), choice=choice.label.zh), AtRisk(field=old.code, values=(choice.code,))
            )
    if new.required_from != old.required_from and new.required_from:
        yield Change(_say(N_("“%(label)s”改为必填：以后修改这些条目时要补上"), label=label), _unfilled(new, definition))
    if new.visible is not old.visible:
        yield Change(_say(N_("“%(label)s”的可见范围由 %(old)s 改为 %(new)s"), label=label, old=old.visible.value, new=new.visible.value))
    columns = {column.code for column in new.fields} | {code for column in new.fields for code in column.was}
    for column in old.fields:
        if column.code not in columns:
            yield Change(
                _say(N_("明细“%(label)s”的列“%(column)s”删去"), label=label, column=column.label.zh), AtRisk(field=old.code), refuses=True
            )


def _unfilled(field: FieldDefinition, definition: Definition) -> AtRisk:
    from .judging import requirements

    return AtRisk(field=field.code, missing=True, states=tuple(sorted(requirements(definition).get(field.code, ()))))


def _states(old: Definition, new: Definition) -> Iterator[Change]:
    now = {state.code: state for state in new.lifecycle.states}
    for state in old.lifecycle.states:
        if state.code not in now:
            yield Change(_say(N_("状态“%(label)s”删去"), label=state.label.zh), AtRisk(state=state.code), refuses=True)
        elif now[state.code].label != state.label:
            yield Change(_say(N_("状态“%(old)s”改名“%(new)s”"), old=state.label.zh, new=now[state.code].label.zh))
    known = {state.code for state in old.lifecycle.states}
    for state in new.lifecycle.states:
        if state.code not in known:
            yield Change(_say(N_("新状态“%(label)s”"), label=state.label.zh))


def _steps(old: Definition, new: Definition) -> Iterator[Change]:
    now = {step.code: step for step in new.lifecycle.transitions}
    for step in old.lifecycle.transitions:
        if step.code not in now:
            yield Change(_say(N_("流转“%(label)s”删去"), label=step.label.zh))
            continue
        later = now[step.code]
        if set(later.who) != set(step.who):
            yield Change(_say(N_("流转“%(label)s”改由 %(who)s 办"), label=step.label.zh, who="、".join(later.who)))
        if (later.from_, later.to) != (step.from_, step.to):
            yield Change(_say(N_("流转“%(label)s”改了起点或终点"), label=step.label.zh))
        if set(later.needs) != set(step.needs) or set(later.evidence) != set(step.evidence):
            yield Change(_say(N_("流转“%(label)s”改了必填或佐证"), label=step.label.zh))
    known = {step.code for step in old.lifecycle.transitions}
    for step in new.lifecycle.transitions:
        if step.code not in known:
            yield Change(_say(N_("新流转“%(label)s”"), label=step.label.zh))


def _counters(old: Definition, new: Definition) -> Iterator[Change]:
    now = {counter.code: counter for counter in new.counters}
    for counter in old.counters:
        later = now.get(counter.code)
        if later is None:
            yield Change(_say(N_("计数“%(label)s”删去：绑定它的指标将没有数"), label=counter.label.zh))
        elif _meaning(later) != _meaning(counter):
            if later.version <= counter.version:
                said = N_("计数“%(label)s”的算法变了，version 没有升：请写 version: %(next)s，旧快照才分得清")
                yield Change(_say(said, label=counter.label.zh, next=counter.version + 1), AtRisk(), refuses=True)
            else:
                yield Change(_say(N_("计数“%(label)s”改用第 %(version)s 版算法"), label=counter.label.zh, version=later.version))
    known = {counter.code for counter in old.counters}
    for counter in new.counters:
        if counter.code not in known:
            yield Change(_say(N_("新计数“%(label)s”"), label=counter.label.zh))


def _meaning(counter: Any) -> tuple[Any, ...]:
    names = ("how", "of", "per", "date", "until", "since", "where", "base", "once")
    return tuple(getattr(counter, name) for name in names)


def _rest(old: Definition, new: Definition) -> Iterator[Change]:
    if new.name != old.name:
        yield Change(_say(N_("台账“%(old)s”改名“%(new)s”"), old=old.name.zh, new=new.name.zh))
    if new.prefix != old.prefix:
        yield Change(_say(N_("编号前缀由 %(old)s 改为 %(new)s，已有编号不变"), old=old.prefix, new=new.prefix))
    if new.subject != old.subject:
        yield Change(_say(N_("主体由 %(old)s 改为 %(new)s"), old=old.subject, new=new.subject), AtRisk(), refuses=True)
    if new.audience is not old.audience or set(new.public_in) != set(old.public_in):
        yield Change(_say(N_("谁能看到条目有变化：请核对 audience 和 public_in")))
    if new.rules != old.rules:
        yield Change(_say(N_("规则有变化：已有条目在下次修改或流转时按新规则")))
    if new.unique != old.unique:
        yield Change(_say(N_("不可重复的要求有变化：已有条目在下次修改或流转时按新要求")))
