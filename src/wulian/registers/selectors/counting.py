"""Counters: the entries behind a number, and the number. One definition serves the metric, its list and its breakdown.

States are those of the day asked for, from the state spells; a way back marks the spell that it undid, which then never
counted. Field values are the present ones: a correction corrects the past too, and snapshots keep what was reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Avg, BooleanField, Case, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Sum, When, Window
from django.db.models.functions import RowNumber

from wulian.directory.access import cover_everything
from wulian.engines.registers import CounterDefinition, FieldDefinition, FieldType
from wulian.engines.registers.conditions import as_stored
from wulian.engines.registers.schema import NUMERIC, Condition
from wulian.engines.registers.slots import SCALE, slot_kind, slot_value, unscaled
from wulian.kernel.money import FEN_PER_YUAN, UNITS

from ..catalogue import Adopted
from ..models import Entry, EntryParty, StateSpell


@dataclass(frozen=True, slots=True)
class Span:
    """The days that a counter counts over: [first, last]."""

    first: date
    last: date


def span_of(counter: CounterDefinition, on: date) -> Span | None:
    """None for a stock at a date."""
    if counter.per == "year":
        return Span(date(on.year, 1, 1), on)
    if counter.per == "since":
        assert counter.since is not None
        return Span(counter.since, on)
    return None


def counted_entries(
    adopted: Adopted, counter: CounterDefinition, regions: frozenset[str] | None, on: date, *, base: bool = False
) -> QuerySet[Entry]:
    """The entries that `counter` counts on `on` (for a share: the numerator's, or with `base` the denominator's)."""
    entries = Entry.objects.filter(register=adopted.id, voided_at__isnull=True)
    if regions is not None and not cover_everything(regions):
        entries = entries.filter(region__in=regions)
    conditions = counter.base if base else (*counter.base, *counter.where)
    states = _states(conditions)
    entries = _stood(adopted, entries, conditions, on)
    span = span_of(counter, on)
    if counter.date:
        column = adopted.columns[counter.date]
        within = {f"{column}__gte": span.first, f"{column}__lte": span.last} if span else {f"{column}__lte": on}
        entries = entries.filter(**within)
    elif span is not None:
        entries = _entered(adopted, entries, states, span)
    if counter.until:
        column = adopted.columns[counter.until]
        entries = entries.filter(Q(**{f"{column}__gt": on}) | Q(**{f"{column}__isnull": True}))
    if counter.how in {"sum", "average", "latest"}:
        entries = entries.filter(**{f"{adopted.columns[counter.of]}__isnull": False})
    if counter.how == "distinct" and counter.of != "subject" and counter.of in adopted.columns:
        entries = entries.filter(**{f"{adopted.columns[counter.of]}__isnull": False})
    if counter.how == "latest":
        entries = _latest(adopted, entries, counter)
    if counter.once:
        entries = _first_of(entries, [_column(adopted, code) for code in counter.once], _when(adopted, counter))
    return entries


def _states(conditions: Sequence[Condition]) -> tuple[str, ...] | None:
    """States that all state conditions allow; None when none says anything."""
    found: set[str] | None = None
    for condition in conditions:
        if condition.state:
            found = set(condition.state) if found is None else found & set(condition.state)
    return None if found is None else tuple(sorted(found))


def _stood(adopted: Adopted, entries: QuerySet[Entry], conditions: Sequence[Condition], on: date) -> QuerySet[Entry]:
    states = _states(conditions)
    if (newest_day(adopted) or on) <= on:  # nothing has moved since, so that all stand where they stood
        if states is not None:
            entries = entries.filter(state__in=states)
    elif states is not None:
        then = StateSpell.objects.filter(Q(left_on__gt=on), entry=OuterRef("pk"), state__in=states, entered_on__lte=on)
        entries = entries.filter(Q(state__in=states, state_since__lte=on) | Q(Exists(then), state_since__gt=on))
    else:
        entries = entries.filter(Q(state_since__lte=on) | Q(Exists(StateSpell.objects.filter(entry=OuterRef("pk"), entered_on__lte=on))))
    for condition in conditions:
        if condition.field:
            entries = entries.filter(field_condition(adopted, condition))
    return entries


def _entered(adopted: Adopted, entries: QuerySet[Entry], states: tuple[str, ...] | None, span: Span) -> QuerySet[Entry]:
    """Entries that first came into one of `states` within `span` (spells that were taken back do not count)."""
    spells = StateSpell.objects.filter(register=adopted.id, taken_back=False, state__in=states or ())
    within = spells.filter(entered_on__gte=span.first, entered_on__lte=span.last)
    earlier = spells.filter(entry=OuterRef("pk"), entered_on__lt=span.first)
    # Not the bare id: SQLite would fetch each entry by it, instead of going through an index in the order of the list.
    return entries.alias(itself=F("pk") + 0).filter(~Exists(earlier), itself__in=within.values("entry"))


def field_condition(adopted: Adopted, condition: Condition) -> Q:
    field = adopted.field(condition.field)
    column = adopted.columns.get(field.code)
    if condition.filled is not None:
        if column is None:
            return _filled_beside(field, condition.filled)
        return Q(**{f"{column}__isnull": not condition.filled})
    assert column is not None, f"{adopted.code}.{field.code} has no column"
    wanted = [condition.is_] if condition.is_ is not None else list(condition.in_)
    if wanted:
        if field.type is FieldType.CHOICES:
            fits = Q()
            for value in wanted:
                fits |= Q(**{f"{column}__contains": f",{value},"})
            return fits
        exact = [as_stored(field, value) for value in wanted] if field.type in NUMERIC else wanted
        return Q(**{f"{column}__in": [slot_value(field, value) for value in exact]})
    tests = {"at_least": "gte", "at_most": "lte", "above": "gt", "below": "lt"}
    found = Q(**{f"{column}__isnull": False})
    for key, test in tests.items():
        bound, other = getattr(condition, key), getattr(condition, f"{key}_field")
        if other:
            found &= Q(**{f"{column}__{test}": F(adopted.columns[other])})
        elif bound is not None:
            found &= Q(**{f"{column}__{test}": _exact(field, bound)})
    if condition.differs_from:
        other = adopted.columns[condition.differs_from]
        found &= ~Q(**{column: F(other)}) & Q(**{f"{other}__isnull": False})
    return found


def _exact(field: FieldDefinition, bound: Decimal) -> Any:
    """A bound in the column's form; one between two whole numbers stays between them."""
    stored = as_stored(field, bound)
    return stored if field.type in {FieldType.INTEGER, FieldType.MONEY} else stored * SCALE


def _filled_beside(field: FieldDefinition, filled: bool) -> Q:
    """Whether a field without a column has a value."""
    if field.type in {FieldType.ORGANISATION, FieldType.PERSON}:
        there = Q(Exists(EntryParty.objects.filter(entry=OuterRef("pk"), field=field.code)))
    else:
        there = Q(**{f"body__values__{field.code}__isnull": False})
    return there if filled else ~there


def _column(adopted: Adopted, code: str) -> str:
    if code == "subject":
        return "subject_person" if adopted.definition.subject == "person" else "subject"
    return adopted.columns[code]


def _when(adopted: Adopted, counter: CounterDefinition) -> str:
    return adopted.columns[counter.date] if counter.date else "state_since"


def _first_of(entries: QuerySet[Entry], columns: Sequence[str], when: str) -> QuerySet[Entry]:
    """The first entry of each combination of `columns`; an entry without one of them stands for itself."""
    itself = Case(*(When(**{f"{column}__isnull": True}, then=F("pk")) for column in columns))
    ranked = entries.annotate(
        place=Window(
            RowNumber(),
            partition_by=[*map(F, columns), itself],
            order_by=[F(when).asc(nulls_last=True), F("pk").asc()],
        )
    )
    # A list of its own, so that searching in it later does not rank anew.
    return Entry.objects.filter(pk__in=ranked.filter(place=1).values("pk"))


def _latest(adopted: Adopted, entries: QuerySet[Entry], counter: CounterDefinition) -> QuerySet[Entry]:
    """The newest entry of each subject."""
    ranked = entries.annotate(
        place=Window(
            RowNumber(),
            partition_by=[F(_column(adopted, "subject"))],
            order_by=[F(_when(adopted, counter)).desc(nulls_last=True), F("pk").desc()],
        )
    )
    return Entry.objects.filter(pk__in=ranked.filter(place=1).values("pk"))


def measure(adopted: Adopted, counter: CounterDefinition, entries: QuerySet[Entry]) -> tuple[Decimal | None, int]:
    """The number that `entries` make, in the counter's unit, and how many entries there are."""
    rows = entries.order_by()
    if counter.how in {"count", "share"}:
        number = rows.count()
        return Decimal(number), number
    if counter.how == "distinct":
        return _distinct(adopted, counter, rows)
    field = adopted.field(counter.of)
    column = adopted.columns[counter.of]
    how = Avg(column) if counter.how == "average" else Sum(column)
    found = rows.aggregate(value=how, number=Count("pk"))
    if found["value"] is None:
        return None, found["number"]
    return _in_unit(counter, field, Decimal(found["value"])), found["number"]


def _in_unit(counter: CounterDefinition, field: FieldDefinition, stored: Decimal) -> Decimal:
    """A column's number (or a sum of them) in the counter's unit: money in 元, 万元 or 亿元."""
    exact = unscaled(field, stored)
    return exact / UNITS.get(counter.unit, FEN_PER_YUAN) if field.type is FieldType.MONEY else exact


def _distinct(adopted: Adopted, counter: CounterDefinition, rows: QuerySet[Entry]) -> tuple[Decimal | None, int]:
    field = adopted.fields.get(counter.of)
    if field is not None and not slot_kind(field):  # several organisations or persons in one field
        kind = "organisation" if field.type is FieldType.ORGANISATION else "person"
        named = EntryParty.objects.filter(entry__in=rows, field=field.code).aggregate(value=Count(kind, distinct=True))
        return Decimal(named["value"]), rows.count()
    found = rows.aggregate(value=Count(_column(adopted, counter.of), distinct=True), number=Count("pk"))
    return Decimal(found["value"]), found["number"]


def contribution_of(adopted: Adopted, counter: CounterDefinition, entry: Entry) -> Decimal | None:
    """What one entry adds: its number for sums, 1 for counts; for distinct values 1 where it is the first of its value."""
    if counter.how in {"sum", "latest", "average"}:
        field = adopted.field(counter.of)
        stored = getattr(entry, adopted.columns[counter.of])
        return None if stored is None else _in_unit(counter, field, Decimal(stored))
    if counter.how == "distinct":
        repeats = getattr(entry, "repeats_value", None)
        return None if repeats is None else Decimal(0 if repeats else 1)
    return Decimal(1)


def with_place(adopted: Adopted, counter: CounterDefinition, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """`entries` of a distinct counter with `repeats_value`: whether an earlier one has the same value, or it
    has none."""
    field = adopted.fields.get(counter.of)
    if counter.how != "distinct" or (field is not None and not slot_kind(field)):
        return entries
    column = _column(adopted, counter.of)
    same = entries.filter(**{column: OuterRef(column)}, pk__lt=OuterRef("pk"))
    adds_nothing = Q(Exists(same)) | Q(**{f"{column}__isnull": True})
    return entries.annotate(repeats_value=ExpressionWrapper(adds_nothing, output_field=BooleanField()))


def breakdown(adopted: Adopted, counter: CounterDefinition, entries: QuerySet[Entry], code: str) -> list[tuple[Any, Decimal]]:
    """(value, number) by a field of `counter.by`, largest first. Only for counters whose parts can be told apart."""
    column = adopted.columns[code]
    rows = entries.order_by().values(column)
    if counter.how == "distinct":
        counted = rows.annotate(number=Count(_column(adopted, counter.of), distinct=True))
    elif counter.how in {"sum", "latest"}:
        counted = rows.annotate(number=Sum(adopted.columns[counter.of]))
    elif counter.how == "average":
        counted = rows.annotate(number=Avg(adopted.columns[counter.of]))
    else:
        counted = rows.annotate(number=Count("pk"))
    found = []
    for row in counted:
        number = Decimal(row["number"] or 0)
        if counter.how in {"sum", "latest", "average"}:
            number = _in_unit(counter, adopted.field(counter.of), number)
        found.append((row[column], number))
    return sorted(found, key=lambda item: (-item[1], str(item[0])))


def newest_day(adopted: Adopted) -> date | None:
    """The last day on which anything in the register moved."""
    return Entry.objects.filter(register=adopted.id, voided_at__isnull=True).aggregate(day=Max("state_since"))["day"]


def standing(counter: CounterDefinition, value: Decimal | None) -> str:
    """below, within or above the counter's target; "" without target or value."""
    band = counter.target
    if band is None or value is None:
        return ""
    if band.from_ is not None and value < band.from_:
        return "below"
    return "above" if band.to is not None and value > band.to else "within"
