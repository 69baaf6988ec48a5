"""The index: one interface over a folder of arrays, with records added since in a file beside them.

A folder holds `manifest.json`, which names a generation and the size of each of its files, and is written last, in one step. A
generation that it does not name, or whose files do not have those sizes, is not trusted: it is built anew from its records if
those were complete, else `IndexMissing` says what to do.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .counting import Counts, Latent, count, learn, project, saturated
from .errors import IndexBusy, IndexMissing, NoDocuments
from .records import Document
from .text import SPACE, Floats, Tokens, clean, tokens

LAYOUT = 1
_RECORDS, _ADDED, _MANIFEST = "records.jsonl", "added.jsonl", "manifest.json"
Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Part:
    """Records as arrays: the tokens of all, one after another; of each its offset, lengths, vector, field and likeness of title."""

    ids: list[str]
    codes: Tokens
    offsets: Ints
    vectors: npt.NDArray[np.float16]
    fields: npt.NDArray[np.int32]
    twins: npt.NDArray[np.uint32]


class Index:
    """What `rank` and `explain` ask. Positions below `len(base.ids)` are of the built records, those above of the added ones."""

    def __init__(self, folder: Path) -> None:
        manifest = _manifest(folder)
        if manifest is None:
            raise IndexMissing(folder=str(folder))
        self.folder = folder / manifest["generation"]
        load = {name: np.load(self.folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
        facts = json.loads((self.folder / "facts.json").read_text(encoding="utf-8"))
        self.field_names: list[str] = facts["fields"]
        self.field_share: Floats = np.asarray(facts["share"], np.float32)
        self.counts = Counts(
            len(facts["ids"]), np.asarray(load["rarity"]), np.asarray(load["pair_rarity"]), facts["length"], facts["pairs"]
        )
        self.latent = Latent(np.asarray(load["column"]), np.asarray(load["basis"]))
        self.base = Part(
            facts["ids"], load["codes"], np.asarray(load["offsets"]), load["vectors"], np.asarray(load["fields"]), np.asarray(load["twins"])
        )
        self.post_offsets: Ints = np.asarray(load["post_offsets"])
        self.post_documents, self.post_impacts = load["post_documents"], load["post_impacts"]
        self._lines: Ints = np.asarray(load["lines"])
        self._added: dict[str, Document] = {}
        self._read_to = 0
        self._position = {key: at for at, key in enumerate(self.base.ids)}
        self.hidden: Ints = np.zeros(0, np.int64)
        self.extra = self._part([])
        self.refresh()

    def __len__(self) -> int:
        return len(self.base.ids) + len(self.extra.ids) - len(self.hidden)

    def add(self, document: Document) -> None:
        """Make one more record findable, or put it in the place of the one with its id. It survives the process."""
        line = json.dumps(_cleaned(document).mapping(), ensure_ascii=False) + "\n"
        with (self.folder / _ADDED).open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # A line that a kill cut off is ended, so that it does not spoil this one.
            handle.write(b"\n" * _torn(self.folder / _ADDED) + line.encode())
            handle.flush()
            os.fsync(handle.fileno())
        self.refresh()

    def refresh(self) -> None:
        """Take in what was added since, by this or another process."""
        path = self.folder / _ADDED
        size = path.stat().st_size if path.exists() else 0
        if size == self._read_to:
            return
        with path.open("rb") as handle:
            handle.seek(self._read_to)
            raw = handle.read()
        whole = raw[: raw.rfind(b"\n") + 1]
        self._read_to += len(whole)
        fresh = dict(_parsed(whole.splitlines()))
        gone = set(fresh) & set(self._added)
        self._added = {**{key: document for key, document in self._added.items() if key not in gone}, **fresh}
        self.extra = self._part(list(self._added.values())) if gone else _joined(self.extra, self._part(list(fresh.values())))
        self.hidden = np.array(sorted(self._position[key] for key in self._added if key in self._position), np.int64)

    def document(self, position: int) -> Document:
        """The record at a position, cleaned as it was read."""
        if position >= len(self.base.ids):
            return self._added[self.extra.ids[position - len(self.base.ids)]]
        with (self.folder / _RECORDS).open("rb") as handle:
            handle.seek(int(self._lines[position]))
            return Document.of(json.loads(handle.readline()))

    def id_at(self, position: int) -> str:
        size = len(self.base.ids)
        return self.base.ids[position] if position < size else self.extra.ids[position - size]

    def take(self, positions: Ints) -> tuple[Tokens, Ints, Floats, npt.NDArray[np.int32], npt.NDArray[np.uint32]]:
        """Tokens with offsets, vectors, fields and likeness of titles of records at ascending positions."""
        size = len(self.base.ids)
        parts = [_take(self.base, positions[positions < size]), _take(self.extra, positions[positions >= size] - size)]
        (codes, lengths, vectors, fields, twins) = (np.concatenate(same) for same in zip(*parts, strict=True))
        return codes, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), vectors.astype(np.float32), fields, twins

    def _part(self, documents: list[Document]) -> Part:
        codes, offsets, twins = _coded(documents)
        number = {name: at for at, name in enumerate(self.field_names)}
        return Part(
            [document.id for document in documents],
            codes,
            offsets,
            project(self.latent, codes, offsets).astype(np.float16),
            np.array([number.get(document.field, -1) for document in documents], np.int32),
            twins,
        )


_ARRAYS = (
    "codes", "offsets", "vectors", "fields", "twins", "rarity", "pair_rarity", "column", "basis", "post_offsets", "post_documents", "post_impacts", "lines",
)  # fmt: skip


def build(documents: Iterable[Document], folder: Path) -> int:
    """Index records into `folder`, in the place of what it held. Returns how many; of a repeated id the last counts."""
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder):
        old = [path for path in folder.glob("g*") if path.is_dir()]
        generation = folder / f"g{max((int(path.name[1:]) for path in old if path.name[1:].isdigit()), default=0) + 1}"
        generation.mkdir()
        kept: dict[str, int] = {}
        with (generation / "records.part").open("wb") as handle:
            for document in documents:
                kept[document.id] = handle.tell()
                handle.write(json.dumps(_cleaned(document).mapping(), ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        if not kept:
            shutil.rmtree(generation)
            raise NoDocuments(file=str(folder))
        lines = np.array(sorted(kept.values()), np.int64)
        np.save(generation / "lines.npy", lines)
        (generation / "records.part").replace(generation / _RECORDS)
        _finish(generation)
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
    return len(lines)


def open_index(folder: Path) -> Index:
    """The index of a folder. One that is not whole is built anew from its records; raises IndexMissing where that cannot be."""
    if _manifest(folder) is None:
        whole = sorted(
            (path for path in folder.glob("g*") if (path / _RECORDS).exists() and (path / "lines.npy").exists()),
            key=lambda path: int(path.name[1:]),
        )
        if not whole:
            raise IndexMissing(folder=str(folder))
        with _lock(folder):
            _finish(whole[-1])
    return Index(folder)


def _finish(generation: Path) -> None:
    """From complete records to all arrays, then the manifest."""
    lines: Ints = np.load(generation / "lines.npy")
    documents = list(_read(generation / _RECORDS, lines))
    codes, offsets, twins = _coded(documents)
    names = sorted({document.field for document in documents} - {""})
    number = {name: at for at, name in enumerate(names)}
    fields = np.array([number.get(document.field, -1) for document in documents], np.int32)
    ids = [document.id for document in documents]
    size = len(ids)
    del documents
    counts, latent = count(codes, offsets), learn(codes, offsets)
    facts = {
        "ids": ids,
        "fields": names,
        "share": (np.bincount(fields[fields >= 0], minlength=len(names)) / size).tolist(),
        "length": counts.mean_length,
        "pairs": counts.mean_pairs,
    }
    (generation / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    post_offsets, post_documents, post_impacts = _postings(codes, offsets, counts)
    vectors = np.lib.format.open_memmap(generation / "vectors.npy", "w+", np.float16, (size, latent.basis.shape[1]))
    for first in range(0, size, 10_000):
        vectors[first : first + 10_000] = project(latent, codes, offsets[first : first + 10_001])
    vectors.flush()
    arrays: dict[str, npt.NDArray[Any]] = {
        "codes": codes, "offsets": offsets, "fields": fields, "twins": twins, "rarity": counts.rarity, "pair_rarity": counts.pair_rarity,
        "column": latent.column, "basis": latent.basis, "post_offsets": post_offsets, "post_documents": post_documents, "post_impacts": post_impacts,
    }  # fmt: skip
    for name, array in arrays.items():
        np.save(generation / f"{name}.npy", array)
    files = {f"{name}.npy": (generation / f"{name}.npy").stat().st_size for name in _ARRAYS}
    files |= {name: (generation / name).stat().st_size for name in (_RECORDS, "facts.json")}
    for name in files:
        with (generation / name).open("rb") as handle:
            os.fsync(handle.fileno())
    draft = generation.parent / f"{_MANIFEST}.new"
    draft.write_text(json.dumps({"layout": LAYOUT, "generation": generation.name, "files": files}), encoding="utf-8")
    draft.replace(generation.parent / _MANIFEST)


def _postings(codes: Tokens, offsets: Ints, counts: Counts) -> tuple[Ints, npt.NDArray[np.uint32], Floats]:
    """Of every token, ascending, its records and what it adds to their score."""
    size = len(offsets) - 1
    runs, lengths = [], np.zeros(size, np.float32)
    total = np.zeros(SPACE, np.int64)
    for first in range(0, size, 10_000):
        ends = offsets[first : first + 10_001]
        part = codes[ends[0] : ends[-1]]
        whose = np.repeat(np.arange(len(ends) - 1, dtype=np.int64), np.diff(ends))
        known = part > 0
        lengths[first : first + len(ends) - 1] = np.bincount(whose[known], minlength=len(ends) - 1)
        cells, often = np.unique(part[known].astype(np.int64) * 10_000 + whose[known], return_counts=True)
        token = (cells // 10_000).astype(np.uint32)
        total += np.bincount(token, minlength=SPACE)
        runs.append((token, (cells % 10_000 + first).astype(np.uint32), np.minimum(often, 65_000).astype(np.uint16)))
    starts = np.concatenate([[0], np.cumsum(total)]).astype(np.int64)
    documents, impacts = np.zeros(starts[-1], np.uint32), np.zeros(starts[-1], np.float32)
    following = starts[:-1].copy()
    for token, whose_run, often in runs:
        begins = np.searchsorted(token, token, side="left")
        place = following[token] + np.arange(len(token)) - begins
        documents[place] = whose_run
        impacts[place] = counts.rarity[token] * saturated(often.astype(np.float32), lengths[whose_run], counts.mean_length)
        following += np.bincount(token, minlength=SPACE)
    return starts, documents, impacts


def _coded(documents: list[Document]) -> tuple[Tokens, Ints, npt.NDArray[np.uint32]]:
    parts, twins = [], np.zeros(len(documents), np.uint32)
    for at, document in enumerate(documents):
        title = tokens(document.title)
        parts.append(tokens(f"{document.title}\n{document.text}\n{' '.join(document.keywords)}"))
        # Titles that differ in numbers and Latin letters only are of one kind.
        twins[at] = zlib.crc32(title[(title > 0) & (title < 0x10000)].tobytes()) or at + 1
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64)
    return (np.concatenate(parts) if parts else np.zeros(0, np.uint32)).astype(np.uint32), offsets, twins


def _cleaned(document: Document) -> Document:
    return Document(
        document.id, clean(document.title), clean(document.text), tuple(map(clean, document.keywords[:100])), clean(document.field)[:100]
    )


def _read(path: Path, lines: Ints) -> Iterator[Document]:
    wanted = set(lines.tolist())
    with path.open("rb") as handle:
        at = 0
        for line in handle:
            if at in wanted:
                yield Document.of(json.loads(line))
            at += len(line)


def _parsed(lines: list[bytes]) -> Iterator[tuple[str, Document]]:
    for line in lines:
        try:
            document = Document.of(json.loads(line))
        except (ValueError, AttributeError):
            continue  # cut off by a kill; what was acknowledged is whole
        yield document.id, document


def _torn(path: Path) -> bool:
    if not path.stat().st_size:
        return False
    with path.open("rb") as handle:
        handle.seek(-1, os.SEEK_END)
        return handle.read() != b"\n"


def _take(part: Part, at: Ints) -> tuple[Any, ...]:
    lengths = part.offsets[at + 1] - part.offsets[at]
    ends = np.cumsum(lengths)
    where = np.arange(ends[-1] if len(at) else 0) + np.repeat(part.offsets[at] - (ends - lengths), lengths)
    return part.codes[where], lengths, part.vectors[at], part.fields[at], part.twins[at]


def _joined(one: Part, other: Part) -> Part:
    return Part(
        one.ids + other.ids,
        np.concatenate([one.codes, other.codes]),
        np.concatenate([one.offsets, other.offsets[1:] + one.offsets[-1]]),
        np.concatenate([one.vectors, other.vectors]),
        np.concatenate([one.fields, other.fields]),
        np.concatenate([one.twins, other.twins]),
    )


def _manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest, if the generation it names is whole."""
    try:
        said: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        whole = said["layout"] == LAYOUT and all(
            (folder / said["generation"] / name).stat().st_size == size for name, size in said["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return said if whole else None


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One builder at a time; the operating system gives the lock back when a process dies."""
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise IndexBusy(folder=str(folder)) from error
        yield
