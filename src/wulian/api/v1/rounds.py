"""Reporting rounds, what units file in them, problems and meetings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Schema
from pydantic import Field

from wulian.chains.governance.selectors.problems import ProblemLine, problem_detail, problems_list
from wulian.chains.governance.selectors.rounds import (
    RoundLine,
    filed_late,
    meetings_of,
    owed_by_viewer,
    reports_to_file,
    round_detail,
    rounds_list,
)
from wulian.chains.governance.services import problems as problem_acts
from wulian.chains.governance.services import rounds as acts

from .operations import Subject
from .shapes import Day, Id, In, Line, Number, NumberIn, On, Page, Paging, Text, Version, actor, page
from .tasks import Standing

subject = Subject("rounds")
ReportState = Literal["due", "filed", "returned", "accepted"]
ProblemState = Literal["open", "handled", "closed"]
Name = Annotated[Line, Field(min_length=1, max_length=120)]


class RoundOut(Schema):
    id: int
    plan_id: int
    name: str
    as_of: date
    opened_on: date
    due_on: date
    state: Literal["open", "closed"]
    reminded_at: datetime | None


class RoundLineOut(Schema):
    round: RoundOut
    due: int
    filed: int
    returned: int
    accepted: int
    total: int
    days_left: int
    late: bool


class ReportOut(Schema):
    """What one unit owes for one task or one indicator. `late`: filed after the deadline day."""

    id: int
    round_id: int
    unit_id: int
    unit: str
    task_id: int | None
    indicator_id: int | None
    role: str
    state: ReportState
    standing: Standing
    progress: str
    problem: str
    next_step: str
    value: Number | None
    filed_at: datetime | None
    late: bool
    returned_because: str
    version: int

    @staticmethod
    def resolve_unit(report: Any) -> str:
        return str(report.unit)

    @staticmethod
    def resolve_late(report: Any) -> bool:
        return filed_late(report)


class UnitReports(Schema):
    unit_id: int
    name: str
    has_account: bool
    days_late: int
    reports: list[ReportOut]


class RoundDetail(Schema):
    round: RoundOut
    finding: str
    days_left: int
    totals: dict[str, int]
    units: list[UnitReports]


class ToFile(Schema):
    round: RoundOut
    open: bool
    days_left: int
    finding: str
    units: list[UnitReports]


class ProblemOut(Schema):
    id: int
    plan_id: int
    task_id: int | None
    indicator_id: int | None
    report_id: int | None
    title: str
    detail: str
    owner_id: int | None
    raised_by_unit_id: int | None
    due_on: date | None
    state: ProblemState
    closing_note: str
    raised_at: datetime
    closed_at: datetime | None
    version: int


class ProblemLineOut(Schema):
    problem: ProblemOut
    days_late: int


class ProblemsOut(Page[ProblemLineOut]):
    counts: dict[str, int]
    finding: str


class ProblemEvent(Schema):
    at: datetime
    actor: str
    action: str
    reason: str


class ProblemDetail(ProblemLineOut):
    history: list[ProblemEvent]


class DecisionOut(Schema):
    position: int
    text: str
    task_id: int | None
    problem_id: int | None


class MeetingOut(Schema):
    id: int
    name: str
    held_on: date
    summary: str
    decisions: list[DecisionOut]

    @staticmethod
    def resolve_decisions(meeting: Any) -> Any:
        return list(meeting.decisions.all())


class RoundsQuery(On):
    plan: Id | None = None


class ToFileQuery(On):
    unit: Id | None = None


class ProblemsQuery(RoundsQuery):
    state: Literal["", "open", "handled", "closed", "late"] = ""
    search: Line = ""
    mine: bool = False


class RoundIn(In):
    name: Name
    as_of: Day
    due_on: Day
    with_participants: bool = False


class ReportIn(In):
    version: Version
    standing: Standing = ""
    progress: Text = ""
    problem: Text = ""
    next_step: Text = ""
    value: NumberIn | None = None
    evidence: list[Id] = Field(default_factory=list, max_length=20)


class Decide(In):
    version: Version


class ReturnReport(In):
    version: Version
    reason: Annotated[Line, Field(min_length=1)]


class ReopenRound(In):
    due_on: Day
    reason: Text


class ProblemIn(In):
    title: Annotated[Line, Field(min_length=1, max_length=200)]
    detail: Text = ""
    task_id: Id | None = None
    indicator_id: Id | None = None
    owner_id: Id | None = None
    due_on: Day | None = None


class AssignProblem(In):
    version: Version
    owner_id: Id | None
    due_on: Day | None
    reason: Text = ""


class HandleProblem(In):
    version: Version
    closing_note: Text


class ReopenProblem(In):
    version: Version
    reason: Text


class DecisionIn(In):
    text: Annotated[Text, Field(min_length=1)]
    task_id: Id | None = None
    problem_id: Id | None = None
    owner_id: Id | None = None
    due_on: Day | None = None


class MeetingIn(In):
    name: Name
    held_on: Day
    summary: Text = ""
    decisions: list[DecisionIn] = Field(default_factory=list, max_length=100)


def round_row(line: RoundLine) -> dict[str, Any]:
    names = ("round", "due", "filed", "returned", "accepted", "total", "days_left", "late")
    return {name: getattr(line, name) for name in names}


def problem_row(line: ProblemLine) -> dict[str, Any]:
    return {"problem": line.problem, "days_late": line.days_late}


@subject.get("/rounds", "list_rounds", Page[RoundLineOut])
def list_rounds(request: HttpRequest, query: Query[RoundsQuery], paging: Query[Paging]) -> Any:
    """Rounds, the next deadline first; a reporter's counts are those of the own units."""
    return page([round_row(line) for line in rounds_list(viewer=actor(request), on=query.day, plan_id=query.plan)], paging)


@subject.post("/plans/{plan_id}/rounds", "open_round", RoundOut, status=201)
def open_round(request: HttpRequest, plan_id: Id, body: RoundIn) -> Any:
    """Ask all responsible units of a published plan to report by a deadline."""
    return acts.open_round(by=actor(request), at=timezone.now(), on=timezone.localdate(), plan_id=plan_id, **body.dict())


@subject.get("/rounds/{round_id}", "get_round", RoundDetail)
def one_round(request: HttpRequest, round_id: Id, query: Query[On]) -> Any:
    """A round with its units; a reporter sees the own units only."""
    return round_detail(viewer=actor(request), round_id=round_id, on=query.day)


@subject.get("/rounds/{round_id}/to-file", "list_reports_to_file", ToFile)
def to_file(request: HttpRequest, round_id: Id, query: Query[ToFileQuery]) -> Any:
    """What the caller may file in a round."""
    return reports_to_file(viewer=actor(request), round_id=round_id, on=query.day, unit_id=query.unit)


@subject.post("/rounds/{round_id}/close", "close_round", RoundOut)
def close_round(request: HttpRequest, round_id: Id) -> Any:
    """End a round; what is still due stays due."""
    return acts.close_round(by=actor(request), at=timezone.now(), round_id=round_id)


@subject.post("/rounds/{round_id}/reopen", "reopen_round", RoundOut)
def reopen_round(request: HttpRequest, round_id: Id, body: ReopenRound) -> Any:
    """Open a closed round again with a new deadline and a reason."""
    return acts.reopen_round(by=actor(request), at=timezone.now(), on=timezone.localdate(), round_id=round_id, **body.dict())


class Reminded(Schema):
    """To how many people a notice went."""

    people: int


@subject.post("/rounds/{round_id}/remind", "remind_round", Reminded)
def remind_round(request: HttpRequest, round_id: Id) -> Any:
    """Remind the units that have not filed."""
    return {"people": acts.remind_round(by=actor(request), at=timezone.now(), on=timezone.localdate(), round_id=round_id)}


@subject.get("/reports/owed", "list_owed_reports", list[ReportOut])
def owed(request: HttpRequest, query: Query[On]) -> Any:
    """Reports that the caller's units still owe, the nearest deadline first."""
    return owed_by_viewer(viewer=actor(request), on=query.day)


@subject.post("/reports/{report_id}/file", "file_report", ReportOut)
def file_report(request: HttpRequest, report_id: Id, body: ReportIn) -> Any:
    """File what a unit owes."""
    return acts.file_report(by=actor(request), at=timezone.now(), on=timezone.localdate(), report_id=report_id, **body.dict())


@subject.post("/reports/{report_id}/accept", "accept_report", ReportOut)
def accept_report(request: HttpRequest, report_id: Id, body: Decide) -> Any:
    """Accept a filed report."""
    return acts.accept_report(by=actor(request), at=timezone.now(), report_id=report_id, version=body.version)


@subject.post("/reports/{report_id}/return", "return_report", ReportOut)
def return_report(request: HttpRequest, report_id: Id, body: ReturnReport) -> Any:
    """Send a report back to its unit, with a reason."""
    return acts.return_report(by=actor(request), at=timezone.now(), on=timezone.localdate(), report_id=report_id, **body.dict())


@subject.get("/problems", "list_problems", ProblemsOut)
def list_problems(request: HttpRequest, query: Query[ProblemsQuery], paging: Query[Paging]) -> Any:
    """Problems, overdue first."""
    found = problems_list(viewer=actor(request), on=query.day, plan_id=query.plan, state=query.state, words=query.search, mine=query.mine)
    return {**page([problem_row(line) for line in found.lines], paging), "counts": found.counts, "finding": found.finding}


@subject.post("/plans/{plan_id}/problems", "raise_problem", ProblemOut, status=201)
def raise_problem(request: HttpRequest, plan_id: Id, body: ProblemIn) -> Any:
    """Raise a problem on a plan, a task or an indicator."""
    return problem_acts.raise_problem(by=actor(request), at=timezone.now(), plan_id=plan_id, **body.dict())


@subject.get("/problems/{problem_id}", "get_problem", ProblemDetail)
def problem(request: HttpRequest, problem_id: Id, query: Query[On]) -> Any:
    """One problem with its history."""
    found = problem_detail(viewer=actor(request), problem_id=problem_id, on=query.day)
    return {**problem_row(found.line), "history": found.history}


@subject.post("/problems/{problem_id}/assign", "assign_problem", ProblemOut)
def assign_problem(request: HttpRequest, problem_id: Id, body: AssignProblem) -> Any:
    """Say who handles a problem and by when."""
    return problem_acts.assign_problem(by=actor(request), at=timezone.now(), problem_id=problem_id, **body.dict())


@subject.post("/problems/{problem_id}/handle", "handle_problem", ProblemOut)
def handle_problem(request: HttpRequest, problem_id: Id, body: HandleProblem) -> Any:
    """The owner says that it is done."""
    return problem_acts.handle_problem(by=actor(request), at=timezone.now(), problem_id=problem_id, **body.dict())


@subject.post("/problems/{problem_id}/close", "close_problem", ProblemOut)
def close_problem(request: HttpRequest, problem_id: Id, body: Decide) -> Any:
    """An officer has verified that it is done."""
    return problem_acts.close_problem(by=actor(request), at=timezone.now(), problem_id=problem_id, version=body.version)


@subject.post("/problems/{problem_id}/reopen", "reopen_problem", ProblemOut)
def reopen_problem(request: HttpRequest, problem_id: Id, body: ReopenProblem) -> Any:
    """Open a problem again, with a reason."""
    return problem_acts.reopen_problem(by=actor(request), at=timezone.now(), problem_id=problem_id, **body.dict())


@subject.get("/plans/{plan_id}/meetings", "list_meetings", list[MeetingOut])
def list_meetings(request: HttpRequest, plan_id: Id) -> Any:
    """Meetings on a plan with their decisions, newest first."""
    return meetings_of(viewer=actor(request), plan_id=plan_id)


@subject.post("/plans/{plan_id}/meetings", "record_meeting", MeetingOut, status=201)
def record_meeting(request: HttpRequest, plan_id: Id, body: MeetingIn) -> Any:
    """Keep the record of a meeting; each decision is linked to its task and to the problem that tracks it."""
    entries = [problem_acts.DecisionEntry(**one.dict()) for one in body.decisions]
    return problem_acts.record_meeting(
        by=actor(request), at=timezone.now(), plan_id=plan_id, **body.dict(exclude={"decisions"}), decisions=entries
    )
