"""All routes of the URL conf by name, and an address for each in the small world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver, reverse

from .world import World

# Which object of the world stands for a place, by the place's name; per route where the name alone does not tell.
PLACES: dict[str, Any] = {
    "batch_id": "batch", "chain_id": "chain", "change_id": "change", "doubt_id": "doubt", "comment_id": "comment", "evaluation_id": "evaluation", "file_id": "evidence", "indicator_id": "indicator",
    "key": "abc-def", "register": "envoys", "membership_id": "membership", "metric": "hnte_valid", "format": "csv", "kind": "csv", "notice_id": 1,
    "number": "snapshot", "observation_id": "observation", "organisation_id": "own", "peer_id": "peer", "person_id": "person",
    "plan_id": "plan", "pk": "plan", "row_id": "quarantined", "row": "extraction", "target_id": "target", "result_id": "result", "scheme_id": "scheme", "score_id": "score", "token_id": 1,
    "provider_id": "oidc", "reviewer_id": "reviewer", "uidb36": "1", "user_id": 1, "code": "120106", "unit_id": "task_unit",
}  # fmt: skip
REGISTER = {"register": "envoys", "number": "TKT-2026-0001", "step": "finish", "field": "agreement", "file": "entry_file"}
OTHER_PLACES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("entry", "entry_edit", "entry_step", "entry_void", "entry_restore", "entry_file"), REGISTER),
    "register_pick": {"kind": "organisation"},
    "entry_by_id": {"entry_id": "entry"},
    "register_view_delete": {"view_id": "view"},
    "register_edition": {"edition_id": "edition"},
    "register_edition_export": {"edition_id": "edition"},
    "appraisal_weights": {"organisation_id": "weighed_unit"},
    "evaluation_file": {"file_id": "evaluation_file"},
    "idea_decide": {"pk": "idea"},
    "idea_file": {"pk": "idea"},
    "import_start": {"batch_id": "waiting_batch"},
    "plan_details": {"pk": "read_plan"},
    "plan_publish": {"pk": "read_plan"},
    "plan_link_chain": {"pk": "read_plan"},
    "plan_review_task": {"pk": "read_plan", "row": "task_extraction"},
    "plan_review_unit": {"pk": "read_plan", "row": "task_extraction"},
    "problem": {"pk": "problem"},
    "problem_act": {"pk": "problem"},
    "region_fact_decide": {"number": "region_fact"},
    "round": {"pk": "round"},
    "round_act": {"pk": "round"},
    "round_report": {"pk": "round"},
    "task": {"pk": "task"},
    "task_act": {"pk": "task"},
}
# What a route must be asked with.
QUERIES: dict[str, str] = {"region_facts": "?region=120106", "register_move": "?step=finish&all=1"}


@dataclass(frozen=True, slots=True)
class Route:
    namespaces: tuple[str, ...]
    name: str
    places: tuple[str, ...]
    view: str


def routes(patterns: Any = None, namespaces: tuple[str, ...] = (), places: tuple[str, ...] = ()) -> Iterator[Route]:
    """Every route of the installation."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        inner = (*places, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, (*namespaces, pattern.namespace) if pattern.namespace else namespaces, inner)
        else:
            yield Route(namespaces, pattern.name or "", inner, pattern.lookup_str)


def own_routes() -> list[Route]:
    """Named routes without a namespace: those of the pages and of the sign-in library."""
    return [route for route in routes() if not route.namespaces and route.name]


def address(route: Route, world: World) -> str:
    name, places = route.name, {}
    for place in route.places:
        value = OTHER_PLACES.get(name, {}).get(place)
        if value is None and name.startswith("plan_re") and place == "pk":
            value = "read_plan"
        if value is None:
            value = PLACES[place]
        places[place] = world.ids.get(value, value) if isinstance(value, str) else value
    return str(reverse(name, kwargs=places)) + QUERIES.get(name, "")
