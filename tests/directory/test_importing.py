"""Registers come in whole: flags, quarantine, re-runs, moves, repair."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from wulian.directory.importing.jobs import run_batch
from wulian.directory.models import (
    FactValue,
    IPRight,
    Organisation,
    OrganisationName,
    RegionMove,
    SourceRecord,
    TitleGrant,
)
from wulian.foundation.access import Actor, Role
from wulian.foundation.imports.declare import Result
from wulian.foundation.imports.errors import BatchBusy, BatchClosed, MappingIncomplete, RowClosed
from wulian.foundation.imports.selectors.batches import earlier_imports, problems_of
from wulian.foundation.imports.services.batches import cancel_import, confirm_mapping, requeue_import, start_import
from wulian.foundation.imports.services.quarantine import dismiss_row, repair_row
from wulian.foundation.imports.services.running import run_import, sole_runner
from wulian.foundation.models import AuditEvent, ImportBatch, ImportMapping, QuarantinedRow
from wulian.kernel.errors import Denied, Invalid

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("tianjin")
HEADER = "企业名称,统一社会信用代码,注册日期,企业类型,注册资金,经营范围,地区,注册地址\n"
A, B = "91120000103064293R", "911201011031214973"


def clock() -> datetime:
    return NOW


def load(
    by: Actor, text: str | bytes, kind: str = "organisations", source: str = "登记", region: str = "120000", **options: Any
) -> ImportBatch:
    data = text.encode() if isinstance(text, str) else text
    batch = start_import(by=by, kind=kind, source=source, upload=io.BytesIO(data), name="表.csv", region=region, at=NOW)
    confirm_mapping(by=by, batch_id=batch.pk, columns=batch.columns, options=options, at=NOW)
    return run_batch(by=by, batch_id=batch.pk, clock=clock)


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created_count, batch.updated_count, batch.unchanged_count, batch.quarantined_count


def codes(organisation: Organisation) -> set[str]:
    return {flag["code"] for flag in organisation.flags}


def test_a_row_becomes_an_organisation_with_its_record_as_printed(system: Actor) -> None:
    batch = load(
        system, HEADER + f'中国水产（天津）有限公司,{A},1978-08-01,N/A,"1,913.2157(万元人民币)",渔需物资,南开,天津市南开区宜宾道6号\n'
    )
    assert (batch.state, counts(batch)) == ("finished", (1, 0, 0, 0))
    organisation = Organisation.objects.get(uscc=A)
    assert organisation.established_on == date(1978, 8, 1)
    assert (organisation.capital_amount, organisation.capital_currency) == (1_913_215_700, "CNY")
    assert (organisation.region_id, organisation.region_basis, organisation.legal_form) == ("120104", "column", "")
    assert organisation.flags == []
    record = SourceRecord.objects.get(organisation=organisation)
    assert record.values["企业类型"] == "N/A"
    assert (record.key, record.row_number, record.batch_id) == (A, 2, batch.pk)
    assert AuditEvent.objects.filter(action="import.finished").count() == 1


def test_what_is_in_doubt_is_flagged_and_kept_as_printed(system: Actor) -> None:
    load(
        system,
        HEADER
        + "甲公司,无,2000-01-01,,4元人民币,,红桥,静海县静海经济开发区庶海道10号\n"
        + "乙公司,9112011267147723XL,2000-01-01,,45(万),,N/A,N/A\n"
        + f"丙公司,{A},2000-01-01,,6,,火星,蓟县下营镇\n",
    )
    first, second, third = Organisation.objects.order_by("id").exclude(kind="government")
    assert codes(first) == {"uscc_missing", "capital_unit", "district_differs"}
    assert (first.uscc, first.capital_amount, first.region_id) == ("", 400, "120106")
    assert codes(second) == {"uscc_check", "capital_no_currency", "district_missing"}
    assert (second.uscc, second.region_id, second.source_records.get().values["统一社会信用代码"]) == ("", None, "9112011267147723XL")
    assert codes(third) == {"capital_no_unit", "district_unknown"}
    assert (third.capital_amount, third.region_id, third.region_basis) == (None, "120119", "address")


def test_rows_that_cannot_be_read_are_quarantined_with_the_reason(system: Actor) -> None:
    batch = load(
        system,
        HEADER
        + f",{A},2000-01-01,,,,红桥,\n"
        + f"甲公司,{B},2000-13-01,,,,红桥,\n"
        + "乙公司,无,2000-01-01,500(万元人民币),N/A,,红桥,\n"
        + "丙公司,无,2000-01-01,,,,红桥,天津,多,一格\n"
        + "丁公司,无,2999-01-01,,,,红桥,\n"
        + "戊公司,无,2000-01-01,,,,红桥,\n",
    )
    assert counts(batch) == (1, 0, 0, 5)
    found = {row.row_number: [p.code for p in problems_of(row)] for row in QuarantinedRow.objects.all()}
    assert found == {2: ["required"], 3: ["not_a_date"], 4: ["columns_shifted"], 5: ["row_width"], 6: ["future_date"]}
    assert QuarantinedRow.objects.get(row_number=5).values["第9列"] == "多"


def test_a_second_run_changes_nothing_and_says_so(system: Actor) -> None:
    text = HEADER + f"甲公司,{A},2000-01-01,,,,红桥,\n乙公司,无,2000-01-01,,,,红桥,\n"
    load(system, text)
    before = list(Organisation.objects.order_by("id").values())
    again = load(system, text)
    assert counts(again) == (0, 0, 2, 0)
    assert list(Organisation.objects.order_by("id").values()) == before
    assert SourceRecord.objects.count() == 2
    assert [batch.pk for batch in earlier_imports(viewer=system, batch=again)] == [again.pk - 1]


def test_a_changed_row_updates_and_leaves_former_name_and_move(system: Actor) -> None:
    load(system, HEADER + f"旧名公司,{A},2000-01-01,,10(万元),服务,红桥,\n")
    batch = load(system, HEADER + f"新名公司,{A},2000-01-01,,,,南开,\n", as_of="2025-06-30")
    assert counts(batch) == (0, 1, 0, 0)
    organisation = Organisation.objects.get(uscc=A)
    # What the new row leaves blank is not taken away.
    assert (organisation.name, organisation.capital_amount, organisation.business_scope) == ("新名公司", 10_000_000, "服务")
    move = RegionMove.objects.get()
    assert (move.from_region_id, move.to_region_id, move.moved_on, move.basis) == ("120106", "120104", date(2025, 6, 30), "登记")
    former = OrganisationName.objects.get()
    assert (former.name, former.kind, former.valid_to) == ("旧名公司", "former", date(2025, 6, 30))


def test_a_region_confirmed_by_hand_is_not_overruled(system: Actor) -> None:
    load(system, HEADER + f"甲公司,{A},2000-01-01,,,,红桥,\n")
    Organisation.objects.filter(uscc=A).update(region_basis="officer")
    load(system, HEADER + f"甲公司,{A},2000-01-01,,,,南开,\n")
    assert Organisation.objects.get(uscc=A).region_id == "120106"
    assert not RegionMove.objects.exists()


def test_another_source_meets_the_same_organisation_by_code_and_by_unique_name(system: Actor) -> None:
    load(system, HEADER + f"天津甲（红桥）公司,{A},2000-01-01,,,,红桥,\n")
    load(system, f"单位名称,信用代码\n天津甲(红桥)公司,{A}\n", source="统计")
    load(system, "单位名称\n天津甲（红桥）公司.\n", source="科技")
    organisation = Organisation.objects.get(name_key="天津甲红桥公司")
    assert {record.source.name for record in organisation.source_records.select_related("source")} == {"登记", "统计", "科技"}


def test_two_rows_of_one_code_that_differ_are_a_persons_to_decide(system: Actor) -> None:
    batch = load(system, HEADER + f"甲公司,{A},2000-01-01,,,,红桥,\n甲公司,{A},2000-01-01,,,,红桥,\n甲公司,{A},2001-01-01,,,,红桥,\n")
    assert counts(batch) == (1, 0, 1, 1)
    problem = problems_of(QuarantinedRow.objects.get())[0]
    assert (problem.code, problem.params["row"]) == ("same_key_twice", 2)


def test_the_same_organisation_code_in_two_codes_is_flagged_on_both(system: Actor) -> None:
    batch = load(
        system,
        HEADER
        + "天津市嘉胜实业有限公司.,91120116797283326R,2007-02-07,,,,和平,\n天津市嘉胜实业有限公司,911201017972833262,2007-02-07,,,,和平,\n",
    )
    assert batch.flagged_count == 2
    for organisation in Organisation.objects.filter(name_key="天津市嘉胜实业有限公司"):
        assert codes(organisation) == {"same_organisation_code"}


def test_gb18030_and_a_workbook_give_the_same_as_utf8(system: Actor) -> None:
    from openpyxl import Workbook

    text = HEADER + f"甲公司,{A},2000-01-01,,18(万元),,红桥,\n乙公司,无,2000-01-01,,,,红桥,\n"
    load(system, text.encode("gb18030"))
    again = load(system, text)
    assert counts(again) == (0, 0, 2, 0)
    book = Workbook()
    for line in text.splitlines():
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    assert counts(load(system, out.getvalue())) == (0, 0, 2, 0)


def test_a_district_officer_writes_only_in_the_district(officer: Actor) -> None:
    batch = load(officer, HEADER + f"甲公司,{A},2000-01-01,,,,红桥,\n乙公司,{B},2000-01-01,,,,和平,\n", region="120106")
    assert counts(batch) == (1, 0, 0, 1)
    assert problems_of(QuarantinedRow.objects.get())[0].code == "outside_region"
    with pytest.raises(Denied):
        start_import(
            by=officer, kind="organisations", source="x", upload=io.BytesIO(b"a"), name="x", region="120104", at=NOW
        )  # fmt: skip


def test_nobody_else_imports(enterprise_user: Actor, reporter: Actor, anonymous: Actor) -> None:
    for actor in (enterprise_user, reporter, anonymous):
        with pytest.raises(Denied):
            start_import(by=actor, kind="organisations", source="x", upload=io.BytesIO(b"a"), name="x", region="120106", at=NOW)


def test_a_repaired_row_is_imported_and_counted(officer: Actor) -> None:
    batch = load(officer, HEADER + f"甲公司,{A},2000-02-30,,,,红桥,\n", region="120106")
    row = QuarantinedRow.objects.get()
    still = repair_row(by=officer, row_id=row.pk, values={"注册日期": "2000-02-31"}, at=NOW)
    assert (still.result, still.problems[0].code) == (Result.QUARANTINED, "not_a_date")
    row.refresh_from_db()
    assert row.state == "open"
    done = repair_row(by=officer, row_id=row.pk, values={"注册日期": "2000-02-29"}, at=NOW)
    assert done.result == Result.CREATED
    batch.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, row.values["注册日期"], counts(batch)) == ("repaired", "2000-02-30", (1, 0, 0, 0))
    event = AuditEvent.objects.get(action="import_row.repaired")
    assert event.after["values"]["注册日期"] == "2000-02-29"
    with pytest.raises(RowClosed):
        repair_row(by=officer, row_id=row.pk, values={}, at=NOW)


def test_a_dismissed_row_needs_a_reason_and_stays(officer: Actor) -> None:
    load(officer, HEADER + ",无,2000-01-01,,,,红桥,\n", region="120106")
    row = QuarantinedRow.objects.get()
    with pytest.raises(Invalid):
        dismiss_row(by=officer, row_id=row.pk, reason=" ", at=NOW)
    assert dismiss_row(by=officer, row_id=row.pk, reason="测试行", at=NOW).state == "dismissed"
    assert AuditEvent.objects.get(action="import_row.dismissed").reason == "测试行"


def test_a_batch_needs_its_required_columns(system: Actor) -> None:
    batch = start_import(
        by=system, kind="organisations", source="登记", upload=io.BytesIO(f"甲,乙\nx,{A}\n".encode()), name="t", region="120000", at=NOW
    )
    assert batch.columns == {}
    with pytest.raises(MappingIncomplete, match="名称"):
        confirm_mapping(by=system, batch_id=batch.pk, columns={"uscc": "乙"}, at=NOW)
    confirm_mapping(by=system, batch_id=batch.pk, columns={"name": "甲", "uscc": "乙"}, at=NOW, save_as="我的表")
    with pytest.raises(BatchClosed):
        confirm_mapping(by=system, batch_id=batch.pk, columns={"name": "甲"}, at=NOW)
    assert ImportMapping.objects.get().columns == {"name": "甲", "uscc": "乙"}
    again = start_import(
        by=system, kind="organisations", source="登记", upload=io.BytesIO(f"甲,乙\ny,{B}\n".encode()), name="t", region="120000", at=NOW
    )
    assert again.columns == {"name": "甲", "uscc": "乙"}


def rows_of(count: int, seed: int = 1) -> str:
    random_ = random.Random(seed)
    lines = []
    for i in range(count):
        bad = "不是日期" if i % 97 == 5 else f"20{random_.randrange(10, 25)}-01-0{random_.randrange(1, 9)}"
        lines.append(f"天津第{i}号科技有限公司,无,{bad},,{random_.randrange(1, 900)}万元,,红桥,\n")
    return HEADER + "".join(lines)


def everything() -> list[Any]:
    organisations = Organisation.objects.exclude(kind="government").order_by("name").values_list("name", "established_on", "capital_amount")
    quarantined = QuarantinedRow.objects.order_by("row_number").values_list("row_number", "problems")
    return [*organisations, *quarantined]


@pytest.mark.parametrize("stop_at", [1, 3])
def test_an_import_that_breaks_goes_on_where_it_stopped(system: Actor, stop_at: int) -> None:
    text = rows_of(250)
    batch = start_import(
        by=system, kind="organisations", source="登记", upload=io.BytesIO(text.encode()), name="t", region="120000", at=NOW
    )
    confirm_mapping(by=system, batch_id=batch.pk, columns=batch.columns, at=NOW)
    seen: list[int] = []

    def breaking(done: int, total: int | None) -> None:
        seen.append(done)
        if len(seen) == stop_at:
            raise OSError("no space left on device")

    with pytest.raises(Exception, match="已导入的"):
        run_import(by=system, batch_id=batch.pk, clock=clock, chunk=50, progress=breaking)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done) == ("failed", stop_at * 50)
    assert "没有丢失" in batch.failure
    requeue_import(by=system, batch_id=batch.pk, at=NOW)
    done = run_import(by=system, batch_id=batch.pk, clock=clock, chunk=50)
    assert (done.state, done.rows_done, done.created_count + done.quarantined_count) == ("finished", 250, 250)
    assert Organisation.objects.filter(name__startswith="天津第").count() == done.created_count


def test_a_cancelled_import_stops_keeps_its_rows_and_can_go_on(system: Actor) -> None:
    batch = start_import(
        by=system, kind="organisations", source="登记", upload=io.BytesIO(rows_of(200).encode()), name="t", region="120000", at=NOW
    )
    confirm_mapping(by=system, batch_id=batch.pk, columns=batch.columns, at=NOW)

    def cancel(done: int, total: int | None) -> None:
        if done == 100:
            cancel_import(by=system, batch_id=batch.pk, at=NOW)

    stopped = run_import(by=system, batch_id=batch.pk, clock=clock, chunk=50, progress=cancel)
    assert (stopped.state, stopped.rows_done) == ("cancelled", 100)
    requeue_import(by=system, batch_id=batch.pk, at=NOW)
    assert run_import(by=system, batch_id=batch.pk, clock=clock).rows_done == 200


def test_a_second_runner_is_refused(system: Actor) -> None:
    batch = start_import(
        by=system, kind="organisations", source="登记", upload=io.BytesIO(rows_of(5).encode()), name="t", region="120000", at=NOW
    )
    confirm_mapping(by=system, batch_id=batch.pk, columns=batch.columns, at=NOW)
    with sole_runner(batch.pk), pytest.raises(BatchBusy):
        run_import(by=system, batch_id=batch.pk, clock=clock)


def test_a_runner_on_another_machine_is_left_alone_until_it_falls_silent(system: Actor) -> None:
    batch = start_import(
        by=system, kind="organisations", source="登记", upload=io.BytesIO(rows_of(5).encode()), name="t", region="120000", at=NOW
    )
    confirm_mapping(by=system, batch_id=batch.pk, columns=batch.columns, at=NOW)
    options = {**ImportBatch.objects.get(pk=batch.pk).options, "host": "elsewhere"}
    ImportBatch.objects.filter(pk=batch.pk).update(state="running", heartbeat_at=NOW, options=options)
    with pytest.raises(BatchBusy):
        run_import(by=system, batch_id=batch.pk, clock=clock)
    later = datetime(2026, 3, 2, 1, 5, tzinfo=UTC)
    assert run_import(by=system, batch_id=batch.pk, clock=lambda: later).state == "finished"


# ---------------------------------------------------------------------------------------------- facts, titles, IP
@pytest.fixture
def two(system: Actor, tianjin: None) -> None:
    load(system, HEADER + f"甲公司,{A},2000-01-01,,,,红桥,\n乙公司,{B},2000-01-01,,,,和平,\n")


@pytest.mark.usefixtures("two")
def test_yearly_facts_are_exact_and_corrections_keep_the_earlier_value(system: Actor) -> None:
    batch = load(
        system,
        f'企业名称,信用代码,年度,营业收入（万元）,研发费用,从业人员\n甲公司,{A},2024,"1,234.56",100.01,35\n乙公司,,2024,-,,7\n',
        kind="facts",
    )
    assert counts(batch) == (2, 0, 0, 0)
    assert dict(FactValue.objects.filter(organisation__uscc=A).values_list("fact", "value")) == {
        "revenue": 1_234_560_000, "rd_expense": 10_001, "staff_total": 35,
    }  # fmt: skip
    assert list(FactValue.objects.filter(organisation__uscc=B).values_list("fact", "value")) == [("staff_total", 7)]
    later = load(system, f"信用代码,年度,营业收入(元)\n{A},2024,1\n", kind="facts", as_of="2026-03-03")
    assert counts(later) == (0, 1, 0, 0)
    kept = FactValue.objects.filter(fact="revenue").order_by("id").values_list("value", "is_current")
    assert list(kept) == [(1_234_560_000, False), (100, True)]
    assert counts(load(system, f"信用代码,年度,营业收入(元)\n{A},2024,1\n", kind="facts", as_of="2026-03-03")) == (0, 0, 1, 0)


@pytest.mark.usefixtures("two")
def test_an_older_file_does_not_overrule_a_newer_one(system: Actor) -> None:
    load(system, f"信用代码,年度,营业收入(元)\n{A},2024,2\n", kind="facts", as_of="2025-06-01")
    load(system, f"信用代码,年度,营业收入(元)\n{A},2024,1\n", kind="facts", as_of="2025-03-01")
    load(system, f"信用代码,年度,营业收入(元)\n{A},2024,1\n", kind="facts", as_of="2025-03-01", source="登记")
    assert list(FactValue.objects.order_by("id").values_list("value", "is_current")) == [(200, True), (100, False)]


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"甲公司,{A},2024,abc,1", "not_money"),
        (f"甲公司,{A},2024,1,3.5", "not_exact"),
        (f"甲公司,{A},2024,1,-3", "negative"),
        (f"甲公司,{A},,1,1", "no_year"),
        (f"甲公司,{A},2030,1,1", "year_ahead"),
        (f"甲公司,{A},24,1,1", "not_a_year"),
        (f"丙公司,{A},2024,1,1", "code_and_name_differ"),
        ("丙公司,,2024,1,1", "organisation_not_found"),
        (",,2024,1,1", "nameless"),
        (f"甲公司,{A[:-1]}Q,2024,1,1", "uscc_check"),
        (f"甲公司,{A},2024,,", "no_fact"),
    ],
)
def test_facts_that_cannot_be_taken_say_why(system: Actor, line: str, code: str) -> None:
    load(system, f"企业名称,信用代码,年度,营业收入,职工总数\n{line}\n", kind="facts")
    assert [problem.code for problem in problems_of(QuarantinedRow.objects.get())] == [code]
    assert not FactValue.objects.exists()


@pytest.mark.usefixtures("two")
def test_a_title_is_valid_through_its_last_day(system: Actor) -> None:
    text = "企业名称,称号,认定日期,有效期至\n甲公司,高新技术企业,2023-12-08,2026-12-07\n乙公司,雏鹰,2023-01-01,长期\n"
    assert counts(load(system, text, kind="titles")) == (2, 0, 0, 0)
    first, second = TitleGrant.objects.order_by("id")
    assert (first.kind, first.valid_from, first.valid_to) == ("hnte", date(2023, 12, 8), date(2026, 12, 8))
    assert (second.kind, second.valid_to) == ("eaglet", None)
    assert counts(load(system, text, kind="titles")) == (0, 0, 2, 0)
    revoked = "企业名称,称号,认定日期,有效期至,取消日期\n甲公司,高企,2023-12-08,2026-12-07,2025-01-01\n"
    assert counts(load(system, revoked, kind="titles")) == (0, 1, 0, 0)
    assert counts(load(system, text, kind="titles")) == (0, 0, 2, 0)  # saying nothing of it does not undo it
    assert TitleGrant.objects.get(kind="hnte").revoked_on == date(2025, 1, 1)


@pytest.mark.usefixtures("two")
def test_a_title_without_an_end_is_asked_about_unless_the_file_says_how_long(system: Actor) -> None:
    text = "企业名称,认定日期\n甲公司,2024-02-29\n"
    first = start_import(by=system, kind="titles", source="名单", upload=io.BytesIO(text.encode()), name="t", region="120000", at=NOW)
    confirm_mapping(by=system, batch_id=first.pk, columns=first.columns, options={"kind": "hnte"}, at=NOW)
    run_batch(by=system, batch_id=first.pk, clock=clock)
    assert problems_of(QuarantinedRow.objects.get())[0].code == "no_end"
    second = start_import(by=system, kind="titles", source="名单", upload=io.BytesIO(text.encode()), name="t", region="120000", at=NOW)
    confirm_mapping(by=system, batch_id=second.pk, columns=second.columns, options={"kind": "hnte", "years": "3"}, at=NOW)
    run_batch(by=system, batch_id=second.pk, clock=clock)
    assert TitleGrant.objects.get().valid_to == date(2027, 3, 1)


@pytest.mark.usefixtures("two")
def test_an_ip_right_is_one_however_many_hold_it(system: Actor) -> None:
    text = "专利号,专利类型,专利名称,申请日,授权日,专利权人\nZL2020 1000.X,发明专利,一种东西,2020-01-01,2022/3/4,甲公司;天津大学\n"
    batch = load(system, text, kind="ip")
    assert (counts(batch), batch.flagged_count) == ((1, 0, 0, 0), 1)
    right = IPRight.objects.get()
    assert (right.number, right.kind, right.granted_on) == ("20201000.X", "invention", date(2022, 3, 4))
    assert counts(load(system, text.replace("天津大学", "乙公司"), kind="ip")) == (0, 1, 0, 0)
    assert [h.organisation.name for h in right.holdings.order_by("position").select_related("organisation")] == ["甲公司", "乙公司"]
    assert counts(load(system, text.replace("甲公司", "丙公司").replace("ZL", ""), kind="ip")) == (0, 0, 0, 1)


@pytest.mark.usefixtures("two")
def test_rights_twice_in_one_chunk_are_one_and_the_later_row_corrects(system: Actor) -> None:
    head = "专利号,专利类型,专利名称,申请日,授权日,失效日,专利权人\n"
    rows = (
        "ZL1,发明专利,旧名,2020-01-01,2022-03-04,,甲公司\n"
        "ZL1,实用新型,另一件,2020-01-01,2022-03-04,,甲公司\n"
        "ZL 1,发明专利,新名,,,2024-01-01,乙公司;甲公司\n"
        "ZL1,发明专利,,,,,甲公司\n"
    )
    assert counts(load(system, head + rows, kind="ip")) == (2, 1, 1, 0)
    right = IPRight.objects.get(kind="invention")
    assert (right.number, right.title, right.granted_on, right.lapsed_on) == ("1", "新名", date(2022, 3, 4), date(2024, 1, 1))
    assert [(h.organisation.name, h.position) for h in right.holdings.order_by("pk").select_related("organisation")] == [
        ("甲公司", 1),
        ("乙公司", 1),
    ]
    later = load(system, head + "ZL1,发明专利,再改,,,,丙公司、乙公司\nZL1,发明专利,又改,,,,甲公司\nZL2,发明专利,,,,,甲公司\n", kind="ip")
    assert counts(later) == (1, 2, 0, 0)
    right.refresh_from_db()
    assert (right.title, right.granted_on, right.batch_id) == ("又改", date(2022, 3, 4), later.pk)
    assert (IPRight.objects.count(), right.holdings.count()) == (3, 2)
    assert counts(load(system, head + rows.replace("旧名", "又改").replace("新名", "又改"), kind="ip")) == (0, 0, 4, 0)


def test_the_real_hongqiao_register(system: Actor, shared: Path) -> None:
    data = (shared / "data/register/hongqiao.csv").read_bytes()
    batch = load(system, data)
    assert (batch.rows_done, batch.quarantined_count) == (1495, 0)
    assert Organisation.objects.filter(source_records__batch_id=batch.pk, region_id="120106").count() == 1495
    assert counts(load(system, data)) == (0, 0, 1495, 0)


def test_the_job_runs_as_the_person_and_stops_with_the_role(officer: Actor, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    from wulian.directory.importing.jobs import enqueue_batch
    from wulian.directory.models import Membership

    first = start_import(
        by=officer, kind="organisations", source="登记", upload=io.BytesIO(rows_of(3).encode()), name="t", region="120106", at=NOW
    )
    confirm_mapping(by=officer, batch_id=first.pk, columns=first.columns, at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_batch(first.pk)
    first.refresh_from_db()
    assert first.state == "finished"
    second = start_import(
        by=officer, kind="organisations", source="登记", upload=io.BytesIO(rows_of(4).encode()), name="t", region="120106", at=NOW
    )
    confirm_mapping(by=officer, batch_id=second.pk, columns=second.columns, at=NOW)
    Membership.objects.filter(role=Role.OFFICER).update(valid_to=date(2021, 1, 1))
    with django_capture_on_commit_callbacks(execute=True):
        enqueue_batch(second.pk)
    second.refresh_from_db()
    assert second.rows_done == 0
