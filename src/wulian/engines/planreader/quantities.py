"""Printed quantities: number, unit, comparator, masks, ranges and ranks, each with its place.

Works on normal text (see `text.normal`), whose offsets are those of the printed text. It finds what looks like a quantity;
whether a quantity is an indicator is decided in `prose` and `tables`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from wulian.engines.planreader.text import CHINESE_DIGITS, chinese_number, number
from wulian.engines.planreader.units import SCALE, UNIT

# Lengths are bounded so that a run of digits or numerals costs no more than it is long.
_NUM = r"\d{1,3}(?:,\d{3}){1,5}(?![\d])(?:\.\d{1,9})?|\d{1,15}(?!\d)(?:\.\d{1,9})?"
_HAN = rf"(?<![{CHINESE_DIGITS}])[{CHINESE_DIGITS}]{{1,12}}"
_TAIL = r"\s*(?P<tail>(?:\(含\))?(?:及以上|或以上|以上|以内|以下|之内|内(?=[,。;、)]|$)|左右|上下|级(?!别|机关|以上)))?"
_SIGN = r"(?P<sign>(?:≥|>=|≤|<=|>|<|≈|±)\s*)?"
_NEAR = r"(?P<near>约|近|逾|超|超过|多于|至少|上)?"

_RANGE = re.compile(
    rf"(?<![\d.])(?P<a>{_NUM})\s*(?P<ua>{UNIT})?\s*(?:-{{1,2}}|~|至|到)\s*(?P<b>{_NUM})(?P<more>余|多)?\s*(?P<u>{UNIT})?{_TAIL}"
)
_RATIO = re.compile(rf"(?<![\d.])(?P<a>{_NUM})\s*:\s*(?P<b>{_NUM})(?:\s*:\s*(?P<c>{_NUM}))?(?![\d])")
_PLAIN = re.compile(
    rf"(?<![\d.A-Za-z]){_SIGN}(?P<a>-?(?<!\d)(?:{_NUM}))\s*(?P<more>余|多)?\s*(?P<u>{UNIT})?(?P<more2>余|多)?(?:\((?:户|套|台|个|家|次|件|项|人|处|所|座|期)\))?{_TAIL}"
)
_MASK = re.compile(rf"(?<!\*)(?P<a>\*{{1,6}})(?!\*)\s*(?P<u>{UNIT})")
_RANK = re.compile(
    rf"第\s*(?P<a>\d+|[{CHINESE_DIGITS}]+)\s*(?P<u>位|名|(?<=[一二三四五六七八九十\d])(?=[,。;、)]|$))|前\s*(?P<b>\d+|[{CHINESE_DIGITS}]+)\s*(?P<v>位|名|强|列)?"
)
_CHINESE = re.compile(rf"{_NEAR}(?P<a>{_HAN})(?P<more>余|多)?\s*(?P<u>{UNIT}){_TAIL}")
_FRACTION = re.compile(
    rf"(?P<a>{_HAN}|\d+)分之(?P<b>{_HAN}|\d+)|(?<=[少加低高降占达到过近约])\s*(?P<b2>\d)\s*/\s*(?P<a2>\d{{1,2}})(?![\d/])\s*(?P<tail>以上)?"
)
_DOUBLE = re.compile(r"翻(?P<a>[一两二三])?番|翻番")

_NOT_A_NUMBER_BEFORE = re.compile(r"(?:第|每|[×÷]|[A-Za-z]|〔|\[|[A-Za-z]-|№|No\.?|表|图|专栏|附件|号)\s*$")
_DATE_AFTER = re.compile(r"\s*(?:年(?!限|均|以上|以内|左右)|月|日|号(?!线)|时代|版|世纪|届全|届中央|中全会|周年)")
_TECH_AFTER = re.compile(
    r"\s*(?:英寸|纳米|nm|G(?![a-zA-Z]|W)|K(?![a-zA-Z])|[A-Z](?!W|FLOPS|Flops)|[+×xX]|强(?!.{0,4}(?:位|名))|大(?![^,。;]{0,1}幅)|级(?:市|以上|别))"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity. `start:end` covers it with comparator words behind it, `digits` the number or mask alone."""

    start: int
    end: int
    digits: tuple[int, int]
    value: int | float | None
    unit: str | None
    comparator: str | None = None
    form: str = "plain"  # plain, han, rank, top, low, high, ratio, mask, fraction, double
    bracketed: bool = False


def _tail_comparator(tail: str | None) -> str | None:
    if not tail:
        return None
    if "以上" in tail:
        return ">="
    return "<=" if tail in {"以内", "以下", "之内", "内"} else ("~" if tail in {"左右", "上下"} else None)


_SIGNS = {"≥": ">=", ">=": ">=", "≤": "<=", "<=": "<=", ">": ">", "<": "<", "≈": "~", "±": "~"}


def find_quantities(text: str) -> list[Quantity]:
    """Quantities of one sentence of normal text, left to right, without overlap. Dates and technical sizes are left out."""
    found: list[Quantity] = []
    taken = bytearray(len(text))

    def free(start: int, end: int) -> bool:
        return not any(taken[start:end])

    def take(item: Quantity) -> None:
        found.append(item)
        taken[item.start : item.end] = b"\x01" * (item.end - item.start)

    for match in _dates(text):
        taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    for match in _FRACTION.finditer(text):
        if free(*match.span()):
            below, above = _value(match.group("a") or match.group("a2")), _value(match.group("b") or match.group("b2"))
            if below and above is not None:
                take(
                    Quantity(*match.span(), match.span(), round(above / below, 6), None, _tail_comparator(match.group("tail")), "fraction")
                )
    for match in _DOUBLE.finditer(text):
        if free(*match.span()):
            times = chinese_number(match.group("a") or "一") or 1
            take(Quantity(*match.span(), match.span(), 2**times, "倍", None, "double"))
    for match in _RANK.finditer(text):
        if free(*match.span()):
            _take_rank(match, text, take)
    for match in _RATIO.finditer(text):
        if free(*match.span()) and _is_ratio(text, match):
            to_one = match.group("b") == "1" and not match.group("c")  # 2.6:1 is 2.6
            for name in ("a",) if to_one else ("a", "b", "c"):
                if match.group(name):
                    span = match.span(name)
                    end = match.end("b") if to_one else span[1]
                    take(Quantity(span[0], end, span, number(match.group(name)), None, None, "ratio"))
    for match in _RANGE.finditer(text):
        if free(*match.span()) and match.group("u") and not _blocked(text, match.start(), match.end("b")):
            low, high = number(match.group("a")), number(match.group("b"))
            if low is None or high is None or low >= high:
                continue
            unit = match.group("u")
            middle = match.start("b")
            take(Quantity(match.start(), middle, match.span("a"), low, unit, ">=", "low"))
            take(Quantity(middle, match.end(), match.span("b"), high, unit, "<=", "high"))
    for match in _MASK.finditer(text):
        if free(*match.span()):
            take(Quantity(*match.span(), match.span("a"), None, match.group("u"), None, "mask"))
    for match in _PLAIN.finditer(text):
        item = _plain(match, text)
        if item and free(item.start, item.end):
            take(item)
    for match in _CHINESE.finditer(text):
        item = _han(match)
        if item and free(item.start, item.end):
            take(item)
    found.sort(key=lambda item: item.start)
    ends = {item.end for item in found}
    return [
        item for item in found if not (item.form == "han" and item.start in ends and text[item.end - 1 : item.end] == "级")
    ]  # 1个百亿级集群


_DATES = re.compile(
    r"每\d+(?:万|千|百)?(?:至|到|-{1,2}|~)\d+(?:万|千|百)?|"
    r"(?:19|20)\d{2}\s*(?:年?\s*(?:-{1,2}|~|至|到|、)\s*(?:(?:19|20)\d{2}))\s*年?"
    r"|(?:19|20)\d{2}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?)?(?:底|末|初|度)?"
    r"|(?:19|20)\d{2}\d{1,2}月(?:\d{1,2}日)?|\d{1,2}月(?:\d{1,2}日|份|底|末|初)?|(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}:\d{2}(?::\d{2})?(?=\s|$)|〔\d{4}〕\s*\d*\s*号?|\[\d{4}\]\s*\d+\s*号|(?<!\d)\d{1,6}号(?:文|令)?"
    r"|二[〇零0oOo]?[一二三四五六七八九零0]{2}年|第\d+(?:次|届|号|条|章|期|批)|(?<!\d)\d{1,4}(?:\.\d{1,4}){2,4}"
)


def _dates(text: str) -> list[re.Match[str]]:
    return list(_DATES.finditer(text))


def _value(text: str) -> int | float | None:
    return number(text) if text[:1].isdigit() and text.isascii() else chinese_number(text)


def _is_ratio(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 12) : match.end() + 8]
    return bool(re.search(r"比|例|结构|调整|优化", around))


def _blocked(text: str, start: int, end: int) -> bool:
    return bool(_NOT_A_NUMBER_BEFORE.search(text[:start])) or bool(_TECH_AFTER.match(text[end:]))


def _take_rank(match: re.Match[str], text: str, take: object) -> None:
    printed = match.group("a") or match.group("b")
    value = _value(printed)
    if value is None or not callable(take):
        return
    name = "a" if match.group("a") else "b"
    form = "rank" if name == "a" else "top"
    if form == "top" and (value > 500 or re.match(r"\s*(?:年|次|期|个|项|月|日|天|三季度|季度|款|置)", text[match.end(name) :])):
        return
    unit = (match.group("u") or None) if name == "a" else match.group("v")
    before = text[max(0, match.start() - 8) : match.start()]
    if form == "rank" and unit is None and not re.search(r"[居列排名]|(?:全[国省市区县州]|世界|全球|[中西东]部)$", before):
        return
    if form == "top" and unit in {"强", "列"}:
        unit = None
    take(Quantity(*match.span(), match.span(name), value, unit, "<=" if form == "top" else "=", form))


def _plain(match: re.Match[str], text: str) -> Quantity | None:
    start, end = match.start(), match.end()
    first = match.start("a")
    before = text[:first]
    printed = match.group("a")
    if printed.startswith("-") and before and not re.search(r"[为至到达是:(\s长速幅降]$", before):
        printed, first = printed[1:], first + 1
        start = first
    if _NOT_A_NUMBER_BEFORE.search(text[:start]):
        return None
    unit, after = match.group("u"), text[match.end("a") :]
    lasts = unit == "年" and not re.fullmatch(r"(?:19|20)\d{2}", printed)
    if (_DATE_AFTER.match(after) and not lasts) or (_TECH_AFTER.match(after) and not (unit and unit.isascii() and unit.isalpha())):
        return None
    if unit == "年" and re.match(r"(?:\d|来|后|前|间|期|内)", text[match.end("u") :]):
        return None
    if unit and unit.isascii() and re.match(r"[A-Za-z]", text[match.end("u") :]):
        return None
    value = number(printed)
    if value is None:
        return None
    comparator = _tail_comparator(match.group("tail"))
    if match.group("more") or match.group("more2"):
        comparator = comparator or ">"
    if match.group("sign"):
        comparator = _SIGNS.get(match.group("sign").strip(), comparator)
    if unit is None and match.group("tail") == "级":
        end = match.end("a")
    return Quantity(start, end, (first, first + len(printed)), value, unit, comparator)


def _han(match: re.Match[str]) -> Quantity | None:
    printed, unit = match.group("a"), match.group("u")
    # In 千亿元 or 百万元 the last scale word belongs to the unit: the number is 千, the unit 亿元.
    scale = re.search(r"(?:万亿|亿|万)$", printed)
    first, last = match.span("a")
    if scale and scale.start() > 0:
        unit = scale.group() + unit
        printed, last = printed[: scale.start()], first + scale.start()
    elif scale and printed in {"万亿", "亿", "万"}:
        unit, printed = unit, printed
    if unit in {"人", "千人", "万人", "百人"} and match.string[match.end("u") : match.end("u") + 1] == "均":
        return None  # 千人均医师
    if unit == "次" and (printed == "一" or match.string[match.end("u") : match.end("u") + 1] == "性"):
        return None
    if re.fullmatch(r"[十百千万亿]+", match.group("a") + match.group("u").rstrip("元")) and re.match(
        r"(?:元)?(?:级|以上)?[\u4e00-\u9fff]{0,8}?(?:企业|产业|集群|园区|项目|工程)", match.string[match.end("u") :]
    ):
        return None  # 百亿企业: a grade of what is counted
    if match.string[:first].endswith("每") and re.fullmatch(r"[十百千万亿]+", match.group("a")):
        return None  # 每亿元产值, 每万人: what the figure is counted against
    value = chinese_number(printed) if printed != "万亿" else 10_000
    if printed == "万亿":
        unit = "亿" + (match.group("u") or "")
    if value is None:
        return None
    comparator = _tail_comparator(match.group("tail")) or (">" if match.group("more") else None)
    near = match.group("near")
    if near in {"逾", "超", "超过", "多于"}:
        comparator = ">"
    elif near in {"至少", "上"}:
        comparator = ">="
    elif near in {"约", "近"}:
        comparator = "~"
    return Quantity(match.start("a"), match.end(), (first, last), value, unit, comparator, "han")


def shifted(item: Quantity, offset: int) -> Quantity:
    """The same quantity in the coordinates of the whole text."""
    low, high = item.digits
    return replace(item, start=item.start + offset, end=item.end + offset, digits=(low + offset, high + offset))


SCALE_ONLY = re.compile(
    rf"(?:达到|突破|超过|实现|迈上|跨越|跨入|迈入|进入|冲刺|打造)[^,。;0-9]{{0,4}}?({SCALE})(?:元)?(?=规模|级|台阶|大关|元)"
)
