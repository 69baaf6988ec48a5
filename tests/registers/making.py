"""Entries of cases: those that a case repeats are copied from the first, which the services made.

A case at an edge of the plan ("800 to 1000 envoys") needs a thousand entries, and making each through the services takes
minutes. `test_making.py` holds copies against entries made one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wulian.demo.entries import KINDS, Maker, _at, _counted, _created
from wulian.directory.models import Organisation, Person
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.values import read
from wulian.kernel.names import name_key
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.models import Entry, EntryBody, EntryEvent, StateSpell
from wulian.registers.services import writing
from wulian.registers.services.shared import next_numbers

AS_THE_FIRST = frozenset({FieldType.FILE, FieldType.LINK})  # filled values that a copy shares with the first


@dataclass
class CaseMaker(Maker):
    """Fills what a case does not name, and makes repeated entries at once."""

    fill: bool = True
    _named: dict[str, int] = field(default_factory=dict)  # organisations by name

    def entries(self, register: str, listed: list[Mapping[str, Any]]) -> list[Entry]:
        found: list[Entry] = []
        for spec in listed:
            repeat = int(spec.get("repeat", 1))
            first = self.entry(register, _counted(spec, 1) if repeat > 1 else spec)
            found.append(first)
            if repeat > 1:
                found += self.copies(get_adopted(register), first, spec, repeat)
        return found

    def copies(self, adopted: Adopted, first: Entry, spec: Mapping[str, Any], repeat: int) -> list[Entry]:
        """Entries 2 to `repeat` of `spec`, with all that the services keep beside the first one but its audit events."""
        self._bring_subjects(spec, repeat)
        first = Entry.objects.get(pk=first.pk)
        stored = EntryBody.objects.get(pk=first.pk).values
        varied, filled = self._varied(adopted, spec, stored)
        made: list[tuple[Entry, dict[str, Any]]] = []
        for place in range(2, repeat + 1):
            given = {code: value for code, value in stored.items() if adopted.field(code).compute is None}
            given |= {field.code: read(field, self.value(field, _counted(raw, place))) for field, raw in varied}
            given |= {field.code: read(field, self.plain(field)) for field in filled}
            made.append((self._copy(adopted, first, _counted(spec, place)), writing.merged(adopted, {}, given)))
        if adopted.definition.subject == "organisation" and "region" not in spec:
            regions = dict(Organisation.objects.filter(pk__in={entry.subject_id for entry, _values in made}).values_list("pk", "region"))
            for entry, _values in made:
                entry.region_id = regions[entry.subject_id]
        self._write(adopted, first, made, _created(spec))
        self._check(adopted, *made[-1])
        self.made.setdefault(adopted.code, []).extend(entry.pk for entry, _values in made)
        return [entry for entry, _values in made]

    def _bring_subjects(self, spec: Mapping[str, Any], repeat: int) -> None:
        """Persons and organisations that are counted through as subjects: looked up and made together."""
        kind, _colon, what = str(spec.get("subject") or "").removeprefix("@").partition(":")
        names = [_counted(what, place) for place in range(1, repeat + 1)]
        if kind == "person" and "{i}" in what:
            known = dict(Person.objects.filter(name__in=names, user__isnull=True).order_by("-pk").values_list("name", "pk"))
            new = Person.objects.bulk_create([Person(name=name) for name in names if name not in known])
            self._persons |= known | {person.name: person.pk for person in new}
        elif kind in KINDS and "{i}" in what and not names[0].isdecimal():
            known = dict(Organisation.objects.filter(name__in=names).order_by("-pk").values_list("name", "pk"))
            self._named |= known | self._founded(kind, [name for name in names if name not in known])

    def _organisation(self, kind: str, what: str) -> int:
        if not what.isdecimal():
            if what not in self._named:
                self._named[what] = super()._organisation(kind, what)
            return self._named[what]
        known = self._organisations.setdefault(kind, [])
        if int(what) > len(known):  # some at once: each entry needs new ones
            first = len(known) + 1
            known += self._founded(kind, [f"试验{kind}{place}" for place in range(first, max(int(what), len(known) + 20) + 1)]).values()
        return known[int(what) - 1]

    def _founded(self, kind: str, names: Sequence[str]) -> dict[str, int]:
        at = _at(date(2020, 1, 1))
        new = [
            Organisation(
                name=name, name_key=name_key(name), kind=KINDS[kind], region_id="120106", created_at=at, updated_at=at, is_synthetic=True
            )
            for name in names
        ]  # fmt: skip
        return {organisation.name: organisation.pk for organisation in Organisation.objects.bulk_create(new)}

    def _varied(
        self, adopted: Adopted, spec: Mapping[str, Any], stored: Mapping[str, Any]
    ) -> tuple[list[tuple[FieldDefinition, Any]], list[FieldDefinition]]:
        """Fields that the case counts through, with what it says of them; and fields that nobody named."""
        said = [spec.get("values", {}), *(step.get("set", step.get("edit", {})) for step in spec.get("path", ()))]
        named = {code: raw for values in said for code, raw in values.items()}
        varied = [(adopted.field(code), raw) for code, raw in named.items() if "{i}" in str(raw)]
        for item, raw in varied:
            assert [values[item.code] for values in said if item.code in values] == [raw], f"{item.code} is counted through twice"
        filled = [adopted.field(code) for code in stored if code not in named]
        return varied, [field for field in filled if field.compute is None and field.type not in AS_THE_FIRST]

    def _copy(self, adopted: Adopted, first: Entry, spec: Mapping[str, Any]) -> Entry:
        subject = self._subject(adopted, spec.get("subject"))
        entry = Entry(**{field.attname: getattr(first, field.attname) for field in Entry._meta.concrete_fields if field.name != "id"})
        if adopted.definition.subject == "person":
            entry.subject_person_id = subject
        elif adopted.definition.subject == "organisation":
            entry.subject_id = subject
        return entry

    def _write(self, adopted: Adopted, first: Entry, made: list[tuple[Entry, dict[str, Any]]], created: date) -> None:
        owners = [(entry.subject_id, entry.subject_person_id) for entry, _values in made]
        names = writing.Names(adopted.definition, [values for _entry, values in made], owners)
        for (entry, values), number in zip(made, next_numbers(adopted, created.year, len(made)), strict=True):
            entry.number = number
            writing.set_columns(adopted, entry, values, names)
        Entry.objects.bulk_create([entry for entry, _values in made])
        EntryBody.objects.bulk_create([EntryBody(entry=entry, values=values) for entry, values in made])
        writing.keep_many_beside(adopted, made, names)
        spells, events = list(StateSpell.objects.filter(entry=first)), list(EntryEvent.objects.filter(entry=first))
        StateSpell.objects.bulk_create([_of(spell, entry) for entry, _values in made for spell in spells])
        before = EntryBody.objects.get(pk=first.pk).values
        EntryEvent.objects.bulk_create(
            [_of(event, entry, changes=_changes(event, before, values)) for entry, values in made for event in events]
        )

    def _check(self, adopted: Adopted, entry: Entry, values: dict[str, Any]) -> None:
        """What holds for the last copy holds for all: a value that is alike in two and may not be is found here."""
        owner = (entry.subject_id, entry.subject_person_id)
        problems = writing.check(adopted, values, entry=entry, subject=owner, state=entry.state).problems
        assert not problems, [problem.text() for problem in problems]


def _of(row: Any, entry: Entry, **given: Any) -> Any:
    """The row of the first entry as one of `entry`."""
    same = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in {"id", "entry"}}
    return type(row)(**{**same, **given}, entry=entry)


def _changes(event: EntryEvent, first: Mapping[str, Any], copy: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The changes of the first entry's event with the copy's values."""
    return {
        code: pair if first.get(code) == copy.get(code) else [None if pair[0] is None else copy.get(code), copy.get(code)]
        for code, pair in event.changes.items()
    }
