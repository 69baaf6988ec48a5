"""Chains: the same indicator through several plans, where they disagree, and peer values."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.chains.governance.selectors.chains import chain_detail, chain_suggestions, chains_list
from wulian.chains.governance.selectors.indicators import get_indicator
from wulian.chains.governance.services import chains as acts
from wulian.chains.governance.services import peers

from .indicators import TargetOut
from .observations import ObservationOut
from .operations import Subject
from .plans import PlanRef, Status, status_row
from .shapes import Day, Id, In, Line, Number, NumberIn, On, Text, Word, actor

subject = Subject("chains")


class ChainRef(Schema):
    id: int
    name: str


class ChainLine(ChainRef):
    """`indicators` and `plans`: how many of them the caller may see."""

    indicators: int
    plans: int


class LinkOut(Schema):
    """One indicator of a chain. `factor` turns its unit into the chain's; null when they cannot be compared."""

    plan: PlanRef
    status: Status
    factor: Number | None
    targets: list[TargetOut]
    observations: list[ObservationOut]


class WarningOut(Schema):
    kind: str
    text: str


class PeerOut(Schema):
    id: int
    area: str
    as_of: date
    value: Number
    unit: str
    source: str
    practice: str


class ChainOut(Schema):
    chain: ChainRef
    unit: str
    on: date
    links: list[LinkOut]
    warnings: list[WarningOut]
    peers: list[PeerOut]


class IndicatorRef(Schema):
    id: int
    name: str
    unit: str
    plan: PlanRef


class LinkIn(In):
    """Two or more indicators, or one and the name of a chain."""

    indicator_ids: list[Id] = Field(min_length=1, max_length=50)
    name: Annotated[Line, Field(max_length=120)] = ""


class PeerIn(In):
    area: Annotated[Word, Field(max_length=60)]
    as_of: Day
    value: NumberIn
    source: Annotated[Line, Field(max_length=200)]
    unit: Annotated[Word, Field(max_length=20)] = ""
    practice: Text = ""


@subject.get("/chains", "list_chains", list[ChainLine])
def list_chains(request: HttpRequest) -> Any:
    """Chains with at least one indicator that the caller may see."""
    return [
        {"id": one.chain.pk, "name": one.chain.name, "indicators": one.indicators, "plans": one.plans}
        for one in chains_list(actor(request))
    ]


@subject.post("/chains", "link_indicators", ChainRef)
def link(request: HttpRequest, body: LinkIn) -> Any:
    """Put indicators into one chain: the one that some of them are in, or a new one."""
    return acts.link_indicators(by=actor(request), at=timezone.now(), indicator_ids=body.indicator_ids, name=body.name)


@subject.get("/chains/{chain_id}", "get_chain", ChainOut)
def chain(request: HttpRequest, chain_id: Id, query: Query[On]) -> Any:
    """One chain from the city down and by period, with what the plans do not agree on."""
    found = chain_detail(actor(request), chain_id, query.day)
    links = [
        {
            "plan": one.plan,
            "status": status_row(one.row),
            "factor": one.factor,
            "targets": one.row.targets,
            "observations": one.row.observations,
        }
        for one in found.links
    ]
    return {"chain": found.chain, "unit": found.unit, "on": found.on, "links": links, "warnings": found.warnings, "peers": found.peers}


@subject.get("/indicators/{indicator_id}/chain-suggestions", "suggest_chain", list[IndicatorRef])
def suggestions(request: HttpRequest, indicator_id: Id) -> Any:
    """Indicators of related plans that may be the same, by name."""
    return chain_suggestions(actor(request), get_indicator(actor(request), indicator_id))


@subject.delete("/indicators/{indicator_id}/chain", "unlink_indicator")
def unlink(request: HttpRequest, indicator_id: Id) -> None:
    """Take an indicator out of its chain."""
    acts.unlink_indicator(by=actor(request), at=timezone.now(), indicator_id=indicator_id)


@subject.post("/chains/{chain_id}/peers", "set_peer_value", PeerOut)
def set_peer(request: HttpRequest, chain_id: Id, body: PeerIn) -> Any:
    """Enter or correct the value of another area at a date, with its source."""
    return peers.set_peer_value(by=actor(request), at=timezone.now(), chain_id=chain_id, **body.dict())


@subject.delete("/peers/{peer_id}", "remove_peer_value")
def remove_peer(request: HttpRequest, peer_id: Id) -> None:
    """Remove a peer value; the audit record keeps it."""
    peers.remove_peer_value(by=actor(request), at=timezone.now(), peer_id=peer_id)
