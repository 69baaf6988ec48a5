"""What a batch did, record by record: the list agrees with the counts of the batch, also after repairs and late doubts."""

from __future__ import annotations

import pytest

from tests.directory.test_importing import HEADER, NOW, A, B, counts, load
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor
from wulian.foundation.imports.selectors.batches import detail_in_words, imported_counts, list_imported
from wulian.foundation.imports.services.quarantine import repair_row
from wulian.foundation.models import ImportBatch, ImportedRow, QuarantinedRow
from wulian.kernel import uscc
from wulian.kernel.errors import NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]


def listed(by: Actor, batch: ImportBatch, result: str = "", query: str = "") -> list[tuple[int | None, str, bool, str, str]]:
    """Row number, result, doubt, name, detail in words."""
    words = detail_in_words(batch.kind)
    rows = list_imported(viewer=by, batch_id=batch.pk, result=result, query=query)
    return [(row.row_number, row.result, row.flagged, row.name, words(row.detail)) for row in rows]


def test_created_updated_and_doubtful_rows_are_listed_and_open_to_the_archive(system: Actor) -> None:
    text = (
        HEADER + f"甲公司,{A},2000-01-01,,5万元人民币,,红桥,\n乙公司,无,2000-01-01,,5万元人民币,,红桥,\n,,,,,,,\n丙公司,无,不是日期,,,,,\n"
    )
    first = load(system, text)
    assert listed(system, first) == [(2, "created", False, "甲公司", A), (3, "created", True, "乙公司", "")]
    row = list_imported(viewer=system, batch_id=first.pk)[0]
    assert (row.subject, int(row.subject_id)) == ("organisation", Organisation.objects.get(uscc=A).pk)
    again = load(system, text.replace("甲公司", "甲新公司"))
    assert counts(again) == (0, 1, 1, 1)
    assert listed(system, again) == [(2, "updated", False, "甲新公司", A), (3, "unchanged", True, "乙公司", "")]
    assert imported_counts(viewer=system, batch_id=again.pk) == {"": 2, "created": 0, "updated": 1, "flagged": 1}
    # The earlier list stays what it was.
    assert [line[3] for line in listed(system, first)] == ["甲公司", "乙公司"]
    assert listed(system, again, "flagged", " 乙 ") == [(3, "unchanged", True, "乙公司", "")]
    assert listed(system, again, "updated", A[2:9].lower()) == [(2, "updated", False, "甲新公司", A)]
    assert listed(system, again, "created") == []


def test_a_repaired_row_joins_the_list_at_its_place(officer: Actor) -> None:
    batch = load(officer, HEADER + f"甲公司,{A},不是日期,,,,红桥,\n乙公司,{B},2000-01-01,,,,红桥,\n", region="120106")
    assert [line[0] for line in listed(officer, batch)] == [3]
    repair_row(by=officer, row_id=QuarantinedRow.objects.get().pk, values={"注册日期": "2001-02-03"}, at=NOW)
    assert [line[:4] for line in listed(officer, batch)] == [(2, "created", False, "甲公司"), (3, "created", False, "乙公司")]


def test_a_doubt_seen_when_all_rows_are_in_is_noted_on_its_row_and_without_one_apart(system: Actor) -> None:
    first = load(system, HEADER + f"甲公司,{A},2000-01-01,,,,红桥,\n")
    assert first.flagged_count == 0
    body = "91120116" + A[8:17]
    twin = body + uscc.check_character(body)
    second = load(system, HEADER + f"甲公司二,{twin},2000-01-01,,,,红桥,\n")
    assert second.flagged_count == 2
    assert listed(system, second) == [(2, "created", True, "甲公司二", twin), (None, "unchanged", True, "甲公司", A)]
    assert imported_counts(viewer=system, batch_id=second.pk)["flagged"] == second.flagged_count


def test_every_kind_says_which_record_it_was(system: Actor) -> None:
    load(system, HEADER + f"甲公司,{A},2000-01-01,,,,红桥,\n乙公司,{B},2000-01-01,,,,和平,\n")
    title = load(system, "企业名称,称号,证书编号,认定日期,有效期至\n甲公司,高企,GR2024,2024-01-01,2026-12-31\n", kind="titles")
    assert listed(system, title) == [(2, "created", False, "甲公司", "高新技术企业 GR2024")]
    right = load(system, "专利号,类型,专利名称,专利权人\nZL1,发明专利,一种 东西,甲公司;乙公司\n", kind="ip")
    assert listed(system, right) == [(2, "created", False, "甲公司", "发明专利 1 一种 东西")]
    figures = "企业名称,年度,营业收入,职工总数\n甲公司,2024,1,2\n乙公司,2024,1,\n"
    load(system, figures, kind="facts")
    changed = load(system, figures.replace("1,2", "1,3"), kind="facts")
    assert listed(system, changed) == [(2, "updated", False, "甲公司", "2024 职工总数")]


def test_a_batch_of_another_region_stays_closed(system: Actor, officer: Actor) -> None:
    batch = load(system, HEADER + f"甲公司,{A},2000-01-01,,,,南开,\n", region="120104")
    assert ImportedRow.objects.filter(batch=batch).count() == 1
    for read in (list_imported, imported_counts):
        with pytest.raises(NotFound):
            read(viewer=officer, batch_id=batch.pk)
