from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from wulian.chains.governance.errors import CannotInterpolate, PlanState, ReasonNeeded, WrongTarget
from wulian.chains.governance.models import Target
from wulian.chains.governance.selectors.indicator_page import target_history
from wulian.chains.governance.services.plans import close_plan
from wulian.chains.governance.services.targets import assign_target, fill_missing_years, remove_target, set_target
from wulian.foundation.access import Actor, Role
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, Denied

from . import made
from .made import AT, GROUNDS, LATER


def current(of: object) -> list[tuple[int, Decimal | None]]:
    rows = Target.objects.filter(indicator=of, superseded_by__isnull=True).order_by("year", "id")
    return [(row.year, row.value) for row in rows]


def test_in_a_draft_a_target_is_simply_corrected(officer: Actor) -> None:
    indicator = made.indicator(officer, made.plan(officer))
    first = set_target(
        by=officer, at=AT, indicator_id=indicator.pk, year=2026, role="final", value=Decimal(102), raw="达到102家", span=(10, 16)
    )
    second = set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2026, role="final", value=Decimal(103), expected=(first.pk, 0))
    assert (second.pk, second.version) == (first.pk, 1)
    assert (second.raw, second.span_start, second.span_end) == ("达到102家", 10, 16)  # still where it was read
    assert current(indicator) == [(2026, Decimal(103))]


@pytest.mark.parametrize("missing", ["reason", "approver", "approved_on"])
def test_a_published_target_changes_only_with_reason_approver_and_date(officer: Actor, missing: str) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    made.targets(officer, indicator, {2026: "102"})
    made.published(officer, plan)
    grounds = {key: value for key, value in GROUNDS.items() if key != missing}
    with pytest.raises(ReasonNeeded):
        set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2026, role="final", value=Decimal(110), **grounds)
    assert current(indicator) == [(2026, Decimal(102))]


def test_the_old_value_of_a_published_target_stays_visible(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    made.targets(officer, indicator, {2026: "102"})
    made.published(officer, plan)
    new = set_target(by=officer, at=LATER, indicator_id=indicator.pk, year=2026, role="final", value=Decimal(110), **GROUNDS)
    assert (new.origin, new.approver) == ("revised", "区政府")
    again = set_target(by=officer, at=LATER, indicator_id=indicator.pk, year=2026, role="final", value=Decimal(108), **GROUNDS)
    assert current(indicator) == [(2026, Decimal(108))]
    assert Target.objects.filter(indicator=indicator).count() == 3
    history = target_history(indicator)
    assert [(row.target.value, row.replaced.value) for row in history] == [(Decimal(108), Decimal(110)), (Decimal(110), Decimal(102))]
    event = AuditEvent.objects.filter(action="target.changed").latest("id")
    assert (event.object_id, event.before["value"], event.after["value"], event.reason) == (str(again.pk), "110", "108", "中期评估")


def test_adding_a_year_to_a_published_plan_needs_grounds_too(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    made.targets(officer, indicator, {2026: "102"})
    made.published(officer, plan)
    with pytest.raises(ReasonNeeded):
        set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2025, role="milestone", value=Decimal(95))
    set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2025, role="milestone", value=Decimal(95), **GROUNDS)
    assert current(indicator) == [(2025, Decimal(95)), (2026, Decimal(102))]


def test_two_officers_editing_the_same_target(officer: Actor, account: Callable[..., Actor]) -> None:
    """The second is told who and when; nothing is overwritten; sending again with the new state in view works."""
    other = account(Role.OFFICER, unit="红桥区科技局", username="second")
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    seen = made.targets(officer, indicator, {2026: "102"})[2026]
    made.published(officer, plan)
    common = {"indicator_id": indicator.pk, "year": 2026, "role": "final", **GROUNDS}
    first = set_target(by=other, at=LATER, value=Decimal(110), expected=(seen.pk, seen.version), **common)
    with pytest.raises(Conflict) as refused:
        set_target(by=officer, at=LATER, value=Decimal(120), expected=(seen.pk, seen.version), **common)
    assert other.name in refused.value.text()
    assert "10:00" in refused.value.text()  # 02:00 UTC in Shanghai
    assert current(indicator) == [(2026, Decimal(110))]
    set_target(by=officer, at=LATER, value=Decimal(120), expected=(first.pk, first.version), **common)
    assert current(indicator) == [(2026, Decimal(120))]


def test_two_officers_adding_the_same_year(officer: Actor, account: Callable[..., Actor]) -> None:
    other = account(Role.OFFICER, unit="红桥区科技局", username="second")
    indicator = made.indicator(officer, made.plan(officer))
    set_target(by=other, at=AT, indicator_id=indicator.pk, year=2025, role="milestone", value=Decimal(90), expected=(0, 0))
    with pytest.raises(Conflict):
        set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2025, role="milestone", value=Decimal(91), expected=(0, 0))


def test_setting_the_same_again_changes_nothing(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    made.targets(officer, indicator, {2026: "102"})
    made.published(officer, plan)
    set_target(by=officer, at=LATER, indicator_id=indicator.pk, year=2026, role="final", value=Decimal("102.0"))
    assert Target.objects.filter(indicator=indicator).count() == 1


def test_without_a_number_nothing_is_stored_as_zero(officer: Actor) -> None:
    indicator = made.indicator(officer, made.plan(officer))
    for year, state in ((2024, "masked"), (2025, "assigned"), (2026, "qualitative")):
        role = "final" if year == 2026 else "milestone"
        row = set_target(by=officer, at=AT, indicator_id=indicator.pk, year=year, role=role, number_state=state, value=Decimal(0))
        assert row.value is None
    with pytest.raises(WrongTarget):
        set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2026, role="final", value=None)
    with pytest.raises(WrongTarget):
        set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2026, role="final", value=Decimal("NaN"))


def test_a_number_assigned_from_above(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan, "单位GDP能耗下降", unit="%", direction="down")
    waiting = set_target(
        by=officer, at=AT, indicator_id=indicator.pk, year=2026, role="final", number_state="assigned", raw="完成上级下达任务"
    )
    made.published(officer, plan)
    notice = {"assigned_by": "市发展改革委", "document": "津发改〔2026〕1号", "assigned_on": date(2026, 2, 1)}
    new = assign_target(by=officer, at=LATER, target_id=waiting.pk, version=0, value=Decimal("14.5"), **notice)
    assert (new.origin, new.value, new.raw, new.reason) == ("assigned", Decimal("14.5"), "完成上级下达任务", "津发改〔2026〕1号")
    assert Target.objects.get(pk=waiting.pk).superseded_by_id == new.pk
    with pytest.raises(Conflict):
        assign_target(by=officer, at=LATER, target_id=waiting.pk, version=0, value=Decimal(15), **notice)
    with pytest.raises(WrongTarget):
        assign_target(by=officer, at=LATER, target_id=new.pk, version=new.version, value=Decimal(15), **notice)


def test_missing_years_are_filled_on_request_and_marked(officer: Actor) -> None:
    plan = made.plan(officer, first=2024, last=2026)
    indicator = made.indicator(officer, plan)
    made.targets(officer, indicator, {2026: "130"}, base=(2023, "100"))
    made.published(officer, plan)
    filled = fill_missing_years(by=officer, at=LATER, indicator_id=indicator.pk)
    assert [(row.year, row.value, row.origin) for row in filled] == [
        (2024, Decimal(110), "interpolated"),
        (2025, Decimal(120), "interpolated"),
    ]
    with pytest.raises(CannotInterpolate):
        fill_missing_years(by=officer, at=LATER, indicator_id=indicator.pk)
    remove_target(by=officer, at=LATER, target_id=filled[0].pk)
    assert [year for year, _value in current(indicator)] == [2023, 2025, 2026]


@pytest.mark.parametrize("kind", ["rank", "growth", "per_year"])
def test_some_kinds_are_never_interpolated(officer: Actor, kind: str) -> None:
    indicator = made.indicator(officer, made.plan(officer), kind=kind)
    made.targets(officer, indicator, {2026: "12"}, base=(2023, "24"))
    with pytest.raises(CannotInterpolate):
        fill_missing_years(by=officer, at=AT, indicator_id=indicator.pk)


def test_a_published_target_is_not_removed(officer: Actor) -> None:
    plan = made.plan(officer)
    indicator = made.indicator(officer, plan)
    row = made.targets(officer, indicator, {2026: "102"})[2026]
    made.published(officer, plan)
    with pytest.raises(PlanState):
        remove_target(by=officer, at=AT, target_id=row.pk)


def test_years_outside_the_period_are_refused(officer: Actor) -> None:
    indicator = made.indicator(officer, made.plan(officer, first=2024, last=2026))
    for year in (2023, 2027):
        with pytest.raises(WrongTarget):
            set_target(by=officer, at=AT, indicator_id=indicator.pk, year=year, role="milestone", value=Decimal(1))
    set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2019, role="baseline", value=Decimal(1))


def test_a_closed_plan_does_not_change(officer: Actor) -> None:
    plan = made.plan(officer, first=2023, last=2025)
    indicator = made.indicator(officer, plan)
    made.targets(officer, indicator, {2025: "102"})
    made.published(officer, plan)
    close_plan(by=officer, at=AT, on=date(2026, 1, 1), plan_id=plan.pk)
    with pytest.raises(PlanState):
        set_target(by=officer, at=AT, indicator_id=indicator.pk, year=2025, role="final", value=Decimal(110), **GROUNDS)


def test_only_officers_of_the_region_set_targets(officer: Actor, reporter: Actor, account: Callable[..., Actor]) -> None:
    indicator = made.indicator(officer, made.plan(officer))
    for by in (reporter, account(Role.OFFICER, region="120104", unit="南开区科技局"), account(Role.AUDITOR, unit="审计局")):
        with pytest.raises(Denied):
            set_target(by=by, at=AT, indicator_id=indicator.pk, year=2026, role="final", value=Decimal(1))
