"""The registers in force: each definition as adopted, with the columns that its fields have. Read from the database, so that a
definition adopted by one process is in force in all of them at once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.db.models import F, Max

from wulian.engines.lifecycle import Lifecycle
from wulian.engines.registers import Definition, FieldDefinition, lifecycle_of, parse_definition
from wulian.engines.registers.judging import requirements
from wulian.foundation import remembering

from .errors import UnknownRegister
from .models import RegisterSlot, RegisterVersion


@dataclass(frozen=True)
class Adopted:
    """A register with its definition in force. `columns`: field code -> column of Entry."""

    id: int
    version: int
    definition: Definition
    columns: Mapping[str, str]
    is_shipped: bool = True

    @property
    def code(self) -> str:
        return self.definition.id

    @cached_property
    def lifecycle(self) -> Lifecycle:
        return lifecycle_of(self.definition)

    @cached_property
    def fields(self) -> dict[str, FieldDefinition]:
        return {field.code: field for field in self.definition.fields}

    @cached_property
    def required(self) -> dict[str, frozenset[str]]:
        """Field code -> states in which it must have a value."""
        return requirements(self.definition)

    def field(self, code: str) -> FieldDefinition:
        return self.fields[code]


@lru_cache(maxsize=512)
def parsed(text: str, code: str) -> Definition:
    """A stored definition; it was checked when it was adopted."""
    return parse_definition(text, file=f"{code}.yaml")


_lock = threading.Lock()
_known: tuple[tuple[int, str], dict[str, Adopted]] | None = None


def adopted_registers() -> dict[str, Adopted]:
    """All registers in force by code, in order of chain and code. One small query when nothing has changed, and one a request."""
    return remembering.once("registers in force", _in_force)


def _in_force() -> dict[str, Adopted]:
    global _known
    newest = RegisterVersion.objects.aggregate(newest=Max("pk"), at=Max("adopted_at"))
    stamp = (newest["newest"] or 0, str(newest["at"]))
    with _lock:
        if _known is not None and _known[0] == stamp:
            return _known[1]
    columns: dict[int, dict[str, str]] = {}
    for register_id, field, column in RegisterSlot.objects.values_list("register_id", "field", "column"):
        columns.setdefault(register_id, {})[field] = column
    found: dict[str, Adopted] = {}
    in_force = RegisterVersion.objects.filter(number=F("register__current")).select_related("register")
    for version in in_force.order_by("register__chain", "register__code"):
        register = version.register
        definition = parsed(version.text, register.code)
        found[register.code] = Adopted(register.pk, version.number, definition, columns.get(register.pk, {}), register.is_shipped)
    with _lock:
        _known = (stamp, found)
    return found


def get_adopted(code: str) -> Adopted:
    """Raises UnknownRegister."""
    found = adopted_registers().get(code)
    if found is None:
        raise UnknownRegister(register=code[:40])
    return found


def adopted_by_id(register_id: int) -> Adopted:
    return next(adopted for adopted in adopted_registers().values() if adopted.id == register_id)


def definition_at(register_id: int, number: int) -> Definition:
    """The definition as it was in version `number`."""
    version = RegisterVersion.objects.select_related("register").get(register_id=register_id, number=number)
    return parsed(version.text, version.register.code)


def forget() -> None:
    """Drop what is remembered: a definition was adopted, or a test rolled back."""
    global _known
    remembering.stop()
    with _lock:
        _known = None
