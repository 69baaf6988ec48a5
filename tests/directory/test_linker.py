"""One record after another gives the same archives, whatever the order."""

from __future__ import annotations

import random
from itertools import count

from wulian.directory.linking.linker import Known, Linker
from wulian.engines.linkage import Record, Verdict

CODE = "91120106783313942K"
RECORDS = [
    Record("registry:1", "registry", "天津市红桥区鼎盛精密机械有限公司", (CODE,), (), "天津市红桥区光荣道8号", "红桥", "2006-01-16"),
    Record("ip:1", "ip", "天津鼎盛精密机械有限公司", (), (), "300131 红桥区光荣道8号", ""),
    Record("ip:2", "ip", "鼎盛精密机械有限公司（天津）", (), (), "", ""),
    Record("sti:1", "sti", "天津市红桥区鼎盛精密机械有限公司", (CODE,), (), "红桥区光荣道8号", "红桥"),
    Record("registry:2", "registry", "天津鼎盛精密机械有限公司河西分公司", ("91120103697403108L",), (), "天津市河西区大沽路1号", "河西"),
    Record("sti:2", "sti", "天津鼎盛精密机械有限公司河西分公司", (), (), "河西区大沽路1号", "河西"),
    Record("registry:3", "registry", "天津市中顺兴源商贸有限公司", ("91120112697403108L",), (), "天津市津南区重庆街50号", "津南"),
    Record("ip:3", "ip", "中顺兴源商贸有限公司", (), (), "", ""),
]


def linked(records: list[Record], **said: set[tuple[str, str]]) -> Linker:
    numbers = count(1)
    linker = Linker(**said)
    for record in records:
        linker.place(record, lambda: next(numbers))
    return linker


def test_a_thousand_orders_of_arrival_give_the_same_archives() -> None:
    expected = linked(RECORDS).archives()
    assert 2 <= len(expected) < len(RECORDS)
    shuffler = random.Random(4)
    for _round in range(1_000):
        order = RECORDS[:]
        shuffler.shuffle(order)
        assert linked(order).archives() == expected, [record.key for record in order]


def test_an_id_stays_when_everything_comes_again_and_when_others_join() -> None:
    linker = linked(RECORDS[:1])
    first = linker.owner["registry:1"]
    for record in (*RECORDS[::-1], *RECORDS):
        linker.place(record, lambda: 99)
    assert linker.owner["registry:1"] == first
    again = dict(linker.owner)
    for record in RECORDS:
        placed = linker.place(record, lambda: 98)
        assert not placed.moved
        assert not placed.merged
    assert linker.owner == again


def test_what_a_person_said_holds_against_the_model() -> None:
    assert ("registry:1", "sti:1") in {
        tuple(sorted(k for k in keys if k in ("registry:1", "sti:1"))) for keys in linked(RECORDS).archives()
    }
    kept_apart = linked(RECORDS[:1] + RECORDS[3:4], apart={("registry:1", "sti:1")})
    assert kept_apart.archives() == [("registry:1",), ("sti:1",)]
    assert kept_apart.place(RECORDS[3], lambda: 97).doubts == []  # and is not asked again
    joined = linked([RECORDS[0], RECORDS[6]], together={("registry:1", "registry:3")})
    assert joined.archives() == [("registry:1", "registry:3")]


def test_a_merge_says_which_number_stays() -> None:
    linker = Linker([Known(RECORDS[0], 7, founder=True), Known(RECORDS[6], 9, founder=True)])
    assert linker.place(RECORDS[3], lambda: -1).owner == 7
    linker.merge(9, 7)
    assert {linker.owner[key] for key in ("registry:1", "registry:3", "sti:1")} == {7}


def test_asking_adds_nothing() -> None:
    linker = linked(RECORDS)
    before = linker.archives()
    found = linker.ask(Record("?", "?", "天津鼎盛精密机械有限公司", (), (), "红桥区光荣道8号", ""))
    assert found[0].verdict is Verdict.SAME
    assert linker.archives() == before
