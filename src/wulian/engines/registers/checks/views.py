"""Views and editions: over fields that exist, of types that can be shown so."""

from __future__ import annotations

from collections.abc import Iterator

from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from ..schema import Definition, FieldType
from .common import Found, condition_flaws

BUILT_IN = frozenset({"state", "region", "subject", "updated"})
FILTERABLE = frozenset(
    {
        FieldType.CHOICE, FieldType.CHOICES, FieldType.YES_NO, FieldType.PERIOD, FieldType.REGION, FieldType.DATE, FieldType.INTEGER,
        FieldType.DECIMAL, FieldType.MONEY, FieldType.PERCENT, FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK, FieldType.TEXT,
    }
)  # fmt: skip
TITLES = frozenset({FieldType.TEXT, FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK, FieldType.CHOICE, FieldType.PERIOD})


def flaws(definition: Definition) -> Iterator[Found]:
    views = definition.views
    named = [("columns", views.columns), ("filters", views.filters), ("print", views.print)]
    for key, codes in named:
        for code in codes:
            if definition.field(code) is None and code not in BUILT_IN:
                yield (
                    ("views", key),
                    Message(N_("视图 %(view)s 用到没有定义的字段“%(field)s”：请改正或补上它"), {"view": key, "field": code}),
                )
    for code in views.filters:
        field = definition.field(code)
        if field is not None and field.type not in FILTERABLE:
            yield ("views", "filters"), Message(N_("字段“%(field)s”的类型不能用来筛选：请从 filters 里删去"), {"field": code})
    title = definition.field(views.title)
    if views.title == "subject":
        if definition.subject == "none":
            yield ("views", "title"), Message(N_("这本台账没有主体，不能以主体为标题：请写一个字段"))
    elif title is None or title.type not in TITLES or title.multiple:
        yield (
            ("views", "title"),
            Message(N_("标题要用一个文字、单位、人员、链接或选择字段，或 subject；“%(field)s”不行"), {"field": views.title}),
        )
    for key, code, type_ in (("calendar", views.calendar, FieldType.DATE), ("map", views.map, FieldType.REGION)):
        field = definition.field(code)
        if key == "map" and code == "region":
            continue
        if code and (field is None or field.type is not type_):
            yield (
                ("views", key),
                Message(N_("视图 %(view)s 要用%(type)s字段，“%(field)s”不是"), {"view": key, "type": type_.value, "field": code}),
            )
    editions = definition.editions
    if editions is not None:
        for code in editions.columns:
            if definition.field(code) is None and code not in BUILT_IN:
                yield ("editions", "columns"), Message(N_("榜单列“%(field)s”没有定义：请改正或补上它"), {"field": code})
        for code in editions.order:
            if definition.field(code.removeprefix("-")) is None:
                yield ("editions", "order"), Message(N_("榜单排序用到没有定义的字段“%(field)s”：请改正"), {"field": code})
        states = frozenset(state.code for state in definition.lifecycle.states)
        yield from condition_flaws(("editions", "where"), editions.where, definition.fields, states)
