"""Reporting rounds: who owes what, deadlines, filing, deciding, reminding; problems and meetings that follow."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from wulian.chains.governance import jobs
from wulian.chains.governance.models import Indicator, Plan, Problem, ReportingRound, RoundReport
from wulian.chains.governance.selectors import problems as problem_selectors
from wulian.chains.governance.selectors import rounds as selectors
from wulian.chains.governance.services import indicators, problems, rounds, tasks
from wulian.chains.governance.services.problems import DecisionEntry
from wulian.chains.governance.services.tasks import UnitOfTask
from wulian.chains.governance.work_errors import NobodyToReport, NothingFiled, PastDeadline, ReasonMissing, RoundClosed, WrongStep
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor, Role
from wulian.foundation.files import store_upload
from wulian.foundation.models import Notice
from wulian.kernel.errors import Conflict, Denied, Invalid, NotFound, WulianError

from .conftest import AT, ON

DUE = ON + timedelta(days=10)


@pytest.fixture
def trade(reporter: Actor) -> Organisation:
    """The unit of the `reporter` fixture."""
    return Organisation.objects.get(name="红桥区商务局")


@pytest.fixture
def finance(unit: Callable[..., Organisation]) -> Organisation:
    return unit("天津市红桥区财政局")


@pytest.fixture
def plan(officer: Actor, trade: Organisation, finance: Organisation) -> Plan:
    plan = Plan.objects.create(
        title="行动方案", short_title="行动方案", region_id="120106", first_year=2024, last_year=2026, state="draft", created_at=AT
    )
    units = [UnitOfTask("区商务局", "lead", trade.pk), UnitOfTask("区财政局", "participant", finance.pk)]
    tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="搭建平台", units=units)
    indicators.add_indicator(by=officer, at=AT, plan_id=plan.pk, name="数字企业", unit="家", owner_id=trade.pk)
    plan.state = Plan.State.PUBLISHED
    plan.save()
    return plan


def open_round(by: Actor, plan: Plan, **over: object) -> ReportingRound:
    given: dict[str, object] = {"name": "一季度", "as_of": date(2025, 12, 31), "due_on": DUE, **over}
    return rounds.open_round(by=by, at=AT, on=ON, plan_id=plan.pk, **given)  # type: ignore[arg-type]


@pytest.fixture
def opened(officer: Actor, plan: Plan) -> ReportingRound:
    return open_round(officer, plan)


def of_task(opened: ReportingRound) -> RoundReport:
    return opened.reports.get(task__isnull=False, role="lead")


def of_indicator(opened: ReportingRound) -> RoundReport:
    return opened.reports.get(indicator__isnull=False)


def file(by: Actor, report: RoundReport, *, at: datetime = AT, on: date = ON, **over: object) -> RoundReport:
    given: dict[str, object] = {"version": report.version, "progress": "进展顺利", **over}
    return rounds.file_report(by=by, at=at, on=on, report_id=report.pk, **given)  # type: ignore[arg-type]


def test_leads_and_owners_owe_reports_participants_only_when_asked(
    officer: Actor, plan: Plan, trade: Organisation, finance: Organisation
) -> None:
    first = open_round(officer, plan)
    assert sorted(first.reports.values_list("unit", "role")) == sorted([(trade.pk, "lead"), (trade.pk, "owner")])
    second = open_round(officer, plan, name="二季度", with_participants=True)
    assert (finance.pk, "participant") in set(second.reports.values_list("unit", "role"))


def test_opening_tells_the_reporters_of_the_units(opened: ReportingRound, reporter: Actor) -> None:
    notice = Notice.objects.get(user_id=reporter.user_id)
    assert notice.due_on == DUE
    assert notice.link == f"/rounds/{opened.pk}/report/"


def test_a_class_in_the_lead_stands_for_its_members(city_officer: Actor, unit: Callable[..., Organisation]) -> None:
    governments = [unit("天津市红桥区人民政府"), unit("天津市南开区人民政府", region="120104")]
    city = Plan.objects.create(
        title="全市方案", short_title="全市方案", region_id="120000", first_year=2025, last_year=2027, state="published", created_at=AT
    )
    tasks.add_task(
        by=city_officer, at=AT, plan_id=city.pk, title="布局", units=[UnitOfTask("各区人民政府", "lead"), UnitOfTask("有关区", "lead")]
    )
    opened = open_round(city_officer, city)
    assert set(opened.reports.values_list("unit", flat=True)) == {one.pk for one in governments}


@pytest.mark.parametrize("days", [0, 1])
def test_the_deadline_may_be_today_or_later(officer: Actor, plan: Plan, days: int) -> None:
    assert open_round(officer, plan, due_on=ON + timedelta(days=days)).due_on == ON + timedelta(days=days)


def test_a_deadline_before_today_is_refused(officer: Actor, plan: Plan) -> None:
    with pytest.raises(PastDeadline):
        open_round(officer, plan, due_on=ON - timedelta(days=1))


def test_rounds_that_cannot_be_opened(officer: Actor, reporter: Actor, plan: Plan, opened: ReportingRound) -> None:
    with pytest.raises(Invalid):
        open_round(officer, plan)  # the name is used
    with pytest.raises(Denied):
        open_round(reporter, plan, name="我自己的")
    plan.tasks.all().delete()
    plan.indicators.all().delete()
    with pytest.raises(NobodyToReport):
        open_round(officer, plan, name="没有人")
    assert ReportingRound.objects.count() == 1
    plan.state = Plan.State.DRAFT
    plan.save()
    with pytest.raises(WulianError):
        open_round(officer, plan, name="草稿")


def test_the_unit_files_its_own_and_nobody_elses(
    reporter: Actor, enterprise_user: Actor, account: Callable[..., Actor], opened: ReportingRound
) -> None:
    stranger = account(Role.REPORTER, unit="红桥区人社局")
    for other in (stranger, enterprise_user):
        with pytest.raises(Denied):
            file(other, of_task(opened))
    with pytest.raises(NotFound):
        selectors.reports_to_file(viewer=stranger, round_id=opened.pk, on=ON)
    filed = file(reporter, of_task(opened), standing="under_way", next_step="签约")
    assert (filed.state, filed.standing, filed.filed_by_id) == ("filed", "under_way", reporter.user_id)


def test_an_empty_report_is_refused(reporter: Actor, opened: ReportingRound) -> None:
    with pytest.raises(NothingFiled):
        file(reporter, of_task(opened), progress=" ")
    with pytest.raises(Invalid):
        file(reporter, of_task(opened), value=Decimal(3))
    with pytest.raises(Invalid):
        file(reporter, of_task(opened), standing="nonsense")


def test_two_people_of_one_unit_at_once_the_second_is_told(reporter: Actor, account: Callable[..., Actor], opened: ReportingRound) -> None:
    colleague = account(Role.REPORTER, unit="红桥区商务局")
    report = of_task(opened)
    file(reporter, report, progress="甲")
    with pytest.raises(Conflict) as refused:
        file(colleague, report, version=0, progress="乙")
    assert refused.value.params["who"] == reporter.name
    report.refresh_from_db()
    assert report.progress == "甲"


def test_a_filed_value_becomes_a_reported_observation_and_accepting_verifies_it(
    officer: Actor, reporter: Actor, opened: ReportingRound, tmp_path: object, settings: object
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined,operator]
    evidence = store_upload(by=reporter, upload=io.BytesIO("名单".encode()), name="名单.txt", at=AT, allowed=("text",))
    report = file(reporter, of_indicator(opened), value=Decimal(88), evidence=[evidence.pk])
    observation = Indicator.objects.get().observations.get()
    assert (observation.origin, observation.value, observation.as_of, observation.verification) == (
        "reported",
        88,
        opened.as_of,
        "submitted",
    )
    assert [one.name for one in observation.evidence.all()] == ["名单.txt"]
    rounds.accept_report(by=officer, at=AT, report_id=report.pk, version=report.version)
    observation.refresh_from_db()
    assert observation.verification == "verified"


def test_returning_a_value_returns_the_observation_and_filing_again_supersedes_it(
    officer: Actor, reporter: Actor, opened: ReportingRound
) -> None:
    report = file(reporter, of_indicator(opened), value=Decimal(88))
    with pytest.raises(ReasonMissing):
        rounds.return_report(by=officer, at=AT, on=ON, report_id=report.pk, version=report.version, reason=" ")
    report = rounds.return_report(by=officer, at=AT, on=ON, report_id=report.pk, version=report.version, reason="缺名单")
    assert Indicator.objects.get().observations.get().verification == "returned"
    assert Notice.objects.filter(user_id=reporter.user_id, text__contains="缺名单").exists()
    file(reporter, report, value=Decimal(87))
    current = Indicator.objects.get().observations.get(superseded_by__isnull=True)
    assert (current.value, current.verification) == (87, "submitted")


def test_whoever_filed_a_value_does_not_verify_it(officer: Actor, opened: ReportingRound) -> None:
    report = file(officer, of_indicator(opened), value=Decimal(88))
    rounds.accept_report(by=officer, at=AT, report_id=report.pk, version=report.version)
    assert Indicator.objects.get().observations.get().verification == "submitted"


def test_decisions_follow_the_state_of_the_report(officer: Actor, reporter: Actor, opened: ReportingRound) -> None:
    report = of_task(opened)
    with pytest.raises(WrongStep):
        rounds.accept_report(by=officer, at=AT, report_id=report.pk, version=0)
    report = file(reporter, report)
    with pytest.raises(Denied):
        rounds.accept_report(by=reporter, at=AT, report_id=report.pk, version=report.version)
    report = rounds.accept_report(by=officer, at=AT, report_id=report.pk, version=report.version)
    with pytest.raises(WrongStep):
        file(reporter, report)
    report = rounds.return_report(by=officer, at=AT, on=ON, report_id=report.pk, version=report.version, reason="还要补")  # the way back
    assert file(reporter, report).state == "filed"


@pytest.mark.parametrize(
    ("filed_at", "late"),
    [
        (datetime(2026, 3, 12, 15, 59, 59, tzinfo=UTC), False),  # 23:59:59 of the deadline day in Shanghai
        (datetime(2026, 3, 12, 16, 0, 0, tzinfo=UTC), True),  # midnight in Shanghai
    ],
)
def test_the_deadline_day_ends_at_midnight_in_shanghai(reporter: Actor, opened: ReportingRound, filed_at: datetime, late: bool) -> None:
    report = file(reporter, of_task(opened), at=filed_at, on=DUE)
    assert selectors.filed_late(report) is late


@pytest.mark.parametrize(("days", "late"), [(-1, 0), (0, 0), (1, 2)])
def test_the_late_list_begins_the_day_after(officer: Actor, opened: ReportingRound, days: int, late: int) -> None:
    detail = selectors.round_detail(viewer=officer, round_id=opened.pk, on=DUE + timedelta(days=days))
    assert detail.totals["late"] == late
    assert [unit.days_late for unit in detail.late_units] == ([1] if late else [])


def test_a_closed_round_takes_nothing_and_opens_again_with_a_reason(officer: Actor, reporter: Actor, opened: ReportingRound) -> None:
    rounds.close_round(by=officer, at=AT, round_id=opened.pk)
    with pytest.raises(RoundClosed):
        file(reporter, of_task(opened))
    with pytest.raises(RoundClosed):
        rounds.remind_round(by=officer, at=AT, on=ON, round_id=opened.pk)
    with pytest.raises(ReasonMissing):
        rounds.reopen_round(by=officer, at=AT, on=ON, round_id=opened.pk, due_on=DUE, reason="")
    with pytest.raises(PastDeadline):
        rounds.reopen_round(by=officer, at=AT, on=ON, round_id=opened.pk, due_on=ON - timedelta(days=1), reason="补报")
    rounds.reopen_round(by=officer, at=AT, on=ON, round_id=opened.pk, due_on=DUE, reason="补报")
    assert file(reporter, of_task(opened)).state == "filed"


def test_units_are_reminded_once_a_day_and_only_while_they_owe(officer: Actor, reporter: Actor, opened: ReportingRound) -> None:
    told = Notice.objects.filter(user_id=reporter.user_id, key__contains="remind")
    assert rounds.remind_round(by=officer, at=AT, on=ON, round_id=opened.pk) == 1
    rounds.remind_round(by=officer, at=AT, on=ON, round_id=opened.pk)
    assert told.count() == 1
    rounds.remind_round(by=officer, at=AT, on=ON + timedelta(days=1), round_id=opened.pk)
    assert told.count() == 2
    file(reporter, of_task(opened))
    file(reporter, of_indicator(opened), value=Decimal(1))
    assert rounds.remind_round(by=officer, at=AT, on=DUE, round_id=opened.pk) == 0


@pytest.mark.parametrize(("days", "reminded"), [(4, False), (3, True), (0, True), (-5, True)])
def test_the_daily_job_reminds_near_and_past_the_deadline(system: Actor, opened: ReportingRound, days: int, reminded: bool) -> None:
    found = rounds.remind_due_reports(by=system, at=AT, on=DUE - timedelta(days=days))
    assert found == ({opened.pk: 1} if reminded else {})


def test_the_daily_job_runs_as_a_job(opened: ReportingRound) -> None:
    ReportingRound.objects.update(opened_on=date(2020, 1, 1), due_on=date(2020, 1, 2))
    assert jobs.remind_due_reports_job.enqueue().return_value == {str(opened.pk): 1}


def test_units_without_an_account_are_shown(officer: Actor, plan: Plan, finance: Organisation) -> None:
    opened = open_round(officer, plan, with_participants=True)
    detail = selectors.round_detail(viewer=officer, round_id=opened.pk, on=ON)
    assert [unit.name for unit in detail.without_account] == [finance.name]


def test_a_reporter_sees_only_the_own_unit(reporter: Actor, anonymous: Actor, officer: Actor, plan: Plan) -> None:
    opened = open_round(officer, plan, with_participants=True)
    assert {unit.name for unit in selectors.round_detail(viewer=reporter, round_id=opened.pk, on=ON).units} == {"红桥区商务局"}
    assert selectors.rounds_list(viewer=reporter, on=ON)[0].total == 2
    assert selectors.rounds_list(viewer=officer, on=ON)[0].total == 3
    assert selectors.rounds_list(viewer=anonymous, on=ON) == []
    assert len(selectors.owed_by_viewer(viewer=reporter, on=ON)) == 2


# ------------------------------------------------------------------------------------------------------------- problems


def test_a_problem_in_a_report_is_tracked_once_until_it_is_closed(
    officer: Actor, reporter: Actor, finance: Organisation, opened: ReportingRound
) -> None:
    report = file(reporter, of_task(opened), problem="缺少场地\n需要两千平方米")
    problem = Problem.objects.get()
    assert (problem.title, problem.state, problem.raised_by_unit_id) == ("缺少场地", "open", report.unit_id)
    file(reporter, report, problem="缺少场地，已找到一半")
    problem.refresh_from_db()
    assert (Problem.objects.count(), problem.title) == (1, "缺少场地，已找到一半")
    problem = problems.assign_problem(by=officer, at=AT, problem_id=problem.pk, version=problem.version, owner_id=finance.pk, due_on=DUE)
    with pytest.raises(WrongStep):
        problems.close_problem(by=officer, at=AT, problem_id=problem.pk, version=problem.version)
    with pytest.raises(Denied):
        problems.handle_problem(by=reporter, at=AT, problem_id=problem.pk, version=problem.version, closing_note="我来办")
    with pytest.raises(ReasonMissing):
        problems.handle_problem(by=officer, at=AT, problem_id=problem.pk, version=problem.version, closing_note=" ")
    problem = problems.handle_problem(by=officer, at=AT, problem_id=problem.pk, version=problem.version, closing_note="已腾出场地")
    problem = problems.close_problem(by=officer, at=AT, problem_id=problem.pk, version=problem.version)
    assert (problem.state, problem.closed_at) == ("closed", AT)
    with pytest.raises(ReasonMissing):
        problems.reopen_problem(by=officer, at=AT, problem_id=problem.pk, version=problem.version, reason="")
    problem = problems.reopen_problem(by=officer, at=AT, problem_id=problem.pk, version=problem.version, reason="场地又被占用")
    assert (problem.state, problem.closed_at, problem.closing_note) == ("open", None, "已腾出场地")


def test_the_owning_unit_handles_its_problem(officer: Actor, reporter: Actor, trade: Organisation, plan: Plan) -> None:
    problem = problems.raise_problem(by=officer, at=AT, plan_id=plan.pk, title="缺人", owner_id=trade.pk, due_on=DUE)
    handled = problems.handle_problem(by=reporter, at=AT, problem_id=problem.pk, version=0, closing_note="已招聘")
    assert handled.state == "handled"
    with pytest.raises(Conflict):
        problems.close_problem(by=officer, at=AT, problem_id=problem.pk, version=0)


def test_putting_a_problem_off_needs_a_reason(officer: Actor, plan: Plan) -> None:
    problem = problems.raise_problem(by=officer, at=AT, plan_id=plan.pk, title="缺人", due_on=DUE)
    later = DUE + timedelta(days=1)
    with pytest.raises(ReasonMissing):
        problems.assign_problem(by=officer, at=AT, problem_id=problem.pk, version=0, owner_id=None, due_on=later)
    earlier = DUE - timedelta(days=1)
    problem = problems.assign_problem(by=officer, at=AT, problem_id=problem.pk, version=0, owner_id=None, due_on=earlier)
    problem = problems.assign_problem(by=officer, at=AT, problem_id=problem.pk, version=1, owner_id=None, due_on=later, reason="等批复")
    assert problem.due_on == later


@pytest.mark.parametrize(("days", "late"), [(0, 0), (1, 1)])
def test_a_problem_is_overdue_the_day_after(officer: Actor, plan: Plan, days: int, late: int) -> None:
    problems.raise_problem(by=officer, at=AT, plan_id=plan.pk, title="缺人", due_on=DUE)
    listed = problem_selectors.problems_list(viewer=officer, on=DUE + timedelta(days=days))
    assert listed.counts["late"] == late
    assert problem_selectors.problems_list(viewer=officer, on=DUE + timedelta(days=days), state="late").counts["late"] == late
    assert [len(lines) for _code, _label, lines in listed.board] == [1, 0, 0]


def test_problems_are_seen_by_those_concerned(
    officer: Actor, reporter: Actor, anonymous: Actor, account: Callable[..., Actor], plan: Plan, trade: Organisation
) -> None:
    problem = problems.raise_problem(by=officer, at=AT, plan_id=plan.pk, title="缺人", owner_id=trade.pk)
    stranger = account(Role.REPORTER, unit="红桥区人社局")
    assert problem_selectors.problems_list(viewer=reporter, on=ON).counts[""] == 1
    for other in (stranger, anonymous):
        assert problem_selectors.problems_list(viewer=other, on=ON).counts[""] == 0
        with pytest.raises(NotFound):
            problem_selectors.problem_detail(viewer=other, problem_id=problem.pk, on=ON)


def test_decisions_of_a_meeting_are_tracked_and_the_next_round_shows_whether_they_were_done(
    officer: Actor, reporter: Actor, trade: Organisation, plan: Plan, opened: ReportingRound
) -> None:
    task = plan.tasks.get()
    file(reporter, of_task(opened), problem="缺少场地")
    raised = Problem.objects.get()
    entries = [
        DecisionEntry("协调场地", task_id=task.pk, problem_id=raised.pk),
        DecisionEntry("月底前开业", task_id=task.pk, owner_id=trade.pk, due_on=DUE),
        DecisionEntry("会议原则同意"),
    ]
    meeting = problems.record_meeting(by=officer, at=AT, plan_id=plan.pk, name="第一次调度会", held_on=ON, decisions=entries)
    assert [one.problem is not None for one in meeting.decisions.all()] == [True, True, False]
    assert Problem.objects.count() == 2
    following = rounds.open_round(
        by=officer, at=AT, on=ON + timedelta(days=30), plan_id=plan.pk, name="二季度", as_of=ON, due_on=ON + timedelta(days=40)
    )
    detail = selectors.round_detail(viewer=officer, round_id=following.pk, on=ON + timedelta(days=31))
    assert detail.previous == opened
    assert {problem.title for problem in detail.followed} == {"缺少场地", "月底前开业"}
    assert [decision.text for decision in detail.decisions] == ["协调场地", "月底前开业", "会议原则同意"]
    with pytest.raises(Invalid):
        problems.record_meeting(by=officer, at=AT, plan_id=plan.pk, name="第一次调度会", held_on=ON)
    with pytest.raises(Denied):
        problems.record_meeting(by=reporter, at=AT, plan_id=plan.pk, name="自己的会", held_on=ON)
    assert selectors.meetings_of(viewer=reporter, plan_id=plan.pk) == []


def test_a_decision_about_another_plans_task_is_refused(officer: Actor, plan: Plan) -> None:
    other = Plan.objects.create(title="别的", short_title="别的", region_id="120106", first_year=2024, last_year=2026, created_at=AT)
    task = tasks.add_task(by=officer, at=AT, plan_id=other.pk, title="别的任务")
    with pytest.raises(Invalid):
        problems.record_meeting(by=officer, at=AT, plan_id=plan.pk, name="会", held_on=ON, decisions=[DecisionEntry("做", task_id=task.pk)])
    with pytest.raises(Invalid):
        problems.record_meeting(by=officer, at=AT, plan_id=plan.pk, name="会", held_on=ON, decisions=[DecisionEntry(" ")])
    assert plan.meetings.count() == 0
