"""How characters sound and look: which misprint is likely."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pypinyin import Style, lazy_pinyin

# Finals and initials that speakers and input methods mix up.
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def sound(character: str) -> str:
    """Toneless pinyin with zh/z, ch/c, sh/s, ang/an, eng/en, ing/in taken as one; the character itself when it has none."""
    spoken: str = lazy_pinyin(character, style=Style.NORMAL)[0]
    for long, short in _MERGED:
        spoken = spoken.replace(long, short)
    return spoken


@cache
def spelt(character: str) -> str:
    """Toneless pinyin as it is written."""
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


@cache
def _lookalikes() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in (files(__package__) / "lookalikes.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            for other in line[1:]:
                table[line[0]] = table.get(line[0], "") + other
                table[other] = table.get(other, "") + line[0]
    return table


# Numerals and directions tell branches and shops apart; nobody mistypes one for another.
TELLING = frozenset("〇一二三四五六七八九十东西南北中上下左右前后内外甲乙丙丁")


@cache
def confusable(one: str, other: str) -> bool:
    """True when the two characters sound the same or look nearly the same."""
    if one == other:
        return True
    if one in TELLING and other in TELLING:
        return False
    return sound(one) == sound(other) or other in _lookalikes().get(one, "")


def confused(one: str, other: str, most: int) -> bool:
    """True when two texts of one length differ in at most `most` characters, each confusable with the other's."""
    if len(one) != len(other):
        return False
    differing = 0
    for a, b in zip(one, other, strict=True):
        if a != b:
            differing += 1
            if differing > most or not confusable(a, b):
                return False
    return True
