"""Taking the demonstration region out again: synthetic rows go, whatever something real depends on stays and is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, ManyToOneRel, Model, QuerySet
from django.utils.translation import gettext as _

from wulian.chains.governance.models import Evaluation, IndicatorChain, Observation, Plan, Target
from wulian.directory.models import (
    FactValue,
    IPRight,
    Membership,
    Organisation,
    Person,
    RegionFactValue,
    Source,
    SourceRecord,
    TitleGrant,
)
from wulian.foundation import audit, search
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.models import AuditEvent, MetricSnapshot, Notice, StoredFile, User
from wulian.registers.models import Entry, EntryFile, EntryParty

from .accounts import accounts_file
from .organisations import SOURCES, UNITS
from .planfiles import plan_files

CHUNK = 500


@dataclass(slots=True)
class Removed:
    """Rows deleted and rows kept, by what a person calls them. `kept` says why in its keys."""

    deleted: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def remove_demo(*, by: Actor, at: datetime) -> Removed:
    """Delete what the demonstration brought in. Audit events stay, and with them the (disabled) accounts that they name.

    Raises Denied unless `by` is an administrator.
    """
    require(by.has(Role.ADMINISTRATOR), act=_("移除演示区域"))
    removed = Removed()
    source = Source.objects.filter(code__in=[code for code, *_rest in SOURCES]).order_by("pk").first()
    if source is None:
        return removed
    audit.record(by=by, action="demo.removed", obj=source, at=at)
    remove_plans(removed)
    remove_entries(removed)
    remove_accounts(removed, at)
    touched = remove_directory(removed)
    search.mark("organisation", touched)
    removed.kept[_("审计事件（只增不改）")] = AuditEvent.objects.count()
    transaction.on_commit(lambda: accounts_file().unlink(missing_ok=True))
    return removed


def remove_plans(removed: Removed) -> None:
    """The plans of the demonstration, latest first; one that a real plan builds on stays whole."""
    plans = Plan.objects.filter(is_synthetic=True)
    needed = set(Plan.objects.filter(is_synthetic=False).values_list("parent_id", "predecessor_id"))
    kept = closure({pk for pair in needed for pk in pair if pk} & set(plans.values_list("pk", flat=True)))
    going = plans.exclude(pk__in=kept)
    observations = Observation.objects.filter(indicator__plan__in=going)
    snapshots = set(observations.filter(snapshot__isnull=False).values_list("snapshot_id", flat=True))
    removed.deleted[_("实际值")] = delete_superseded(observations)
    delete_superseded(Target.objects.filter(indicator__plan__in=going))
    used = set(Observation.objects.filter(snapshot_id__in=snapshots).values_list("snapshot_id", flat=True))
    for chunk in chunks(sorted(snapshots - used)):
        MetricSnapshot.objects.filter(pk__in=chunk).delete()
    removed.deleted[_("规划")] = going.count()
    documents = StoredFile.objects.filter(pk__in=Evaluation.files.through.objects.filter(evaluation__plan__in=going).values("storedfile"))
    papers = list(documents.values_list("pk", flat=True))
    while going.exists():
        inner = set(going.values_list("parent_id", flat=True)) | set(going.values_list("predecessor_id", flat=True))
        going.exclude(pk__in=inner - {None}).delete()
    for file in StoredFile.objects.filter(pk__in=papers).exclude(pk__in=Evaluation.files.through.objects.values("storedfile")):
        transaction.on_commit(partial(file.file.storage.delete, str(file.file.name)))
        file.delete()
    names = {line.chain for file in plan_files() for one in file.indicators for line in (one, *one.components) if line.chain}
    IndicatorChain.objects.filter(name__in=names, indicators__isnull=True).delete()
    if kept:
        removed.kept[_("规划（真实规划以它为上级或上一期）")] = len(kept)


def remove_entries(removed: Removed) -> None:
    """Entries of registers that the demonstration made, and the persons that only they named. Adopted definitions stay."""
    entries = Entry.objects.filter(is_synthetic=True)
    persons = set(EntryParty.objects.filter(entry__in=entries, person__isnull=False).values_list("person", flat=True))
    persons |= set(entries.filter(subject_person__isnull=False).values_list("subject_person", flat=True))
    removed.deleted[_("台账条目")] = entries.count()
    papers = set(EntryFile.objects.filter(entry__in=entries).values_list("file", flat=True))
    for chunk in chunks(sorted(entries.values_list("pk", flat=True))):
        Entry.objects.filter(pk__in=chunk).delete()
    going = papers - referenced(StoredFile, sorted(papers))
    for chunk in chunks(sorted(going)):
        for file in StoredFile.objects.filter(pk__in=chunk):
            transaction.on_commit(partial(file.file.storage.delete, str(file.file.name)))
        StoredFile.objects.filter(pk__in=chunk).delete()
    unknown = sorted(Person.objects.filter(pk__in=persons, user__isnull=True).values_list("pk", flat=True))
    free = set(unknown) - referenced(Person, unknown)
    for chunk in chunks(sorted(free)):
        Person.objects.filter(pk__in=chunk).delete()


def closure(kept: set[int]) -> set[int]:
    """`kept` and every plan above or before one of them."""
    links = {pk: {parent, before} - {None} for pk, parent, before in Plan.objects.values_list("pk", "parent_id", "predecessor_id")}
    found, queue = set(kept), list(kept)
    while queue:
        for pk in links.get(queue.pop(), set()):
            if pk is not None and pk not in found:
                found.add(pk)
                queue.append(pk)
    return found


def delete_superseded(rows: QuerySet[Any]) -> int:
    """Delete rows that supersede one another, oldest first, because each protects its successor."""
    count = rows.count()
    while rows.exists():
        rows.filter(supersedes__isnull=True).delete()
    return count


def remove_accounts(removed: Removed, at: datetime) -> None:
    """Demonstration accounts: those that nothing names are deleted, the others can no longer sign in."""
    users = User.objects.filter(is_demo=True)
    Membership.objects.filter(person__user__in=users).delete()
    Notice.objects.filter(user__in=users).delete()
    named = referenced(User, list(users.values_list("pk", flat=True)), ignore=(Person,))
    gone = users.exclude(pk__in=named)
    removed.deleted[_("演示账号")] = gone.count()
    Person.objects.filter(user__in=gone).delete()
    gone.delete()
    for user in users:
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
    if stopped := users.count():
        removed.kept[_("演示账号（审计记录里有，已停用）")] = stopped


def remove_directory(removed: Removed) -> list[int]:
    """Facts, titles, rights and organisations. Returns ids of organisations whose index entry must go."""
    synthetic = Source.objects.filter(code__in=[code for code, _name, made_up in SOURCES if made_up])
    for label, model in (
        (_("年度数据"), FactValue),
        (_("区域年度数据"), RegionFactValue),
        (_("称号"), TitleGrant),
        (_("知识产权"), IPRight),
        (_("来源记录"), SourceRecord),
    ):
        removed.deleted[label] = model._default_manager.filter(source__in=synthetic).count()
        model._default_manager.filter(source__in=synthetic).delete()
    ids = list(Organisation.objects.filter(is_synthetic=True).values_list("pk", flat=True))
    kept = referenced(Organisation, ids)
    removed.deleted[_("合成主体")] = delete_organisations(set(ids) - kept)
    if kept:
        removed.kept[_("合成主体（真实记录引用了它）")] = len(kept)
    units = SourceRecord.objects.filter(source__code=UNITS)
    unit_ids = set(units.values_list("organisation_id", flat=True))
    held = referenced(Organisation, sorted(unit_ids), ignore=(SourceRecord,))
    units.exclude(organisation_id__in=held).delete()
    removed.deleted[_("规划所列单位")] = delete_organisations(unit_ids - held)
    if held:
        removed.kept[_("规划所列单位（真实规划或账号在用）")] = len(held)
    left = set(SourceRecord.objects.values_list("source_id", flat=True)) | set(
        FactValue.objects.values_list("source_id", flat=True).distinct()
    )
    Source.objects.filter(code__in=[code for code, *_rest in SOURCES]).exclude(pk__in=left).delete()
    return sorted((set(ids) | unit_ids) - kept - held)


def delete_organisations(ids: Iterable[int]) -> int:
    going = sorted(ids)
    for chunk in chunks(going):
        Organisation.objects.filter(pk__in=chunk).delete()
    return len(going)


def referenced(model: type[Model], ids: Sequence[int], ignore: tuple[type[Model], ...] = ()) -> set[int]:
    """Those of `ids` that rows of other tables point to in a way that deleting must not undo silently."""
    found: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or relation.on_delete is CASCADE or relation.related_model in ignore:
            continue  # what cascades (names, moves) belongs to the object and goes with it
        other, name = relation.related_model, relation.field.name
        for chunk in chunks(ids):
            found.update(other._default_manager.filter(**{f"{name}__in": chunk}).values_list(f"{name}_id", flat=True))
    return found


def chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
