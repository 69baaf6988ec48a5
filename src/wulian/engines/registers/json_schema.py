"""The values of an entry as a JSON Schema (draft 2020-12), so that a program can check what it is about to send."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .judging import requirements
from .schema import Definition, FieldDefinition, FieldType, Label
from .values import LONGEST, LONGEST_ID, MOST_MANY, MOST_ROWS, REFERENCES

DRAFT = "https://json-schema.org/draft/2020-12/schema"
DECIMAL = r"^-?[0-9]{1,13}(\.[0-9]{1,6})?$"
PERIOD = r"^(19|20|21)[0-9]{2}(-(Q[1-4]|0[1-9]|1[0-2]))?$"


def values_schema(definition: Definition, *, english: bool = False) -> dict[str, Any]:
    """The schema of `values` of a new entry: stored forms, money in fen. `required`: what the first state asks for.

    Computed fields are `readOnly`. Null, which clears a value in a change, is not part of it.
    """
    initial = definition.lifecycle.initial
    required = [code for code, states in requirements(definition).items() if initial in states]
    return {"$schema": DRAFT, **_object(definition.fields, required, english)}


def _object(fields: Iterable[FieldDefinition], required: list[str], english: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "object",
        "properties": {field.code: field_schema(field, english=english) for field in fields},
        "additionalProperties": False,
    }
    return {**found, "required": required} if required else found


def field_schema(field: FieldDefinition, *, english: bool = False) -> dict[str, Any]:
    """The schema of one field's stored value."""

    def said(label: Label | None) -> str:
        return "" if label is None else label.en if english else label.zh

    found: dict[str, Any] = {"title": said(field.label), **_type(field, english)}
    if field.help is not None:
        found["description"] = said(field.help)
    if field.compute is not None:
        found["readOnly"] = True
    return found


def _type(field: FieldDefinition, english: bool) -> dict[str, Any]:
    if field.type in {FieldType.TEXT, FieldType.LONG_TEXT}:
        return {"type": "string", "maxLength": LONGEST[field.type]}
    if field.type in {FieldType.CHOICE, FieldType.CHOICES}:
        one: dict[str, Any] = {
            "oneOf": [{"const": c.code, "title": c.label.en if english else c.label.zh} for c in field.choices if not c.retired]
        }
        return one if field.type is FieldType.CHOICE else {"type": "array", "items": one, "uniqueItems": True}
    if field.type in {FieldType.INTEGER, FieldType.MONEY}:
        factor = 100 if field.type is FieldType.MONEY else 1
        bounds = {"minimum": field.minimum, "maximum": field.maximum}
        return {"type": "integer", **{name: int(Decimal(bound) * factor) for name, bound in bounds.items() if bound is not None}}
    if field.type in {FieldType.DECIMAL, FieldType.PERCENT}:
        return {"type": "string", "pattern": DECIMAL}
    if field.type is FieldType.DATE:
        return {"type": "string", "format": "date"}
    if field.type is FieldType.PERIOD:
        return {"type": "string", "pattern": PERIOD}
    if field.type is FieldType.REGION:
        return {"type": "string", "maxLength": 20}
    if field.type is FieldType.YES_NO:
        return {"type": "boolean"}
    if field.type is FieldType.ROWS:
        return {"type": "array", "maxItems": MOST_ROWS, "items": _object(field.fields, [], english)}
    assert field.type in REFERENCES
    one = {"type": "integer", "minimum": 1, "exclusiveMaximum": 10**LONGEST_ID}
    if field.multiple:
        return {"type": "array", "items": one, "maxItems": MOST_MANY}
    return {"type": "array", "items": one, "maxItems": 1} if field.type is FieldType.FILE else one
