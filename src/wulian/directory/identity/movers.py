from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.db import models
from django.db.models import Q, UniqueConstraint

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One value changed in one row: what the log of a merge keeps. Values are as JSON holds them."""

    row_id: int
    field: str
    old: Any
    new: Any


class Mover(Protocol):
    """Moves rows of one kind from one organisation to another and back. Called inside the transaction of the act."""

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> Any: ...

    def rows(self, organisation_id: int) -> Sequence[int]:
        """Ids of the rows that belong to the organisation."""
        ...

    def clashing(self, ids: Sequence[int], target: int) -> set[int]:
        """Those of the rows of which `target` has the same already; they stay where they are."""
        ...

    def move(self, ids: Sequence[int], source: int, target: int) -> list[Change]: ...

    def restore(self, changes: Sequence[Change]) -> int:
        """Put old values back where the new ones still stand; how many could not go back."""
        ...

    def describe(self, ids: Sequence[int]) -> dict[int, str]:
        """A line for each row, for a person who chooses among them."""
        ...


@dataclass(frozen=True, slots=True)
class RelationMover:
    """The rows of one table that point to the organisation with one foreign key."""

    model: type[models.Model]
    field: str
    label: Any

    @property
    def key(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    def rows(self, organisation_id: int) -> Sequence[int]:
        return list(self._all().filter(**{self.field: organisation_id}).order_by("pk").values_list("pk", flat=True))

    def clashing(self, ids: Sequence[int], target: int) -> set[int]:
        found: set[int] = set()
        for others, condition in self._uniques():
            # A null is never the same as another null, as the database sees it.
            known = self._all().filter(condition, **{self.field: target}, **{f"{name}__isnull": False for name in others})
            theirs = set(known.values_list(*others)) if others else {()} if known.exists() else set()
            if theirs:
                found |= {
                    pk
                    for part in chunks(ids)
                    for pk, *same in self._all().filter(condition, pk__in=part).values_list("pk", *others)
                    if tuple(same) in theirs
                }
        return found

    def move(self, ids: Sequence[int], source: int, target: int) -> list[Change]:
        for part in chunks(ids):
            self._all().filter(pk__in=part).update(**{self.field: target})
        return [Change(pk, self.field, source, target) for pk in ids]

    def restore(self, changes: Sequence[Change]) -> int:
        left = 0
        ways: dict[tuple[Any, Any], list[int]] = defaultdict(list)
        for change in changes:
            ways[change.old, change.new].append(change.row_id)
        for (old, new), ids in ways.items():
            there = [pk for part in chunks(ids) for pk in self._all().filter(pk__in=part, **{self.field: new}).values_list("pk", flat=True)]
            clashing = self.clashing(there, old)
            going = [pk for pk in there if pk not in clashing]
            for part in chunks(going):
                self._all().filter(pk__in=part).update(**{self.field: old})
            left += len(ids) - len(going)
        return left

    def describe(self, ids: Sequence[int]) -> dict[int, str]:
        forward = [f.name for f in self.model._meta.concrete_fields if f.is_relation and f.name != self.field]
        rows = self._all().select_related(*forward).filter(pk__in=list(ids)) if forward else self._all().filter(pk__in=list(ids))
        return {row.pk: str(row) for row in rows}

    def _all(self) -> models.QuerySet[Any]:
        return self.model._base_manager.all()

    def _uniques(self) -> Iterable[tuple[list[str], Q]]:
        """For every unique constraint of which the foreign key is part: the other columns, and the condition."""
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and self.field in constraint.fields:
                yield [name for name in constraint.fields if name != self.field], constraint.condition or Q()
        if self.model._meta.get_field(self.field).unique:  # type: ignore[union-attr]
            yield [], Q()


@dataclass(frozen=True, slots=True)
class Staying:
    """A relation whose rows stay with the id that they name, and why."""

    key: str
    label: Any
    why: Any


_MOVERS: dict[str, Mover] = {}
_STAYING: dict[str, Staying] = {}


def declare_mover(mover: Mover) -> None:
    """Register what moves with an organisation. Twice the same is a programming error."""
    if mover.key in _MOVERS or mover.key in _STAYING:
        raise ValueError(f"{mover.key} is declared twice")
    _MOVERS[mover.key] = mover


def declare_moving(model: str, field: str, label: Any) -> None:
    """Rows of `model` (app.Model) that point to an organisation with `field` go where it goes."""
    declare_mover(RelationMover(apps.get_model(model), field, label))


def declare_staying(model: str, field: str, label: Any, why: Any) -> None:
    """Rows of `model` keep the id that they name: they say what was, and that id forwards."""
    key = f"{apps.get_model(model)._meta.label_lower}.{field}"
    if key in _MOVERS or key in _STAYING:
        raise ValueError(f"{key} is declared twice")
    _STAYING[key] = Staying(key, label, why)


def movers() -> Collection[Mover]:
    return list(_MOVERS.values())


def staying() -> Collection[Staying]:
    return list(_STAYING.values())


def mover(key: str) -> Mover:
    return _MOVERS[key]


def chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
