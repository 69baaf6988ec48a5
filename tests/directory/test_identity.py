"""Merging two organisations, splitting one, and all of it going back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tests.access.world import World, unit_id
from wulian.chains.governance.models import TaskUnit
from wulian.directory.errors import AlreadyMerged, AlreadyUndone, LaterChange, NothingToSplit, SameOrganisation
from wulian.directory.models import (
    FactValue,
    IdentityChange,
    IPHolding,
    MovedRow,
    Organisation,
    OrganisationName,
    SourceRecord,
    TitleGrant,
)
from wulian.directory.selectors.archive import archive
from wulian.directory.selectors.identity import changes_of, moved_counts, preview_merge, rows_to_split
from wulian.directory.services.identity import merge_organisations, split_organisation, undo_identity_change
from wulian.directory.services.organisations import update_organisation
from wulian.foundation.access import Actor
from wulian.kernel.errors import Denied, Invalid, NotFound
from wulian.registers.models import EntryBody, EntryParty

from . import makers

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = AT + timedelta(days=400)
CODE, OTHER_CODE = "91120000103064293R", "91120116700559286"
LOGS = {
    "directory.identitychange", "directory.identityundo", "directory.movedrow", "directory.judgement", "foundation.auditevent", "foundation.searchoutbox",
}  # fmt: skip


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all our tables; of organisations without the time of the last change."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if model.__module__.startswith("wulian.") and label not in LOGS:
            names = [
                field.attname for field in model._meta.concrete_fields if (label, field.name) != ("directory.organisation", "updated_at")
            ]
            found[label] = sorted(model._base_manager.values_list(*names), key=str)
    return found


def record(who: Organisation, key: str, **values: str) -> SourceRecord:
    return SourceRecord.objects.create(
        source=makers.source(), key=key, organisation=who, values=values, digest="x", first_seen_at=AT, last_seen_at=AT
    )


def merge(by: Actor, kept: Organisation, other: Organisation) -> IdentityChange:
    return merge_organisations(by=by, kept_id=kept.pk, other_id=other.pk, reason="同一家", at=AT)


@pytest.fixture
def pair(tianjin: None) -> tuple[Organisation, Organisation]:
    kept = makers.organisation("天津甲科技有限公司", address="", uscc="")
    other = makers.organisation("天津市甲科技有限责任公司", address="光荣道8号", uscc=CODE, capital_amount=100, capital_currency="CNY")
    record(kept, "k1", 名称="甲")
    record(other, "o1", 名称="甲")
    makers.fact(kept, "revenue", 2024, 1)
    makers.fact(other, "revenue", 2024, 2)
    makers.fact(other, "revenue", 2025, 3)
    makers.title(kept)
    makers.title(other)
    makers.title(other, "eaglet")
    makers.patent(kept, other)
    makers.patent(other)
    OrganisationName.objects.create(organisation=other, name="旧甲", name_key="旧甲", kind="former")
    return kept, other


def test_a_merge_moves_what_is_new_and_leaves_what_is_the_same(pair: tuple[Organisation, Organisation], officer: Actor) -> None:
    kept, other = pair
    seen = preview_merge(viewer=officer, kept_id=kept.pk, other_id=other.pk)
    planned = {line.label: (line.moves, line.stays) for line in seen.lines}
    assert planned == {"来源记录": (1, 0), "其他名称": (1, 0), "年度数据": (1, 1), "称号": (1, 1), "知识产权": (1, 1)}
    assert seen.warnings == []
    assert [one.label for one in seen.compared if one.is_filled] == ["统一社会信用代码", "注册资本", "地址"]
    change = merge(officer, kept, other)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (other.merged_into_id, kept.uscc, kept.address, kept.capital_amount) == (kept.pk, CODE, "光荣道8号", 100)
    assert sorted(FactValue.objects.filter(organisation=kept).values_list("year", "value")) == [(2024, 1), (2025, 3)]
    assert FactValue.objects.get(organisation=other).value == 2
    assert TitleGrant.objects.filter(organisation=kept).count() == 2
    assert IPHolding.objects.filter(organisation=kept).count() == 2
    assert dict(moved_counts(change))["年度数据"] == 1
    whole = archive(viewer=officer, organisation=kept, on=date(2026, 3, 2))
    assert sorted(line.grant.kind for line in whole.titles) == ["eaglet", "hnte"]
    assert whole.ip_count == 2
    revenue = next(line for line in whole.facts if line.fact.code == "revenue")
    assert [row.value for row in revenue.values.values() if row] == [1, 3]
    assert [item.pk for item in changes_of(viewer=officer, organisation=kept)] == [change.pk]


def test_undo_a_year_later_puts_all_of_it_back(pair: tuple[Organisation, Organisation], officer: Actor) -> None:
    kept, other = pair
    before = everything()
    change = merge(officer, kept, other)
    assert everything() != before
    undo = undo_identity_change(by=officer, change_id=change.pk, reason="看错了", at=LATER)
    assert undo.left == {}
    assert everything() == before
    with pytest.raises(AlreadyUndone):
        undo_identity_change(by=officer, change_id=change.pk, reason="再来", at=LATER)


def test_undo_keeps_what_changed_in_between(pair: tuple[Organisation, Organisation], officer: Actor) -> None:
    kept, other = pair
    change = merge(officer, kept, other)
    update_organisation(by=officer, organisation_id=kept.pk, values={"address": "新址"}, at=AT, on=date(2026, 5, 1), reason="搬了")
    makers.title(kept, "gazelle")
    TitleGrant.objects.filter(kind="eaglet").delete()
    FactValue.objects.filter(organisation=kept, year=2025).update(unknown_because="改过")
    undo = undo_identity_change(by=officer, change_id=change.pk, reason="看错了", at=LATER)
    assert undo.left == {"directory.titlegrant.organisation": 1, "directory.organisation": 1}
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.address, kept.uscc, other.uscc, other.merged_into) == ("新址", "", CODE, None)
    assert FactValue.objects.get(organisation=other, year=2025).unknown_because == "改过"
    assert TitleGrant.objects.filter(organisation=kept, kind="gazelle").exists()


@pytest.mark.parametrize(("kept", "other"), [("own", "firm"), ("firm", "own"), ("officer", "reporter"), ("reporter", "reviewer")])
def test_every_table_goes_back(world: World, kept: str, other: str) -> None:
    """Units with tasks, reports, problems, scores, reviews, people, and firms that entries name."""
    ids = {name: world.ids[name] if name in {"own", "firm"} else unit_id(world[name]) for name in (kept, other)}
    system = world["administrator"]
    before = everything()
    change = merge_organisations(by=system, kept_id=ids[kept], other_id=ids[other], reason="试", at=AT)
    assert change.moved.exists()
    assert everything() != before
    assert undo_identity_change(by=system, change_id=change.pk, reason="回", at=LATER).left == {}
    assert everything() == before


def test_entries_name_the_one_that_stays(world: World) -> None:
    party = EntryParty.objects.filter(organisation__isnull=False).order_by("pk").first()
    assert party is not None
    assert party.organisation is not None
    target = makers.organisation("天津另一个家底有限公司", party.organisation.region_id)
    change = merge_organisations(by=world["administrator"], kept_id=target.pk, other_id=party.organisation_id or 0, reason="试", at=AT)
    assert EntryParty.objects.get(pk=party.pk).organisation_id == target.pk
    assert EntryBody.objects.get(entry=party.entry_id).values[party.field] == target.pk
    assert change.moved.filter(mover="registers.entryparty.organisation", row_id=party.entry_id).count() == 1
    # Who names another firm by now is left alone.
    body = EntryBody.objects.get(entry=party.entry_id)
    body.values[party.field] = world.ids["own"]
    body.save()
    undo = undo_identity_change(by=world["administrator"], change_id=change.pk, reason="回", at=LATER)
    assert undo.left == {"registers.entryparty.organisation": 1}
    assert EntryBody.objects.get(entry=party.entry_id).values[party.field] == world.ids["own"]


def test_a_task_of_both_units_is_not_doubled(world: World) -> None:
    row = TaskUnit.objects.filter(organisation__isnull=False).order_by("pk").first()
    assert row is not None
    twin = makers.organisation("红桥区商务委", row.organisation.region_id if row.organisation else None)
    same = TaskUnit.objects.create(task=row.task, name_printed="红桥区商务委", role=row.role, organisation=twin)
    merge_organisations(by=world["administrator"], kept_id=row.organisation_id or 0, other_id=twin.pk, reason="试", at=AT)
    same.refresh_from_db()
    assert same.organisation_id == row.organisation_id  # printed under another name, so both lines stay as the plan has them


def test_merges_in_a_row_go_back_from_the_last(tianjin: None, officer: Actor) -> None:
    first, second, third = (makers.organisation() for _ in range(3))
    record(third, "r")
    before = everything()
    inner = merge(officer, second, third)
    outer = merge(officer, first, second)
    third.refresh_from_db()
    assert third.merged_into_id == first.pk
    assert SourceRecord.objects.get().organisation_id == first.pk
    with pytest.raises(LaterChange):
        undo_identity_change(by=officer, change_id=inner.pk, reason="回", at=LATER)
    undo_identity_change(by=officer, change_id=outer.pk, reason="回", at=LATER)
    undo_identity_change(by=officer, change_id=inner.pk, reason="回", at=LATER)
    assert everything() == before


def test_what_is_refused(pair: tuple[Organisation, Organisation], officer: Actor, reporter: Actor) -> None:
    kept, other = pair
    with pytest.raises(Denied):
        merge(reporter, kept, other)
    with pytest.raises(SameOrganisation):
        merge(officer, kept, kept)
    with pytest.raises(Invalid):
        merge_organisations(by=officer, kept_id=kept.pk, other_id=other.pk, reason=" ", at=AT)
    with pytest.raises(NotFound):
        merge_organisations(by=officer, kept_id=kept.pk, other_id=10**9, reason="试", at=AT)
    elsewhere = makers.organisation("南开一家", "120104")
    with pytest.raises(Denied):
        merge(officer, kept, elsewhere)
    merge(officer, kept, other)
    with pytest.raises(AlreadyMerged):
        merge(officer, kept, other)
    assert changes_of(viewer=reporter, organisation=kept) == []


def test_a_split_says_which_id_stays_and_goes_back(pair: tuple[Organisation, Organisation], officer: Actor) -> None:
    kept, other = pair
    merge(officer, kept, other)
    kept.refresh_from_db()
    offered = {rows.key: [pk for pk, _text in rows.rows] for rows in rows_to_split(viewer=officer, organisation=kept)}
    assert len(offered["directory.sourcerecord.organisation"]) == 2
    with pytest.raises(NothingToSplit):
        split_organisation(by=officer, organisation_id=kept.pk, rows={}, values={"name": "乙"}, reason="两家", at=AT)
    with pytest.raises(NothingToSplit):
        split_organisation(by=officer, organisation_id=kept.pk, rows=offered, values={"name": "乙"}, reason="两家", at=AT)
    before = everything()
    going = {
        "directory.sourcerecord.organisation": offered["directory.sourcerecord.organisation"][1:],
        "directory.titlegrant.organisation": [],
    }
    change = split_organisation(
        by=officer, organisation_id=kept.pk, rows=going, values={"name": "天津乙科技有限公司", "uscc": CODE}, reason="两家", at=AT
    )
    kept.refresh_from_db()
    assert (change.kept_id, kept.uscc, change.other.uscc) == (kept.pk, "", CODE)
    assert SourceRecord.objects.filter(organisation=change.other).count() == 1
    assert undo_identity_change(by=officer, change_id=change.pk, reason="回", at=LATER).left == {}
    new = Organisation.objects.get(pk=change.other_id)
    assert new.merged_into_id == kept.pk  # an id that was given out is never taken away
    after = everything()
    after["directory.organisation"] = [row for row in after["directory.organisation"] if row[0] != new.pk]
    assert after == before


def test_the_logs_cannot_be_changed(pair: tuple[Organisation, Organisation], officer: Actor) -> None:
    change = merge(officer, *pair)
    undo_identity_change(by=officer, change_id=change.pk, reason="回", at=LATER)
    for table in ("directory_identitychange", "directory_identityundo", "directory_movedrow"):
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert MovedRow.objects.exists()
