"""A sentence with places, kept apart from its values so that the edge can translate it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """`template` is the Chinese sentence and the gettext msgid; `params` fill its `%(name)s` places."""

    template: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """The sentence in Chinese, or through `translate` (a gettext function)."""
        template = translate(self.template) if translate else self.template
        return template % self.params if self.params else template

    def __str__(self) -> str:
        return self.text()
