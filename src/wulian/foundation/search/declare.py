"""Declaring what can be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of one object. `names`: the present one first. `facets`: values to filter by and count.
    `numbers`: non-negative integers to sort by."""

    id: int
    names: Sequence[str]
    codes: Sequence[str] = ()
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object. `entries(ids)`: entries of those that should be found; `ids()`: all of them, ascending."""

    code: str
    entries: Callable[[Sequence[int]], Iterable[Entry]]
    ids: Callable[[], Iterable[int]]
    facets: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    version: int = 1  # raised when entries change their meaning: the index is then rebuilt


_KINDS: dict[str, Kind] = {}


def declare(kind: Kind) -> Kind:
    if kind.code in _KINDS:
        raise ValueError(f"search kind {kind.code} is declared twice")
    _KINDS[kind.code] = kind
    return kind


def get(code: str) -> Kind:
    return _KINDS[code]


def all_kinds() -> list[Kind]:
    return list(_KINDS.values())
