"""Tasks by unit and role, assigned leads, classes expanded on demand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from wulian.chains.governance.models import Plan, PlanTask, TaskUnit
from wulian.chains.governance.selectors import tasks as selectors
from wulian.chains.governance.services import rounds, tasks
from wulian.chains.governance.services.tasks import UnitOfTask
from wulian.chains.governance.work_errors import WrongStep
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor, Role
from wulian.kernel.errors import Conflict, Denied, Invalid, NotFound

from .conftest import AT, ON


@pytest.fixture
def trade(unit: Callable[..., Organisation]) -> Organisation:
    return unit("天津市红桥区商务局", short="红桥区商务局")


@pytest.fixture
def finance(unit: Callable[..., Organisation]) -> Organisation:
    return unit("天津市红桥区财政局")


@pytest.fixture
def plan(tianjin: None) -> Plan:
    return Plan.objects.create(
        title="行动方案", short_title="行动方案", region_id="120106", first_year=2024, last_year=2026, state="published", created_at=AT
    )


@pytest.fixture
def task(officer: Actor, plan: Plan, trade: Organisation) -> PlanTask:
    units = [UnitOfTask("区商务局", "participant", trade.pk), UnitOfTask("各区人民政府", "participant")]
    return tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="搭建平台", units=units)


def test_units_are_kept_as_printed_and_classes_are_known(task: PlanTask, trade: Organisation) -> None:
    found = list(task.units.order_by("position").values_list("name_printed", "organisation_id", "unit_class"))
    assert found == [("区商务局", trade.pk, ""), ("各区人民政府", None, "all_districts")]


def test_a_task_without_lead_is_flagged_until_one_is_assigned(officer: Actor, task: PlanTask, trade: Organisation) -> None:
    assert selectors.task_list(viewer=officer, on=ON).finding == "1 项任务：1 项没有牵头单位"
    row = tasks.assign_unit(by=officer, at=AT, task_id=task.pk, organisation_id=trade.pk, role="lead", reason="会议议定")
    assert row.assigned_later
    listed = selectors.task_list(viewer=officer, on=ON)
    assert listed.counts["no_lead"] == 0
    # The participation that the plan prints stays beside the lead assigned later.
    assert sorted(task.units.filter(organisation=trade).values_list("role", flat=True)) == ["lead", "participant"]
    with pytest.raises(WrongStep):
        tasks.assign_unit(by=officer, at=AT, task_id=task.pk, organisation_id=trade.pk, role="lead")


def test_an_assigned_unit_can_be_withdrawn_with_a_reason_a_printed_one_never(officer: Actor, task: PlanTask, finance: Organisation) -> None:
    row = tasks.assign_unit(by=officer, at=AT, task_id=task.pk, organisation_id=finance.pk, role="lead")
    with pytest.raises(Invalid):
        tasks.withdraw_unit(by=officer, at=AT, task_unit_id=row.pk, reason="")
    tasks.withdraw_unit(by=officer, at=AT, task_unit_id=row.pk, reason="改由商务局牵头")
    assert not task.units.filter(role="lead").exists()
    printed = task.units.get(name_printed="区商务局")
    with pytest.raises(WrongStep):
        tasks.withdraw_unit(by=officer, at=AT, task_unit_id=printed.pk, reason="不对")


def test_a_heading_with_tasks_below_needs_no_lead(officer: Actor, plan: Plan) -> None:
    units = [UnitOfTask("各区人民政府", "participant")]
    chapter = tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="第一章", units=units)
    assert selectors.task_list(viewer=officer, on=ON).counts["no_lead"] == 1
    tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="第一节", level=2, parent_id=chapter.pk, units=units)
    listed = selectors.task_list(viewer=officer, on=ON, state="no_lead")
    assert [line.title for line in listed.lines] == ["第一节"]


def test_a_plan_that_prints_no_units_raises_no_alarm(officer: Actor, plan: Plan) -> None:
    task = tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="加强宣传")
    listed = selectors.task_list(viewer=officer, on=ON)
    assert (listed.counts["no_lead"], listed.counts["no_units"]) == (0, 1)
    assert listed.finding == "1 项任务：1 项原文未列责任单位"
    assert [line.pk for line in selectors.task_list(viewer=officer, on=ON, state="no_units").lines] == [task.pk]


def test_only_officers_of_the_region_change_tasks_and_a_stale_page_is_told(
    officer: Actor, reporter: Actor, account: Callable[..., Actor], task: PlanTask, finance: Organisation
) -> None:
    nankai = account(Role.OFFICER, region="120104", unit="南开区科技局")
    for stranger in (reporter, nankai):
        with pytest.raises(Denied):
            tasks.assign_unit(by=stranger, at=AT, task_id=task.pk, organisation_id=finance.pk, role="lead")
    tasks.edit_task(by=officer, at=AT, task_id=task.pk, version=0, title="搭建两个平台")
    with pytest.raises(Conflict):
        tasks.edit_task(by=officer, at=AT, task_id=task.pk, version=0, title="搭建三个平台")


def test_a_class_expands_into_its_members_once(officer: Actor, city_officer: Actor, unit: Callable[..., Organisation]) -> None:
    hongqiao, nankai = unit("天津市红桥区人民政府"), unit("天津市南开区人民政府", region="120104")
    outsider = unit("天津市人民政府", region="120000")
    city = Plan.objects.create(
        title="全市方案", short_title="全市方案", region_id="120000", first_year=2025, last_year=2027, state="published", created_at=AT
    )
    task = tasks.add_task(by=city_officer, at=AT, plan_id=city.pk, title="布局载体", units=[UnitOfTask("各区人民政府", "participant")])
    row = task.units.get()
    # Before anything is written, the list already knows that the class concerns the district.
    listed = selectors.task_list(viewer=officer, on=ON, unit_id=hongqiao.pk)
    assert [line.pk for line in listed.lines] == [task.pk]
    assert listed.lines[0].roles == ["participant"]
    with pytest.raises(Invalid):
        tasks.expand_class(by=city_officer, at=AT, task_unit_id=row.pk, organisation_ids=[outsider.pk])
    assert len(tasks.expand_class(by=city_officer, at=AT, task_unit_id=row.pk, organisation_ids=[hongqiao.pk])) == 1
    added = tasks.expand_class(by=city_officer, at=AT, task_unit_id=row.pk)
    assert [one.organisation for one in added] == [nankai]
    assert tasks.expand_class(by=city_officer, at=AT, task_unit_id=row.pk) == []
    assert task.units.filter(unit_class="all_districts").count() == 1
    with pytest.raises(WrongStep):
        tasks.expand_class(by=city_officer, at=AT, task_unit_id=added[0].pk)


def test_a_printed_name_matched_once_holds_for_the_whole_plan(officer: Actor, plan: Plan, finance: Organisation) -> None:
    made = [
        tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title=title, units=[UnitOfTask("区区财政局", "participant")])
        for title in ("甲", "乙")
    ]
    assert selectors.task_list(viewer=officer, on=ON).counts["unmatched"] == 2
    tasks.match_unit(by=officer, at=AT, task_unit_id=made[0].units.get().pk, organisation_id=finance.pk)
    assert set(TaskUnit.objects.values_list("name_printed", "organisation")) == {("区区财政局", finance.pk)}


def test_a_renamed_unit_keeps_its_tasks_and_the_printed_name(officer: Actor, task: PlanTask, trade: Organisation) -> None:
    trade.name = "天津市红桥区商务和投资促进局"
    trade.save()
    listed = selectors.task_list(viewer=officer, on=ON, unit_id=trade.pk)
    assert [line.participants[0].printed for line in listed.lines] == ["区商务局"]


def test_filters_and_their_counts_agree(officer: Actor, plan: Plan, task: PlanTask, trade: Organisation, finance: Organisation) -> None:
    tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="招商", units=[UnitOfTask("区商务局", "lead", trade.pk)])
    tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="资金", units=[UnitOfTask("区财政局", "lead", finance.pk)])
    listed = selectors.task_list(viewer=officer, on=ON, unit_id=trade.pk)
    assert listed.finding == "红桥区商务局：牵头 1 项，配合 1 项"
    for role, count in listed.roles.items():
        assert selectors.task_list(viewer=officer, on=ON, unit_id=trade.pk, role=role).total == count == (1 if role else 2)
    everything = selectors.task_list(viewer=officer, on=ON)
    for state, count in everything.counts.items():
        assert selectors.task_list(viewer=officer, on=ON, state=state).total == count
    for pk, _name, count in everything.units:
        assert selectors.task_list(viewer=officer, on=ON, unit_id=pk).total == count
    assert [line.title for line in selectors.task_list(viewer=officer, on=ON, words="财政").lines] == ["资金"]
    assert selectors.task_list(viewer=officer, on=ON, words="没有的词").finding == "还没有任务"


def test_the_public_sees_tasks_of_published_plans_and_not_what_units_file(
    officer: Actor, anonymous: Actor, plan: Plan, task: PlanTask, trade: Organisation
) -> None:
    tasks.assign_unit(by=officer, at=AT, task_id=task.pk, organisation_id=trade.pk, role="lead")
    opened = rounds.open_round(by=officer, at=AT, on=ON, plan_id=plan.pk, name="一季度", as_of=ON, due_on=ON)
    rounds.file_report(
        by=officer, at=AT, on=ON, report_id=opened.reports.get().pk, version=0, standing="difficult", progress="慢", problem="缺地"
    )
    inside = selectors.task_list(viewer=officer, on=ON).lines[0]
    outside = selectors.task_list(viewer=anonymous, on=ON).lines[0]
    assert (inside.standing, inside.open_problems) == ("difficult", 1)
    assert (outside.standing, outside.open_problems) == ("", 0)
    detail = selectors.task_detail(viewer=anonymous, task_id=task.pk, on=ON)
    assert (detail.reports, detail.problems, detail.editable) == ([], [], False)
    plan.state = Plan.State.DRAFT
    plan.save()
    assert selectors.task_list(viewer=anonymous, on=ON).total == 0
    with pytest.raises(NotFound):
        selectors.task_detail(viewer=anonymous, task_id=task.pk, on=ON)


def test_a_task_is_late_the_day_after_the_deadline(officer: Actor, plan: Plan, task: PlanTask, trade: Organisation) -> None:
    tasks.assign_unit(by=officer, at=AT, task_id=task.pk, organisation_id=trade.pk, role="lead")
    rounds.open_round(by=officer, at=AT, on=ON, plan_id=plan.pk, name="一季度", as_of=ON, due_on=ON + timedelta(days=5))
    assert selectors.task_list(viewer=officer, on=ON + timedelta(days=5)).counts["late"] == 0
    assert selectors.task_list(viewer=officer, on=ON + timedelta(days=6)).counts["late"] == 1


def test_the_list_costs_the_same_for_one_and_many(
    officer: Actor, plan: Plan, trade: Organisation, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for count in (1, 30):
        for number in range(count):
            tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title=f"{count}-{number}", units=[UnitOfTask("区商务局", "lead", trade.pk)])
        with django_assert_max_num_queries(5):  # type: ignore[attr-defined]
            selectors.task_list(viewer=officer, on=ON)
