"""Pinyin of names, quick enough for a million of them, and cutting typed pinyin into syllables.

pypinyin's own phrase segmentation takes about 90 µs a name. Names need less: the usual reading of each character, and
phrases where a character reads otherwise (银行 yinhang, 重庆 chongqing).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

PHRASE = 4  # longest phrase looked up


def plain(reading: str) -> str:
    """A syllable without its tone mark; ü is typed v."""
    letters = unicodedata.normalize(
        "NFD", reading.replace("ü", "v").replace("ǖ", "v").replace("ǘ", "v").replace("ǚ", "v").replace("ǜ", "v")
    )
    return "".join(c for c in letters if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, tuple[str, ...]], frozenset[str]]:
    """Usual reading of a character; phrases that read otherwise; how those phrases begin (two characters)."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    usual = {chr(point): plain(readings.split(",")[0]) for point, readings in PINYIN_DICT.items()}
    phrases: dict[str, tuple[str, ...]] = {}
    for phrase, readings in PHRASES_DICT.items():
        if 2 <= len(phrase) <= PHRASE and len(readings) == len(phrase):
            syllables = tuple(plain(reading[0]) for reading in readings)
            if any(usual.get(character) != syllable for character, syllable in zip(phrase, syllables, strict=True)):
                phrases[phrase] = syllables
    return usual, phrases, frozenset(phrase[:2] for phrase in phrases)


def syllables_of(key: str) -> list[str]:
    """One syllable per character of a normalised name; a letter or digit stands for itself."""
    usual, phrases, beginnings = _tables()
    result = [usual.get(character, character) for character in key]
    skip = 0
    for place in range(len(key) - 1):
        if place < skip or key[place : place + 2] not in beginnings:
            continue
        for length in range(PHRASE, 1, -1):
            if found := phrases.get(key[place : place + length]):
                result[place : place + length] = found
                skip = place + length
                break
    return result


@lru_cache(maxsize=1)
def known_syllables() -> frozenset[str]:
    usual, _phrases, _beginnings = _tables()
    whole = (syllable for syllable in usual.values() if syllable.isascii() and syllable.isalpha())
    return frozenset(syllable for syllable in whole if len(syllable) > 1 or syllable in "aeo")


def cut(letters: str, most: int = 6) -> list[list[str]]:
    """Ways to cut typed letters into syllables, the last of which may be unfinished: tianjinsh -> [tian, jin, sh]."""
    syllables = known_syllables()
    beginnings = _unfinished()
    found: list[list[str]] = []

    def go(rest: str, done: list[str]) -> None:
        if len(found) >= most:
            return
        if not rest:
            found.append(done)
            return
        for length in range(min(6, len(rest)), 0, -1):
            part = rest[:length]
            if part in syllables or (length == len(rest) and part in beginnings):
                go(rest[length:], [*done, part])

    go(letters, [])
    return found


@lru_cache(maxsize=1)
def _unfinished() -> frozenset[str]:
    return frozenset(syllable[:length] for syllable in known_syllables() for length in range(1, len(syllable) + 1))
