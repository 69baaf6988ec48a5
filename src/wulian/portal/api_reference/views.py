"""The reference of the API, drawn from the same schema that programs read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from wulian.api.v1 import api
from wulian.api.v1.access_table import ACCESS, ANY, PAGES_ONLY
from wulian.foundation.tokens import SCOPES


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    place: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as a line, and what it takes and gives when opened."""

    name: str
    method: str
    path: str
    chinese: str
    english: str
    about: str
    guard: str
    scope: str
    parameters: list[Parameter]
    body: list[Parameter]
    answer: str


def kind_of(schema: dict[str, Any]) -> str:
    """A type in a word or two: `integer`, `string (date)`, `PlanOut`, `lead | participant`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(kind_of(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(str(value) or '""' for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"]) or '""'
    if schema.get("type") == "array":
        return f"[{kind_of(schema.get('items', {}))}]"
    kind, form = str(schema.get("type", "any")), schema.get("format")
    return f"{kind} ({form})" if form else kind


def resolved(schema: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = shapes.get(kind_of(schema), schema) if "$ref" in schema else schema
    return found


def fields_of(schema: dict[str, Any], shapes: dict[str, Any]) -> list[Parameter]:
    whole = resolved(schema, shapes)
    required = whole.get("required", [])
    return [
        Parameter(name, "body", kind_of(field), name in required, str(field.get("description", "")))
        for name, field in whole.get("properties", {}).items()
    ]


def operation_of(method: str, path: str, found: dict[str, Any], shapes: dict[str, Any]) -> Operation:
    guard, scope = ACCESS[found["operationId"]]
    chinese, _stroke, english = found["summary"].rpartition(" / ")
    about = found.get("description", "")
    body: list[Parameter] = []
    for content in found.get("requestBody", {}).get("content", {}).values():
        body += fields_of(content["schema"], shapes)
    given = next(answer for status, answer in found["responses"].items() if int(status) < 300)
    answers = [kind_of(content["schema"]) for content in given.get("content", {}).values()]
    return Operation(
        name=found["operationId"],
        method=method.upper(),
        path=path,
        chinese=chinese or english,
        english=english,
        about="" if about.rstrip(".") == english else about,
        guard=guard.name,
        scope={ANY: "", PAGES_ONLY: "—"}.get(scope, scope),
        parameters=[
            Parameter(one["name"], one["in"], kind_of(one["schema"]), one["required"], one.get("description", ""))
            for one in found["parameters"]
        ],
        body=body,
        answer=answers[0] if answers else "",
    )


@cache
def subjects() -> dict[str, list[Operation]]:
    """Subject -> its operations. The schema does not change while the server runs."""
    schema = api.get_openapi_schema(path_prefix="/api/v1")
    found: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(operation_of(method, path, operation, schema["components"]["schemas"]))
    return found


def reference(request: HttpRequest) -> HttpResponse:
    operations = [one for group in subjects().values() for one in group]
    context = {
        "subjects": subjects(),
        "total": len(operations),
        "public": sum(one.guard == "public" for one in operations),
        "scopes": SCOPES,
    }
    return render(request, "api_reference/reference.html", context)
