"""Word documents: paragraphs (with the numbers that Word prints but does not store), headings and tables in order."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from wulian.engines.planreader.build import ABOVE, Builder
from wulian.engines.planreader.errors import Damaged, EmptyFile
from wulian.engines.planreader.model import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HAN = "零一二三四五六七八九"


def read_docx(data: bytes, name: str) -> Document:
    """Document of a DOCX file. Raises Damaged when its parts are missing or cut off, EmptyFile when it has no text."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        word = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError, EOFError, OSError):
        raise Damaged(name=name, what="DOCX") from None
    builder = Builder()
    numbering = _Numbering(word)
    for block in word.iter_inner_content():
        if hasattr(block, "rows"):
            builder.table(list(_rows(block)))
        else:
            text = block.text.strip()
            if text:
                builder.paragraph(numbering.label(block, text) + text, _level(block))
    document = builder.document("docx")
    if not document.text.strip():
        raise EmptyFile(name=name, size=len(data))
    return document


def _level(paragraph: Any) -> int | None:
    style = paragraph.style.name if paragraph.style is not None else ""
    found = re.match(r"(?:Heading|标题)\s*(\d)", style or "")
    return int(found.group(1)) if found else None


def _rows(table: Any) -> Iterator[list[str | None]]:
    above: dict[int, Any] = {}
    for row in table.rows:
        line: list[str | None] = [""] * getattr(row, "grid_cols_before", 0)
        before: Any = None
        for cell in row.cells:
            place = len(line)
            element = cell._tc
            if before is element:
                line.append(None)
            elif above.get(place) is element:
                line.append(ABOVE + cell.text.strip())
            else:
                line.append(cell.text.strip())
            above[place] = element
            before = element
        yield line


class _Numbering:
    """Automatic numbers of list paragraphs. Word stores only the list and the level; the number is counted here."""

    def __init__(self, word: Any) -> None:
        self.counts: dict[tuple[str, int], int] = {}
        self.formats: dict[tuple[str, int], tuple[str, str, int]] = {}
        try:
            root = word.part.numbering_part.element
        except (NotImplementedError, KeyError, AttributeError):
            return
        abstract = {node.get(f"{_W}abstractNumId"): node for node in root.findall(f"{_W}abstractNum")}
        for number in root.findall(f"{_W}num"):
            reference = number.find(f"{_W}abstractNumId")
            node = abstract.get(reference.get(f"{_W}val")) if reference is not None else None
            for level in node.findall(f"{_W}lvl") if node is not None else []:
                kind, text, start = (level.find(f"{_W}{tag}") for tag in ("numFmt", "lvlText", "start"))
                if kind is not None and text is not None:
                    self.formats[(number.get(f"{_W}numId"), int(level.get(f"{_W}ilvl")))] = (
                        kind.get(f"{_W}val"),
                        text.get(f"{_W}val"),
                        int(start.get(f"{_W}val")) if start is not None else 1,
                    )

    def label(self, paragraph: Any, text: str) -> str:
        """Number that Word prints before this paragraph, "" when there is none."""
        properties = paragraph._p.pPr
        found = properties.numPr if properties is not None else None
        if found is None and paragraph.style is not None:
            inherited = paragraph.style.element.pPr
            found = inherited.numPr if inherited is not None else None
        if found is None or found.numId is None:
            return ""
        number, level = str(found.numId.val), int(found.ilvl.val) if found.ilvl is not None else 0
        form = self.formats.get((number, level))
        if form is None or form[0] in {"bullet", "none"}:
            return ""
        self.counts[(number, level)] = self.counts.get((number, level), form[2] - 1) + 1
        for key in [key for key in self.counts if key[0] == number and key[1] > level]:
            del self.counts[key]

        def put(place: re.Match[str]) -> str:
            at = int(place.group(1)) - 1
            kind = self.formats.get((number, at), form)[0]
            return _print(self.counts.get((number, at), 1), kind)

        return re.sub(r"%(\d)", put, form[1])


def _print(value: int, kind: str) -> str:
    if "chinese" in kind.lower() or "ideograph" in kind.lower() or kind in {"japaneseCounting", "taiwaneseCounting"}:
        if value < 10:
            return _HAN[value]
        tens, ones = divmod(value, 10)
        return ("" if tens == 1 else _HAN[tens % 10]) + "十" + (_HAN[ones] if ones else "")
    if kind == "decimalEnclosedCircle" and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    return str(value)
