"""From accepted extractions to a published plan, and back to review without losing anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from wulian.chains.governance.models import Indicator, Plan, PlanDocument, PlanTask, ReportingRound, RoundReport, Target
from wulian.chains.governance.selectors import extraction as selectors
from wulian.chains.governance.selectors import publishing as publishing_selectors
from wulian.chains.governance.services import extraction, publishing, reading, targets
from wulian.chains.governance.services.plans import FIELDS
from wulian.chains.governance.work_errors import NotPublishable, PlanNotDraft
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, Denied, WulianError

from .conftest import AT, ON


def confirm(by: Actor, document: PlanDocument, **over: object) -> Plan:
    plan = Plan.objects.get(pk=document.plan_id)
    details = {**{name: getattr(plan, name) for name in FIELDS}, **over}
    return reading.confirm_details(by=by, plan_id=plan.pk, version=None, at=AT, region=str(plan.region_id), details=details)


def accept_tables(by: Actor, document: PlanDocument) -> None:
    extraction.accept_all(by=by, document_id=document.pk, what="indicator", at=AT, only_table=True)
    extraction.accept_all(by=by, document_id=document.pk, what="task", at=AT)


@pytest.fixture
def ready(officer: Actor, uploaded: Callable[..., PlanDocument]) -> PlanDocument:
    document = uploaded(officer)
    accept_tables(officer, document)
    confirm(officer, document)
    return document


def publish(by: Actor, document: PlanDocument) -> Plan:
    return publishing.publish_reviewed_plan(by=by, at=AT, plan_id=document.plan_id)


def test_the_hongqiao_plan_is_published_with_its_eight_indicators(
    officer: Actor, shared: object, uploaded: Callable[..., PlanDocument], unit: Callable[..., Organisation]
) -> None:
    bureau = unit("天津市红桥区科学技术局")
    Organisation.objects.filter(name="红桥区科技局").update(kind="other", region=None)  # the officer's own unit of the fixture
    document = uploaded(officer, (shared / "seeds" / "002_3b22102abfde4f0c.txt").read_text(encoding="utf-8"))  # type: ignore[operator]
    accept_tables(officer, document)
    extraction.own_all(by=officer, document_id=document.pk, owner_id=bureau.pk, at=AT)
    confirm(officer, document)
    plan = publish(officer, document)
    assert plan.state == Plan.State.PUBLISHED
    found = {
        indicator.name: [(target.year, target.role, target.value, target.comparator) for target in indicator.targets.order_by("year")]
        for indicator in plan.indicators.order_by("position")
    }
    assert len(found) == 8
    intensity = next(values for name, values in found.items() if "研发投入强度" in name)
    assert intensity == [
        (2020, "baseline", Decimal(2), "="),
        (2021, "milestone", Decimal("2.1"), ">="),
        (2022, "final", Decimal("2.2"), ">="),
    ]
    hnte = next(values for name, values in found.items() if name.startswith("高新技术企业"))
    assert [value for _year, _role, value, _sign in hnte] == [Decimal(84), Decimal(92), Decimal(102)]
    assert plan.tasks.count() == 7
    lead = plan.tasks.get(title="强化企业创新主体地位").units.get(role="lead")
    assert (lead.name_printed, lead.organisation) == ("区科技局", bureau)
    assert all(indicator.owner == bureau for indicator in plan.indicators.all())
    for target in Target.objects.filter(indicator__plan=plan):
        assert target.span_start is not None
        assert format(target.value.normalize(), "f") in document.text[target.span_start : target.span_end]  # type: ignore[union-attr]


def test_everything_in_the_way_is_listed_at_once(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    document = uploaded(officer)
    with pytest.raises(NotPublishable) as refused:
        publish(officer, document)
    problems = str(refused.value.params["problems"])
    assert "还没有确认" in problems
    assert "还没有采用" in problems
    assert Plan.objects.get(pk=document.plan_id).state == Plan.State.DRAFT


def test_two_values_for_one_year_block_and_one_decision_frees(officer: Actor, ready: PlanDocument) -> None:
    row = ready.extractions.filter(group_key="数字企业|家", state="accepted", values__year=2025).get()
    row = extraction.edit_mention(by=officer, extraction_id=row.pk, version=row.version, changes={"year": 2026}, at=AT)
    with pytest.raises(NotPublishable, match="2026 年有两个值"):
        publish(officer, ready)
    extraction.reject(by=officer, document_id=ready.pk, rows={row.pk: row.version}, at=AT)
    assert publish(officer, ready).state == Plan.State.PUBLISHED


def test_what_waits_or_is_rejected_is_not_written_and_told(officer: Actor, ready: PlanDocument) -> None:
    plan, draft = publishing_selectors.publish_preview(viewer=officer, plan_id=ready.plan_id)
    assert {issue.code for issue in draft.missing} >= {"pending", "owner", "metric", "lead", "unit"}
    assert draft.blocking == []
    publish(officer, ready)
    assert {indicator.name for indicator in plan.indicators.all()} == {"数字企业数量", "软件业务收入"}


def test_only_the_officer_of_the_region_publishes_and_a_stale_preview_is_told(officer: Actor, reporter: Actor, ready: PlanDocument) -> None:
    with pytest.raises(Denied):
        publish(reporter, ready)
    seen = Plan.objects.get(pk=ready.plan_id).version
    confirm(officer, ready, short_title="另一个简称")
    with pytest.raises(Conflict):
        publishing.publish_reviewed_plan(by=officer, at=AT, plan_id=ready.plan_id, version=seen)


def test_a_published_plan_is_not_reviewed_any_more(officer: Actor, ready: PlanDocument) -> None:
    publish(officer, ready)
    row = ready.extractions.filter(state="accepted").first()
    assert row is not None
    with pytest.raises(PlanNotDraft):
        extraction.reject(by=officer, document_id=ready.pk, rows={row.pk: row.version}, at=AT)


def test_back_to_review_keeps_every_decision_and_publishing_again_writes_nothing_twice(officer: Actor, ready: PlanDocument) -> None:
    publish(officer, ready)
    before = (
        sorted(Indicator.objects.values_list("pk", flat=True)),
        sorted(Target.objects.values_list("pk", flat=True)),
        sorted(PlanTask.objects.values_list("pk", flat=True)),
        dict(ready.extractions.values_list("pk", "state")),
    )
    with pytest.raises(WulianError):
        publishing.return_to_review(by=officer, at=AT, plan_id=ready.plan_id, reason=" ")
    publishing.return_to_review(by=officer, at=AT, plan_id=ready.plan_id, reason="责任单位要改")
    assert dict(ready.extractions.values_list("pk", "state")) == before[3]
    publish(officer, ready)
    after = (
        sorted(Indicator.objects.values_list("pk", flat=True)),
        sorted(Target.objects.values_list("pk", flat=True)),
        sorted(PlanTask.objects.values_list("pk", flat=True)),
        dict(ready.extractions.values_list("pk", "state")),
    )
    assert after == before
    assert AuditEvent.objects.filter(action="plan.unpublished", reason="责任单位要改").exists()


def test_a_corrected_extraction_updates_what_it_published(officer: Actor, ready: PlanDocument) -> None:
    publish(officer, ready)
    publishing.return_to_review(by=officer, at=AT, plan_id=ready.plan_id, reason="改错")
    group = list(ready.extractions.filter(group_key="数字企业|家"))
    extraction.edit_group(
        by=officer,
        document_id=ready.pk,
        key="数字企业|家",
        rows={row.pk: row.version for row in group},
        changes={"name": "数字企业"},
        at=AT,
    )
    row = ready.extractions.get(group_key="数字企业|家", state="accepted", values__year=2025)
    extraction.edit_mention(by=officer, extraction_id=row.pk, version=row.version, changes={"value": "101"}, at=AT)
    publish(officer, ready)
    indicator = Indicator.objects.get(plan=ready.plan_id, name="数字企业")
    assert indicator.targets.get(year=2025).value == 101
    assert Indicator.objects.filter(plan=ready.plan_id).count() == 2


def test_what_is_no_longer_accepted_goes_unless_something_was_reported(
    officer: Actor, ready: PlanDocument, unit: Callable[..., Organisation]
) -> None:
    publish(officer, ready)
    plan = Plan.objects.get(pk=ready.plan_id)
    kept = plan.indicators.get(name="软件业务收入")
    opened = ReportingRound.objects.create(plan=plan, name="一季度", as_of=ON, opened_on=ON, due_on=ON)
    RoundReport.objects.create(round=opened, unit=unit("天津市红桥区财政局"), indicator=kept)
    publishing.return_to_review(by=officer, at=AT, plan_id=plan.pk, reason="删减")
    accepted = {row.pk: row.version for row in ready.extractions.filter(what="indicator", state="accepted")}
    extraction.reject(by=officer, document_id=ready.pk, rows=accepted, at=AT)
    _plan, draft = publishing_selectors.publish_preview(viewer=officer, plan_id=plan.pk)
    assert [(one.name, bool(one.kept_because)) for one in draft.dropped_indicators] == [("数字企业数量", False), ("软件业务收入", True)]
    publish(officer, ready)
    assert list(plan.indicators.values_list("pk", flat=True)) == [kept.pk]


def test_a_target_changed_with_approval_is_not_undone_by_publishing_again(officer: Actor, ready: PlanDocument) -> None:
    publish(officer, ready)
    indicator = Indicator.objects.get(plan=ready.plan_id, name="数字企业数量")
    targets.set_target(
        by=officer,
        at=AT,
        indicator_id=indicator.pk,
        year=2026,
        role="final",
        value=Decimal(130),
        reason="上调",
        approver="区政府常务会",
        approved_on=date(2026, 2, 1),
    )
    publishing.return_to_review(by=officer, at=AT, plan_id=ready.plan_id, reason="改简称")
    publish(officer, ready)
    assert indicator.targets.get(year=2026, superseded_by__isnull=True).value == 130
    assert indicator.targets.filter(year=2026).count() == 2


def test_ranges_ambitions_baselines_results_and_missing_numbers_find_their_place(
    officer: Actor, uploaded: Callable[..., PlanDocument]
) -> None:
    document = uploaded(officer)
    span = selectors.locate(document.text, "数字企业", None)

    def add(**values: object) -> None:
        extraction.add_mention(by=officer, document_id=document.pk, span=span, values=values, at=AT)

    add(name="特派员", unit="名", year=2026, value="800", comparator=">=")
    add(name="特派员", unit="名", year=2026, value="1000", comparator="<=")
    add(name="排名", unit="位", kind="rank", direction="down", year=2026, value="12", comparator="<=", commitment="确保")
    add(name="排名", unit="位", kind="rank", direction="down", year=2026, value="10", comparator="<=", commitment="力争")
    add(name="收入增速", unit="%", kind="growth", year=2023, value="10.3", mention="baseline")
    add(name="收入增速", unit="%", kind="growth", year=2026, value="8")
    add(name="获奖", unit="项", year=2026, number_state="masked")
    add(name="载体", unit="家", year=2023, value="4", mention="actual")
    add(name="载体", unit="家", year=2035, value="40")
    add(name="雏鹰", unit="家", composite="高成长企业", year=2026, value="534")
    add(name="瞪羚", unit="家", composite="高成长企业", year=2026, value="50")
    confirm(officer, document)
    plan = publish(officer, document)
    by_name = {indicator.name: indicator for indicator in plan.indicators.all()}
    tiers = {name: [(one.tier, one.value) for one in by_name[name].targets.order_by("pk")] for name in ("特派员", "排名")}
    assert tiers == {"特派员": [("main", 800), ("upper", 1000)], "排名": [("main", 12), ("stretch", 10)]}
    assert by_name["收入增速"].falls_by_design
    assert [(one.role, one.value) for one in by_name["收入增速"].targets.order_by("year")] == [("baseline", Decimal("10.3")), ("final", 8)]
    masked = by_name["获奖"].targets.get()
    assert (masked.value, masked.number_state) == (None, "masked")
    assert by_name["载体"].targets.count() == 0  # 2035 lies outside the period and is told, not written
    printed = by_name["载体"].observations.get()
    assert (printed.origin, printed.as_of, printed.value) == ("printed", date(2023, 12, 31), 4)
    assert {by_name["雏鹰"].composite, by_name["瞪羚"].composite} == {by_name["高成长企业"]}
    assert not by_name["特派员"].falls_by_design


def test_the_same_indicator_of_a_plan_before_is_suggested_as_one_chain(
    officer: Actor, ready: PlanDocument, uploaded: Callable[..., PlanDocument]
) -> None:
    first = publish(officer, ready)
    text = "红桥区数字经济行动方案（2027-2029年）\n一、目标\n到2029年，全区数字企业总量达到200家，新增平台9个。\n"
    later = uploaded(officer, text)
    extraction.accept_all(by=officer, document_id=later.pk, what="indicator", at=AT)
    confirm(officer, later, predecessor_id=first.pk)
    publish(officer, later)
    suggested = publishing_selectors.chain_suggestions(viewer=officer, plan_id=later.plan_id)
    assert [(one.indicator.name[:6], [other.name for other in one.others]) for one in suggested] == [("全区数字企业", ["数字企业数量"])]
