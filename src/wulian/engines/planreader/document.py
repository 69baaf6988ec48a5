"""A file becomes a document: what it is is told from its content, never from its name.

Text (UTF-8, UTF-16, GB18030, Big5), HTML, DOCX, PDF with text, scanned PDF, PNG and JPEG. Readers of heavy formats are imported
when they are needed.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from pathlib import Path

from wulian.engines.planreader.build import from_text
from wulian.engines.planreader.errors import Damaged, EmptyFile, TooLarge, WrongType
from wulian.engines.planreader.model import Document, ReadingWarning

_WRITTEN = re.compile(r"[\n\r\t\x20-\x7e\u2010-\u203f\u2460-\u24ff\u3000-\u30ff\u4e00-\u9fff\uff00-\uff60]")
MAX_BYTES = 64 * 1024 * 1024
_HTML = re.compile(
    rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|div|table|p|article|section|h[1-6]|span|script|style)\b", re.I | re.S
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_KNOWN = (
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文件（.doc、.xls、.wps）"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"RIFF", "音视频或 WebP 图片"),
    (b"{\\rtf", "RTF 文件"),
    (b"%!PS", "PostScript 文件"),
    (b"\x7fELF", "程序"),
    (b"MZ", "程序"),
)


def read_document(source: Path | bytes, name: str | None = None) -> Document:
    """Text, tables and warnings of a plan file.

    Raises: EmptyFile, WrongType, TooLarge, Encrypted, Damaged, NoText (all `PlanFileError`); OSError when the file
    cannot be opened.
    """
    if isinstance(source, bytes):
        size, label = len(source), name or "upload"
    else:
        size, label = source.stat().st_size, name or source.name
    if size > MAX_BYTES:
        raise TooLarge(name=label, size=round(size / 1024 / 1024), limit=MAX_BYTES // 1024 // 1024)
    data = source if isinstance(source, bytes) else source.read_bytes()
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise EmptyFile(name=label, size=size)
    if data[:1024].lstrip().startswith(b"%PDF-"):
        from wulian.engines.planreader.formats.pdf import read_pdf

        return read_pdf(data, label)
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        from wulian.engines.planreader.formats.ocr import read_image

        return read_image(data, label)
    if data.startswith(b"PK\x03\x04"):
        return _read_zip(data, label)
    for magic, found in _KNOWN:
        if data.startswith(magic) and not (magic in {b"BM", b"MZ", b"RIFF"} and b"\x00" not in data[:4096]):
            raise WrongType(name=label, found=found)
    return _read_text(data, label)


def _read_zip(data: bytes, name: str) -> Document:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        if b"word/" in data[:65536] or name.lower().endswith((".docx", ".docm")):
            raise Damaged(name=name, what="DOCX") from None
        raise WrongType(name=name, found="不完整的压缩包") from None
    if "word/document.xml" not in names:
        found = (
            "Excel 表格"
            if any(entry.startswith("xl/") for entry in names)
            else ("演示文稿" if any(entry.startswith("ppt/") for entry in names) else "压缩包")
        )
        if "[Content_Types].xml" in names and found == "压缩包":
            raise Damaged(name=name, what="DOCX")
        raise WrongType(name=name, found=found)
    from wulian.engines.planreader.formats.docx import read_docx

    return read_docx(data, name)


def decode(data: bytes) -> tuple[str, str, bool]:
    """Text of `data`, its encoding, and whether characters had to be replaced."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding.replace("-sig", ""), False
    if b"\x00" in data[:2000]:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = data[: len(data) // 2 * 2].decode(encoding, errors="replace")
            if text and sum(bool(_WRITTEN.match(char)) for char in text[:1000]) > 0.9 * len(text[:1000]):
                return text, encoding, False
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding), encoding, False
        except UnicodeDecodeError:
            continue
    utf8, gb = data.decode("utf-8", errors="replace"), data.decode("gb18030", errors="replace")
    # A file with a few broken bytes: the encoding that keeps more of it wins. UTF-8 spends three bytes on a character.
    if utf8.count("\ufffd") <= gb.count("\ufffd") + len(data) // 200:
        return utf8, "utf-8", True
    return gb, "gb18030", True


def _read_text(data: bytes, name: str) -> Document:
    if _HTML.match(data[:4096].removeprefix(codecs.BOM_UTF8)) or re.search(rb"<(?:html|body|table)\b", data[:20000], re.I):
        from wulian.engines.planreader.formats.html import read_html

        return read_html(data, name)
    text, encoding, replaced = decode(data)
    odd = sum(1 for char in text[:20000] if char < " " and char not in "\n\r\t\x0b\x0c") + text[:20000].count("\x00")
    if odd > max(4, len(text[:20000]) // 50):
        raise WrongType(name=name, found="二进制数据")
    if not text.strip():
        raise EmptyFile(name=name, size=len(data))
    document = from_text(text, "text", encoding)
    if replaced or "\ufffd" in text:
        place = document.text.find("\ufffd")
        count = document.text.count("\ufffd")
        document.warnings.append(
            ReadingWarning(
                "broken_characters",
                f"有 {count} 处字符损坏，读不出原字，已用“\ufffd”代替：请对照原件核对。",
                f"{count} characters are broken and shown as “\ufffd”: please check them against the original.",
                (place, place + 1) if place >= 0 else None,
            )
        )
    return document
