"""Adopting definitions: what a file would change, and taking it into force."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from wulian.engines.registers import Definition, flaws_together, parse_definition, shipped_files
from wulian.engines.registers.conditions import is_missing
from wulian.engines.registers.diffing import AtRisk, Change, changes_between
from wulian.engines.registers.slots import CAPACITY, indexed_fields, slot_kind
from wulian.engines.registers.values import present
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require

from .. import catalogue
from ..errors import AdoptionRefused, DefinitionsClash
from ..models import Entry, EntryBody, EntryText, Register, RegisterSlot, RegisterVersion
from . import writing

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Consequence:
    """A change and the number of entries that it concerns."""

    change: Change
    entries: int

    @property
    def refuses(self) -> bool:
        return self.change.refuses and self.entries > 0

    def text(self) -> str:
        said = self.change.message.text(_)
        return said + (_("（%(count)s 个条目）") % {"count": f"{self.entries:,}"} if self.entries else "")


@dataclass(frozen=True, slots=True)
class Plan:
    """What adopting a definition would do. `current`: None for a new register."""

    definition: Definition
    current: catalogue.Adopted | None
    consequences: list[Consequence]
    same: bool

    @property
    def blocking(self) -> list[str]:
        return [consequence.text() for consequence in self.consequences if consequence.refuses]


def plan_adoption(*, text: str, file: str) -> Plan:
    """What adopting the definition in `text` would do to the entries that exist. Reads only.

    Raises: DefinitionRefused (flaws of the file), DefinitionsClash (with other registers).
    """
    definition = parse_definition(text, file=file)
    current = catalogue.adopted_registers().get(definition.id)
    _require_no_clash([definition])
    if current is None:
        return Plan(definition, None, [], False)
    if current.definition == definition:
        return Plan(definition, current, [], True)
    changes = changes_between(current.definition, definition)
    return Plan(definition, current, [Consequence(change, _count(current, change.at_risk)) for change in changes], False)


def _require_no_clash(definitions: Sequence[Definition]) -> None:
    ids = {definition.id for definition in definitions}
    others = [adopted.definition for code, adopted in catalogue.adopted_registers().items() if code not in ids]
    if found := flaws_together([*definitions, *others]):
        raise DefinitionsClash(why="；".join(message.text(_) for message in found))


def _count(adopted: catalogue.Adopted, risk: AtRisk | None) -> int:
    """How many entries a change concerns."""
    if risk is None:
        return 0
    entries = Entry.objects.filter(register=adopted.id)
    if risk.state:
        return entries.filter(state=risk.state).count()
    if not risk.field:
        return entries.count()
    if risk.missing:
        entries = entries.filter(state__in=risk.states)
    found = 0
    bodies = EntryBody.objects.filter(entry__in=entries).values_list("values", flat=True)
    for values in bodies.iterator(chunk_size=CHUNK):
        value = values.get(risk.field)
        if risk.missing:
            found += is_missing(value)
        elif not is_missing(value):
            held = (
                set(value)
                if isinstance(value, list) and all(isinstance(item, str) for item in value)
                else {value}
                if isinstance(value, str)
                else set()
            )
            found += bool(held & set(risk.values)) if risk.values else 1
    return found


@transaction.atomic
def adopt_definition(*, by: Actor, at: datetime, text: str, file: str, shipped: bool = False) -> catalogue.Adopted:
    """Take a definition into force as the next version of its register. The same definition again changes nothing.

    Raises: Denied, DefinitionRefused, DefinitionsClash, AdoptionRefused (entries would be orphaned).
    """
    require(by.has(Role.ADMINISTRATOR, region=settings.HOME_REGION), act=_("采用台账定义"), reason=_("需要本平台管理员身份"))
    plan = plan_adoption(text=text, file=file)
    if plan.same and plan.current is not None:
        return plan.current
    if plan.blocking:
        raise AdoptionRefused(plan.blocking)
    return _adopt(by, at, plan, text, shipped)


def _adopt(by: Actor, at: datetime, plan: Plan, text: str, shipped: bool) -> catalogue.Adopted:
    definition = plan.definition
    register, _created = Register.objects.select_for_update().get_or_create(
        code=definition.id, defaults={"chain": definition.chain, "is_shipped": shipped}
    )
    number = register.current + 1
    version = RegisterVersion.objects.create(
        register=register, number=number, text=text, digest=hashlib.sha256(text.encode()).hexdigest(), adopted_at=at, adopted_by=by.name,
        changes=[consequence.change.message.text() for consequence in plan.consequences],
    )  # fmt: skip
    register.current, register.chain = number, definition.chain
    register.save(update_fields=["current", "chain"])
    fresh = _assign_columns(register, plan)
    catalogue.forget()
    adopted = catalogue.get_adopted(definition.id)
    if plan.current is not None and (fresh or _reads_differently(plan.current.definition, definition)):
        _rewrite_columns(adopted)
    audit.record(
        by=by, action="register.adopted", obj=register, before={"version": number - 1} if plan.current else None,
        after={"version": number, "digest": version.digest, "changes": version.changes}, at=at,
    )  # fmt: skip
    transaction.on_commit(catalogue.forget)
    return adopted


def _assign_columns(register: Register, plan: Plan) -> bool:
    """Give every indexed field a column; a renamed field keeps its own. True when a field got a new one."""
    slots = {slot.field: slot for slot in RegisterSlot.objects.filter(register=register)}
    fresh = False
    for field in plan.definition.fields:
        for former in field.was:
            if former in slots and field.code not in slots:
                slots[field.code] = slots.pop(former)
                slots[field.code].field = field.code
                slots[field.code].save(update_fields=["field"])
    kept = {field.code for field in plan.definition.fields}
    for code, slot in list(slots.items()):
        field_now = plan.definition.field(code)
        if code not in kept or field_now is None or slot_kind(field_now) != slot.column.partition("_")[0]:
            # Without a field (nothing was stored in it) or of another kind: the column is emptied and free again.
            Entry.objects.filter(register=register, **{f"{slot.column}__isnull": False}).update(**{slot.column: None})
            slots.pop(code).delete()
    for field in indexed_fields(plan.definition):
        if field.code in slots:
            continue
        kind = slot_kind(field)
        taken = {slot.column for slot in slots.values()}
        free = [f"{kind}_{place}" for place in range(1, CAPACITY[kind] + 1) if f"{kind}_{place}" not in taken]
        if not free:  # columns of fields that are no longer asked for are given up
            wanted = {item.code for item in indexed_fields(plan.definition)}
            idle = next(code for code, slot in slots.items() if code not in wanted and slot.column.startswith(f"{kind}_"))
            free = [slots[idle].column]
            Entry.objects.filter(register=register).update(**{free[0]: None})
            slots.pop(idle).delete()
        slots[field.code] = RegisterSlot.objects.create(register=register, field=field.code, column=free[0])
        fresh = True
    return fresh


def _reads_differently(old: Definition, new: Definition) -> bool:
    """Whether stored values may give other columns, titles or search words than before."""
    shape = [
        [
            (
                field.code,
                field.type,
                field.was,
                field.visible,
                field.compute,
                [(choice.code, choice.was, choice.label) for choice in field.choices],
            )
            for field in d.fields
        ]
        for d in (old, new)
    ]
    return shape[0] != shape[1] or old.views.title != new.views.title


def _rewrite_columns(adopted: catalogue.Adopted) -> None:
    """Columns, titles and search words of all entries anew from their values, which stay as they were written."""
    names_of = [*adopted.columns.values(), "title"]
    ids = list(Entry.objects.filter(register=adopted.id).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        bodies = EntryBody.objects.filter(pk__in=part).select_related("entry").order_by("pk")
        read = [(body.entry, writing.merged(adopted, present(adopted.definition, body.values), {})) for body in bodies]
        names = writing.Names(
            adopted.definition, [values for _entry, values in read], [(e.subject_id, e.subject_person_id) for e, _values in read]
        )
        for entry, values in read:
            writing.set_columns(adopted, entry, values, names)
        Entry.objects.bulk_update([entry for entry, _values in read], names_of, batch_size=200)
        EntryText.objects.filter(entry__in=part).delete()
        EntryText.objects.bulk_create([writing.text_of(adopted, entry, values, names) for entry, values in read])


def adopt_shipped(*, by: Actor, at: datetime, files: Iterable[Path] | None = None) -> list[str]:
    """Adopt the definitions that the product ships; a site's own registers stay as they are. Returns the ids that changed.

    New registers that link to each other are taken together, so the check between them sees all.
    """
    require(by.is_system or by.has(Role.ADMINISTRATOR), act=_("采用台账定义"), reason=_("需要本平台管理员身份"))
    texts = {path.stem: (path.name, path.read_text(encoding="utf-8")) for path in (shipped_files() if files is None else files)}
    changed = []
    with transaction.atomic():
        digests = dict(RegisterVersion.objects.filter(register__code__in=texts).order_by("number").values_list("register__code", "digest"))
        pending = {
            code: (file, text, parse_definition(text, file=file, expected_id=code))
            for code, (file, text) in texts.items()
            if digests.get(code) != hashlib.sha256(text.encode()).hexdigest()
        }
        if not pending:  # the usual start: nothing is read
            return []
        known = catalogue.adopted_registers()
        _require_no_clash([definition for _file, _text, definition in pending.values()])
        for code, (_file, text, definition) in pending.items():
            current = known.get(code)
            consequences = (
                []
                if current is None
                else [Consequence(change, _count(current, change.at_risk)) for change in changes_between(current.definition, definition)]
            )
            plan = Plan(definition, current, consequences, False)
            if plan.blocking:
                raise AdoptionRefused([f"{definition.name.zh}：{sentence}" for sentence in plan.blocking])
            _adopt(by, at, plan, text, shipped=True)
            changed.append(code)
    return changed
