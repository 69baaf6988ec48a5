"""Mentions of indicators: which of them speak of the same indicator, which only repeat each other, and what kind it is.

Pure functions over what the plan reader returns (`printed`) and what the officer made of it (`values`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from wulian.engines.planreader.units import measure_of

from .models import Extraction, Indicator, Target

_MARKS = re.compile(r"[\s“”\"'‘’「」『』《》〈〉（）()\[\]【】、,，.。;；:：·…—–-]")
_COUNTING_TAIL = re.compile(r"(?<![指系倍])(?:总数量|总数|总量|数量|个数|家数|数)$")
# Words that say whose figure it is. They stay in the name and in the key; only a suggestion looks past them.
_SCOPE = re.compile(r"^(?:全社会|全区|全市|全省|全县|本区|本市|我区|我市|我省|区内|市内|区域|国家级?|省级|市级|区级|各类)+")

PAST = frozenset({"baseline", "actual"})
MENTION_KINDS = ("target", "annual_target", "cumulative", "per_year", "baseline", "actual")


def name_key(name: str) -> str:
    """The name without quotation marks, punctuation and a trailing 数, 数量 or 总量; scope words stay."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKC", name))
    return _COUNTING_TAIL.sub("", bare) or bare


def group_key(name: str, unit: str | None) -> str:
    """Mentions with one key are the same indicator: same name, same measure (万家 and 家 are one measure)."""
    return f"{name_key(name)}|{measure_of(unit) if unit else ''}"[:160]


def loose_key(name: str) -> str:
    """The key without scope words, only for suggestions."""
    bare = _SCOPE.sub("", name_key(name))
    return bare or name_key(name)


def number(value: object) -> Decimal | None:
    """A stored or typed number as Decimal; None for none. Raises ValueError for what is not a number."""
    if value is None or value == "":
        return None
    try:
        found = Decimal(unicodedata.normalize("NFKC", str(value)).replace(",", "").strip())
    except InvalidOperation as error:
        raise ValueError(str(value)) from error
    if not found.is_finite():
        raise ValueError(str(value))
    return found


def plain_number(value: object) -> str | None:
    """A number as JSON keeps it: exact, without trailing zeros and without an exponent."""
    found = number(value)
    return None if found is None else format(found.normalize(), "f")


def is_past(mention_kind: str) -> bool:
    """Whether a mention tells what was (baseline, actual) and not what shall be."""
    return mention_kind in PAST


_COMPARATORS = {
    "=": Target.Comparator.EQUAL,
    ">=": Target.Comparator.AT_LEAST,
    ">": Target.Comparator.MORE,
    "<=": Target.Comparator.AT_MOST,
    "<": Target.Comparator.AT_MOST,
    "increase": Target.Comparator.INCREASE,
    # "下降13.5%" sets the size of the fall: reaching it means at least that much.
    "decrease": Target.Comparator.AT_LEAST,
}
_RANK = re.compile(r"位次|名次|排名|排位|位居")
_GROWTH = re.compile(r"增速|增长率|增长|增幅|降幅|下降|降低|翻番")
_SHARE = re.compile(r"占.{0,12}(?:比重|比例|份额|之比)?|比重|比例|强度|率$|占比")
_COUNTED_UNIT = re.compile(r"^[万亿千百]?(?:家|个|项|件|人|名|位|户|套|元|平方米|公里|吨|所|座|处)")
_FALLING = re.compile(r"能耗|排放|损耗|死亡|发生率|发案|失业率|贫困|污染|浓度|负债率")


def indicator_kind(name: str, unit: str | None, mention_kind: str, comparator: str | None) -> str:
    """The kind of indicator that a mention speaks of, as a first guess for the officer."""
    if _RANK.search(name) or (unit in {"位", "名"} and comparator == "<="):
        return Indicator.Kind.RANK
    if mention_kind == "per_year":
        return Indicator.Kind.PER_YEAR
    if mention_kind == "cumulative":
        return Indicator.Kind.CUMULATIVE
    percent = unit in {"%", "‰", "个百分点", "百分点"}
    if _GROWTH.search(name) and (percent or unit in {"倍", "番"} or unit is None):
        return Indicator.Kind.GROWTH
    if percent and _SHARE.search(name):
        return Indicator.Kind.SHARE
    return Indicator.Kind.LEVEL


def direction(name: str, kind: str) -> str:
    """Smaller is better for ranks and for what a plan wants to fall."""
    if kind == Indicator.Kind.RANK or (kind != Indicator.Kind.GROWTH and _FALLING.search(name)):
        return Indicator.Direction.DOWN
    return Indicator.Direction.UP


def number_state(printed: Mapping[str, Any]) -> str:
    """Whether a mention has a number, and if not, why."""
    if printed.get("value") is not None:
        return Target.NumberState.NUMBERED
    if printed.get("masked") or "*" in str(printed.get("raw") or ""):
        return Target.NumberState.MASKED
    raw = str(printed.get("raw") or "")
    if printed.get("assigned") or re.search(r"下达|上级|分解", raw):
        return Target.NumberState.ASSIGNED
    if printed.get("from_table") and re.search(r"(?:^|\s)[-—–/]*$", raw):
        return Target.NumberState.BLANK
    return Target.NumberState.QUALITATIVE


def first_values(printed: Mapping[str, Any], *, last_year: int) -> dict[str, Any]:
    """What the officer starts from: the printed mention in the words of our tables."""
    name, unit = str(printed["name"])[:120], printed.get("unit") or ""
    mention, comparator = str(printed["kind"]), printed.get("comparator")
    kind = indicator_kind(name, unit or None, mention, comparator)
    attribute = {"预期性": "expected", "约束性": "binding"}.get(str(printed.get("attribute") or ""), "")
    return {
        "name": name,
        "unit": str(unit)[:20],
        "kind": str(kind),
        "direction": str(direction(name, kind)),
        "attribute": attribute,
        "composite": "",
        "scope_note": "",
        "mention": mention,
        "value": plain_number(printed.get("value")),
        "number_state": str(number_state(printed)),
        "year": printed.get("year") or last_year,
        "comparator": str(_COMPARATORS.get(str(comparator), Target.Comparator.EQUAL)),
        "commitment": "",
    }


def commitment(text: str, start: int) -> str:
    """确保, 力争 or 争取 where it stands in the same clause before the value that begins at `start`."""
    found = re.findall(r"[，,。；;：:、\n]|确保|力争|争取", text[max(0, start - 40) : start])
    return found[-1] if found and len(found[-1]) > 1 else ""


@dataclass(frozen=True, slots=True)
class Mention:
    """What grouping needs to know of one extraction."""

    pk: int
    position: int
    key: str
    name: str
    year: int
    value: Decimal | None
    state: str
    past: bool
    comparator: str
    from_table: bool
    commitment: str = ""


def mention_of(row: Extraction) -> Mention:
    """What grouping needs to know of an extraction."""
    values = row.values
    return Mention(
        pk=row.pk,
        position=row.position,
        key=row.group_key,
        name=values["name"],
        year=int(values["year"]),
        value=number(values["value"]),
        state=values["number_state"],
        past=is_past(values["mention"]),
        comparator=values["comparator"],
        from_table=bool(row.printed.get("from_table")),
        commitment=values.get("commitment", ""),
    )


def rank(mention: Mention) -> tuple[bool, int]:
    """Sorts the mention that should stand for the others first: table rows win over text, then the order of the text."""
    return (not mention.from_table, mention.position)


def repeats(mentions: Iterable[Mention]) -> dict[int, int]:
    """Repeated mentions -> the one that stands for them: same indicator, year, value (or same lack of one), past or future."""
    heads: dict[tuple[Any, ...], list[Mention]] = {}
    for mention in mentions:
        heads.setdefault((mention.key, mention.year, mention.value, mention.state, mention.past), []).append(mention)
    found: dict[int, int] = {}
    for same in heads.values():
        first, *rest = sorted(same, key=rank)
        found.update({mention.pk: first.pk for mention in rest})
    return found


def disagreements(mentions: Sequence[Mention]) -> list[tuple[Mention, Mention]]:
    """Pairs of one indicator that set different values for the same year.

    No disagreement: the two ends of a range (800 至 1000), two levels of ambition (确保前十二，力争前十), and a mention
    without a number beside one with a number is reported too, since only one of them can be published.
    """
    found: list[tuple[Mention, Mention]] = []
    by_year: dict[tuple[int, bool], list[Mention]] = {}
    for mention in sorted(mentions, key=rank):
        by_year.setdefault((mention.year, mention.past), []).append(mention)
    for same in by_year.values():
        first = same[0]
        for other in same[1:]:
            if not (is_range(first, other) or first.commitment != other.commitment):
                found.append((first, other))
    return found


def is_range(one: Mention, other: Mention) -> bool:
    """Whether two mentions are the lower and the upper end of one range."""
    low, high = sorted((one, other), key=lambda mention: mention.value or Decimal(0))
    return (
        low.value is not None
        and high.value is not None
        and low.value < high.value
        and low.comparator in (Target.Comparator.EQUAL, Target.Comparator.AT_LEAST, Target.Comparator.MORE)
        and high.comparator == Target.Comparator.AT_MOST
    )


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two groups that may be one indicator. `scope` is true when they differ in a scope word, which needs a look."""

    keep: str
    drop: str
    year: int
    value: Decimal
    scope: bool


def likely_same(groups: Mapping[str, Sequence[Mention]]) -> list[Likeness]:
    """Groups to suggest for merging: one value in one year, one measure, and names alike once scope words are dropped."""
    places: dict[tuple[str, int, Decimal, bool], list[str]] = {}
    for key, mentions in groups.items():
        for mention in mentions:
            if mention.value is not None:
                place = (key.rpartition("|")[2], mention.year, mention.value, mention.past)
                places.setdefault(place, [])
                if key not in places[place]:
                    places[place].append(key)
    found: dict[tuple[str, str], Likeness] = {}
    for (_, year, value, _past), keys in places.items():
        ranked = sorted(keys, key=lambda key: min(rank(mention) for mention in groups[key]))
        for position, keep in enumerate(ranked):
            for drop in ranked[position + 1 :]:
                ours, theirs = loose_key(keep.rpartition("|")[0]), loose_key(drop.rpartition("|")[0])
                if ours == theirs or (min(len(ours), len(theirs)) >= 4 and (ours.endswith(theirs) or theirs.endswith(ours))):
                    scope = name_key(keep.rpartition("|")[0]) != name_key(drop.rpartition("|")[0]) and ours == theirs
                    found.setdefault((keep, drop), Likeness(keep, drop, year, value, scope))
    return list(found.values())
