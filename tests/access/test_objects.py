"""Who may do what to which object: a region's officers to their region, reporters to their unit, the public to what is published.

Through the services and selectors themselves, so that pages, API and commands are held to the same.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from wulian.chains.governance.models import Observation, Problem, RoundReport
from wulian.chains.governance.selectors import appraisal as appraisal_selectors
from wulian.chains.governance.selectors import chains as chain_selectors
from wulian.chains.governance.selectors import evaluation, extraction, indicator_page, plans, problems, rounds, tasks
from wulian.chains.governance.selectors import ideas as idea_selectors
from wulian.chains.governance.selectors import reviewing as review_selectors
from wulian.chains.governance.services import (
    appraisal,
    computing,
    ideas,
    indicators,
    observations,
    peers,
    publishing,
    reading,
    reviewing,
    targets,
)
from wulian.chains.governance.services import extraction as extraction_acts
from wulian.chains.governance.services import plans as plan_acts
from wulian.chains.governance.services import problems as problem_acts
from wulian.chains.governance.services import rounds as round_acts
from wulian.chains.governance.services import tasks as task_acts
from wulian.directory.selectors import facts as fact_selectors
from wulian.directory.selectors import figures, people
from wulian.directory.selectors import organisations as organisation_selectors
from wulian.directory.selectors.archive import archive
from wulian.directory.services import facts, organisations
from wulian.directory.services import people as people_acts
from wulian.foundation import notices, record_reading
from wulian.foundation.access import Actor
from wulian.foundation.catalogue.snapshots import take_snapshot
from wulian.foundation.files import store_upload
from wulian.foundation.imports.selectors import batches as batch_selectors
from wulian.foundation.imports.services import batches as batch_acts
from wulian.foundation.imports.services.quarantine import dismiss_row
from wulian.foundation.models import StoredFile
from wulian.kernel.errors import Denied, NotFound, WulianError

from .world import HONGQIAO, World, unit_id

pytestmark = pytest.mark.django_db
EVERYONE = (
    "anonymous", "enterprise", "reporter", "other_reporter", "other_officer", "officer", "city_officer", "auditor", "other_auditor",
    "reviewer", "other_reviewer", "administrator",
)  # fmt: skip
OFFICERS = {"officer", "city_officer", "administrator"}
READERS = OFFICERS | {"auditor"}
INSIDE = READERS | {"reporter"}


def now() -> Any:
    return timezone.now()


# What may be done -> the roles that may. Each act is undone after the trial; any answer but Denied and NotFound counts as allowed.
ACTS: dict[str, tuple[Callable[[World, Actor], Any], set[str]]] = {
    "edit a plan": (lambda w, by: plan_acts.edit_plan(by=by, at=now(), plan_id=w.ids["plan"], title="新名称"), OFFICERS),
    "publish a plan": (lambda w, by: publishing.publish_reviewed_plan(by=by, at=now(), plan_id=w.ids["draft"]), OFFICERS),
    "take a plan back": (lambda w, by: publishing.return_to_review(by=by, at=now(), plan_id=w.ids["plan"], reason="试"), OFFICERS),
    "make a plan": (
        lambda w, by: plan_acts.create_plan(by=by, at=now(), title="新", region=HONGQIAO, first_year=2026, last_year=2030),
        OFFICERS,
    ),
    "add an indicator": (lambda w, by: indicators.add_indicator(by=by, at=now(), plan_id=w.ids["draft"], name="新指标"), OFFICERS),
    "bind a metric": (
        lambda w, by: indicators.bind_metric(by=by, at=now(), indicator_id=w.ids["indicator"], metric="hnte_valid"),
        OFFICERS,
    ),
    "set a target": (
        lambda w, by: targets.set_target(
            by=by,
            at=now(),
            indicator_id=w.ids["indicator"],
            year=2026,
            role="final",
            value=Decimal(130),
            reason="调整",
            approver="区政府",
            approved_on=date(2026, 1, 1),
        ),
        OFFICERS,
    ),
    "remove a target": (lambda w, by: targets.remove_target(by=by, at=now(), target_id=w.ids["draft_target"]), OFFICERS),
    "compute a plan": (lambda w, by: computing.compute_plan(by=by, at=now(), plan_id=w.ids["plan"], on=date(2025, 12, 31)), OFFICERS),
    "report an indicator": (
        lambda w, by: observations.report_observation(
            by=by, at=now(), indicator_id=w.ids["indicator"], as_of=date(2024, 12, 31), value=Decimal(90)
        ),
        OFFICERS | {"reporter"},
    ),
    "verify a report": (lambda w, by: observations.verify_observation(by=by, at=now(), observation_id=w.ids["observation"]), OFFICERS),
    "edit a task": (lambda w, by: task_acts.edit_task(by=by, at=now(), task_id=w.ids["task"], title="新标题"), OFFICERS),
    "open a round": (
        lambda w, by: round_acts.open_round(
            by=by,
            at=now(),
            on=timezone.localdate(),
            plan_id=w.ids["plan"],
            name="新调度",
            as_of=date(2025, 12, 31),
            due_on=timezone.localdate() + timedelta(days=9),
        ),
        OFFICERS,
    ),
    "file the unit's report": (
        lambda w, by: round_acts.file_report(
            by=by, at=now(), on=timezone.localdate(), report_id=w.ids["report"], version=0, standing="under_way", progress="在办"
        ),
        OFFICERS | {"reporter"},
    ),
    "file another unit's report": (
        lambda w, by: round_acts.file_report(
            by=by, at=now(), on=timezone.localdate(), report_id=w.ids["other_report"], version=0, standing="under_way", progress="在办"
        ),
        OFFICERS,
    ),
    "handle the unit's problem": (
        lambda w, by: problem_acts.handle_problem(by=by, at=now(), problem_id=w.ids["problem"], version=0, closing_note="已办"),
        OFFICERS | {"reporter"},
    ),
    "handle another unit's problem": (
        lambda w, by: problem_acts.handle_problem(by=by, at=now(), problem_id=w.ids["other_problem"], version=0, closing_note="已办"),
        OFFICERS,
    ),
    "close a problem": (lambda w, by: problem_acts.close_problem(by=by, at=now(), problem_id=w.ids["problem"], version=0), OFFICERS),
    "set a peer value": (
        lambda w, by: peers.set_peer_value(
            by=by, at=now(), chain_id=w.ids["chain"], area="某区", as_of=date(2025, 12, 31), value=Decimal(5), source="公报"
        ),
        OFFICERS,
    ),
    "remove a peer value": (lambda w, by: peers.remove_peer_value(by=by, at=now(), peer_id=w.ids["peer"]), OFFICERS),
    "show an evaluation": (
        lambda w, by: reviewing.set_evaluation_public(by=by, at=now(), evaluation_id=w.ids["evaluation"], is_public=True),
        OFFICERS,
    ),
    "invite a reviewer": (
        lambda w, by: reviewing.invite_reviewer(
            by=by, at=now(), evaluation_id=w.ids["evaluation"], organisation_id=unit_id(w["other_reviewer"])
        ),
        OFFICERS,
    ),
    "withdraw an invitation": (
        lambda w, by: reviewing.withdraw_reviewer(by=by, at=now(), reviewer_id=w.ids["reviewer"], reason="试"),
        OFFICERS,
    ),
    "comment on an evaluation": (
        lambda w, by: reviewing.file_comment(by=by, at=now(), evaluation_id=w.ids["evaluation"], text="意见"),
        {"reviewer"},
    ),
    "answer a comment": (
        lambda w, by: reviewing.answer_comment(by=by, at=now(), comment_id=w.ids["comment"], version=0, answer="已写明"),
        OFFICERS,
    ),
    "make an appraisal scheme": (
        lambda w, by: appraisal.draft_scheme(by=by, at=now(), plan_id=w.ids["plan"], year=2024),
        OFFICERS,
    ),
    "change an appraisal scheme": (
        lambda w, by: appraisal.revise_scheme(by=by, at=now(), scheme_id=w.ids["scheme"], reason="试", unknown_rule="zero"),
        OFFICERS,
    ),
    "score the units": (
        lambda w, by: appraisal.score_units(by=by, at=now(), scheme_id=w.ids["scheme"], on=date(2025, 12, 31)),
        OFFICERS,
    ),
    "put an idea to a task": (
        lambda w, by: ideas.add_idea(
            by=by, at=now(), task_id=w.ids["task"], area="某区", practice="做法", source="公报", dated_on=date(2025, 1, 1)
        ),
        OFFICERS,
    ),
    "decide on an idea": (
        lambda w, by: ideas.decide_idea(by=by, at=now(), idea_id=w.ids["idea"], version=0, state="taken_up", reason="可行"),
        OFFICERS,
    ),
    "upload a plan": (
        lambda w, by: reading.upload_plan(
            by=by, region=HONGQIAO, file=StoredFile.objects.get(pk=w.ids["file"]), at=now(), on=timezone.localdate(), again=True
        ),
        OFFICERS,
    ),
    "decide on what was read": (
        lambda w, by: extraction_acts.accept(by=by, document_id=w.ids["document"], rows={w.ids["extraction"]: 0}, at=now()),
        OFFICERS,
    ),
    "start an import": (
        lambda w, by: batch_acts.start_import(
            by=by,
            kind="organisations",
            source="试",
            upload=io.BytesIO("企业名称\n甲公司\n".encode()),
            name="a.csv",
            region=HONGQIAO,
            at=now(),
        ),
        OFFICERS,
    ),
    "cancel an import": (lambda w, by: batch_acts.cancel_import(by=by, batch_id=w.ids["waiting_batch"], at=now()), OFFICERS),
    "dismiss a row": (lambda w, by: dismiss_row(by=by, row_id=w.ids["quarantined"], reason="试", at=now()), OFFICERS),
    "correct an organisation": (
        lambda w, by: organisations.update_organisation(
            by=by, organisation_id=w.ids["firm"], values={"short_name": "简"}, at=now(), on=timezone.localdate()
        ),
        OFFICERS,
    ),
    "record a region's figure": (
        lambda w, by: facts.record_region_fact(
            region=HONGQIAO, fact="gdp", year=2024, value=1, source=facts.own_source(), as_of=date(2024, 12, 31), by=by, at=now()
        ),
        OFFICERS,
    ),
    "verify a region's figure": (
        lambda w, by: facts.decide_region_fact(number=w.ids["region_fact"], verified=True, by=by, at=now()),
        OFFICERS,
    ),
    "keep a snapshot": (
        lambda w, by: take_snapshot(metric="hnte_valid", region=HONGQIAO, on=date(2024, 12, 31), by=by, at=now()),
        OFFICERS,
    ),
    "add an account": (lambda w, by: people_acts.add_account(by=by, at=now(), username="new", name="新"), {"administrator"}),
    "end a membership": (
        lambda w, by: people_acts.end_membership(
            by=by, at=now(), membership_id=w.ids["membership"], valid_to=timezone.localdate(), reason="试"
        ),
        {"administrator"},
    ),
    "revoke a membership": (
        lambda w, by: people_acts.revoke_membership(by=by, at=now(), membership_id=w.ids["membership"], reason="试"),
        {"administrator"},
    ),
    "reset a password": (lambda w, by: people_acts.reset_password(by=by, at=now(), person_id=w.ids["person"]), {"administrator"}),
    "keep a file": (
        lambda w, by: store_upload(by=by, upload=io.BytesIO(b"text"), name="a.txt", at=now(), allowed=("text",)),
        set(EVERYONE) - {"anonymous"},
    ),
}

# What may be seen -> the roles that may.
SIGHTS: dict[str, tuple[Callable[[World, Actor], Any], set[str]]] = {
    "a published plan": (lambda w, viewer: plans.get_plan(viewer, w.ids["plan"]), set(EVERYONE)),
    "a draft": (lambda w, viewer: plans.get_plan(viewer, w.ids["draft"]), READERS),
    "a draft in the list": (
        lambda w, viewer: seen(w.ids["draft"], [one.plan.pk for one in plans.plans_list(viewer, timezone.localdate())]),
        READERS,
    ),
    "an indicator of a draft": (
        lambda w, viewer: indicator_page.indicator_page(viewer, w.ids["draft_indicator"], timezone.localdate()),
        READERS,
    ),
    "an unverified report": (lambda w, viewer: indicator_page.get_observation(viewer, w.ids["observation"]), INSIDE),
    "a printed value": (lambda w, viewer: indicator_page.get_observation(viewer, w.ids["printed"]), set(EVERYONE)),
    "a chain": (lambda w, viewer: chain_selectors.chain_detail(viewer, w.ids["chain"], timezone.localdate()), set(EVERYONE)),
    "a frozen evaluation": (lambda w, viewer: evaluation.get_evaluation(viewer, w.ids["evaluation"]), READERS | {"reviewer"}),
    "a public evaluation": (lambda w, viewer: evaluation.get_evaluation(viewer, w.ids["public_evaluation"]), set(EVERYONE)),
    "a frozen evaluation in the list": (
        lambda w, viewer: seen(w.ids["evaluation"], [one.evaluation.pk for one in review_selectors.evaluations_list(viewer)]),
        READERS | {"reviewer"},
    ),
    "an appraisal scheme": (lambda w, viewer: appraisal_selectors.scheme_page(viewer, w.ids["scheme"]), INSIDE),
    "the unit's score": (lambda w, viewer: appraisal_selectors.get_score(viewer, w.ids["score"]), INSIDE),
    "another unit's score": (lambda w, viewer: appraisal_selectors.get_score(viewer, w.ids["other_score"]), READERS),
    "an idea on the unit's task": (lambda w, viewer: idea_selectors.get_idea(viewer, w.ids["idea"]), INSIDE),
    "an idea beside the comparison": (lambda w, viewer: some(idea_selectors.ideas_of_chain(viewer, w.ids["chain"])), INSIDE),
    "a comment that is not public": (lambda w, viewer: some(comments_of(w, viewer)), READERS | {"reviewer"}),
    "a task of a draft": (
        lambda w, viewer: tasks.task_detail(viewer=viewer, task_id=w.ids["draft_task"], on=timezone.localdate()),
        READERS,
    ),
    "the unit's report on a task": (
        lambda w, viewer: seen(
            w.ids["report"], [one.pk for one in tasks.task_detail(viewer=viewer, task_id=w.ids["task"], on=timezone.localdate()).reports]
        ),
        INSIDE,
    ),
    "another unit's report on a task": (
        lambda w, viewer: seen(
            w.ids["other_report"],
            [one.pk for one in tasks.task_detail(viewer=viewer, task_id=w.ids["other_task"], on=timezone.localdate()).reports],
        ),
        READERS,
    ),
    "problems of a task": (
        lambda w, viewer: seen(
            w.ids["problem"], [one.pk for one in tasks.task_detail(viewer=viewer, task_id=w.ids["task"], on=timezone.localdate()).problems]
        ),
        INSIDE,
    ),
    "a round": (lambda w, viewer: rounds.round_detail(viewer=viewer, round_id=w.ids["round"], on=timezone.localdate()), INSIDE),
    "another unit's report in a round": (
        lambda w, viewer: seen(
            w.ids["other_report"],
            [
                report.pk
                for unit in rounds.round_detail(viewer=viewer, round_id=w.ids["round"], on=timezone.localdate()).units
                for report in unit.reports
            ],
        ),
        READERS,
    ),
    "the unit's problem": (
        lambda w, viewer: problems.problem_detail(viewer=viewer, problem_id=w.ids["problem"], on=timezone.localdate()),
        INSIDE,
    ),
    "another unit's problem": (
        lambda w, viewer: problems.problem_detail(viewer=viewer, problem_id=w.ids["other_problem"], on=timezone.localdate()),
        READERS,
    ),
    "what was read from a plan": (lambda w, viewer: extraction.review(viewer=viewer, plan_id=w.ids["read_plan"]), OFFICERS),
    "an import": (lambda w, viewer: batch_selectors.get_batch(viewer=viewer, batch_id=w.ids["batch"]), OFFICERS),
    "a quarantined row": (lambda w, viewer: batch_selectors.get_quarantined(viewer=viewer, row_id=w.ids["quarantined"]), OFFICERS),
    "the enterprise's own facts": (lambda w, viewer: some(archive_of(w, viewer, "own").facts), READERS | {"enterprise"}),
    "another enterprise's facts": (lambda w, viewer: some(archive_of(w, viewer, "firm").facts), READERS),
    "another enterprise's flags": (lambda w, viewer: some(archive_of(w, viewer, "firm").flags), READERS),
    "another enterprise's titles": (lambda w, viewer: some(archive_of(w, viewer, "firm").titles), set(EVERYONE)),
    "firms behind an open figure": (
        lambda w, viewer: figures.list_records(viewer, "hnte_valid", HONGQIAO, timezone.localdate()),
        set(EVERYONE),
    ),
    "firms behind a sum of reported facts": (
        lambda w, viewer: figures.list_records(viewer, "rd_expense_enterprises", HONGQIAO, timezone.localdate()),
        READERS,
    ),
    "a sum over two firms": (
        lambda w, viewer: some(figures.open_figure(viewer, "rd_expense_enterprises", HONGQIAO, date(2025, 12, 31)).value.value),
        READERS,
    ),
    "unverified figures of a region": (lambda w, viewer: fact_selectors.region_facts_of(viewer, HONGQIAO, range(2025, 2026)), READERS),
    "people": (lambda w, viewer: some(people.get_person(viewer=viewer, person_id=w.ids["person"])), {"administrator"}),
    "the audit record of the region": (
        lambda w, viewer: some(record_reading.list_events(viewer=viewer, object_type="governance.plan", object_id=str(w.ids["plan"]))),
        {"auditor", "administrator"},
    ),
    "background jobs": (lambda w, viewer: record_reading.list_jobs(viewer=viewer), {"administrator"}),
    "the officer's notices": (lambda w, viewer: some(notices.list_notices(viewer=viewer).filter(key="try")), {"officer"}),
}


def seen(pk: int, pks: list[int]) -> int:
    if pk not in pks:
        raise NotFound(what="试")
    return pk


def some(things: Any) -> Any:
    if not things:
        raise NotFound(what="试")
    return things


def comments_of(world: World, viewer: Actor) -> list[Any]:
    found = evaluation.get_evaluation(viewer, world.ids["evaluation"])
    return review_selectors.review_of(viewer, found, timezone.localdate()).comments


def archive_of(world: World, viewer: Actor, which: str) -> Any:
    organisation = organisation_selectors.get_organisation(viewer=viewer, organisation_id=world.ids[which])
    return archive(viewer=viewer, organisation=organisation, on=timezone.localdate())


def allowed(trial: Callable[[World, Actor], Any], world: World, actor: Actor) -> bool:
    with transaction.atomic():
        try:
            trial(world, actor)
        except (Denied, NotFound):
            return False
        except WulianError:
            return True  # past the access check, stopped by something else
        else:
            return True
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("table", [ACTS, SIGHTS], ids=["acts", "sights"])
def test_who_may_do_and_see_what(world: World, table: dict[str, tuple[Callable[[World, Actor], Any], set[str]]]) -> None:
    wrong = []
    for what, (trial, expected) in table.items():
        found = {role for role in EVERYONE if allowed(trial, world, world[role])}
        if found != expected:
            wrong.append(f"{what}: may but should not {sorted(found - expected)}, should but may not {sorted(expected - found)}")
    assert not wrong, "\n".join(wrong)


def test_a_reporter_cannot_borrow_somebody_elses_file_as_evidence(world: World) -> None:
    """Evidence is shown to whoever reported it, so attaching a file by its number must not open it."""
    secret = store_upload(by=world["other_officer"], upload=io.BytesIO(b"not yours"), name="secret.txt", at=now(), allowed=("text",))
    try:
        report = observations.report_observation(
            by=world["reporter"], at=now(), indicator_id=world.ids["indicator"], as_of=date(2024, 12, 31), value=Decimal(90),
            evidence_ids=[secret.pk],
        )  # fmt: skip
    except WulianError:
        assert not Observation.objects.filter(evidence=secret).exists()
    else:
        assert not indicator_page.evidence_of(world["reporter"], report).filter(pk=secret.pk).exists()
    with contextlib.suppress(WulianError):
        round_acts.file_report(
            by=world["reporter"], at=now(), on=timezone.localdate(), report_id=world.ids["report"], version=0, standing="under_way",
            progress="在办", evidence=[secret.pk],
        )  # fmt: skip
    assert not RoundReport.objects.filter(evidence=secret).exists()


def test_a_problem_is_not_given_to_a_unit_by_its_reporter_alone(world: World) -> None:
    """A reporter may raise a problem on the unit's own plan; whom it goes to is for the officer."""
    try:
        raised = problem_acts.raise_problem(
            by=world["other_reporter"], at=now(), plan_id=world.ids["plan"], title="别区的人提的", owner_id=unit_id(world["officer"])
        )
    except (Denied, NotFound):
        return
    pytest.fail(f"a reporter of another district raised problem {raised.pk}: {Problem.objects.count()} problems")
