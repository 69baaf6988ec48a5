"""Several people at once, with real connections; and an act that is cut off in its middle."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from wulian.directory.services.regions import load_regions
from wulian.foundation.models import AuditEvent, Notice
from wulian.kernel.errors import WulianError
from wulian.registers.catalogue import Adopted
from wulian.registers.errors import EntryChanged, EntryRefused
from wulian.registers.models import Entry, EntryBody, EntryEvent, EntryFile, EntryLink, EntryParty, EntryText, StateSpell
from wulian.registers.services import entries, shared, steps, writing
from wulian.registers.services.entries import create_entry, edit_entry
from wulian.registers.services.steps import preview_steps, take_step, take_steps

from .test_services import AT, BY, ON, TEXT, adopt, made, step

KEPT = (Entry, EntryBody, EntryEvent, EntryFile, EntryLink, EntryParty, EntryText, StateSpell, AuditEvent, Notice)


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """Run `act(0)` … at the same moment, each on its own connection; results or refusals in order."""
    start = Barrier(number)

    def run(which: int) -> Any:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return act(which)
        except WulianError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def state_of_everything() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in KEPT}


@pytest.fixture
def alone(transactional_db: None) -> Adopted:
    load_regions(by=BY)
    return adopt(TEXT)


def test_of_two_who_move_one_entry_one_does_and_the_other_is_told(alone: Adopted) -> None:
    entry = made(began_on="2026-03-01")
    took, told = sorted(
        at_once(2, lambda which: step(entry, "start", revision=1)), key=lambda result: isinstance(result, Exception)
    )  # fmt: skip
    assert took.state == "running"
    assert isinstance(told, EntryChanged)
    assert "没有保存，也没有丢失" in told.text()
    assert StateSpell.objects.filter(entry=entry, state="running").count() == 1
    assert EntryEvent.objects.filter(entry=entry, kind="moved").count() == 1


def test_of_two_who_move_without_having_looked_one_finds_it_moved(alone: Adopted) -> None:
    entry = made(began_on="2026-03-01")
    took, told = sorted(at_once(2, lambda which: step(entry, "start")), key=lambda result: isinstance(result, Exception))
    assert took.state == "running"
    assert isinstance(told, EntryRefused)
    assert [problem.code for problem in told.problems] == ["wrong_state"]
    assert "在办" in told.text()
    assert StateSpell.objects.filter(entry=entry).count() == 2


def test_of_two_who_change_one_field_neither_change_is_lost(alone: Adopted) -> None:
    entry = made()

    def change(which: int) -> Entry:
        return edit_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, revision=1, values={"code": f"号{which}"})

    changed, told = sorted(at_once(2, change), key=lambda result: isinstance(result, Exception))
    assert isinstance(told, EntryChanged)
    kept = EntryBody.objects.get(pk=entry.pk).values["code"]
    assert EntryEvent.objects.get(entry=entry, kind="edited").changes == {"code": [None, kept]}
    assert changed.revision == 2


def test_numbers_of_eight_at_once_have_no_gap_and_no_double(alone: Adopted) -> None:
    def add(which: int) -> list[str]:
        return [made(name=f"{which}之{place}").number for place in range(4)]

    given = [number for numbers in at_once(8, add) for number in numbers]
    assert sorted(given) == [f"TRY-2026-{serial:04d}" for serial in range(1, 33)]


def test_a_refused_entry_takes_no_number(alone: Adopted) -> None:
    made(name="甲", code="A")
    with pytest.raises(EntryRefused):
        made(name="乙", code="A")
    assert made(name="乙", code="B").number == "TRY-2026-0002"


def test_of_two_with_the_same_unique_value_one_is_refused(alone: Adopted) -> None:
    results = at_once(2, lambda which: made(name=f"{which}", code="A"))
    assert sorted(isinstance(result, EntryRefused) for result in results) == [False, True]
    assert Entry.objects.count() == 1


class CutOffError(RuntimeError):
    """The power fails here."""


def cut(*_args: Any, **_given: Any) -> None:
    raise CutOffError


# Whatever is written after the entry itself, and the last of all.
PLACES = [(steps, "note"), (steps, "save_values"), (shared.writing, "keep_beside"), (steps.audit, "record"), (steps, "tell")]


@pytest.mark.parametrize(("place", "name"), PLACES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_step_that_is_cut_off_leaves_nothing_half_done(alone: Adopted, monkeypatch: pytest.MonkeyPatch, place: Any, name: str) -> None:
    told = TEXT.replace("needs: [began_on]}", "needs: [began_on], notify: [{to: [officer], text: {zh: 开始了, en: Begun}}]}")
    adopt(told)
    entry = made(name="乙")
    before = state_of_everything()
    with monkeypatch.context() as patched:
        patched.setattr(place, name, cut)
        with pytest.raises(CutOffError):
            step(entry, "start", began_on="2026-03-01", code="新号")
    assert state_of_everything() == before
    assert step(entry, "start", began_on="2026-03-01", code="新号").state == "running"


@pytest.mark.parametrize(
    ("place", "name"), [(writing, "keep_many_beside"), (entries, "note"), (entries.audit, "record")], ids=lambda value: str(value)[:20]
)
def test_an_entry_that_is_cut_off_is_not_there_and_took_no_number(
    alone: Adopted, monkeypatch: pytest.MonkeyPatch, place: Any, name: str
) -> None:
    before = state_of_everything()
    with monkeypatch.context() as patched:
        patched.setattr(place, name, cut)
        with pytest.raises(CutOffError):
            made(code="A")
    assert state_of_everything() == before
    assert made(code="A").number == "TRY-2026-0001"


def test_a_step_with_three_hundred_entries_of_which_two_stay(trials_of: Callable[[int], list[Entry]]) -> None:
    many = trials_of(300)
    # One was changed after the preview, one lacks what the step needs.
    edit_entry(by=BY, at=AT, on=ON, entry_id=many[7].pk, revision=1, values={"code": "改过"})
    EntryBody.objects.filter(pk=many[200].pk).update(values={"name": "n200"})
    gone, stayed = take_steps(by=BY, at=AT, on=ON, revisions={entry.pk: 1 for entry in many}, step="start")
    assert gone == 298
    assert {entry_id for entry_id, _why in stayed} == {many[7].pk, many[200].pk}
    assert "已改过" in dict(stayed)[many[7].pk]
    assert "“开始”还没有填" in dict(stayed)[many[200].pk]
    assert Entry.objects.filter(state="running").count() == 298
    assert StateSpell.objects.filter(state="running").count() == EntryEvent.objects.filter(kind="moved").count() == 298
    untouched = Entry.objects.filter(pk__in=[many[7].pk, many[200].pk])
    assert set(untouched.values_list("state", flat=True)) == {"draft"}


def test_a_preview_tells_who_would_stay_and_why(trials_of: Callable[[int], list[Entry]]) -> None:
    many = trials_of(3)
    EntryBody.objects.filter(pk=many[1].pk).update(values={"name": "n1"})
    adopted = adopt(TEXT)
    previewed = preview_steps(viewer=BY, adopted=adopted, entries=many, step="start", on=ON, values={}, reason="")
    assert [result.allowed for result in previewed] == [True, False, True]
    gone, stayed = take_steps(by=BY, at=AT, on=ON, revisions={entry.pk: entry.revision for entry in many}, step="start")
    assert (gone, [entry_id for entry_id, _why in stayed]) == (2, [many[1].pk])


@pytest.fixture
def trials_of(tianjin: None) -> Callable[[int], list[Entry]]:
    """Entries in draft, copied from the first."""
    from .making import CaseMaker

    def make(number: int) -> list[Entry]:
        adopt(TEXT)
        maker = CaseMaker(by=BY)
        spec = {"repeat": number, "values": {"name": "n{i}", "code": "k{i}", "began_on": "2026-03-01"}, "region": "120106"}
        return maker.entries("trials", [spec])

    return make


def test_two_who_take_a_step_back_and_forward_leave_one_open_spell(alone: Adopted) -> None:
    entry = step(made(began_on="2026-03-01"), "start")

    def act(which: int) -> Entry:
        return take_step(by=BY, at=AT, on=ON, entry_id=entry.pk, step="back" if which else "start", reason="填错")

    at_once(2, act)
    assert StateSpell.objects.filter(entry=entry, left_on__isnull=True).count() == 1
    entry.refresh_from_db()
    assert StateSpell.objects.get(entry=entry, left_on__isnull=True).state == entry.state


def test_an_entry_is_not_added_twice_by_a_double_click(alone: Adopted) -> None:
    """Two clicks are two requests; where a name may stand only once a year, the second is refused."""

    def add(which: int) -> Entry:
        return create_entry(by=BY, at=AT, on=ON, register="trials", values={"name": "同名", "began_on": "2026-03-01"}, region="120106")

    results = at_once(2, add)
    assert sorted(isinstance(result, EntryRefused) for result in results) == [False, True]
