"""Entries as a person reads them: cells in the reader's language, masked to what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation, Person, Region
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.computing import fill
from wulian.engines.registers.conditions import is_missing
from wulian.engines.registers.schema import NUMERIC
from wulian.engines.registers.values import as_decimal, present, references
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import linkables
from wulian.foundation.models import StoredFile
from wulian.kernel.money import format_fen

from .. import access
from ..catalogue import Adopted, adopted_registers
from ..models import Entry
from ..wording import said
from .paging import page_ids


@dataclass(frozen=True, slots=True)
class Reference:
    """Something that a cell leads to. kind: organisation, person, entry, file or the kind of a linkable."""

    kind: str
    id: int
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` in the reader's language ("" when missing); `number` for sorting and spreadsheets; `rows` of a table field."""

    code: str
    label: str
    text: str = ""
    number: Decimal | None = None
    unit: str = ""
    references: tuple[Reference, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    hidden: bool = False

    @property
    def is_numeric(self) -> bool:
        return self.number is not None

    @property
    def is_short(self) -> bool:
        """A date, a name, a word: kept on one line."""
        return len(self.text) <= 10 and all(len(one.label) <= 6 for one in self.references)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list. `title` is the number where the reader may not read the title."""

    entry: Entry
    title: str
    state: str
    region: str
    subject: Reference | None
    late: bool
    cells: tuple[Cell, ...]
    values: Mapping[str, Any] = field(default_factory=dict)


class Reader:
    """Looks up at once what the cells of many entries name."""

    def __init__(self, viewer: Actor, adopted: Adopted, many: Sequence[Mapping[str, Any]]) -> None:
        self.viewer, self.adopted = viewer, adopted
        definition = adopted.definition

        def ids(type_: FieldType) -> set[int]:
            return {pk for values in many for _code, pk in references(definition, values, type_)}

        self.organisations = dict(Organisation.objects.filter(pk__in=ids(FieldType.ORGANISATION)).values_list("pk", "name"))
        self.persons = dict(Person.objects.filter(pk__in=ids(FieldType.PERSON)).values_list("pk", "name"))
        self.files = dict(StoredFile.objects.filter(pk__in=ids(FieldType.FILE)).values_list("pk", "name"))
        self.regions = dict(Region.objects.values_list("code", "name"))
        self.links: dict[tuple[str, int], Reference] = {}
        for item in definition.fields:
            if item.type is FieldType.LINK:
                wanted = {pk for values in many for code, pk in references(definition, values, FieldType.LINK) if code == item.code}
                self.links |= _links(viewer, item, wanted)

    def cell(self, field_: FieldDefinition, value: Any) -> Cell:
        """The cell of `field_` for a stored value."""
        label, unit = said(field_.label), unit_of(field_)
        if is_missing(value):
            return Cell(field_.code, label, unit=unit)
        if field_.type is FieldType.ROWS:
            rows = tuple(tuple(self.cell(column, row.get(column.code)) for column in field_.fields) for row in value)
            return Cell(field_.code, label, text=_("%(count)s 行") % {"count": len(rows)}, rows=rows)
        named = self._references(field_, value)
        if named:
            return Cell(field_.code, label, text=_("、").join(item.label for item in named), references=named)
        return Cell(field_.code, label, text=self.text(field_, value), number=as_decimal(field_, value), unit=unit)

    def text(self, field_: FieldDefinition, value: Any) -> str:
        if field_.type in {FieldType.CHOICE, FieldType.CHOICES}:
            labels = {choice.code: said(choice.label) for choice in field_.choices}
            return _("、").join(labels.get(code, str(code)) for code in (value if isinstance(value, list) else [value]))
        if field_.type is FieldType.YES_NO:
            return _("是") if value else _("否")
        if field_.type is FieldType.REGION:
            return self.regions.get(value, value)
        if field_.type is FieldType.MONEY:
            return format_fen(value)
        number = as_decimal(field_, value)
        if number is None:
            return str(value)
        text = f"{number:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def _references(self, field_: FieldDefinition, value: Any) -> tuple[Reference, ...]:
        ids = value if isinstance(value, list) else [value]
        if field_.type is FieldType.ORGANISATION:
            return tuple(Reference("organisation", pk, self.organisations.get(pk, "—"), f"/organisations/{pk}/") for pk in ids)
        if field_.type is FieldType.PERSON:
            return tuple(Reference("person", pk, self.persons.get(pk, "—")) for pk in ids)
        if field_.type is FieldType.FILE:
            return tuple(Reference("file", pk, self.files.get(pk, "—")) for pk in ids)
        if field_.type is FieldType.LINK:
            hidden = Reference(field_.to, 0, _("（您不能查看）"))
            return tuple(self.links.get((field_.code, pk), hidden) for pk in ids)
        return ()


def _links(viewer: Actor, field_: FieldDefinition, ids: set[int]) -> dict[tuple[str, int], Reference]:
    if not ids:
        return {}
    other = adopted_registers().get(field_.to)
    if other is None:
        linkable = linkables.find(field_.to)
        found = linkable.targets(viewer, ids) if linkable else {}
        return {(field_.code, pk): Reference(field_.to, pk, target.label, target.url) for pk, target in found.items()}
    seen = Entry.objects.filter(access.seen_by(viewer, other), register=other.id, pk__in=ids)
    return {(field_.code, entry.pk): entry_reference(viewer, other, entry) for entry in seen}


def entry_reference(viewer: Actor, adopted: Adopted, entry: Entry) -> Reference:
    """An entry as something to open, under a name that the viewer may read."""
    return Reference("entry", entry.pk, title_for(adopted, entry, basic_rank(viewer, entry)), entry_url(adopted, entry))


def entry_url(adopted: Adopted, entry: Entry) -> str:
    return f"/registers/{adopted.code}/{entry.number}/"


def basic_rank(viewer: Actor, entry: Entry) -> int:
    """The rank by region alone, without asking for parties."""
    return access.rank(viewer, access.roles_at(viewer, entry.region_id))


def title_for(adopted: Adopted, entry: Entry, level: int) -> str:
    return entry.title if level >= access.title_rank(adopted) else entry.number


def unit_of(field_: FieldDefinition) -> str:
    if field_.type is FieldType.PERCENT:
        return "%"
    return field_.unit if field_.type in NUMERIC else ""


def with_party(viewer: Actor, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """`entries` with `viewer_is_party`, so that a list masks each row by what the viewer is to it."""
    return entries.annotate(viewer_is_party=ExpressionWrapper(access.is_party(viewer), output_field=BooleanField()))


def read_values(adopted: Adopted, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as the definition in force reads them, computed fields included."""
    return fill(adopted.definition, present(adopted.definition, values))


def rows_of(viewer: Actor, adopted: Adopted, entries: QuerySet[Entry], columns: Sequence[str], on: date) -> list[Row]:
    """Rows of a page of a list, in order. `columns`: field codes."""
    ids = page_ids(entries)
    rows = with_party(viewer, Entry.objects.filter(pk__in=ids)).order_by().select_related("body", "subject", "subject_person", "region")
    found = {entry.pk: entry for entry in rows}
    page = [found[pk] for pk in ids if pk in found]
    read = [read_values(adopted, entry.body.values) for entry in page]
    fields = [adopted.fields[code] for code in columns if code in adopted.fields]
    reader = Reader(viewer, adopted, [{item.code: values.get(item.code) for item in fields} for values in read])
    return [_row(viewer, adopted, entry, values, fields, reader, on) for entry, values in zip(page, read, strict=True)]


def _row(
    viewer: Actor, adopted: Adopted, entry: Entry, values: Mapping[str, Any], fields: Iterable[FieldDefinition], reader: Reader, on: date
) -> Row:
    as_ = access.roles_at(viewer, entry.region_id)
    level = max(access.rank(viewer, as_), 2 if getattr(entry, "viewer_is_party", False) else 0)
    cells = []
    for item in fields:
        if access.sees_field(item, level, as_):
            cells.append(reader.cell(item, values.get(item.code)))
        else:
            cells.append(Cell(item.code, said(item.label), hidden=True))
    visible = {item.code: values[item.code] for item in access.visible_fields(adopted, level, as_) if values.get(item.code) is not None}
    return Row(
        entry=entry, title=title_for(adopted, entry, level), state=state_label(adopted, entry.state), region=entry.region.short_name,
        subject=subject_reference(adopted, entry, level), late=entry.due_on is not None and entry.due_on < on, cells=tuple(cells), values=visible,
    )  # fmt: skip


def state_label(adopted: Adopted, code: str) -> str:
    state = adopted.definition.state(code)
    return said(state.label) if state else code


def subject_reference(adopted: Adopted, entry: Entry, level: int) -> Reference | None:
    if entry.subject is not None:
        return Reference("organisation", entry.subject.pk, entry.subject.name, f"/organisations/{entry.subject.pk}/")
    if entry.subject_person is not None and level >= access.subject_rank(adopted):
        return Reference("person", entry.subject_person.pk, entry.subject_person.name)
    return None
