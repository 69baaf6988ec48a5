from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from wulian.chains.governance.errors import WrongEvaluation
from wulian.chains.governance.models import Evaluation, Plan
from wulian.chains.governance.selectors.evaluation import evaluation_content, evaluations_of, get_evaluation
from wulian.chains.governance.services.evaluations import freeze_evaluation
from wulian.chains.governance.services.observations import report_observation, verify_observation
from wulian.chains.governance.services.plans import unpublish_plan
from wulian.chains.governance.services.reviewing import set_evaluation_public
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.kernel.errors import Denied, NotFound
from wulian.portal.plans.reports import render_documents

from . import made
from .made import AT, LATER

DAY = date(2025, 12, 31)


@pytest.fixture
def plan(officer: Actor, reporter: Actor) -> Plan:
    plan = made.plan(officer)
    owner = next(iter(reporter.organisations_as(Role.REPORTER)))
    indicator = made.indicator(officer, plan, owner_id=owner)
    made.targets(officer, indicator, {2024: "84", 2025: "92", 2026: "102"}, base=(2023, "76"))
    made.published(officer, plan)
    report_observation(by=reporter, at=AT, indicator_id=indicator.pk, as_of=DAY, value=Decimal(93))
    return plan


def test_the_content_says_base_milestone_value_completion_and_status(plan: Plan, officer: Actor) -> None:
    content = evaluation_content(officer, plan, DAY)
    (line,) = content["indicators"]
    said = {key: line[key] for key in ("baseline", "baseline_year", "milestone", "value", "value_on", "final", "completion", "status")}
    assert said == {
        "baseline": "76",
        "baseline_year": 2023,
        "milestone": "92",
        "value": "93",
        "value_on": "2025-12-31",
        "final": "102",
        "completion": "91.2",
        "status": "met",
    }
    assert content["counts"] == {"met": 1}


def test_what_is_frozen_rests_on_verified_values_and_never_changes(plan: Plan, officer: Actor, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    first = freeze_evaluation(by=officer, at=AT, plan_id=plan.pk, on=DAY, name="中期评估", render=render_documents)
    assert first.content["counts"] == {"no_data": 1}  # the report is not verified
    assert sorted(file.name.rpartition(".")[2] for file in first.files.all()) == ["docx", "pdf", "xlsx"]
    observation = plan.indicators.get().observations.get()
    verify_observation(by=officer, at=LATER, observation_id=observation.pk)
    assert get_evaluation(officer, first.pk).content["counts"] == {"no_data": 1}
    second = freeze_evaluation(by=officer, at=LATER, plan_id=plan.pk, on=DAY, name="中期评估（更正）", render=render_documents)
    assert second.content["counts"] == {"met": 1}
    assert {one.pk for one in evaluations_of(officer, plan)} == {first.pk, second.pk}
    set_evaluation_public(by=officer, at=LATER, evaluation_id=second.pk, is_public=True)
    assert [one.pk for one in evaluations_of(ANONYMOUS, plan)] == [second.pk], "the public sees what is marked public"


def test_an_evaluation_needs_a_published_plan_a_name_of_its_own_and_an_officer(plan: Plan, officer: Actor, reporter: Actor) -> None:
    def nothing(content: object) -> dict[str, bytes]:
        return {}

    common = {"at": AT, "plan_id": plan.pk, "on": DAY, "render": nothing}
    with pytest.raises(Denied):
        freeze_evaluation(by=reporter, name="中期", **common)
    with pytest.raises(WrongEvaluation):
        freeze_evaluation(by=officer, name=" ", **common)
    with pytest.raises(WrongEvaluation):
        freeze_evaluation(by=officer, name="明年", **{**common, "on": date(2026, 3, 3)})
    freeze_evaluation(by=officer, name="中期", **common)
    with pytest.raises(WrongEvaluation):
        freeze_evaluation(by=officer, name="中期", **common)
    unpublish_plan(by=officer, at=LATER, plan_id=plan.pk, reason="附表有误")
    with pytest.raises(WrongEvaluation):
        freeze_evaluation(by=officer, name="再来", **common)
    with pytest.raises(NotFound):
        get_evaluation(ANONYMOUS, Evaluation.objects.get().pk)
