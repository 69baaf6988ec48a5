"""Declaring what can be imported. A package declares an importer with its fields; the engine reads, maps and drives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from wulian.foundation.access import Actor
from wulian.kernel.problems import Problem

from .errors import UnknownKind


def as_text(value: str) -> str:
    return value


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a column may go into.

    parse: text -> value, raising kernel.problems.BadValue; it never sees a blank. keeps_blank: for fields in which 无 or N/A
    is itself a statement, parse sees the blanks too.
    """

    name: str
    label: Any  # lazy translation
    aliases: tuple[str, ...] = ()
    required: bool = False
    parse: Callable[[str], Any] = as_text
    keeps_blank: bool = False
    hint: Any = ""


@dataclass(frozen=True, slots=True)
class Option:
    """A choice for the whole file, e.g. the date it was drawn. kind: date, integer or choice."""

    name: str
    label: Any
    kind: str = "text"
    hint: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()


class Result(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    QUARANTINED = "quarantined"


@dataclass(slots=True)
class Row:
    """A row that has been read. `values`: by field name; `printed`: the whole row by column name, as it stood in the file."""

    number: int
    values: dict[str, Any]
    printed: dict[str, str]


@dataclass(slots=True)
class Outcome:
    """What became of a row.

    subject: the organisation or region whose record it is, saved when `write` returns. name: what that was called; detail:
    codes of the importer's `words` and numbers, with blanks between them, that tell the record from others of the subject.
    """

    result: Result
    flagged: bool = False
    problems: tuple[Problem, ...] = ()
    subject: Any = None
    name: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a writer knows of its batch. `regions`: codes that the person may write; None: all. `on`: the date of the file."""

    batch_id: int
    source: str
    by: Actor
    region: str
    regions: frozenset[str] | None
    at: datetime
    on: date
    columns: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


class Writer(Protocol):
    """Writes rows. Called inside the transaction that also moves the checkpoint, so it must not commit by itself."""

    def write(self, rows: Sequence[Row]) -> Sequence[Outcome]:
        """One outcome for each row, in order."""
        ...

    def finish(self) -> Sequence[Outcome]:
        """What can only be seen when all rows are in: one outcome for each record more that was flagged. May run more than once."""
        ...


@dataclass(frozen=True, slots=True)
class Importer:
    """An importable register. `fields` is a function because some fields come from catalogues that fill at start-up."""

    kind: str
    label: Any
    description: Any
    fields: Callable[[], tuple[Field, ...]]
    open: Callable[[Context], Writer]
    options: tuple[Option, ...] = ()
    subject: str = "organisation"  # or "region": whose records the rows are
    words: Callable[[], Mapping[str, Any]] = dict  # what codes in the details of outcomes are called


_IMPORTERS: dict[str, Importer] = {}
# Importers that come and go while the product runs (adopted registers): (find one, list all).
_PROVIDERS: list[tuple[Callable[[str], Importer | None], Callable[[], Sequence[Importer]]]] = []


def declare(importer: Importer) -> Importer:
    """Register an importer once."""
    if importer.kind in _IMPORTERS:
        raise ValueError(f"importer {importer.kind} is declared twice")
    _IMPORTERS[importer.kind] = importer
    return importer


def get(kind: str) -> Importer:
    """The importer of this kind. Raises UnknownKind."""
    found = _IMPORTERS.get(kind) or next((item for find, _list in _PROVIDERS if (item := find(kind)) is not None), None)
    if found is None:
        known = "、".join(f"{item.kind}（{item.label}）" for item in all_importers())
        raise UnknownKind(kind=kind[:40], known=known)
    return found


def provide(find: Callable[[str], Importer | None], list_all: Callable[[], Sequence[Importer]]) -> None:
    """Add a package's importers that are not known when Django starts."""
    _PROVIDERS.append((find, list_all))


def all_importers() -> list[Importer]:
    """Those declared, then those of the providers."""
    return [*_IMPORTERS.values(), *(item for _find, list_all in _PROVIDERS for item in list_all())]
