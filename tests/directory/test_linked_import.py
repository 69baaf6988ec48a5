"""Registers that are not the register of companies: each record goes to its organisation, the doubtful ones to the queue."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from wulian.directory.models import Doubt, IdentityChange, Organisation, SourceRecord
from wulian.directory.selectors.archive import archive
from wulian.directory.selectors.linking import find, find_file
from wulian.directory.services.judgements import answer_doubt
from wulian.engines.linkage import Record, Verdict, compare
from wulian.foundation.access import Actor
from wulian.foundation.imports.services.batches import confirm_mapping, start_import
from wulian.foundation.imports.services.running import run_import
from wulian.foundation.models import ImportBatch
from wulian.kernel.errors import Denied, Invalid

from . import makers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
REGISTER = """记录号,企业名称,统一社会信用代码,注册日期,地区,注册地址
R1,天津市鼎盛精密机械有限公司,91120106783313942K,2006-01-16,红桥区,天津市红桥区光荣道8号
R2,天津鼎盛精密机械有限公司河西分公司,91120112697403108L,2009-11-04,红桥区,天津市红桥区丁字沽一号路2号
"""
APPLICANTS = """记录号,申请人,申请人地址,统一社会信用代码,发明授权
P1,天津鼎盛精密机械有限公司,300131 红桥区光荣道8号,,1
P2,鼎盛精密机械(天津)有限责任公司,,,2
P3,天津从未见过新材料研究院,天津市红桥区勤俭道1号,,3
P4,王小明,,,1
"""
FILINGS = """记录号,企业名称,证照号码,认定类型,年度,所属区,联系地址
S1,天津鼎盛精密机械有限公司,91120106783313942K,高新技术企业,2024,红桥,光荣道8号
S2,天津从未见过新材料研究院,,科技型中小企业,2025,红桥,勤俭道1号
"""


def bring(by: Actor, text: str, kind: str = "linked", source: str = "知识产权局") -> ImportBatch:
    batch = start_import(
        by=by, kind=kind, source=source, upload=io.BytesIO(text.encode()), name="台账.csv", region="120106", at=AT
    )  # fmt: skip
    confirm_mapping(by=by, batch_id=batch.pk, columns=batch.columns, at=AT)
    return run_import(by=by, batch_id=batch.pk, clock=lambda: AT, chunk=2)


def owners() -> dict[str, str]:
    rows = SourceRecord.objects.select_related("organisation").order_by("key")
    return {row.values["记录号"]: row.organisation.name for row in rows}


@pytest.fixture
def three(tianjin: None, officer: Actor, tmp_path: Any, settings: Any) -> Sequence[ImportBatch]:
    settings.MEDIA_ROOT = tmp_path / "files"
    return [
        bring(officer, REGISTER, "organisations", "市场监管登记"),
        bring(officer, APPLICANTS),
        bring(officer, FILINGS, source="科技局备案"),
    ]


def test_three_registers_meet_in_one_archive(three: Sequence[ImportBatch], officer: Actor) -> None:
    whose = owners()
    head = "天津市鼎盛精密机械有限公司"
    assert {key: name for key, name in whose.items() if name == head} == dict.fromkeys(("R1", "P1", "P2", "S1"), head)
    assert whose["R2"] == "天津鼎盛精密机械有限公司河西分公司"
    assert whose["P3"] == whose["S2"] == "天津从未见过新材料研究院"
    assert (three[1].created_count, three[1].updated_count, three[1].quarantined_count) == (1, 2, 1)
    assert three[1].quarantine.get().values["申请人"] == "王小明"
    new = Organisation.objects.get(name="天津从未见过新材料研究院")
    assert (new.kind, new.region_id) == ("institute", "120106")
    firm = Organisation.objects.get(name=head)
    whole = archive(viewer=officer, organisation=firm, on=AT.date())
    assert {record.source.name for record in whole.records} == {"市场监管登记", "知识产权局", "科技局备案"}
    told = SourceRecord.objects.get(key="P1")
    assert told.linked_by == "model"
    assert told.explanation["zh"].startswith("判为同一家")
    assert told.explanation["score"] > 0.5


def test_a_second_run_changes_nothing(three: Sequence[ImportBatch], officer: Actor) -> None:
    before = list(SourceRecord.objects.order_by("pk").values_list("pk", "organisation", "linked_by"))
    again = bring(officer, APPLICANTS.replace("P4,王小明,,,1\n", ""))
    assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 3)
    assert list(SourceRecord.objects.order_by("pk").values_list("pk", "organisation", "linked_by")) == before
    changed = bring(officer, APPLICANTS.replace("光荣道8号,,1", "光荣道8号,,9"))
    assert (changed.created_count, changed.updated_count, changed.unchanged_count) == (0, 1, 2)
    assert list(SourceRecord.objects.order_by("pk").values_list("pk", "organisation")) == [row[:2] for row in before]


def test_an_interrupted_run_goes_on(tianjin: None, officer: Actor, tmp_path: Any, settings: Any, monkeypatch: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    bring(officer, REGISTER, "organisations", "市场监管登记")
    from wulian.directory.importing.linked import LinkedWriter

    original, calls = LinkedWriter._ask, []

    def fail_once(self: LinkedWriter, numbers: dict[int, int]) -> set[int]:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("disk")
        return original(self, numbers)

    monkeypatch.setattr(LinkedWriter, "_ask", fail_once)
    from wulian.foundation.imports.errors import StorageFailed

    with pytest.raises(StorageFailed):
        bring(officer, APPLICANTS)
    batch = ImportBatch.objects.latest("pk")
    assert (batch.state, batch.rows_done) == ("failed", 2)
    assert SourceRecord.objects.filter(source__name="知识产权局").count() == 2
    batch.state = "queued"
    batch.save()
    done = run_import(by=officer, batch_id=batch.pk, clock=lambda: AT, chunk=2)
    assert (done.state, done.rows_done) == ("finished", 4)
    assert owners()["P3"] == "天津从未见过新材料研究院"


def unsure_pair() -> tuple[str, str]:
    """Name and address of which the engine cannot tell whether they are the firm's; which ones depends on its weights."""
    firm = Record("r", "r", "天津市鼎盛精密机械有限公司", ("91120106783313942K",), (), "天津市红桥区光荣道8号", "红桥区", "2006-01-16")
    names = (
        "天津鼎盛精密机器有限公司",
        "天津鼎晟精密机械有限公司",
        "天津鼎盛机械有限公司",
        "天津鼎盛精密仪器有限公司",
        "天津鼎盛精工科技有限公司",
        "鼎盛机械",
    )
    for name in names:
        for address in ("天津市河东区津塘路1号", "", "光荣道8号", "红桥区"):
            if compare(firm, Record("p", "p", name, (), (), address, "")).verdict is Verdict.UNSURE:
                return name, address
    raise AssertionError("no pair in doubt: choose others")


def test_the_doubtful_wait_and_an_answer_is_remembered(tianjin: None, city_officer: Actor, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    bring(city_officer, REGISTER, "organisations", "市场监管登记")
    name, address = unsure_pair()
    doubtful = f"记录号,申请人,申请人地址,发明授权\nP9,{name},{address},1\n"
    batch = bring(city_officer, doubtful)
    doubt = Doubt.objects.get()
    assert batch.flagged_count == 1
    assert doubt.zh.startswith("可能是同一家")
    answer_doubt(by=city_officer, doubt_id=doubt.pk, verdict="different", at=AT)
    bring(city_officer, doubtful.replace(",1\n", ",2\n"))
    doubt.refresh_from_db()
    assert doubt.state == "answered"
    assert Doubt.objects.count() == 1
    assert not IdentityChange.objects.exists()


def test_two_codes_of_two_bodies_are_no_doubt(tianjin: None) -> None:
    from wulian.directory.importing.linked import put_doubts
    from wulian.directory.linking.linker import Open

    codes = ("91120106783313942K", "91120112697403108L", "", "91120000783313942X")
    one, two, bare, moved = (makers.organisation(f"鼎盛{n}", uscc=code) for n, code in enumerate(codes))
    said = compare(Record("a", "a", "天津鼎盛精密机械有限公司"), Record("b", "b", "天津鼎盛精密机器有限公司"))
    pairs = {(a.pk, b.pk): [Open("a", "b", said)] for a, b in ((one, two), (one, bare), (one, moved))}
    assert put_doubts(pairs, at=AT) == {one.pk, bare.pk, moved.pk}
    assert Doubt.objects.count() == 2
    assert put_doubts(pairs, at=AT) == {one.pk, bare.pk, moved.pk}
    assert Doubt.objects.count() == 2


def test_rows_of_other_regions_are_not_written(tianjin: None, officer: Actor, city_officer: Actor, tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    elsewhere = "记录号,申请人,所属区\nP1,天津南开某某光电有限公司,南开区\n"
    batch = bring(officer, elsewhere)
    assert (batch.created_count, batch.quarantined_count) == (0, 1)
    assert not Organisation.objects.filter(name__contains="某某光电").exists()
    assert bring(city_officer, elsewhere, source="市知识产权局").created_count == 1


def test_a_look_up_finds_and_creates_nothing(three: Sequence[ImportBatch], officer: Actor, reporter: Actor) -> None:
    before = (Organisation.objects.count(), SourceRecord.objects.count(), Doubt.objects.count())
    best = find(viewer=officer, name="鼎盛精密机械(天津)有限公司", address="光荣道8号")[0]
    assert (best.organisation.name, best.verdict) == ("天津市鼎盛精密机械有限公司", "same")
    assert best.sentence.startswith("判为同一家")
    assert find(viewer=officer, name="", code="91120106783313942K")[0].organisation.uscc == "91120106783313942K"
    assert find(viewer=officer, name="毫不相干某某餐饮店") == []
    listed = "单位名称,联系人\n天津鼎盛精密机械有限公司,甲\n毫不相干某某餐饮店,乙\n,丙\n"
    rows = find_file(viewer=officer, handle=io.BytesIO(listed.encode()), name="名单.csv")
    assert [row.verdict for row in rows] == ["same", "none", "unreadable"]
    assert (Organisation.objects.count(), SourceRecord.objects.count(), Doubt.objects.count()) == before
    with pytest.raises(Denied):
        find(viewer=reporter, name="鼎盛")
    with pytest.raises(Invalid):
        find(viewer=officer, name=" ")
