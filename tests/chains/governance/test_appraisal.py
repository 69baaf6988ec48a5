"""Appraisal: weights by year and version, scores that open to their inputs, and earlier scores that never change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from wulian.chains.governance.errors import WrongAppraisal
from wulian.chains.governance.models import AppraisalResult, AppraisalScheme, Plan, RoundReport
from wulian.chains.governance.selectors.appraisal import get_score, result_page, scheme_page, schemes_list, unit_weights
from wulian.chains.governance.services.appraisal import draft_scheme, revise_scheme, score_units
from wulian.chains.governance.services.observations import report_observation, verify_observation
from wulian.chains.governance.services.plans import unpublish_plan
from wulian.chains.governance.services.rounds import accept_report, file_report, open_round
from wulian.chains.governance.services.tasks import UnitOfTask, add_task
from wulian.chains.governance.work_errors import ReasonMissing
from wulian.directory.models import Organisation
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, Denied, Invalid, NotFound

from .made import AT, indicator, plan, published, targets

DAY = date(2025, 12, 31)
ON = date(2026, 3, 2)
LATE = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def unit(reporter: Actor) -> Organisation:
    return Organisation.objects.get(pk=next(iter(reporter.organisations_as(Role.REPORTER))))


@pytest.fixture
def made(officer: Actor, unit: Organisation) -> Plan:
    """The unit owns two indicators (one met, one never reported) and leads a task; another unit leads one too."""
    draft = plan(officer)
    for name in ("甲指标", "乙指标"):
        targets(officer, indicator(officer, draft, name, owner_id=unit.pk), {2025: "100", 2026: "120"})
    add_task(by=officer, at=AT, plan_id=draft.pk, title="培育企业", units=[UnitOfTask(unit.name, "lead", unit.pk)])
    own = next(iter(officer.organisations_as(Role.OFFICER)))
    add_task(by=officer, at=AT, plan_id=draft.pk, title="建设园区", units=[UnitOfTask("区科技局", "lead", own)])
    published(officer, draft)
    return draft


def scheme_of(made: Plan, officer: Actor) -> AppraisalScheme:
    return draft_scheme(by=officer, at=AT, plan_id=made.pk, year=2025)


def report_first(made: Plan, reporter: Actor, officer: Actor, value: str = "100") -> None:
    first = made.indicators.get(name="甲指标")
    row = report_observation(by=reporter, at=AT, indicator_id=first.pk, as_of=DAY, value=Decimal(value))
    verify_observation(by=officer, at=AT, observation_id=row.pk)


def report_task(made: Plan, reporter: Actor, officer: Actor, standing: str, *, accepted: bool = True) -> None:
    opened = open_round(by=officer, at=AT, on=ON, plan_id=made.pk, name=f"调度 {standing}", as_of=DAY, due_on=date(2026, 3, 20))
    report = RoundReport.objects.get(round=opened, task__title="培育企业")
    file_report(by=reporter, at=AT, on=ON, report_id=report.pk, version=0, standing=standing, progress="在办")
    if accepted:
        accept_report(by=officer, at=AT, report_id=report.pk, version=1)


def test_a_scheme_begins_with_what_each_unit_answers_for(made: Plan, officer: Actor, unit: Organisation) -> None:
    page = scheme_page(officer, scheme_of(made, officer).pk)
    shown = {str(one): [(line.item.label, line.weight) for line in lines] for one, lines in page.units}
    assert shown == {
        str(unit): [("甲指标", d("33.34")), ("乙指标", d("33.33")), ("培育企业", d("33.33"))],
        "红桥区科技局": [("建设园区", d("100.00"))],
    }
    assert page.editable
    assert AuditEvent.objects.get(action="appraisal.created").region == "120106"


def test_a_score_opens_to_inputs_that_add_up(made: Plan, officer: Actor, reporter: Actor, unit: Organisation) -> None:
    scheme = scheme_of(made, officer)
    report_first(made, reporter, officer)
    report_task(made, reporter, officer, "difficult")
    result = score_units(by=officer, at=LATE, scheme_id=scheme.pk, on=DAY)
    page = result_page(officer, result.pk)
    score = next(one for one in page.scores if one.unit_id == unit.pk)
    # 33.34 x 100 and 33.33 x 40 over the known 66.67; 乙指标 was never reported, its weight is carried by the other two.
    assert (score.value, score.unknown_weight) == (d("70.00"), d("33.33"))
    assert [(one["label"], one["code"], one["points"], one["contribution"]) for one in score.inputs] == [
        ("甲指标", "met", "100", "50.01"),
        ("乙指标", "no_data", None, None),
        ("培育企业", "difficult", "40", "19.99"),
    ]
    assert sum(Decimal(one["contribution"]) for one in score.inputs if one["contribution"]) == score.value
    assert "无数" in page.finding
    other = next(one for one in page.scores if one.unit_id != unit.pk)
    assert other.value is None, "nothing is known of it, which is not zero"
    assert page.scores[-1] == other


def test_what_is_not_verified_or_accepted_is_unknown(made: Plan, officer: Actor, reporter: Actor, unit: Organisation) -> None:
    scheme = scheme_of(made, officer)
    report_observation(by=reporter, at=AT, indicator_id=made.indicators.get(name="甲指标").pk, as_of=DAY, value=Decimal(100))
    report_task(made, reporter, officer, "done", accepted=False)
    result = score_units(by=officer, at=LATE, scheme_id=scheme.pk, on=DAY)
    assert result.scores.get(unit=unit).value is None


def test_a_changed_weight_is_a_new_version_and_earlier_scores_stay(made: Plan, officer: Actor, reporter: Actor, unit: Organisation) -> None:
    scheme = scheme_of(made, officer)
    report_first(made, reporter, officer)
    report_task(made, reporter, officer, "difficult")
    before = score_units(by=officer, at=LATE, scheme_id=scheme.pk, on=DAY)
    first, second = made.indicators.order_by("position")
    task = made.tasks.get(title="培育企业")
    weights = {("indicator", first.pk): d("80"), ("indicator", second.pk): d("0"), ("task", task.pk): d("20")}
    newer = revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason="突出数字企业", unit_id=unit.pk, weights=weights)
    assert (newer.version, newer.reason) == (2, "突出数字企业")
    after = score_units(by=officer, at=LATE, scheme_id=newer.pk, on=DAY)
    assert after.scores.get(unit=unit).value == d("88.00")
    assert before.scores.get(unit=unit).value == d("70.00")
    assert [line.weight for line in unit_weights(officer, scheme.pk, unit.pk)[2]] == [d("33.34"), d("33.33"), d("33.33")]
    assert [line.weight for line in unit_weights(officer, newer.pk, unit.pk)[2]] == [d("80.00"), d("0"), d("20.00")]
    with pytest.raises(Conflict):
        revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason="再改", unknown_rule="zero")
    with pytest.raises(Conflict):
        score_units(by=officer, at=LATE, scheme_id=scheme.pk, on=DAY)
    assert not scheme_page(officer, scheme.pk).editable
    assert [(one.scheme.version, one.result.pk if one.result else None) for one in schemes_list(officer)] == [(2, after.pk)]


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        (("50", "50", "0.01"), "合计 100.01"),
        (("50", "49.99", "0"), "合计 99.99"),
        (("-1", "51", "50"), "不在 0 到 100"),
        (("33.333", "33.333", "33.334"), "两位小数"),
    ],
)
def test_weights_add_up_to_a_hundred(made: Plan, officer: Actor, unit: Organisation, weights: tuple[str, str, str], match: str) -> None:
    scheme = scheme_of(made, officer)
    _page, _unit, lines = unit_weights(officer, scheme.pk, unit.pk)
    wanted = {line.item.key: d(value) for line, value in zip(lines, weights, strict=True)}
    with pytest.raises(Invalid, match=match):
        revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason="改", unit_id=unit.pk, weights=wanted)


def test_a_unit_is_weighed_only_by_what_it_answers_for(made: Plan, officer: Actor, unit: Organisation) -> None:
    scheme = scheme_of(made, officer)
    foreign = made.tasks.get(title="建设园区")
    with pytest.raises(Invalid, match="不负责其中 1 项"):
        revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason="改", unit_id=unit.pk, weights={("task", foreign.pk): d("100")})
    with pytest.raises(ReasonMissing):
        revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason=" ", unknown_rule="zero")
    with pytest.raises(WrongAppraisal, match="没有改动"):
        revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason="改", unknown_rule="shared")
    with pytest.raises(Invalid, match="没有这条规则"):
        revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason="改", unknown_rule="guess")
    for points in ({"met": d("100.01")}, {"met": d("-0.01")}, {"lucky": d("1")}):
        with pytest.raises(Invalid, match="各状态得分"):
            revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason="改", points=points)


def test_rules_of_a_version_score(made: Plan, officer: Actor, reporter: Actor, unit: Organisation) -> None:
    scheme = scheme_of(made, officer)
    report_first(made, reporter, officer)
    report_task(made, reporter, officer, "difficult")
    stricter = revise_scheme(by=officer, at=LATE, scheme_id=scheme.pk, reason="区委意见", points={"difficult": d("0")}, unknown_rule="zero")
    assert score_units(by=officer, at=LATE, scheme_id=stricter.pk, on=DAY).scores.get(unit=unit).value == d("33.34")
    withheld = revise_scheme(by=officer, at=LATE, scheme_id=stricter.pk, reason="改回", unknown_rule="withheld")
    assert (withheld.version, withheld.points["difficult"]) == (3, "0")
    assert score_units(by=officer, at=LATE, scheme_id=withheld.pk, on=DAY).scores.get(unit=unit).value is None


def test_schemes_and_scores_have_their_time(made: Plan, officer: Actor) -> None:
    for year in (2023, 2027):
        with pytest.raises(WrongAppraisal, match="规划期"):
            draft_scheme(by=officer, at=AT, plan_id=made.pk, year=year)
    scheme = scheme_of(made, officer)
    with pytest.raises(WrongAppraisal, match="已有考核方案"):
        scheme_of(made, officer)
    for on in (date(2024, 12, 31), date(2026, 1, 1)):
        with pytest.raises(WrongAppraisal, match="不在考核年度"):
            score_units(by=officer, at=AT, scheme_id=scheme.pk, on=on)
    running = draft_scheme(by=officer, at=AT, plan_id=made.pk, year=2026)
    with pytest.raises(WrongAppraisal, match="还没有到"):
        score_units(by=officer, at=AT, scheme_id=running.pk, on=date(2026, 3, 3))
    assert score_units(by=officer, at=AT, scheme_id=running.pk, on=ON).as_of == ON
    unpublish_plan(by=officer, at=LATE, plan_id=made.pk, reason="附表有误")
    with pytest.raises(WrongAppraisal, match="还在校核"):
        score_units(by=officer, at=LATE, scheme_id=running.pk, on=ON)


def test_a_plan_without_units_has_nothing_to_appraise(officer: Actor) -> None:
    empty = published(officer, plan(officer))
    with pytest.raises(WrongAppraisal, match="没有单位"):
        draft_scheme(by=officer, at=AT, plan_id=empty.pk, year=2025)


def test_a_unit_sees_its_own_score_and_the_public_none(
    made: Plan, officer: Actor, reporter: Actor, unit: Organisation, account: Callable[..., Actor], auditor: Actor
) -> None:
    scheme = scheme_of(made, officer)
    result = score_units(by=officer, at=LATE, scheme_id=scheme.pk, on=DAY)
    assert [one.unit_id for one in result_page(reporter, result.pk).scores] == [unit.pk]
    assert [one.pk for one, _lines in scheme_page(reporter, scheme.pk).units] == [unit.pk]
    assert len(result_page(auditor, result.pk).scores) == 2
    foreign = result.scores.exclude(unit=unit).get()
    with pytest.raises(NotFound):
        get_score(reporter, foreign.pk)
    stranger = account(Role.REPORTER, unit="红桥区教育局")
    for viewer in (ANONYMOUS, stranger):
        assert schemes_list(viewer) == []
        with pytest.raises(NotFound):
            result_page(viewer, result.pk)
    for by in (reporter, auditor):
        with pytest.raises(Denied):
            score_units(by=by, at=LATE, scheme_id=scheme.pk, on=DAY)
        with pytest.raises(Denied):
            revise_scheme(by=by, at=LATE, scheme_id=scheme.pk, reason="改", unknown_rule="zero")
    assert AppraisalResult.objects.count() == 1
