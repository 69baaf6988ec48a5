from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks._linkage_data import SEEN, UNSEEN, make_firms, make_registers
from wulian.engines.linkage import Index, Record, compare, decide
from wulian.engines.linkage.preparing import prepare

from .helpers import CODE_A, CODE_B, record

MADE = make_registers(list(make_firms(80, 5)), 5, changes={**SEEN, **UNSEEN}).records
WHOLE = decide(MADE)


def keys_of(clusters: list[object]) -> list[tuple[str, ...]]:
    return [cluster.keys for cluster in clusters]  # type: ignore[attr-defined]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_records_does_not_matter(seed: int) -> None:
    shuffled = list(MADE)
    random.Random(seed).shuffle(shuffled)
    assert decide(shuffled) == WHOLE


def test_every_record_is_in_one_cluster_and_the_smallest_key_names_it() -> None:
    assert sorted(key for cluster in WHOLE for key in cluster.keys) == sorted(r.key for r in MADE)
    assert all(cluster.id == min(cluster.keys) for cluster in WHOLE)


def test_what_cannot_be_the_same_is_never_brought_together() -> None:
    by_key = {r.key: prepare(r) for r in MADE}
    for cluster in WHOLE:
        codes = {by_key[key].codes.organisation for key in cluster.keys if not by_key[key].branch} - {""}
        assert len(codes) <= 1
        for one in cluster.keys:
            for other in cluster.keys:
                assert bool(by_key[one].branch) == bool(by_key[other].branch)


def test_components_decide_like_the_whole() -> None:
    index = Index(MADE)
    whose = {key: cluster for cluster in WHOLE for key in cluster.keys}
    for one in MADE:
        found = {key: cluster for cluster in decide(index.component(one.key)) for key in cluster.keys}
        assert found[one.key] == whose[one.key]


def test_arrival_one_by_one_gives_the_same_as_all_at_once() -> None:
    for seed in range(3):
        arriving = list(MADE)
        random.Random(seed).shuffle(arriving)
        index, whose = Index(), {}
        for one in arriving:
            index.add(one)
            for cluster in decide(index.component(one.key)):
                whose.update(dict.fromkeys(cluster.keys, cluster.id))
        assert whose == {key: cluster.id for cluster in WHOLE for key in cluster.keys}


def test_a_chain_of_likenesses_does_not_join_two_codes() -> None:
    one = record("天津恒源达科技有限公司", "A", code=CODE_A)
    between = record("天津恒源达科技有限公司", "B")
    other = record("天津恒源达科技有限公司", "C", code=CODE_B)
    clusters = decide([one, between, other])
    assert not any({"A", "C"} <= set(cluster.keys) for cluster in clusters)


def test_what_a_person_said_holds() -> None:
    one, other = record("天津恒源达科技有限公司", "A"), record("天津恒源达科技有限公司", "B")
    far = record("北京别的名字商贸有限公司", "C")
    assert keys_of(decide([one, other])) == [("A", "B")]
    assert keys_of(decide([one, other], apart=[("B", "A")])) == [("A",), ("B",)]
    assert keys_of(decide([one, far], together=[("C", "A")])) == [("A", "C")]
    assert keys_of(decide([one, far], together=[("A", "C")], apart=[("A", "C")])) == [("A",), ("C",)]


def test_an_empty_set() -> None:
    assert decide([]) == []


class TestIndex:
    def test_candidates_best_first_with_reasons(self) -> None:
        known = [
            record("天津恒源达科技有限公司", "A", code=CODE_A, address="南开区黄河道519号"),
            record("天津恒通达科技有限公司", "B", code=CODE_B, address="河西区洞庭路12号"),
            record("天津恒源达科技有限公司第一分公司", "C"),
        ]
        index = Index(known)
        found = index.candidates(record("恒源达科技（天津）有限公司", "X", address="南开区黄河道519号"))
        assert found[0].key == "A"
        assert found[0].verdict == "same"
        assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)

    def test_a_record_is_no_candidate_of_itself_and_can_be_replaced_and_forgotten(self) -> None:
        index = Index()
        index.add(record("天津恒源达科技有限公司", "A"))
        assert index.candidates(record("天津恒源达科技有限公司", "A")) == []
        index.add(record("天津完全不同商贸有限公司", "A"))
        assert len(index) == 1
        assert index.candidates(record("天津恒源达科技有限公司", "X")) == []
        index.remove("A")
        index.remove("A")
        assert "A" not in index
        assert index.component("A") == []

    def test_agrees_with_compare(self) -> None:
        index = Index(MADE)
        by_key = {r.key: r for r in MADE}
        for one in MADE[:40]:
            for found in index.candidates(one):
                assert found.judgement == compare(one, by_key[found.key])

    def test_ten_thousand_records_of_one_name(self) -> None:
        index = Index(Record(f"N{number:05}", "s", "天津恒源达科技有限公司") for number in range(10_000))
        assert index.candidates(record("天津恒源达科技有限公司", "X")) == []  # the name alone says too little here
