"""How an operation is declared: one function, one input, one output, a name, and the gate in front of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ninja import Router

from .access import Gate
from .summaries import both

F = TypeVar("F", bound=Callable[..., Any])


class Subject:
    """A group of operations. Each is named; the name is its key in the access table and its `operationId`."""

    def __init__(self, tag: str) -> None:
        self.router = Router(tags=[tag])

    def get(self, path: str, name: str, response: Any, **options: Any) -> Callable[[F], F]:
        return self._operation("GET", path, name, 200, response, **options)

    def post(self, path: str, name: str, response: Any, *, status: int = 200, **options: Any) -> Callable[[F], F]:
        return self._operation("POST", path, name, status, response, **options)

    def patch(self, path: str, name: str, response: Any, **options: Any) -> Callable[[F], F]:
        return self._operation("PATCH", path, name, 200, response, **options)

    def delete(self, path: str, name: str, **options: Any) -> Callable[[F], F]:
        return self._operation("DELETE", path, name, 204, None, **options)

    def file(self, path: str, name: str, *, types: tuple[str, ...], extra: Mapping[str, Any] | None = None) -> Callable[[F], F]:
        """An operation that answers with a file of one of the media types. `extra`: what else the schema says of it."""
        content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in types}
        said = {**(extra or {}), "responses": {200: {"description": "The file.", "content": content}}}
        return self._operation("GET", path, name, 200, None, openapi_extra=said)

    def _operation(self, method: str, path: str, name: str, status: int, response: Any, **options: Any) -> Callable[[F], F]:
        def declare(function: F) -> F:
            summary, _, rest = (function.__doc__ or "").strip().partition("\n")
            register = self.router.api_operation(
                [method],
                path,
                auth=Gate(name),
                response={status: response},
                operation_id=name,
                url_name=name,
                summary=both(name, summary.rstrip(".")),
                description=" ".join(rest.split()),
                **options,
            )
            return register(function)

        return declare
