"""The API as one object: its subjects, its errors, its limits, its schema."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.throttling import SimpleRateThrottle

from . import (
    account,
    administration,
    appraisals,
    catalogues,
    chains,
    cockpit,
    doubts,
    figures,
    files,
    ideas,
    identity,
    imports,
    indicators,
    linking,
    observations,
    organisations,
    plans,
    register_entries,
    register_lists,
    register_many,
    registers,
    review,
    reviewing,
    rounds,
    sources,
    tasks,
)
from .access_table import ACCESS, ANY, PAGES_ONLY
from .errors import ErrorOut, install_handlers

DESCRIPTION = """\
Everything that stands on the pages. What is public needs no sign-in; for the rest send `Authorization: Bearer <token>` with a
token from the page of API tokens, or use the session of the pages (with `X-CSRFToken` for anything but GET).

Money is integer fen, other figures are decimal strings, dates are ISO dates of Asia/Shanghai, an unknown value is null with
`unknown_because`. Errors have one form: `code`, `message` (in the language of `Accept-Language`), `params` and, for flaws of
the request, `fields`. Lists take `limit` (at most 200) and `offset`.
"""


ERROR_ANSWER = {
    "description": "Not done; the body says why.",
    "content": {"application/json": {"schema": {"$ref": REF_TEMPLATE.format(model="ErrorOut")}}},
}


def error_statuses(method: str) -> list[int]:
    """Answers that an operation may give besides its own; any may meet a bad token, a flaw of the request, a busy database."""
    statuses = {401, 403, 404, 422, 429, 503}
    if method != "get":
        statuses |= {400, 409, 413, 415, 507}
    return sorted(statuses)


class PerCaller(SimpleRateThrottle):
    """So many calls a minute for one account, or for one address without sign-in. Counted in each server process."""

    def __init__(self, rate: str, *, signed_in: bool) -> None:
        super().__init__(rate)
        self.signed_in = signed_in

    def get_cache_key(self, request: HttpRequest) -> str | None:
        who = request.actor  # type: ignore[attr-defined]
        if who.signed_in != self.signed_in:
            return None
        # The address that the connection comes from, not a header that the caller may write.
        return f"api-{who.user_id or request.META.get('REMOTE_ADDR', '')}"


class Api(NinjaAPI):
    """django-ninja's API with security, scopes and guards written into the schema from the access table."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                operation["responses"] |= {status: {"$ref": "#/components/responses/Error"} for status in error_statuses(method)}
                guard, scope = ACCESS[operation["operationId"]]
                operation["x-guard"] = guard.name
                operation["x-scope"] = None if scope in (ANY, PAGES_ONLY) else scope
                ways: list[dict[str, list[str]]] = [{"session": []}]
                if scope != PAGES_ONLY:
                    ways.insert(0, {"token": []})
                operation["security"] = ways if guard.signed_in else [{}, *ways]
        errors = ErrorOut.model_json_schema(ref_template=REF_TEMPLATE)
        schema["components"]["schemas"] |= {**errors.pop("$defs"), "ErrorOut": errors}
        schema["components"]["responses"] = {"Error": ERROR_ANSWER}
        schema["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "A token from the page of API tokens."},
            "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "The session of the pages."},
        }
        return schema


def build() -> Api:
    api = Api(
        title="Wulian 五链",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api-v1",
        docs_url=None,
        throttle=[PerCaller("300/min", signed_in=False), PerCaller("1200/min", signed_in=True)],
    )
    install_handlers(api)
    parts = (
        account,
        cockpit,
        catalogues,
        doubts,
        figures,
        organisations,
        plans,
        review,
        reviewing,
        indicators,
        linking,
        observations,
        chains,
        files,
        sources,
        tasks,
        ideas,
        identity,
        rounds,
        appraisals,
        registers,
        register_entries,
        register_many,
        register_lists,
        imports,
        administration,
    )
    for part in parts:
        api.add_router("", part.subject.router)
    return api
