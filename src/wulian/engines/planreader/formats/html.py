"""Web pages: paragraphs and real tables in document order, without navigation and scripts."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from wulian.engines.planreader.build import ABOVE, Builder
from wulian.engines.planreader.errors import EmptyFile
from wulian.engines.planreader.model import Document

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_DROPPED = "script, style, noscript, nav, header nav, footer, iframe, select, button, input, textarea, svg"
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.I)


def read_html(data: bytes, name: str) -> Document:
    """Document of a web page. The encoding is taken from the byte order mark, the page's own word, or the bytes."""
    from wulian.engines.planreader.document import decode

    declared = _CHARSET.search(data[:4096])
    text, encoding, _ = decode(data)
    if declared:
        label = declared.group(1).decode("ascii").lower().replace("gb2312", "gb18030").replace("gbk", "gb18030")
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            text, encoding = data.decode(label), label
    tree = LexborHTMLParser(text)
    for node in tree.css(_DROPPED):
        node.decompose()
    builder = Builder()
    body = tree.body or tree.root
    if body is not None:
        walker = _Walker(builder)
        walker.walk(body)
        walker.flush()
    document = builder.document("html", encoding)
    if not document.text.strip():
        raise EmptyFile(name=name, size=len(data))
    return document


class _Walker:
    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.line: list[str] = []
        self.level: int | None = None

    def flush(self) -> None:
        text = re.sub(r"[ \t\r\n]+", " ", "".join(self.line)).strip()
        if text:
            self.builder.paragraph(text, self.level)
        self.line = []

    def walk(self, node: LexborNode) -> None:
        child = node.child
        while child is not None:
            tag = child.tag or ""
            if tag in {"-text", "_text"}:
                self.line.append(child.text(deep=False) or "")
            elif tag == "table" and not _is_layout(child):
                self.flush()
                self.builder.table(_rows(child))
            elif tag in _BLOCKS:
                self.flush()
                heading = re.fullmatch(r"h([1-6])", tag)
                self.level = int(heading.group(1)) if heading else None
                self.walk(child)
                self.flush()
                self.level = None
            elif not tag.startswith(("-", "_", "!")):
                self.walk(child)
            child = child.next


def _is_layout(table: LexborNode) -> bool:
    """A table that only lays out the page: it holds another table, or has one column of long text."""
    if any(inner.mem_id != table.mem_id for inner in table.css("table")):
        return True
    rows = table.css("tr")
    widest = max((len(row.css("td, th")) for row in rows), default=0)
    return widest <= 1


def _rows(table: LexborNode) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    held: dict[int, tuple[int, str]] = {}
    for row in table.css("tr"):
        line: list[str | None] = []

        def fill(line: list[str | None] = line) -> None:
            while len(line) in held:
                left, text = held[len(line)]
                place = len(line)
                if left <= 1:
                    del held[place]
                else:
                    held[place] = (left - 1, text)
                line.append(ABOVE + text)

        for cell in row.css("td, th"):
            fill()
            text = _cell_text(cell)
            across, down = _count(cell, "colspan"), _count(cell, "rowspan")
            if down > 1:
                for offset in range(across):
                    held[len(line) + offset] = (down - 1, text if offset == 0 else "")
            line.append(text)
            line.extend([None] * (across - 1))
        fill()
        rows.append(line)
    return rows


def _count(cell: LexborNode, name: str) -> int:
    found = re.match(r"\d{1,3}", (cell.attributes.get(name) or "").strip())
    return max(1, int(found.group())) if found else 1


def _cell_text(cell: LexborNode) -> str:
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t]+", " ", cell.text(separator="\n" if cell.css("p, br, div") else "")).strip())
