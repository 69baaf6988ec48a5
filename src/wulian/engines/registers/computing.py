"""Computed fields: their inputs, the types they may have, and their values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from .conditions import holds
from .schema import NUMERIC, Compute, Definition, FieldDefinition, FieldType

PLACES = Decimal("0.000001")


def inputs_of(compute: Compute) -> list[str]:
    """The fields that it reads: `field`, or `field.column` of a rows field."""
    single = [compute.sum, compute.count, compute.share, compute.earliest, compute.latest]
    return [*filter(None, single), *compute.total, *compute.difference, *compute.ratio, *compute.days]


def source_field(definition: Definition, path: str) -> FieldDefinition | None:
    """The field or column at `path`."""
    code, _dot, column = path.partition(".")
    field = definition.field(code)
    return next((item for item in field.fields if item.code == column), None) if field is not None and column else field


def result_types(compute: Compute, definition: Definition) -> frozenset[FieldType]:
    """The types that a field computed like this may have; empty when its inputs do not fit."""
    found = [field.type for path in inputs_of(compute) if (field := source_field(definition, path)) is not None]
    types = set(found)
    if compute.count:
        return frozenset({FieldType.INTEGER})
    if compute.share:
        return frozenset({FieldType.PERCENT})
    if compute.days:
        return frozenset({FieldType.INTEGER}) if types == {FieldType.DATE} else frozenset()
    if compute.earliest or compute.latest:
        return frozenset({FieldType.DATE}) if types == {FieldType.DATE} else frozenset()
    if not types <= NUMERIC:
        return frozenset()
    if compute.ratio:
        return frozenset({FieldType.PERCENT, FieldType.DECIMAL})
    return frozenset(types) if len(types) == 1 else frozenset()


def fill(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with every computed field set (None: unknown). Values are in the form of `values.py`."""
    filled = dict(values)
    waiting = [field for field in definition.fields if field.compute is not None]
    for field in waiting:
        filled.pop(field.code, None)
    while waiting:  # checked on load: no circles
        ready = [f for f in waiting if not {path.partition(".")[0] for path in inputs_of(f.compute)} & {w.code for w in waiting}]  # type: ignore[arg-type]
        for field in ready:
            filled[field.code] = _stored(field, _value(definition, field, filled))
        waiting = [field for field in waiting if field not in ready]
    return filled


def _value(definition: Definition, field: FieldDefinition, values: Mapping[str, Any]) -> Decimal | date | None:
    compute = field.compute
    assert compute is not None
    if table := (compute.sum or compute.count or compute.share or compute.earliest or compute.latest):
        return _of_rows(definition, compute, table, values)
    if compute.days:
        first, second = (_day(values.get(code)) for code in compute.days)
        return None if first is None or second is None else Decimal((second - first).days)
    parts = [number(values.get(code)) for code in (*compute.total, *compute.difference, *compute.ratio)]
    if any(part is None for part in parts):
        return None
    known = [part for part in parts if part is not None]
    if compute.total:
        return sum(known, Decimal(0))
    if compute.difference:
        return known[0] - known[1]
    if known[1] == 0:
        return None
    return known[0] / known[1] * (100 if field.type is FieldType.PERCENT else 1)


def _of_rows(definition: Definition, compute: Compute, path: str, values: Mapping[str, Any]) -> Decimal | date | None:
    code, _dot, column = path.partition(".")
    table = definition.field(code)
    assert table is not None
    rows = values.get(code) or []
    chosen = [row for row in rows if all(holds(condition, row, table.fields) for condition in compute.where)]
    if compute.count:
        return Decimal(len(chosen))
    if compute.share:
        return Decimal(len(chosen)) * 100 / len(rows) if rows else None
    if compute.sum:
        numbers = [number(row.get(column)) for row in chosen]
        # A row whose figure is missing makes the sum unknown: a smaller sum would be a wrong one.
        return None if not chosen or any(value is None for value in numbers) else sum((n for n in numbers if n is not None), Decimal(0))
    days = [day for row in chosen if (day := _day(row.get(column))) is not None]
    return (min(days) if compute.earliest else max(days)) if days else None


def number(value: Any) -> Decimal | None:
    """A stored number; None when it is missing."""
    return None if value is None or value == "" else Decimal(str(value))


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _stored(field: FieldDefinition, value: Decimal | date | None) -> Any:
    """As `values.py` stores a value of this type."""
    if value is None or isinstance(value, date):
        return value.isoformat() if value else None
    if field.type in {FieldType.INTEGER, FieldType.MONEY}:
        return int(value)
    return format(value.quantize(PLACES).normalize(), "f")
