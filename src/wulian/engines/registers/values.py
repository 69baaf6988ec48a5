"""The values of an entry: how each type is stored, read from text, checked and shown.

Stored form (JSON): text as text; choice its code; choices a list of codes; integer and money (fen) whole numbers; decimal and
percent as decimal text, so that 0.1 stays 0.1; date YYYY-MM-DD; period 2026, 2026-Q1 or 2026-03; region its code; yes_no true
or false; organisation, person, link an id (a list with `multiple`); file a list of ids; rows a list of objects.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wulian.kernel.errors import N_
from wulian.kernel.money import parse_fen
from wulian.kernel.problems import BadValue, Problem

from .conditions import is_missing
from .schema import NUMERIC, Choice, Definition, FieldDefinition, FieldType

LONGEST = {FieldType.TEXT: 300, FieldType.LONG_TEXT: 20_000}
MOST_ROWS = 500
MOST_MANY = 200
LARGEST = 2**53  # whole numbers beyond this are not exact in a browser
LARGEST_FRACTION = 9 * 10**12  # in millionths it still fits a 64-bit column
LONGEST_ID = 15

TOO_LONG = N_("有 %(length)s 个字，最多 %(most)s 个")
NOT_TEXT = N_("要写文字")
NOT_CHOICE = N_("“%(text)s”不在可选范围：%(known)s")
RETIRED = N_("“%(text)s”已停用，不能再选")
NOT_WHOLE = N_("“%(text)s”不是整数")
NOT_NUMBER = N_("“%(text)s”不是数")
TOO_FINE = N_("“%(text)s”小数位超过六位")
TOO_LARGE = N_("“%(text)s”太大")
BELOW = N_("%(value)s 小于下限 %(bound)s")
ABOVE = N_("%(value)s 大于上限 %(bound)s")
NOT_PERCENT = N_("“%(text)s”不是百分数：请写 12.5 或 12.5%%")
NOT_DATE = N_("“%(text)s”不是 2026-03-02 这样的日期")
NOT_PERIOD = N_("“%(text)s”不是期间：请写 2026、2026-Q1 或 2026-03")
NOT_YES_NO = N_("“%(text)s”不是“是”或“否”")
NOT_REFERENCE = N_("要选一项，不能直接写“%(text)s”")
NOT_LIST = N_("要给出一个列表")
TOO_MANY = N_("有 %(count)s 项，最多 %(most)s 项")
UNKNOWN_COLUMN = N_("明细里没有“%(name)s”这一列")
IN_ROW = N_("第 %(row)s 行“%(column)s”：%(why)s")

YES, NO = frozenset({"是", "有", "true", "yes", "y", "1", "√"}), frozenset({"否", "无", "false", "no", "n", "0", "×"})
_PERIOD = re.compile(r"(?P<year>(?:19|20|21)\d\d)(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
_DATE = re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?")
REFERENCES = frozenset({FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK, FieldType.FILE})


def bad(code: str, message: str, **params: object) -> BadValue:
    return BadValue(Problem(code, message, params))


def read(field: FieldDefinition, raw: Any) -> Any:
    """The stored form of what a form, a file or an API call gives for `field`; None when it is blank.

    References must be ids already (names are looked up by the caller). Raises BadValue.
    """
    if is_missing(raw):
        return None
    if field.type is FieldType.ROWS:
        return _rows(field, raw)
    if field.type is FieldType.CHOICES:
        items = raw if isinstance(raw, list | tuple) else re.split(r"[、,，;；]", _text(raw))
        return list(dict.fromkeys(_choice(field, item) for item in items if not is_missing(item))) or None
    if field.type in REFERENCES:
        return _references(field, raw)
    if isinstance(raw, list | tuple | dict):
        raise bad("not_text", NOT_TEXT)
    return _SINGLE[field.type](field, raw)


def _text(raw: Any) -> str:
    return unicodedata.normalize("NFKC", str(raw)).strip()


def _words(field: FieldDefinition, raw: Any) -> str:
    text = str(raw).replace("\x00", "").strip()
    if len(text) > LONGEST[field.type]:
        raise bad("too_long", TOO_LONG, length=len(text), most=LONGEST[field.type])
    return text if field.type is FieldType.LONG_TEXT else " ".join(text.split())


def choice_named(field: FieldDefinition, text: str) -> Choice | None:
    """The choice with this code (present or former) or this label in either language."""
    for choice in field.choices:
        if text in {choice.code, *choice.was, choice.label.zh, choice.label.en}:
            return choice
    return None


def _choice(field: FieldDefinition, raw: Any) -> str:
    text = str(raw).strip()
    choice = choice_named(field, text)
    if choice is None:
        known = "、".join(item.label.zh for item in field.choices if not item.retired)
        raise bad("not_a_choice", NOT_CHOICE, text=text[:40], known=known)
    return choice.code


def _decimal(raw: Any) -> Decimal:
    text = _text(raw).replace(",", "")
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise bad("not_a_number", NOT_NUMBER, text=text[:40]) from error
    if not value.is_finite():
        raise bad("not_a_number", NOT_NUMBER, text=text[:40])
    if abs(value) >= LARGEST:
        raise bad("too_large", TOO_LARGE, text=text[:40])
    return value


def _within(field: FieldDefinition, value: Decimal) -> Decimal:
    """Bounds are in the stored unit, for money in yuan."""
    shown = value / 100 if field.type is FieldType.MONEY else value
    if field.minimum is not None and shown < field.minimum:
        raise bad("below", BELOW, value=format(shown, "f"), bound=format(field.minimum, "f"))
    if field.maximum is not None and shown > field.maximum:
        raise bad("above", ABOVE, value=format(shown, "f"), bound=format(field.maximum, "f"))
    return value


def _whole(field: FieldDefinition, raw: Any) -> int:
    value = _decimal(raw) if not isinstance(raw, bool) else None
    if value is None or value != value.to_integral_value():
        raise bad("not_whole", NOT_WHOLE, text=str(raw)[:40])
    return int(_within(field, value))


def _fraction(field: FieldDefinition, raw: Any) -> str:
    text = _text(raw)
    try:
        value = _decimal(text.removesuffix("%") if field.type is FieldType.PERCENT else text)
    except BadValue as error:
        if field.type is FieldType.PERCENT:
            raise bad("not_percent", NOT_PERCENT, text=text[:40]) from error
        raise
    if abs(value) > LARGEST_FRACTION:
        raise bad("too_large", TOO_LARGE, text=text[:40])
    if isinstance(exponent := value.normalize().as_tuple().exponent, int) and exponent < -6:
        raise bad("too_fine", TOO_FINE, text=text[:40])
    return format(_within(field, value).normalize(), "f")


def _money(field: FieldDefinition, raw: Any) -> int:
    """A whole number is fen (the stored form); text is read in yuan unless it names another unit (3.5万元)."""
    if isinstance(raw, bool):
        raise bad("not_a_number", NOT_NUMBER, text=str(raw))
    fen = raw if isinstance(raw, int) else parse_fen(str(raw))
    if abs(fen) >= LARGEST:
        raise bad("too_large", TOO_LARGE, text=str(raw)[:40])
    return int(_within(field, Decimal(fen)))


def _day(field: FieldDefinition, raw: Any) -> str:
    text = raw.isoformat()[:10] if isinstance(raw, date) else _text(raw)
    match = _DATE.fullmatch(text) or re.fullmatch(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", text)
    try:
        if match is None:
            raise ValueError(text)
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
        if not 1900 <= day.year <= 2200:
            raise ValueError(text)
    except ValueError as error:
        raise bad("not_a_date", NOT_DATE, text=text[:40]) from error
    return day.isoformat()


def _period(field: FieldDefinition, raw: Any) -> str:
    text = _text(raw).upper().replace("年", "-").replace("月", "").replace("季度", "").rstrip("-")
    text = re.sub(r"-([1-9])$", r"-0\1", text)
    if not _PERIOD.fullmatch(text):
        raise bad("not_a_period", NOT_PERIOD, text=str(raw)[:40])
    return text


def _yes_no(field: FieldDefinition, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    text = _text(raw).lower()
    if text in YES or text in NO:
        return text in YES
    raise bad("not_yes_no", NOT_YES_NO, text=text[:40])


def _region(field: FieldDefinition, raw: Any) -> str:
    return _text(raw)[:20]


_SINGLE = {
    FieldType.TEXT: _words,
    FieldType.LONG_TEXT: _words,
    FieldType.CHOICE: _choice,
    FieldType.INTEGER: _whole,
    FieldType.DECIMAL: _fraction,
    FieldType.PERCENT: _fraction,
    FieldType.MONEY: _money,
    FieldType.DATE: _day,
    FieldType.PERIOD: _period,
    FieldType.YES_NO: _yes_no,
    FieldType.REGION: _region,
}


def _references(field: FieldDefinition, raw: Any) -> Any:
    items = raw if isinstance(raw, list | tuple) else [raw]
    ids: list[int] = []
    for item in items:
        if is_missing(item):
            continue
        digits = str(item).strip()
        if isinstance(item, bool) or not digits.isdecimal() or len(digits) > LONGEST_ID:
            raise bad("not_reference", NOT_REFERENCE, text=digits[:40])
        ids.append(int(digits))
    ids = list(dict.fromkeys(ids))
    many = field.multiple or field.type is FieldType.FILE
    if len(ids) > (MOST_MANY if field.multiple else 1):
        raise bad("too_many", TOO_MANY, count=len(ids), most=MOST_MANY if field.multiple else 1)
    if not ids:
        return None
    return ids if many else ids[0]


def _rows(field: FieldDefinition, raw: Any) -> list[dict[str, Any]] | None:
    if not isinstance(raw, list | tuple) or not all(isinstance(row, Mapping) for row in raw):
        raise bad("not_list", NOT_LIST)
    if len(raw) > MOST_ROWS:
        raise bad("too_many", TOO_MANY, count=len(raw), most=MOST_ROWS)
    columns = {column.code: column for column in field.fields}
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(raw, start=1):
        read_row: dict[str, Any] = {}
        for name, value in row.items():
            if name not in columns:
                raise bad("unknown_column", UNKNOWN_COLUMN, name=str(name)[:40])
            try:
                stored = read(columns[name], value)
            except BadValue as error:
                why = error.problem
                raise bad("in_row", IN_ROW, row=place, column=columns[name].label.zh, why=why.text()) from error
            if stored is not None:
                read_row[name] = stored
        if read_row:
            rows.append(read_row)
    return rows or None


def present(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values read through the present definition: former field codes and choice codes become the present ones."""
    found: dict[str, Any] = {}
    for field in definition.fields:
        code = next((name for name in (field.code, *field.was) if not is_missing(values.get(name))), None)
        if code is not None:
            found[field.code] = _renamed(field, values[code])
    return found


def _renamed(field: FieldDefinition, value: Any) -> Any:
    if field.type is FieldType.ROWS:
        columns = {name: column for column in field.fields for name in (column.code, *column.was)}
        return [{columns[name].code: _renamed(columns[name], item) for name, item in row.items() if name in columns} for row in value]
    if field.choices:
        former = {old: choice.code for choice in field.choices for old in choice.was}
        return [former.get(item, item) for item in value] if isinstance(value, list) else former.get(value, value)
    return value


def references(definition: Definition, values: Mapping[str, Any], type_: FieldType) -> Iterable[tuple[str, int]]:
    """(field or field.column, id) of every reference of a type among stored `values`."""
    for field in definition.fields:
        value = values.get(field.code)
        if value is None:
            continue
        if field.type is type_:
            yield from ((field.code, item) for item in (value if isinstance(value, list) else [value]))
        elif field.type is FieldType.ROWS:
            for column in field.fields:
                if column.type is type_:
                    yield from ((f"{field.code}.{column.code}", row[column.code]) for row in value if row.get(column.code) is not None)


def as_decimal(field: FieldDefinition, value: Any) -> Decimal | None:
    """A stored number as a person reads it: yuan for money; None when missing or no number."""
    if is_missing(value) or field.type not in NUMERIC:
        return None
    exact = Decimal(str(value))
    return exact / 100 if field.type is FieldType.MONEY else exact
