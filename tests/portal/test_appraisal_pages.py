"""Pages of appraisals: from the list to the inputs of one score, and what a refused form says."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.chains.governance.made import AT, indicator, plan, published, targets
from wulian.chains.governance.models import AppraisalResult, AppraisalScheme, Plan
from wulian.chains.governance.services.tasks import UnitOfTask, add_task
from wulian.foundation.access import Actor, Role

ClientOf = Callable[[Actor], Client]
DAY = date(2025, 12, 31)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def made(officer: Actor, reporter: Actor) -> Plan:
    unit = next(iter(reporter.organisations_as(Role.REPORTER)))
    draft = plan(officer)
    targets(officer, indicator(officer, draft, owner_id=unit), {2025: "100", 2026: "120"})
    add_task(by=officer, at=AT, plan_id=draft.pk, title="培育企业", units=[UnitOfTask("红桥区商务局", "lead", unit)])
    return published(officer, draft)


def test_from_a_scheme_to_the_inputs_of_a_score(made: Plan, officer: Actor, reporter: Actor, client_of: ClientOf) -> None:
    client = client_of(officer)
    assert "还没有考核方案" in client.get(reverse("appraisals")).content.decode()
    client.post(reverse("appraisal_new"), {"plan": made.pk, "year": 2025})
    scheme = AppraisalScheme.objects.get()
    unit = next(iter(reporter.organisations_as(Role.REPORTER)))
    address = reverse("appraisal_weights", args=[scheme.pk, unit])
    fields = [bound.name for bound in client.get(address).context["form"].rows()]
    refused = client.post(address, {fields[0]: "70", fields[1]: "20", "reason": "突出指标"})
    assert refused.status_code == 422
    assert "合计 90" in refused.content.decode()
    assert 'value="70"' in refused.content.decode(), "what was typed stays"
    client.post(address, {fields[0]: "70", fields[1]: "30", "reason": "突出指标"})
    scheme = AppraisalScheme.objects.get(version=2)
    rules = reverse("appraisal_rules", args=[scheme.pk])
    points = {bound.name: bound.value() for bound in client.get(rules).context["form"].rows()}
    client.post(rules, {**points, "unknown_rule": "zero", "reason": "从严"})
    scheme = AppraisalScheme.objects.get(version=3)
    client.post(reverse("appraisal_score_now", args=[scheme.pk]), {"on": DAY.isoformat()})
    result = AppraisalResult.objects.get()
    score = result.scores.get()
    page = client.get(reverse("appraisal_result", args=[result.pk])).content.decode()
    assert reverse("appraisal_score", args=[score.pk]) in page
    opened = client.get(reverse("appraisal_score", args=[score.pk]), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in opened
    assert "按零分计" in opened
    assert "没有通过的填报" in opened


def test_the_export_holds_every_input(made: Plan, officer: Actor, client_of: ClientOf) -> None:
    client = client_of(officer)
    client.post(reverse("appraisal_new"), {"plan": made.pk, "year": 2025})
    client.post(reverse("appraisal_score_now", args=[AppraisalScheme.objects.get().pk]), {"on": DAY.isoformat()})
    result = AppraisalResult.objects.get()
    answer = client.get(reverse("appraisal_export", args=[result.pk, "xlsx"]))
    rows = list(load_workbook(io.BytesIO(answer.getvalue())).active.values)
    assert rows[0][:3] == ("单位", "得分", "类别")
    assert [row[3:5] for row in rows[1:]] == [("高新技术企业数量", 50), ("培育企业", 50)]
    assert rows[1][7] is None, "unknown is empty, not zero"
    assert client.get(reverse("appraisal_export", args=[result.pk, "pdf"])).status_code == 404


def test_in_english_states_are_english(made: Plan, officer: Actor, client_of: ClientOf) -> None:
    client = client_of(officer)
    client.post(reverse("appraisal_new"), {"plan": made.pk, "year": 2025})
    scheme = AppraisalScheme.objects.get()
    client.post(reverse("appraisal_score_now", args=[scheme.pk]), {"on": DAY.isoformat()})
    client.cookies["django_language"] = "en"
    page = client.get(reverse("appraisal_score", args=[AppraisalResult.objects.get().scores.get().pk])).content.decode()
    assert "No data" in page
    assert "no accepted report" in page
