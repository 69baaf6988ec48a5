"""What is matched: one form for achievements and demands, so that either side can be indexed and either can ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """An achievement (`text` is its abstract, `field` its discipline) or a demand (`text` is its description)."""

    id: str
    title: str = ""
    text: str = ""
    keywords: tuple[str, ...] = ()
    field: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Document:
        """From a mapping with id, title, abstract or description, keywords, discipline (else category) or field. Raises ValueError."""
        key = str(given.get("id") or "").strip()
        if not key:
            raise ValueError("缺少 id")
        if any(mark in key for mark in "\t\r\n"):
            raise ValueError("id 里有制表符或换行")
        words = given.get("keywords") or ()
        words = (words,) if isinstance(words, str) else words
        if not isinstance(words, list | tuple):
            raise ValueError("keywords 不是列表")
        return cls(
            key,
            _text(given.get("title")),
            _text(given.get("abstract") or given.get("description") or given.get("text")),
            tuple(map(_text, words)),
            _text(given.get("discipline") or given.get("category") or given.get("field")),
        )

    def mapping(self) -> dict[str, Any]:
        return {"id": self.id, "title": self.title, "text": self.text, "keywords": list(self.keywords), "field": self.field}


def _text(given: Any) -> str:
    return "" if given is None else str(given)
