"""The officer's decisions: accept, reject, merge, split, edit, add, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wulian.chains.governance.models import Extraction, PlanDocument
from wulian.chains.governance.selectors import extraction as selectors
from wulian.chains.governance.services import extraction, extraction_units
from wulian.chains.governance.work_errors import WrongStep
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor, Role
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, Denied, Invalid, NotFound

from .conftest import AT


@pytest.fixture
def document(officer: Actor, uploaded: Callable[..., PlanDocument]) -> PlanDocument:
    return uploaded(officer)


def rows(document: PlanDocument, key: str) -> list[Extraction]:
    return list(document.extractions.filter(what="indicator", group_key=key).order_by("position"))


def head(document: PlanDocument, key: str = "数字企业|家") -> Extraction:
    return next(row for row in rows(document, key) if row.state == "pending")


def test_accepting_rejecting_and_taking_back(officer: Actor, document: PlanDocument) -> None:
    row = head(document)
    assert extraction.accept(by=officer, document_id=document.pk, rows={row.pk: 0}, at=AT) == 1
    assert extraction.accept(by=officer, document_id=document.pk, rows={row.pk: 1}, at=AT) == 0  # twice is once
    assert extraction.reject(by=officer, document_id=document.pk, rows={row.pk: 1}, at=AT, reason="不是指标") == 1
    assert extraction.reopen(by=officer, document_id=document.pk, rows={row.pk: 2}, at=AT) == 1
    row.refresh_from_db()
    assert (row.state, row.version) == ("pending", 3)
    actions = AuditEvent.objects.filter(object_type="governance.extraction", object_id=str(row.pk)).order_by("id")
    assert [event.action for event in actions] == ["extraction.accepted", "extraction.rejected", "extraction.reopened"]


def test_a_merged_row_is_not_accepted_by_mistake(officer: Actor, document: PlanDocument) -> None:
    row = document.extractions.get(pk=document.extractions.filter(state="merged").values("pk")[:1])
    with pytest.raises(WrongStep):
        extraction.accept(by=officer, document_id=document.pk, rows={row.pk: row.version}, at=AT)


def test_two_officers_at_once_the_second_is_told_and_overwrites_nothing(
    officer: Actor, account: Callable[..., Actor], document: PlanDocument
) -> None:
    other = account(Role.OFFICER, unit="红桥区科技局二科")
    row = head(document)
    extraction.edit_mention(by=officer, extraction_id=row.pk, version=0, changes={"value": "81"}, at=AT)
    with pytest.raises(Conflict) as refused:
        extraction.edit_mention(by=other, extraction_id=row.pk, version=0, changes={"value": "82"}, at=AT)
    assert refused.value.params["who"] == officer.name
    row.refresh_from_db()
    assert row.values["value"] == "81"


def test_a_bulk_act_is_named_when_it_makes_another_stale(officer: Actor, document: PlanDocument) -> None:
    row = head(document)
    extraction.accept_all(by=officer, document_id=document.pk, what="indicator", at=AT)
    with pytest.raises(Conflict) as refused:
        extraction.reject(by=officer, document_id=document.pk, rows={row.pk: 0}, at=AT)
    assert refused.value.params["who"] == officer.name


def test_one_stale_row_stops_the_whole_act(officer: Actor, document: PlanDocument) -> None:
    first, second = document.extractions.filter(what="indicator", state="pending").order_by("position")[:2]
    with pytest.raises(Conflict):
        extraction.accept(by=officer, document_id=document.pk, rows={first.pk: 0, second.pk: 7}, at=AT)
    first.refresh_from_db()
    assert first.state == "pending"


def test_accepting_only_what_stands_in_tables(officer: Actor, document: PlanDocument) -> None:
    extraction.accept_all(by=officer, document_id=document.pk, what="indicator", at=AT, only_table=True)
    accepted = document.extractions.filter(state="accepted")
    assert accepted.count() == 6
    assert all(row.printed["from_table"] for row in accepted)


def test_groups_merge_repeats_fall_together_and_come_apart_again(officer: Actor, document: PlanDocument) -> None:
    keep, drop = "数字企业|家", "全区数字企业|家"
    alone = rows(document, drop)
    assert extraction.merge_groups(by=officer, document_id=document.pk, keep=keep, drop=drop, at=AT) == len(alone)
    assert rows(document, drop) == []
    moved = Extraction.objects.get(pk=alone[0].pk)
    assert (moved.state, moved.values["name"]) == ("merged", head(document, keep).values["name"])
    assert extraction.undo_group_merge(by=officer, document_id=document.pk, key=keep, at=AT) == len(alone)
    back = Extraction.objects.get(pk=alone[0].pk)
    assert (back.group_key, back.values["name"], back.state) == (drop, alone[0].values["name"], "pending")


def test_merging_keeps_what_was_accepted(officer: Actor, document: PlanDocument) -> None:
    keep, drop = "数字企业|家", "全区数字企业|家"
    row = rows(document, drop)[0]
    extraction.accept(by=officer, document_id=document.pk, rows={row.pk: row.version}, at=AT)
    extraction.merge_groups(by=officer, document_id=document.pk, keep=keep, drop=drop, at=AT)
    assert [one.values["value"] for one in rows(document, keep) if one.state == "accepted"] == ["120"]


def test_a_row_merged_by_hand_stands_for_its_own_repeats(officer: Actor, document: PlanDocument) -> None:
    keep, scoped = head(document), rows(document, "全区数字企业|家")[0]
    extraction.merge_rows(by=officer, document_id=document.pk, rows={scoped.pk: 0}, into_id=keep.pk, at=AT)
    scoped.refresh_from_db()
    assert (scoped.state, scoped.merged_into_id, scoped.group_key) == ("merged", keep.pk, keep.group_key)
    with pytest.raises(WrongStep):
        extraction.merge_rows(by=officer, document_id=document.pk, rows={keep.pk: 0}, into_id=scoped.pk, at=AT)


def test_a_mention_splits_off_under_another_name(officer: Actor, document: PlanDocument) -> None:
    row = head(document)
    with pytest.raises(Invalid):
        extraction.split(by=officer, extraction_id=row.pk, version=0, name="“数字企业”总量", at=AT)
    extraction.split(by=officer, extraction_id=row.pk, version=0, name="数字企业（规上）", at=AT)
    row.refresh_from_db()
    assert row.group_key == "数字企业规上|家"
    extraction.undo_group_merge(by=officer, document_id=document.pk, key=row.group_key, at=AT)
    row.refresh_from_db()
    assert row.group_key == "数字企业|家"


def test_an_indicator_is_edited_as_a_whole(officer: Actor, document: PlanDocument, unit: Callable[..., Organisation]) -> None:
    trade = unit("天津市红桥区商务局")
    group = rows(document, "数字企业|家")
    extraction.edit_group(
        by=officer,
        document_id=document.pk,
        key="数字企业|家",
        rows={row.pk: row.version for row in group},
        at=AT,
        changes={"name": "数字企业", "owner": trade.pk, "metric": "organisations_total", "attribute": "expected"},
    )
    for row in rows(document, "数字企业|家"):
        assert (row.values["name"], row.owner, row.metric, row.values["attribute"]) == (
            "数字企业",
            trade,
            "organisations_total",
            "expected",
        )


@pytest.mark.parametrize(
    "changes",
    [{"name": " "}, {"name": "长" * 121}, {"kind": "nonsense"}, {"metric": "no_such_metric"}, {"unit": "长" * 21}],
)
def test_a_wrong_indicator_is_refused(officer: Actor, document: PlanDocument, changes: dict[str, str]) -> None:
    row = head(document)
    with pytest.raises(Invalid):
        extraction.edit_group(by=officer, document_id=document.pk, key=row.group_key, rows={row.pk: 0}, changes=changes, at=AT)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"value": "一百"}, True),
        ({"value": ""}, True),  # marked as numbered and yet empty: never silently zero
        ({"value": "", "number_state": "masked"}, False),
        ({"value": "0"}, False),
        ({"year": 1989}, True),
        ({"year": 1990}, False),
        ({"year": 2100}, False),
        ({"year": 2101}, True),
        ({"comparator": "~"}, True),
    ],
)
def test_a_value_is_checked_before_it_is_kept(officer: Actor, document: PlanDocument, changes: dict[str, object], refused: bool) -> None:
    row = head(document)
    if refused:
        with pytest.raises(Invalid):
            extraction.edit_mention(by=officer, extraction_id=row.pk, version=0, changes=changes, at=AT)
        row.refresh_from_db()
        assert row.version == 0
    else:
        assert extraction.edit_mention(by=officer, extraction_id=row.pk, version=0, changes=changes, at=AT).version == 1


def test_a_value_without_a_number_is_null_not_zero(officer: Actor, document: PlanDocument) -> None:
    row = head(document)
    row = extraction.edit_mention(by=officer, extraction_id=row.pk, version=0, changes={"value": "5", "number_state": "assigned"}, at=AT)
    assert row.values["value"] is None


def test_something_missed_is_added_with_its_place(officer: Actor, document: PlanDocument) -> None:
    span = selectors.locate(document.text, "软件业务收入突破30亿元", None)
    values = {"name": "软件收入占比", "value": "12.5", "unit": "%", "year": 2026}
    row = extraction.add_mention(by=officer, document_id=document.pk, span=span, values=values, at=AT)
    assert (row.state, document.text[row.span_start : row.span_end]) == ("accepted", "软件业务收入突破30亿元")
    task = extraction_units.add_task(by=officer, document_id=document.pk, span=span, values={"title": "发展软件业"}, at=AT)
    assert task.what == "task"
    with pytest.raises(Invalid):
        extraction.add_mention(by=officer, document_id=document.pk, span=(5, 10**9), values=values, at=AT)
    with pytest.raises(Invalid):
        selectors.locate(document.text, "文中没有的话", None)


def test_one_unit_takes_over_every_indicator_without_owner(
    officer: Actor, document: PlanDocument, unit: Callable[..., Organisation]
) -> None:
    trade, finance = unit("天津市红桥区商务局"), unit("天津市红桥区财政局")
    row = head(document)
    group = {one.pk: one.version for one in rows(document, row.group_key)}
    extraction.edit_group(by=officer, document_id=document.pk, key=row.group_key, rows=group, changes={"owner": trade.pk}, at=AT)
    extraction.own_all(by=officer, document_id=document.pk, owner_id=finance.pk, at=AT)
    owners = dict(document.extractions.filter(what="indicator").values_list("group_key", "owner"))
    assert owners.pop(row.group_key) == trade.pk
    assert set(owners.values()) == {finance.pk}


def test_certain_suggestions_are_bound_at_once_and_the_rest_is_left(officer: Actor, uploaded: Callable[..., PlanDocument]) -> None:
    text = "红桥区行动方案（2024-2026年）\n一、目标\n到2026年，高新技术企业数量达到102家，新增高新技术企业20家，绿化面积达到5万平方米。\n"
    document = uploaded(officer, text)
    assert extraction.bind_suggested(by=officer, document_id=document.pk, at=AT) == 1
    bound = dict(document.extractions.filter(what="indicator").values_list("values__name", "metric"))
    assert [name for name, metric in bound.items() if metric] == ["高新技术企业数量"]
    assert extraction.bind_suggested(by=officer, document_id=document.pk, at=AT) == 0


def tasks(document: PlanDocument) -> list[Extraction]:
    return list(document.extractions.filter(what="task").order_by("position"))


def test_a_slip_is_decided_once_for_the_whole_plan(
    officer: Actor, uploaded: Callable[..., PlanDocument], unit: Callable[..., Organisation]
) -> None:
    finance = unit("天津市红桥区财政局")
    text = (
        "红桥区行动方案\n二、重点任务\n（一）甲任务。做好甲。（区科技局牵头，区区财政局配合）\n（二）乙任务。做好乙。（区区财政局牵头）\n"
    )
    document = uploaded(officer, text)
    first, second = tasks(document)
    index = next(place for place, one in enumerate(first.values["units"]) if one["name"] == "区区财政局")
    assert first.values["units"][index]["basis"] == "slip"
    extraction_units.set_unit(
        by=officer, extraction_id=first.pk, version=0, index=index, organisation_id=finance.pk, role="participant", at=AT
    )
    second.refresh_from_db()
    assert [(one["name"], one["organisation"], one["role"]) for one in second.values["units"]] == [("区区财政局", finance.pk, "lead")]


def test_units_are_added_dropped_and_created(officer: Actor, document: PlanDocument) -> None:
    task = tasks(document)[0]
    task = extraction_units.add_unit(by=officer, extraction_id=task.pk, version=0, name="区档案馆", role="participant", at=AT)
    assert task.values["units"][-1]["organisation"] is None
    extraction_units.create_unit(by=officer, document_id=document.pk, name="天津市红桥区档案馆", region="120106", at=AT)
    task.refresh_from_db()
    created = Organisation.objects.get(name="天津市红桥区档案馆")
    assert (created.kind, task.values["units"][-1]["organisation"]) == ("government", created.pk)
    last = len(task.values["units"]) - 1
    task = extraction_units.remove_unit(by=officer, extraction_id=task.pk, version=task.version, index=last, at=AT)
    assert "区档案馆" not in [one["name"] for one in task.values["units"]]
    with pytest.raises(NotFound):
        extraction_units.set_unit(
            by=officer, extraction_id=task.pk, version=task.version, index=99, organisation_id=None, role="lead", at=AT
        )


def test_only_officers_of_the_region_decide(reporter: Actor, account: Callable[..., Actor], document: PlanDocument) -> None:
    row = head(document)
    nankai = account(Role.OFFICER, region="120104", unit="南开区科技局")
    for stranger in (reporter, nankai):
        with pytest.raises(Denied):
            extraction.accept(by=stranger, document_id=document.pk, rows={row.pk: 0}, at=AT)
        with pytest.raises((Denied, NotFound)):
            selectors.review(viewer=stranger, plan_id=document.plan_id)


def test_the_page_costs_the_same_for_few_and_many(
    officer: Actor, uploaded: Callable[..., PlanDocument], django_assert_max_num_queries: Callable[..., object]
) -> None:
    short = uploaded(officer)
    lines = "".join(f"（{n}）培育第{n}类企业。到2026年，第{n}类企业达到{n + 10}家。（区科技局牵头）\n" for n in range(1, 60))
    long = uploaded(officer, f"红桥区行动方案（2024-2026年）\n二、重点任务\n{lines}")
    for document in (short, long):
        # three of the page, one that asks for the newest registers, and two that read them the first time
        with django_assert_max_num_queries(6):  # type: ignore[attr-defined]
            page = selectors.review(viewer=officer, plan_id=document.plan_id)
    assert page.pages > 1
    assert len(page.groups) == selectors.PER_PAGE


def test_overlapping_marks_show_the_shorter_one() -> None:
    pieces = selectors.cut_pieces("0123456789", 0, 10, [(2, 8, 1, "a"), (4, 6, 2, "b"), (9, 12, 3, "c")])
    assert [(piece.text, piece.row) for piece in pieces] == [("01", None), ("23", 1), ("45", 2), ("67", 1), ("8", None), ("9", 3)]
