"""What makes large registers quick must not change what they say: orders, words, uniqueness, to-do, and what a request remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wulian.foundation import remembering
from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.access import system as system_actor
from wulian.foundation.imports.declare import Context, Result, Row
from wulian.registers import catalogue
from wulian.registers.catalogue import Adopted, adopted_registers, get_adopted
from wulian.registers.importing import EntryWriter
from wulian.registers.models import Entry
from wulian.registers.selectors.entries import facet_counts
from wulian.registers.selectors.paging import page_ids
from wulian.registers.selectors.questions import Question, list_entries
from wulian.registers.selectors.todo import Todo, todo_counts, todo_of, waiting_for
from wulian.registers.services.definitions import adopt_definition
from wulian.registers.services.entries import create_entry, edit_entry, void_entry

BY = system_actor("测试")
AT = datetime(2026, 3, 5, tzinfo=UTC)
ON = date(2026, 3, 5)
TEXT = """\
id: trials
chain: talent
prefix: TRI
name: {zh: 试验, en: Trials}
serves: [T3]
purpose: {zh: 试验用, en: For trials}
subject: none
level: [district]
create: [officer, enterprise]
audience: AUDIENCE
public_in: [running]
fields:
  - {code: name, type: text, label: {zh: 名目, en: Name}, required_from: always, visible: public}
  - {code: code, type: text, label: {zh: 代号, en: Code}, unique: true}
  - {code: kind, type: choice, label: {zh: 类别, en: Kind}, choices: [{code: a, label: {zh: 甲类, en: A}}, {code: b, label: {zh: 乙类, en: B}}]}
  - {code: fee, type: integer, unit: 元, label: {zh: 费用, en: Fee}}
  - {code: ends_on, type: date, label: {zh: 结束日, en: Ends}}
  - {code: note, type: long_text, label: {zh: 说明, en: Note}}
unique:
  - {fields: [name, kind], year_of: ends_on, states: [draft], say: {zh: 同年同类已有, en: Twice}}
lifecycle:
  initial: draft
  states:
    - {code: draft, label: {zh: 拟办, en: Draft}, meaning: {zh: 未开始, en: Not begun}, days: 5, edit: [officer, creator]}
    - {code: running, label: {zh: 在办, en: Running}, meaning: {zh: 已开始, en: Begun}, days: 5}
    - {code: ended, label: {zh: 结束, en: Ended}, meaning: {zh: 已结束, en: Over}, ended: true}
  transitions:
    - {code: start, label: {zh: 开始, en: Start}, from: [draft], to: running, who: [WHO]}
    - {code: end, label: {zh: 结束, en: End}, from: [running], to: ended, who: [officer]}
views: {title: name, columns: [name, kind, fee, ends_on, state], filters: [kind, fee, ends_on]}
"""


def adopt(audience: str = "parties", who: str = "officer", code: str = "trials") -> Adopted:
    text = TEXT.replace("AUDIENCE", audience).replace("WHO", who).replace("id: trials", f"id: {code}")
    return adopt_definition(by=BY, at=AT, text=text.replace("prefix: TRI", f"prefix: {code[:3].upper()}"), file=f"{code}.yaml")


@pytest.fixture
def trials(tianjin: None) -> Adopted:
    return adopt()


def made(by: Actor = BY, register: str = "trials", region: str = "120106", on: date = ON, **values: Any) -> Entry:
    return create_entry(by=by, at=AT, on=on, register=register, region=region, values={"name": "甲", **values})


def ids(adopted: Adopted, viewer: Actor = BY, **question: Any) -> list[int]:
    return list(list_entries(viewer=viewer, adopted=adopted, question=Question(**question), on=ON).values_list("pk", flat=True))


# ------------------------------------------------------------------------------------------------------- order and pages
@pytest.mark.parametrize("field", ["fee", "ends_on"])
def test_unknown_values_come_last_both_ways_and_pages_cut_the_same_order(trials: Adopted, field: str) -> None:
    values: list[Any] = [3, None, 1, None, 3, 2] if field == "fee" else [f"2026-04-0{n}" if n else None for n in (3, 0, 1, 0, 3, 2)]
    pks = [made(**{field: value}).pk for value in values]
    up, down = [2, 5, 0, 4, 1, 3], [4, 0, 5, 2, 3, 1]
    for sort, order in ((field, up), (f"-{field}", down)):
        assert ids(trials, sort=sort) == [pks[place] for place in order]
        found = list_entries(viewer=BY, adopted=trials, question=Question(sort=sort), on=ON)
        for start in range(8):
            for stop in range(start + 1, 9):
                assert page_ids(found[start:stop]) == [pks[place] for place in order[start:stop]]


def test_every_built_in_order_is_the_reverse_of_its_other_way(trials: Adopted) -> None:
    for number in range(5):
        made(name=f"名{number % 2}", on=date(2026, 3, 1 + number % 3))
    for sort in ("number", "state", "since", "updated", "title"):
        assert ids(trials, sort=sort) == ids(trials, sort=f"-{sort}")[::-1]
    assert ids(trials) == ids(trials, sort="-number") == sorted(Entry.objects.values_list("pk", flat=True), reverse=True)
    assert ids(trials, sort="nonsense") == ids(trials)


def test_a_range_beside_a_choice_asks_the_same_as_alone(trials: Adopted) -> None:
    pks = [made(kind="ab"[n % 2], fee=n if n < 5 else None).pk for n in range(6)]
    assert ids(trials, ranges={"fee": ("2", "4")}) == [pks[4], pks[3], pks[2]]
    assert ids(trials, ranges={"fee": ("2", "4")}, filters={"kind": ("a",)}) == [pks[4], pks[2]]
    assert ids(trials, ranges={"fee": ("2", "")}, filters={"kind": ("a", "b")}) == [pks[4], pks[3], pks[2]]
    counts = facet_counts(viewer=BY, adopted=trials, question=Question(ranges={"fee": ("2", "4")}), on=ON, names=["kind", "state"])
    assert counts == {"kind": {"a": 2, "b": 1}, "state": {"draft": 3}}


# ---------------------------------------------------------------------------------------------------------------- words
def test_words_are_found_at_once_after_writing_changing_and_voiding(trials: Adopted) -> None:
    entry = made(name="智能装置7", note="用于 精密轴承 检测")
    other = made(name="智能仪器")
    for words, found in (
        ("智能", [other.pk, entry.pk]), ("能装置", [entry.pk]), ("轴承 装置", [entry.pk]), ("智", [other.pk, entry.pk]), ("7", [entry.pk]),
        ("器", [other.pk]), ("智能装置7", [entry.pk]), ("装置77", []), ("智装", []), ("轴承检", [entry.pk]), ("《", []), ("ZNZZ", [entry.pk]),
        (entry.number.lower(), [entry.pk]), ("甲类", []),
    ):  # fmt: skip
        assert ids(trials, text=words) == found, words
    edit_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, revision=None, values={"name": "光学镜头", "kind": "a"})
    assert ids(trials, text="装置") == []
    assert ids(trials, text="光学") == ids(trials, text="甲类") == [entry.pk]
    void_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, reason="试")
    assert ids(trials, text="光学") == []
    assert ids(trials, text="光学", voided=True) == [entry.pk]


def test_a_fragment_never_reaches_over_two_fields(trials: Adopted) -> None:
    made(name="天津", note="大学")
    assert ids(trials, text="津大") == ids(trials, text="天津大学") == []
    assert len(ids(trials, text="天津 大学")) == 1


def test_words_of_a_rolled_back_entry_are_gone(trials: Adopted) -> None:
    with transaction.atomic():
        made(name="昙花")
        assert len(ids(trials, text="昙花")) == 1
        transaction.set_rollback(True)
    assert ids(trials, text="昙花") == []


def test_others_find_entries_by_public_words_only(trials: Adopted, account: Callable[..., Actor]) -> None:
    entry = made(name="公开名", note="内部说明")
    Entry.objects.update(state="running")
    firm, officer, neighbour = account(Role.ENTERPRISE, unit="某公司"), account(Role.OFFICER), account(Role.OFFICER, region="120104")
    city = account(Role.OFFICER, region="120000", unit="天津市科技局")
    for viewer in (ANONYMOUS, firm, neighbour):
        assert ids(trials, viewer, text="公开") == [entry.pk]
        assert ids(trials, viewer, text="内部") == ids(trials, viewer, text="公开 内部") == []
    for viewer in (officer, city):
        assert ids(trials, viewer, text="公开 内部") == [entry.pk]


def test_who_oversees_every_region_sees_what_a_filter_by_regions_would_show(trials: Adopted, account: Callable[..., Actor]) -> None:
    inside, outside = made(region="120106"), made(name="乙", region="120104")
    assert ids(trials, account(Role.OFFICER, region="120000", unit="天津市科技局")) == [outside.pk, inside.pk]
    assert ids(trials, account(Role.OFFICER)) == [inside.pk]


# ------------------------------------------------------------------------------------------------------------- importing
def test_an_import_asks_about_uniqueness_once_for_all_rows(trials: Adopted) -> None:
    made(name="已有", code="K0", kind="a", ends_on="2026-05-01")

    def queries(count: int, batch: int) -> tuple[int, list[Result]]:
        rows = [{"f_name": f"名{batch}-{n}", "f_code": f"C{batch}-{n}", "f_kind": "a", "f_ends_on": "2026-06-01"} for n in range(count)]
        rows += [{"f_name": "新", "f_code": "K0"}, {"f_name": "已有", "f_kind": "a", "f_ends_on": "2026-12-31"}]
        rows += [
            {"f_name": "已有", "f_kind": "b", "f_ends_on": f"2026-12-{batch:02d}"},
            {"f_name": "已有", "f_kind": "a", "f_ends_on": "2027-01-01"},
        ]
        writer = EntryWriter(trials, Context(batch, "表", BY, "120106", None, AT, ON))
        with CaptureQueriesContext(connection) as captured:
            results = [outcome.result for outcome in writer.write([Row(n, row, {}) for n, row in enumerate(rows)])]
        return len(captured), results

    few, results = queries(2, 1)
    assert results == [Result.CREATED] * 2 + [Result.QUARANTINED] * 2 + [Result.CREATED] * 2
    Entry.objects.filter(batch_id=1, title="已有").update(voided_at=AT)
    Entry.objects.filter(batch_id=1).update(batch_id=None)
    many, results = queries(30, 2)
    assert results == [Result.CREATED] * 30 + [Result.QUARANTINED] * 2 + [Result.CREATED] * 2
    assert many <= few
    assert ids(trials, text="名2-29") != []


# ----------------------------------------------------------------------------------------------------------------- to-do
@pytest.mark.parametrize("audience", ["public", "signed_in", "parties", "officer"])
@pytest.mark.parametrize("who", ["officer", "creator", "anyone", "officer, creator", "enterprise", "party, reviewer"])
def test_the_to_do_counts_what_the_lists_show(account: Callable[..., Actor], audience: str, who: str) -> None:
    adopted = adopt(audience, who)
    city = account(Role.OFFICER, region="120000", unit="天津市科技局")
    officer, neighbour = account(Role.OFFICER), account(Role.OFFICER, region="120104", unit="南开区科技局")
    firm, reviewer = account(Role.ENTERPRISE, unit="某公司"), account(Role.REVIEWER, region=None, unit="某院")
    for place, by in enumerate((BY, officer, officer, firm)):
        made(by=by, name=f"名{place}", on=date(2026, 2, 1) if place % 2 else ON)
    made(by=BY, name="邻区", region="120104", on=date(2026, 2, 1))
    gone = made(name="作废")
    void_entry(by=BY, at=AT, on=ON, entry_id=gone.pk, reason="试")
    for viewer in (BY, city, officer, neighbour, firm, reviewer, account(Role.AUDITOR)):
        expected = waiting_for(viewer, adopted)
        late = expected.filter(due_on__lt=ON).count()
        assert todo_counts(viewer=viewer, on=ON) == (expected.count(), late), viewer
        shown = todo_of(viewer=viewer, on=ON)
        assert (shown.total, shown.late) == (expected.count(), late)
        assert {item.entry.pk for item in shown.items} == set(expected.values_list("pk", flat=True))
        passed = {item.entry.pk for item in todo_of(viewer=viewer, on=ON, late=True).items}
        assert passed == set(expected.filter(due_on__lt=ON).values_list("pk", flat=True))
    assert todo_counts(viewer=ANONYMOUS, on=ON) == (0, 0)
    assert todo_of(viewer=ANONYMOUS, on=ON) == Todo([], 0, 0)


def test_the_to_do_of_one_register_leaves_out_the_others(account: Callable[..., Actor]) -> None:
    adopt(), adopt(code="others")
    officer = account(Role.OFFICER)
    one = made()
    made(register="others")
    assert todo_counts(viewer=officer, on=ON) == (2, 0)
    shown = todo_of(viewer=officer, on=ON, register="trials")
    assert ([item.entry.pk for item in shown.items], shown.total) == ([one.pk], 1)


def test_counting_the_to_do_takes_the_same_number_of_queries_however_many_registers(account: Callable[..., Actor]) -> None:
    officer = account(Role.OFFICER)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            todo_counts(viewer=officer, on=ON)
        return len(captured)

    for code in ("trials", "alpha"):
        adopt(who="officer, creator", code=code)
        made(register=code)
        made(by=officer, register=code, name="乙")
    adopted_registers()
    few = queries()
    for code in ("beta", "gamma", "delta"):
        adopt(who="officer, creator", code=code)
        made(register=code)
    adopted_registers()
    assert queries() == few <= 3


# ----------------------------------------------------------------------------------------------------- a request remembers
@pytest.fixture
def request_open() -> Iterator[None]:
    token = remembering._known.set({})
    yield
    remembering._known.reset(token)


def test_a_request_asks_once_for_the_registers_in_force(trials: Adopted, request_open: None) -> None:
    adopted_registers()
    with CaptureQueriesContext(connection) as captured:
        assert get_adopted("trials") == trials
        adopted_registers()
    assert len(captured) == 0


def test_outside_of_requests_nothing_is_remembered(trials: Adopted) -> None:
    with CaptureQueriesContext(connection) as captured:
        adopted_registers()
        adopted_registers()
    assert len(captured) == 2


def test_a_request_that_adopts_a_definition_sees_it_and_sees_it_undone(trials: Adopted, request_open: None) -> None:
    assert get_adopted("trials").version == 1
    with transaction.atomic():
        adopt("public")
        assert get_adopted("trials").version == 2
        transaction.set_rollback(True)
    catalogue.forget()
    assert get_adopted("trials").version == 1


def test_the_next_request_sees_what_was_adopted_meanwhile(trials: Adopted, client_of: Callable[[Actor], Client], officer: Actor) -> None:
    client = client_of(officer)
    assert "试验" in client.get("/registers/trials/").content.decode()
    text = TEXT.replace("AUDIENCE", "parties").replace("WHO", "officer").replace("zh: 试验, en", "zh: 改名的试验, en")
    adopt_definition(by=BY, at=AT, text=text, file="trials.yaml")
    assert "改名的试验" in client.get("/registers/trials/").content.decode()
    assert remembering._known.get() is None
