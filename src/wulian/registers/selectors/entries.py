"""One entry: its values, history, what may be done next, what links to it; and the counts of a list's filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from wulian.engines.lifecycle.moves import deadline
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.schema import TransitionDefinition
from wulian.foundation.access import Actor
from wulian.kernel.errors import NotFound

from .. import access
from ..catalogue import Adopted, adopted_by_id, adopted_registers, definition_at, get_adopted
from ..models import Entry, EntryEvent, EntryLink, StateSpell
from ..services.steps import Judged, judge_step
from ..wording import said
from .questions import Question, list_entries
from .showing import Cell, Reader, Reference, entry_reference, read_values, state_label, subject_reference, title_for


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that the viewer may take from here. `judged`: what is still missing, told before anything is typed."""

    step: TransitionDefinition
    label: str
    target: str
    judged: Judged


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One act. `changes`: [label, before, after] as cells."""

    event: EntryEvent
    words: str
    changes: list[tuple[str, Cell, Cell]]


@dataclass(frozen=True, slots=True)
class Stay:
    """How long the entry stood, or stands, in a state (days; the present one up to the date of the page)."""

    state: str
    label: str
    entered_on: date
    left_on: date | None
    days: int
    taken_back: bool


@dataclass(frozen=True, slots=True)
class EntryView:
    """Everything about one entry that the viewer may see. `edits`: whether the viewer may change values now."""

    adopted: Adopted
    entry: Entry
    title: str
    state: str
    meaning: str
    subject: Reference | None
    cells: list[Cell]
    values: Mapping[str, Any]
    level: int
    as_: frozenset[str]
    edits: bool
    voids: bool
    due_certain: bool
    late: bool
    written_under: int


def get_entry(*, viewer: Actor, register: str, number: str, on: date) -> EntryView:
    """One entry by its number. Raises NotFound, UnknownRegister."""
    adopted = get_adopted(register)
    entry = _seen(viewer, adopted).filter(number=number).first()
    if entry is None:
        raise NotFound(what=_("这个条目"))
    return view_of(viewer, adopted, entry, on)


def get_entry_by_id(*, viewer: Actor, entry_id: int, on: date) -> EntryView:
    """Raises NotFound."""
    found = Entry.objects.filter(pk=entry_id).first()
    if found is None:
        raise NotFound(what=_("这个条目"))
    adopted = adopted_by_id(found.register_id)
    entry = _seen(viewer, adopted).filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(what=_("这个条目"))
    return view_of(viewer, adopted, entry, on)


def _seen(viewer: Actor, adopted: Adopted) -> QuerySet[Entry]:
    seen = Entry.objects.filter(access.seen_by(viewer, adopted), register=adopted.id)
    return seen.select_related("body", "subject", "subject_person", "region", "created_by")


def view_of(viewer: Actor, adopted: Adopted, entry: Entry, on: date) -> EntryView:
    as_ = access.relations(viewer, entry)
    level = access.rank(viewer, as_)
    fields = access.visible_fields(adopted, level, as_)
    values = access.masked(read_values(adopted, entry.body.values), fields)
    reader = Reader(viewer, adopted, [values])
    state = adopted.definition.state(entry.state)
    stand = deadline(adopted.lifecycle.state(entry.state), entry.state_since) if state else None
    return EntryView(
        adopted=adopted, entry=entry, title=title_for(adopted, entry, level), state=state_label(adopted, entry.state),
        meaning=said(state.meaning) if state else "", subject=subject_reference(adopted, entry, level),
        cells=[reader.cell(field, values.get(field.code)) for field in fields if _offered(field)], values=values, level=level, as_=as_,
        edits=entry.voided_at is None and (viewer.is_system or bool(set(state.edit if state else ()) & as_)),
        voids="officer" in as_ or viewer.is_system, due_certain=stand is None or stand.certain,
        late=entry.due_on is not None and entry.due_on < on, written_under=entry.version,
    )  # fmt: skip


def _offered(field: FieldDefinition) -> bool:
    """A link to something that this installation does not have is not shown."""
    from wulian.foundation.catalogue import linkables

    return field.type is not FieldType.LINK or field.to in adopted_registers() or linkables.find(field.to) is not None


def fillable_fields(view: EntryView) -> list[FieldDefinition]:
    """Fields that the viewer may change in this entry."""
    visible = access.fillable(access.visible_fields(view.adopted, view.level, view.as_), view.as_)
    return [field for field in visible if field.compute is None and _offered(field)]


def new_fields(*, viewer: Actor, adopted: Adopted) -> list[FieldDefinition]:
    """Fields of the form for a new entry."""
    held = {role.value for role in viewer.roles} | {"subject", "creator", "party", "anyone"}
    held |= {"officer"} if "administrator" in held or viewer.is_system else set()
    return [field for field in access.fillable(adopted.definition.fields, held) if field.compute is None and _offered(field)]


def next_steps(*, viewer: Actor, view: EntryView, on: date) -> list[NextStep]:
    """Steps that the viewer may try from the present state, forward ones first, each with what is still missing."""
    if view.entry.voided_at is not None:
        return []
    found = []
    before = read_values(view.adopted, view.entry.body.values)
    for transition in view.adopted.lifecycle.open_to(state=view.entry.state, as_=view.as_):
        step = view.adopted.definition.transition(transition.code)
        assert step is not None
        judged = judge_step(viewer, view.adopted, view.entry, before, step=step.code, on=max(on, view.entry.state_since))
        found.append(NextStep(step, said(step.label), state_label(view.adopted, step.to), judged))
    return found


def history_of(*, viewer: Actor, view: EntryView) -> list[HistoryItem]:
    """Acts on the entry, newest first, with the changes of the fields that the viewer may see, in the words of their time."""
    events = list(EntryEvent.objects.filter(entry=view.entry).order_by("-pk"))
    visible = {field.code: field for field in access.visible_fields(view.adopted, view.level, view.as_)}
    former = {name: field for field in visible.values() for name in field.was}
    known = visible | former
    every = [{code: value} for event in events for code, pair in event.changes.items() if code in visible for value in pair]
    reader = Reader(viewer, view.adopted, every)
    items = []
    for event in events:
        changes = []
        for code, (before, after) in event.changes.items():
            if (field := known.get(code)) is not None:
                changes.append((said(field.label), reader.cell(field, before), reader.cell(field, after)))
        items.append(HistoryItem(event, _words(view.adopted, event), changes))
    return items


def _words(adopted: Adopted, event: EntryEvent) -> str:
    """What was done: the step in the words of the definition of its time where it no longer exists."""
    if event.kind != EntryEvent.Kind.MOVED:
        return str(event.get_kind_display())
    step = adopted.definition.transition(event.step)
    for number in range(adopted.version - 1, 0, -1):
        if step is not None:
            break
        step = definition_at(adopted.id, number).transition(event.step)
    label = said(step.label) if step else event.step
    return f"{label}：{state_label(adopted, event.from_state)} → {state_label(adopted, event.to_state)}"


def stays_of(view: EntryView, on: date) -> list[Stay]:
    """The states that the entry went through, in order, each with its days."""
    found = []
    for spell in StateSpell.objects.filter(entry=view.entry).order_by("pk"):
        days = max(((spell.left_on or max(on, spell.entered_on)) - spell.entered_on).days, 0)
        label = state_label(view.adopted, spell.state)
        found.append(Stay(spell.state, label, spell.entered_on, spell.left_on, days, spell.taken_back))
    return found


@dataclass(frozen=True, slots=True)
class Backlink:
    """Entries of another register (or this one) that name this entry in `field`."""

    adopted: Adopted
    field: str
    label: str
    entries: list[Reference]
    count: int


def backlinks_of(*, viewer: Actor, view: EntryView, most: int = 50) -> list[Backlink]:
    """What links to the entry, by register and field, as far as the viewer may see it."""
    rows = EntryLink.objects.filter(kind="entry", target_id=view.entry.pk).values_list("entry__register", "field", "entry")
    grouped: dict[tuple[int, str], list[int]] = {}
    for register_id, field, entry_id in rows:
        grouped.setdefault((register_id, field), []).append(entry_id)
    found = []
    for (register_id, code), ids in grouped.items():
        other = adopted_by_id(register_id)
        definition = other.fields.get(code)
        if definition is None or definition.to != view.adopted.code:
            continue
        seen = Entry.objects.filter(
            access.seen_by(viewer, other), access.where_visible(viewer, other, [definition]), pk__in=ids, voided_at__isnull=True
        )
        entries = list(seen.order_by("-pk")[:most])
        if entries:
            references = [entry_reference(viewer, other, entry) for entry in entries]
            found.append(Backlink(other, code, said(definition.label), references, seen.count()))
    return found


# ----------------------------------------------------------------------------------------------------------- of a list
FacetCounts = dict[str, dict[str, int]]


def facet_counts(*, viewer: Actor, adopted: Adopted, question: Question, on: date, names: Sequence[str]) -> FacetCounts:
    """For state, region and the filter fields in `names`: value -> entries; the counts of a filter ignore its own choice."""
    found: FacetCounts = {}
    base: dict[str, QuerySet[Entry]] = {}
    for name in names:
        field = adopted.fields.get(name)
        column = {"state": "state", "region": "region"}.get(name) or adopted.columns.get(name, "")
        if not column or (field is not None and field.type not in COUNTED):
            continue
        asked = question.without(name)
        key = asked.address()
        if key not in base:
            base[key] = list_entries(viewer=viewer, adopted=adopted, question=asked, on=on).order_by()
        entries = base[key]
        if field is not None:
            entries = entries.filter(access.where_visible(viewer, adopted, [field]), **{f"{column}__isnull": False})
        counts = {str(value): number for value, number in entries.values_list(column).annotate(number=Count("pk"))}
        found[name] = _split(counts) if field is not None and field.type is FieldType.CHOICES else counts
    return found


COUNTED = frozenset({FieldType.CHOICE, FieldType.CHOICES, FieldType.YES_NO, FieldType.REGION, FieldType.PERIOD})


def _split(counts: Mapping[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for packed, number in counts.items():
        for code in packed.strip(",").split(","):
            found[code] += number
    return dict(found)


def register_overview(*, viewer: Actor, on: date, words: str = "", chain: str = "") -> list[dict[str, Any]]:
    """Every register (with `words` in its name, purpose or systems, of `chain`) with the number of entries that the viewer may
    see, of late ones, and the last change. What could never show anything to a person without sign-in is left out for one."""
    found = []
    for adopted in adopted_registers().values():
        definition = adopted.definition
        if not viewer.signed_in and not definition.public_in and definition.audience != "public":
            continue
        text = " ".join([definition.name.zh, definition.name.en, definition.purpose.zh, definition.purpose.en, *definition.serves]).lower()
        if words.lower() in text and chain in ("", definition.chain):
            found.append(overview_of(viewer=viewer, adopted=adopted, on=on))
    return found


def overview_of(*, viewer: Actor, adopted: Adopted, on: date) -> dict[str, Any]:
    """One register: `adopted`, `count` of entries that the viewer may see, `late` of them, when one last `changed`."""
    entries = Entry.objects.filter(access.seen_by(viewer, adopted), register=adopted.id, voided_at__isnull=True)
    counted = entries.aggregate(count=Count("pk"), changed=Max("updated_at"))
    return {"adopted": adopted, "late": entries.filter(due_on__lt=on).count(), **counted}


def board_of(
    *, viewer: Actor, adopted: Adopted, question: Question, on: date, most: int = 30
) -> list[tuple[str, str, int, QuerySet[Entry]]]:
    """Columns of the board: state, label, number of entries, the first `most` of them."""
    entries = list_entries(viewer=viewer, adopted=adopted, question=question, on=on)
    counts = dict(entries.order_by().values_list("state").annotate(number=Count("pk")))
    return [
        (state.code, said(state.label), counts.get(state.code, 0), entries.filter(state=state.code)[:most])
        for state in adopted.definition.lifecycle.states
        if not question.states or state.code in question.states
    ]
