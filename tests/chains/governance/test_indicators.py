from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from wulian.chains.governance.errors import PlanState, ReasonNeeded, WrongBinding
from wulian.chains.governance.models import Indicator, Observation
from wulian.chains.governance.selectors.indicator_page import bindings, indicator_page
from wulian.chains.governance.selectors.indicators import best_by_date, forecasts, goal_text, overviews, plan_overview
from wulian.chains.governance.services.indicators import add_indicator, bind_metric, edit_indicator, remove_indicator
from wulian.chains.governance.services.observations import record_printed
from wulian.chains.governance.services.targets import set_target
from wulian.chains.governance.status import Code
from wulian.foundation.access import ANONYMOUS, Actor
from wulian.kernel.errors import Conflict, Denied, Invalid, NotFound

from . import made
from .made import AT

DAY = date(2025, 12, 31)


def test_direction_follows_from_the_kind(officer: Actor) -> None:
    plan = made.plan(officer)
    assert made.indicator(officer, plan).direction == "up"
    assert made.indicator(officer, plan, "排名", kind="rank").direction == "down"


def test_definitions_of_a_published_plan_change_only_with_a_reason(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    edit_indicator(by=officer, at=AT, indicator_id=indicator.pk, kind="roster")
    made.published(officer, plan)
    for change in ({"kind": "level"}, {"unit": "户"}, {"direction": "down"}, {"falls_by_design": True}, {"scope_note": "占全市"}):
        with pytest.raises(ReasonNeeded):
            edit_indicator(by=officer, at=AT, indicator_id=indicator.pk, **change)
    edit_indicator(by=officer, at=AT, indicator_id=indicator.pk, kind="level", reason="口径更正")
    edit_indicator(by=officer, at=AT, indicator_id=indicator.pk, group="创新")  # nothing that is judged by
    with pytest.raises(ReasonNeeded):
        add_indicator(by=officer, at=AT, plan_id=plan.pk, name="新指标")


def test_edits_notice_each_other(officer: Actor) -> None:
    indicator = made.indicator(officer, made.plan(officer))
    edit_indicator(by=officer, at=AT, indicator_id=indicator.pk, version=0, name="一")
    with pytest.raises(Conflict):
        edit_indicator(by=officer, at=AT, indicator_id=indicator.pk, version=0, name="二")
    assert Indicator.objects.get().name == "一"


def test_composites_are_one_level_deep_and_in_one_plan(officer: Actor) -> None:
    plan, other = made.plan(officer), made.plan(officer, title="另一份")
    whole = made.indicator(officer, plan, "高成长企业")
    part = made.indicator(officer, plan, "雏鹰", composite_id=whole.pk)
    for wrong in (part.pk, made.indicator(officer, other).pk):
        with pytest.raises(Invalid):
            made.indicator(officer, plan, "瞪羚", composite_id=wrong)


def test_a_composite_says_how_many_of_its_components_are_met(officer: Actor) -> None:
    plan = made.plan(officer)
    whole = made.indicator(officer, plan, "高成长企业")
    for name, target, value in (("雏鹰", "534", "534"), ("瞪羚", "50", "49"), ("独角兽", "2", "2")):
        part = made.indicator(officer, plan, name, composite_id=whole.pk)
        made.targets(officer, part, {2025: target})
        record_printed(by=officer, at=AT, indicator_id=part.pk, as_of=DAY, value=Decimal(value))
    overview = plan_overview(officer, plan, DAY)
    (row,) = overview.rows
    assert (row.code, row.rule, [part.code for part in row.components]) == (Code.SLOW, "3 项中 2 项到位", [Code.MET, Code.SLOW, Code.MET])
    assert overview.counts == {"met": 2, "slow": 1}  # components are counted, not the composite
    assert overview.finding == "三项指标：两项到位，一项偏慢"
    assert indicator_page(officer, whole.pk, DAY).row.rule == "3 项中 2 项到位"


def test_binding_keeps_its_history(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    bind_metric(by=officer, at=AT, indicator_id=indicator.pk, metric="hnte_valid")
    made.published(officer, plan)
    with pytest.raises(ReasonNeeded):
        bind_metric(by=officer, at=AT, indicator_id=indicator.pk, metric="tech_sme_valid")
    bind_metric(by=officer, at=AT, indicator_id=indicator.pk, metric="tech_sme_valid", factor=Decimal("0.0001"), reason="改按入库数")
    assert [(one.metric, one.factor) for one in bindings(indicator)] == [("tech_sme_valid", "0.0001"), ("hnte_valid", "1")]


@pytest.mark.parametrize(
    ("kind", "metric", "factor"),
    [("level", "no_such_metric", "1"), ("level", "hnte_valid", "0"), ("rank", "hnte_valid", "1"), ("per_year", "hnte_valid", "1")],
)
def test_bindings_that_make_no_sense_are_refused(officer: Actor, kind: str, metric: str, factor: str) -> None:
    indicator = made.indicator(officer, made.plan(officer), kind=kind)
    with pytest.raises(WrongBinding):
        bind_metric(by=officer, at=AT, indicator_id=indicator.pk, metric=metric, factor=Decimal(factor))


def test_an_indicator_is_removed_from_a_draft_only(officer: Actor) -> None:
    plan = made.plan(officer)
    first, second = made.indicator(officer, plan), made.indicator(officer, plan, "另一项")
    remove_indicator(by=officer, at=AT, indicator_id=first.pk)
    made.published(officer, plan)
    with pytest.raises(PlanState):
        remove_indicator(by=officer, at=AT, indicator_id=second.pk)


def test_only_officers_edit(officer: Actor, reporter: Actor) -> None:
    plan = made.plan(officer)
    with pytest.raises(Denied):
        made.indicator(reporter, plan)


def test_a_hidden_plan_hides_its_indicators(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    with pytest.raises(NotFound):
        indicator_page(ANONYMOUS, indicator.pk, DAY)
    assert overviews(ANONYMOUS, [plan], DAY)[0].rows == []
    made.published(officer, plan)
    assert indicator_page(ANONYMOUS, indicator.pk, DAY).indicator == indicator


def test_reading_a_plan_takes_the_same_queries_for_one_indicator_and_for_ten(officer: Actor) -> None:
    plan = made.plan(officer)

    def add(count: int) -> int:
        for number in range(count):
            one = made.indicator(officer, plan, f"指标{number}")
            made.targets(officer, one, {2024: "1", 2025: "2", 2026: "3"}, base=(2023, "1"))
            record_printed(by=officer, at=AT, indicator_id=one.pk, as_of=DAY, value=Decimal(2))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            overview = plan_overview(officer, plan, DAY)
            assert overview.counts
            _ = [(row.final_text, row.value, row.indicator.owner) for row in overview.judged]
        return len(queries)

    assert add(1) == add(9) == 3


def test_the_better_origin_is_shown_for_a_date(officer: Actor) -> None:
    indicator = made.indicator(officer, made.plan(officer))
    rows = [
        Observation(indicator=indicator, as_of=DAY, origin="printed", value=Decimal(1), verification="verified"),
        Observation(indicator=indicator, as_of=DAY, origin="reported", value=Decimal(2), verification="submitted"),
        Observation(indicator=indicator, as_of=DAY, origin="computed", value=Decimal(3), verification="verified"),
        Observation(indicator=indicator, as_of=date(2026, 1, 1), origin="computed", value=Decimal(4), verification="verified"),
    ]
    assert [row.value for row in best_by_date(rows, DAY)] == [Decimal(3)]
    assert [row.value for row in best_by_date(rows[:2], DAY)] == [Decimal(2)]


def test_a_forecast_needs_three_years_and_a_period_that_still_runs(officer: Actor) -> None:
    plan = made.plan(officer, first=2022, last=2026)
    indicator = made.indicator(officer, plan)
    made.targets(officer, indicator, {2026: "120"})
    for year, value in ((2022, "84"), (2023, "92"), (2024, "100")):
        record_printed(by=officer, at=AT, indicator_id=indicator.pk, as_of=date(year, 12, 31), value=Decimal(value))
    for on, ends in ((date(2023, 12, 31), []), (date(2025, 6, 30), [2025, 2026]), (date(2026, 12, 31), []), (date(2027, 6, 30), [])):
        row = plan_overview(officer, plan, on).rows[0]
        assert [found.on.year for found in forecasts(row, plan, on)] == ends


def test_targets_in_words(officer: Actor) -> None:
    indicator = made.indicator(officer, made.plan(officer))
    said = {}
    for comparator in ("=", ">=", ">", "<=", "increase"):
        row = set_target(
            by=officer, at=AT, indicator_id=indicator.pk, year=2026, role="final", value=Decimal("2.10"), comparator=comparator
        )
        said[comparator] = goal_text(row)
    assert said == {"=": "2.1", ">=": "≥2.1", ">": ">2.1", "<=": "≤2.1", "increase": "+2.1"}
    masked = set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2026, role="final", number_state="masked")
    assert goal_text(masked) == "原文遮盖"
    assert goal_text(None) == "—"


def test_a_level_bound_to_a_yearly_statistic_is_judged_by_whole_years(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan, "技术合同成交额", unit="亿元")
    made.targets(officer, indicator, {2024: "64", 2025: "77", 2026: "90"})
    record_printed(by=officer, at=AT, indicator_id=indicator.pk, as_of=DAY, value=Decimal(79))
    assert plan_overview(officer, plan, date(2026, 6, 30)).rows[0].code == Code.SLOW
    bind_metric(by=officer, at=AT, indicator_id=indicator.pk, metric="tech_contract_turnover")
    assert plan_overview(officer, plan, date(2026, 6, 30)).rows[0].code == Code.ON_TRACK
