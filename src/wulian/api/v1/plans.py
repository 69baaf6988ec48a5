"""Plans: the list, one plan with its indicators judged on a date, and what an officer does with it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.chains.governance.selectors.evaluation import evaluation_content, evaluations_of, get_evaluation
from wulian.chains.governance.selectors.indicator_page import plan_differences
from wulian.chains.governance.selectors.indicators import Overview as PlanOverview
from wulian.chains.governance.selectors.indicators import Row, plan_overview
from wulian.chains.governance.selectors.plans import PlanItem, get_plan, plans_list, relatives
from wulian.chains.governance.services import plans as acts
from wulian.chains.governance.services.computing import compute_plan
from wulian.chains.governance.services.evaluations import freeze_evaluation
from wulian.chains.governance.services.publishing import publish_reviewed_plan, return_to_review
from wulian.chains.governance.status import LABELS, RULES
from wulian.portal.plans.reports import render_documents

from .operations import Subject
from .shapes import Day, Id, In, Line, Number, On, Page, Paging, RegionCode, Text, Version, Word, Year, actor, page, translate

subject = Subject("plans")
PlanState = Literal["draft", "published", "closed"]
StatusCode = Literal["met", "on_track", "slow", "behind", "no_data", "not_set", "qualitative"]


class PlanRef(Schema):
    id: int
    title: str
    short_title: str
    region: str
    first_year: int
    last_year: int
    state: PlanState

    @staticmethod
    def resolve_region(plan: Any) -> str:
        return str(plan.region_id)


class PlanOut(PlanRef):
    document_number: str
    issuer: str
    issued_on: date | None
    base_year: int | None
    parent_id: int | None
    predecessor_id: int | None
    is_synthetic: bool
    version: int
    created_at: datetime
    published_at: datetime | None


class PlanLine(Schema):
    """A plan in a list: its indicators counted by status on the date, and the finding in a sentence."""

    plan: PlanRef
    counts: dict[StatusCode, int]
    finding: str
    tasks: int


class Relatives(Schema):
    parent: PlanRef | None
    predecessor: PlanRef | None
    children: list[PlanRef]
    successors: list[PlanRef]


class Status(Schema):
    """How an indicator stands on a date. `rule` says why in a sentence; `observation` is the value that was judged."""

    id: int
    name: str
    unit: str
    kind: str
    composite: int | None
    owner: str | None
    status: StatusCode
    status_label: str
    rule: str
    value: Number | None
    value_on: date | None
    observation: int | None
    baseline: Number | None
    milestone: Number | None
    milestone_on: date | None
    milestone_computed: bool
    final: Number | None
    final_state: str
    completion: Number | None
    gap: Number | None
    components: list[Status]


class Overview(Schema):
    plan: PlanRef
    on: date
    counts: dict[StatusCode, int]
    finding: str
    indicators: list[Status]


class DifferenceLine(Schema):
    """A report and the computed value of the same date that disagree; `difference` is reported minus computed."""

    indicator: int
    name: str
    as_of: date
    reported: Number
    computed: Number
    difference: Number


class RuleOut(Schema):
    statuses: dict[StatusCode, str]
    rules: list[str]


class Computed(Schema):
    written: int
    unchanged: int
    unknown: int


class EvaluationRef(Schema):
    id: int
    name: str
    as_of: date
    frozen_at: datetime
    is_public: bool


class EvaluationFile(Schema):
    id: int
    name: str


class EvaluationOut(EvaluationRef):
    """`content`: every figure and judgement as it was shown."""

    content: dict[str, Any]
    files: list[EvaluationFile]

    @staticmethod
    def resolve_files(evaluation: Any) -> Any:
        return list(evaluation.files.all())


Title = Annotated[Line, Field(min_length=1, max_length=200)]


class PlanIn(In):
    title: Title
    region: RegionCode
    first_year: Year
    last_year: Year
    short_title: Annotated[Word, Field(max_length=60)] = ""
    base_year: Year | None = None
    document_number: Word = ""
    issuer: Annotated[Line, Field(max_length=120)] = ""
    issued_on: Day | None = None
    parent_id: Id | None = None
    predecessor_id: Id | None = None


class PlanChange(In):
    """What is left out stays as it is."""

    version: Version
    title: Title | None = None
    first_year: Year | None = None
    last_year: Year | None = None
    short_title: Annotated[Word, Field(max_length=60)] | None = None
    base_year: Year | None = None
    document_number: Word | None = None
    issuer: Annotated[Line, Field(max_length=120)] | None = None
    issued_on: Day | None = None
    parent_id: Id | None = None
    predecessor_id: Id | None = None


class Because(In):
    reason: Text


class PublishIn(In):
    version: Version | None = None


class ComputeIn(In):
    on: Day | None = None


class FreezeIn(In):
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    on: Day


class PlansQuery(On):
    region: RegionCode | None = None
    state: PlanState | Literal[""] = ""
    period: Literal["", "current", "past", "coming"] = ""
    search: Line = ""


def status_row(row: Row) -> dict[str, Any]:
    indicator, judgement = row.indicator, row.judgement
    return {
        "id": indicator.pk,
        "name": indicator.name,
        "unit": indicator.unit,
        "kind": indicator.kind,
        "composite": indicator.composite_id,
        "owner": indicator.owner.name if indicator.owner else None,
        "status": row.code.value,
        "status_label": translate(LABELS[row.code]),
        "rule": row.rule,
        "value": row.value,
        "value_on": row.value_on,
        "observation": row.observation_id,
        "baseline": row.baseline,
        "milestone": row.milestone,
        "milestone_on": judgement.milestone_on if judgement else None,
        "milestone_computed": bool(judgement and judgement.milestone_computed),
        "final": row.final,
        "final_state": row.final_state,
        "completion": judgement.completion if judgement else None,
        "gap": judgement.gap if judgement else None,
        "components": [status_row(component) for component in row.components],
    }


def plan_line(item: PlanItem) -> dict[str, Any]:
    return {"plan": item.plan, "counts": item.overview.counts, "finding": item.overview.finding, "tasks": item.tasks}


def overview_row(found: PlanOverview) -> dict[str, Any]:
    names = ("plan", "on", "counts", "finding")
    return {**{name: getattr(found, name) for name in names}, "indicators": [status_row(row) for row in found.rows]}


@subject.get("/plans", "list_plans", Page[PlanLine])
def list_plans(request: HttpRequest, query: Query[PlansQuery], paging: Query[Paging]) -> Any:
    """Plans that the caller may see: published ones, and drafts of the own region."""
    found = plans_list(actor(request), query.day, region=query.region, state=query.state, text=query.search, period=query.period)
    return page([plan_line(item) for item in found], paging)


@subject.post("/plans", "create_plan", PlanOut, status=201)
def create_plan(request: HttpRequest, body: PlanIn) -> Any:
    """A new draft without a document; a plan with its document is uploaded instead."""
    return acts.create_plan(by=actor(request), at=timezone.now(), **body.dict())


@subject.get("/status-rules", "get_status_rules", RuleOut)
def status_rules(request: HttpRequest) -> Any:
    """How an indicator is judged, word for word."""
    return {"statuses": {code.value: translate(label) for code, label in LABELS.items()}, "rules": [translate(rule) for rule in RULES]}


@subject.get("/plans/{plan_id}", "get_plan", PlanOut)
def plan(request: HttpRequest, plan_id: Id) -> Any:
    """One plan."""
    return get_plan(actor(request), plan_id)


@subject.patch("/plans/{plan_id}", "edit_plan", PlanOut)
def edit_plan(request: HttpRequest, plan_id: Id, body: PlanChange) -> Any:
    """Change what is given."""
    return acts.edit_plan(by=actor(request), at=timezone.now(), plan_id=plan_id, **body.dict(exclude_unset=True))


@subject.get("/plans/{plan_id}/relatives", "get_plan_relatives", Relatives)
def plan_relatives(request: HttpRequest, plan_id: Id) -> Any:
    """The plans above, before, below and after it."""
    found = relatives(actor(request), get_plan(actor(request), plan_id))
    return {name: getattr(found, name) for name in ("parent", "predecessor", "children", "successors")}


@subject.get("/plans/{plan_id}/overview", "get_plan_overview", Overview)
def overview(request: HttpRequest, plan_id: Id, query: Query[On]) -> Any:
    """All indicators of a plan judged on a date."""
    return overview_row(plan_overview(actor(request), get_plan(actor(request), plan_id), query.day))


@subject.get("/plans/{plan_id}/differences", "list_plan_differences", Page[DifferenceLine])
def differences(request: HttpRequest, plan_id: Id, paging: Query[Paging]) -> Any:
    """Where a report and the computed value of the same date disagree, newest first."""
    rows = [
        {
            "indicator": indicator.pk,
            "name": indicator.name,
            "as_of": pair.as_of,
            "reported": pair.reported.value if pair.reported else None,
            "computed": pair.computed.value if pair.computed else None,
            "difference": pair.difference or Decimal(0),
        }
        for indicator, pair in plan_differences(actor(request), get_plan(actor(request), plan_id))
    ]
    return page(rows, paging)


@subject.post("/plans/{plan_id}/publish", "publish_plan", PlanOut)
def publish(request: HttpRequest, plan_id: Id, body: PublishIn) -> Any:
    """Publish: a plan read from a document with what was decided in its review, any other as it stands."""
    return publish_reviewed_plan(by=actor(request), at=timezone.now(), plan_id=plan_id, version=body.version)


@subject.post("/plans/{plan_id}/unpublish", "unpublish_plan", PlanOut)
def unpublish(request: HttpRequest, plan_id: Id, body: Because) -> Any:
    """Back to draft, with a reason."""
    return return_to_review(by=actor(request), at=timezone.now(), plan_id=plan_id, reason=body.reason)


@subject.post("/plans/{plan_id}/close", "close_plan", PlanOut)
def close(request: HttpRequest, plan_id: Id) -> Any:
    """End a plan whose period is over."""
    return acts.close_plan(by=actor(request), at=timezone.now(), on=timezone.localdate(), plan_id=plan_id)


@subject.post("/plans/{plan_id}/reopen", "reopen_plan", PlanOut)
def reopen(request: HttpRequest, plan_id: Id, body: Because) -> Any:
    """Open a closed plan again, with a reason."""
    return acts.reopen_plan(by=actor(request), at=timezone.now(), plan_id=plan_id, reason=body.reason)


@subject.post("/plans/{plan_id}/compute", "compute_plan", Computed)
def compute(request: HttpRequest, plan_id: Id, body: ComputeIn) -> Any:
    """Compute every bound indicator on a date and keep the values as observations with their snapshots."""
    return compute_plan(by=actor(request), at=timezone.now(), plan_id=plan_id, on=body.on or timezone.localdate())


@subject.get("/plans/{plan_id}/evaluation", "evaluate_plan", dict[str, Any])
def evaluation(request: HttpRequest, plan_id: Id, query: Query[On]) -> Any:
    """The evaluation of a plan at a date, as its page shows it. Figures are strings as printed; a missing one is a dash."""
    return evaluation_content(actor(request), get_plan(actor(request), plan_id), query.day)


@subject.get("/plans/{plan_id}/evaluations", "list_evaluations", list[EvaluationRef])
def evaluations(request: HttpRequest, plan_id: Id) -> Any:
    """Evaluations of a plan that were frozen, newest first."""
    return evaluations_of(actor(request), get_plan(actor(request), plan_id))


@subject.post("/plans/{plan_id}/evaluations", "freeze_evaluation", EvaluationOut, status=201)
def freeze(request: HttpRequest, plan_id: Id, body: FreezeIn) -> Any:
    """Keep the evaluation of a plan at a date under a name, with its documents; it never changes again."""
    return freeze_evaluation(by=actor(request), at=timezone.now(), plan_id=plan_id, on=body.on, name=body.name, render=render_documents)


@subject.get("/evaluations/{evaluation_id}", "get_evaluation", EvaluationOut)
def frozen_evaluation(request: HttpRequest, evaluation_id: Id) -> Any:
    """A frozen evaluation as it was."""
    return get_evaluation(actor(request), evaluation_id)
