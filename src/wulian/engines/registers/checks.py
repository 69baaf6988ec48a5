"""What must hold between the parts of a definition: names that refer to each other, types that fit, a sound lifecycle."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from decimal import Decimal, InvalidOperation

from wulian.engines.lifecycle import Lifecycle, Notice, State, Text, Transition
from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from .schema import LINKABLE, NUMERIC, Audience, Condition, Definition, FieldDefinition, FieldType, Label

Where = tuple[Hashable, ...]
Found = tuple[Where, Message]

ROLES = frozenset({"officer", "reporter", "enterprise", "institute", "provider", "reviewer", "auditor", "administrator"})
RELATIONS = frozenset({"subject", "creator", "party"})  # towards the entry itself
WHO = ROLES | RELATIONS


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
    yield from _fields(definition)
    for flaw in lifecycle_of(definition).problems():
        where: Where = ("lifecycle", flaw.place) if flaw.index is None else ("lifecycle", flaw.place, flaw.index)
        yield where, flaw.message
    yield from _people(definition)
    yield from _evidence(definition)
    yield from _counters(definition)
    yield from _cadence(definition)
    yield from _views(definition)


def _fields(definition: Definition) -> Iterator[Found]:
    states = {state.code for state in definition.lifecycle.states}
    seen: set[str] = set()
    for index, field in enumerate(definition.fields):
        where: Where = ("fields", index)
        for code in (field.code, *field.was):
            if code in seen:
                yield where, Message(N_("字段“%(code)s”定义了两次：请给其中一个换个代码"), {"code": code})
            seen.add(code)
        yield from ((where, message) for message in _one_field(field, states))
    for code in definition.public_from:
        if code not in states:
            yield ("public_from",), Message(N_("public_from 提到未定义的状态“%(state)s”：请改正"), {"state": code})


def _one_field(field: FieldDefinition, states: set[str]) -> Iterator[Message]:
    name = {"code": field.code}
    if field.type in {FieldType.CHOICE, FieldType.CHOICES}:
        if not field.choices:
            yield Message(N_("选择字段“%(code)s”没有选项：请写 choices"), name)
        codes = [code for choice in field.choices for code in (choice.code, *choice.was)]
        if len(codes) != len(set(codes)):
            yield Message(N_("字段“%(code)s”有重复的选项代码（含旧代码）：请改成互不相同"), name)
    elif field.choices:
        yield Message(N_("字段“%(code)s”不是选择字段，却写了 choices：请删去，或把类型改为 choice"), name)
    if field.type is FieldType.LINK and not field.to:
        yield Message(
            N_("链接字段“%(code)s”没有写连到哪里：请写 to（另一本台账的编号，或 %(known)s）"),
            {**name, "known": ", ".join(sorted(LINKABLE))},
        )
    if field.type is not FieldType.LINK and field.to:
        yield Message(N_("字段“%(code)s”不是链接，却写了 to：请删去它"), name)
    if field.type in NUMERIC and field.type not in {FieldType.MONEY, FieldType.PERCENT} and not field.unit:
        yield Message(N_("数字字段“%(code)s”没有写计量单位：请写 unit"), name)
    if (field.minimum is not None or field.maximum is not None) and field.type not in NUMERIC:
        yield Message(N_("字段“%(code)s”不是数字，却写了 minimum 或 maximum：请删去"), name)
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield Message(N_("字段“%(code)s”的 minimum 大于 maximum：请对调"), name)
    if field.required_from and field.required_from not in states | {"always"}:
        yield Message(N_("字段“%(code)s”从未定义的状态“%(state)s”起必填：请改正，或写 always"), {**name, "state": field.required_from})
    if field.multiple and field.type not in {FieldType.FILE, FieldType.LINK, FieldType.ORGANISATION, FieldType.PERSON}:
        yield Message(N_("字段“%(code)s”的类型不能有多个值：请删去 multiple（多选用 choices）"), name)
    if field.unique and (field.multiple or field.type in {FieldType.FILE, FieldType.LONG_TEXT, FieldType.CHOICES}):
        yield Message(N_("字段“%(code)s”的类型不能要求唯一：请删去 unique"), name)
    for role in field.roles:
        if role not in ROLES:
            yield Message(
                N_("字段“%(code)s”写了不存在的角色“%(role)s”：只能是 %(known)s"), {**name, "role": role, "known": ", ".join(sorted(ROLES))}
            )
    if field.type is FieldType.PERSON and field.visible is Audience.PUBLIC:
        yield Message(N_("人员字段“%(code)s”不能对公众公开：请把 visible 改为 signed_in、parties 或 officer"), name)


def _people(definition: Definition) -> Iterator[Found]:
    for index, step in enumerate(definition.lifecycle.transitions):
        told = {who for notice in step.notify for who in notice.to}
        for who in sorted({*step.who, *told} - WHO):
            yield (
                ("lifecycle", "transitions", index),
                Message(
                    N_("流转“%(code)s”写了不认识的人“%(who)s”：只能是 %(known)s"),
                    {"code": step.code, "who": who, "known": ", ".join(sorted(WHO))},
                ),
            )
        if definition.subject == "none" and "subject" in {*step.who, *told}:
            yield (
                ("lifecycle", "transitions", index),
                Message(N_("流转“%(code)s”写了 subject，但这本台账没有主体：请改 who 或 subject"), {"code": step.code}),
            )


def _evidence(definition: Definition) -> Iterator[Found]:
    for index, step in enumerate(definition.lifecycle.transitions):
        for code in step.evidence:
            field = definition.field(code)
            if field is None or field.type is not FieldType.FILE:
                yield (
                    ("lifecycle", "transitions", index),
                    Message(
                        N_("流转“%(code)s”要的佐证“%(field)s”不是文件字段：请先定义 type: file 的字段"), {"code": step.code, "field": code}
                    ),
                )


def _conditions(definition: Definition, where: Where, conditions: Iterable[Condition]) -> Iterator[Found]:
    states = {state.code for state in definition.lifecycle.states}
    for index, condition in enumerate(conditions):
        here: Where = (*where, "where", index)
        for code in condition.state:
            if code not in states:
                yield here, Message(N_("条件提到未定义的状态“%(state)s”：请改正"), {"state": code})
        if bool(condition.state) == bool(condition.field):
            yield here, Message(N_("一个条件要么写 state，要么写 field：请拆成两条或补上一个"))
            continue
        if condition.state:
            continue
        field = definition.field(condition.field)
        if field is None:
            yield here, Message(N_("条件用到没有定义的字段“%(field)s”：请改正或补上它"), {"field": condition.field})
            continue
        yield from ((here, message) for message in _comparison(field, condition))


def _comparison(field: FieldDefinition, condition: Condition) -> Iterator[Message]:
    tests = [condition.is_ is not None, bool(condition.in_), condition.at_least is not None or condition.at_most is not None]
    if sum([*tests, condition.filled is not None]) != 1:
        yield Message(N_("字段“%(field)s”的条件要正好写 is、in、at_least/at_most、filled 中的一种"), {"field": field.code})
    if tests[2] and field.type not in NUMERIC:
        yield Message(N_("字段“%(field)s”不是数字，不能用 at_least 或 at_most"), {"field": field.code})
    wanted = [condition.is_, *condition.in_]
    for value in (value for value in wanted if value is not None):
        if field.type in {FieldType.CHOICE, FieldType.CHOICES} and value not in {choice.code for choice in field.choices}:
            yield Message(N_("条件里的“%(value)s”不是字段“%(field)s”的选项：请改正"), {"value": value, "field": field.code})
        if field.type in NUMERIC and not _is_number(value):
            yield Message(N_("条件里的“%(value)s”不是数，字段“%(field)s”是数字"), {"value": value, "field": field.code})
        if field.type is FieldType.YES_NO and not isinstance(value, bool):
            yield Message(N_("条件里的“%(value)s”要写成 true 或 false"), {"value": value})


def _is_number(value: object) -> bool:
    try:
        Decimal(str(value))
    except InvalidOperation:
        return False
    return not isinstance(value, bool)


def _counters(definition: Definition) -> Iterator[Found]:
    seen: set[str] = set()
    for index, counter in enumerate(definition.counters):
        where: Where = ("counters", index)
        name = {"code": counter.code}
        if counter.code in seen:
            yield where, Message(N_("计数“%(code)s”定义了两次：请给其中一个换个代码"), name)
        seen.add(counter.code)
        field = definition.field(counter.of)
        if counter.how == "count" and counter.of:
            yield where, Message(N_("计数“%(code)s”数的是条目，不用写 of：请删去，或把 how 改为 distinct"), name)
        if counter.how != "count" and field is None:
            yield where, Message(N_("计数“%(code)s”要用的字段“%(field)s”没有定义：请改正或补上它"), {**name, "field": counter.of or "of"})
        if counter.how in {"sum", "latest"} and field is not None and field.type not in NUMERIC:
            yield where, Message(N_("计数“%(code)s”要对“%(field)s”求值，但它不是数字"), {**name, "field": counter.of})
        if counter.date:
            dated = definition.field(counter.date)
            if dated is None or dated.type is not FieldType.DATE:
                yield (*where, "date"), Message(N_("计数“%(code)s”的 date“%(field)s”不是日期字段：请改正"), {**name, "field": counter.date})
        for code in counter.once:
            if definition.field(code) is None:
                yield where, Message(N_("计数“%(code)s”的 once 用到没有定义的字段“%(field)s”：请改正"), {**name, "field": code})
        band = counter.target
        if band is not None and band.from_ is None and band.to is None:
            yield (*where, "target"), Message(N_("计数“%(code)s”的 target 没有数：请写 from 或 to"), name)
        if band is not None and band.from_ is not None and band.to is not None and band.from_ > band.to:
            yield (*where, "target"), Message(N_("计数“%(code)s”的 target 下限大于上限：请对调"), name)
        yield from _conditions(definition, where, counter.where)


def _cadence(definition: Definition) -> Iterator[Found]:
    for index, rule in enumerate(definition.cadence):
        where: Where = ("cadence", index)
        dated = definition.field(rule.date)
        if dated is None or dated.type is not FieldType.DATE:
            yield where, Message(N_("节奏“%(code)s”的 date“%(field)s”不是日期字段：请改正"), {"code": rule.code, "field": rule.date})
        if rule.by and definition.field(rule.by) is None:
            yield where, Message(N_("节奏“%(code)s”的 by 用到没有定义的字段“%(field)s”：请改正"), {"code": rule.code, "field": rule.by})
        yield from _conditions(definition, where, rule.where)


def _views(definition: Definition) -> Iterator[Found]:
    views = definition.views
    built_in = {"state", "region", "subject", "updated"}
    named = [("title", [views.title]), ("columns", views.columns), ("filters", views.filters), ("print", views.print)]
    for key, codes in named:
        for code in codes:
            if definition.field(code) is None and code not in built_in:
                yield (
                    ("views", key),
                    Message(N_("视图 %(view)s 用到没有定义的字段“%(field)s”：请改正或补上它"), {"view": key, "field": code}),
                )
    for key, code, type_ in (("calendar", views.calendar, FieldType.DATE), ("map", views.map, FieldType.REGION)):
        field = definition.field(code)
        if code and (field is None or field.type is not type_):
            yield (
                ("views", key),
                Message(N_("视图 %(view)s 要用%(type)s字段，“%(field)s”不是"), {"view": key, "type": type_.value, "field": code}),
            )
    if definition.editions is not None:
        for code in definition.editions.columns:
            if definition.field(code) is None and code not in built_in:
                yield ("editions", "columns"), Message(N_("榜单列“%(field)s”没有定义：请改正或补上它"), {"field": code})
        for code in definition.editions.order:
            if definition.field(code.removeprefix("-")) is None:
                yield ("editions", "order"), Message(N_("榜单排序用到没有定义的字段“%(field)s”：请改正"), {"field": code})
        yield from _conditions(definition, ("editions",), definition.editions.where)
