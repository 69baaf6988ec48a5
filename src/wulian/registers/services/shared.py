"""What the services on entries share: the locked entry, its values, its history, and refusing with every reason at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from wulian.engines.registers.conditions import is_missing
from wulian.engines.registers.judging import Broken
from wulian.engines.registers.values import present
from wulian.foundation.access import Actor
from wulian.kernel.errors import N_, NotFound
from wulian.kernel.problems import Problem

from .. import access
from ..catalogue import Adopted, adopted_by_id
from ..errors import EntryChanged, EntryRefused, EntryVoided
from ..models import Entry, EntryBody, EntryEvent, Register
from . import writing

NEEDS_REASON = N_("有一项规则不满足（%(say)s）：确需例外办理的，请写明理由")


def locked(by: Actor, entry_id: int, *, voided: bool = False) -> tuple[Entry, Adopted]:
    """The entry for writing, if the person may see it. Raises NotFound, EntryVoided."""
    entry = Entry.objects.select_for_update(of=("self",)).select_related("subject", "subject_person").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound(what=_("这个条目"))
    adopted = adopted_by_id(entry.register_id)
    if not access.may_see(by, entry, adopted):
        raise NotFound(what=_("这个条目"))
    if entry.voided_at is not None and not voided:
        raise EntryVoided(entry=access.name_for(by, adopted, entry))
    return entry, adopted


def stored_values(adopted: Adopted, entry: Entry) -> dict[str, Any]:
    """The entry's values read through the definition in force."""
    return present(adopted.definition, EntryBody.objects.get(pk=entry.pk).values)


def save_values(adopted: Adopted, entry: Entry, values: dict[str, Any], at: datetime, *, changed: bool = True) -> None:
    """Write the entry, and where they changed its values and all that is kept beside them; the revision rises."""
    if not changed:
        entry.updated_at, entry.revision = at, entry.revision + 1
        entry.save()
        return
    names = writing.Names(adopted.definition, [values], [(entry.subject_id, entry.subject_person_id)])
    writing.set_columns(adopted, entry, values, names)
    entry.version, entry.updated_at, entry.revision = adopted.version, at, entry.revision + 1
    entry.save()
    EntryBody.objects.filter(pk=entry.pk).update(values=values)
    writing.keep_beside(adopted, entry, values, names)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> [before, after] of what differs."""
    codes = [*after, *(code for code in before if code not in after)]
    return {code: [before.get(code), after.get(code)] for code in codes if before.get(code) != after.get(code)}


def require_revision(by: Actor, adopted: Adopted, entry: Entry, revision: int | None) -> None:
    """Refuse when somebody changed the entry after the person had opened it; the history says what changed."""
    if revision is None or revision == entry.revision:
        return
    last = EntryEvent.objects.filter(entry=entry, revision__gt=revision).order_by("-pk").first()
    raise EntryChanged(
        who=last.actor if last else _("其他人"),
        when=f"{localtime(last.at):%Y-%m-%d %H:%M}" if last else "",
        entry=access.name_for(by, adopted, entry),
    )


def note(
    by: Actor,
    at: datetime,
    on: date,
    entry: Entry,
    kind: str,
    changes: Mapping[str, Any],
    *,
    reason: str = "",
    exceptions: Sequence[Broken] = (),
    step: str = "",
    from_state: str = "",
    to_state: str = "",
    batch_id: int | None = None,
) -> EntryEvent:
    """Append to the entry's history."""
    return EntryEvent.objects.create(
        entry=entry, kind=kind, revision=entry.revision, step=step, from_state=from_state, to_state=to_state, on=on, at=at,
        user_id=by.user_id, actor=by.name, changes=dict(changes), reason=reason.strip(),
        exceptions=[{"rule": broken.rule.code, "zh": broken.zh, "en": broken.en} for broken in exceptions], batch_id=batch_id,
    )  # fmt: skip


def next_numbers(adopted: Adopted, year: int, count: int) -> list[str]:
    """The next `count` numbers of a year. Holds the register's row until the transaction ends, so no number is given twice."""
    register = Register.objects.select_for_update().get(pk=adopted.id)
    last = int(register.serials.get(str(year), 0))
    register.serials = {**register.serials, str(year): last + count}
    register.save(update_fields=["serials"])
    return [f"{adopted.definition.prefix}-{year}-{serial:04d}" for serial in range(last + 1, last + count + 1)]


def not_said_twice(more: Sequence[Problem], known: Sequence[Problem]) -> list[Problem]:
    """A value that could not be read is not also missing."""
    fields = {problem.field for problem in known}
    return [problem for problem in more if not (problem.code == "missing_field" and problem.field in fields)]


def refuse(act: str, problems: Sequence[Problem], exceptions: Sequence[Broken], reason: str) -> None:
    found = list(problems)
    if exceptions and not reason.strip():
        found += [Problem("missing_reason", NEEDS_REASON, {"say": broken.zh}, "reason") for broken in exceptions]
    if found:
        raise EntryRefused(act=act, problems=found)


def require_reason(act: str, reason: str) -> None:
    if is_missing(reason):
        raise EntryRefused(act=act, problems=[Problem("missing_reason", N_("要写明理由"), {}, "reason")])
