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
    boxes = _level(np.asarray(result.boxes, dtype=float))
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
        for text, sure, box in zip(result.txts, result.scores, boxes, strict=True)
        if text.strip()
    ]
    return _rows(found)


def _level(boxes: Any) -> Any:
    """Boxes of a page that was laid crooked on the scanner, turned back by the slant of its long lines."""
    import numpy as np

    top, base = boxes[:, 1] - boxes[:, 0], boxes[:, 2] - boxes[:, 3]
    run, rise = top[:, 0] + base[:, 0], top[:, 1] + base[:, 1]
    long = run >= max(np.quantile(run, 0.6), 1.0)
    slant = float(np.median(np.arctan2(rise[long], run[long]))) if long.any() else 0.0
    if not 0.003 < abs(slant) < 0.2:
        return boxes
    cos, sin = np.cos(slant), np.sin(slant)
    return boxes @ np.array([[cos, -sin], [sin, cos]])


def _joined(row: list[Line]) -> list[Line]:
    """Pieces of one height from left to right; pieces without a gap between them are one. Columns of a table may stand close."""
    row.sort(key=lambda item: item.left)
    wide = len(row) >= 3 and any(line.left - last.right > (line.bottom - line.top) * 0.8 for last, line in pairwise(row))
    least = 0.25 if wide else 0.8
    out = row[:1]
    for line in row[1:]:
        last = out[-1]
        if line.left - last.right > (line.bottom - line.top) * least:
            out.append(line)
        else:
            sure = min(last.confidence, line.confidence)
            out[-1] = Line(
                last.text + line.text, sure, last.left, line.right, min(last.top, line.top), max(last.bottom, line.bottom), last.width
            )
    return out


def _aligned(rows: list[list[Line]]) -> list[list[Line | None]]:
    """Rows of a table with None where a cell is blank: cells belong to the column of the fullest row that they stand under."""
    out: list[list[Line | None]] = []
    place = 0
    while place < len(rows):
        stop = place
        while stop < len(rows) and len(rows[stop]) >= 2:
            stop += 1
        block = rows[place:stop]
        full = max(block, key=len, default=[])
        if len(block) < 2 or len(full) < 3:
            stop = max(stop, place + 1)
            out.extend([*row] for row in rows[place:stop])
            place = stop
            continue
        centres = [(cell.left + cell.right) / 2 for cell in full]
        for row in block:
            nearest = [min(range(len(full)), key=lambda at: abs(centres[at] - (cell.left + cell.right) / 2)) for cell in row]
            if len(set(nearest)) < len(row):
                out.append([*row])
                continue
            cells: list[Line | None] = [None] * len(full)
            for at, cell in zip(nearest, row, strict=True):
                cells[at] = cell
            out.append(cells)
        place = stop
    return out


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
    for cells in _aligned([_joined(row) for row in rows]):
        row = [cell for cell in cells if cell is not None]
        text = "\t".join(cell.text if cell else "" for cell in cells)
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
