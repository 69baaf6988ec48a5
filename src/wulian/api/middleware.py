"""The one form of errors also for what never reaches an operation: no such address, wrong method, a fault of the server."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from wulian.kernel.errors import WulianError

from .v1.errors import BadRequest, MethodRefused, NoSuchAddress, ServerFault, error_json

PREFIX = "/api/"


def error_of(request: HttpRequest, status: int) -> WulianError:
    if status == 404:
        return NoSuchAddress()
    if status == 405:
        return MethodRefused(method=request.method)
    return ServerFault() if status >= 500 else BadRequest()


class ApiErrorMiddleware:
    """Replaces an error page with the one form under /api/. With DEBUG the page of a server fault stays, for its traceback."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        status = response.status_code
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        if status < 400 or is_json or not request.path.startswith(PREFIX) or (settings.DEBUG and status >= 500):
            return response
        shown = error_json(error_of(request, status))
        shown.status_code = status
        if "Allow" in response.headers:
            shown.headers["Allow"] = response.headers["Allow"]
        return shown
