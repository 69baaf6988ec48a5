"""How entries follow an organisation when two ids become one: the ids in their values, the columns of those, and the parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from wulian.directory.identity import Change, declare_mover, declare_moving
from wulian.engines.registers.schema import FieldDefinition, FieldType

from .catalogue import Adopted, adopted_registers
from .models import Entry, EntryBody, EntryParty
from .services.writing import parties_of


class NamedInEntries:
    """Fields of entries that name the organisation. A row is an entry, a change the whole value of one of its fields."""

    key = "registers.entryparty.organisation"
    label = _("台账条目里的引用")

    def rows(self, organisation_id: int) -> Sequence[int]:
        named = EntryParty.objects.filter(organisation=organisation_id)
        return list(named.order_by("entry").values_list("entry", flat=True).distinct())

    def clashing(self, ids: Sequence[int], target: int) -> set[int]:
        return set()

    def move(self, ids: Sequence[int], source: int, target: int) -> list[Change]:
        changes = []
        for adopted, entry, body in _entries(ids):
            for field in adopted.definition.fields:
                old = body.values.get(field.code)
                new = renamed(field, old, source, target)
                if new != old:
                    changes.append(Change(entry.pk, field.code, old, new))
                    body.values[field.code] = new
            _store(adopted, entry, body, {source: target})
        return changes

    def restore(self, changes: Sequence[Change]) -> int:
        left = 0
        by_entry: dict[int, list[Change]] = defaultdict(list)
        for change in changes:
            by_entry[change.row_id].append(change)
        found = {entry.pk: (adopted, entry, body) for adopted, entry, body in _entries(sorted(by_entry))}
        for pk, mine in by_entry.items():
            if pk not in found:
                left += len(mine)
                continue
            adopted, entry, body = found[pk]
            back: dict[int, int] = {}
            for change in mine:
                if body.values.get(change.field) != change.new:
                    left += 1
                    continue
                body.values[change.field] = change.old
                field = adopted.fields.get(change.field)
                back |= dict(_pairs(field, change.new, change.old)) if field else {}
            _store(adopted, entry, body, back)
        return left

    def describe(self, ids: Sequence[int]) -> dict[int, str]:
        return {entry.pk: str(entry) for entry in Entry.objects.filter(pk__in=list(ids))}


def _entries(ids: Sequence[int]) -> Iterator[tuple[Adopted, Entry, EntryBody]]:
    registers = {adopted.id: adopted for adopted in adopted_registers().values()}
    for body in EntryBody.objects.select_related("entry").filter(entry__in=list(ids)).order_by("entry"):
        adopted = registers.get(body.entry.register_id)
        if adopted is not None:
            yield adopted, body.entry, body


def renamed(field: FieldDefinition, value: Any, source: int, target: int) -> Any:
    """The stored value with one organisation in the place of another; the same object when it does not name it."""
    if value is None:
        return value
    if field.type is FieldType.ROWS:
        rows = [
            {code: renamed(column, row.get(code), source, target) if (column := columns.get(code)) else item for code, item in row.items()}
            for columns in ({column.code: column for column in field.fields},)
            for row in value
        ]
        return rows if rows != value else value
    if field.type is not FieldType.ORGANISATION:
        return value
    if isinstance(value, list):
        return list(dict.fromkeys(target if item == source else item for item in value)) if source in value else value
    return target if value == source else value


def _organisations(field: FieldDefinition, value: Any) -> set[int]:
    if value is None:
        return set()
    if field.type is FieldType.ROWS:
        return {pk for row in value for column in field.fields for pk in _organisations(column, row.get(column.code))}
    if field.type is not FieldType.ORGANISATION:
        return set()
    return set(value) if isinstance(value, list) else {value}


def _pairs(field: FieldDefinition, new: Any, old: Any) -> Iterator[tuple[int, int]]:
    gone, came = _organisations(field, new), _organisations(field, old)
    for place in gone:
        for other in came - gone:
            yield place, other


def _store(adopted: Adopted, entry: Entry, body: EntryBody, ways: dict[int, int]) -> None:
    """Write the values, their columns, and the parties: a party row keeps its id and names the other organisation."""
    body.save(update_fields=["values"])
    columns = {
        column: body.values.get(code)
        for code, column in adopted.columns.items()
        if (field := adopted.fields.get(code)) is not None and field.type is FieldType.ORGANISATION and not field.multiple
    }
    Entry.objects.filter(pk=entry.pk).update(**columns) if columns else None
    same: Callable[[EntryParty], tuple[str, int | None, int | None]] = lambda row: (row.field, row.organisation_id, row.person_id)  # noqa: E731
    wanted = {same(row) for row in parties_of(adopted, entry, body.values)}
    present = list(EntryParty.objects.filter(entry=entry).order_by("pk"))
    missing = wanted - {same(row) for row in present}
    for row in present:
        other = ways.get(row.organisation_id or 0)
        if other is not None and same(row) not in wanted and (row.field, other, None) in missing:
            missing.discard((row.field, other, None))
            row.organisation_id = other
            row.save(update_fields=["organisation"])


declare_mover(NamedInEntries())
declare_moving("registers.Entry", "subject", _("台账条目"))
