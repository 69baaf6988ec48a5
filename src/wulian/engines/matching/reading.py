"""Reads and writes the files of the command line: records as JSON lines (also gzipped), runs and judgements as tab-separated values."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from .errors import CannotReadDocuments
from .records import Document


def read_documents(path: Path) -> Iterator[Document]:
    """Records of a file of JSON lines. Raises CannotReadDocuments with the line."""
    for number, line in _lines(path):
        try:
            given = json.loads(line)
            if not isinstance(given, dict):
                raise ValueError("不是 JSON 对象")
            yield Document.of(given)
        except ValueError as error:
            raise CannotReadDocuments(file=path.name, line=number, why=str(error)) from error


def read_run(path: Path) -> dict[str, dict[str, float]]:
    """query → record → score, of lines without header."""
    run: dict[str, dict[str, float]] = defaultdict(dict)
    for number, line in _lines(path):
        try:
            query, record, score = line.split("\t")[:3]
            run[query][record] = float(score)
        except ValueError as error:
            raise CannotReadDocuments(file=path.name, line=number, why="要有三列：demand_id、achievement_id、score") from error
    return run


def read_judged(path: Path) -> dict[str, dict[str, int]]:
    """query → record → grade, of lines after a header."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in _lines(path):
        if number == 1:
            continue
        try:
            query, record, grade = line.split("\t")[:3]
            judged[query][record] = int(grade)
        except ValueError as error:
            raise CannotReadDocuments(file=path.name, line=number, why="要有三列：demand_id、achievement_id、grade") from error
    return judged


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    number = 0
    try:
        with path.open("rb") as probe:
            packed = probe.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rt", encoding="utf-8-sig") if packed else path.open(encoding="utf-8-sig") as handle:
            for number, line in enumerate(handle, 1):
                if line.strip():
                    yield number, line.rstrip("\r\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise CannotReadDocuments(file=path.name, line=number + 1, why="文件不完整、打不开或不是 UTF-8") from error
