"""Counters and cadence rules: over fields that exist, of types that can be counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from ..schema import NUMERIC, Condition, CounterDefinition, Definition, FieldType
from ..slots import slot_kind
from .common import Found, Where, condition_flaws

GROUPABLE = frozenset({FieldType.CHOICE, FieldType.REGION, FieldType.YES_NO, FieldType.PERIOD, FieldType.ORGANISATION})
DISTINCT = frozenset(
    {FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK, FieldType.CHOICE, FieldType.TEXT, FieldType.REGION, FieldType.PERIOD}
)


def flaws(definition: Definition) -> Iterator[Found]:
    states = frozenset(state.code for state in definition.lifecycle.states)
    seen: set[str] = set()
    for index, counter in enumerate(definition.counters):
        where: Where = ("counters", index)
        if counter.code in seen:
            yield where, Message(N_("计数“%(code)s”定义了两次：请给其中一个换个代码"), {"code": counter.code})
        seen.add(counter.code)
        yield from ((where, message) for message in _counter(definition, counter))
        yield from _target(where, counter)
        for key in ("where", "base"):
            yield from condition_flaws((*where, key), getattr(counter, key), definition.fields, states)
            yield from _countable((*where, key), getattr(counter, key), definition)
    for index, rule in enumerate(definition.cadence):
        where = ("cadence", index)
        dated = definition.field(rule.date)
        if dated is None or dated.type is not FieldType.DATE:
            yield where, Message(N_("节奏“%(code)s”的 date“%(field)s”不是日期字段：请改正"), {"code": rule.code, "field": rule.date})
        by = definition.field(rule.by)
        if rule.by and (by is None or by.type is not FieldType.CHOICE):
            yield where, Message(N_("节奏“%(code)s”的 by“%(field)s”不是选择字段：请改正"), {"code": rule.code, "field": rule.by})
        yield from condition_flaws((*where, "where"), rule.where, definition.fields, states)
        yield from _countable((*where, "where"), rule.where, definition)


def _countable(where: Where, conditions: Iterable[Condition], definition: Definition) -> Iterator[Found]:
    """A condition that the database is to judge over all entries needs a field that is kept in a column."""
    for index, condition in enumerate(conditions):
        field = definition.field(condition.field)
        if field is not None and condition.filled is None and not slot_kind(field):
            yield (*where, index), Message(N_("字段“%(field)s”是长文、文件、明细或多值，计数条件只能写 filled"), {"field": field.code})


def _counter(definition: Definition, counter: CounterDefinition) -> Iterator[Message]:
    name = {"code": counter.code}
    field = definition.field(counter.of)
    of_subject = counter.of == "subject" and definition.subject != "none"
    if counter.how in {"count", "share"} and counter.of:
        yield Message(N_("计数“%(code)s”数的是条目，不用写 of：请删去，或把 how 改为 distinct"), name)
    if counter.how not in {"count", "share"} and field is None and not (counter.how == "distinct" and of_subject):
        yield Message(N_("计数“%(code)s”要用的字段“%(field)s”没有定义：请改正或补上它"), {**name, "field": counter.of or "of"})
    if counter.how in {"sum", "latest", "average"} and field is not None and field.type not in NUMERIC:
        yield Message(N_("计数“%(code)s”要对“%(field)s”求值，但它不是数字"), {**name, "field": counter.of})
    if counter.how == "distinct" and field is not None and field.type not in DISTINCT:
        yield Message(N_("计数“%(code)s”不能按“%(field)s”去重：请用主体、单位、人员、链接、选项或文字字段"), {**name, "field": counter.of})
    if counter.how == "latest" and definition.subject == "none":
        yield Message(N_("计数“%(code)s”取每个主体最近的数，但这本台账没有主体：请改 how"), name)
    if counter.base and counter.how != "share":
        yield Message(N_("计数“%(code)s”不是占比，不用写 base：请删去"), name)
    if counter.how == "share" and not counter.where:
        yield Message(N_("计数“%(code)s”是占比，要写 where（分子的条件）"), name)
    if counter.since is not None and counter.per != "since":
        yield Message(N_("计数“%(code)s”写了 since：请把 per 改为 since"), name)
    if counter.per == "since" and counter.since is None:
        yield Message(N_("计数“%(code)s”从哪一天起算没有写：请写 since"), name)
    if counter.per != "at" and counter.until:
        yield Message(N_("计数“%(code)s”不是某一日的存量，不用写 until：请删去"), name)
    if counter.per != "at" and not counter.date and not any(condition.state for condition in counter.where):
        yield Message(
            N_("计数“%(code)s”按年或按期计，却不知按哪一天：请写 date（日期字段），或在 where 里写 state（按进入该状态的日期）"), name
        )
    for key in ("date", "until"):
        code = getattr(counter, key)
        dated = definition.field(code)
        if code and (dated is None or dated.type is not FieldType.DATE):
            yield Message(N_("计数“%(code)s”的 %(key)s“%(field)s”不是日期字段：请改正"), {**name, "key": key, "field": code})
    for code in counter.once:
        field = definition.field(code)
        if field is None and not (code == "subject" and definition.subject != "none"):
            yield Message(N_("计数“%(code)s”的 once 用到没有定义的字段“%(field)s”：请改正"), {**name, "field": code})
        elif field is not None and (field.type not in DISTINCT or field.multiple):
            yield Message(N_("计数“%(code)s”不能按“%(field)s”去重：请用主体、单位、人员、链接、选项或文字字段"), {**name, "field": code})
    if counter.once and counter.how not in {"count", "sum"}:
        yield Message(N_("计数“%(code)s”写了 once，只有 count 和 sum 可以：请改 how 或删去"), name)
    for code in counter.by:
        field = definition.field(code)
        if field is None or field.type not in GROUPABLE or field.multiple:
            yield Message(N_("计数“%(code)s”不能按“%(field)s”分组：请用选择、区域、是否、期间或单位字段"), {**name, "field": code})


def _target(where: Where, counter: CounterDefinition) -> Iterator[Found]:
    band, name = counter.target, {"code": counter.code}
    if band is not None and band.from_ is None and band.to is None:
        yield (*where, "target"), Message(N_("计数“%(code)s”的 target 没有数：请写 from 或 to"), name)
    if band is not None and band.from_ is not None and band.to is not None and band.from_ > band.to:
        yield (*where, "target"), Message(N_("计数“%(code)s”的 target 下限大于上限：请对调"), name)
