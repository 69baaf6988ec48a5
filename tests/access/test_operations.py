"""Every operation of the API against every role: the gate lets through exactly those whom the access table names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone

from wulian.api.v1 import api
from wulian.api.v1.access_table import ACCESS, PAGES_ONLY
from wulian.foundation.access import Actor
from wulian.foundation.models import User
from wulian.foundation.tokens import SCOPES, issue_token

from .world import World
from .writes import noticed_writes

pytestmark = pytest.mark.django_db
ROLES = ("anonymous", "enterprise", "reporter", "other_officer", "officer", "reviewer", "auditor", "administrator")
# Which object of the world stands for a place in a path.
PLACES: dict[str, Any] = {
    "batch_id": "batch", "chain_id": "chain", "change_id": "change", "doubt_id": "doubt", "other_id": "firm", "code": "120106", "comment_id": "comment", "document_id": "document", "evaluation_id": "evaluation",
    "extraction_id": "extraction", "fact_id": "region_fact", "file_id": "evidence", "idea_id": "idea", "index": 0, "indicator_id": "indicator", "kind": "csv",
    "membership_id": "membership", "metric": "hnte_valid", "number": "snapshot", "observation_id": "observation",
    "organisation_id": "own", "peer_id": "peer", "person_id": "person", "plan_id": "plan", "problem_id": "problem",
    "report_id": "report", "reviewer_id": "reviewer", "round_id": "round", "row_id": "quarantined", "target_id": "target", "result_id": "result", "scheme_id": "scheme", "task_id": "task", "token_id": 1,
    "unit_id": "task_unit", "register_code": "envoys", "entry_number": "TKT-2026-0001", "step": "finish", "field": "agreement",
    "edition_id": "edition", "view_id": "view",
}  # fmt: skip
OTHER_PLACES = {
    "get_metric": {"code": "hnte_valid"},
    "get_plan_document": {"plan_id": "read_plan"},
    "read_plan_again": {"plan_id": "read_plan"},
    "get_plan_text": {"plan_id": "read_plan"},
    "list_extractions": {"plan_id": "read_plan"},
    "get_extraction": {"plan_id": "read_plan"},
    "preview_publishing": {"plan_id": "read_plan"},
    "download_evaluation_file": {"file_id": "evaluation_file"},
    "download_entry_file": {"file_id": "entry_file"},
    "find_register_references": {"kind": "envoys"},
}
# What a query must name.
QUERIES = {
    "find_candidates": "?name=天津试验科技有限公司",
    "suggest_metrics": "?name=高新技术企业数量",
    "list_import_mappings": "?kind=organisations&region=120106",
    "list_region_facts": "?first=2024&last=2025",
}


def operations() -> Iterator[tuple[str, str, str]]:
    """(name, method, path) of every operation."""
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1").get("paths", {}).items():
        for method, operation in methods.items():
            yield operation["operationId"], method, path


def filled(name: str, path: str, world: World) -> str:
    def value(match: re.Match[str]) -> str:
        place = OTHER_PLACES.get(name, {}).get(match.group(1), PLACES[match.group(1)])
        return str(world.ids.get(place, place) if isinstance(place, str) else place)

    return re.sub(r"\{(\w+)\}", value, path) + QUERIES.get(name, "")


def client_for(actor: Actor, *, by_token: bool) -> Client:
    if not actor.signed_in:
        return Client()
    if by_token:
        now = timezone.now()
        _token, secret = issue_token(name="试验", scopes=SCOPES, expires_at=now + timedelta(days=1), by=actor, at=now)
        return Client(headers={"authorization": f"Bearer {secret}"})
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def call(client: Client, method: str, path: str) -> Any:
    """Call with an empty body, and undo whatever it did."""
    with transaction.atomic():
        response = client.generic(method.upper(), path, json.dumps({}) if method != "get" else "", content_type="application/json")
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("role", ROLES)
def test_the_gate_lets_through_whom_the_table_names(world: World, role: str) -> None:
    actor = world[role]
    clients = {by_token: client_for(actor, by_token=by_token) for by_token in (True, False)}
    wrong = []
    for name, method, path in operations():
        cache.clear()
        guard, scope = ACCESS[name]
        response = call(clients[scope != PAGES_ONLY], method, filled(name, path, world))
        said = f"{name} ({guard.name}): {response.status_code} {response.content.decode()[:200] if not response.streaming else ''}"
        refused = response.status_code in (401, 403)
        if response.status_code >= 500:
            wrong.append(f"fault: {said}")
        elif guard.allows(actor):
            # Region and object are the services' own checks; what the own region's people may do at all must get past them.
            if response.status_code == 401 or (refused and role == "administrator"):
                wrong.append(f"should get through: {said}")
        elif response.status_code != (403 if actor.signed_in else 401):
            wrong.append(f"should be refused: {said}")
    assert not wrong, "\n".join(wrong)


def test_reading_changes_nothing(world: World) -> None:
    client = client_for(world["administrator"], by_token=False)
    wrong = []
    for name, method, path in operations():
        if method != "get":
            continue
        cache.clear()
        with noticed_writes() as writes:
            response = client.get(filled(name, path, world))
            if response.streaming:
                response.getvalue()
        if response.status_code != 200:
            wrong.append(f"{name}: {response.status_code} {response.content.decode()[:200]}")
        if writes:
            wrong.append(f"{name} writes: {writes}")
    assert not wrong, "\n".join(wrong)


def test_every_place_of_a_path_is_known() -> None:
    """A new operation with a new place must say which object of the world stands for it."""
    places = {place for _name, _method, path in operations() for place in re.findall(r"\{(\w+)\}", path)}
    assert not places - set(PLACES)
