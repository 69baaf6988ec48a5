"""Puts paragraphs and tables of any format together into one text with offsets."""

from __future__ import annotations

import re

from wulian.engines.planreader.model import Block, Cell, Document, ReadingWarning, Table
from wulian.engines.planreader.wrapped import closed


class Builder:
    """Collects paragraphs and tables in order. A table becomes one line per row with tabs between its cells."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self.blocks: list[Block] = []
        self.warnings: list[ReadingWarning] = []

    def _write(self, text: str) -> int:
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start

    def paragraph(self, text: str, level: int | None = None) -> tuple[int, int] | None:
        """Add a paragraph (its inner line breaks make it several) and return its place."""
        first: int | None = None
        end = self._length
        for line in text.split("\n"):
            body = line.strip()
            if not body:
                continue
            start = self._write(body)
            end = self._length
            self._write("\n")
            first = start if first is None else first
            self.blocks.append(Block("paragraph", start, end, level))
        return None if first is None else (first, end)

    def table(self, rows: list[list[str | None]]) -> tuple[int, int] | None:
        """Add a table; None stands for a cell that a merged one covers from the left.

        A table of one column is a frame round running text (专栏): its cells become paragraphs.
        """
        width = max((len(row) for row in rows), default=0)
        if not width:
            return None
        if width == 1:
            framed = [self.paragraph((row[0] or "").removeprefix(ABOVE)) for row in rows]
            spans = [span for span in framed if span]
            return (spans[0][0], spans[-1][1]) if spans else None
        start = self._length
        built: list[tuple[Cell, ...]] = []
        seen: dict[tuple[int, str], Cell] = {}
        for row in rows:
            cells: list[Cell] = []
            for place in range(width):
                text = row[place] if place < len(row) else ""
                body = re.sub(r"[ \t]*\n[ \t]*", " ", (text or "").strip().replace("\t", " "))
                above = seen.get((place, body)) if text is not None and text.startswith(ABOVE) else None
                if above is not None:
                    cells.append(above)
                    self._write("\t" if place + 1 < width else "")
                    continue
                body = body.removeprefix(ABOVE)
                at = self._write(body)
                cell = Cell(body, at, at + len(body))
                cells.append(cell)
                seen[(place, ABOVE + body)] = cell
                self._write("\t" if place + 1 < width else "")
            self._write("\n")
            built.append(tuple(cells))
        table = Table(tuple(built), start, self._length)
        self.blocks.append(Block("table", start, self._length, None, table))
        return start, self._length

    def document(self, kind: str, encoding: str | None = None) -> Document:
        """The finished document."""
        return Document("".join(self._parts), self.blocks, kind, encoding, self.warnings)


# Marks the text of a cell that is the continuation of a cell merged from the row above.
ABOVE = "\ue000"


def from_text(text: str, kind: str = "text", encoding: str | None = None) -> Document:
    """Document of plain text: the text as it is (line ends made uniform), a paragraph for each line."""
    body = closed(text.replace("\r\n", "\n").replace("\r", "\n"))
    blocks: list[Block] = []
    place = 0
    for line in body.split("\n"):
        if line.strip(" \t|｜"):
            blocks.append(Block("paragraph", place, place + len(line)))
        place += len(line) + 1
    return Document(body, blocks, kind, encoding)
