"""Importing a table into a register: every adopted register is something to import, with mapping, quarantine and re-running.

A row without 编号 adds an entry; the same subject and title added by an earlier run of the same source is recognised and not
added twice. A row with 编号 changes that entry. With 状态 an entry is put where it already stands (an existing list is taken over
as it is); what that state requires must be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from wulian.directory.importing.shared import Found, code_of, district_finder, find_organisations, keys_of, whose
from wulian.directory.models import Organisation, Person
from wulian.engines.lifecycle.moves import deadline
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.conditions import is_missing
from wulian.engines.registers.judging import plain_text
from wulian.engines.registers.values import read
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
class _New:
    """A row that would be a new entry. `exceptions`: rules it passes as it is; `problems`: why it would be refused."""

    entry: Entry
    values: dict[str, Any]
    exceptions: list[Any]
    problems: list[Problem]


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
        new: list[tuple[int, Entry, dict[str, Any], list[Any]]] = []
        read_rows = [self._one(row, found, people) for row in rows]
        keys = self._present([made for made in read_rows if not isinstance(made, Outcome)])
        taken = set[tuple[Any, ...]]()
        for place, made in enumerate(read_rows):
            if isinstance(made, Outcome):
                outcomes[place] = made
                continue
            entry, values = made.entry, made.values
            key = self._key(entry, values)
            if key in keys:  # before its problems: a thing that must be unique clashes with itself when its file comes again
                outcomes[place] = Outcome(Result.UNCHANGED)
                continue
            if made.problems:
                outcomes[place] = _refused(
                    [
                        problem.at(f"f_{problem.field}" if f"f_{problem.field}" in self.fields else problem.field)
                        for problem in made.problems
                    ]
                )
                continue
            twin = self._exclusive(entry, values)
            if taken & twin:
                outcomes[place] = _refused([Problem("same_key_twice", TWICE)])
                continue
            keys.add(key)
            taken |= twin
            new.append((place, entry, values, made.exceptions))
        self._create(new)
        outcomes |= {place: Outcome(Result.CREATED, subject=entry, name=entry.title, detail=entry.number) for place, entry, *_rest in new}
        return [outcomes[place] for place in range(len(rows))]

    def finish(self) -> Sequence[Outcome]:
        return ()

    # ----------------------------------------------------------------------------------------------------- one row
    def _one(self, row: Row, found: Found, people: dict[str, list[int]]) -> Outcome | _New:
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
        ids = (organisation.pk if organisation else None, person)
        checked = writing.check(adopted, values, entry=None, subject=ids, state=state)
        due = deadline(adopted.lifecycle.state(state), since)
        entry = Entry(
            register_id=adopted.id, version=adopted.version, state=state, state_since=since, due_on=due.day if due else None, region_id=region,
            subject=organisation, subject_person_id=person, created_at=self.context.at, created_by_id=self.context.by.user_id,
            updated_at=self.context.at, batch_id=self.context.batch_id,
        )  # fmt: skip
        # A list that is taken over is as it is: a rule that allows exceptions is noted, not asked about.
        return _New(entry, values, list(checked.exceptions), checked.problems)

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

    def _present(self, new: Sequence[_New]) -> set[tuple[Any, ...]]:
        """Keys of what earlier runs of this source brought in, so that a file can be imported again. Reads only entries that
        share the subject (or, without subjects, the title) with one of `new`: an earlier import may have been large."""
        definition = self.adopted.definition
        entries = Entry.objects.filter(register=self.adopted.id, batch_id__isnull=False).select_related("body")
        title = self.adopted.fields.get(definition.views.title)
        if definition.subject == "organisation":
            entries = entries.filter(subject__in={made.entry.subject_id for made in new})
        elif definition.subject == "person":
            entries = entries.filter(subject_person__in={made.entry.subject_person_id for made in new})
        elif title is not None and title.type is FieldType.TEXT and all(made.values.get(title.code) for made in new):
            wanted = {plain_text(title, made.values[title.code])[: writing.TITLE_LENGTH] for made in new}
            entries = entries.filter(title__in=wanted)
        return {self._key(entry, entry.body.values) for entry in entries} if new else set()

    def _key(self, entry: Entry, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What makes two rows the same entry: the subject and all short values that were given."""
        told = tuple(
            (item.code, plain_text(item, values.get(item.code)))
            for item in self.adopted.definition.fields
            if item.compute is None
            and item.type not in {FieldType.FILE, FieldType.ROWS, FieldType.LONG_TEXT}
            and not is_missing(values.get(item.code))
        )
        return (entry.subject_id, entry.subject_person_id, told)

    def _exclusive(self, entry: Entry, values: Mapping[str, Any]) -> set[tuple[Any, ...]]:
        """What no second entry may share; the rows of one chunk are not in the database yet."""
        definition = self.adopted.definition
        found: set[tuple[Any, ...]] = {
            (item.code, str(values[item.code])) for item in definition.fields if item.unique and not is_missing(values.get(item.code))
        }
        for place, unique in enumerate(definition.unique):
            if unique.states and entry.state not in unique.states:
                continue
            owner = (entry.subject_id, entry.subject_person_id)
            parts = [owner if code == "subject" else values.get(code) for code in unique.fields]
            year = str(values.get(unique.year_of, ""))[:4] if unique.year_of else ""
            if not any(is_missing(part) for part in parts) and (year or not unique.year_of):
                found.add((place, str(parts), year))
        return found

    def _create(self, new: Sequence[tuple[int, Entry, dict[str, Any], list[Any]]]) -> None:
        if not new:
            return
        adopted, context = self.adopted, self.context
        by_year: dict[int, list[Entry]] = {}
        for _place, entry, _values, _exceptions in new:
            by_year.setdefault(entry.state_since.year, []).append(entry)
        for year, entries in by_year.items():
            for entry, number in zip(entries, next_numbers(adopted, year, len(entries)), strict=True):
                entry.number = number
        names = writing.Names(
            adopted.definition, [values for _p, _e, values, _x in new], [(e.subject_id, e.subject_person_id) for _p, e, _v, _x in new]
        )
        for _place, entry, values, _exceptions in new:
            writing.set_columns(adopted, entry, values, names)
        entries = [entry for _p, entry, _v, _x in new]
        Entry.objects.bulk_create(entries)
        EntryBody.objects.bulk_create([EntryBody(entry=entry, values=values) for _p, entry, values, _x in new])
        writing.keep_many_beside(adopted, [(entry, values) for _p, entry, values, _x in new], names)
        StateSpell.objects.bulk_create(
            [StateSpell(entry=entry, register_id=adopted.id, state=entry.state, entered_on=entry.state_since) for entry in entries]
        )
        EntryEvent.objects.bulk_create(
            [
                EntryEvent(
                    entry=entry, kind=EntryEvent.Kind.CREATED, revision=1, to_state=entry.state, on=entry.state_since, at=context.at,
                    user_id=context.by.user_id, actor=context.by.name, changes={code: [None, value] for code, value in values.items()},
                    exceptions=[{"rule": broken.rule.code, "zh": broken.zh, "en": broken.en} for broken in exceptions], batch_id=context.batch_id,
                )
                for _p, entry, values, exceptions in new
            ]
        )  # fmt: skip


def _parts(text: str) -> list[str]:
    """Several names in one cell."""
    for mark in "；;、\n":
        text = text.replace(mark, "；")
    return [part.strip() for part in text.split("；") if part.strip()]


def _refused(problems: Sequence[Problem]) -> Outcome:
    return Outcome(Result.QUARANTINED, problems=tuple(problems))


provide(find_importer, all_importers)
