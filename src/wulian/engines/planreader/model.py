"""What a plan is read into: plain records, every one with its place in the text.

A span is a half-open pair of character offsets into `Document.text`, so a page can show the text and highlight the source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its text and its place. An empty cell has an empty span."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table with real cells (from HTML, DOCX, PDF or tab-separated text); rows in reading order."""

    rows: tuple[tuple[Cell, ...], ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a table in document order. `level` is the heading level where the format states one (1 = top)."""

    kind: str
    start: int
    end: int
    level: int | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """Something that could not be read with certainty; `span` is None when it concerns the whole document."""

    code: str
    zh: str
    en: str
    span: Span | None = None


@dataclass(slots=True)
class Document:
    """A file turned into text. `format` is what the content is, not what the file name says."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    format: str = "text"
    encoding: str | None = None
    warnings: list[ReadingWarning] = field(default_factory=list)


@dataclass(slots=True)
class Indicator:
    """One mention of a quantity, with the keys of the gold annotations plus `span` (the printed quantity).

    `value` is in the printed unit and None where the plan prints no number; `comparator` is one of
    `=`, `>=`, `>`, `<=`, `<`, `increase`, `decrease` or None; `kind` one of baseline, actual, target, cumulative,
    annual_target, per_year. `name_span` and `raw_span` place the name and the quoted source.
    """

    name: str
    value: int | float | None
    comparator: str | None
    unit: str | None
    year: int | None
    kind: str
    attribute: str | None
    raw: str
    from_table: bool
    span: Span
    raw_span: Span
    masked: bool = False
    assigned: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "comparator": self.comparator,
            "unit": self.unit,
            "year": self.year,
            "kind": self.kind,
            "attribute": self.attribute,
            "raw": self.raw,
            "from_table": self.from_table,
            "span": list(self.span),
        }


@dataclass(slots=True)
class Task:
    """A task, or a node of the heading tree in a plan that assigns no units. Keys as in the gold annotations plus `span`."""

    id: str
    title: str
    section: str | None
    lead: list[str]
    participants: list[str]
    raw_units: str
    n_targets: int
    level: int
    span: Span
    units_span: Span | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "section": self.section,
            "lead": self.lead,
            "participants": self.participants,
            "raw_units": self.raw_units,
            "n_targets": self.n_targets,
            "level": self.level,
            "span": list(self.span),
        }


@dataclass(slots=True)
class Finding:
    """An inconsistency inside the plan: a stable code, one sentence in each language, and the places it was seen."""

    code: str
    zh: str
    en: str
    spans: list[Span]
    quotes: list[str]

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "spans": [list(span) for span in self.spans],
            "quotes": self.quotes,
        }


@dataclass(slots=True)
class Plan:
    """Everything read from one document in one pass."""

    document: Document
    title: str
    period: tuple[int, int] | None
    indicators: list[Indicator]
    tasks: list[Task]
    findings: list[Finding]
    warnings: list[ReadingWarning]
