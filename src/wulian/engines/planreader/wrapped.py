"""Plain text taken from a PDF: lines cut at the width of the page are put together again, page numbers are dropped.

A text counts as wrapped when most of its longer lines end at one width. A line of that width goes on with the next one, unless
the next one opens with a heading mark. A number that runs on with the text (`12本一致`) is a page number where such numbers count up.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from wulian.engines.planreader.units import UNIT

_HAN = "[一二三四五六七八九十百]{1,3}"
_OPENS = re.compile(
    rf"\s*(?:第{_HAN}[篇章节条部]|{_HAN}、|[（(]{_HAN}[)）]|\d{{1,2}}\.\d{{1,2}}(?:\.\d{{1,2}})+|\d\.\d{{1,2}}\s*(?![\d\s]|{UNIT})|\d{{1,2}}[.、．](?!\d)"
    r"|[（(]\d{1,2}[)）]|[①-⑳]|——|专栏|表\s*\d|图\s*\d|附件|注[:：]|[■◆●▲★])"
)
_GLUED = re.compile(r"\s*(\d{1,3})(?=[\u4e00-\u9fff“（《])")
# Between a figure and a word, as typesetting puts it; and between two words, where a narrow column was wrapped.
_BESIDE_FIGURE = re.compile(r"(?<=[\u4e00-\u9fff，。；：、”（])[ ](?=[\dA-Za-z])|(?<=[\dA-Za-z.%])[ ](?=[\u4e00-\u9fff，。；：、“）%])")
_NARROW = re.compile(r"(?<=[\u4e00-\u9fff，。；：、”%\d.])(?<!第)[ ](?=[\u4e00-\u9fff“\d])")
_LEAST_LINES = 30


def closed(text: str) -> str:
    """`text` as its paragraphs were written: without cuts at the page width and without blanks of typesetting."""
    return "\n".join(_closed_line(line) for line in _joined(text.split("\n")))


def _closed_line(line: str) -> str:
    if "\t" in line or "|" in line:
        return line
    if len(line) > 100 and len(_NARROW.findall(line)) * 40 >= len(line):
        return _NARROW.sub("", line)
    prose = len(line) > 30 and bool(re.search(r"[，。；]", line))
    return _BESIDE_FIGURE.sub("", line) if prose else line


def _width(line: str) -> int:
    """Columns that a line takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line.strip())


def _joined(lines: list[str]) -> list[str]:
    widths = [_width(line) for line in lines]
    full = _page_width(widths)
    if not full:
        return lines
    numbers = _page_numbers(lines)
    out: list[str] = []
    open_line = False
    for place, line in enumerate(lines):
        body = line.rstrip("\r ")
        if place in numbers:
            body = body.strip()[numbers[place] :]
        if _is_row(body):
            out.append(body)
            open_line = False
            continue
        if not body.strip():
            # a page break leaves blank lines and its number between the halves of a line
            if not open_line:
                out.append(body)
            continue
        if open_line and not _OPENS.match(body):
            out[-1] += body.strip()
        else:
            out.append(body)
        open_line = _width(body) >= full - 6
    return out


def _is_row(line: str) -> bool:
    """Whether a line is a row of a table: blanks that no figure accounts for."""
    return len(re.findall(r" ", _BESIDE_FIGURE.sub("", line.strip()))) >= 2 and not re.search(r"[，。；]", line)


def _page_width(widths: list[int]) -> int | None:
    """Width at which the lines of a wrapped text end; None when the text is not wrapped."""
    long = [width for width in widths if width >= 30]
    if len(long) < _LEAST_LINES:
        return None
    full = max(Counter(long).items(), key=lambda entry: entry[1])[0]
    at_edge = sum(full - 4 <= width <= full + 4 for width in long)
    return full if at_edge >= 0.6 * len(long) and full <= 120 else None


def _page_numbers(lines: list[str]) -> dict[int, int]:
    """Lines that open with a page number, and its length: numbers that count up by one, at least three of them."""
    found: list[tuple[int, int, int]] = []
    for place, line in enumerate(lines):
        glued = _GLUED.match(line) or re.fullmatch(r"\s*[-—]?\s*(\d{1,3})\s*[-—]?\s*", line.rstrip("\r"))
        if glued:
            found.append((place, int(glued.group(1)), glued.end(1) - (len(line) - len(line.lstrip()))))
    best: list[tuple[int, int, int]] = []
    for start in range(len(found)):
        if len(best) > len(found) - start:
            break
        chain = [found[start]]
        for entry in found[start + 1 :]:
            if entry[1] == chain[-1][1] + 1 and entry[0] - chain[-1][0] > 5:
                chain.append(entry)
        if len(chain) > len(best):
            best = chain
    return {place: length for place, _, length in best} if len(best) >= 3 else {}
