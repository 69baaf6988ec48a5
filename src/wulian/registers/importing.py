"""Importing a table into a register: every adopted register is something to import, with mapping, quarantine and re-running.

A row without 编号 adds an entry; the same subject and title added by an earlier run of the same source is recognised and not
added twice. A row with 编号 changes that entry. With 状态 an entry is put where it already stands (an existing list is taken over
as it is); what that state requires must be there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from wulian.directory.importing.shared import Found, code_of, district_finder, find_organisations, keys_of, whose
from wulian.directory.models import Organisation, Person
from wulian.engines.lifecycle.moves import deadline
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.conditions import is_missing
from wulian.engines.registers.judging import plain_text
from wulian.engines.registers.values import read
from wulian.foundation import bulk
from wulian.foundation.imports.declare import Context, Field, Importer, Option, Outcome, Result, Row, Writer, provide
from wulian.foundation.imports.parsing import parse_date
from wulian.kernel.errors import N_, WulianError
from wulian.kernel.problems import BadValue, Problem

from . import access
from .catalogue import Adopted, adopted_registers
from .models import Entry, EntryBody, EntryEvent, StateSpell
from .services import writing
from .services.entries import edit_entry
from .services.shared import next_numbers
from .services.uniqueness import Twins, exclusive
from .wording import said

PREFIX = "register-"
NO_STATE = N_("没有“%(text)s”这个状态：可写 %(known)s")
NO_PERSON = N_("叫“%(name)s”的有 %(count)s 人，不知是哪一位：请在条目里选")
NOT_CREATOR = N_("您不能在“%(region)s”登记这本台账")
MISSING_ENTRY = N_("没有编号为“%(number)s”的条目")
TWICE = N_("同一份文件里另有一行与它相同，这一项不能重复")
NO_REGION = N_("认不出区域“%(text)s”")


def find_importer(kind: str) -> Importer | None:
    adopted = adopted_registers().get(kind.removeprefix(PREFIX)) if kind.startswith(PREFIX) else None
    return importer_of(adopted) if adopted else None


def all_importers() -> list[Importer]:
    return [importer_of(adopted) for adopted in adopted_registers().values()]


def importer_of(adopted: Adopted) -> Importer:
    """A register as something to import."""

    def fields() -> tuple[Field, ...]:
        return _fields(adopted)

    def opened(context: Context) -> Writer:
        return EntryWriter(adopted, context)

    name = adopted.definition.name
    return Importer(
        kind=f"{PREFIX}{adopted.code}",
        label=_("台账：%(name)s") % {"name": said(name)},
        description=said(adopted.definition.purpose),
        fields=fields,
        open=opened,
        subject="entry",
        options=(Option("as_of", _("文件日期"), "date", _("没有写进入状态日期的，按这一天")),),
    )


def _fields(adopted: Adopted) -> tuple[Field, ...]:
    definition = adopted.definition
    found = [Field("number", _("编号"), ("条目编号", "number"))]
    if definition.subject == "organisation":
        label = said(definition.subject_label) or _("主体")
        aliases: tuple[str, ...] = ("企业名称", "单位名称", "公司名称", "名称", "主体", "主体名称", "name")
        found.append(Field("subject", label, aliases))
        found.append(Field("subject_code", _("统一社会信用代码"), ("信用代码", "社会信用代码", "统一代码", "credit code")))
    elif definition.subject == "person":
        found.append(Field("subject", said(definition.subject_label) or _("姓名"), ("姓名", "人员", "name"), required=True))
    found.append(Field("region", _("区域"), ("区县", "所在区", "region")))
    found.append(Field("state", _("状态"), ("当前状态", "state")))
    found.append(Field("state_since", _("进入状态日期"), ("状态日期", "state since"), parse=parse_date))
    initial = definition.lifecycle.initial
    for item in definition.fields:
        if item.compute is not None or item.type in {FieldType.FILE, FieldType.ROWS, FieldType.LINK}:
            continue
        required = initial in adopted.required.get(item.code, ())
        words = (item.label.zh, item.label.en, *item.was)
        found.append(Field(f"f_{item.code}", said(item.label), words, required=required, hint=plain_choices(item)))
    return tuple(found)


def plain_choices(item: FieldDefinition) -> str:
    return "、".join(said(choice.label) for choice in item.choices if not choice.retired)


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A row that would be a new entry. `exceptions`: rules that it passes as it is."""

    entry: Entry
    values: dict[str, Any]
    exceptions: list[Any] = field(default_factory=list)

    @property
    def subject(self) -> tuple[int | None, int | None]:
        return self.entry.subject_id, self.entry.subject_person_id


class EntryWriter:
    """Writes chunks of rows: all new entries of a chunk with a few statements, changes one by one."""

    def __init__(self, adopted: Adopted, context: Context) -> None:
        self.adopted, self.context = adopted, context
        self.fields = {f"f_{item.code}": item for item in adopted.definition.fields}
        self.states = {
            word: state.code for state in adopted.definition.lifecycle.states for word in (state.code, state.label.zh, state.label.en)
        }
        self.districts = district_finder()

    def write(self, rows: Sequence[Row]) -> Sequence[Outcome]:
        found = self._organisations(rows)
        people = self._people(rows)
        outcomes: dict[int, Outcome] = {}
        new: list[tuple[int, NewEntry]] = []
        read_rows = [self._one(row, found, people) for row in rows]
        candidates = [made for made in read_rows if isinstance(made, NewEntry)]
        keys = self._present(candidates)
        twins = Twins(self.adopted, [(made.values, made.subject, made.entry.state) for made in candidates])
        taken = set[tuple[Any, ...]]()
        for place, made in enumerate(read_rows):
            if isinstance(made, Outcome):
                outcomes[place] = made
                continue
            key = self._key(made.subject, made.values)
            if key in keys:  # before its problems: a thing that must be unique clashes with itself when its file comes again
                outcomes[place] = Outcome(Result.UNCHANGED)
                continue
            state = made.entry.state
            checked = writing.check(self.adopted, made.values, entry=None, subject=made.subject, state=state, twins=twins)
            if checked.problems:
                known = [(problem, f"f_{problem.field}") for problem in checked.problems]
                outcomes[place] = _refused([problem.at(name if name in self.fields else problem.field) for problem, name in known])
                continue
            own = exclusive(self.adopted, made.values, made.subject, state)
            if taken & own:
                outcomes[place] = _refused([Problem("same_key_twice", TWICE)])
                continue
            keys.add(key)
            taken |= own
            # A list that is taken over is as it is: a rule that allows exceptions is noted, not asked about.
            made.exceptions.extend(checked.exceptions)
            new.append((place, made))
        self.create([made for _place, made in new])
        for place, made in new:
            outcomes[place] = Outcome(Result.CREATED, subject=made.entry, name=made.entry.title, detail=made.entry.number)
        return [outcomes[place] for place in range(len(rows))]

    def finish(self) -> Sequence[Outcome]:
        return ()

    # ----------------------------------------------------------------------------------------------------- one row
    def _one(self, row: Row, found: Found, people: dict[str, list[int]]) -> Outcome | NewEntry:
        problems: list[Problem] = []
        given = self._values(row, found, people, problems)
        if number := row.values.get("number"):
            return self._change(str(number).strip(), given, problems)
        adopted = self.adopted
        organisation, person = self._subject(row, found, people, problems)
        region = self._region(row, organisation, problems)
        state = self._state(row, problems)
        if problems:
            return _refused(problems)
        if not access.may_create(self.context.by, adopted, region):
            return _refused([Problem("not_creator", NOT_CREATOR, {"region": region}, "region")])
        since = row.values.get("state_since") or self.context.on
        values = writing.merged(adopted, {}, given)
        due = deadline(adopted.lifecycle.state(state), since)
        entry = Entry(
            register_id=adopted.id, version=adopted.version, state=state, state_since=since, due_on=due.day if due else None, region_id=region,
            subject=organisation, subject_person_id=person, created_at=self.context.at, created_by_id=self.context.by.user_id,
            updated_at=self.context.at, batch_id=self.context.batch_id,
        )  # fmt: skip
        return NewEntry(entry, values)

    def _values(self, row: Row, found: Found, people: dict[str, list[int]], problems: list[Problem]) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name, item in self.fields.items():
            raw = row.values.get(name)
            if is_missing(raw):
                continue
            try:
                given[item.code] = self._value(item, str(raw), found, people)
            except BadValue as error:
                problems.append(error.problem.at(name))
        return given

    def _value(self, item: FieldDefinition, raw: str, found: Found, people: dict[str, list[int]]) -> Any:
        if item.type is FieldType.ORGANISATION:
            ids = []
            for part in _parts(raw):
                owner = whose("", part, found, None)
                if isinstance(owner, Problem):
                    raise BadValue(owner)
                ids.append(owner.pk)
            return read(item, ids)
        if item.type is FieldType.PERSON:
            return read(item, [self._person(part, people) for part in _parts(raw)])
        if item.type is FieldType.REGION:
            place = self.districts.by_column(raw)
            if place is None:
                raise BadValue(Problem("no_region", NO_REGION, {"text": raw[:40]}))
            return place.code
        return read(item, raw)

    def _person(self, name: str, people: dict[str, list[int]]) -> int:
        known = people.get(name, [])
        if len(known) > 1:
            raise BadValue(Problem("person_ambiguous", NO_PERSON, {"name": name, "count": len(known)}))
        if known:
            return known[0]
        person = Person.objects.create(name=name[:60])
        people.setdefault(name, []).append(person.pk)
        return person.pk

    def _subject(
        self, row: Row, found: Found, people: dict[str, list[int]], problems: list[Problem]
    ) -> tuple[Organisation | None, int | None]:
        kind = self.adopted.definition.subject
        if kind == "organisation":
            owner = whose(row.values.get("subject_code"), row.values.get("subject"), found, self.context.regions)
            if isinstance(owner, Problem):
                problems.append(owner.at("subject"))
                return None, None
            return owner, None
        if kind == "person":
            try:
                return None, self._person(str(row.values["subject"]).strip(), people)
            except BadValue as error:
                problems.append(error.problem.at("subject"))
        return None, None

    def _region(self, row: Row, organisation: Organisation | None, problems: list[Problem]) -> str:
        text = str(row.values.get("region") or "").strip()
        if not text:
            return (organisation.region_id if organisation else None) or self.context.region
        place = self.districts.by_column(text)
        if place is None:
            problems.append(Problem("no_region", NO_REGION, {"text": text[:40]}, "region"))
        return place.code if place else self.context.region

    def _state(self, row: Row, problems: list[Problem]) -> str:
        text = str(row.values.get("state") or "").strip()
        if not text:
            return self.adopted.definition.lifecycle.initial
        if text not in self.states:
            known = "、".join(state.label.zh for state in self.adopted.definition.lifecycle.states)
            problems.append(Problem("no_state", NO_STATE, {"text": text[:40], "known": known}, "state"))
        return self.states.get(text, self.adopted.definition.lifecycle.initial)

    def _change(self, number: str, given: dict[str, Any], problems: list[Problem]) -> Outcome:
        entry = Entry.objects.filter(
            access.seen_by(self.context.by, self.adopted), register=self.adopted.id, number=number, voided_at__isnull=True
        ).first()
        if entry is None:
            problems.append(Problem("not_found", MISSING_ENTRY, {"number": number[:40]}, "number"))
        if problems or entry is None:
            return _refused(problems)
        try:
            after = edit_entry(
                by=self.context.by, at=self.context.at, on=self.context.on, entry_id=entry.pk, revision=None, values=given,
                batch_id=self.context.batch_id,
            )  # fmt: skip
        except WulianError as error:
            found = getattr(error, "problems", ()) or (Problem(error.code, "%(text)s", {"text": error.text()}),)
            return _refused(list(found))
        result = Result.UNCHANGED if after.revision == entry.revision else Result.UPDATED
        return Outcome(result, subject=after, name=after.title, detail=after.number)

    # ------------------------------------------------------------------------------------------------------- chunks
    def _organisations(self, rows: Sequence[Row]) -> Found:
        named = [str(row.values.get("subject") or "") for row in rows] if self.adopted.definition.subject == "organisation" else []
        for name, item in self.fields.items():
            if item.type is FieldType.ORGANISATION:
                named += [part for row in rows for part in _parts(str(row.values.get(name) or ""))]
        return find_organisations([code_of(row.values.get("subject_code"))[0] for row in rows], keys_of(named))

    def _people(self, rows: Sequence[Row]) -> dict[str, list[int]]:
        named = [str(row.values.get("subject") or "").strip() for row in rows] if self.adopted.definition.subject == "person" else []
        for name, item in self.fields.items():
            if item.type is FieldType.PERSON:
                named += [part for row in rows for part in _parts(str(row.values.get(name) or ""))]
        found: dict[str, list[int]] = {name: [] for name in named if name}
        for pk, name in Person.objects.filter(name__in=list(found)).values_list("pk", "name"):
            found[name].append(pk)
        return found

    def _present(self, new: Sequence[NewEntry]) -> set[tuple[Any, ...]]:
        """Keys of what earlier runs of this source brought in, so that a file can be imported again. Reads only entries that
        share the subject and the title with some of `new`, as far as those are told: an earlier import may have been large. A voided
        entry is recognised too: the file does not bring it back."""
        definition = self.adopted.definition
        entries = Entry.objects.filter(register=self.adopted.id, batch_id__isnull=False)
        if definition.subject == "organisation":
            entries = entries.filter(subject__in={made.entry.subject_id for made in new})
        elif definition.subject == "person":
            entries = entries.filter(subject_person__in={made.entry.subject_person_id for made in new})
        title = self.adopted.fields.get(definition.views.title)
        if title is not None and title.type is FieldType.TEXT and all(made.values.get(title.code) for made in new):
            wanted = {plain_text(title, made.values[title.code])[: writing.TITLE_LENGTH] for made in new}
            entries = entries.filter(title__in=wanted)
        rows = entries.values_list("subject", "subject_person", "body__values") if new else ()
        return {self._key((organisation, person), values) for organisation, person, values in rows}

    def _key(self, subject: tuple[int | None, int | None], values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What makes two rows the same entry: the subject and all short values that were given."""
        told = tuple(
            (item.code, plain_text(item, values.get(item.code)))
            for item in self.adopted.definition.fields
            if item.compute is None
            and item.type not in {FieldType.FILE, FieldType.ROWS, FieldType.LONG_TEXT}
            and not is_missing(values.get(item.code))
        )
        return (*subject, told)

    def create(self, new: Sequence[NewEntry]) -> None:
        """Write new entries with all that is kept beside them, with one statement for each table."""
        if not new:
            return
        adopted = self.adopted
        by_year: dict[int, list[Entry]] = {}
        for made in new:
            by_year.setdefault(made.entry.state_since.year, []).append(made.entry)
        for year, entries in by_year.items():
            for entry, number in zip(entries, next_numbers(adopted, year, len(entries)), strict=True):
                entry.number = number
        names = writing.Names(adopted.definition, [made.values for made in new], [made.subject for made in new])
        for made in new:
            writing.set_columns(adopted, made.entry, made.values, names)
        bulk.insert(Entry, [made.entry for made in new])
        bodies = [(made.entry.pk, json.dumps(made.values, ensure_ascii=False)) for made in new]
        bulk.insert_values(EntryBody, ("entry_id", "values"), bodies)
        writing.keep_many_beside(adopted, [(made.entry, made.values) for made in new], names)
        spells = [
            StateSpell(entry_id=made.entry.pk, register_id=adopted.id, state=made.entry.state, entered_on=made.entry.state_since)
            for made in new
        ]
        bulk.insert(StateSpell, spells)
        bulk.insert(EntryEvent, [self._event(made) for made in new])

    def _event(self, made: NewEntry) -> EntryEvent:
        entry, context = made.entry, self.context
        return EntryEvent(
            entry_id=entry.pk, kind=EntryEvent.Kind.CREATED, revision=1, to_state=entry.state, on=entry.state_since, at=context.at,
            user_id=context.by.user_id, actor=context.by.name, changes={code: [None, value] for code, value in made.values.items()},
            exceptions=[{"rule": broken.rule.code, "zh": broken.zh, "en": broken.en} for broken in made.exceptions], batch_id=context.batch_id,
        )  # fmt: skip


def _parts(text: str) -> list[str]:
    """Several names in one cell."""
    for mark in "；;、\n":
        text = text.replace(mark, "；")
    return [part.strip() for part in text.split("；") if part.strip()]


def _refused(problems: Sequence[Problem]) -> Outcome:
    return Outcome(Result.QUARANTINED, problems=tuple(problems))


provide(find_importer, all_importers)
