"""Appraisals: schemes by year and version, results, and what each score is made of."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from ninja import Schema
from pydantic import Field

from wulian.chains.governance.selectors import appraisal as selectors
from wulian.chains.governance.services import appraisal as acts
from wulian.foundation.exports import CONTENT_TYPES
from wulian.portal.appraisals.views import lines_of, result_file

from .operations import Subject
from .plans import PlanRef
from .shapes import Day, Id, In, Number, NumberIn, Text, Word, Year, actor, translate

subject = Subject("appraisals")
UnknownRule = Literal["shared", "withheld", "zero"]
ItemKey = Annotated[str, Field(pattern=r"^(indicator|task)-[1-9][0-9]{0,14}$")]


class SchemeRef(Schema):
    id: int
    plan: PlanRef
    year: int
    version: int
    unknown_rule: UnknownRule
    points: dict[str, Number]
    reason: str
    made_at: datetime


class ResultRef(Schema):
    id: int
    scheme_id: int
    as_of: date
    scored_at: datetime


class SchemeLine(Schema):
    """The current version of a plan's scheme for a year, with the latest result that the caller may see."""

    scheme: SchemeRef
    units: int
    result: ResultRef | None


class WeightOut(Schema):
    """`key` as `indicator-12` or `task-3`; the weights of a unit add up to 100."""

    key: str
    label: str
    weight: Number


class UnitWeights(Schema):
    unit_id: int
    unit: str
    weights: list[WeightOut]


class SchemeOut(Schema):
    scheme: SchemeRef
    is_current: bool
    units: list[UnitWeights]
    versions: list[SchemeRef]
    results: list[ResultRef]


class InputOut(Schema):
    """`points` and `contribution` are null for what is unknown; contributions add up to the score."""

    kind: Literal["indicator", "task"]
    id: int
    label: str
    weight: Number
    state: str
    state_label: str
    rests_on: str
    points: Number | None
    contribution: Number | None


class ScoreOut(Schema):
    id: int
    unit_id: int
    unit: str
    value: Number | None
    unknown_weight: Number
    inputs: list[InputOut]


class ResultOut(Schema):
    result: ResultRef
    scheme: SchemeRef
    finding: str
    scores: list[ScoreOut]


class SchemeIn(In):
    plan_id: Id
    year: Year


class RevisionIn(In):
    """The weights of one unit, or points and the rule for the unknown; what is left out stays as it is."""

    reason: Text
    unit_id: Id | None = None
    weights: dict[ItemKey, NumberIn] | None = None
    points: dict[Word, NumberIn] | None = None
    unknown_rule: UnknownRule | None = None


class ScoreIn(In):
    on: Day


def score_row(one: Any) -> dict[str, Any]:
    inputs = [
        {name: line[name] for name in ("kind", "id", "label", "weight", "rests_on", "points", "contribution")}
        | {"state": line["code"], "state_label": translate(line["word"])}
        for line in lines_of(one)
    ]
    own = {name: getattr(one, name) for name in ("id", "unit_id", "value", "unknown_weight")}
    return {**own, "unit": str(one.unit), "inputs": inputs}


def result_row(page: selectors.ResultPage) -> dict[str, Any]:
    return {"result": page.result, "scheme": page.result.scheme, "finding": page.finding, "scores": [score_row(one) for one in page.scores]}


def scheme_row(page: selectors.SchemePage) -> dict[str, Any]:
    units = [
        {
            "unit_id": unit.pk,
            "unit": str(unit),
            "weights": [{"key": line.item.code, "label": line.item.label, "weight": line.weight} for line in lines],
        }
        for unit, lines in page.units
    ]
    return {name: getattr(page, name) for name in ("scheme", "is_current", "versions", "results")} | {"units": units}


@subject.get("/appraisals", "list_appraisals", list[SchemeLine])
def schemes(request: HttpRequest) -> Any:
    """The current schemes by plan and year, the newest year first."""
    return selectors.schemes_list(actor(request))


@subject.post("/appraisals", "create_appraisal", SchemeOut, status=201)
def create(request: HttpRequest, body: SchemeIn) -> Any:
    """The first version for a year: every unit with what it answers for, equally weighted."""
    made = acts.draft_scheme(by=actor(request), at=timezone.now(), **body.dict())
    return scheme_row(selectors.scheme_page(actor(request), made.pk))


@subject.get("/appraisals/{scheme_id}", "get_appraisal", SchemeOut)
def scheme(request: HttpRequest, scheme_id: Id) -> Any:
    """One version with its weights, its siblings and all results of the year."""
    return scheme_row(selectors.scheme_page(actor(request), scheme_id))


@subject.post("/appraisals/{scheme_id}/revise", "revise_appraisal", SchemeOut, status=201)
def revise(request: HttpRequest, scheme_id: Id, body: RevisionIn) -> Any:
    """Change weights, points or the rule for the unknown as the next version; scores given earlier stay."""
    weights = None if body.weights is None else {key_of(key): Decimal(value) for key, value in body.weights.items()}
    points = None if body.points is None else {code: Decimal(value) for code, value in body.points.items()}
    made = acts.revise_scheme(
        by=actor(request), at=timezone.now(), scheme_id=scheme_id, reason=body.reason, unit_id=body.unit_id, weights=weights,
        points=points, unknown_rule=body.unknown_rule,
    )  # fmt: skip
    return scheme_row(selectors.scheme_page(actor(request), made.pk))


def key_of(text: str) -> tuple[str, int]:
    kind, _dash, number = text.partition("-")
    return kind, int(number)


@subject.post("/appraisals/{scheme_id}/score", "score_appraisal", ResultOut, status=201)
def score(request: HttpRequest, scheme_id: Id, body: ScoreIn) -> Any:
    """Score every unit of the current version at a date of its year."""
    made = acts.score_units(by=actor(request), at=timezone.now(), scheme_id=scheme_id, on=body.on)
    return result_row(selectors.result_page(actor(request), made.pk))


@subject.get("/appraisal-results/{result_id}", "get_appraisal_result", ResultOut)
def result(request: HttpRequest, result_id: Id) -> Any:
    """Scores with everything they were made from, the highest first; they never change."""
    return result_row(selectors.result_page(actor(request), result_id))


@subject.file("/appraisal-results/{result_id}/scores.{kind}", "export_appraisal_result", types=tuple(CONTENT_TYPES.values()))
def export(request: HttpRequest, result_id: Id, kind: Literal["csv", "xlsx"]) -> StreamingHttpResponse:
    """The same as a file, one row for each input of each score."""
    return result_file(selectors.result_page(actor(request), result_id), kind)
