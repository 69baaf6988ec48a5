"""PDF files: text with wrapped lines joined and running heads dropped, tables with their cells, scans by OCR."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

from wulian.engines.planreader.build import Builder
from wulian.engines.planreader.errors import Damaged, Encrypted, NoText
from wulian.engines.planreader.model import Document, ReadingWarning
from wulian.engines.planreader.text import normal

_SCANNED_BELOW = 12  # characters on a page that has pictures
_CHAPTER = re.compile(r"^(?:第[一二三四五六七八九十百]+[篇章节]\s|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)\S)")
_NEW = re.compile(
    r"^(?:第[一二三四五六七八九十百]+[篇章节条部]|[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、](?!\d)|\(\d{1,2}\)|[①-⑳]|-{1,2}\D|专栏|表\s*\d|图\s*\d|附件|注:)"
)
# A gap between a Chinese and another character is typesetting, not a space.
_SPACED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef“”—]) (?=\S)|(?<=\S) (?=[\u3000-\u9fff\uff00-\uffef“”—])")
_PAGE_NUMBER = re.compile(r"^[-—\s]*(?:第\s*)?\d{1,3}(?:\s*页)?(?:\s*/\s*\d{1,3})?[-—\s]*$")


def read_pdf(data: bytes, name: str) -> Document:
    """Document of a PDF. Pages without text are read by OCR.

    Raises Encrypted, Damaged, and NoText when neither the text layer nor OCR gives anything.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfparser import PDFSyntaxError
    from pdfplumber.utils.exceptions import PdfminerException

    _refuse_encrypted(data, name)
    builder = Builder()
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            pages = [_page(page) for page in pdf.pages]
            if not pages:
                raise Damaged(name=name, what="PDF")
            scanned = [place for place, page in enumerate(pages) if page[0] < _SCANNED_BELOW]
            if len(scanned) == len(pages) or any(pages[place][2] for place in scanned):
                _add_scans(pdf, pages, scanned, builder)
    except (PDFPasswordIncorrect, PDFEncryptionError):
        raise Encrypted(name=name) from None
    except (PDFSyntaxError, PdfminerException, ValueError, KeyError, TypeError, EOFError, AttributeError) as error:
        if "assword" in repr(error):
            raise Encrypted(name=name) from None
        raise Damaged(name=name, what="PDF") from None
    _write(pages, builder)
    document = builder.document("pdf")
    if not document.text.strip():
        raise NoText(name=name)
    return document


def _refuse_encrypted(data: bytes, name: str) -> None:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Encrypted(name=name)
        if not len(reader.pages):
            raise Damaged(name=name, what="PDF")
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError):
        raise Damaged(name=name, what="PDF") from None


Item = tuple[str, Any]


def _page(page: Any) -> tuple[int, list[Item], bool]:
    """Characters on a page, its lines and tables from top to bottom, and whether it has pictures."""
    tables = [table for table in page.find_tables() if len(table.rows) >= 2 and max((len(row.cells) for row in table.rows), default=0) >= 2]
    inside = [table.bbox for table in tables]

    def outside(item: Any) -> bool:
        middle = (item["top"] + item["bottom"]) / 2
        across = (item["x0"] + item["x1"]) / 2
        return not any(box[0] <= across <= box[2] and box[1] <= middle <= box[3] for box in inside)

    rest = page.filter(lambda item: item.get("object_type") != "char" or outside(item)) if inside else page
    lines = rest.extract_text_lines(return_chars=False) if rest.chars else []
    items: list[tuple[float, Item]] = [
        (line["top"], ("line", (line["text"], line["x0"], line["x1"], page.width, line["top"] / float(page.height)))) for line in lines
    ]
    items.extend((table.bbox[1], ("table", table.extract())) for table in tables)
    items.sort(key=lambda entry: entry[0])
    return len(page.chars), [item for _, item in items], bool(page.images)


def _add_scans(pdf: Any, pages: list[tuple[int, list[Item], bool]], scanned: list[int], builder: Builder) -> None:
    from wulian.engines.planreader.formats.ocr import lines_of

    for place in scanned:
        image = pdf.pages[place].to_image(resolution=200).original
        found = lines_of(image)
        items: list[Item] = [("scan", line) for line in found]
        pages[place] = (pages[place][0], items, True)
    builder.warnings.append(warn_pages(len(scanned)))


def _furniture(pages: list[tuple[int, list[Item], bool]]) -> set[str]:
    """Lines repeated at the head or foot of many pages."""
    counts: Counter[str] = Counter()
    for _, items, _ in pages:
        edge = [item for item in items if item[0] == "line" and (item[1][4] < 0.1 or item[1][4] > 0.9)]
        counts.update({re.sub(r"\d+", "#", item[1][0].strip()) for item in edge})
    return {line for line, count in counts.items() if count >= 3 and count >= len(pages) * 0.5}


def _write(pages: list[tuple[int, list[Item], bool]], builder: Builder) -> None:
    from wulian.engines.planreader.formats.ocr import warn_unsure

    repeated = _furniture(pages)
    writer = _Paragraphs(builder)
    last_table: list[list[str | None]] | None = None
    for _, items, _ in pages:
        for kind, content in items:
            if kind == "table":
                writer.flush()
                rows = [[(cell or "") if cell is not None else None for cell in row] for row in content]
                rows = [[_cell(cell) for cell in row] for row in rows]
                if last_table is not None and len(last_table[0]) == len(rows[0]):
                    # A table that goes on over the page break repeats its head or goes straight on.
                    last_table.extend(rows[1:] if rows[0] == last_table[0] else rows)
                else:
                    if last_table is not None:
                        builder.table(last_table)
                    last_table = rows
                continue
            if kind == "scan":
                if last_table is not None:
                    builder.table(last_table)
                    last_table = None
                writer.add_scan(content)
                continue
            text, left, right, width, height = content
            if (_PAGE_NUMBER.match(text) and (height < 0.1 or height > 0.88)) or re.sub(r"\d+", "#", text.strip()) in repeated:
                continue
            if last_table is not None:
                builder.table(last_table)
                last_table = None
            writer.add(text, left, right, float(width))
    writer.flush()
    if last_table is not None:
        builder.table(last_table)
    warn_unsure(builder, writer.unsure)


def joined_scan(builder: Builder, lines: list[Any]) -> None:
    """Paragraphs of one recognised picture."""
    from wulian.engines.planreader.formats.ocr import warn_unsure

    writer = _Paragraphs(builder)
    for line in lines:
        writer.add_scan(line)
    writer.flush()
    builder.warnings.append(warn_pages(1))
    warn_unsure(builder, writer.unsure)


def _cell(text: str | None) -> str | None:
    if text is None:
        return None
    lines = [line.strip() for line in text.split("\n")]
    joined = _SPACED.sub("", lines[0])
    for line in lines[1:]:
        line = _SPACED.sub("", line)
        keep = bool(re.search(r"[:：]\s*[\d*]", line) or re.search(r"\d[\d.]*[(（].*[)）]?$", line))
        joined += ("\n" if keep else "") + line
    return joined


class _Paragraphs:
    """Joins wrapped lines. A line that ends short of the margin, or a line that opens an item, ends a paragraph."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.line = ""
        self.right = 0.0
        self.left = 1e9
        self.widest = 0.0
        self.unsure: list[str] = []
        self.table: list[list[str | None]] = []

    def add_scan(self, line: Any) -> None:
        """Add a recognised line; the cells of a table row stay a line of their own."""
        from wulian.engines.planreader.formats.ocr import SURE

        if line.confidence < SURE:
            self.unsure.append(line.text)
        if "\t" in line.text:
            if self.line:
                self.flush()
            self.table.append([*line.text.split("\t")])
            return
        self.add(line.text, line.left, line.right, line.width)

    def close_table(self) -> None:
        """Write the recognised rows: a table where they have the same columns, else lines."""
        rows, self.table = self.table, []
        if len(rows) >= 2 and len({len(row) for row in rows}) == 1:
            self.builder.table(rows)
            return
        for row in rows:
            self.builder.paragraph("\t".join(cell or "" for cell in row))

    def add(self, text: str, left: float, right: float, width: float) -> None:
        self.close_table()
        text = _SPACED.sub("", text.strip())
        if not text:
            return
        plain = normal(text)
        self.widest = max(self.widest, right)
        self.left = min(self.left, left)
        em = max(6.0, (right - left) / max(len(text), 1))
        full = self.line and self.right >= self.widest - 2.2 * em
        indented = left > self.left + 1.4 * em
        ended = bool(re.search(r"[。;:!?]$", normal(self.line)))
        if (
            self.line
            and full
            and not _CHAPTER.match(plain)
            and not (_NEW.match(plain) and (indented or ended))
            and not (indented and ended)
        ):
            glue = " " if self.line[-1].isascii() and self.line[-1].isalpha() and text[0].isascii() and text[0].isalpha() else ""
            self.line += glue + text
        else:
            self.flush()
            self.line = text
        self.right = right

    def flush(self) -> None:
        if self.line:
            self.builder.paragraph(self.line)
        self.line = ""
        self.close_table()


def warn_pages(pages: int) -> ReadingWarning:
    """Says that pages were read by OCR."""
    return ReadingWarning(
        "ocr",
        f"有 {pages} 页是扫描件，文字由识别得到，请重点核对数字。",
        f"{pages} pages were scans and were read by OCR: please check the numbers.",
    )
