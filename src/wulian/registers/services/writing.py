"""What every write of an entry has in common: reading and checking the given values, and keeping columns, parties, links,
files and search words beside them. Internal to the services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from wulian.directory.models import Organisation, Person, Region
from wulian.engines.registers import Audience, FieldDefinition, FieldType
from wulian.engines.registers.computing import fill
from wulian.engines.registers.conditions import is_missing
from wulian.engines.registers.judging import Broken, broken_rules, missing_fields, plain_text
from wulian.engines.registers.slots import slot_kind, slot_value
from wulian.engines.registers.values import read, references
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import linkables
from wulian.foundation.files import own_files
from wulian.foundation.search.pinyin import syllables_of
from wulian.kernel.errors import N_, NotFound
from wulian.kernel.names import name_key
from wulian.kernel.problems import BadValue, Problem

from .. import access
from ..catalogue import Adopted, adopted_registers
from ..models import Entry, EntryFile, EntryLink, EntryParty, EntryText
from ..wording import said
from .uniqueness import Twins

NO_FIELD = N_("这本台账没有“%(field)s”这个字段，或您不能填它")
COMPUTED = N_("“%(label)s”由系统计算，不能填写")
GONE = N_("“%(label)s”选的一项已不存在或您不能使用")
TITLE_LENGTH = 200


@dataclass(slots=True)
class Checked:
    """Values as they would be saved, what is wrong with them, and rules that may be passed with a reason."""

    values: dict[str, Any]
    problems: list[Problem]
    exceptions: list[Broken]


def read_values(adopted: Adopted, given: Mapping[str, Any], fields: Iterable[FieldDefinition]) -> tuple[dict[str, Any], list[Problem]]:
    """The given values in stored form (None: cleared). `fields`: those that the person may fill."""
    allowed = {field.code: field for field in fields}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for code, raw in given.items():
        field = allowed.get(code)
        if field is None:
            problems.append(Problem("unknown_field", NO_FIELD, {"field": code[:40]}, code))
        elif field.compute is not None:
            problems.append(Problem("computed_field", COMPUTED, {"label": said(field.label)}, code))
        else:
            try:
                values[code] = read(field, raw)
            except BadValue as error:
                problems.append(error.problem.at(code))
    return values, problems


def merged(adopted: Adopted, before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values after a change, with the computed fields."""
    values = {**before, **given}
    return {code: value for code, value in fill(adopted.definition, values).items() if not is_missing(value)}


def check(
    adopted: Adopted,
    values: dict[str, Any],
    *,
    entry: Entry | None,
    subject: tuple[int | None, int | None],
    state: str,
    step: str = "",
    target: str = "",
    twins: Twins | None = None,
) -> Checked:
    """Required fields, rules and uniqueness of `values` at a save in `state`, or at `step` which leads to `target`. `twins`: what
    clashes, where it was asked for many entries at once."""
    english = get_language() == "en"
    problems = missing_fields(adopted.definition, adopted.required, values, target or state, english)
    exceptions: list[Broken] = []
    for broken in broken_rules(adopted.definition, values, state=state, step=step):
        if broken.may_pass:
            exceptions.append(broken)
        else:
            problems.append(broken.problem(english))
    twins = twins or Twins(adopted, [(values, subject, target or state)], but=entry.pk if entry else None)
    problems += twins.problems(values, subject, target or state, english)
    return Checked(values, problems, exceptions)


def unknown_references(adopted: Adopted, given: Mapping[str, Any], *, by: Actor, entry: Entry | None) -> list[Problem]:
    """References among the changed values to things that do not exist or that the person may not use."""
    problems = []
    definition = adopted.definition

    def missing(type_: FieldType, known: Any) -> None:
        wanted = list(references(definition, given, type_))
        found = set(known({identifier for _code, identifier in wanted})) if wanted else set()
        for code, identifier in wanted:
            if identifier not in found:
                label = said(adopted.field(code.partition(".")[0]).label)
                problems.append(Problem("not_found", GONE, {"label": label}, code.partition(".")[0]))

    missing(FieldType.ORGANISATION, lambda ids: Organisation.objects.filter(pk__in=ids).values_list("pk", flat=True))
    missing(FieldType.PERSON, lambda ids: Person.objects.filter(pk__in=ids).values_list("pk", flat=True))
    for field in definition.fields:
        value = given.get(field.code)
        if is_missing(value):
            continue
        ids: list[Any] = list(value) if isinstance(value, list) else [value]
        if (field.type is FieldType.REGION and not Region.objects.filter(pk=value).exists()) or (
            field.type is FieldType.LINK and len(link_targets(field, ids, by)) != len(set(ids))
        ):
            problems.append(Problem("not_found", GONE, {"label": said(field.label)}, field.code))
        elif field.type is FieldType.FILE:
            kept = set(EntryFile.objects.filter(entry=entry, field=field.code).values_list("file", flat=True)) if entry else set()
            try:
                own_files(by=by, ids=set(ids) - kept)
            except NotFound:
                problems.append(Problem("not_found", GONE, {"label": said(field.label)}, field.code))
    return problems


def link_targets(field: FieldDefinition, ids: Iterable[int], viewer: Actor) -> dict[int, str]:
    """Id -> name of what a link field names, as far as the viewer may see it."""
    other = adopted_registers().get(field.to)
    if other is not None:
        seen = Entry.objects.filter(access.seen_by(viewer, other), register=other.id, pk__in=list(ids))
        return {entry.pk: f"{entry.number} {entry.title}" for entry in seen}
    linkable = linkables.find(field.to)
    return {pk: target.label for pk, target in linkable.targets(viewer, ids).items()} if linkable else {}


class Names:
    """Names of organisations and persons, looked up at once for many entries."""

    def __init__(self, definition: Any, many: Iterable[Mapping[str, Any]], subjects: Iterable[tuple[int | None, int | None]] = ()) -> None:
        organisations: set[int] = set()
        persons: set[int] = set()
        for values in many:
            organisations |= {pk for _code, pk in references(definition, values, FieldType.ORGANISATION)}
            persons |= {pk for _code, pk in references(definition, values, FieldType.PERSON)}
        for organisation, person in subjects:
            organisations |= set() if organisation is None else {organisation}
            persons |= set() if person is None else {person}
        self.organisations = dict(Organisation.objects.filter(pk__in=organisations).values_list("pk", "name"))
        self.persons = dict(Person.objects.filter(pk__in=persons).values_list("pk", "name"))


def set_columns(adopted: Adopted, entry: Entry, values: Mapping[str, Any], names: Names) -> None:
    """Title and columns of `entry` from its values."""
    for code, column in adopted.columns.items():
        field = adopted.fields.get(code)
        if field is not None and slot_kind(field):
            value = slot_value(field, values.get(code))
            setattr(entry, column, date.fromisoformat(value) if value is not None and slot_kind(field) == "day" else value)
    entry.title = title_of(adopted, entry, values, names)[:TITLE_LENGTH]


def title_of(adopted: Adopted, entry: Entry, values: Mapping[str, Any], names: Names) -> str:
    code = adopted.definition.views.title
    if code == "subject":
        known = names.organisations.get(entry.subject_id or 0) or names.persons.get(entry.subject_person_id or 0)
        return known or entry.number
    value = values.get(code)
    return _words_of(adopted.field(code), value, names) or entry.number


def _words_of(field: FieldDefinition, value: Any, names: Names) -> str:
    if is_missing(value):
        return ""
    items = value if isinstance(value, list) else [value]
    if field.type is FieldType.ORGANISATION:
        return "、".join(names.organisations.get(item, "") for item in items)
    if field.type is FieldType.PERSON:
        return "、".join(names.persons.get(item, "") for item in items)
    if field.type is FieldType.ROWS:
        return " ".join(_words_of(column, row.get(column.code), names) for row in items for column in field.fields)
    if field.type in {FieldType.FILE, FieldType.LINK, FieldType.MONEY, FieldType.INTEGER, FieldType.DECIMAL, FieldType.PERCENT}:
        return ""
    return plain_text(field, value)


def text_of(adopted: Adopted, entry: Entry, values: Mapping[str, Any], names: Names) -> EntryText:
    """The search words of an entry."""
    subject = names.organisations.get(entry.subject_id or 0, "")
    person = names.persons.get(entry.subject_person_id or 0, "")
    public = [entry.number, subject]
    every = [entry.number, subject, person, entry.title, _initials(entry.title)]
    for field in adopted.definition.fields:
        words = _words_of(field, values.get(field.code), names)
        every.append(words)
        if field.visible is Audience.PUBLIC:
            public.append(words)
    if access.title_rank(adopted) == 0:
        public += [entry.title, _initials(entry.title)]
    return EntryText(entry=entry, words=_normal(every), public_words=_normal(public))


def _initials(title: str) -> str:
    return "".join(syllable[0] for syllable in syllables_of(name_key(title)))


def _normal(words: Iterable[str]) -> str:
    """Each run of words by itself, so that a fragment never matches across two of them."""
    return " ".join(dict.fromkeys(key for word in words if word and (key := name_key(word[:2_000]))))


def parties_of(adopted: Adopted, entry: Entry, values: Mapping[str, Any]) -> list[EntryParty]:
    organisations = references(adopted.definition, values, FieldType.ORGANISATION)
    persons = references(adopted.definition, values, FieldType.PERSON)
    named = dict.fromkeys([*((code, pk, None) for code, pk in organisations), *((code, None, pk) for code, pk in persons)])
    return [EntryParty(entry=entry, field=code, organisation_id=organisation, person_id=person) for code, organisation, person in named]


def links_of(adopted: Adopted, entry: Entry, values: Mapping[str, Any]) -> list[EntryLink]:
    made = []
    for code, pk in references(adopted.definition, values, FieldType.LINK):
        to = adopted.field(code).to
        made.append(EntryLink(entry=entry, field=code, kind=to if linkables.find(to) else "entry", target_id=pk))
    return made


def files_of(adopted: Adopted, entry: Entry, values: Mapping[str, Any]) -> list[EntryFile]:
    return [EntryFile(entry=entry, field=code, file_id=pk) for code, pk in references(adopted.definition, values, FieldType.FILE)]


def keep_beside(adopted: Adopted, entry: Entry, values: Mapping[str, Any], names: Names) -> None:
    """Write parties, links, files and search words of one entry anew."""
    EntryParty.objects.filter(entry=entry).delete()
    EntryLink.objects.filter(entry=entry).delete()
    EntryFile.objects.filter(entry=entry).delete()
    EntryText.objects.filter(entry=entry).delete()
    keep_many_beside(adopted, [(entry, values)], names)


def keep_many_beside(adopted: Adopted, written: Iterable[tuple[Entry, Mapping[str, Any]]], names: Names) -> None:
    """Write parties, links, files and search words of new entries."""
    pairs = list(written)
    EntryParty.objects.bulk_create([row for entry, values in pairs for row in parties_of(adopted, entry, values)])
    EntryLink.objects.bulk_create([row for entry, values in pairs for row in links_of(adopted, entry, values)])
    EntryFile.objects.bulk_create([row for entry, values in pairs for row in files_of(adopted, entry, values)])
    EntryText.objects.bulk_create([text_of(adopted, entry, values, names) for entry, values in pairs])
