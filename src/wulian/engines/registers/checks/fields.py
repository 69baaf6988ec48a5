"""Fields: each by itself, computed fields, and what is required of several together."""

from __future__ import annotations

from collections.abc import Iterator

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from ..computing import inputs_of, result_types
from ..schema import LINKABLE, NUMERIC, Audience, Definition, FieldDefinition, FieldType
from ..slots import CAPACITY, overflow
from .common import ROLES, Found, Where, condition_flaws

MANY = frozenset({FieldType.FILE, FieldType.LINK, FieldType.ORGANISATION, FieldType.PERSON})
RESERVED = frozenset({"subject", "state", "region", "number", "updated", "title"})  # what every entry has besides


def flaws(definition: Definition) -> Iterator[Found]:
    states = frozenset(state.code for state in definition.lifecycle.states)
    seen: set[str] = set()
    for index, field in enumerate(definition.fields):
        where: Where = ("fields", index)
        for code in (field.code, *field.was):
            if code in seen:
                yield where, Message(N_("字段“%(code)s”定义了两次：请给其中一个换个代码"), {"code": code})
            if code in RESERVED:
                yield where, Message(N_("“%(code)s”是每个条目自带的，不用再定义：请换个代码"), {"code": code})
            seen.add(code)
        yield from ((where, message) for message in _one_field(field, states))
        yield from _columns(where, field)
        yield from _compute(where, field, definition)
    yield from _circles(definition)
    for code in definition.public_in:
        if code not in states:
            yield ("public_in",), Message(N_("public_in 提到未定义的状态“%(state)s”：请改正"), {"state": code})
    yield from _rules(definition, states)
    for kind, count in overflow(definition):
        yield (
            ("fields",),
            Message(
                N_("用于筛选、计数、排序的%(kind)s字段有 %(count)s 个，最多 %(most)s 个：请减少 filters、counters 用到的字段"),
                {"kind": kind, "count": count, "most": CAPACITY[kind]},
            ),
        )


def _one_field(field: FieldDefinition, states: frozenset[str]) -> Iterator[Message]:
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
    if field.multiple and field.type not in MANY:
        yield Message(N_("字段“%(code)s”的类型不能有多个值：请删去 multiple（多选用 choices）"), name)
    if field.unique and (field.multiple or field.type in {FieldType.FILE, FieldType.LONG_TEXT, FieldType.CHOICES, FieldType.ROWS}):
        yield Message(N_("字段“%(code)s”的类型不能要求唯一：请删去 unique"), name)
    for role in field.roles:
        if role not in ROLES:
            yield Message(
                N_("字段“%(code)s”写了不存在的角色“%(role)s”：只能是 %(known)s"), {**name, "role": role, "known": ", ".join(sorted(ROLES))}
            )
    people = field.type is FieldType.PERSON or any(column.type is FieldType.PERSON for column in field.fields)
    if people and field.visible is Audience.PUBLIC:
        yield Message(N_("人员字段“%(code)s”不能对公众公开：请把 visible 改为 signed_in、parties 或 officer"), name)


def _columns(where: Where, field: FieldDefinition) -> Iterator[Found]:
    """The columns of a rows field."""
    if field.type is not FieldType.ROWS:
        if field.fields:
            yield where, Message(N_("字段“%(code)s”不是明细，却写了 fields：请删去，或把类型改为 rows"), {"code": field.code})
        return
    if not field.fields:
        yield where, Message(N_("明细字段“%(code)s”没有列：请写 fields"), {"code": field.code})
    seen: set[str] = set()
    for index, column in enumerate(field.fields):
        here: Where = (*where, "fields", index)
        if column.code in seen:
            yield here, Message(N_("字段“%(code)s”定义了两次：请给其中一个换个代码"), {"code": column.code})
        seen.add(column.code)
        yield from ((here, message) for message in _one_field(column, frozenset()))
        if column.type in {FieldType.ROWS, FieldType.FILE, FieldType.LINK} or column.compute or column.multiple or column.unique:
            yield here, Message(N_("明细里的列“%(code)s”只能是简单字段，不能是明细、文件、链接、计算、多值或唯一"), {"code": column.code})


def _compute(where: Where, field: FieldDefinition, definition: Definition) -> Iterator[Found]:
    compute = field.compute
    if compute is None:
        return
    here: Where = (*where, "compute")
    name = {"code": field.code}
    chosen = [key for key in type(compute).model_fields if key != "where" and getattr(compute, key)]
    if len(chosen) != 1:
        yield here, Message(N_("字段“%(code)s”的 compute 要正好写一种算法"), name)
        return
    if field.required_from or field.unique or field.minimum is not None or field.maximum is not None:
        yield here, Message(N_("字段“%(code)s”由系统计算，不能再要求必填、唯一或上下限"), name)
    way = chosen[0]
    table: FieldDefinition | None = None
    for path in inputs_of(compute):
        code, _dot, column = path.partition(".")
        source = definition.field(code)
        if source is None or (column and (source.type is not FieldType.ROWS or all(c.code != column for c in source.fields))):
            yield here, Message(N_("字段“%(code)s”的计算用到没有定义的“%(path)s”：请改正或补上它"), {**name, "path": path})
            return
        if way in {"sum", "earliest", "latest", "count", "share"}:
            table = source if source.type is FieldType.ROWS else None
            needs_column = way in {"sum", "earliest", "latest"}
            if table is None or needs_column != bool(column):
                yield here, Message(N_("字段“%(code)s”的计算要写成%(form)s"), {**name, "form": "field.column" if needs_column else "field"})
                return
    if way in {"difference", "ratio", "days"} and len(getattr(compute, way)) != 2:
        yield here, Message(N_("字段“%(code)s”的计算要正好写两个字段"), name)
        return
    allowed = result_types(compute, definition)
    if field.type not in allowed:
        known = ", ".join(sorted(type_.value for type_ in allowed)) or "—"
        yield here, Message(N_("字段“%(code)s”的计算结果类型不符：只能是 %(known)s"), {**name, "known": known})
    if compute.where and table is None:
        yield here, Message(N_("字段“%(code)s”的计算只有对明细才能写 where"), name)
    elif table is not None:
        yield from condition_flaws((*here, "where"), compute.where, table.fields)


def _circles(definition: Definition) -> Iterator[Found]:
    """Computed fields that need each other."""
    needs = {
        field.code: {path.partition(".")[0] for path in inputs_of(field.compute)}
        for field in definition.fields
        if field.compute is not None
    }
    for index, field in enumerate(definition.fields):
        reached, queue = set(), list(needs.get(field.code, ()))
        while queue:
            code = queue.pop()
            if code not in reached:
                reached.add(code)
                queue += needs.get(code, ())
        if field.code in reached:
            yield ("fields", index), Message(N_("字段“%(code)s”的计算绕回了自己：请改成不循环的"), {"code": field.code})


def _rules(definition: Definition, states: frozenset[str]) -> Iterator[Found]:
    steps = {step.code for step in definition.lifecycle.transitions}
    reasoned = {step.code for step in definition.lifecycle.transitions if step.reason or step.back}
    seen: set[str] = set()
    for index, rule in enumerate(definition.rules):
        where: Where = ("rules", index)
        if rule.code in seen:
            yield where, Message(N_("规则“%(code)s”定义了两次：请给其中一个换个代码"), {"code": rule.code})
        seen.add(rule.code)
        for code in rule.at:
            if code not in steps:
                yield where, Message(N_("规则“%(code)s”提到未定义的流转“%(step)s”：请改正"), {"code": rule.code, "step": code})
            if rule.severity == "except" and code in reasoned:
                # Its reason is given anyway, so the exception would pass unseen.
                yield (
                    where,
                    Message(
                        N_(
                            "规则“%(code)s”允许写明理由后例外，但流转“%(step)s”本来就要写理由，规则拦不住什么：请把 severity 改为 refuse，或从 at 里删去它"
                        ),
                        {"code": rule.code, "step": code},
                    ),
                )
        for key in ("when", "must"):
            yield from condition_flaws((*where, key), getattr(rule, key), definition.fields, states)
    codes = {field.code: field for field in definition.fields}
    for index, unique in enumerate(definition.unique):
        where = ("unique", index)
        for code in unique.fields:
            field = codes.get(code)
            if code == "subject" and definition.subject != "none":
                continue
            if field is None:
                yield where, Message(N_("不可重复的“%(code)s”没有定义：请改正或补上它"), {"code": code})
            elif field.multiple or field.type in {FieldType.FILE, FieldType.LONG_TEXT, FieldType.CHOICES, FieldType.ROWS}:
                yield where, Message(N_("字段“%(code)s”的类型不能要求唯一：请删去 unique"), {"code": code})
        for code in unique.states:
            if code not in states:
                yield where, Message(N_("不可重复的条件提到未定义的状态“%(state)s”：请改正"), {"state": code})
        dated = codes.get(unique.year_of)
        if unique.year_of and (dated is None or dated.type is not FieldType.DATE):
            yield where, Message(N_("year_of 的“%(code)s”不是日期字段：请改正"), {"code": unique.year_of})
