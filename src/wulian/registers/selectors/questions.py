"""What a person asks of a list of entries, and how it reads in an address: the same question serves the page, the export, the
board, a saved view, the API and a step with many entries.

    q=words  state=a&state=b  region=120106  subject=17  late=1  mine=1  idle=90  voided=1  sort=-fee
    f.<field>=value (several: any of them)   from.<field>=…  to.<field>=…   (numbers in the reading unit, dates; both included)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from wulian.directory.access import region_closure
from wulian.directory.models import Region
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.slots import slot_kind, slot_value
from wulian.engines.registers.values import read
from wulian.foundation.access import Actor
from wulian.kernel.errors import N_
from wulian.kernel.problems import BadValue, Problem

from .. import access
from ..catalogue import Adopted
from ..models import Entry, EntryLink, EntryParty
from .words import with_words

# Each in the order of an index of living entries, which ends with the id.
BUILT_IN_SORTS = {
    "number": (), "state": ("state", "state_since"), "since": ("state_since",), "due": ("due_on",), "updated": ("updated_at",), "title": ("title",),
}  # fmt: skip
MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class Question:
    """`filters`: field -> values, of which one must fit; `ranges`: field -> (from, to) as typed, either may be empty."""

    text: str = ""
    states: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    subject: int | None = None
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    late: bool = False
    mine: bool = False
    idle: int | None = None
    voided: bool = False
    sort: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Sequence[str]]) -> Question:
        """From the parameters of an address (name -> values). What cannot be read is left out, never an error."""
        one = {name: _plain(values[-1]) for name, values in query.items() if values}
        names = {name.partition(".")[2] for name in query if name.startswith(("from.", "to."))}
        ranges = {name: (one.get(f"from.{name}", "")[:40], one.get(f"to.{name}", "")[:40]) for name in sorted(names)}
        return cls(
            text=one.get("q", "")[:100],
            states=_values(query, "state"),
            regions=_values(query, "region"),
            subject=_whole(one.get("subject", "")),
            filters={name[2:]: chosen for name in query if name.startswith("f.") and (chosen := _values(query, name))},
            ranges={name: pair for name, pair in ranges.items() if any(pair)},
            late=one.get("late") == "1",
            mine=one.get("mine") == "1",
            idle=_whole(one.get("idle", "")),
            voided=one.get("voided") == "1",
            sort=one.get("sort", "")[:45],
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address that asks the same."""
        found = [("q", self.text), *(("state", code) for code in self.states), *(("region", code) for code in self.regions)]
        found.append(("subject", "" if self.subject is None else str(self.subject)))
        found += [(f"f.{name}", value) for name, values in self.filters.items() for value in values]
        for name, (low, high) in self.ranges.items():
            found += [(f"from.{name}", low), (f"to.{name}", high)]
        found += [("late", "1" if self.late else ""), ("mine", "1" if self.mine else ""), ("voided", "1" if self.voided else "")]
        found += [("idle", "" if self.idle is None else str(self.idle)), ("sort", self.sort)]
        return [(name, value) for name, value in found if value]

    def address(self) -> str:
        return urlencode(self.pairs())

    def without(self, name: str) -> Question:
        """The same without the filter `name` (state, region, a field), for counting what choosing another value would give."""
        if name == "state":
            return replace(self, states=())
        if name == "region":
            return replace(self, regions=())
        return replace(self, filters={key: values for key, values in self.filters.items() if key != name})


def _values(query: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[:200] for value in query.get(name, ())[:MOST_VALUES] if (text := _plain(value))))


def _plain(text: str) -> str:
    """Without the one character that PostgreSQL cannot be asked for."""
    return text.replace("\x00", "").strip()


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _ids(values: Sequence[str]) -> list[int]:
    return [number for value in values if (number := _whole(value)) is not None]


NO_CONDITION = N_("不认识条件“%(name)s”：可以用 q、state、region、subject、late、mine、idle、voided、sort，以及 f.字段、from.字段、to.字段")
NO_SUCH_FIELD = N_("这本台账没有“%(name)s”这个字段，或不能按它筛选、排序")
NO_SUCH_VALUE = N_("“%(value)s”不在可选范围")
NOT_READ = N_("“%(value)s”读不懂：数要写成数，日期写成 2026-03-02，对象写编号")


def doubts_of(adopted: Adopted, query: Mapping[str, Sequence[str]]) -> list[Problem]:
    """What in the parameters of an address asks nothing of this register. A page leaves such a parameter out; a program must
    be told, or a misspelt name would give it the longer list."""
    found = []
    for name, values in query.items():
        kind, dot, code = name.partition(".")
        of_field = dot and kind in {"f", "from", "to"}
        problem = _doubt_of_field(adopted, kind, code, values) if of_field else _doubt_of(adopted, name, values)
        if problem is not None:
            found.append(problem.at(name))
    return found


def _doubt_of(adopted: Adopted, name: str, values: Sequence[str]) -> Problem | None:
    given = [text for value in values if (text := _plain(value))]
    bad: str | None = None
    if name in {"late", "mine", "voided"}:
        bad = next((value for value in given if value not in {"0", "1"}), None)
    elif name in {"subject", "idle"}:
        bad = next((value for value in given if _whole(value) is None), None)
    elif name == "state":
        bad = next((value for value in given if adopted.definition.state(value) is None), None)
    elif name == "region":
        known = set(Region.objects.filter(pk__in=given).values_list("pk", flat=True)) if given else set()
        bad = next((value for value in given if value not in known), None)
    elif name == "sort":
        wrong = [value for value in given if (key := value.removeprefix("-")) not in BUILT_IN_SORTS and key not in adopted.columns]
        return Problem("unknown_field", NO_SUCH_FIELD, {"name": wrong[0][:45]}) if wrong else None
    elif name != "q":
        return Problem("unknown_condition", NO_CONDITION, {"name": name[:45]})
    return None if bad is None else Problem("not_a_choice", NO_SUCH_VALUE, {"value": bad[:40]})


def _doubt_of_field(adopted: Adopted, kind: str, code: str, values: Sequence[str]) -> Problem | None:
    item = adopted.fields.get(code)
    given = [text for value in values if (text := _plain(value))]
    if item is None or (code not in adopted.columns if kind != "f" else _chosen(adopted, item, given) is None):
        return Problem("unknown_field", NO_SUCH_FIELD, {"name": code[:45]})
    for value in given:
        if item.type is FieldType.REGION and not Region.objects.filter(pk=value).exists():
            return Problem("not_a_choice", NO_SUCH_VALUE, {"value": value[:40]})
        if kind == "f" and item.choices and value not in {choice.code for choice in item.choices}:
            return Problem("not_a_choice", NO_SUCH_VALUE, {"value": value[:40]})
        try:
            read(item.model_copy(update={"minimum": None, "maximum": None}), value)
        except BadValue:
            return Problem("not_read", NOT_READ, {"value": value[:40]})
    return None


def list_entries(*, viewer: Actor, adopted: Adopted, question: Question, on: date) -> QuerySet[Entry]:
    """Entries that the viewer may see and the question asks for, in its order (newest first unless it says otherwise)."""
    entries = Entry.objects.filter(access.seen_by(viewer, adopted), register=adopted.id, voided_at__isnull=not question.voided)
    if question.states:
        entries = entries.filter(state__in=question.states)
    if question.regions:
        entries = entries.filter(region__in=frozenset().union(*(region_closure(code) for code in question.regions)))
    if question.subject is not None:
        key = "subject_person" if adopted.definition.subject == "person" else "subject"
        entries = entries.filter(**{key: question.subject})
    if question.late:
        entries = entries.filter(due_on__lt=on)
    if question.mine:
        entries = entries.filter(access.is_party(viewer))
    if question.idle is not None:
        entries = entries.filter(state_since__lte=on - timedelta(days=min(question.idle, 36_500)))
    asked: list[FieldDefinition] = []
    for code, values in question.filters.items():
        if (definition := adopted.fields.get(code)) is not None and (chosen := _chosen(adopted, definition, values)) is not None:
            entries = entries.filter(chosen)
            asked.append(definition)
    for code, (low, high) in question.ranges.items():
        if (definition := adopted.fields.get(code)) is not None and code in adopted.columns:
            column = adopted.columns[code]
            if question.filters:
                # SQLite takes any range for a narrow one. Wrapped, its index is left alone and that of a chosen value is used.
                entries = entries.alias(**{f"range_{code}": Coalesce(F(column), None)})
                column = f"range_{code}"
            entries = entries.filter(**_range(column, definition, low, high))
            asked.append(definition)
    entries = with_words(viewer, entries, question.text)
    ordered, sorting = _ordered(adopted, entries, question.sort)
    return ordered.filter(access.where_visible(viewer, adopted, [*asked, *sorting]))


def _chosen(adopted: Adopted, field: FieldDefinition, values: Sequence[str]) -> Q | None:
    """Entries whose `field` has one of `values`; None when the field cannot be filtered by."""
    if field.type in {FieldType.ORGANISATION, FieldType.PERSON}:
        ids = _ids(values)
        kind = "organisation" if field.type is FieldType.ORGANISATION else "person"
        return Q(Exists(EntryParty.objects.filter(entry=OuterRef("pk"), field=field.code, **{f"{kind}__in": ids})))
    if field.type is FieldType.LINK:
        ids = _ids(values)
        return Q(Exists(EntryLink.objects.filter(entry=OuterRef("pk"), field=field.code, target_id__in=ids)))
    column = adopted.columns.get(field.code)
    if column is None:
        return None
    if field.type is FieldType.CHOICES:
        fits = Q()
        for value in values:
            fits |= Q(**{f"{column}__contains": f",{value},"})
        return fits
    if field.type is FieldType.REGION:
        return Q(**{f"{column}__in": frozenset().union(*(region_closure(code) for code in values))})
    if slot_kind(field) == "text":
        wanted = [{"true": "1", "false": "0"}.get(value, value) if field.type is FieldType.YES_NO else value for value in values]
        return Q(**{f"{column}__in": wanted})
    return None


def _range(column: str, field: FieldDefinition, low: str, high: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for test, typed in (("gte", low), ("lte", high)):
        try:
            value = slot_value(field, read(field.model_copy(update={"minimum": None, "maximum": None}), typed)) if typed else None
        except BadValue:
            continue
        if value is not None:
            found[f"{column}__{test}"] = value
    return found


def _ordered(adopted: Adopted, entries: QuerySet[Entry], sort: str) -> tuple[QuerySet[Entry], list[FieldDefinition]]:
    """`entries` in the order of `sort`, unknown values last, and the field whose values the order tells."""
    name, sign = sort.removeprefix("-"), "-" if sort.startswith("-") else ""
    if name in BUILT_IN_SORTS:
        columns, field = BUILT_IN_SORTS[name], None
    else:
        field = adopted.fields.get(name)
        if field is None or name not in adopted.columns:
            return entries.order_by("-pk"), []
        columns = (adopted.columns[name],)
    if field is not None or columns == ("due_on",):
        known_first = F(columns[0]).desc(nulls_last=True) if sign else F(columns[0]).asc(nulls_last=True)
        return entries.order_by(known_first, f"{sign}pk"), [field] if field else []
    return entries.order_by(*(f"{sign}{column}" for column in (*columns, "pk"))), []
