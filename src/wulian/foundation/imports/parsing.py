"""Parsers of cells that many importers share. Each raises BadValue with a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from wulian.kernel.errors import N_
from wulian.kernel.problems import BadValue, Problem

NOT_A_DATE = N_("“%(text)s”不是日期：请写成 2022-06-30 这样")
NOT_A_NUMBER = N_("“%(text)s”不是数")
NOT_WHOLE = N_("“%(text)s”不是整数")
NOT_A_YEAR = N_("“%(text)s”不是年度：请写四位数")
NOT_A_CHOICE = N_("“%(text)s”不在可选范围：%(choices)s")
TOO_LONG = N_("有 %(found)s 个字，最多 %(limit)s 个")

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
# Days since 1899-12-30: how a spreadsheet keeps a date in a cell without a date format.
_SERIAL_DATE = re.compile(r"[1-6]\d{4}")
_SERIAL_START = date(1899, 12, 30)


def parse_date(text: str) -> date:
    """2022-06-30, 2022/6/30, 2022.6.30, 2022年6月30日, 20220630, or a spreadsheet's day number."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if _SERIAL_DATE.fullmatch(plain):
        return _SERIAL_START + timedelta(days=int(plain))
    match = _DATE.fullmatch(plain) or _COMPACT_DATE.fullmatch(plain)
    try:
        if match:
            return date(*map(int, match.groups()))
    except ValueError:
        pass
    raise BadValue(Problem("not_a_date", NOT_A_DATE, {"text": text[:40]}))


def parse_number(text: str) -> Decimal:
    """A number with or without thousands separators."""
    try:
        number = Decimal(unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", ""))
    except InvalidOperation:
        raise BadValue(Problem("not_a_number", NOT_A_NUMBER, {"text": text[:40]})) from None
    if not number.is_finite():
        raise BadValue(Problem("not_a_number", NOT_A_NUMBER, {"text": text[:40]}))
    return number


def parse_whole(text: str) -> int:
    number = parse_number(text)
    if number != number.to_integral_value():
        raise BadValue(Problem("not_whole", NOT_WHOLE, {"text": text[:40]}))
    return int(number)


def parse_year(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("年度").removesuffix("年")
    if not re.fullmatch(r"(19|20)\d{2}", plain):
        raise BadValue(Problem("not_a_year", NOT_A_YEAR, {"text": text[:40]}))
    return int(plain)


def one_of(choices: Mapping[str, str]) -> Callable[[str], str]:
    """A parser for a fixed list: printed word (lower case, without spaces) -> value."""
    words = {unicodedata.normalize("NFKC", key).lower().replace(" ", ""): value for key, value in choices.items()}

    def parse(text: str) -> str:
        word = unicodedata.normalize("NFKC", text).lower().replace(" ", "")
        if word not in words:
            shown = "、".join(list(dict.fromkeys(choices))[:12])
            raise BadValue(Problem("not_a_choice", NOT_A_CHOICE, {"text": text[:40], "choices": shown}))
        return words[word]

    return parse


def at_most(limit: int) -> Callable[[str], str]:
    """A parser for a text that the database keeps in `limit` characters: a longer one is a person's to shorten, never cut."""

    def parse(text: str) -> str:
        if len(text) > limit:
            raise BadValue(Problem("too_long", TOO_LONG, {"found": len(text), "limit": limit}))
        return text

    return parse
