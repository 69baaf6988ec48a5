"""What a report is made of, whatever it is printed as. A view fills it; `pdf` and `word` print it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """A cell. With `href` (a path of this installation) the figure opens from the report as it does on the page."""

    text: str
    href: str = ""


class Column(NamedTuple):
    """A column; `share` is its part of the width, as a plain ratio to the others."""

    title: str
    numeric: bool = False
    share: float = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; a plain string is a cell that does not open."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | str]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A spec of `wulian.portal.charts` and what it shows, in words."""

    spec: Mapping[str, Any]
    caption: str


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """`title` is the finding. `findings` answer at once; `sources` say where the figures come from.

    `address` is the page that shows the same, as a path; `version` says which definitions and which state it was made from.
    """

    title: str
    subject: str  # the plan, the indicator, the region
    on: date
    findings: Sequence[str] = ()
    sections: Sequence[Section] = ()
    sources: Sequence[str] = ()
    version: str = ""
    address: str = ""
    is_synthetic: bool = False
    details: Sequence[tuple[str, str]] = field(default_factory=tuple)  # (word, value) under the title


def cell(value: Cell | str) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)
