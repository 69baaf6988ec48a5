"""What a request has asked of the database once and would ask again: remembered until it is answered, never for the next one.

Outside of requests (commands, jobs, services called by tests) nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

Answer = TypeVar("Answer")
_known: ContextVar[dict[Hashable, Any] | None] = ContextVar("remembered", default=None)


def once(key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """The answer of `ask`, from memory where this request has asked for `key` before."""
    known = _known.get()
    if known is None:
        return ask()
    if key not in known:
        known[key] = ask()
    found: Answer = known[key]
    return found


def stop() -> None:
    """Remember nothing more in this request: it changed what it had asked for, and may yet undo the change."""
    _known.set(None)


class RememberingMiddleware:
    """Opens an empty memory for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _known.set({})
        try:
            return self.get_response(request)
        finally:
            _known.reset(token)
