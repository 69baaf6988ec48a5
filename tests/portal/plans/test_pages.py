"""The pages of plans and indicators: who sees what, what a person is told, and that nothing is overwritten unseen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from tests.chains.governance import made
from tests.chains.governance.made import AT, LATER
from wulian.chains.governance.models import Evaluation, Indicator, IndicatorChain, Observation, PeerValue, Plan, Target
from wulian.chains.governance.services.chains import link_indicators
from wulian.chains.governance.services.indicators import bind_metric
from wulian.chains.governance.services.observations import record_printed, report_observation
from wulian.chains.governance.services.targets import set_target
from wulian.chains.governance.status import RULES
from wulian.foundation.access import Actor, Role

DAY = date(2025, 12, 31)
AT_DAY = "?on=2025-12-31"
ClientOf = Callable[[Actor], Client]


@pytest.fixture
def plan(officer: Actor, reporter: Actor) -> Plan:
    """A published plan: one met, one behind, one to be assigned."""
    plan = made.plan(officer)
    owner = next(iter(reporter.organisations_as(Role.REPORTER)))
    for name, value in (("高新技术企业数量", "93"), ("雏鹰企业数量", "60")):
        one = made.indicator(officer, plan, name, owner_id=owner, group="创新主体")
        made.targets(officer, one, {2024: "84", 2025: "92", 2026: "102"}, base=(2023, "76"))
        record_printed(by=officer, at=AT, indicator_id=one.pk, as_of=DAY, value=Decimal(value))
    waiting = made.indicator(officer, plan, "单位GDP能耗下降", unit="%", direction="down", attribute="binding")
    set_target(by=officer, at=AT, indicator_id=waiting.pk, year=2026, role="final", number_state="assigned")
    return made.published(officer, plan)


def text(response: Any) -> str:
    return response.content.decode()


def get(client: Client, name: str, *args: Any, query: str = AT_DAY, status: int = 200) -> str:
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == status, text(response)[:2000]
    return text(response)


def one(plan: Plan, name: str = "高新技术企业数量") -> Indicator:
    return plan.indicators.get(name=name)


# --------------------------------------------------------------------------------------------------------------- reading
def test_the_title_of_a_plan_is_its_finding(plan: Plan, client: Client) -> None:
    page = get(client, "plan", plan.pk)
    assert "<h1>三项指标：一项到位，一项落后，一项未下达</h1>" in page
    assert "需要你处理" not in page
    assert 'name="move"' not in page


def test_the_list_of_plans(plan: Plan, officer: Actor, client: Client, client_of: ClientOf) -> None:
    made.plan(officer, title="还在校核的")
    assert "还在校核的" not in get(client, "plans")
    assert "一份规划，一项指标偏慢或落后" in get(client, "plans")
    assert "还在校核的" in get(client_of(officer), "plans")
    assert "没有符合条件的规划" in get(client, "plans", query="?q=没有这样的")


def test_an_empty_installation_says_what_to_do(tianjin: None, officer: Actor, client_of: ClientOf) -> None:
    assert "上传规划文本" in get(client_of(officer), "plans", query="")


def test_a_plan_without_indicators_says_what_to_do(officer: Actor, client_of: ClientOf) -> None:
    page = get(client_of(officer), "plan", made.plan(officer).pk)
    assert "还没有指标" in page
    assert reverse("indicator_add", args=[Plan.objects.get().pk]) in page


def test_hidden_things_are_not_found(officer: Actor, client: Client) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    row = record_printed(by=officer, at=AT, indicator_id=indicator.pk, as_of=DAY, value=Decimal(1))
    for name, pk in (
        ("plan", plan.pk),
        ("indicator", indicator.pk),
        ("observation", row.pk),
        ("plan_evaluation", plan.pk),
        ("plan_differences", plan.pk),
    ):
        get(client, name, pk, status=404)
    assert client.get(reverse("plan_export", args=[plan.pk, "csv"])).status_code == 404


def test_filters_search_and_sort(plan: Plan, client: Client) -> None:
    def names(query: str) -> list[str]:
        page = get(client, "plan", plan.pk, query=f"{AT_DAY}{query}")
        places = {name: page.find(f">{name}</a>") for name in ("高新技术企业数量", "雏鹰企业数量", "单位GDP能耗下降")}
        return sorted((name for name, place in places.items() if place >= 0), key=lambda name: places[name])

    assert names("&status=behind") == ["雏鹰企业数量"]
    assert names("&q=高新") == ["高新技术企业数量"]
    assert names("&sort=status")[0] == "雏鹰企业数量"
    assert names("&sort=-value")[0] != names("&sort=value")[0]
    assert names("&status=met&q=雏鹰") == []


def test_exports_are_exactly_the_list(plan: Plan, client: Client) -> None:
    response = client.get(reverse("plan_export", args=[plan.pk, "csv"]) + f"{AT_DAY}&status=behind")
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["指标", "雏鹰企业数量"]
    assert rows[1][4:10] == ["76", "60", "2025-12-31", "92", "102", "58.8"]
    response = client.get(reverse("plan_export", args=[plan.pk, "xlsx"]) + AT_DAY)
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [row[0].value for row in sheet.iter_rows()] == ["指标", "高新技术企业数量", "雏鹰企业数量", "单位GDP能耗下降"]
    assert sheet["I4"].value == "待下达"  # no zero for a missing number
    assert client.get(reverse("plan_export", args=[plan.pk, "exe"])).status_code == 404


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF-"), ("docx", b"PK\x03\x04")])
def test_the_report_is_printed(plan: Plan, client: Client, kind: str, start: bytes) -> None:
    response = client.get(reverse("plan_export", args=[plan.pk, kind]) + AT_DAY)
    assert response.content.startswith(start)


def test_an_indicator_page_answers_in_its_title(plan: Plan, client: Client) -> None:
    page = get(client, "indicator", one(plan, "雏鹰企业数量").pk)
    assert "<h1>雏鹰企业数量 60家，离节点差 32</h1>" in page
    assert "没达到节点，差距超过 10%。" in page
    assert "待上级下达" in get(client, "indicator", one(plan, "单位GDP能耗下降").pk)


def test_a_value_opens_in_the_drawer_and_as_a_page(plan: Plan, officer: Actor, client: Client) -> None:
    row = one(plan).observations.get()
    drawer = client.get(reverse("observation", args=[row.pk]), headers={"HX-Request": "true"})
    assert "<html" not in text(drawer)
    assert "93家 从哪来" in text(drawer)
    assert "<html" in get(client, "observation", row.pk)


def test_the_rules_are_published_word_for_word(client: Client, tianjin: None) -> None:
    page = get(client, "status_rules", query="")
    for rule in RULES:
        assert rule in page


@pytest.mark.parametrize("name", ["plan", "plan_evaluation", "plan_differences"])
def test_queries_do_not_grow_with_the_indicators(plan: Plan, officer: Actor, client: Client, name: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            get(client, name, plan.pk)
        return len(queries)

    count()
    few = count()
    for number in range(5):
        extra = made.indicator(officer, plan, f"又一项{number}", reason="补录")
        record_printed(by=officer, at=AT, indicator_id=extra.pk, as_of=DAY, value=Decimal(1))
    assert count() == few


# --------------------------------------------------------------------------------------------------------------- editing
def test_editing_pages_are_for_officers_of_the_region(
    plan: Plan, reporter: Actor, account: Callable[..., Actor], client_of: ClientOf
) -> None:
    elsewhere = account(Role.OFFICER, region="120104", unit="南开区科技局")
    indicator = one(plan)
    for name, pk in (
        ("plan_edit", plan.pk),
        ("indicator_add", plan.pk),
        ("indicator_edit", indicator.pk),
        ("indicator_bind", indicator.pk),
        ("indicator_chain", indicator.pk),
        ("target_edit", indicator.pk),
        ("target_assign", one(plan, "单位GDP能耗下降").targets.get().pk),
    ):
        get(client_of(reporter), name, pk, query="", status=403)
        response = client_of(elsewhere).post(reverse(name, args=[pk]), {})
        assert response.status_code in (200, 403, 422), name  # an invalid form, or refused
        get(client_of(elsewhere), name, pk, query="", status=200 if name == "plan_edit" else 403)


def test_two_officers_editing_the_same_target_in_the_portal(
    plan: Plan, officer: Actor, account: Callable[..., Actor], client_of: ClientOf
) -> None:
    second = account(Role.OFFICER, unit="红桥区科技局", username="second")
    indicator = one(plan)
    url = reverse("target_edit", args=[indicator.pk])
    opened = client_of(officer).get(f"{url}?year=2026&role=final").context["form"].initial
    form = {
        "year": 2026, "role": "final", "tier": "main", "number_state": "numbered", "comparator": "=",
        "row": opened["row"], "version": opened["version"], "reason": "评估", "approver": "区政府", "approved_on": "2026-02-01",
    }  # fmt: skip
    assert client_of(second).post(url, {**form, "value": "110"}).status_code == 302
    refused = client_of(officer).post(url, {**form, "value": "120"})
    assert refused.status_code == 409
    page = text(refused)
    assert second.name in page
    assert "110" in page  # what stands now
    assert "120" in page  # what was typed
    assert indicator.targets.get(year=2026, superseded_by__isnull=True).value == 110
    shown = refused.context["form"]
    again = client_of(officer).post(url, {**form, "value": "120", "row": shown["row"].value(), "version": shown["version"].value()})
    assert again.status_code == 302
    assert indicator.targets.get(year=2026, superseded_by__isnull=True).value == 120


def test_a_published_target_asks_for_its_grounds(plan: Plan, officer: Actor, client_of: ClientOf) -> None:
    indicator = one(plan)
    current = indicator.targets.get(year=2026)
    form = {
        "year": 2026,
        "role": "final",
        "tier": "main",
        "number_state": "numbered",
        "comparator": "=",
        "value": "110",
        "row": current.pk,
        "version": 0,
    }
    response = client_of(officer).post(reverse("target_edit", args=[indicator.pk]), form)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"reason", "approver", "approved_on"}


def test_a_stale_plan_form_shows_both(plan: Plan, officer: Actor, account: Callable[..., Actor], client_of: ClientOf) -> None:
    second = account(Role.OFFICER, unit="红桥区科技局", username="second")
    url = reverse("plan_edit", args=[plan.pk])
    form = {"title": "甲", "short_title": "甲", "first_year": 2024, "last_year": 2026, "version": plan.version}
    assert client_of(second).post(url, form).status_code == 302
    refused = client_of(officer).post(url, {**form, "title": "乙"})
    assert refused.status_code == 409
    assert second.name in text(refused)
    assert Plan.objects.get(pk=plan.pk).title == "甲"
    assert 'value="乙"' in text(refused)


def test_adding_editing_and_removing_an_indicator(officer: Actor, client_of: ClientOf) -> None:
    plan = made.plan(officer)
    client = client_of(officer)
    form = {"name": "研发投入强度", "unit": "%", "kind": "share", "direction": "up", "attribute": "expected"}
    client.post(reverse("indicator_add", args=[plan.pk]), form)
    indicator = plan.indicators.get()
    assert (indicator.kind, indicator.attribute, indicator.position) == ("share", "expected", 1)
    client.post(reverse("indicator_edit", args=[indicator.pk]), {**form, "name": "全社会研发投入强度", "version": 0})
    assert plan.indicators.get().name == "全社会研发投入强度"
    client.post(reverse("indicator_remove", args=[indicator.pk]))
    assert not plan.indicators.exists()


def test_the_states_of_a_plan(officer: Actor, client_of: ClientOf, client: Client) -> None:
    plan = made.plan(officer)
    mine = client_of(officer)
    url = reverse("plan_state", args=[plan.pk])
    mine.post(url, {"move": "publish"})
    get(client, "plan", plan.pk)
    assert mine.post(url, {"move": "unpublish"}).status_code == 422  # no reason
    mine.post(url, {"move": "unpublish", "reason": "附表有误"})
    get(client, "plan", plan.pk, status=404)
    assert mine.post(url, {"move": "fly"}).status_code == 404


def test_computing_and_filling_from_the_page(plan: Plan, officer: Actor, client_of: ClientOf) -> None:
    indicator = made.indicator(officer, plan, "有效高企", reason="补录")
    set_target(by=officer, at=LATER, indicator_id=indicator.pk, year=2026, role="final", value=Decimal(130), **made.GROUNDS)
    set_target(by=officer, at=LATER, indicator_id=indicator.pk, year=2023, role="baseline", value=Decimal(100), **made.GROUNDS)
    bind_metric(by=officer, at=LATER, indicator_id=indicator.pk, metric="hnte_valid")
    client = client_of(officer)
    response = client.post(reverse("plan_compute", args=[plan.pk]) + "?on=2025-06-30", follow=True)
    assert "2025-06-30 的值已算好" in text(response)
    days = list(Observation.objects.filter(indicator=indicator).order_by("as_of").values_list("as_of", flat=True))
    assert days == [date(2023, 12, 31), date(2024, 12, 31), date(2025, 6, 30)]
    client.post(reverse("plan_fill", args=[plan.pk]))
    assert [row.origin for row in indicator.targets.filter(role="milestone")] == ["interpolated", "interpolated"]
    target = indicator.targets.get(year=2024)
    client.post(reverse("target_remove", args=[target.pk]), {"version": target.version})
    client.post(reverse("targets_fill", args=[indicator.pk]))
    assert indicator.targets.get(year=2024).pk != target.pk


def test_a_number_from_above_is_entered(plan: Plan, officer: Actor, client_of: ClientOf) -> None:
    waiting = one(plan, "单位GDP能耗下降").targets.get()
    form = {
        "value": "14.5",
        "comparator": "<=",
        "assigned_by": "市发展改革委",
        "document": "津发改〔2026〕1号",
        "assigned_on": "2026-02-01",
        "version": 0,
    }
    client_of(officer).post(reverse("target_assign", args=[waiting.pk]), form)
    page = get(client_of(officer), "indicator", waiting.indicator_id)
    assert "津发改〔2026〕1号" in page
    assert Target.objects.get(indicator=waiting.indicator_id, superseded_by__isnull=True).origin == "assigned"


def test_binding_offers_suggestions(plan: Plan, officer: Actor, client_of: ClientOf) -> None:
    indicator = one(plan)
    client = client_of(officer)
    page = get(client, "indicator_bind", indicator.pk, query="")
    assert 'value="hnte_valid"' in page
    client.post(reverse("indicator_bind", args=[indicator.pk]), {"metric": "hnte_valid", "factor": "1", "version": indicator.version})
    assert one(plan).metric == "hnte_valid"


# ------------------------------------------------------------------------------------------------------------- reporting
def test_a_unit_reports_with_evidence_and_an_officer_verifies(
    plan: Plan, officer: Actor, reporter: Actor, client: Client, client_of: ClientOf, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    indicator = one(plan)
    url = reverse("observation_report", args=[indicator.pk]) + AT_DAY
    proof = SimpleUploadedFile("证书.pdf", b"%PDF-1.4 proof", content_type="application/pdf")
    response = client_of(reporter).post(url, {"as_of": "2025-12-31", "value": "95", "expected": "0", "evidence": proof})
    assert response.status_code == 302
    row = Observation.objects.get(indicator=indicator, origin="reported")
    assert get(client_of(reporter), "observation", row.pk, query="")
    get(client, "observation", row.pk, query="", status=404)
    file = reverse("observation_evidence", args=[row.pk, row.evidence.get().pk])
    assert b"".join(client_of(officer).get(file).streaming_content) == b"%PDF-1.4 proof"
    client_of(officer).post(reverse("observation_decide", args=[row.pk]), {"decision": "verify"})
    get(client, "observation", row.pk, query="")
    assert client.get(file).status_code == 404  # evidence is not public unless marked so


def test_a_report_that_another_has_filed_meanwhile(plan: Plan, officer: Actor, reporter: Actor, client_of: ClientOf) -> None:
    indicator = one(plan)
    report_observation(by=officer, at=AT, indicator_id=indicator.pk, as_of=DAY, value=Decimal(94))
    url = reverse("observation_report", args=[indicator.pk]) + AT_DAY
    refused = client_of(reporter).post(url, {"as_of": "2025-12-31", "value": "95", "expected": "0"})
    assert refused.status_code == 409
    assert "94" in text(refused)
    assert 'value="95"' in text(refused)


def test_wrong_evidence_keeps_what_was_typed(plan: Plan, reporter: Actor, client_of: ClientOf, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    url = reverse("observation_report", args=[one(plan).pk]) + AT_DAY
    response = client_of(reporter).post(
        url, {"as_of": "2025-12-31", "value": "95", "expected": "0", "evidence": SimpleUploadedFile("a.exe", b"MZ\x00\x00")}
    )
    assert response.status_code == 200
    assert 'value="95"' in text(response)
    assert not Observation.objects.filter(origin="reported").exists()


# ---------------------------------------------------------------------------------------------------- chains, evaluation
def test_a_chain_page_with_its_peers(plan: Plan, officer: Actor, client: Client, client_of: ClientOf) -> None:
    chain = link_indicators(by=officer, at=AT, indicator_ids=[one(plan).pk], name="高新技术企业")
    mine = client_of(officer)
    form = {"area": "某高新区", "as_of": "2024-12-31", "value": "120", "unit": "家", "source": "统计年鉴"}
    mine.post(reverse("peer_set", args=[chain.pk]), form)
    assert "某高新区" in get(client, "chain", chain.pk)
    assert mine.post(reverse("peer_set", args=[chain.pk]), {**form, "source": ""}).status_code == 422
    mine.post(reverse("peer_remove", args=[PeerValue.objects.get().pk]), {"chain": chain.pk})
    assert not PeerValue.objects.exists()
    assert "高新技术企业" in get(client, "chains")


def test_linking_and_unlinking(plan: Plan, officer: Actor, client_of: ClientOf) -> None:
    url = reverse("indicator_chain", args=[one(plan).pk])
    client = client_of(officer)
    client.post(url, {"name": "高企"})
    assert IndicatorChain.objects.get().name == "高企"
    client.post(url, {"act": "unlink"})
    assert not IndicatorChain.objects.exists()


def test_an_evaluation_is_frozen_and_downloaded(
    plan: Plan, officer: Actor, client: Client, client_of: ClientOf, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client_of(officer).post(reverse("evaluation_freeze", args=[plan.pk]) + AT_DAY, {"name": "中期评估"})
    evaluation = Evaluation.objects.get()
    assert evaluation.as_of == DAY
    url = reverse("evaluation", args=[evaluation.pk])
    assert client.get(url).status_code == 404
    client_of(officer).post(reverse("evaluation_public", args=[evaluation.pk]), {"is_public": "1"})
    page = get(client, "evaluation", evaluation.pk)
    for file in evaluation.files.all():
        url = reverse("evaluation_file", args=[evaluation.pk, file.pk])
        assert url in page
        assert b"".join(client.get(url).streaming_content)
    assert client.get(reverse("evaluation_file", args=[evaluation.pk, 10**6])).status_code == 404


def test_differences_are_for_those_who_may_see_the_reports(
    plan: Plan, officer: Actor, reporter: Actor, client: Client, client_of: ClientOf
) -> None:
    indicator = one(plan)
    report_observation(by=reporter, at=AT, indicator_id=indicator.pk, as_of=DAY, value=Decimal(95))
    Observation.objects.create(indicator=indicator, as_of=DAY, origin="computed", value=94, verification="verified", recorded_at=AT)
    assert "一处填报与计算对不上" in get(client_of(officer), "plan_differences", plan.pk)
    assert "填报与计算没有不一致" in get(client, "plan_differences", plan.pk)
    assert "填报减计算 1" in get(client_of(officer), "indicator", indicator.pk)


def test_everything_reads_in_english(plan: Plan, client: Client, officer: Actor, client_of: ClientOf) -> None:
    client.cookies["django_language"] = "en"
    assert "3 indicators: 1 met, 1 behind, 1 not set" in get(client, "plan", plan.pk)
