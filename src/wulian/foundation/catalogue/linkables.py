"""Things of the chains that a register entry may link to (a plan task, an achievement …): how to find, name and open them.

Packages declare what can be linked; the register engine asks here and never another package's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wulian.foundation.access import Actor


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that can be linked to. `detail`: what tells it from others of the same name."""

    id: int
    label: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Linkable:
    """search(viewer, text): what the viewer may link to, best first, at most 20. targets(viewer, ids): those that the viewer may see."""

    kind: str
    label: Any
    search: Callable[[Actor, str], list[Target]]
    targets: Callable[[Actor, Iterable[int]], Mapping[int, Target]]


_LINKABLES: dict[str, Linkable] = {}


def declare(linkable: Linkable) -> Linkable:
    """Register a kind once."""
    if linkable.kind in _LINKABLES:
        raise ValueError(f"linkable {linkable.kind} is declared twice")
    _LINKABLES[linkable.kind] = linkable
    return linkable


def find(kind: str) -> Linkable | None:
    return _LINKABLES.get(kind)
