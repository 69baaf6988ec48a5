"""Responsible units as a plan prints them: who leads, who takes part, and where such a list stands in a paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wulian.engines.planreader.model import Span
from wulian.engines.planreader.text import normal

_DUTY = re.compile(r"负责|牵头|责任(?:单位|部门|分工)|主办|配合|协办|按职责|按职能|参与|会同")
_UNIT_END = re.compile(
    r"(?:海关|专班|残联|妇联|红十字|机场|港|厂|台|局|委|办|部|厅|院|会|政府|中心|银行|分行|公司|集团|办公室|管委会|街道|联|团|校|所|署|处|科|室|队|站|社|库|区|县|市|乡|镇|大学|委员会|小组|专班|单位|部门|协会|园|行)(?:\([^()]*\))?等?$"
)
_MARKERS = re.compile(
    r"(?P<lead>(?:共同|联合)?牵头(?!单位|部门)(?:负责|落实|组织实施)?|主办)"
    r"|(?P<part>(?:等(?:单位|部门)?)?(?:按照|按|依)(?:各自)?(?:职责|职能|分工|责任)(?:职责)?(?:分工)?(?:具体)?(?:分别)?(?:负责|落实|推进|配合|做好)?|(?:共同|分别|具体|分工|协同)?负责|配合(?:落实|实施)?|协办|参与|协同|落实)"
)
_LABELS = re.compile(
    r"(?P<lead>牵头(?:责任|考核|实施|落实)?(?:单位|部门)|主办单位|主要责任单位|牵头)\s*:|(?P<part>(?:责任|配合|参与|参加|协办|协同|协作|落实|实施|支持)(?:单位|部门|主体)?|责任分工|分工|其他责任单位)\s*:"
    r"|(?P<none>(?:完成|时间|办结|落实)?(?:时限|时间|期限|节点)(?:要求)?|(?:责任|牵头|分管|包联|包保|市级|县级|区级)领导|责任人|联系人|联系电话|备注)\s*:"
)
_UNIT_LABEL = r"(?:(?:牵头|责任|配合|主办|协办|参与)(?:责任|考核|实施|落实)?(?:单位|部门|主体)|责任分工)"
_CLASS = re.compile(r"^(?:由|以及|和|及|与|会同)")


# 责任单位中第一个为牵头单位: the plan itself says what the order of its lists means.
_RULE = (
    r"(?:责任(?:单位|部门)中)?(?:(?:列|排)(?:名|在)?(?:第一|首)(?:位|个)?|第一(?:个|位)?|首位|首个)的?(?:责任)?(?:单位|部门)?[^。;,、()\n]{0,6}?(?:为|是|负责)"
    r"[^。;,、()\n]{0,4}?(?:牵头|主办)(?:责任)?(?:单位|部门)?"
)
FIRST_LEADS = re.compile(_RULE)
_NOTE = re.compile(rf"[,;、]?\(?{_RULE}(?:[,、;]?下同)?\)?")


@dataclass(frozen=True, slots=True)
class Units:
    """Responsible units as printed and as split."""

    raw: str
    lead: list[str]
    participants: list[str]
    span: Span


def _bracket_at_end(plain: str, start: int, end: int) -> Span | None:
    """Inside of the bracket that closes `plain[start:end]`."""
    stop = end
    while stop > start and plain[stop - 1] in "。;. \n\t\r":
        stop -= 1
    opening = {")": "(", "〕": "〔", "]": "["}.get(plain[stop - 1]) if stop > start else None
    if opening is None:
        return None
    closing = plain[stop - 1]
    depth = 0
    for place in range(stop - 1, start - 1, -1):
        if plain[place] == closing:
            depth += 1
        elif plain[place] == opening:
            depth -= 1
            if depth == 0:
                return place + 1, stop - 1
    return None


def units_of(text: str, plain: str, start: int, end: int) -> list[Units]:
    """Responsible units of a paragraph: brackets behind its sentences (…。(市科技局负责)…。(市财政局牵头)), and those that close it."""
    found: list[Units] = []
    closing = units_at_end(text, plain, start, end)
    for bracket in re.finditer(r"(?<=[。;])\s*\(([^()]*(?:负责|牵头|配合|责任单位)[^()]*)\)", plain[start:end]):
        low, high = start + bracket.start(1), start + bracket.end(1)
        if (closing is None or high < closing.span[0]) and _is_unit_list(plain[low:high]):
            found.append(_units(text, (low, high)))
    return [*found, closing] if closing else found


def units_at_end(text: str, plain: str, start: int, end: int) -> Units | None:
    """Responsible units that close a paragraph, in brackets or after a label on their own line."""
    inside = _bracket_at_end(plain, start, end)
    if inside is not None and _is_unit_list(plain[slice(*inside)]):
        return _units(text, inside)
    line = plain[start:end]
    said = _SAID.search(line)
    if said and is_unit_names(re.sub(r"^(?:由|以)", "", said.group("lead"))) and is_unit_names(said.group("rest") or "办"):
        return _units(text, (start + said.start("all"), start + said.end("all")))
    tail = re.search(rf"。\s*(?={_UNIT_LABEL}\s*:[^。]{{2,200}}。?\s*$)", line)
    if tail:
        return _units(text, (start + tail.end(), start + len(line.rstrip(" 。;\n"))))
    label = re.match(rf"\s*{_UNIT_LABEL}\s*:", line)
    if label and len(line) < 400:
        return _units(text, (start + len(line) - len(line.lstrip()), start + len(line.rstrip(" 。;\n"))))
    return None


# 由市科技局牵头，市财政局参与。 as the last sentence of a paragraph
_SAID = re.compile(
    r"(?:^|[。;])\s*(?P<all>由?(?P<lead>[^。;:]{2,80}?)牵头(?:负责|组织实施|落实)?(?:[,、;](?:会同)?(?P<rest>[^。;:]{2,160}?)(?:等(?:单位|部门)?)?"
    r"(?:共同|协同|分别|积极)?(?:参与|配合|协同|协办|按职责分工负责|落实))?)。?\s*$"
)
_ALONE = re.compile(r"(?:局|委|办|部|厅|院|委员会|办公室|管委会|政府)(?:\([^()]*\))?$")


def is_unit_names(text: str) -> bool:
    """Whether `text` (normal form) is nothing but names of units."""
    parts = _names(text, text)
    return bool(parts) and all(len(part) <= 30 and _UNIT_END.search(part) for part in parts)


def _is_unit_list(text: str) -> bool:
    if re.fullmatch(r"(?:各|有关|相关|全体|市各|区各|县各).{0,14}(?:部门|单位|政府|街道|乡镇|委办局)", text.strip()):
        return True
    if not _DUTY.search(text):
        parts = [part for part in re.split(r"[、,;]", text) if part]
        if len(parts) == 1:
            return bool(re.match(r"(?:[省市区县州]|各[市区县])", text)) and len(text) <= 20 and bool(_ALONE.search(text))
        return len(parts) >= 2 and all(_UNIT_END.search(part.strip()) for part in parts) and len(text) < 300
    return bool(
        _UNIT_END.search(re.split(r"[、,;]|牵头|负责|按职|配合", text.split(":")[-1])[0].strip())
        or ":" in text
        or re.search(r"[局委办部厅府]", text)
    )


def _units(text: str, span: Span) -> Units:
    raw = text[slice(*span)]
    lead, participants = split_units(raw)
    return Units(re.sub(r"\s+", "", raw), lead, participants, span)


def split_units(raw: str) -> tuple[list[str], list[str]]:
    """Lead units and participants of a printed list. Units of a list that names no lead are all participants."""
    printed = re.sub(r"\s+", "", raw)
    note = _NOTE.search(normal(printed))
    if note:
        printed = printed[: note.start()] + printed[note.end() :]
    plain = normal(printed)
    lead: list[str] = []
    rest: list[str] = []
    labels = list(_LABELS.finditer(plain))
    if labels:
        for place, label in enumerate(labels):
            stop = labels[place + 1].start() if place + 1 < len(labels) else len(plain)
            if label.group("none"):
                continue
            names = _names(printed[label.end() : stop], plain[label.end() : stop])
            inner_lead, inner_rest = (
                (names, []) if label.group("lead") else _by_markers(printed[label.end() : stop], plain[label.end() : stop])
            )
            lead.extend(inner_lead)
            rest.extend(inner_rest)
    else:
        lead, rest = _by_markers(printed, plain)
    lead = list(dict.fromkeys(lead))
    return lead, [name for name in dict.fromkeys(rest) if name not in lead]


def _by_markers(printed: str, plain: str) -> tuple[list[str], list[str]]:
    lead: list[str] = []
    rest: list[str] = []
    place = 0
    for found in _MARKERS.finditer(plain):
        names = _names(printed[place : found.start()], plain[place : found.start()])
        if found.group("lead"):
            # A牵头，B、C配合：the lead is what stands between the last stop and the mark
            lead.extend(names)
        else:
            rest.extend(names)
        place = found.end()
    rest.extend(_names(printed[place:], plain[place:]))
    return lead, rest


def _names(printed: str, plain: str) -> list[str]:
    out: list[str] = []
    depth = begin = 0
    for place, char in enumerate(plain + "、"):
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char in "、,;。" and depth == 0:
            out.append(printed[begin:place])
            begin = place + 1
    names: list[str] = []
    for part in out:
        for piece in re.split(r"会同|以及|(?<=部门|单位)(?:及|和|与)(?=各|有关|相关)", part):
            name = _CLASS.sub("", piece.strip()).strip("：:。；; ")
            name = re.sub(r"等(?:[省市区县]级|[省市区县]直)?(?:各)?(?:有关|相关)?(?:单位|部门|委办局)?$", "", name)
            if name and normal(name) not in {"(", ")"}:
                names.append(name)
    return names
