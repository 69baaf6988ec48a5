"""From an uploaded file to extractions waiting for the officer."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from wulian.chains.governance import jobs
from wulian.chains.governance.models import Extraction, Plan, PlanDocument
from wulian.chains.governance.selectors import extraction as selectors
from wulian.chains.governance.services import extraction, reading
from wulian.chains.governance.work_errors import DecisionsWouldBeLost, PlanFileSeen, StillReading
from wulian.foundation.access import Actor, Role
from wulian.foundation.files import store_upload
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, Denied, Invalid, WulianError

from .conftest import AT, ON, PLAN_TEXT

SEEDS = [
    "000_80edf01189100910.txt",
    "001_74686b48728b06a6.txt",
    "002_3b22102abfde4f0c.txt",
    "003_4e42376db48fd658.txt",
    "004_92afca926d264bc3.txt",
]


def test_a_text_becomes_a_draft_with_its_indicators_tasks_and_self_description(
    officer: Actor, uploaded: Callable[..., PlanDocument]
) -> None:
    document = uploaded(officer)
    plan = document.plan
    assert document.state == PlanDocument.State.READ
    assert plan.state == Plan.State.DRAFT
    assert (plan.first_year, plan.last_year, plan.region_id) == (2024, 2026, "120106")
    assert plan.issuer == "红桥区人民政府办公室"
    assert not document.confirmed
    assert document.extractions.filter(what="indicator").count() >= 6
    assert [row.values["title"] for row in document.extractions.filter(what="task")] == ["培育数字企业", "建设数字园区"]


def test_every_mark_lies_on_its_words(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    document = uploaded(officer)
    for row in document.extractions.filter(what="indicator"):
        assert row.span_start is not None
        assert row.span_end is not None
        quoted = document.text[row.span_start : row.span_end]
        if row.values["value"] is not None:
            assert row.values["value"] in quoted


def test_repeats_are_merged_into_the_table_row_and_can_be_undone(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    document = uploaded(officer)
    merged = document.extractions.filter(state="merged").first()
    assert merged is not None
    assert merged.merged_into is not None
    assert merged.merged_into.printed["from_table"]
    extraction.reopen(by=officer, document_id=document.pk, rows={merged.pk: merged.version}, at=AT)
    merged.refresh_from_db()
    assert (merged.state, merged.merged_into) == ("pending", None)


def test_the_same_file_again_is_told_and_may_still_be_made_another_plan(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    first = uploaded(officer)
    with pytest.raises(PlanFileSeen) as refused:
        uploaded(officer)
    assert refused.value.params["plan_id"] == first.plan_id
    assert Plan.objects.count() == 1
    assert uploaded(officer, again=True).plan_id != first.plan_id


def test_another_regions_draft_is_not_told_of(officer: Actor, account: Callable[..., Actor], uploaded: Callable[..., PlanDocument]) -> None:
    uploaded(officer)
    nankai = account(Role.OFFICER, region="120104", unit="南开区科技局")
    assert uploaded(nankai, region="120104").plan.region_id == "120104"


def test_only_an_officer_of_the_region_uploads(city_officer: Actor, reporter: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    with pytest.raises(Denied):
        uploaded(reporter)
    assert uploaded(city_officer, region="120000").plan.region_id == "120106"  # the text names a district that the city covers


def test_a_region_outside_the_officers_own_is_not_taken_from_the_text(
    account: Callable[..., Actor], uploaded: Callable[..., PlanDocument]
) -> None:
    nankai = account(Role.OFFICER, region="120104", unit="南开区科技局")
    assert uploaded(nankai, region="120104").plan.region_id == "120104"


def test_a_file_that_cannot_be_read_says_so_and_can_be_read_again(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    document = uploaded(officer, "\n \n", name="empty.txt")
    assert document.state == PlanDocument.State.FAILED
    assert document.failure
    document.file.file.delete(save=False)
    document.file.file.save("again", io.BytesIO(PLAN_TEXT.encode()))  # the disk is mended
    document = reading.read_plan_document(by=officer, document_id=document.pk, at=AT)
    assert (document.state, document.failure, document.attempt) == (PlanDocument.State.READ, "", 2)


def test_a_plan_without_a_single_number_is_a_warning_not_an_error(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    text = "红桥区科普工作方案\n一、总体要求\n（一）加强科普。大力弘扬科学精神。（区科协牵头）\n（二）加强宣传。营造良好氛围。（区科技局牵头）\n"
    document = uploaded(officer, text)
    assert document.state == PlanDocument.State.READ
    assert document.warnings
    assert not document.extractions.filter(what="indicator", values__value__isnull=False).exists()


def test_a_reader_that_died_can_be_replaced_after_a_while_and_never_overwrites(
    officer: Actor, uploaded: Callable[..., PlanDocument]
) -> None:
    document = uploaded(officer)
    later = AT + timedelta(hours=1)
    dead = reading.start_reading(by=officer, document_id=document.pk, at=later)
    with pytest.raises(StillReading):
        reading.start_reading(by=officer, document_id=document.pk, at=later + reading.READER_PATIENCE - timedelta(seconds=1))
    after = later + reading.READER_PATIENCE
    document = reading.read_plan_document(by=officer, document_id=document.pk, at=after)
    assert document.attempt == dead + 1
    count = document.extractions.count()
    # The reader that was taken for dead comes back with a failure: it is not the current attempt any more.
    reading._fail(by=officer, document_id=document.pk, attempt=dead, sentence="…", at=after)
    document.refresh_from_db()
    assert (document.state, document.extractions.count()) == (PlanDocument.State.READ, count)


def test_reading_again_does_not_throw_decisions_away(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    document = uploaded(officer)
    row = document.extractions.filter(state="pending").first()
    assert row is not None
    extraction.accept(by=officer, document_id=document.pk, rows={row.pk: 0}, at=AT)
    with pytest.raises(DecisionsWouldBeLost):
        reading.read_plan_document(by=officer, document_id=document.pk, at=AT + timedelta(hours=1))
    assert Extraction.objects.get(pk=row.pk).state == "accepted"


def test_anything_but_text_is_read_by_a_job_in_the_officers_name(officer: Actor, tmp_path: object, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined,operator]
    html = f"<html><body><p>{PLAN_TEXT.split('附件')[0].replace(chr(10), '</p><p>')}</p></body></html>"
    file = store_upload(by=officer, upload=io.BytesIO(html.encode()), name="plan.html", at=AT, allowed=("html",))
    document = reading.upload_plan(by=officer, region="120106", file=file, at=AT, on=ON)
    assert document.state == PlanDocument.State.QUEUED
    jobs.request_reading(by=officer, document=document)  # the test's job backend runs at once
    document.refresh_from_db()
    assert (document.state, document.format) == (PlanDocument.State.READ, "html")
    assert AuditEvent.objects.filter(action="plan.read", user_id=officer.user_id).exists()


def details(plan: Plan, **over: object) -> dict[str, object]:
    names = (
        "title",
        "short_title",
        "document_number",
        "issuer",
        "issued_on",
        "first_year",
        "last_year",
        "base_year",
        "parent_id",
        "predecessor_id",
    )
    return {**{name: getattr(plan, name) for name in names}, **over}


def test_the_officer_confirms_what_the_plan_is(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    plan = uploaded(officer).plan
    given = details(plan, title="红桥区数字经济行动方案", base_year=2024)
    reading.confirm_details(by=officer, plan_id=plan.pk, version=plan.version, at=AT, region="120106", details=given)
    plan.refresh_from_db()
    assert (plan.title, plan.base_year, plan.document.confirmed) == ("红桥区数字经济行动方案", 2024, True)


def test_two_officers_confirming_at_once_the_second_is_told(
    officer: Actor, account: Callable[..., Actor], uploaded: Callable[..., PlanDocument]
) -> None:
    other = account(Role.OFFICER, unit="红桥区科技局二科")
    plan = uploaded(officer).plan
    seen = plan.version
    reading.confirm_details(by=officer, plan_id=plan.pk, version=seen, at=AT, region="120106", details=details(plan, title="甲"))
    with pytest.raises(Conflict) as refused:
        reading.confirm_details(by=other, plan_id=plan.pk, version=seen, at=AT, region="120106", details=details(plan, title="乙"))
    assert refused.value.params["who"] == officer.name
    plan.refresh_from_db()
    assert plan.title == "甲"


def test_a_new_region_matches_the_printed_units_again(
    city_officer: Actor, unit: Callable[..., object], uploaded: Callable[..., PlanDocument]
) -> None:
    trade = unit("天津市南开区商务局", region="120104")
    document = uploaded(city_officer, region="120000")
    plan = document.plan
    reading.confirm_details(by=city_officer, plan_id=plan.pk, version=None, at=AT, region="120104", details=details(plan))
    named = [one for row in document.extractions.filter(what="task") for one in row.values["units"] if one["name"] == "区商务局"]
    assert named
    assert {one["organisation"] for one in named} == {trade.pk}  # type: ignore[attr-defined]


@pytest.mark.parametrize("wrong", [{"first_year": 2027}, {"title": ""}])
def test_details_that_cannot_be_are_refused(officer: Actor, uploaded: Callable[..., PlanDocument], wrong: dict[str, object]) -> None:
    plan = uploaded(officer).plan
    with pytest.raises(Invalid):
        reading.confirm_details(by=officer, plan_id=plan.pk, version=None, at=AT, region="120106", details=details(plan, **wrong))


def test_a_plan_above_cannot_be_below_as_well(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    upper, lower = uploaded(officer).plan, uploaded(officer, again=True).plan
    reading.confirm_details(by=officer, plan_id=lower.pk, version=None, at=AT, region="120106", details=details(lower, parent_id=upper.pk))
    with pytest.raises(WulianError):
        reading.confirm_details(
            by=officer, plan_id=upper.pk, version=None, at=AT, region="120106", details=details(upper, parent_id=lower.pk)
        )


@pytest.mark.parametrize("name", SEEDS)
def test_every_seed_is_read_and_shown(
    name: str, system: Actor, tianjin: None, shared: object, uploaded: Callable[..., PlanDocument]
) -> None:
    text = (shared / "seeds" / name).read_text(encoding="utf-8")  # type: ignore[operator]
    document = uploaded(system, text, region="120000")
    assert document.state == PlanDocument.State.READ, document.failure
    page = selectors.review(viewer=system, plan_id=document.plan_id)
    assert page.total == len({row.group_key for row in document.extractions.filter(what="indicator")})
    assert page.progress["tasks"][1] == document.extractions.filter(what="task").count() > 0
    shown = "".join(
        piece.text
        for section in range(page.sections)
        for piece in selectors.review(viewer=system, plan_id=document.plan_id, section=section).pieces
    )
    assert shown == document.text
    for finding in page.findings:
        assert finding.text
        assert all(quote for quote, _section, _start in finding.places)


def test_the_seeds_find_their_regions_and_years(
    system: Actor, tianjin: None, shared: object, uploaded: Callable[..., PlanDocument]
) -> None:
    found = []
    for name in SEEDS:
        plan = uploaded(system, (shared / "seeds" / name).read_text(encoding="utf-8"), region="120000").plan  # type: ignore[operator]
        found.append((plan.region_id, plan.first_year, plan.last_year))
    assert found == [
        ("120106", 2026, 2030),
        ("120000", 2021, 2025),
        ("120106", 2020, 2022),
        ("120000", 2025, 2027),
        ("120116-BHHT", 2021, 2025),
    ]
