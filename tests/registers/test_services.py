"""What services refuse, keep and hide, on one small register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from wulian.foundation.access import ANONYMOUS, Actor, Role, system
from wulian.foundation.imports.declare import Context, Result, Row
from wulian.kernel.errors import Denied, NotFound
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.errors import AdoptionRefused, EntryChanged, EntryRefused
from wulian.registers.importing import EntryWriter
from wulian.registers.models import Entry, EntryEvent, StateSpell
from wulian.registers.selectors.counting import counted_entries, measure
from wulian.registers.selectors.questions import Question, list_entries
from wulian.registers.services.definitions import adopt_definition
from wulian.registers.services.entries import create_entry, edit_entry
from wulian.registers.services.steps import take_due_steps, take_step

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ON = date(2026, 3, 2)
BY = system("甲")

TEXT = """\
id: trials
chain: talent
prefix: TRY
name: {zh: 试验, en: Trials}
serves: [T3]
purpose: {zh: 试验用, en: For trying}
subject: none
level: [city, district]
create: [officer]
audience: signed_in
public_in: [running]
fields:
  - {code: name, type: text, label: {zh: 名目, en: Name}, required_from: always, visible: public}
  - {code: code, type: text, label: {zh: 代号, en: Code}, unique: true}
  - {code: secret, type: integer, unit: 个, label: {zh: 暗数, en: Secret}, visible: officer, minimum: 0}
  - {code: began_on, type: date, label: {zh: 开始, en: Began}, required_from: running}
  - {code: ends_on, type: date, label: {zh: 到期, en: Ends}}
rules:
  - code: ends_later
    say: {zh: 到期要晚于开始, en: it ends before it began}
    at: [start]
    when: [{field: ends_on, filled: true}]
    must: [{field: ends_on, above_field: began_on}]
    severity: except
unique:
  - {fields: [name], states: [draft, running], year_of: began_on, say: {zh: 当年已有, en: there is one this year}}
lifecycle:
  initial: draft
  states:
    - {code: draft, label: {zh: 拟办, en: Draft}, meaning: {zh: 未开始, en: Not begun}, days: 10, edit: [officer]}
    - {code: running, label: {zh: 在办, en: Running}, meaning: {zh: 已开始, en: Begun}}
    - {code: ended, label: {zh: 结束, en: Ended}, meaning: {zh: 已结束, en: Over}, ended: true}
  transitions:
    - {code: start, label: {zh: 开始, en: Start}, from: [draft], to: running, who: [officer], needs: [began_on]}
    - {code: lapse, label: {zh: 到期, en: Lapse}, from: [running], to: ended, who: [officer], after: ends_on}
    - {code: back, label: {zh: 退回, en: Back}, from: [running], to: draft, who: [officer], back: true}
counters:
  - code: started
    label: {zh: 当年开始, en: Begun in the year}
    how: count
    per: year
    where: [{state: [running, ended]}]
    unit: 项
    definition: {zh: 当年开始的, en: Begun in the year}
views: {title: name, columns: [name, state], filters: [code, secret]}
"""


@pytest.fixture
def trials(tianjin: None) -> Adopted:
    return adopt(TEXT)


def adopt(text: str) -> Adopted:
    return adopt_definition(by=BY, at=AT, text=text, file="trials.yaml")


def made(by: Actor = BY, on: date = ON, **values: Any) -> Entry:
    return create_entry(by=by, at=AT, on=on, register="trials", values={"name": "甲", **values}, region="120106")


def step(entry: Entry, do: str, *, by: Actor = BY, on: date = ON, reason: str = "", revision: int | None = None, **values: Any) -> Entry:
    return take_step(by=by, at=AT, on=on, entry_id=entry.pk, step=do, values=values, reason=reason, revision=revision)


def codes(caught: pytest.ExceptionInfo[EntryRefused]) -> set[tuple[str, str]]:
    return {(problem.code, problem.field) for problem in caught.value.problems}


def shown(viewer: Actor, adopted: Adopted, **asked: Any) -> list[int]:
    return [entry.pk for entry in list_entries(viewer=viewer, adopted=adopted, question=Question(**asked), on=ON)]


def test_every_problem_is_told_at_once_and_nothing_is_written(trials: Adopted) -> None:
    made(code="A")
    with pytest.raises(EntryRefused) as caught:
        create_entry(
            by=BY, at=AT, on=ON, register="trials", region="120106", values={"code": "A", "secret": "-1", "began_on": "2026-02-30", "x": 1}
        )
    assert {field for _code, field in codes(caught)} >= {"name", "code", "secret", "began_on", "x"}
    assert Entry.objects.count() == 1


def test_a_step_that_is_refused_changes_nothing(trials: Adopted) -> None:
    entry = made()
    with pytest.raises(EntryRefused) as caught:
        step(entry, "start", ends_on="2026-03-01")
    assert ("missing_field", "began_on") in codes(caught)
    entry.refresh_from_db()
    assert (entry.state, entry.revision, EntryEvent.objects.count(), StateSpell.objects.count()) == ("draft", 1, 1, 1)


def test_an_exception_needs_a_reason_which_is_kept(trials: Adopted) -> None:
    entry = made(began_on="2026-03-01", ends_on="2026-03-01")
    with pytest.raises(EntryRefused) as caught:
        step(entry, "start")
    assert codes(caught) == {("missing_reason", "reason")}
    step(entry, "start", reason="市里同意")
    event = EntryEvent.objects.get(kind="moved")
    assert event.reason == "市里同意"
    assert [item["rule"] for item in event.exceptions] == ["ends_later"]


def test_unique_holds_within_its_states_and_its_year(trials: Adopted) -> None:
    first = made(began_on="2026-01-01")
    with pytest.raises(EntryRefused) as caught:
        made(began_on="2026-12-31")
    assert codes(caught) == {("unique", "name")}
    made(began_on="2025-12-31")
    made(began_on="2027-01-01")
    step(first, "start", ends_on="2026-03-01", reason="先办")
    take_due_steps(by=BY, at=AT, on=ON)
    made(began_on="2026-12-31")  # the first has ended


def test_the_calendar_takes_a_step_the_day_after(trials: Adopted) -> None:
    entry = step(made(began_on="2026-02-01", ends_on="2026-03-05"), "start")
    assert take_due_steps(by=BY, at=AT, on=date(2026, 3, 5)) == 0
    assert take_due_steps(by=BY, at=AT, on=date(2026, 3, 6)) == 1
    assert take_due_steps(by=BY, at=AT, on=date(2026, 3, 7)) == 0
    entry.refresh_from_db()
    assert (entry.state, entry.state_since) == ("ended", date(2026, 3, 6))


def test_a_way_back_needs_a_reason_and_never_counted(trials: Adopted) -> None:
    counter = trials.definition.counters[0]
    entry = step(made(began_on="2026-02-01"), "start")
    assert measure(trials, counter, counted_entries(trials, counter, None, ON))[1] == 1
    with pytest.raises(EntryRefused) as caught:
        step(entry, "back")
    assert codes(caught) == {("missing_reason", "reason")}
    step(entry, "back", reason="填错", on=date(2026, 3, 4))
    assert measure(trials, counter, counted_entries(trials, counter, None, date(2026, 3, 4)))[1] == 0


def test_who_looked_at_an_older_revision_is_refused(trials: Adopted) -> None:
    entry = made()
    edit_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, revision=1, values={"code": "B"})
    with pytest.raises(EntryChanged):
        edit_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, revision=1, values={"code": "C"})
    with pytest.raises(EntryChanged):
        step(entry, "start", revision=1, began_on="2026-03-01")


def test_outsiders_neither_add_nor_move(trials: Adopted, account: Callable[..., Actor]) -> None:
    entry = made(began_on="2026-02-01")
    for outsider in (
        account(Role.OFFICER, region="120104", unit="南开区科技局"),
        account(Role.AUDITOR),
        account(Role.ENTERPRISE, unit="某公司"),
    ):
        with pytest.raises((Denied, EntryRefused)):
            made(by=outsider)
        with pytest.raises((Denied, EntryRefused)):
            step(entry, "start", by=outsider)
    with pytest.raises((Denied, NotFound)):
        step(entry, "start", by=ANONYMOUS)
    assert list(Entry.objects.values_list("state", "revision")) == [("draft", 1)]
    step(entry, "start", by=account(Role.OFFICER))


def test_hidden_values_do_not_show_through_filter_sort_or_search(trials: Adopted, account: Callable[..., Actor]) -> None:
    entry = step(made(began_on="2026-02-01", secret="7", code="暗号"), "start")
    officer, other = account(Role.OFFICER), account(Role.OFFICER, region="120104", unit="南开区科技局")
    asked: list[dict[str, Any]] = [{"ranges": {"secret": ("7", "7")}}, {"sort": "secret"}, {"sort": "-secret"}]
    for question in asked:
        assert shown(officer, trials, **question) == [entry.pk]
        assert shown(other, trials, **question) == shown(ANONYMOUS, trials, **question) == []
    assert shown(officer, trials, text="暗号") == [entry.pk]
    assert shown(ANONYMOUS, trials, text="暗号") == []
    assert shown(ANONYMOUS, trials, text="甲") == [entry.pk]
    assert shown(ANONYMOUS, trials, filters={"code": ("暗号",)}) == []
    draft = made(name="乙")
    assert shown(ANONYMOUS, trials) == [entry.pk]
    assert shown(other, trials) == [draft.pk, entry.pk]


def test_a_renamed_field_keeps_its_column_history_and_counter(trials: Adopted) -> None:
    step(made(began_on="2026-02-01", code="A"), "start")
    renamed = TEXT.replace("code: code, type: text", "code: mark, was: [code], type: text").replace("[code, secret]", "[mark, secret]")
    adopted = adopt(renamed)
    assert adopted.version == 2
    assert adopted.columns["mark"] == trials.columns["code"]
    assert len(shown(BY, adopted, filters={"mark": ("A",)})) == 1
    counter = adopted.definition.counters[0]
    assert measure(adopted, counter, counted_entries(adopted, counter, None, ON))[1] == 1
    with pytest.raises(EntryRefused):
        made(name="乙", mark="A")


def test_what_would_orphan_entries_is_refused_with_their_number(trials: Adopted) -> None:
    made(secret="1")
    made(name="乙", secret="2")
    without = "\n".join(line for line in TEXT.replace(", secret]", "]").splitlines() if "code: secret" not in line) + "\n"
    with pytest.raises(AdoptionRefused) as caught:
        adopt(without)
    assert "2" in str(caught.value.blocking)
    assert get_adopted("trials").version == 1


def test_an_import_again_adds_nothing_and_doubles_are_kept_out(trials: Adopted) -> None:
    def run(batch: int, *rows: dict[str, Any]) -> list[Result]:
        context = Context(batch, "表", BY, "120106", None, AT, ON)
        return [outcome.result for outcome in EntryWriter(trials, context).write([Row(n, row, {}) for n, row in enumerate(rows)])]

    first = [{"f_name": "甲", "f_code": "A"}, {"f_name": "乙", "f_code": "B", "f_began_on": "2026-01-01"}]
    assert run(1, *first) == [Result.CREATED, Result.CREATED]
    assert run(2, *first, {"f_name": "丙", "f_code": "A"}) == [Result.UNCHANGED, Result.UNCHANGED, Result.QUARANTINED]
    assert run(3, {"f_name": "丁", "f_code": "D"}, {"f_name": "戊", "f_code": "D"}) == [Result.CREATED, Result.QUARANTINED]
    assert run(4, {"f_name": "己", "state": "没有的"}) == [Result.QUARANTINED]
    assert Entry.objects.count() == 3
