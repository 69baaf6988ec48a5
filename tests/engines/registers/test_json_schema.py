"""The JSON Schema of values: sound for every shipped register, and what `read` stores fits it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from wulian.engines.registers import load_definition, parse_definition, shipped_files
from wulian.engines.registers.json_schema import field_schema, values_schema
from wulian.engines.registers.schema import FieldDefinition, FieldType
from wulian.engines.registers.values import read

from .test_loading import GOOD

FILES = sorted(shipped_files())


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_shipped_register_gives_a_sound_schema(path: Path) -> None:
    definition = load_definition(path)
    for english in (False, True):
        schema = values_schema(definition, english=english)
        assert jsonschema_rs.meta.is_valid(schema)
        assert set(schema["properties"]) == {field.code for field in definition.fields}
        assert set(schema.get("required", ())) <= set(schema["properties"])


CHOICES = [{"code": "a", "label": {"zh": "甲", "en": "A"}}, {"code": "b", "label": {"zh": "乙", "en": "B"}, "retired": True}]
ROWS = [{"code": "day", "type": "date", "label": {"zh": "日", "en": "Day"}}]


CASES: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("text", {}, "甲", 5),
    ("long_text", {}, "甲\n乙", ["甲"]),
    ("choice", {"choices": CHOICES}, "甲", "b"),
    ("choices", {"choices": CHOICES}, "a", "a"),
    ("integer", {"unit": "个", "minimum": 1, "maximum": 3}, "3", 4),
    ("decimal", {"unit": "吨"}, "9000000000000", 0.5),
    ("money", {"minimum": 1}, "1元", 99),
    ("percent", {}, "12.500001%", "12.5%"),
    ("date", {}, "2026/3/2", 20260302),
    ("period", {}, "2026年3月", "2026-13"),
    ("region", {}, "120106", 120106),
    ("yes_no", {}, "否", "no"),
    ("organisation", {}, "17", "17"),
    ("person", {"multiple": True}, "17", 17),
    ("file", {}, "17", 17),
    ("link", {"to": "envoys"}, 999_999_999_999_999, 10**15),
    ("rows", {"fields": ROWS}, [{"day": "2026-03-02"}], [{"hour": 1}]),
]


@pytest.mark.parametrize(("kind", "more", "raw", "wrong"), CASES, ids=[case[0] for case in CASES])
def test_what_is_stored_fits_and_what_is_not_does_not(kind: str, more: dict[str, Any], raw: Any, wrong: Any) -> None:
    field = FieldDefinition.model_validate({"code": "x", "type": kind, "label": {"zh": "项", "en": "Item"}, **more})
    held = jsonschema_rs.validator_for(field_schema(field))
    assert held.is_valid(read(field, raw))
    assert not held.is_valid(wrong)


def test_every_type_of_field_is_tried() -> None:
    assert {case[0] for case in CASES} == {kind.value for kind in FieldType}


def test_a_field_that_the_system_fills_is_read_only() -> None:
    schema = values_schema(parse_definition(GOOD, file="envoys.yaml"))
    assert schema["properties"]["visit_count"]["readOnly"] is True
    assert schema["required"] == ["expert"]
