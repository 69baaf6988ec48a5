from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from wulian.chains.governance.errors import PlanCycle, PlanState, ReasonNeeded
from wulian.chains.governance.models import Observation
from wulian.chains.governance.selectors.plans import get_plan, plan_counts, plans_list, relatives
from wulian.chains.governance.services.indicators import bind_metric
from wulian.chains.governance.services.plans import close_plan, create_plan, edit_plan, publish_plan, reopen_plan, unpublish_plan
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, Denied, Invalid, NotFound

from . import made
from .made import AT

ON = date(2026, 3, 2)


def test_only_an_officer_of_the_region_makes_a_plan(officer: Actor, enterprise_user: Actor, city_officer: Actor) -> None:
    assert made.plan(officer).region_id == "120106"
    assert made.plan(city_officer).region_id == "120106"  # the city sees its districts
    with pytest.raises(Denied):
        made.plan(enterprise_user)
    with pytest.raises(Denied):
        made.plan(officer, region="120104")
    with pytest.raises(Denied):
        made.plan(officer, region="120000")


def test_a_draft_is_seen_by_officers_of_its_region_only(officer: Actor, city_officer: Actor, account: Callable[..., Actor]) -> None:
    plan = made.plan(officer)
    elsewhere = account(Role.OFFICER, region="120104", unit="南开区科技局")
    for viewer in (officer, city_officer):
        assert get_plan(viewer, plan.pk) == plan
    for viewer in (ANONYMOUS, elsewhere, account(Role.ENTERPRISE, unit="一家企业")):
        with pytest.raises(NotFound):
            get_plan(viewer, plan.pk)
        assert plans_list(viewer, ON) == []
    made.published(officer, plan)
    assert get_plan(ANONYMOUS, plan.pk) == plan
    assert [item.plan for item in plans_list(elsewhere, ON)] == [plan]


def test_publishing_and_the_way_back(officer: Actor) -> None:
    plan = made.plan(officer)
    published = publish_plan(by=officer, at=AT, plan_id=plan.pk)
    assert published.published_at == AT
    with pytest.raises(PlanState):
        publish_plan(by=officer, at=AT, plan_id=plan.pk)
    with pytest.raises(ReasonNeeded):
        unpublish_plan(by=officer, at=AT, plan_id=plan.pk, reason="  ")
    assert unpublish_plan(by=officer, at=AT, plan_id=plan.pk, reason="附表有误").state == "draft"
    event = AuditEvent.objects.get(action="plan.unpublished")
    assert (event.reason, event.before, event.after) == ("附表有误", {"state": "published"}, {"state": "draft"})


@pytest.mark.django_db(transaction=True)
def test_publishing_computes_the_bound_indicators(officer: Actor) -> None:
    plan = made.plan(officer)
    bind_metric(by=officer, at=AT, indicator_id=made.indicator(officer, plan).pk, metric="hnte_valid")
    publish_plan(by=officer, at=AT, plan_id=plan.pk)
    days = Observation.objects.order_by("as_of").values_list("as_of", flat=True)
    assert list(days) == [date(2023, 12, 31), date(2024, 12, 31), date(2025, 12, 31), date(2026, 3, 2)]


def test_a_plan_closes_only_when_its_period_is_over(officer: Actor) -> None:
    plan = made.published(officer, made.plan(officer, first=2023, last=2025))
    with pytest.raises(PlanState):
        close_plan(by=officer, at=AT, on=date(2025, 12, 30), plan_id=plan.pk)
    close_plan(by=officer, at=AT, on=date(2025, 12, 31), plan_id=plan.pk)
    with pytest.raises(PlanState):
        edit_plan(by=officer, at=AT, plan_id=plan.pk, title="改名")
    assert reopen_plan(by=officer, at=AT, plan_id=plan.pk, reason="补录").state == "published"


def test_a_stale_edit_names_who_was_first(officer: Actor, account: Callable[..., Actor]) -> None:
    plan = made.plan(officer)
    other = account(Role.OFFICER, unit="红桥区科技局", username="second")
    edit_plan(by=other, at=AT, plan_id=plan.pk, version=0, title="新名称")
    with pytest.raises(Conflict) as refused:
        edit_plan(by=officer, at=AT, plan_id=plan.pk, version=0, title="另一个名称")
    assert other.name in refused.value.text()
    plan.refresh_from_db()
    assert plan.title == "新名称"


def test_relations_do_not_go_in_circles(officer: Actor) -> None:
    first, second, third = (made.plan(officer, title=f"规划{n}") for n in "一二三")
    edit_plan(by=officer, at=AT, plan_id=second.pk, predecessor_id=first.pk)
    edit_plan(by=officer, at=AT, plan_id=third.pk, predecessor_id=second.pk)
    with pytest.raises(PlanCycle):
        edit_plan(by=officer, at=AT, plan_id=first.pk, predecessor_id=third.pk)
    with pytest.raises(PlanCycle):
        edit_plan(by=officer, at=AT, plan_id=first.pk, parent_id=first.pk)
    second.refresh_from_db()
    assert [plan.pk for plan in relatives(officer, second).successors] == [third.pk]
    assert relatives(officer, second).predecessor == first


def test_relatives_that_are_hidden_stay_hidden(officer: Actor, city_officer: Actor) -> None:
    city = made.plan(city_officer, region="120000", title="市规划")
    district = made.plan(city_officer, parent_id=city.pk)
    assert relatives(officer, district).parent is None
    with pytest.raises(NotFound):
        made.plan(officer, title="又一份", parent_id=city.pk)
    made.published(city_officer, city)
    assert relatives(officer, district).parent == city


def test_impossible_periods_and_names_are_refused(officer: Actor) -> None:
    with pytest.raises(Invalid):
        made.plan(officer, first=2026, last=2024)
    with pytest.raises(Invalid):
        create_plan(by=officer, at=AT, title="  ", region="120106", first_year=2024, last_year=2026)


def test_the_list_is_a_tree_with_filters_and_counts(officer: Actor, city_officer: Actor) -> None:
    city = made.published(city_officer, made.plan(city_officer, region="120000", title="市规划"))
    district = made.plan(officer, title="区规划", first=2020, last=2022)
    items = plans_list(officer, ON)
    assert [(item.plan.pk, item.depth) for item in items] == [(city.pk, 0), (district.pk, 1)]
    assert [item.plan.pk for item in plans_list(officer, ON, state="draft")] == [district.pk]
    assert [item.plan.pk for item in plans_list(officer, ON, period="past")] == [district.pk]
    assert [item.plan.pk for item in plans_list(officer, ON, text="市规")] == [city.pk]
    assert [item.plan.pk for item in plans_list(officer, ON, region="120106")] == [district.pk]
    assert plan_counts(officer, ON) == {"state": {"published": 1, "draft": 1}, "period": {"current": 1, "past": 1, "coming": 0}}
    assert plan_counts(ANONYMOUS, ON)["state"] == {"published": 1}
