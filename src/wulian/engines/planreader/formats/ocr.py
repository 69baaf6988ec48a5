"""Scans and pictures, read by OCR (rapidocr; its models come with the package, nothing is fetched)."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from wulian.engines.planreader.build import Builder
from wulian.engines.planreader.errors import Damaged, NoText
from wulian.engines.planreader.model import Document, ReadingWarning

SURE = 0.85
_DASH = re.compile(r"(?<=\d)[一ー](?=\d)")  # a dash between numbers that was taken for the numeral one
_MAX_PIXELS = 60_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A recognised line with its place in pixels."""

    text: str
    confidence: float
    left: float
    right: float
    top: float
    bottom: float
    width: float


@lru_cache(maxsize=1)
def _engine() -> Any:
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})


def lines_of(image: Any) -> list[Line]:
    """Lines of a picture from top to bottom; fragments on one height are one line, with a tab where a gap divides cells."""
    import numpy as np

    picture = image.convert("RGB")
    result = _engine()(np.asarray(picture))
    if result is None or result.txts is None or result.boxes is None:
        return []
    found = [
        Line(
            _DASH.sub("—", text),
            float(sure),
            float(box[:, 0].min()),
            float(box[:, 0].max()),
            float(box[:, 1].min()),
            float(box[:, 1].max()),
            float(picture.width),
        )
        for text, sure, box in zip(result.txts, result.scores, result.boxes, strict=True)
        if text.strip()
    ]
    return _rows(found)


def _rows(found: list[Line]) -> list[Line]:
    rows: list[list[Line]] = []
    for line in sorted(found, key=lambda item: (item.top + item.bottom) / 2):
        middle = (line.top + line.bottom) / 2
        row = next((row for row in rows if row[0].top < middle < row[0].bottom), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    merged: list[Line] = []
    for row in rows:
        row.sort(key=lambda item: item.left)
        text = row[0].text
        for before, line in pairwise(row):
            gap = line.left - before.right
            text += ("\t" if gap > (line.bottom - line.top) * 0.8 else "") + line.text
        merged.append(
            Line(
                text,
                min(line.confidence for line in row),
                row[0].left,
                row[-1].right,
                min(line.top for line in row),
                max(line.bottom for line in row),
                row[0].width,
            )
        )
    return merged


def read_image(data: bytes, name: str) -> Document:
    """Document of a PNG or JPEG. Raises Damaged when it cannot be decoded, NoText when OCR finds nothing."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                opened.thumbnail((7000, 7000))
            image = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise Damaged(name=name, what="图片") from None
    lines = lines_of(image)
    if not lines:
        raise NoText(name=name)
    from wulian.engines.planreader.formats.pdf import joined_scan

    builder = Builder()
    joined_scan(builder, lines)
    return builder.document("image")


def warn_unsure(builder: Builder, texts: list[str]) -> None:
    """Add a warning with the place of each line that OCR was unsure of."""
    text = "".join(builder._parts)
    for line in texts:
        start = text.find(line)
        builder.warnings.append(
            ReadingWarning(
                "ocr_unsure",
                f"识别没有把握：“{line[:40]}”。请对照原件核对。",
                f"OCR is unsure of “{line[:40]}”. Please check it against the original.",
                (start, start + len(line)) if start >= 0 else None,
            )
        )
