"""The index agrees with the database, follows it, and is never in the way when it is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wulian.directory.models import Organisation, OrganisationName
from wulian.directory.searching import KIND
from wulian.directory.selectors.organisations import Question, every_match, facet_options, search_organisations
from wulian.directory.services.organisations import add_name, create_organisation, update_organisation
from wulian.foundation import search
from wulian.foundation.access import ANONYMOUS, Actor
from wulian.foundation.models import SearchOutbox
from wulian.foundation.search.pinyin import cut, syllables_of
from wulian.foundation.search.writing import writer_lock
from wulian.kernel.names import name_key

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("tianjin")
NAMES = (
    "天津市嘉胜实业有限公司", "天津嘉盛科技有限公司", "中国水产（天津）有限公司", "重庆银行天津分行", "南开大学", "天津ABC-123科技有限公司", "津",
    "天津天津饭店", "红桥区科学技术局",
)  # fmt: skip


def make(name: str, **values: Any) -> Organisation:
    return Organisation.objects.create(name=name, name_key=name_key(name), created_at=NOW, updated_at=NOW, **values)


@pytest.fixture
def some(tianjin: None) -> list[Organisation]:
    found = [make(name, region_id="120106" if i % 2 else "120116-BHHT") for i, name in enumerate(NAMES)]
    Organisation.objects.filter(pk=found[0].pk).update(uscc="911201017972833262", kind="enterprise", industry="C39")
    OrganisationName.objects.create(organisation=found[1], name="天津旧名贸易公司", name_key="天津旧名贸易公司", kind="former")
    search.rebuild(KIND)
    return found


def names(text: str = "", viewer: Actor = ANONYMOUS, **filters: list[str]) -> set[str]:
    found = search_organisations(viewer=viewer, question=Question(text, filters))
    assert found.notice == ""
    assert found.count == len({organisation.pk for organisation in found.organisations})
    return {organisation.name for organisation in found.organisations}


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.data())
def test_any_fragment_finds_exactly_the_names_that_hold_it(some: list[Organisation], data: st.DataObject) -> None:
    key = name_key(data.draw(st.sampled_from(NAMES)))
    start = data.draw(st.integers(0, len(key) - 1))
    end = data.draw(st.integers(start + 1, len(key)))
    fragment = key[start:end]
    expected = {name for name in NAMES if fragment in name_key(name)}
    found = names(fragment)
    assert expected <= found
    # Latin letters are also read as pinyin and digits as codes, so those may find more.
    assert found == expected or fragment.isascii()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（天津）", {name for name in NAMES if "天津" in name}),
        ("水产 天津", {"中国水产（天津）有限公司"}),
        ("旧名", {"天津嘉盛科技有限公司"}),
        ("jiasheng", {"天津市嘉胜实业有限公司", "天津嘉盛科技有限公司"}),
        ("tjsjs", {"天津市嘉胜实业有限公司"}),
        ("chongqingyinhang", {"重庆银行天津分行"}),
        ("nankaidax", {"南开大学"}),
        ("911201017972833262", {"天津市嘉胜实业有限公司"}),
        ("91120101797283", {"天津市嘉胜实业有限公司"}),
        ("91120", {"天津市嘉胜实业有限公司"}),
        ("797283326", {"天津市嘉胜实业有限公司"}),
        ("没有这个", set()),
        ("“”。", set()),
        ('研发(费用 C++: "', set()),
    ],
)
def test_words_pinyin_and_codes(some: list[Organisation], text: str, expected: set[str]) -> None:
    assert names(text) == expected


def test_filters_count_what_choosing_them_would_give(some: list[Organisation]) -> None:
    assert names("天津", region=["120116"]) == {name for i, name in enumerate(NAMES) if not i % 2 and "天津" in name}
    found = search_organisations(viewer=ANONYMOUS, question=Question("", {"region": ["120106"]}))
    options = {value: count for value, _label, count in facet_options(found.facets)["region"]}
    assert options["120106"] == found.count
    assert options["120116"] == options["120116-BHHT"] == len(NAMES) - found.count
    assert options["120000"] == len(NAMES)
    assert names(industry=["C"]) == {"天津市嘉胜实业有限公司"}


def test_what_is_in_doubt_is_not_for_the_public(some: list[Organisation], officer: Actor) -> None:
    Organisation.objects.filter(pk=some[0].pk).update(flags=[{"code": "uscc_missing", "text": "…"}])
    search.rebuild(KIND)
    assert names(viewer=officer, flag=["uscc_missing"]) == {NAMES[0]}
    everyone = search_organisations(viewer=ANONYMOUS, question=Question("", {"flag": ["uscc_missing"]}))
    assert everyone.count > 1
    assert "flag" not in everyone.facets


def test_an_export_holds_exactly_the_list(some: list[Organisation]) -> None:
    question = Question("天津", {"region": ["120116"]}, "established")
    listed = [o.pk for o in search_organisations(viewer=ANONYMOUS, question=question).organisations]
    assert [o.pk for o in every_match(viewer=ANONYMOUS, question=question)] == listed


def test_a_merged_organisation_is_found_as_the_one_it_went_into(some: list[Organisation]) -> None:
    Organisation.objects.filter(pk=some[2].pk).update(merged_into=some[0])
    search.mark(KIND, [some[2].pk, some[0].pk])
    search.flush(KIND)
    assert names("水产") == {NAMES[0]}


def test_changes_are_indexed_after_the_commit(
    some: list[Organisation], city_officer: Actor, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = create_organisation(by=city_officer, at=NOW, name="全新公司", values={"region_id": "120106"})
    assert names("全新") == {"全新公司"}
    with django_capture_on_commit_callbacks(execute=True):
        update_organisation(by=city_officer, organisation_id=made.pk, values={"name": "改名公司"}, at=NOW, on=NOW.date())
        add_name(by=city_officer, organisation_id=made.pk, name="别号", kind="alias", at=NOW)
    assert names("改名") == names("全新") == names("别号") == {"改名公司"}
    assert not SearchOutbox.objects.exists()


def test_the_outbox_waits_for_whoever_writes(some: list[Organisation]) -> None:
    made = make("排队公司")
    with writer_lock(search.get(KIND)) as mine:
        assert mine
        search.mark(KIND, [made.pk])
        assert search.flush(KIND) == 0
        assert search.pending(KIND) == 1
    search.flush(KIND)
    assert (search.pending(KIND), names("排队")) == (0, {"排队公司"})


def test_many_changes_without_an_index_are_one_row(tianjin: None) -> None:
    search.mark(KIND, range(1, 2000))
    assert list(SearchOutbox.objects.values_list("object_id", flat=True)) == [0]
    search.flush(KIND)
    assert search.is_ready(KIND)
    assert not SearchOutbox.objects.exists()


@pytest.mark.parametrize("damage", ["deleted", "unfinished", "broken"])
def test_without_an_index_the_database_answers_and_the_index_comes_back(
    some: list[Organisation], search_folder: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = search_folder / KIND
    if damage == "deleted":
        shutil.rmtree(folder)
    elif damage == "unfinished":
        (folder / "ready").unlink()
    else:
        for file in folder.glob("*"):
            if file.name != "ready":
                file.write_bytes(b"broken")
    question = Question("嘉", {"region": ["120106"], "branch": ["no"], "kind": ["enterprise"]}, "established")
    found = search_organisations(viewer=ANONYMOUS, question=question)
    assert "索引" in found.notice
    assert [o.name for o in found.organisations] == ["天津嘉盛科技有限公司"]
    assert [o.name for o in every_match(viewer=ANONYMOUS, question=question)] == ["天津嘉盛科技有限公司"]
    search.flush(KIND)
    if damage == "broken":
        search.rebuild(KIND)
    assert names("嘉") == {"天津市嘉胜实业有限公司", "天津嘉盛科技有限公司"}


def test_pinyin_knows_phrases_and_cuts_what_is_typed() -> None:
    assert syllables_of("重庆银行行长a1") == ["chong", "qing", "yin", "hang", "hang", "zhang", "a", "1"]
    assert ["tian", "jin", "sh"] in cut("tianjinsh")
    assert ["xi", "an"] in cut("xian")
    assert cut("tjkj") == []
