"""Indicators with their targets: reading them on a date, and setting, changing and filling targets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.chains.governance.selectors.indicator_page import indicator_page
from wulian.chains.governance.selectors.indicators import get_indicator
from wulian.chains.governance.services import indicators as acts
from wulian.chains.governance.services import targets

from .observations import ObservationOut
from .operations import Subject
from .plans import PlanRef, Status, status_row
from .shapes import Day, Id, In, Line, Number, NumberIn, On, Text, Version, Word, Year, actor

subject = Subject("indicators")
Kind = Literal["level", "per_year", "cumulative", "growth", "share", "rank", "roster"]
Attribute = Literal["", "expected", "binding"]
Direction = Literal["up", "down"]
TargetRole = Literal["baseline", "milestone", "final"]
NumberState = Literal["numbered", "assigned", "masked", "qualitative", "blank"]
Comparator = Literal["=", ">=", ">", "<=", "increase"]
Tier = Literal["main", "stretch", "upper"]
TargetOrigin = Literal["printed", "assigned", "interpolated", "revised"]
Unit = Annotated[Word, Field(max_length=20)]
Name = Annotated[Line, Field(min_length=1, max_length=120)]
Factor = Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=10, allow_inf_nan=False)]


class IndicatorOut(Schema):
    id: int
    plan_id: int
    composite_id: int | None
    chain_id: int | None
    position: int
    group: str
    name: str
    unit: str
    kind: Kind
    attribute: Attribute
    direction: Direction
    falls_by_design: bool
    scope_note: str
    owner_id: int | None
    metric: str
    metric_factor: Number
    version: int


class TargetOut(Schema):
    """`value` is null exactly when `number_state` is not `numbered`; a missing number is never zero."""

    id: int
    indicator_id: int
    year: int
    role: TargetRole
    tier: Tier
    value: Number | None
    number_state: NumberState
    comparator: Comparator
    commitment: str
    origin: TargetOrigin
    raw: str
    superseded_by_id: int | None
    reason: str
    approver: str
    approved_on: date | None
    changed_at: datetime
    version: int


class TargetChange(Schema):
    """A target that was changed with reason, and what it replaced."""

    now: TargetOut
    before: TargetOut


class ForecastOut(Schema):
    """A straight line through yearly values; [low, high] holds 80 per cent of outcomes if the line goes on. No promise."""

    on: date
    value: float
    low: float
    high: float
    slope: float
    years: int


class ComparisonOut(Schema):
    """The report and the computed value of one date. `came` and `went`: records since the computed value before."""

    as_of: date
    reported: Number | None
    computed: Number | None
    difference: Number | None
    came: int | None
    went: int | None


class IndicatorDetail(Schema):
    plan: PlanRef
    on: date
    indicator: IndicatorOut
    status: Status
    targets: list[TargetOut]
    history: list[TargetChange]
    observations: list[ObservationOut]
    comparisons: list[ComparisonOut]
    forecasts: list[ForecastOut]
    may_edit: bool
    may_report: bool


class IndicatorIn(In):
    name: Name
    unit: Unit = ""
    kind: Kind = "level"
    attribute: Attribute = ""
    direction: Direction | None = None
    falls_by_design: bool = False
    scope_note: Annotated[Line, Field(max_length=200)] = ""
    group: Annotated[Word, Field(max_length=60)] = ""
    position: Annotated[int, Field(ge=0, le=100_000)] | None = None
    owner_id: Id | None = None
    composite_id: Id | None = None
    metric: Word = ""
    metric_factor: Factor = Decimal(1)
    reason: Text = ""


class IndicatorChange(In):
    """What is left out stays. What decides the judgement needs a reason once the plan is published."""

    version: Version
    reason: Text = ""
    name: Name | None = None
    unit: Unit | None = None
    kind: Kind | None = None
    attribute: Attribute | None = None
    direction: Direction | None = None
    falls_by_design: bool | None = None
    scope_note: Annotated[Line, Field(max_length=200)] | None = None
    group: Annotated[Word, Field(max_length=60)] | None = None
    position: Annotated[int, Field(ge=0, le=100_000)] | None = None
    owner_id: Id | None = None
    composite_id: Id | None = None


class BindingIn(In):
    """`factor` turns the metric's unit into the indicator's; an empty metric takes the binding away."""

    metric: Word
    factor: Factor = Decimal(1)
    version: Version
    reason: Text = ""


class SeenTarget(In):
    """The row that you saw for this year, role and tier; (0, 0) when there was none. Anything else now is refused with 409."""

    id: Annotated[int, Field(ge=0, le=2**63 - 1)]
    version: Version


class TargetIn(In):
    """In a draft the row is written in place; in a published plan reason, approver and date are needed and the old row stays."""

    year: Year
    role: TargetRole
    value: NumberIn | None = None
    number_state: NumberState = "numbered"
    comparator: Comparator = "="
    tier: Tier = "main"
    commitment: Annotated[Word, Field(max_length=20)] = ""
    seen: SeenTarget
    reason: Text = ""
    approver: Annotated[Word, Field(max_length=60)] = ""
    approved_on: Day | None = None


class AssignedIn(In):
    """The number that a higher level has assigned, with the notice in which it stands."""

    version: Version
    value: NumberIn
    comparator: Comparator = "="
    assigned_by: Annotated[Word, Field(max_length=60)]
    document: Text
    assigned_on: Day


class TargetVersion(Schema):
    version: Version


@subject.get("/indicators/{indicator_id}", "get_indicator", IndicatorDetail)
def indicator(request: HttpRequest, indicator_id: Id, query: Query[On]) -> Any:
    """One indicator on a date: its status, targets with their history, observations and a simple forecast."""
    found = indicator_page(actor(request), indicator_id, query.day)
    return {
        "plan": found.plan,
        "on": found.on,
        "indicator": found.indicator,
        "status": status_row(found.row),
        "targets": found.targets,
        "history": [{"now": change.target, "before": change.replaced} for change in found.history],
        "observations": found.observations,
        "comparisons": [
            {
                "as_of": one.as_of,
                "reported": one.reported.value if one.reported else None,
                "computed": one.computed.value if one.computed else None,
                "difference": one.difference,
                "came": one.came,
                "went": one.went,
            }
            for one in found.comparisons
        ],
        "forecasts": found.forecasts,
        "may_edit": found.may_edit,
        "may_report": found.may_report,
    }


@subject.post("/plans/{plan_id}/indicators", "add_indicator", IndicatorOut, status=201)
def add(request: HttpRequest, plan_id: Id, body: IndicatorIn) -> Any:
    """Add an indicator, or a component of a composite."""
    return acts.add_indicator(by=actor(request), at=timezone.now(), plan_id=plan_id, **body.dict())


@subject.patch("/indicators/{indicator_id}", "edit_indicator", IndicatorOut)
def edit(request: HttpRequest, indicator_id: Id, body: IndicatorChange) -> Any:
    """Change what is given."""
    return acts.edit_indicator(by=actor(request), at=timezone.now(), indicator_id=indicator_id, **body.dict(exclude_unset=True))


@subject.post("/indicators/{indicator_id}/binding", "bind_indicator", IndicatorOut)
def bind(request: HttpRequest, indicator_id: Id, body: BindingIn) -> Any:
    """Bind to a metric, or take the binding away."""
    return acts.bind_metric(by=actor(request), at=timezone.now(), indicator_id=indicator_id, **body.dict())


@subject.delete("/indicators/{indicator_id}", "remove_indicator")
def remove(request: HttpRequest, indicator_id: Id) -> None:
    """Remove from a draft."""
    acts.remove_indicator(by=actor(request), at=timezone.now(), indicator_id=indicator_id)


@subject.get("/indicators/{indicator_id}/targets", "list_targets", list[TargetOut])
def list_targets(request: HttpRequest, indicator_id: Id) -> Any:
    """The targets that stand."""
    return list(get_indicator(actor(request), indicator_id).targets.filter(superseded_by__isnull=True).order_by("year", "tier", "id"))


@subject.post("/indicators/{indicator_id}/targets", "set_target", TargetOut)
def set_target(request: HttpRequest, indicator_id: Id, body: TargetIn) -> Any:
    """Set the target of one year, role and tier."""
    values = body.dict(exclude={"seen"})
    return targets.set_target(
        by=actor(request), at=timezone.now(), indicator_id=indicator_id, expected=(body.seen.id, body.seen.version), **values
    )


@subject.post("/indicators/{indicator_id}/targets/fill", "fill_targets", list[TargetOut])
def fill(request: HttpRequest, indicator_id: Id) -> Any:
    """Fill the years that have no milestone on a straight line, marked as computed."""
    return targets.fill_missing_years(by=actor(request), at=timezone.now(), indicator_id=indicator_id)


@subject.post("/targets/{target_id}/assign", "assign_target", TargetOut)
def assign(request: HttpRequest, target_id: Id, body: AssignedIn) -> Any:
    """Take over the number that a higher level has assigned."""
    return targets.assign_target(by=actor(request), at=timezone.now(), target_id=target_id, **body.dict())


@subject.delete("/targets/{target_id}", "remove_target")
def remove_target(request: HttpRequest, target_id: Id, query: Query[TargetVersion]) -> None:
    """Remove a target from a draft, or an interpolated milestone."""
    targets.remove_target(by=actor(request), at=timezone.now(), target_id=target_id, version=query.version)
