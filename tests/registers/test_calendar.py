"""What days bring: cadence at the ends of years and weeks, reminders that come once a day, deadlines in years without a holiday
calendar, and published lists that stay as they were."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from wulian.foundation.access import ANONYMOUS, Actor, Role
from wulian.foundation.files import WrongFileType, store_upload
from wulian.foundation.models import Notice, StoredFile
from wulian.kernel.errors import Denied, NotFound
from wulian.registers.catalogue import Adopted
from wulian.registers.errors import EntryRefused
from wulian.registers.models import Edition, Entry
from wulian.registers.selectors.cadence import cadence_of, periods
from wulian.registers.selectors.editions import list_editions
from wulian.registers.selectors.entries import get_entry
from wulian.registers.services.editions import EmptyEdition, publish_edition
from wulian.registers.services.entries import edit_entry, void_entry
from wulian.registers.services.reminding import remind_entries

from .test_services import AT, BY, ON, TEXT, adopt, made, step

DATED = TEXT.replace("views: {title: name", """\
reminders:
  - {date: ends_on, days_before: 30, states: [running], to: [officer], text: {zh: 快到期了, en: Nearly over}}
cadence:
  - {code: weekly, label: {zh: 每周一次, en: Weekly}, every: week, times: 2, date: began_on}
  - {code: monthly, label: {zh: 每月一次, en: Monthly}, every: month, date: began_on}
  - {code: yearly, label: {zh: 每年一次, en: Yearly}, every: year, date: began_on}
editions: {label: {zh: 名单, en: List}, columns: [name, code, secret, state], order: [-began_on], where: [{state: [running]}]}
views: {title: name""")  # fmt: skip


@pytest.fixture
def trials(tianjin: None) -> Adopted:
    return adopt(DATED)


# ------------------------------------------------------------------------------------------------------------ cadence
def test_weeks_run_from_monday_to_sunday_and_belong_to_the_year_of_their_thursday() -> None:
    """2026 has 53 ISO weeks: the week of 1 January begins on 29 December 2025, the last one ends on 3 January 2027."""
    weeks = list(periods("week", date(2026, 1, 1), date(2026, 12, 31)))
    assert weeks[0] == ("2026-W01", date(2025, 12, 29), date(2026, 1, 4))
    assert weeks[-1] == ("2026-W53", date(2026, 12, 28), date(2027, 1, 3))
    assert len(weeks) == 53
    assert next(iter(periods("week", date(2027, 1, 1), date(2027, 1, 10))))[0] == "2026-W53"


def test_months_quarters_and_years_end_where_they_end() -> None:
    assert list(periods("month", date(2028, 2, 10), date(2028, 3, 1))) == [
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)), ("2028-03", date(2028, 3, 1), date(2028, 3, 31)),
    ]  # fmt: skip
    assert list(periods("quarter", date(2026, 10, 1), date(2026, 12, 31))) == [("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))]
    assert list(periods("year", date(2026, 12, 31), date(2027, 1, 1))) == [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)), ("2027", date(2027, 1, 1), date(2027, 12, 31)),
    ]  # fmt: skip


def kept(adopted: Adopted, rule: str, year: int, on: date) -> dict[str, tuple[int, str]]:
    (view,) = [view for view in cadence_of(viewer=BY, adopted=adopted, year=year, on=on) if view.rule.code == rule]
    return {slot.label: (slot.count, slot.state) for slot in view.slots}


def test_a_week_over_the_turn_of_the_year_counts_both_its_parts(trials: Adopted) -> None:
    for place, day in enumerate(("2025-12-29", "2026-01-04", "2026-01-05", "2026-01-12", "2026-01-18")):
        made(name=f"n{place}", began_on=day)
    assert kept(trials, "weekly", 2026, date(2026, 1, 18)) == {
        "2026-W01": (2, "kept"), "2026-W02": (1, "missing"), "2026-W03": (2, "kept"),
    }  # fmt: skip
    assert kept(trials, "weekly", 2026, date(2026, 1, 11))["2026-W02"] == (1, "open")
    assert kept(trials, "weekly", 2026, date(2026, 1, 12))["2026-W02"] == (1, "missing")


def test_the_last_day_of_a_month_is_still_in_it(trials: Adopted) -> None:
    for place, day in enumerate(("2026-10-31", "2026-12-31")):
        made(name=f"n{place}", began_on=day)
    assert kept(trials, "monthly", 2026, date(2026, 12, 30)) == {"2026-10": (1, "kept"), "2026-11": (0, "missing"), "2026-12": (1, "kept")}
    assert kept(trials, "yearly", 2026, date(2026, 12, 31)) == {"2026": (1 + 1, "kept")}
    assert kept(trials, "yearly", 2027, date(2027, 12, 31)) == {"2027": (0, "open")}
    assert kept(trials, "yearly", 2027, date(2028, 1, 1)) == {"2027": (0, "missing")}


# ---------------------------------------------------------------------------------------------------------- reminders
def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def reminded(on: date) -> int:
    return remind_entries(by=BY, at=at(on), on=on)[1]


def test_a_reminder_comes_once_a_day_from_its_first_day_until_the_date(trials: Adopted, officer: Actor, auditor: Actor) -> None:
    entry = step(made(began_on="2026-02-01", ends_on="2026-06-30"), "start")
    before = Notice.objects.count()
    assert reminded(date(2026, 5, 30)) == 0
    assert [reminded(date(2026, 5, 31)), reminded(date(2026, 5, 31))] == [1, 0], "the daily run may run twice"
    notice = Notice.objects.order_by("pk")[before]
    assert notice.user_id == officer.user_id
    assert "快到期了" in notice.text
    edit_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, revision=None, values={"ends_on": "2026-07-30"})
    assert [reminded(date(2026, 6, 29)), reminded(date(2026, 6, 30)), reminded(date(2026, 6, 30))] == [0, 1, 0]


def test_nobody_is_reminded_of_what_is_over_or_voided(trials: Adopted, officer: Actor) -> None:
    entry = step(made(began_on="2026-02-01", ends_on="2026-06-30"), "start")
    made(name="乙", began_on="2026-02-01", ends_on="2026-06-30")  # not running
    void_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, reason="错")
    assert Notice.objects.filter(text__contains="快到期").count() == 0
    remind_entries(by=BY, at=at(date(2026, 6, 1)), on=date(2026, 6, 1))
    assert Notice.objects.filter(text__contains="快到期").count() == 0


def test_what_is_late_is_told_once_a_day_from_the_day_after(trials: Adopted, officer: Actor) -> None:
    entry = made()  # draft since Monday 2 March 2026, ten working days
    assert entry.due_on == date(2026, 3, 16)
    assert [reminded(date(2026, 3, day)) for day in (16, 17, 17)] == [0, 1, 0]


def test_a_deadline_in_a_year_without_a_holiday_calendar_is_counted_by_weekdays(trials: Adopted) -> None:
    assert made(on=date(2090, 1, 2)).due_on == date(2090, 1, 16)  # a Monday; no holiday of 2090 is known yet
    assert made(name="乙", on=date(2003, 6, 2)).due_on == date(2003, 6, 16)


# ----------------------------------------------------------------------------------------------------------- editions
def test_an_edition_stays_as_it_was_published(trials: Adopted, officer: Actor) -> None:
    entry = step(made(code="A", secret="5", began_on="2026-02-01"), "start")
    first = publish_edition(by=officer, at=AT, on=ON, register="trials", region="120106")
    rows, columns = first.rows, first.columns
    assert [row["cells"] for row in rows] == [["甲", "A", "5", "在办"]]
    edit_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, revision=None, values={"code": "B", "name": "改名"})
    adopt(DATED.replace("label: {zh: 代号, en: Code}", "label: {zh: 新代号, en: Code}"))
    second = publish_edition(by=officer, at=AT, on=ON, register="trials", region="120106")
    void_entry(by=BY, at=AT, on=ON, entry_id=entry.pk, reason="错")
    first.refresh_from_db()
    assert (first.rows, first.columns, first.version) == (rows, columns, 1)
    assert (second.number, second.version, second.rows[0]["cells"][:2]) == (2, 2, ["改名", "B"])
    assert second.columns[1]["zh"] == "新代号"
    with pytest.raises(EmptyEdition):
        publish_edition(by=officer, at=AT, on=ON, register="trials", region="120106")
    assert Edition.objects.count() == 2


def test_an_edition_for_the_public_holds_public_columns_only(trials: Adopted, officer: Actor, auditor: Actor) -> None:
    step(made(code="A", secret="5", began_on="2026-02-01"), "start")
    inner = publish_edition(by=officer, at=AT, on=ON, register="trials", region="120106")
    outer = publish_edition(by=officer, at=AT, on=ON, register="trials", region="120106", public=True)
    assert [column["code"] for column in outer.columns] == ["name", "state"]
    assert "5" not in str(outer.rows[0]["cells"])
    assert list(list_editions(viewer=ANONYMOUS, adopted=trials)) == [outer]
    assert list(list_editions(viewer=auditor, adopted=trials)) == [outer, inner]
    with pytest.raises(Denied):
        publish_edition(by=auditor, at=AT, on=ON, register="trials", region="120106")


# --------------------------------------------------------------------------------------------------------- who sees what
PARTIES = (
    TEXT.replace("subject: none", "subject: organisation")
    .replace("audience: signed_in", "audience: parties")
    .replace("  - {code: ends_on", """\
  - {code: helper, type: organisation, label: {zh: 协办, en: Helper}, visible: parties}
  - {code: proof, type: file, label: {zh: 佐证, en: Proof}, visible: parties}
  - {code: ends_on""")
)  # fmt: skip


def test_each_sees_the_entry_and_its_fields_as_far_as_it_is_theirs(tianjin: None, account: Callable[..., Actor]) -> None:
    adopt(PARTIES)
    officer, auditor = account(Role.OFFICER), account(Role.AUDITOR, unit="红桥区审计局")
    firm, helper, stranger = (account(Role.ENTERPRISE, unit=f"{name}公司") for name in "甲乙丙")
    elsewhere = account(Role.AUDITOR, region="120104", unit="南开区审计局")
    own, other = (next(iter({grant.organisation_id for grant in actor.grants})) for actor in (firm, helper))
    from wulian.registers.services.entries import create_entry

    entry = create_entry(
        by=BY, at=AT, on=ON, register="trials", region="120106", subject_id=own,
        values={"name": "甲", "code": "A", "secret": "7", "helper": other, "began_on": "2026-02-01"},
    )  # fmt: skip

    def seen(viewer: Actor) -> set[str] | None:
        try:
            view = get_entry(viewer=viewer, register="trials", number=entry.number, on=ON)
        except NotFound:
            return None
        return {cell.code for cell in view.cells if not cell.hidden and cell.text}

    assert seen(officer) == seen(auditor) == {"name", "code", "secret", "helper", "began_on"}
    assert seen(firm) == seen(helper) == {"name", "code", "helper", "began_on"}
    assert seen(stranger) is None
    assert seen(elsewhere) is None
    assert seen(ANONYMOUS) is None
    step(entry, "start")  # running entries are public
    assert seen(ANONYMOUS) == {"name"}
    assert seen(stranger) == seen(elsewhere) == {"name", "code", "began_on"}


@pytest.mark.parametrize("content", [b"MZ\x90\x00\x03" + b"\x00" * 200, b"<html><script>alert(1)</script></html>", b"%PD not quite"])
def test_a_file_that_is_not_what_its_name_says_is_refused_by_its_content(tianjin: None, officer: Actor, content: bytes) -> None:
    with pytest.raises(WrongFileType, match="没有保存任何内容"):
        store_upload(by=officer, upload=io.BytesIO(content), name="协议.pdf", at=AT, allowed=("pdf",))
    assert StoredFile.objects.count() == 0


def test_a_file_field_takes_only_files_that_are_there_and_ones_own(tianjin: None, officer: Actor, account: Callable[..., Actor]) -> None:
    adopt(PARTIES.replace("subject: organisation", "subject: none"))
    another = account(Role.OFFICER, unit="另一科")
    theirs = store_upload(by=another, upload=io.BytesIO(b"%PDF-1.4\n%%EOF\n"), name="他人的.pdf", at=AT, allowed=("pdf",))
    values: list[Any] = [[theirs.pk], [999_999], ["../../etc/passwd"], "1 OR 1=1"]
    for value in values:
        with pytest.raises(EntryRefused) as caught:
            made(officer, proof=value)
        assert {problem.field for problem in caught.value.problems} == {"proof"}
    assert Entry.objects.count() == 0
    own = store_upload(by=officer, upload=io.BytesIO(b"%PDF-1.4\n%%EOF\n"), name="自己的.pdf", at=AT, allowed=("pdf",))
    assert made(officer, proof=[own.pk]).pk
