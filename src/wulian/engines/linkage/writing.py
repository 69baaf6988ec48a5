"""Writes results so that a file is either whole or not there, and keeps what was scored for the next try."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .preparing import Prepared
from .weights import COMPARISONS, PRIOR

Scored = list[tuple[float, int, int]]


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Have `write` fill a neighbour of `path`, then put it in its place in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        write(draft)
        with draft.open("rb+") as handle:
            os.fsync(handle.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    def write(draft: Path) -> None:
        with draft.open("w", encoding="utf-8", newline="") as handle:
            out = csv.writer(handle)
            out.writerow(header)
            out.writerows(rows)

    write_atomically(path, write)


class Resume:
    """The scored pairs of a run that was cut off, beside its output; they count only for the same records and the same weights."""

    def __init__(self, out: Path) -> None:
        self._path = out.with_name(f".{out.name}.scored")

    def load(self, digest: str) -> Scored | None:
        try:
            with self._path.open(encoding="ascii") as handle:
                if json.loads(handle.readline()).get("digest") != digest:
                    return None
                return [(float(weight), int(left), int(right)) for weight, left, right in (line.split() for line in handle)]
        except (OSError, ValueError, AttributeError):
            return None

    def save(self, digest: str, scored: Scored) -> None:
        def write(draft: Path) -> None:
            with draft.open("w", encoding="ascii") as handle:
                handle.write(json.dumps({"digest": digest}) + "\n")
                handle.writelines(f"{weight!r} {left} {right}\n" for weight, left, right in scored)

        write_atomically(self._path, write)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def digest_of(records: Sequence[Prepared], least: float) -> str:
    """Stands for the records and the weights: whatever could change what is scored."""
    sha = hashlib.sha256(repr((PRIOR, least, COMPARISONS)).encode())
    for record in records:
        sha.update(repr(record.record).encode())
    return sha.hexdigest()
