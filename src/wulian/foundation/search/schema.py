"""How an entry is laid out in the index.

A fragment of any length must be an exact part of a name. So a name is indexed as its overlapping pairs of characters, in
order, with marks at both ends, and a fragment is a phrase of the same pairs; a single character has a field of its own.
Pinyin initials are laid out in the same way, pinyin as a phrase of syllables, codes by their beginnings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings

from wulian.kernel.names import name_key

from .declare import Entry, Kind
from .pinyin import syllables_of

VERSION = 1
START, END = "^", "$"
CODE_BEGINNINGS = range(2, 11)  # longer beginnings are rare enough to be looked up in the list of codes


def folder_of(kind: Kind) -> Path:
    return Path(settings.SEARCH_INDEX) / kind.code


def marker_of(kind: Kind) -> str:
    """What the file `ready` of a complete index says; anything else means that it must be built again."""
    return f"{VERSION}.{kind.version}"


def schema_of(kind: Kind) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    for name in ("pairs", "initials", "syllables"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("characters", "code_start"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("code", tokenizer_name="raw", index_option="basic")
    for name in kind.facets:
        builder.add_text_field(f"facet_{name}", tokenizer_name="raw", index_option="basic", fast=True)
    for name in kind.numbers:
        builder.add_unsigned_field(f"number_{name}", fast=True)
    return builder.build()


def pairs(text: str) -> list[str]:
    return [text[place : place + 2] for place in range(len(text) - 1)]


def document_of(entry: Entry) -> Any:
    """The index document of an entry."""
    document = tantivy.Document()
    document.add_unsigned("id", entry.id)
    characters: set[str] = set()
    for name in dict.fromkeys(map(name_key, entry.names)):
        if not name:
            continue
        characters.update(name)
        syllables = syllables_of(name)
        document.add_text("pairs", " ".join(pairs(f"{START}{name}{END}")))
        document.add_text("initials", " ".join(pairs("".join([syllable[0] for syllable in syllables]))))
        document.add_text("syllables", " ".join(syllables))
    document.add_text("characters", " ".join(characters))
    for code in entry.codes:
        lower = code.lower()
        document.add_text("code", lower)
        document.add_text("code_start", " ".join([lower[:length] for length in CODE_BEGINNINGS]))
    for name, values in entry.facets.items():
        for value in values:
            document.add_text(f"facet_{name}", value)
    for name, number in entry.numbers.items():
        document.add_unsigned(f"number_{name}", number)
    return document
