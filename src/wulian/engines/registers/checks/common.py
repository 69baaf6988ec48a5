"""What the checks share: where a flaw is, who may be named, and what a condition may say."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from ..schema import NUMERIC, Condition, FieldDefinition, FieldType

Where = tuple[Hashable, ...]
Found = tuple[Where, Message]

ROLES = frozenset({"officer", "reporter", "enterprise", "institute", "provider", "reviewer", "auditor", "administrator"})
RELATIONS = frozenset({"subject", "creator", "party"})  # towards the entry itself
WHO = ROLES | RELATIONS | {"anyone"}  # anyone: every account that is signed in

BOUNDS = ("at_least", "at_most", "above", "below")
FIELD_BOUNDS = ("at_least_field", "at_most_field", "above_field", "below_field")


def strangers(words: Iterable[str], known: frozenset[str] = WHO) -> list[str]:
    return sorted(set(words) - known)


def condition_flaws(
    where: Where, conditions: Sequence[Condition], fields: Sequence[FieldDefinition], states: frozenset[str] = frozenset()
) -> Iterator[Found]:
    """Flaws of `conditions` over `fields`; `states` empty: a state may not be asked for here."""
    by_code = {field.code: field for field in fields}
    for index, condition in enumerate(conditions):
        here: Where = (*where, index)
        for code in condition.state:
            if code not in states:
                yield here, Message(N_("条件提到未定义的状态“%(state)s”：请改正"), {"state": code})
        if bool(condition.state) == bool(condition.field):
            yield here, Message(N_("一个条件要么写 state，要么写 field：请拆成两条或补上一个"))
            continue
        if condition.state:
            continue
        field = by_code.get(condition.field)
        if field is None:
            yield here, Message(N_("条件用到没有定义的字段“%(field)s”：请改正或补上它"), {"field": condition.field})
            continue
        yield from ((here, message) for message in _comparison(field, condition, by_code))


def _comparison(field: FieldDefinition, condition: Condition, by_code: dict[str, FieldDefinition]) -> Iterator[Message]:
    name = {"field": field.code}
    bounded = [key for key in BOUNDS if getattr(condition, key) is not None]
    compared = [key for key in FIELD_BOUNDS if getattr(condition, key)]
    ways = [condition.is_ is not None, bool(condition.in_), bool(bounded), bool(compared), condition.filled is not None]
    if sum([*ways, bool(condition.differs_from)]) != 1:
        yield Message(
            N_("字段“%(field)s”的条件要正好写 is、in、上下限、与另一字段比较、filled 中的一种"),
            name,
        )
    if field.type is FieldType.ROWS and condition.filled is None:
        yield Message(N_("字段“%(field)s”是明细，条件只能写 filled；要数行数请加一个 compute 字段"), name)
    if bounded and field.type not in NUMERIC:
        yield Message(N_("字段“%(field)s”不是数字，不能写上下限"), name)
    for key in [*compared, *(["differs_from"] if condition.differs_from else [])]:
        other = by_code.get(getattr(condition, key))
        if other is None:
            yield Message(N_("条件用到没有定义的字段“%(field)s”：请改正或补上它"), {"field": getattr(condition, key)})
        elif key != "differs_from" and not (other.type is field.type or {other.type, field.type} <= NUMERIC):
            yield Message(N_("字段“%(field)s”和“%(other)s”类型不同，不能比较"), {**name, "other": other.code})
        elif key != "differs_from" and field.type not in NUMERIC | {FieldType.DATE}:
            yield Message(N_("字段“%(field)s”不是数字或日期，不能比大小"), name)
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
