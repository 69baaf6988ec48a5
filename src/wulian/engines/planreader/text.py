"""Character-level normalisation that keeps every offset, and the small facts of written Chinese that all parts share."""

from __future__ import annotations

import re

# One character to one character, so that an offset in the normal form is an offset in the printed text.
_FULL = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_EXTRA = {
    "\u3000": " ",
    "\u00a0": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
    "\u200b": " ",
    "\ufeff": " ",
    "〜": "~",
    "∼": "~",
    "—": "-",
    "–": "-",
    "−": "-",
    "‐": "-",
    "‑": "-",
    "―": "-",
    "﹪": "%",
    "∶": ":",
    "︰": ":",
    "﹕": ":",
    "﹐": ",",
    "﹔": ";",
    "﹒": ".",
    "﹣": "-",
    "〇": "0",
    "○": "0",
    "Ｏ": "O",
    "＜": "<",
    "＞": ">",
    "【": "(",
    "】": ")",
    "〔": "〔",
    "﹝": "〔",
    "﹞": "〕",
    "〖": "〔",
    "〗": "〕",
}
_TABLE = str.maketrans({**_FULL, **_EXTRA})
_QUOTES = re.compile("[“”\"‘’'「」『』＂]")
_SPACE = re.compile(r"\s+")


def normal(text: str) -> str:
    """Half-width form of `text`, the same length: full-width letters, digits and punctuation, dashes and odd spaces."""
    return text.translate(_TABLE)


def squash(text: str) -> str:
    """`text` without whitespace."""
    return _SPACE.sub("", text)


def bare(text: str) -> str:
    """Form for comparing names: half-width, no whitespace, no quotation marks, lower case."""
    return _QUOTES.sub("", squash(normal(text))).lower()


_DIGITS = {
    "零": 0,
    "0": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
CHINESE_DIGITS = "零一二两三四五六七八九十百千万亿0"


def chinese_number(text: str) -> int | None:
    """Value of a Chinese numeral (`七`, `二十三`, `一千二百`, `二0二五`); None when it is not one.

    Scale words alone count as one of them: 百 is 100, 千 is 1000.
    """
    if not text or any(char not in _DIGITS and char not in _SCALES for char in text):
        return None
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = section = 0
    digit: int | None = None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            continue
        scale = _SCALES[char]
        if scale >= 10_000:
            section += digit or 0
            total = (total + section or 1) * scale
            section = 0
        else:
            section += (1 if digit is None else digit) * scale
        digit = None
    return total + section + (digit or 0)


def number(text: str) -> int | float | None:
    """Value of printed digits, thousands separators allowed; an int where there is no decimal part."""
    digits = text.replace(",", "").replace(" ", "")
    try:
        return float(digits) if "." in digits else int(digits)
    except ValueError:
        return None
