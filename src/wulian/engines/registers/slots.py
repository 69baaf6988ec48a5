"""Which fields are kept in columns of their own, so that lists and counters over many entries are quick.

All registers share one table with a fixed number of typed columns; a register's filterable fields are assigned to them,
so that a new register or field needs no migration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from .schema import NUMERIC, Condition, Definition, FieldDefinition, FieldType

# kind -> how many columns there are
CAPACITY = {"text": 14, "number": 8, "day": 8, "reference": 6}
SCALE = 1_000_000  # decimals and percents are kept as integers in millionths, so that sums are exact


def slot_kind(field: FieldDefinition) -> str:
    """The kind of column for a field; empty for one that has none (long text, files, rows, several organisations)."""
    if field.multiple or field.type in {FieldType.LONG_TEXT, FieldType.FILE, FieldType.ROWS}:
        return ""
    if field.type in NUMERIC:
        return "number"
    if field.type is FieldType.DATE:
        return "day"
    return "reference" if field.type in {FieldType.ORGANISATION, FieldType.PERSON, FieldType.LINK} else "text"


def indexed_fields(definition: Definition) -> list[FieldDefinition]:
    """Fields that lists, counters, cadence, editions, reminders or uniqueness ask for, in the order of the definition."""
    views, editions = definition.views, definition.editions
    codes = {*views.filters, views.calendar, views.map}
    for counter in definition.counters:
        codes |= {counter.of, counter.date, counter.until, *counter.once, *counter.by}
        codes |= _asked((*counter.where, *counter.base))
    for rule in definition.cadence:
        codes |= {rule.date, rule.by} | _asked(rule.where)
    if editions is not None:
        codes |= {code.removeprefix("-") for code in editions.order} | _asked(editions.where)
    for unique in definition.unique:
        codes |= {*unique.fields, unique.year_of}
    codes |= {reminder.date for reminder in definition.reminders}
    codes |= {step.after for step in definition.lifecycle.transitions}
    codes |= {field.code for field in definition.fields if field.unique}
    # A list can be sorted by its numbers and dates.
    codes |= {field.code for field in definition.fields if field.code in views.columns and slot_kind(field) in {"number", "day"}}
    return [field for field in definition.fields if field.code in codes and slot_kind(field)]


def _asked(conditions: Iterable[Condition]) -> set[str]:
    """Fields that conditions look at."""
    compared = ("at_least_field", "at_most_field", "above_field", "below_field", "differs_from")
    return {code for condition in conditions for code in (condition.field, *(getattr(condition, key) for key in compared))}


def overflow(definition: Definition) -> Iterator[tuple[str, int]]:
    """Kinds of which a definition wants more columns than there are, with the wanted number."""
    wanted = Counter(slot_kind(field) for field in indexed_fields(definition))
    for kind, count in wanted.items():
        if count > CAPACITY[kind]:
            yield kind, count


def slot_value(field: FieldDefinition, value: Any) -> Any:
    """What the column holds for a stored value; None when it is missing."""
    if value is None or value in ("", []):
        return None
    kind = slot_kind(field)
    if kind == "number":
        exact = Decimal(str(value))
        return int(exact) if field.type in {FieldType.INTEGER, FieldType.MONEY} else int(exact * SCALE)
    if kind in {"day", "reference"}:
        return value
    if field.type is FieldType.CHOICES:
        return "," + ",".join(value) + ","
    if field.type is FieldType.YES_NO:
        return "1" if value else "0"
    return str(value)[:200]


def unscaled(field: FieldDefinition, stored: int | Decimal) -> Decimal:
    """A number column's content (or a sum of it) as the stored value reads: fen for money, the number itself otherwise."""
    return Decimal(stored) if field.type in {FieldType.INTEGER, FieldType.MONEY} else Decimal(stored) / SCALE
