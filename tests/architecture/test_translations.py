"""English is complete: every sentence in code and templates has a translation with the same places, and no template
prints Chinese that bypasses translation."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

from wulian.foundation.translations import read_catalogues

SOURCE = Path(__file__).resolve().parents[2] / "src" / "wulian"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
}
PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
HAN = re.compile(r"[\u4e00-\u9fff]")


def python_messages() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        with path.open("rb") as handle:
            for _, message, _, _ in extract("python", handle, keywords=KEYWORDS):
                for part in message if isinstance(message, tuple) else (message,):
                    if part:
                        yield str(path.relative_to(SOURCE)), part


def template_messages() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.html")):
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for _, message, _, _ in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
            for part in message if isinstance(message, tuple) else (message,):
                if part:
                    yield str(path.relative_to(SOURCE)), part


def english() -> dict[str, str | tuple[str, ...]]:
    found: dict[str, str | tuple[str, ...]] = {}
    for message in read_catalogues("en"):
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        for one in ids:
            found[one] = message.string
    return found


def test_every_message_has_an_english_translation_with_the_same_places() -> None:
    translations = english()
    problems: dict[str, str] = {}
    for where, message in [*python_messages(), *template_messages()]:
        if not HAN.search(message):
            continue
        translation = translations.get(message)
        if not translation:
            problems[message] = f"{where}: no English for {message!r}"
            continue
        for text in translation if isinstance(translation, tuple | list) else (translation,):
            if sorted(PLACE.findall(text)) != sorted(PLACE.findall(message)) and "ngettext" not in message:
                problems[message] = f"{where}: places differ in {message!r} -> {text!r}"
            if HAN.search(re.sub(r"[“「《].*?[”」》]", "", text)):
                problems[message] = f"{where}: the English of {message!r} still contains Chinese: {text!r}"
    assert not problems, f"{len(problems)} messages:\n" + "\n".join(sorted(problems.values()))


def test_no_template_prints_chinese_past_the_translation() -> None:
    hidden = re.compile(
        r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|<!--.*?-->"
        r"|\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}|\{%.*?%\}|\{\{.*?\}\}",
        re.DOTALL,
    )
    # The product's own name and the name of the language to switch to are the same in both languages.
    allowed = {"五链", "简体中文", "中文"}
    problems = []
    for path in sorted(SOURCE.rglob("*.html")):
        for number, line in enumerate(hidden.sub(lambda m: "\n" * m.group().count("\n"), path.read_text(encoding="utf-8")).split("\n"), 1):
            rest = line
            for word in allowed:
                rest = rest.replace(word, "")
            if HAN.search(rest):
                problems.append(f"{path.relative_to(SOURCE)}:{number}: {line.strip()[:80]}")
    assert not problems, "wrap these in {% translate %} or {% blocktranslate %}:\n" + "\n".join(problems)


def test_no_message_has_two_different_translations() -> None:
    clashes: list[str] = []
    read_catalogues("en", clashes)
    assert not clashes, "one word per term; keep one of:\n" + "\n".join(clashes)
