"""What refreshes bring: changes, firms that vanish, the order of trust, and the quality of linking."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wulian.directory.models import Organisation, SourceChange
from wulian.directory.selectors.archive import archive
from wulian.directory.selectors.quality import Share, quality
from wulian.directory.selectors.values import change_counts, list_changes
from wulian.directory.services.judgements import answer_doubt
from wulian.directory.services.trust import set_trust
from wulian.foundation.access import Actor
from wulian.foundation.imports.services.batches import confirm_mapping, start_import
from wulian.foundation.imports.services.running import run_import
from wulian.foundation.models import ImportBatch
from wulian.kernel.errors import Denied, Invalid

from . import makers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
A, B, C, D = "91120106783313942K", "91120112697403108L", "91120000103064293R", "911201167005592868"
HEADER = "企业名称,统一社会信用代码,成立日期,地区,注册地址,状态\n"
ROWS = {
    A: f"甲有限公司,{A},2006-01-16,红桥区,红桥区光荣道8号,存续\n",
    B: f"乙有限公司,{B},2009-11-04,红桥区,红桥区丁字沽1号,存续\n",
    D: f"丁有限公司,{D},1998-09-07,红桥区,红桥区勤俭道9号,存续\n",
}


def bring(by: Actor, text: str, kind: str = "organisations", source: str = "市场监管登记", later: int = 0, **options: str) -> ImportBatch:
    at = AT + timedelta(days=later)
    batch = start_import(by=by, kind=kind, source=source, upload=io.BytesIO(text.encode()), name="表.csv", region="120000", at=at)
    confirm_mapping(by=by, batch_id=batch.pk, columns=batch.columns, options=options, at=at)
    return run_import(by=by, batch_id=batch.pk, clock=lambda: at)


@pytest.fixture(autouse=True)
def _files(tianjin: None, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def test_a_refresh_shows_what_changed(city_officer: Actor, officer: Actor) -> None:
    bring(city_officer, HEADER + "".join(ROWS.values()))
    assert not SourceChange.objects.exists()
    changed = (
        HEADER
        + ROWS[A].replace("甲有限", "甲新有限")
        + ROWS[B].replace("红桥区,红桥区丁字沽1号", "南开区,南开区卫津路1号")
        + ROWS[D].replace("存续", "注销").replace("9号", "10号")
    )
    bring(city_officer, changed, later=30)
    seen = {(one.organisation.uscc, one.kind): (one.before, one.after) for one in list_changes(viewer=city_officer)}
    assert seen == {
        (A, "renamed"): ("甲有限公司", "甲新有限公司"),
        (B, "moved"): ("红桥区", "南开区"),
        (D, "address"): ("红桥区勤俭道9号", "红桥区勤俭道10号"),
        (D, "cancelled"): ("存续", "注销"),
    }
    assert change_counts(viewer=officer) == {"renamed": 1, "address": 1, "cancelled": 1}
    bring(city_officer, changed, later=60)
    assert SourceChange.objects.count() == 4


def test_who_vanishes_from_a_whole_register_is_flagged_until_it_is_back(city_officer: Actor) -> None:
    bring(city_officer, HEADER + "".join(ROWS.values()) + f"丙有限公司,{C},2001-01-01,红桥区,,存续\n")
    without = HEADER + ROWS[A] + ROWS[B] + ROWS[D]
    bring(city_officer, without, later=10)
    gone = Organisation.objects.get(uscc=C)
    assert gone.flags == []  # nobody said that it was the whole register
    batch = bring(city_officer, without, later=20, whole="yes")
    gone.refresh_from_db()
    assert [flag["code"] for flag in gone.flags] == ["vanished"]
    assert batch.flagged_count == 1
    bring(city_officer, HEADER + ROWS[A], later=30, whole="yes")  # two of three missing: not the whole register
    assert Organisation.objects.filter(flags__icontains="vanished").count() == 1
    bring(city_officer, without + f"丙有限公司,{C},2001-01-01,红桥区,,存续\n", later=40, whole="yes")
    gone.refresh_from_db()
    assert gone.flags == []
    assert list(SourceChange.objects.order_by("pk").values_list("kind", flat=True)) == ["vanished", "returned"]


def test_new_rights_are_news_from_the_second_load_on(city_officer: Actor) -> None:
    bring(city_officer, HEADER + ROWS[A])
    head = "专利号,种类,权利人,授权日\n"
    bring(city_officer, head + "1,发明专利,甲有限公司,2024-01-01\n", "ip", "知识产权局")
    assert not SourceChange.objects.exists()
    bring(city_officer, head + "1,发明专利,甲有限公司,2024-01-01\n2,发明专利,甲有限公司,2025-01-01\n", "ip", "知识产权局", later=9)
    assert [(one.kind, one.after) for one in list_changes(viewer=city_officer)] == [("patent", "2")]


def test_the_order_of_trust_decides_and_the_rest_stays_visible(city_officer: Actor, administrator: Actor) -> None:
    bring(city_officer, HEADER + ROWS[A])
    bring(city_officer, f"记录号,企业名称,证照号码,联系地址\nS1,甲有限公司,{A},红桥区咸阳北路3号\n", "linked", "科技局备案")
    firm = Organisation.objects.get(uscc=A)

    def address() -> tuple[str, str, list[str]]:
        firm.refresh_from_db()
        line = next(one for one in archive(viewer=city_officer, organisation=firm, on=AT.date()).fields if one.field == "address")
        return line.value, str(line.source), [said.value for said in line.outranked]

    assert address() == ("红桥区光荣道8号", "市场监管登记", ["红桥区咸阳北路3号"])
    codes = {source.name: source.code for source in makers.Source.objects.all()}
    assert set_trust(by=administrator, field="address", sources=[codes["科技局备案"], codes["市场监管登记"]], at=AT) == 1
    assert address() == ("红桥区咸阳北路3号", "科技局备案", ["红桥区光荣道8号"])
    bring(city_officer, HEADER + ROWS[A].replace("8号", "88号"), later=5)
    assert address() == ("红桥区咸阳北路3号", "科技局备案", ["红桥区光荣道88号"])
    with pytest.raises(Denied):
        set_trust(by=city_officer, field="address", sources=[], at=AT)
    for field, sources in (("name", []), ("address", ["nowhere"]), ("address", [codes["科技局备案"]] * 2)):
        with pytest.raises(Invalid):
            set_trust(by=administrator, field=field, sources=sources, at=AT)


def test_quality_is_counted_on_what_people_said(city_officer: Actor, reporter: Actor) -> None:
    assert quality(viewer=city_officer).precision.value is None
    right, wrong, open_one = (makers.doubt(makers.organisation(), makers.organisation(), score) for score in (0.9, 0.7, 0.45))
    answer_doubt(by=city_officer, doubt_id=right.pk, verdict="same", at=AT)
    answer_doubt(by=city_officer, doubt_id=wrong.pk, verdict="different", at=AT)
    found = quality(viewer=city_officer)
    assert (found.agreement, found.states["open"]) == (Share(1, 2), 1)
    assert [(one.same, one.different, one.waiting) for one in found.bands] == [(0, 0, 0), (0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]
    at_half = next(one for one in found.thresholds if one.score == 0.4)
    assert (at_half.merged, at_half.right, at_half.wrong) == (1, 1, 1)
    low, high = found.agreement.interval or (0, 0)
    assert 0 < low < 0.5 < high < 1
    assert open_one.state == "open"
    with pytest.raises(Denied):
        quality(viewer=reporter)
