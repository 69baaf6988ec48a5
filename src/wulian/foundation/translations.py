"""Compiling translations without the gettext tools.

The Chinese sentence in the source is the message id, so only English needs a catalogue. Every part of the product keeps
its own `locale/en/LC_MESSAGES/<part>.po`; they are merged and compiled into the one `django.mo` that Django reads.
"""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def sources(language: str) -> list[Path]:
    """The catalogues in order of precedence: the words that everyone shares (`core`, `models`) first, then the parts."""
    folder = LOCALE / language / "LC_MESSAGES"
    return sorted(folder.glob("*.po"), key=lambda path: (path.stem not in {"core", "models"}, path.stem))


def read_catalogues(language: str = "en", clashes: list[str] | None = None) -> Catalog:
    """All messages of all parts; the first translation of a message holds, others are told in `clashes`."""
    merged = Catalog(locale=language)
    origin: dict[object, str] = {}
    for path in sources(language):
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale=language)
        for message in catalogue:
            if not message.id or not message.string:
                continue
            known = merged.get(message.id, message.context)
            if known is not None:
                if known.string != message.string and clashes is not None:
                    clashes.append(f"{message.id!r}: {known.string!r} in {origin[message.id]}, {message.string!r} in {path.name}")
                continue
            origin[message.id] = path.name
            merged.add(message.id, message.string, context=message.context, flags=message.flags)
    return merged


def compile_translations(language: str = "en") -> bool:
    """Write `django.mo` when a catalogue is newer than it. Returns True when it was written."""
    folder = LOCALE / language / "LC_MESSAGES"
    target = folder / "django.mo"
    if target.exists() and all(source.stat().st_mtime <= target.stat().st_mtime for source in sources(language)):
        return False
    temporary = target.with_suffix(f".mo.{os.getpid()}.new")  # two processes may start at once
    with temporary.open("wb") as handle:
        write_mo(handle, read_catalogues(language))
    temporary.replace(target)
    return True
