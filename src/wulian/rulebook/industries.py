"""Industries by GB/T 4754-2017. A code is a section letter, alone ("C") or with its division ("C39")."""

from __future__ import annotations

from dataclasses import dataclass

from .tables import read


@dataclass(frozen=True, slots=True)
class Section:
    """门类. `divisions`: two-digit 大类 code -> name."""

    code: str
    name: str
    name_en: str
    divisions: dict[str, str]


def sections() -> tuple[Section, ...]:
    return tuple(Section(**row) for row in read("industries.yaml"))


def industry_name(code: str) -> str:
    """The Chinese name of "C" or "C39"; empty for a code that the standard does not have."""
    for section in sections():
        if code[:1] == section.code:
            return section.divisions.get(code[1:3], "") if len(code) > 1 else section.name
    return ""
