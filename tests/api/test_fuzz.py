"""Schemathesis against the application in process: whatever fits the schema gets an answer that fits the schema, never a fault.

Calls are undone, so the small world stays whole; before that the database checks its foreign keys, which it would do on
committing. Drawn from a fixed seed: the same run every time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.errors import InvalidSchema

from tests.access.test_operations import OTHER_PLACES, PLACES
from tests.access.world import World
from wulian.foundation.access import Actor

pytestmark = pytest.mark.django_db
EXAMPLES = 6
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
ROLES = ("officer", "administrator", "reporter", "enterprise")
DJANGO = get_wsgi_application()
# Shards, so that two workers share the time.
SHARDS = 4


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The product, with every response closed as a server does."""
    response = DJANGO(environ, start_response)
    try:
        return [b"".join(response)]
    finally:
        response.close()


def operations(shard: int) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    found = []
    for result in schema.get_all_operations():
        if isinstance(result.err() if hasattr(result, "err") else None, InvalidSchema):
            raise AssertionError(result.err())
        found.append(result.ok())
    assert len(found) > 100
    yield from found[shard::SHARDS]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The application keeps the test's connection, as Django's own test client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def places_of(world: World, case: Any) -> dict[str, Any]:
    """The objects of the world for the places of the path."""
    name = case.operation.definition.raw["operationId"]
    places = {}
    for place in case.path_parameters or {}:
        value = OTHER_PLACES.get(name, {}).get(place, PLACES[place])
        places[place] = world.ids.get(value, value) if isinstance(value, str) else value
    return places


def detail(failure: BaseException) -> str:
    """The whole of a failure, with the parts of a group."""
    return " ".join([str(failure), *(str(one) for one in getattr(failure, "exceptions", ()))])


@pytest.mark.parametrize("shard", range(SHARDS))
def test_nothing_that_fits_the_schema_is_a_fault(world: World, token_of: Callable[[Actor], str], shard: int) -> None:
    tokens = {role: token_of(world[role]) for role in ROLES}
    wanted = [checks.CHECKS.get_one(name) for name in CHECKED]
    calls = {"all": 0, "done": 0}

    def try_out(operation: Any) -> None:
        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), role=st.sampled_from((*ROLES, "anonymous")), known=st.booleans())
        def run(case: Any, role: str, known: bool) -> None:
            cache.clear()
            if known:
                case.path_parameters = places_of(world, case)
            headers = {"Authorization": f"Bearer {tokens[role]}"} if role in tokens else {}
            with transaction.atomic():
                response = case.call(headers=headers)
                if case.method != "GET" and response.status_code < 300:
                    connection.check_constraints()
                transaction.set_rollback(True)
            calls["all"] += 1
            calls["done"] += response.status_code < 300
            case.validate_response(response, checks=wanted)

        run()

    wrong = []
    for operation in operations(shard):
        try:
            try_out(operation)
        except (Exception, BaseExceptionGroup) as failure:
            wrong.append(f"{operation.label}: {detail(failure)}"[:1500])
    assert not wrong, "\n\n".join(wrong)
    assert calls["done"] > 20, "too few calls were carried out to say anything"
