"""Pages on which an officer merges, splits and takes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.directory import makers
from wulian.directory.models import IdentityChange, Organisation, SourceRecord
from wulian.directory.searching import KIND
from wulian.foundation import search
from wulian.foundation.access import Actor

ClientOf = Callable[[Actor], Client]


@pytest.fixture
def pair(tianjin: None) -> tuple[Organisation, Organisation]:
    kept, other = makers.organisation("天津甲科技有限公司"), makers.organisation("天津市甲科技有限责任公司", address="光荣道8号")
    for who, key in ((kept, "k1"), (kept, "k2"), (other, "o1")):
        SourceRecord.objects.create(
            source=makers.source(),
            key=key,
            organisation=who,
            values={"名称": "甲"},
            digest="x",
            first_seen_at=makers.AT,
            last_seen_at=makers.AT,
        )
    search.rebuild(KIND)
    return kept, other


def test_merging_with_a_preview_and_taking_it_back(pair: tuple[Organisation, Organisation], client_of: ClientOf, officer: Actor) -> None:
    kept, other = pair
    client = client_of(officer)
    page = client.get(f"/organisations/{kept.pk}/merge/?q=甲科技").content.decode()
    assert other.name in page
    assert f"?with={other.pk}" in page
    page = client.get(f"/organisations/{kept.pk}/merge/?with={other.pk}").content.decode()
    assert "归并会移动 1 条记录" in page
    assert "由另一边补上" in page
    refused = client.post(f"/organisations/{kept.pk}/merge/", {"with": other.pk, "reason": ""})
    assert refused.status_code == 422
    assert "要写明理由" in refused.content.decode()
    done = client.post(f"/organisations/{kept.pk}/merge/", {"with": other.pk, "reason": "同一家"}, follow=True)
    change = IdentityChange.objects.get()
    assert done.redirect_chain == [(f"/identity/{change.pk}/", 302)]
    assert "来源记录" in done.content.decode()
    assert client.get(f"/organisations/{other.pk}/").headers["Location"] == f"/organisations/{kept.pk}/"
    assert "归并与拆分" in client.get(f"/organisations/{kept.pk}/").content.decode()
    undone = client.post(f"/identity/{change.pk}/", {"reason": "看错了"}, follow=True).content.decode()
    assert "已撤销，全部退回" in undone
    other.refresh_from_db()
    assert other.merged_into is None
    assert client.post(f"/identity/{change.pk}/", {"reason": "再来"}).status_code == 409


def test_keeping_the_other_one(pair: tuple[Organisation, Organisation], client_of: ClientOf, officer: Actor) -> None:
    kept, other = pair
    client_of(officer).post(f"/organisations/{kept.pk}/merge/", {"with": other.pk, "keep": "other", "reason": "同一家"})
    kept.refresh_from_db()
    assert kept.merged_into_id == other.pk


def test_splitting(pair: tuple[Organisation, Organisation], client_of: ClientOf, officer: Actor) -> None:
    kept, _other = pair
    client = client_of(officer)
    assert "来源记录" in client.get(f"/organisations/{kept.pk}/split/").content.decode()
    assert client.post(f"/organisations/{kept.pk}/split/", {"name": "乙", "reason": "两家"}).status_code == 422
    record = SourceRecord.objects.get(key="k2")
    form = {"name": "天津乙科技有限公司", "reason": "两家", "directory.sourcerecord.organisation": record.pk}
    assert client.post(f"/organisations/{kept.pk}/split/", form).status_code == 302
    record.refresh_from_db()
    assert record.organisation.name == "天津乙科技有限公司"


def test_others_are_refused(
    pair: tuple[Organisation, Organisation], client_of: ClientOf, account: Callable[..., Actor], enterprise_user: Actor
) -> None:
    from wulian.foundation.access import Role

    kept, other = pair
    neighbour = account(Role.OFFICER, region="120104", unit="南开区科技局")
    for actor in (neighbour, enterprise_user):
        assert client_of(actor).get(f"/organisations/{kept.pk}/merge/?with={other.pk}").status_code == 403
        assert client_of(actor).post(f"/organisations/{kept.pk}/split/", {"name": "乙", "reason": "x"}).status_code == 403
    assert "归并与拆分" not in client_of(neighbour).get(f"/organisations/{kept.pk}/").content.decode()


def test_answering_doubts_one_after_the_other(tianjin: None, client_of: ClientOf, officer: Actor) -> None:
    first = makers.doubt(makers.organisation("甲公司"), makers.organisation("甲公司天津"), 0.9)
    second = makers.doubt(makers.organisation("乙公司"), makers.organisation("丙公司"), 0.4)
    client = client_of(officer)
    page = client.get("/doubts/").content.decode()
    assert "2 处疑点等人判断" in page
    assert f"/doubts/{first.pk}/answer/" in page
    assert f'name="next" value="{second.pk}"' in page
    page = client.post(f"/doubts/{first.pk}/answer/", {"verdict": "same", "next": second.pk}, follow=True).content.decode()
    assert f"/doubts/{second.pk}/answer/" in page
    assert f"/doubts/{first.pk}/answer/" in page  # the way back
    client.post(f"/doubts/{first.pk}/answer/", {"verdict": "reopen"})
    first.refresh_from_db()
    assert first.state == "open"
    client.post(f"/doubts/{second.pk}/answer/", {"verdict": "different"})
    page = client.get("/doubts/?state=answered").content.decode()
    assert "乙公司" in page
    twice = client.post(f"/doubts/{second.pk}/answer/", {"verdict": "same"}, follow=True).content.decode()
    assert "已经判断过" in twice
    assert client.get("/doubts/?state=answered&doubt=" + str(second.pk)).status_code == 200
    assert client.get("/doubts/?doubt=999999").status_code == 404


def test_looking_one_up_and_a_list(tianjin: None, client_of: ClientOf, officer: Actor) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    firm = makers.organisation("天津鼎盛精密机械有限公司")
    client = client_of(officer)
    assert "这是哪一家" in client.get("/link/").content.decode()
    page = client.get("/link/?name=天津市鼎盛精密机械公司").content.decode()
    assert f"/organisations/{firm.pk}/" in page
    assert "没有相像的主体" in client.get("/link/?name=毫不相干的餐饮店").content.decode()
    listed = "参会单位\n天津市鼎盛精密机械有限公司\n毫不相干的餐饮店\n".encode()
    page = client.post("/link/", {"file": SimpleUploadedFile("名单.csv", listed)}).content.decode()
    assert "2 行：1 行认得，0 行拿不准，1 行没有" in page
    exported = client.post("/link/", {"file": SimpleUploadedFile("名单.csv", listed), "as": "csv"})
    assert str(firm.pk) in b"".join(exported.streaming_content).decode("utf-8-sig")
    assert client.post("/link/").status_code == 422
    assert client.post("/link/", {"file": SimpleUploadedFile("空.csv", b"")}).status_code in (400, 422)


def test_quality_says_what_to_do_before_anybody_has_judged(tianjin: None, client_of: ClientOf, officer: Actor) -> None:
    client = client_of(officer)
    page = client.get("/link/quality/").content.decode()
    assert "还没有判断过的记录对" in page
    assert "如果不问就并" not in page
    makers.doubt(makers.organisation(), makers.organisation(), 0.6)
    page = client.get("/link/quality/").content.decode()
    assert "1 处还在等" in page
    assert "如果不问就并" in page
