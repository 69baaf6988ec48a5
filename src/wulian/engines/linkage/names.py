"""Reads the name of an organisation as it is printed: place, trade name, line of business, legal form, branch.

Order of a Chinese company name after 企业名称登记管理规定 (2020), art. 6: 行政区划 + 字号 + 行业 + 组织形式. Registers move the place
into brackets, leave parts out, mistype, use traditional characters, write several applicants into one cell.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

from .likeness import confused, spelt
from .words import BRANCH_END, CITIES, DEPARTMENTS, INDUSTRY, PROVINCES

# Longer than any legal name; what is behind it is text of another kind.
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Name:
    """`core`: trade name and line of business, what two spellings of one name share. `place`: province or city, `area`: district,
    both without 市/区/县. `form`: company, shares, factory, or "". `branch`: of which branch, normalised, "" for the body itself.
    `former`: names that the text says it had before; `partners`: further applicants. `notes`: codes of what was done (explaining.NOTES).
    All text is NFKC, simplified, lower case, without spaces and punctuation.
    """

    core: str
    trade: str
    place: str
    area: str
    form: str
    branch: str
    former: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def full(self) -> str:
        """The core with the district in front of it, where it is printed."""
        return self.area + self.core

    @property
    def line(self) -> str:
        """Line of business: the core behind the trade name."""
        return self.core[len(self.trade) :]


@cache
def _simplified() -> dict[int, str]:
    """Traditional -> simplified, character by character, so that a part of a name reads like the whole."""
    convert = opencc.OpenCC("t2s").convert
    table = {}
    for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00)):
        plain = unicodedata.normalize("NFKC", chr(code))
        final = convert(plain)
        while convert(final) != final:
            final = convert(final)
        if final != chr(code):
            table[code] = final
    return table


_BRACKETS = str.maketrans("[{【〔〖「『<《〈［]}】〕〗」』>》〉］", "(((((((((((" + ")))))))))))")
_INVISIBLE = re.compile(r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\ufffd]")


def plain(text: str) -> str:
    """NFKC, lower case, simplified, one kind of bracket, nothing invisible. Spaces and punctuation stay."""
    text = unicodedata.normalize("NFKC", text[: LONGEST * 4])
    return _INVISIBLE.sub("", text).translate(_simplified()).translate(_BRACKETS).lower().strip()


def letters(text: str) -> str:
    """Only letters, digits and characters."""
    return "".join(filter(str.isalnum, text))


_FORM = (
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|总公司|(?<![分支])公司"
    r"|[^有]限责任公司|有[^限]责任公司|有限[^责]任公司|有限责[^任]公司|有限责任[^公]司|有限责任公[^司]"
    r"|有[^限]公司|[^有]限公司|有限[^公责]司|有限公[^司])"
)
_END = "|".join(sorted(BRANCH_END, key=len, reverse=True))
_BODY = re.compile(rf"^(?P<head>.{{2,}}?)(?P<form>{_FORM})(?P<rest>.*)$")
_BODY_END = re.compile(rf"(?:{_END}|分公.|.公司|分.司)$")
_SOFT_BODY = re.compile(
    rf"^(?P<head>.{{2,}}?(?:厂|合作社|信用社|联社|学校|医院|大学|研究所|研究院|集团))(?P<rest>.{{1,16}}(?:{_END}|分公.|.公司|分.司))$"
    r"|^(?P<head2>.{2,}?(?:银行|店|中心|超市|商场))"
    r"(?P<rest2>.{0,16}(?:分公司|支公司|分厂|分店|分院|分部|分社|分行|支行|支店|储蓄所|分理处|营业部|营业厅|营业所|经营部|门市部|办事处|代表处|联络处|"
    r"服务部|研发中心|第.{1,3}店|.{2,6}店))$"
)
_CUT_FORM = re.compile(r"^(.{3,}?)(?:股份有限公?|有限责任?公?|有限公?|股份)$")
_SHARES = re.compile(r"(?:股份|股.|.份)$")
_PLACE = "|".join(sorted((*PROVINCES, *CITIES), key=len, reverse=True))
_PLACE_BRACKET = re.compile(rf"\((?:中国)?(?P<place>{_PLACE}|[一-鿿]{{2,4}}(?=市\)))(?:省|市|自治区)?\)")
_PLACE_START = re.compile(rf"^(?P<place>{_PLACE})(?:省|市|维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区)?(?=.{{2}})(?![区县路道街])")
_TWO_BRACKET = re.compile(r"\(([一-鿿]{2})市?\)")
_CITY_START = re.compile(r"^(?P<place>[一-鿿]{2,3}?)市(?=.{2})(?!场|政)")
_AREA_START = re.compile(r"^(?P<area>[一-鿿]{2,4}?(?=新区|自治县|区|县)|[一-鿿](?=县))(?:新区|自治县|区|县)(?=[一-鿿]{3})(?!域)")
_ZONE_START = re.compile(
    r"^(?P<area>经济技术开发|经济开发|技术开发|开发|高新技术产业开发|高新技术产业园|新技术产业园|高新|保税港|综合保税|保税|自贸|自贸试验)区(?=[一-鿿]{2})"
)
_NOTE = re.compile(
    r"[(,;]?\s*(?:原名称?|原企业名称|原名为|(?<=\()原|曾用名|曾用名称|曾名|旧名|更名前|变更前|前身|前身为|former(?:ly)?|f/k/a)[:：为]?\s*(?P<name>[^();:]{4,})\)?"
)
_RENAMED = re.compile(r"\(?(?:现更名为|已更名为|更名为|现名称?|现为|变更为)[:：]?\s*(?P<name>[^();]{4,})\)?")
_STATUS = re.compile(r"\((?:已?注销|已?吊销|已?迁出|已?更名|停业|筹|筹建|筹备|个体工商户|本部|总部)\)")
_BEHIND_FORM = re.compile(rf"(公司|厂|合作社|店|中心)\((?![^()]*(?:{_END}|合伙|{_PLACE}|分公.)\))[^()]*\)?$")
_GROUP = re.compile(r"\((?:集团|控股)\)")
_COUNTED = re.compile(r"^(?:\(?\d{1,3}[.、)]|no\.?\d+)\s*(?=[^\d])")
_CIRCLED = re.compile(r"^\s*[①-⑳⑴-⒇❶-❿]+")
_PARTNERSHIP = re.compile(r"\((?:特殊)?的?(?:普通|有限)合伙\)?|(?:特殊)?(?:普通|有限)合伙$")
_SPLIT = re.compile(r"[;；|/、,，\n\t]+|\s{2,}")
_ORGANISATION_END = re.compile(
    r"(?:公司|厂|店|社|院|所|中心|大学|学校|学院|集团|银行|医院|局|站|部|处|行|场|户|协会|委员会|政府|company|inc|corp|ltd|llc|gmbh)\.?\)?$"
)
_BLANK = re.compile(r"\s+")
_ENGLISH_FORM = re.compile(r"\b(?:co|company|corp|corporation|inc|ltd|limited|llc|plc|gmbh|pte|pty)\b\.?")
_BRANCH_WORD = re.compile(r"[份粉芬纷吩]公司$|分公[^司]$|分[^公]司$")
_DIGITS = str.maketrans("〇零壹贰叁肆伍陆柒捌玖拾", "〇〇一二三四五六七八九十")
_NUMBER = re.compile(r"\d+")
_HAN = "〇一二三四五六七八九"


def _numeral(match: re.Match[str]) -> str:
    number = match.group()
    if len(number) == 1:
        return _HAN[int(number)]
    if len(number) == 2:
        tens, ones = int(number[0]), int(number[1])
        return ("" if tens == 1 else _HAN[tens] if tens else "") + ("十" if tens else "〇") + (_HAN[ones] if ones else "")
    return number


def _first_applicant(text: str) -> tuple[str, tuple[str, ...]]:
    """The first of several applicants in one cell, and the others."""
    parts = [part.strip() for part in _SPLIT.split(text) if len(part.strip()) > 1]
    if len(parts) < 2:
        # A single blank splits two applicants only where an organisation ends before it and another ends behind it.
        words = text.split(" ")
        for place in range(1, len(words)):
            left, right = "".join(words[:place]), "".join(words[place:])
            both = len(left) >= 6 and len(right) >= 6 and _ORGANISATION_END.search(left) and _ORGANISATION_END.search(right)
            if both and not right.startswith("第") and _BODY.match(right):
                return left, (right,)
        return text, ()
    if len(letters(parts[0])) < 4 or (
        not (";" in text or "|" in text or "\n" in text) and not any(_ORGANISATION_END.search(part) for part in parts[1:])
    ):
        return text, ()
    return parts[0], tuple(parts[1:])


@cache
def _latin_places() -> dict[str, str]:
    return {"".join(map(spelt, place)): place for place in (*PROVINCES, *CITIES)}


_LATIN_PLACE = re.compile(rf"\b({'|'.join(sorted(_latin_places(), key=len, reverse=True))})\b(?=.{{4}})")


@cache
def misprinted_place(two: str) -> str:
    """The province that two characters stand for when one of them is taken for another (夭津 -> 天津), else ""."""
    for place in PROVINCES:
        if len(place) == 2 == len(two) and two != place and (two[0] == place[0] or two[1] == place[1]) and confused(two, place, 1):
            return place
    return ""


def split_trade(core: str) -> int:
    """Length of the trade name at the beginning of `core`: what stands before the first word of business, at least two characters."""
    for place in range(2, len(core) - 1):
        if core[place : place + 2] in INDUSTRY:
            return place
    return len(core)


def parse_name(printed: str) -> Name:
    """Take a printed name apart. An empty one gives empty parts. Parsing what was parsed changes nothing (`core` of `core` is `core`)."""
    notes: list[str] = []
    text = _COUNTED.sub("", plain(_CIRCLED.sub("", printed)))
    former: list[str] = []
    for pattern in (_NOTE, _RENAMED):
        if "原" in text or "名" in text or "前" in text or "为" in text or "former" in text or "f/k" in text:
            match = pattern.search(text)
            if match and len(letters(text[: match.start()])) >= 4:
                former.append(letters(match["name"]))
                text = text[: match.start()] + text[match.end() :]
                notes.append("former")
    text, partners = _first_applicant(text)
    if partners:
        notes.append("partners")
    text = _STATUS.sub("", text)
    text = _BLANK.sub("" if not text.isascii() else " ", text)
    form = ""
    if "合伙" in text and (shorter := _PARTNERSHIP.sub("", text)) != text and len(shorter) > 3:
        text, form = shorter, "partners"
    place = ""
    if "(" in text and (match := _PLACE_BRACKET.search(text)):
        place = match["place"]
        text = text[: match.start()] + text[match.end() :]
    elif "(" in text and (match := _TWO_BRACKET.search(text)) and (place := misprinted_place(match[1])):
        text = text[: match.start()] + text[match.end() :]
    if "(" in text:
        text = _BEHIND_FORM.sub(r"\1", _GROUP.sub("", text))
    if text.isascii():
        text = _ENGLISH_FORM.sub("", text)
        if match := _LATIN_PLACE.search(text):
            place, text = place or _latin_places()[match[1]], text[: match.start()] + text[match.end() :]
    text = letters(text)[:LONGEST]
    branch = ""
    match = _BODY.match(text)
    if match:
        head, rest = match["head"], match["rest"]
        form = form or "company"
        if rest:
            if rest in DEPARTMENTS:
                notes.append("department")
            elif len(rest) > 3 or _BODY_END.search(rest):
                branch = rest
            else:
                notes.append("tail")
        if _SHARES.search(head) and len(head) > 3 and head[-2:] not in INDUSTRY:
            head, form = head[:-2], "shares"
    else:
        head = text
        if soft := _SOFT_BODY.match(text):
            head, branch = (soft["head"] or soft["head2"]), (soft["rest"] or soft["rest2"])
            if branch in DEPARTMENTS:
                branch = ""
                notes.append("department")
        elif cut := _CUT_FORM.match(text):
            head, form = cut[1], form or "company"
            notes.append("cut")
        if head[-1:] in ("厂", "广") and len(head) > 3:
            head, form = head[:-1], form or "factory"
    head, place, area = _places(head, place)
    if branch:
        branch = _branch(branch, place)
        notes.append("branch")
    if len(head) > 4:
        head = head.removesuffix("集团")
    return Name(
        core=head,
        trade=head[: split_trade(head)],
        place=place,
        area=area,
        form=form,
        branch=branch,
        former=tuple(former),
        partners=partners,
        notes=tuple(notes),
    )


def _places(head: str, place: str) -> tuple[str, str, str]:
    """(rest, place, district): the places at the beginning taken off, as far as a name is left."""
    area = ""
    for _ in range(2):  # 天津市天津… is written too
        match = _PLACE_START.match(head) or _CITY_START.match(head)
        if match is None and len(head) >= 6 and (guess := misprinted_place(head[:2])):
            rest = head[3:] if head[2] == "市" else head[2:]
            if rest[:2] not in INDUSTRY or head[0] != guess[0]:
                head, place = rest, place or guess
                continue
        if match is None or (head[match.end() :][:2] in INDUSTRY and len(head) - match.end() < 3):
            break
        place = place or match["place"]
        head = head[match.end() :]
    match = _ZONE_START.match(head) or _AREA_START.match(head)
    if match and len(head) - match.end() >= 2:
        area = match["area"]
        head = head[match.end() :]
    return head, place, area


def _branch(rest: str, place: str) -> str:
    """天津市第1分公司 and 第一分公司 are the same branch."""
    rest = _NUMBER.sub(_numeral, rest.translate(_DIGITS))
    rest = _BRANCH_WORD.sub("分公司", rest)
    match = _PLACE_START.match(rest) if len(rest) > 4 else None
    if match and len(rest) - match.end() >= 3 and rest[match.end()] not in "道路街里":
        return rest[match.end() :]
    if len(rest) > 5 and misprinted_place(rest[:2]):
        return rest[3:] if rest[2] == "市" else rest[2:]
    return rest
