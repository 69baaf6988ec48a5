"""What is wrong with a value, as data: it can be stored with a row, filtered by code, and said in either language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """`message`: Chinese template (gettext msgid) with `%(name)s` places; `params` fills it; `field`: which value it is about."""

    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        template = translate(self.message) if translate else self.message
        return template % self.params if self.params else template

    def at(self, name: str) -> Problem:
        """The same problem, said of the field `name`."""
        return replace(self, field=name)

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "code": self.code, "message": self.message, "params": dict(self.params), "text": self.text()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Problem:
        """Read back what `as_json` wrote; a record with only a text keeps that text."""
        params = stored.get("params") or {}
        message = stored.get("message") or str(stored.get("text", "")).replace("%", "%%" if params else "%")
        return cls(code=str(stored.get("code", "")), message=message, params=params, field=str(stored.get("field", "")))


class BadValue(ValueError):
    """A value that cannot be read. Carries the problem; the caller knows the field."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.text())
