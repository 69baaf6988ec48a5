"""Kinds of quantity and their exact integers: reading them from a cell or a rule file, and writing them for a person.

Everything is an integer in the kind's smallest unit (fen, millionths of a person, billionths of a share, days since
1970-01-01), so that no comparison rounds. A cell with finer digits is rounded to the odd neighbour: limits are even
numbers of the smallest unit, so it stays on its side of every limit.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from wulian.kernel.errors import N_
from wulian.kernel.money import UNITS
from wulian.kernel.problems import BadValue, Problem


class Kind(StrEnum):
    MONEY = "money"  # fen
    PERSONS = "persons"  # millionths: the year's average number of staff is a fraction
    NUMBER = "number"  # millionths: an average per year is a fraction
    SHARE = "share"  # billionths of 1
    FLAG = "flag"  # 0 or 1
    DATE = "date"  # days since 1970-01-01
    DAYS = "days"
    WORD = "word"  # one of the words that the fact lists, by its place in the list


SCALE = {
    Kind.MONEY: 100,
    Kind.PERSONS: 10**6,
    Kind.NUMBER: 10**6,
    Kind.SHARE: 10**9,
    Kind.FLAG: 1,
    Kind.DATE: 1,
    Kind.DAYS: 1,
    Kind.WORD: 1,
}
EPOCH = date(1970, 1, 1)
# Beyond this a cell is a slip of the pen (100 万亿元); below it, no product of the rules leaves 128 bits.
LARGEST = {Kind.MONEY: 10**16, Kind.PERSONS: 10**14, Kind.NUMBER: 10**14, Kind.SHARE: 10**9 * 10**6}

NOT_NUMBER = N_("“%(text)s”不是数，按不详处理：请改成数字")
NOT_FLAG = N_("“%(text)s”不是“是”或“否”，按不详处理：请写 1 或 0")
NOT_DATE = N_("“%(text)s”不是日期，按不详处理：请写成 2026-03-31 的样子")
NOT_WORD = N_("“%(text)s”不在可选的词里，按不详处理：请写 %(words)s 之一")
NOT_WHOLE = N_("“%(text)s”不是整数，按不详处理：这里数的是件数")
NEGATIVE = N_("“%(text)s”是负数，按不详处理：请核对")
ABOVE_ONE = N_("“%(text)s”超过 100 %%，按不详处理：占比请写 0.6 或 60%%")
TOO_LARGE = N_("“%(text)s”大得不合情理，按不详处理：请核对单位")

BLANKS = frozenset({"", "-", "—", "N/A", "NA", "NULL", "NONE", "NAN", "不详", "未知"})
YES = frozenset({"1", "TRUE", "T", "YES", "Y", "是", "有", "1.0"})
NO = frozenset({"0", "FALSE", "F", "NO", "N", "否", "无", "0.0"})
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(E[+-]?\d{1,2})?", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?( 00:00(:00)?)?")


def to_days(day: date) -> int:
    return (day - EPOCH).days


def from_days(days: int) -> date:
    return EPOCH + timedelta(days=days)


def scaled(value: Decimal, scale: int) -> int:
    """`value` in units of 1/`scale`, rounded to the odd neighbour where it is finer than that."""
    exact = value * scale
    floor = int(exact.to_integral_value("ROUND_FLOOR"))
    return floor if exact == floor else floor | 1 if floor >= 0 else -((-(floor + 1)) | 1)


def read_cell(
    kind: Kind, text: str, *, negative: bool = False, above_one: bool = False, whole: bool = False, words: tuple[str, ...] = ()
) -> int | None:
    """The exact integer of a cell; None for an empty one. Raises BadValue with the problem named."""
    printed = unicodedata.normalize("NFKC", text).strip()
    if printed.upper() in BLANKS and not (kind is Kind.FLAG and printed == "无"):
        return None
    if kind is Kind.FLAG:
        if printed.upper() in YES or printed.upper() in NO:
            return int(printed.upper() in YES)
        raise BadValue(Problem("not_flag", NOT_FLAG, {"text": text[:40]}))
    if kind is Kind.DATE:
        return to_days(_date(printed, text))
    if kind is Kind.WORD:
        if printed in words:
            return words.index(printed)
        raise BadValue(Problem("not_word", NOT_WORD, {"text": text[:40], "words": "、".join(words)}))
    value = _decimal(printed, percent=kind is Kind.SHARE)
    if value is None:
        raise BadValue(Problem("not_number", NOT_NUMBER, {"text": text[:40]}))
    if value < 0 and not negative:
        raise BadValue(Problem("negative", NEGATIVE, {"text": text[:40]}))
    if kind is Kind.SHARE and value > 1 and not above_one:
        raise BadValue(Problem("above_one", ABOVE_ONE, {"text": text[:40]}))
    if whole and value != value.to_integral_value():
        raise BadValue(Problem("not_whole", NOT_WHOLE, {"text": text[:40]}))
    if abs(value) * SCALE[kind] > LARGEST.get(kind, 10**9):
        raise BadValue(Problem("too_large", TOO_LARGE, {"text": text[:40]}))
    return scaled(value, SCALE[kind])


def _date(printed: str, text: str) -> date:
    match = _DATE.fullmatch(printed)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise BadValue(Problem("not_date", NOT_DATE, {"text": text[:40]}))


def _decimal(printed: str, *, percent: bool) -> Decimal | None:
    is_percent = percent and printed.endswith("%")
    number = printed.removesuffix("%").strip() if is_percent else printed
    if _GROUPED.fullmatch(number):
        number = number.replace(",", "")
    if not _NUMBER.fullmatch(number):
        return None
    try:
        value = Decimal(number)
    except InvalidOperation:  # pragma: no cover
        return None
    return value / 100 if is_percent else value


# What a rule file writes: 5000 万元, 30 %, 500 人, 365 天, 3 项, 60 分, 5.
_UNIT_KINDS = {**dict.fromkeys(UNITS, Kind.MONEY), "人": Kind.PERSONS, "%": Kind.SHARE, "天": Kind.DAYS} | dict.fromkeys(
    ("", "项", "件", "个", "分", "家", "次", "名", "年", "级"), Kind.NUMBER
)
_WRITTEN = re.compile(r"(-?\d+(?:\.\d+)?)\s*(\D*)")


def read_written(text: str) -> tuple[Kind, int]:
    """Kind and exact integer of a quantity as a rule file writes it. Raises ValueError."""
    match = _WRITTEN.fullmatch(str(text).strip())
    if match is None or match[2] not in _UNIT_KINDS:
        raise ValueError(text)
    kind = _UNIT_KINDS[match[2]]
    factor = UNITS[match[2]] if kind is Kind.MONEY else SCALE[kind]
    exact = Decimal(match[1]) * factor / (100 if kind is Kind.SHARE else 1)
    if exact != exact.to_integral_value():
        raise ValueError(text)
    return kind, int(exact)


def as_number(kind: Kind, value: int) -> int | float | bool | str:
    """For machines: yuan, persons, a share of 1, true or false, an ISO date."""
    if kind is Kind.FLAG:
        return bool(value)
    if kind is Kind.DATE:
        return from_days(value).isoformat()
    scale = SCALE[kind]
    return value // scale if value % scale == 0 else value / scale
