"""The pages of tasks, rounds, problems and meetings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from tests.chains.governance.conftest import AT
from wulian.chains.governance.models import Plan, PlanTask, Problem, ReportingRound
from wulian.chains.governance.services import tasks
from wulian.chains.governance.services.tasks import UnitOfTask
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor

pytestmark = pytest.mark.django_db


def text_of(response: object) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


@pytest.fixture
def plan(officer: Actor, reporter: Actor) -> Plan:
    plan = Plan.objects.create(
        title="行动方案", short_title="行动方案", region_id="120106", first_year=2024, last_year=2026, state="published", created_at=AT
    )
    trade = Organisation.objects.get(name="红桥区商务局")
    units = [UnitOfTask("区商务局", "lead", trade.pk), UnitOfTask("各区人民政府", "participant"), UnitOfTask("区财证局", "participant")]
    tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="搭建平台", number="（一）", units=units)
    tasks.add_task(by=officer, at=AT, plan_id=plan.pk, title="=加强宣传", number="（二）")
    return plan


@pytest.fixture
def client(officer: Actor, client_of: Callable[[Actor], Client]) -> Client:
    return client_of(officer)


@pytest.fixture
def opened(client: Client, plan: Plan) -> ReportingRound:
    today = timezone.localdate()
    sent = {"plan": plan.pk, "name": "一季度", "as_of": str(today), "due_on": str(today + timedelta(days=5))}
    assert client.post("/rounds/new/", sent).status_code == 302
    return ReportingRound.objects.get()


def test_the_list_names_its_finding_and_exports_exactly_itself(client: Client, plan: Plan) -> None:
    assert "2 项任务：1 项原文未列责任单位" in text_of(client.get("/tasks/"))
    response = client.get("/tasks/?state=no_units&format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert [row[2] for row in rows[1:]] == ["'=加强宣传"]  # not run as a formula
    assert client.get("/tasks/?format=docx").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/tasks/?unit=1&role=lead&plan=1&state=late&sort=-title", "/tasks/?unit=x&page=99", "/rounds/", "/problems/?view=board&state=late"],
)
def test_pages_open_with_any_filter(client: Client, plan: Plan, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_public_reads_tasks_and_nothing_inside(plan: Plan, opened: ReportingRound) -> None:
    public = Client()
    assert "搭建平台" in text_of(public.get("/tasks/"))
    assert "没报过" not in text_of(public.get("/tasks/"))
    assert public.get(f"/tasks/{PlanTask.objects.first().pk}/").status_code == 200  # type: ignore[union-attr]
    for path in ("/rounds/", f"/rounds/{opened.pk}/", "/problems/", f"/plans/{plan.pk}/meetings/", f"/rounds/{opened.pk}/report/"):
        assert public.get(path).status_code == 302


def test_a_lead_is_assigned_a_name_matched_a_class_expanded(client: Client, plan: Plan) -> None:
    trade = Organisation.objects.get(name="红桥区商务局")
    government = Organisation.objects.create(
        name="天津市红桥区人民政府", name_key="天津市红桥区人民政府", kind="government", region_id="120106", created_at=AT, updated_at=AT
    )
    first, second = plan.tasks.order_by("position")
    client.post(f"/tasks/{second.pk}/act/", {"act": "assign", "unit": trade.pk, "role": "lead", "version": 0})
    assert second.units.get().assigned_later
    assert (
        client.post(f"/tasks/{second.pk}/act/", {"act": "assign", "unit": trade.pk, "role": "participant", "version": 0}).status_code == 409
    )
    client.post(f"/tasks/{first.pk}/act/", {"act": "match", "row": first.units.get(name_printed="区财证局").pk, "unit": trade.pk})
    assert first.units.get(name_printed="区财证局").organisation == trade
    # A district has no districts below it: the class is offered with no members.
    row = first.units.get(unit_class="all_districts")
    assert client.post(f"/tasks/{first.pk}/act/", {"act": "expand", "row": row.pk, "member": government.pk}).status_code == 422
    assert "后定" in text_of(client.get(f"/tasks/{second.pk}/"))


def test_a_unit_files_and_the_officer_decides(
    client: Client, reporter: Actor, client_of: Callable[[Actor], Client], plan: Plan, opened: ReportingRound
) -> None:
    unit = client_of(reporter)
    assert "还有 1 件没有报，剩 5 天" in text_of(unit.get(f"/rounds/{opened.pk}/report/"))
    report = opened.reports.get()
    sent = {"report": report.pk, "version": 0, "standing": "difficult", "progress": "已选址", "problem": "缺少资金", "next_step": "申请"}
    assert unit.post(f"/rounds/{opened.pk}/report/", {**sent, "progress": ""}).status_code == 422
    assert unit.post(f"/rounds/{opened.pk}/report/", sent).status_code == 302
    late = unit.post(f"/rounds/{opened.pk}/report/", {**sent, "progress": "另一个人写的"})
    assert late.status_code == 409
    assert "已选址" in text_of(late)
    assert "另一个人写的" in late.content.decode()
    report.refresh_from_db()
    act = f"/rounds/{opened.pk}/act/"
    assert unit.post(act, {"act": "accept", "report": report.pk, "version": 1}).status_code == 403
    assert client.post(act, {"act": "return", "report": report.pk, "version": 1, "reason": ""}).status_code == 422
    assert client.post(act, {"act": "return", "report": report.pk, "version": 1, "reason": "缺佐证"}).status_code == 302
    assert "缺佐证" in text_of(unit.get(f"/rounds/{opened.pk}/report/"))
    assert client.post(act, {"act": "remind"}).status_code == 302
    assert "缺少资金" in text_of(client.get(f"/rounds/{opened.pk}/"))
    assert client.get(f"/rounds/{opened.pk}/?format=xlsx").status_code == 200
    assert client.post(act, {"act": "close"}).status_code == 302
    assert unit.post(f"/rounds/{opened.pk}/report/", {**sent, "version": 2}).status_code == 422
    assert client.post(act, {"act": "reopen", "reason": "补报", "due_on": "never"}).status_code == 422


def test_a_problem_goes_its_way_on_the_page(client: Client, plan: Plan) -> None:
    assert client.post("/problems/new/", {"plan": plan.pk, "title": ""}).status_code == 422
    assert client.post("/problems/new/", {"plan": plan.pk, "title": "缺少场地"}).status_code == 302
    problem = Problem.objects.get()
    act = f"/problems/{problem.pk}/act/"
    trade = Organisation.objects.get(name="红桥区商务局")
    client.post(act, {"act": "assign", "version": 0, "owner": trade.pk, "due_on": "2026-12-31"})
    client.post(act, {"act": "handle", "version": 1, "closing_note": "已租用"})
    assert client.post(act, {"act": "handle", "version": 1, "closing_note": "再报一次"}).status_code == 409
    client.post(act, {"act": "close", "version": 2})
    problem.refresh_from_db()
    assert problem.state == "closed"
    shown = text_of(client.get(f"/problems/{problem.pk}/"))
    assert "已租用" in shown
    assert "销号" in shown
    client.post(act, {"act": "reopen", "version": 3, "reason": "又满了"})
    assert "又满了" in text_of(client.get(f"/problems/{problem.pk}/"))
    assert "缺少场地" in text_of(client.get("/problems/?view=board"))


def test_a_meeting_is_recorded_with_its_decisions(client: Client, plan: Plan) -> None:
    address = f"/plans/{plan.pk}/meetings/"
    assert "还没有调度会记录" in text_of(client.get(address))
    task = plan.tasks.first()
    assert task is not None
    sent = {"name": "第一次调度会", "held_on": "2026-03-01", "d0-text": "月底前选址", "d0-task": task.pk, "d0-due_on": "2026-03-31"}
    assert client.post(address, {**sent, "held_on": "x"}).status_code == 200
    assert client.post(address, sent).status_code == 302
    assert "月底前选址" in text_of(client.get(address))
    assert Problem.objects.get().task == task


def test_the_empty_pages_say_what_to_do(client: Client, tianjin: None) -> None:
    assert "先上传一份并发布" in text_of(client.get("/tasks/"))
    assert "规划发布后" in text_of(client.get("/rounds/"))
    assert "上传规划" in text_of(client.get("/rounds/new/"))
    assert "没有登记的问题" in text_of(client.get("/problems/"))


def test_a_practice_of_elsewhere_is_put_to_a_task_and_decided(client: Client, plan: Plan) -> None:
    task = PlanTask.objects.order_by("position")[0]
    page = client.get(f"/ideas/new/?task={task.pk}")
    assert "搭建平台" in text_of(page)
    sent = {"task": task.pk, "area": "某市", "practice": "按场景开放试点", "source": "某市公报", "dated_on": "2025-06-01"}
    refused = client.post(f"/ideas/new/?task={task.pk}", {**sent, "link": "javascript:alert(1)"})
    assert refused.status_code == 422
    assert "按场景开放试点" in text_of(refused), "what was typed stays"
    proof = io.BytesIO("公报".encode())
    proof.name = "公报.txt"
    assert client.post(f"/ideas/new/?task={task.pk}", {**sent, "file": proof}).status_code == 302
    idea = task.ideas.get()
    shown = client.get(f"/tasks/{task.pk}/")
    assert "按场景开放试点" in text_of(shown)
    assert client.get(f"/ideas/{idea.pk}/file/").getvalue().decode() == "公报"
    client.post(f"/ideas/{idea.pk}/decide/", {"version": 0, "state": "taken_up", "reason": "条件相近"})
    assert "已采用" in text_of(client.get(f"/tasks/{task.pk}/"))
    assert "按场景开放试点" not in text_of(Client().get(f"/tasks/{task.pk}/"))
