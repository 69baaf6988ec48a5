"""Compares two records: which level each comparison reaches."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import OSA, Indel

from .likeness import TELLING, confused, spelt
from .names import Name
from .preparing import Prepared
from .weights import PRIOR, WEIGHTS
from .words import INDUSTRY

# ---------------------------------------------------------------------------------------------------------------- names


def name_level(left: Name, right: Name) -> str:
    """How near two names are; branch and legal form are compared apart. Symmetric."""
    one, other = left.core, right.core
    if not one or not other:
        return ""
    if one == other:
        return "exact" if len(left.trade) >= 3 else "exact_short"
    if left.full in (other, right.full) or right.full == one:
        return "exact" if len(left.full) >= 6 else "exact_short"
    if len(one) > len(other):
        left, right = right, left
        one, other = other, one
    if one.isascii() != other.isascii():
        return _latin(left, right)
    if len(one) == len(other):
        if confused(one, other, max(1, len(one) * 2 // 5)):
            if one[: min(len(left.trade), len(right.trade))] == other[: min(len(left.trade), len(right.trade))]:
                return "line_confused"
            return "confused" if min(len(left.trade), len(right.trade)) >= 3 else "confused_short"
        if sorted(one) == sorted(other):
            return "swapped"
    trade = min(len(left.trade), len(right.trade))
    if len(one) >= trade and one[:trade] == other[:trade] and trade >= 2:
        if other.startswith(one) and len(one) >= max(len(right.trade), 3):
            return "cut"
        rest, more = one[trade:], other[trade:]
        distance = OSA.distance(rest, more, score_cutoff=2)
        if distance == 1 and len(more) > 1:
            return _other_business(trade) if _two_businesses(rest, more) else "line_typo"
        if rest and (_subsequence(rest, more) or (distance == 2 and len(more) > 4)):
            return "line_near"
        if Indel.normalized_similarity(one, other) >= 0.7:
            return "line_near"
        return _other_business(trade)
    distance = OSA.distance(one, other, score_cutoff=2)
    if distance == 1:
        return "one_long" if len(one) >= 8 or trade >= 4 else "one_short"
    if distance == 2 and len(one) >= 6:
        return "two"
    if len(one) >= 4 and one in other:
        return "inside"
    if Indel.normalized_similarity(one, other) >= 0.65:
        return "weak"
    return "other"


def _other_business(trade: int) -> str:
    return "line_other_long" if trade >= 3 else "line_other"


def _two_businesses(one: str, other: str) -> bool:
    """True when each of the two has a word of business where they begin to differ: 商贸 and 工贸 are no misprint of each other."""
    at = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), -1)
    return (
        at >= 0 and len(one) == len(other) and all({text[max(at - 1, 0) : at + 1], text[at : at + 2]} & INDUSTRY for text in (one, other))
    )


def _subsequence(short: str, long: str) -> bool:
    left = iter(long)
    return all(c in left for c in short)


def _latin(left: Name, right: Name) -> str:
    """A name in Latin letters against one in characters: pinyin throughout, or the trade name in pinyin and the rest translated."""
    latin, han = (left, right) if left.core.isascii() else (right, left)
    text, spoken = latin.core, "".join(map(spelt, han.core))
    if Indel.normalized_similarity(text, spoken) >= 0.9:
        return "confused"
    trade = "".join(map(spelt, han.trade))
    return "latin_trade" if len(trade) >= 6 and text.startswith(trade) else "other"


def names_level(left: Prepared, right: Prepared) -> tuple[str, int, int]:
    """The nearest of current and former names: (level, which of the left, which of the right)."""
    if len(left.names) == len(right.names) == 1:
        return name_level(left.names[0], right.names[0]), 0, 0
    best, place, most = "", (0, 0), -99.0
    for i, one in enumerate(left.names):
        for j, other in enumerate(right.names):
            level = name_level(one, other)
            if level and (weight := WEIGHTS["name"][level]) > most:
                best, place, most = level, (i, j), weight
    return best, *place


# ---------------------------------------------------------------------------------------------------------------- codes
def code_level(left: Prepared, right: Prepared) -> str:
    a, b = left.codes, right.codes
    if a.credit and a.credit == b.credit:
        return "same"
    if a.old and a.old == b.old:
        return "same_old"
    if a.organisation and b.organisation:
        return "same_organisation" if a.organisation == b.organisation else "differ"
    mine, theirs = a.credit or a.broken, b.credit or b.broken
    if mine and theirs:
        return "near" if OSA.distance(mine, theirs, score_cutoff=2) <= 2 else "broken_differs"
    if a.old and b.old:
        return "near" if OSA.distance(a.old, b.old, score_cutoff=1) <= 1 else "old_differs"
    return ""


# ------------------------------------------------------------------------------------------------------------ addresses
def address_level(left: Prepared, right: Prepared) -> str:
    a, b = left.address, right.address
    if not a or not b:
        if left.area and right.area:
            return "area" if _same_area(left.area, right.area) else "area_differs"
        return ""
    words = _same_words(a.words, b.words)
    if a.numbers == b.numbers:
        if words == 2:
            return "door" if a.numbers else "place"
        if words == 1:
            return "near_door" if a.numbers else "near_place"
    shorter, longer = sorted((a.numbers, b.numbers), key=len)
    if words and longer[: len(shorter)] == shorter:
        return "cut"
    if words:
        return "other_number"
    if len(shorter) >= 2 and longer[: len(shorter)] == shorter:
        return "same_numbers"
    return "elsewhere"


def _same_words(one: str, other: str) -> int:
    """2: the same, or one with more in front (a district); 1: mostly the same, or cut off; 0: another place."""
    if one == other:
        return 2
    if len(one) > len(other):
        one, other = other, one
    if len(one) >= 3 and (other.endswith(one) and len(other) - len(one) <= 4):
        return 2
    if len(one) >= 2 and other.startswith(one):
        return 1
    return 1 if len(one) >= 3 and (one in other or Indel.normalized_similarity(one, other) >= 0.7) else 0


def _same_area(one: str, other: str) -> bool:
    return one == other or one.startswith(other) or other.startswith(one)


# ----------------------------------------------------------------------------------------------------------- the others
def form_level(left: Name, right: Name) -> str:
    a, b = left.form, right.form
    if not a or not b:
        return ""
    return "same" if a == b else "differs" if {a, b} != {"company", "shares"} else "shares"


def place_level(left: Name, right: Name) -> str:
    a, b = left.place, right.place
    if not a or not b:
        return ""
    return "same" if a == b else "differs"


def founded_level(left: Prepared, right: Prepared) -> str:
    if not left.founded or not right.founded:
        return ""
    return "same" if left.founded == right.founded else "differs"


def branch_level(left: Name, right: Name) -> str:
    """same, "" when neither is a branch, parent (one is a branch and the other is not), near, differs."""
    a, b = left.branch, right.branch
    if a == b:
        return "same" if a else ""
    if not a or not b:
        return "parent"
    if confused(a, b, max(1, len(a) // 3)):
        return "same"
    return "near" if len(a) > 5 and len(b) > 5 and OSA.distance(a, b, score_cutoff=1) <= 1 and not _telling(a, b) else "differs"


def _telling(one: str, other: str) -> bool:
    """True when what differs is a number or a direction."""
    return {c for c in one if c in TELLING} != {c for c in other if c in TELLING}


def area_level(left: Name, right: Name) -> str:
    """The districts in the names, 天津市北辰区… against 天津市西青区…"""
    a, b = left.area, right.area
    if not a or not b:
        return ""
    return "same" if a == b or confused(a, b, 1) else "differs"


# ------------------------------------------------------------------------------------------------------------- together
@dataclass(frozen=True, slots=True)
class Compared:
    """`levels`: comparison -> level, without those that could not be compared. `left_name`, `right_name`: which of the names fit best."""

    levels: dict[str, str]
    left_name: int
    right_name: int

    @property
    def weight(self) -> float:
        return PRIOR + sum(WEIGHTS[comparison][level] for comparison, level in self.levels.items())

    @property
    def branch_weight(self) -> float:
        return WEIGHTS["branch"].get(self.levels.get("branch", ""), 0.0)

    @property
    def barrier(self) -> str:
        """Why the two cannot be one organisation, as a key of BARRIERS, or "". A branch may carry the code of its parent."""
        branch = self.levels.get("branch")
        if branch == "differs":
            return "branches"
        if branch == "parent":
            return "parent"
        return "codes" if self.levels.get("code") == "differ" and not branch else ""


def compare_prepared(left: Prepared, right: Prepared) -> Compared:
    """Every comparison of two prepared records. The same either way round, but for which name is whose."""
    name, i, j = names_level(left, right)
    one, other = left.names[i], right.names[j]
    found = {
        "name": name,
        "code": code_level(left, right),
        "address": address_level(left, right),
        "area": area_level(one, other),
        "place": place_level(one, other),
        "form": form_level(one, other),
        "founded": founded_level(left, right),
        "branch": branch_level(one, other),
    }
    return Compared({comparison: level for comparison, level in found.items() if level}, i, j)
