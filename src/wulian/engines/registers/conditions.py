"""Whether a condition holds for the values of an entry (or of a row inside it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wulian.kernel.truth import Truth

from .schema import NUMERIC, Condition, FieldDefinition, FieldType


def is_missing(value: Any) -> bool:
    """None, blank text and empty lists are missing; zero and False are values."""
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list | tuple) and not value)


def judge(condition: Condition, values: Mapping[str, Any], fields: Sequence[FieldDefinition], state: str = "") -> Truth:
    """True, False, or None where a value that it needs is missing. Values are in the form of `values.py`."""
    if condition.state:
        return state in condition.state
    field = next(item for item in fields if item.code == condition.field)
    value = values.get(field.code)
    if condition.filled is not None:
        return is_missing(value) is not condition.filled
    if is_missing(value):
        return None
    wanted = [condition.is_] if condition.is_ is not None else list(condition.in_)
    if wanted:
        return _among(field, value, wanted)
    # Bounds in a definition are written in yuan; what is stored, of this field or another, is fen.
    others = {key: values.get(code) for key in ("at_least", "at_most", "above", "below") if (code := getattr(condition, f"{key}_field"))}
    if condition.differs_from:
        other = values.get(condition.differs_from)
        return None if is_missing(other) else bool(value != other)
    if any(is_missing(other) for other in others.values()):
        return None
    written = {key: getattr(condition, key) for key in ("at_least", "at_most", "above", "below")}
    mine = _comparable(field, value)
    limits = {key: as_stored(field, bound) for key, bound in written.items() if bound is not None}
    limits |= {key: _comparable(field, other) for key, other in others.items()}
    tests = {
        "at_least": lambda limit: mine >= limit,
        "at_most": lambda limit: mine <= limit,
        "above": lambda limit: mine > limit,
        "below": lambda limit: mine < limit,
    }
    return all(tests[key](limit) for key, limit in limits.items())


def holds(condition: Condition, values: Mapping[str, Any], fields: Sequence[FieldDefinition], state: str = "") -> bool:
    """True only when it certainly holds."""
    return judge(condition, values, fields, state) is True


def as_stored(field: FieldDefinition, bound: Any) -> Decimal:
    """A number as a definition writes it, in the form in which values are stored: fen for money."""
    exact = Decimal(str(bound))
    return exact * 100 if field.type is FieldType.MONEY else exact


def _comparable(field: FieldDefinition, value: Any) -> Any:
    return Decimal(str(value)) if field.type in NUMERIC else str(value)  # dates compare as text: YYYY-MM-DD


def _among(field: FieldDefinition, value: Any, wanted: Sequence[Any]) -> bool:
    if field.type in NUMERIC:
        return Decimal(str(value)) in {as_stored(field, item) for item in wanted}
    if isinstance(value, list):
        return bool(set(value) & set(wanted))
    return value in wanted
