"""Reads an address: district, place in words, numbers. Only what is needed to tell one door from another."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .names import plain
from .words import PROVINCES


@dataclass(frozen=True, slots=True)
class Address:
    """`words`: road, estate, village, building without districts and numbers. `numbers`: the numbers in order ("1-4-202" and
    "1号楼4门202" are both ("1", "4", "202")). `areas`: districts and counties that it names, without 区/县."""

    words: str
    numbers: tuple[str, ...]
    areas: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.numbers)


EMPTY = Address("", ())
_POSTCODE = re.compile(r"^(?:邮编|邮政编码)?[:：]?\d{6}(?!\d)|[(,;]?(?:邮编|邮政编码)[:：]?\d{6}\)?|\d{6}$")
_START = re.compile(rf"^(?:中国)?(?:{'|'.join(sorted(PROVINCES, key=len, reverse=True))})(?:省|市|自治区)?(?![区县路道街])")
_AREA = re.compile(r"^(?:市辖)?([一-鿿]{1,4}?)(?:新区|自治县|(?<![小社都])区|县|市)(?![内委域南北东西中]?(?:路|道|街|门))")
_NOTE = re.compile(r"\([^()]*\)?")
_NUMBER = re.compile(r"\d+|[a-z](?![a-z])")
_UNIT = re.compile(r"(?<=[0-9a-z])(?:号楼|号院|号|楼|栋|幢|座|单元|门|室|层|房间|房|排|#|f|区|段|铺)|增|第|之|[^0-9a-z一-鿿]")
_HAN_NUMBER = re.compile(r"[一二三四五六七八九](?=号|楼|栋|幢|座|单元|门|室|层|区|段|期)")
_HAN = {c: str(i) for i, c in enumerate("一二三四五六七八九", 1)}
_BLANKS = frozenset({"", "na", "无", "不详", "暂无", "null", "-", "—", "/"})


def area_stem(printed: str) -> str:
    """A district without what it is: 红桥区 and 红桥 are the same; "" for a blank."""
    text = plain(printed).replace(" ", "").replace("天津市", "")
    if text in _BLANKS or text == "n/a":
        return ""
    for end in ("新区", "自治县", "区", "县", "市"):
        if text.endswith(end) and len(text) > len(end):
            return text[: -len(end)] if len(text) - len(end) > 1 or end == "县" else text
    return text


def parse_address(printed: str) -> Address:
    """Take a printed address apart; unknown writings of "none" give an empty one."""
    text = plain(printed).replace(" ", "")
    if text in _BLANKS or text == "n/a":
        return EMPTY
    text = _POSTCODE.sub("", text)
    areas = []
    for _ in range(2):
        text = _START.sub("", text)
        match = _AREA.match(text)
        if match is None or len(text) - match.end() < 2:
            break
        areas.append(match[1])
        text = text[match.end() :]
    text = _NOTE.sub("", text) or text
    text = _HAN_NUMBER.sub(lambda match: _HAN[match.group()], text)
    numbers = tuple(n.lstrip("0") or "0" for n in _NUMBER.findall(text))
    words = "".join(c for c in _NUMBER.sub("", _UNIT.sub("", text)) if c.isalnum())
    return Address(words, numbers, tuple(areas))
