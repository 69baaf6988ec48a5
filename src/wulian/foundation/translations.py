"""Compiling translations without the gettext tools.

The Chinese sentence in the source is the message id, so only English needs a catalogue. Every part of the product keeps
its own `locale/en/LC_MESSAGES/<part>.po`; they are merged and compiled into the one `django.mo` that Django reads.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def read_catalogues(language: str = "en") -> Catalog:
    """All messages of all parts. The same message with two translations is an error that names both files."""
    merged = Catalog(locale=language)
    origin: dict[object, str] = {}
    for path in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as handle:
            catalogue = read_po(handle, locale=language)
        for message in catalogue:
            if not message.id or not message.string:
                continue
            known = merged.get(message.id, message.context)
            if known is not None and known.string != message.string:
                raise ValueError(f"{message.id!r} is translated twice: {origin[message.id]} and {path.name}")
            origin[message.id] = path.name
            merged.add(message.id, message.string, context=message.context, flags=message.flags)
    return merged


def compile_translations(language: str = "en") -> bool:
    """Write `django.mo` when a catalogue is newer than it. Returns True when it was written."""
    folder = LOCALE / language / "LC_MESSAGES"
    target = folder / "django.mo"
    sources = list(folder.glob("*.po"))
    if target.exists() and all(source.stat().st_mtime <= target.stat().st_mtime for source in sources):
        return False
    temporary = target.with_suffix(".mo.new")
    with temporary.open("wb") as handle:
        write_mo(handle, read_catalogues(language))
    temporary.replace(target)
    return True
