"""Adding, changing, voiding and restoring entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation, Person, Region
from wulian.engines.lifecycle.moves import deadline
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require
from wulian.kernel.errors import N_
from wulian.kernel.problems import Problem

from .. import access
from ..catalogue import Adopted, get_adopted
from ..models import Entry, EntryBody, EntryEvent, StateSpell
from ..wording import said
from . import writing
from .shared import (
    changed,
    locked,
    next_numbers,
    not_said_twice,
    note,
    refuse,
    require_reason,
    require_revision,
    save_values,
    stored_values,
)

NEEDS_SUBJECT = N_("还没有选%(label)s")
NOT_OWN = N_("只能替自己的单位登记，不能替“%(name)s”登记")
NO_REGION = N_("“%(region)s”不在您的管辖区域")


@transaction.atomic
def create_entry(
    *,
    by: Actor,
    at: datetime,
    on: date,
    register: str,
    values: Mapping[str, Any],
    subject_id: int | None = None,
    region: str | None = None,
    reason: str = "",
    batch_id: int | None = None,
    is_synthetic: bool = False,
) -> Entry:
    """Add an entry in the register's first state, dated `on`. `subject_id`: organisation or person, as the register has it.

    Raises: Denied, EntryRefused (every problem at once), UnknownRegister.
    """
    adopted = get_adopted(register)
    definition = adopted.definition
    act = _("登记%(register)s") % {"register": said(definition.name)}
    require(access.may_create(by, adopted), act=act, reason=_("这本台账由其他人员登记"))
    problems: list[Problem] = []
    organisation, person = _subject(by, adopted, subject_id, problems)
    place = region or (organisation.region_id if organisation else None) or _home(by)
    if not Region.objects.filter(pk=place).exists() or not access.may_create(by, adopted, place):
        problems.append(Problem("region", NO_REGION, {"region": place}, "region"))
    filling = access.roles_at(by, str(place)) | {"creator", "party", "subject"}
    given, read_problems = writing.read_values(adopted, values, access.fillable(definition.fields, filling))
    problems += read_problems
    problems += writing.unknown_references(adopted, given, by=by, entry=None)
    whole = writing.merged(adopted, {}, given)
    ids = (organisation.pk if organisation else None, person.pk if person else None)
    # Before looking for twins: this waits for whoever is adding to the register, so that two at once are not both the first. A
    # refused entry gives its number back with the rollback.
    number = next_numbers(adopted, on.year, 1)[0]
    checked = writing.check(adopted, whole, entry=None, subject=ids, state=definition.lifecycle.initial)
    problems += not_said_twice(checked.problems, problems)
    refuse(act, problems, checked.exceptions, reason)
    state = adopted.lifecycle.state(definition.lifecycle.initial)
    due = deadline(state, on)
    entry = Entry(
        register_id=adopted.id, number=number, version=adopted.version, state=state.code, state_since=on, due_on=due.day if due else None,
        region_id=place, subject=organisation, subject_person=person, created_at=at, created_by_id=by.user_id, updated_at=at,
        batch_id=batch_id, is_synthetic=is_synthetic,
    )  # fmt: skip
    names = writing.Names(definition, [whole], [ids])
    writing.set_columns(adopted, entry, whole, names)
    entry.save(force_insert=True)
    EntryBody.objects.create(entry=entry, values=whole)
    writing.keep_many_beside(adopted, [(entry, whole)], names)
    StateSpell.objects.create(entry=entry, register_id=adopted.id, state=state.code, entered_on=on)
    changes = {code: [None, value] for code, value in whole.items()}
    note(by, at, on, entry, EntryEvent.Kind.CREATED, changes, reason=reason, exceptions=checked.exceptions, to_state=state.code)
    audit.record(by=by, action="entry.created", obj=entry, after=_audited(entry, whole), reason=reason, region=place, at=at)
    return entry


@transaction.atomic
def edit_entry(
    *,
    by: Actor,
    at: datetime,
    on: date,
    entry_id: int,
    revision: int | None,
    values: Mapping[str, Any],
    reason: str = "",
    batch_id: int | None = None,
) -> Entry:
    """Change values. `values`: only the fields that change; None clears. `revision`: the one that the person looked at.

    Raises: NotFound, Denied, EntryChanged, EntryRefused, EntryVoided.
    """
    entry, adopted = locked(by, entry_id)
    as_ = access.relations(by, entry)
    act = _("修改“%(entry)s”") % {"entry": access.name_for(by, adopted, entry)}
    state = adopted.definition.state(entry.state)
    allowed = set(state.edit) if state else set()
    require(
        by.is_system or bool(allowed & as_),
        act=act,
        reason=_("在“%(state)s”这一步不由您修改") % {"state": said(state.label) if state else entry.state},
    )
    before = stored_values(adopted, entry)
    require_revision(by, adopted, entry, revision)
    fields = access.fillable(access.visible_fields(adopted, access.rank(by, as_), as_), as_)
    given, problems = writing.read_values(adopted, values, fields)
    problems += writing.unknown_references(adopted, given, by=by, entry=entry)
    whole = writing.merged(adopted, before, given)
    checked = writing.check(adopted, whole, entry=entry, subject=(entry.subject_id, entry.subject_person_id), state=entry.state)
    problems += not_said_twice(checked.problems, problems)
    refuse(act, problems, checked.exceptions, reason)
    changes = changed(before, whole)
    if not changes:
        return entry
    save_values(adopted, entry, whole, at)
    note(by, at, on, entry, EntryEvent.Kind.EDITED, changes, reason=reason, exceptions=checked.exceptions, batch_id=batch_id)
    audit.record(
        by=by, action="entry.edited", obj=entry, before={code: pair[0] for code, pair in changes.items()},
        after={code: pair[1] for code, pair in changes.items()}, reason=reason, region=entry.region_id, at=at,
    )  # fmt: skip
    return entry


@transaction.atomic
def void_entry(*, by: Actor, at: datetime, on: date, entry_id: int, reason: str) -> Entry:
    """Take an entry out of lists and counters. It stays and can be restored. Raises: NotFound, Denied, EntryRefused."""
    entry, adopted = locked(by, entry_id)
    act = _("作废“%(entry)s”") % {"entry": access.name_for(by, adopted, entry)}
    _require_officer(by, entry, act)
    require_reason(act, reason)
    entry.voided_at, entry.updated_at, entry.revision = at, at, entry.revision + 1
    entry.save(update_fields=["voided_at", "updated_at", "revision"])
    note(by, at, on, entry, EntryEvent.Kind.VOIDED, {}, reason=reason)
    audit.record(by=by, action="entry.withdrawn", obj=entry, reason=reason, region=entry.region_id, at=at)
    return entry


@transaction.atomic
def restore_entry(*, by: Actor, at: datetime, on: date, entry_id: int, reason: str) -> Entry:
    """Bring a voided entry back as it was. Raises: NotFound, Denied, EntryRefused (a twin was added meanwhile)."""
    entry, adopted = locked(by, entry_id, voided=True)
    act = _("恢复“%(entry)s”") % {"entry": access.name_for(by, adopted, entry)}
    _require_officer(by, entry, act)
    require_reason(act, reason)
    ids = (entry.subject_id, entry.subject_person_id)
    checked = writing.check(adopted, stored_values(adopted, entry), entry=entry, subject=ids, state=entry.state)
    refuse(act, [problem for problem in checked.problems if problem.code == "unique"], [], reason)
    entry.voided_at, entry.updated_at, entry.revision = None, at, entry.revision + 1
    entry.save(update_fields=["voided_at", "updated_at", "revision"])
    note(by, at, on, entry, EntryEvent.Kind.RESTORED, {}, reason=reason)
    audit.record(by=by, action="entry.restored", obj=entry, reason=reason, region=entry.region_id, at=at)
    return entry


def _subject(by: Actor, adopted: Adopted, subject_id: int | None, problems: list[Problem]) -> tuple[Organisation | None, Person | None]:
    definition = adopted.definition
    label = said(definition.subject_label) or _("主体")
    if definition.subject == "none":
        return None, None
    if definition.subject == "person":
        person = Person.objects.filter(pk=subject_id or 0).first()
        if person is None:
            problems.append(Problem("missing_field", NEEDS_SUBJECT, {"label": label}, "subject"))
        return None, person
    own = sorted(access.own_organisations(by))
    oversees = by.is_system or by.has(Role.OFFICER, Role.ADMINISTRATOR)
    if subject_id is None and not oversees and len(own) == 1:
        subject_id = own[0]
    organisation = Organisation.objects.select_related("merged_into").filter(pk=subject_id or 0).first()
    while organisation is not None and organisation.merged_into is not None:
        organisation = organisation.merged_into
    if organisation is None:
        problems.append(Problem("missing_field", NEEDS_SUBJECT, {"label": label}, "subject"))
    elif not oversees and organisation.pk not in own:
        problems.append(Problem("not_own", NOT_OWN, {"name": organisation.name}, "subject"))
    return organisation, None


def _home(by: Actor) -> str:
    """The region of an entry that has no subject to take it from: the officer's own, else the installation's."""
    from django.conf import settings

    own = by.regions_as(Role.OFFICER, Role.ADMINISTRATOR)
    if not own or settings.HOME_REGION in own:
        return str(settings.HOME_REGION)
    return min(own, key=lambda code: (code[-2:] != "00", code))


def _require_officer(by: Actor, entry: Entry, act: str) -> None:
    require(by.has(Role.OFFICER, Role.ADMINISTRATOR, region=entry.region_id), act=act, reason=_("需要管辖该区域的科技部门工作人员"))


def _audited(entry: Entry, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": entry.number, "state": entry.state, "subject": entry.subject_id or entry.subject_person_id, **values}
