"""What is easily forgotten fails here: a unit, a definition, a label, a translation, a word for the audit record."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from django.apps import apps
from django.db.models import CharField
from django.utils import translation

import wulian
from wulian.foundation.catalogue import facts, metrics
from wulian.foundation.translations import read_catalogues
from wulian.kernel.errors import WulianError

SOURCE = Path(wulian.__file__).parent


def english_of(text: object) -> str:
    with translation.override("en"):
        return str(text)


def has_han(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("fact", facts.all_facts(), ids=lambda fact: fact.code)
def test_facts_are_declared_in_full(fact: facts.Fact) -> None:
    assert fact.unit
    assert fact.subject in {"organisation", "region"}
    for words in (fact.name, fact.definition):
        assert has_han(str(words)), words
        assert english_of(words), words
        assert not has_han(english_of(words)), f"no English for {words!s}"
    if fact.type == facts.FactType.MONEY:
        assert fact.unit == "元", "money is kept in fen and read in yuan"


@pytest.mark.parametrize("metric", metrics.declared_metrics(), ids=lambda metric: metric.code)
def test_metrics_are_declared_in_full(metric: metrics.Metric) -> None:
    assert metric.unit
    assert metric.version >= 1
    assert metric.parts
    for words in (metric.name, metric.definition):
        assert has_han(str(words)), words
        assert not has_han(english_of(words)), f"no English for {words!s}"
    for part in metric.parts:
        assert part.columns, part.key
        assert part.unit, part.key
        assert part.order, part.key
        keys = [column.key for column in part.columns]
        assert len(keys) == len(set(keys)), keys
        for words in (part.label, *(column.label for column in part.columns)):
            assert str(words)
            assert not has_han(english_of(words)), f"{part.key}: no English for {words!s}"
        for facet in part.facets:
            assert facet.labels, facet.key


def test_every_choice_has_a_label_in_both_languages() -> None:
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("wulian."):
            continue
        for field in model._meta.get_fields():
            for value, label in getattr(field, "choices", None) or ():
                if not str(label) or (str(label) == str(value) and value) or has_han(english_of(label)):
                    wrong.append(f"{model._meta.label}.{field.name}: {value!r} is labelled {label!s} / {english_of(label)}")
    assert not wrong, "\n".join(wrong)


def test_every_state_has_choices() -> None:
    """A field called state, status or verification holds one of some named values, never free text."""
    free = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("wulian.")
        for field in model._meta.get_fields()
        if field.name in {"state", "status", "verification", "standing", "kind", "role"} and isinstance(field, CharField)
        if not field.choices
    ]
    # The kind of an import, a search entry or a link is a code of a catalogue that other packages fill; a report's role is a
    # copy; the states of a register are named in its definition, which refuses one without label in both languages.
    assert set(free) <= {
        "registers.Entry.state",
        "registers.StateSpell.state",
        "registers.EntryLink.kind",
        "foundation.ImportMapping.kind",
        "foundation.ImportBatch.kind",
        "foundation.SearchOutbox.kind",
        "governance.RoundReport.role",
    }


def error_classes() -> Iterator[type[WulianError]]:
    for module in walk_packages(wulian.__path__, "wulian."):
        if ".migrations" not in module.name and module.name != "wulian.wsgi":
            import_module(module.name)
    queue = [WulianError]
    while queue:
        found = queue.pop()
        yield found
        queue += found.__subclasses__()


def test_every_error_has_a_code_a_status_and_both_languages() -> None:
    translations = {message.id: message.string for message in read_catalogues("en")}
    wrong, codes = [], {}
    for error in error_classes():
        if not error.__module__.startswith("wulian."):
            continue
        where = f"{error.__module__}.{error.__name__}"
        if not has_han(error.message):
            wrong.append(f"{where}: no Chinese sentence")
        if not translations.get(error.message):
            wrong.append(f"{where}: no English for {error.message!r}")
        if not 400 <= error.status < 600:
            wrong.append(f"{where}: status {error.status}")
        own = "code" in vars(error)
        if not own and error is not WulianError and "message" in vars(error):
            wrong.append(f"{where}: a sentence of its own needs a code of its own")
        if own and codes.setdefault(error.code, (error.message, error.status)) != (error.message, error.status):
            same_thing = error.code == "not_found"  # the API says it in its own words where no object is named
            if not same_thing:
                wrong.append(f"{where}: code {error.code!r} already means {codes[error.code]}")
    assert not wrong, "\n".join(wrong)


def test_every_act_in_the_audit_record_has_a_word() -> None:
    """`audit.record(action="target.changed")` is read by an auditor as a word, not as a code."""
    from wulian.foundation.record_reading import VERBS

    missing = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "record"):
                continue
            for keyword in node.keywords:
                if keyword.arg == "action" and isinstance(keyword.value, ast.Constant):
                    verb = str(keyword.value.value).rpartition(".")[2]
                    if verb not in VERBS:
                        missing.add(f"{path.relative_to(SOURCE)}: {keyword.value.value}")
    assert not missing, "\n".join(sorted(missing))
