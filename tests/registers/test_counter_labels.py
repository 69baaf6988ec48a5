"""A counter is offered to indicators by its label: it names the thing, and no two shipped counters share one."""

from __future__ import annotations

from collections import defaultdict

import pytest

from wulian.engines.registers import parse_definition, shipped_files


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_counters_have_the_same_label(language: str) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for path in shipped_files():
        definition = parse_definition(path.read_text(encoding="utf-8"), file=path.name)
        for counter in definition.counters:
            found[getattr(counter.label, language)].append(f"{definition.id}.{counter.code}")
    assert not {label: codes for label, codes in found.items() if len(codes) > 1}
