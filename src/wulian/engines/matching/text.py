"""From text, as people paste it, to numbers of tokens: a Chinese character is a token, a Latin word or a number is one."""

from __future__ import annotations

import html
import re
import unicodedata
import zlib
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Tokens: TypeAlias = npt.NDArray[np.uint32]
Floats: TypeAlias = npt.NDArray[np.float32]

# Of one record so many characters are read; what follows in a pasted file of two megabytes says nothing new about it.
LONGEST = 20_000
# A token is below SPACE: a Chinese character is its code point, a Latin word a number above 0x10000 drawn from its letters.
# 0 separates: characters on its two sides are not neighbours.
SPACE = 1 << 17
_LATIN = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]{0,2000})?/?>|<!--|-->")
_BLOCK = re.compile(r"<(script|style)\b", re.IGNORECASE)
_PLANE = 0xF0000


def clean(text: str) -> str:
    """Plain text of at most LONGEST characters: no scripts, styles, tags, entities or control characters. Linear in its length."""
    text = text[: LONGEST * 10]
    if "<" in text:
        kept, at = [], 0
        lower = text.lower()
        while block := _BLOCK.search(text, at):
            kept.append(text[at : block.start()])
            end = lower.find("</" + block[1].lower(), block.end())
            at = len(text) if end < 0 else (lower.find(">", end) + 1 or len(text))
        text = _TAG.sub(" ", "".join([*kept, text[at:]]))
    if "&" in text:
        text = html.unescape(text)
    return "".join(c if c >= " " else " " for c in text[:LONGEST]).strip() if not text.isprintable() else text[:LONGEST].strip()


def tokens(text: str) -> Tokens:
    """Tokens of cleaned text in their order, with 0 where something else than a character or a word stood (runs of 0 are one)."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = _LATIN.sub(lambda found: chr(_PLANE + zlib.crc32(found[0].encode()) % 0xFFFD), plain)
    codes = np.frombuffer(plain.encode("utf-32-le", errors="replace"), dtype=np.uint32)
    latin = (codes >= _PLANE) & (codes < _PLANE + 0xFFFD)
    result = np.where(latin, codes - (_PLANE - 0x10000), np.where((codes >= 0x3400) & (codes <= 0x9FFF), codes, 0)).astype(np.uint32)
    keep = result > 0
    keep[1:] |= result[:-1] > 0
    return result[keep]


def pairs(codes: Tokens) -> npt.NDArray[np.uint64]:
    """Neighbouring Chinese characters as one number each; 0 where one of the two is anything else. One shorter than `codes`."""
    left, right = codes[:-1].astype(np.uint64), codes[1:].astype(np.uint64)
    return np.where(_chinese(codes[:-1]) & _chinese(codes[1:]), left * np.uint64(SPACE) + right, np.uint64(0))


def _chinese(codes: Tokens) -> npt.NDArray[np.bool_]:
    result: npt.NDArray[np.bool_] = (codes > 0) & (codes < 0x10000)
    return result


def bucket(pair: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Where pairs are counted: a number below PAIRS. Two rare pairs may share one."""
    return ((pair * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - 21)).astype(np.int64)


PAIRS = 1 << 21
