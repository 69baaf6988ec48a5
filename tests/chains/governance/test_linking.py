"""Tasks of plans that register entries link to."""

from __future__ import annotations

import pytest

from wulian.chains.governance.models import Plan, PlanTask
from wulian.foundation.access import ANONYMOUS, Actor
from wulian.foundation.catalogue import linkables

from .conftest import AT


@pytest.fixture
def tasks(tianjin: None) -> dict[str, PlanTask]:
    found = {}
    for state in ("published", "draft", "closed"):
        plan = Plan.objects.create(
            title=f"{state} 方案",
            short_title=f"{state} 方案",
            region_id="120106",
            first_year=2024,
            last_year=2026,
            state=state,
            created_at=AT,
        )
        found[state] = PlanTask.objects.create(plan=plan, position=1, number="（一）", title="建设概念验证中心")
    return found


def test_a_task_of_a_published_plan_is_found_by_words_and_number(tasks: dict[str, PlanTask]) -> None:
    linkable = linkables.find("plan_task")
    assert linkable is not None
    found = linkable.search(ANONYMOUS, "概念验证")
    assert [(one.id, one.label, one.detail, one.url) for one in found] == [
        (tasks["published"].pk, "（一） 建设概念验证中心", "published 方案", f"/tasks/{tasks['published'].pk}/")
    ]
    assert [one.id for one in linkable.search(ANONYMOUS, "（一）")] == [tasks["published"].pk]
    assert linkable.search(ANONYMOUS, "中试基地") == []


def test_a_link_stays_readable_when_the_plan_is_closed_and_a_draft_only_to_its_region(tasks: dict[str, PlanTask], officer: Actor) -> None:
    linkable = linkables.find("plan_task")
    assert linkable is not None
    ids = [task.pk for task in tasks.values()]
    assert set(linkable.targets(ANONYMOUS, ids)) == {tasks["published"].pk, tasks["closed"].pk}
    assert set(linkable.targets(officer, ids)) == set(ids)
    assert tasks["draft"].pk not in {one.id for one in linkable.search(officer, "概念验证")}
