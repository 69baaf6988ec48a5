"""Taking steps of the lifecycle: one entry, several hundred with a preview, and those that the calendar takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.engines.lifecycle import Move, Refusal, Situation
from wulian.engines.registers import FieldDefinition, FieldType
from wulian.engines.registers.conditions import is_missing
from wulian.engines.registers.judging import Broken
from wulian.foundation import audit
from wulian.foundation.access import Actor
from wulian.kernel.errors import N_, WulianError
from wulian.kernel.problems import Problem

from .. import access
from ..catalogue import Adopted, adopted_registers
from ..errors import EntryRefused
from ..models import Entry, EntryEvent, StateSpell
from ..wording import said, who_word
from . import writing
from .shared import changed, locked, not_said_twice, note, refuse, require_revision, save_values, stored_values
from .telling import tell

EARLIER = N_("日期 %(on)s 早于进入“%(state)s”的 %(since)s")
WHY = {
    "unknown_transition": N_("没有“%(what)s”这一步"),
    "wrong_state": N_("现在是“%(what)s”，不能办这一步"),
    "not_permitted": N_("这一步由%(what)s办理"),
    "missing_field": N_("“%(what)s”还没有填"),
    "missing_evidence": N_("还缺佐证“%(what)s”"),
    "missing_reason": N_("这一步要写明理由"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What taking a step would mean: `move` when it may be taken, else `problems`. `exceptions` may be passed with a reason."""

    values: dict[str, Any]
    move: Move | None
    problems: list[Problem]
    exceptions: list[Broken]


@transaction.atomic
def take_step(
    *,
    by: Actor,
    at: datetime,
    on: date,
    entry_id: int,
    step: str,
    revision: int | None = None,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
    automatic: bool = False,
    quiet: bool = False,
) -> Entry:
    """Take `step` on `on`, first filling in `values`. If anything is missing, nothing has happened and every reason is told.

    quiet: history that is written down afterwards; nobody is sent a notice of it.

    Raises: NotFound, Denied, EntryRefused, EntryChanged, EntryVoided.
    """
    entry, adopted = locked(by, entry_id)
    require_revision(by, adopted, entry, revision)
    before = stored_values(adopted, entry)
    judged = judge_step(by, adopted, entry, before, step=step, on=on, given=values or {}, reason=reason, automatic=automatic)
    transition = adopted.definition.transition(step)
    act = _("“%(step)s”") % {"step": said(transition.label) if transition else step}
    refuse(act, judged.problems, judged.exceptions, reason)
    assert judged.move is not None
    move = judged.move
    changes = changed(before, judged.values)
    _go(entry, move, on)
    save_values(adopted, entry, judged.values, at, changed=bool(changes))
    note(
        by, at, on, entry, EntryEvent.Kind.MOVED, changes, reason=reason, exceptions=judged.exceptions, step=step,
        from_state=move.source.code, to_state=move.target.code,
    )  # fmt: skip
    audit.record(
        by=by, action="entry.moved", obj=entry, before={"state": move.source.code, **{code: pair[0] for code, pair in changes.items()}},
        after={"state": move.target.code, "step": step, **{code: pair[1] for code, pair in changes.items()}}, reason=reason,
        region=entry.region_id, at=at,
    )  # fmt: skip
    for place, notice in enumerate(() if quiet else move.notices):
        tell(adopted, entry, notice.to, notice.text, key=f"step-{entry.pk}-{entry.revision}-{place}", at=at, due_on=entry.due_on)
    return entry


def judge_step(
    by: Actor,
    adopted: Adopted,
    entry: Entry,
    before: Mapping[str, Any],
    *,
    step: str,
    on: date,
    given: Mapping[str, Any] | None = None,
    reason: str = "",
    automatic: bool = False,
) -> Judged:
    """Whether `step` may be taken, with every reason against it. Reads only."""
    transition = adopted.definition.transition(step)
    as_ = access.relations(by, entry)
    if automatic and transition is not None:
        as_ = frozenset(transition.who)
    fields = fields_of_step(adopted, before, entry.state, step, as_, access.rank(by, as_))
    read, problems = writing.read_values(adopted, given or {}, fields)
    problems += writing.unknown_references(adopted, read, by=by, entry=entry)
    whole = writing.merged(adopted, before, read)
    evidence = frozenset(field.code for field in adopted.definition.fields if field.type is FieldType.FILE and whole.get(field.code))
    situation = Situation(state=entry.state, as_=as_, values=whole, evidence=evidence, reason=reason)
    verdict = adopted.lifecycle.judge(step, situation)
    problems += [_as_problem(adopted, refusal) for refusal in verdict.refusals]
    exceptions: list[Broken] = []
    if transition is not None and not any(refusal.code == "wrong_state" for refusal in verdict.refusals):
        if on < entry.state_since:
            state = adopted.lifecycle.state(entry.state)
            problems.append(
                Problem("too_early", EARLIER, {"on": str(on), "state": said(state.label), "since": str(entry.state_since)}, "on")
            )
        subject = (entry.subject_id, entry.subject_person_id)
        checked = writing.check(adopted, whole, entry=entry, subject=subject, state=entry.state, step=step, target=transition.to)
        problems += not_said_twice(checked.problems, problems)
        exceptions = checked.exceptions
    move = None if problems else adopted.lifecycle.plan(step, situation, on=on)
    return Judged(whole, move, problems, exceptions)


def fields_of_step(
    adopted: Adopted, values: Mapping[str, Any], state: str, step: str, as_: frozenset[str], level: int
) -> list[FieldDefinition]:
    """Fields that somebody who is `as_` may fill with a step: what it needs, what the next state requires and what its rules
    look at; everything where the person may change the entry in this state anyway."""
    transition, stands = adopted.definition.transition(step), adopted.definition.state(state)
    visible = access.fillable(access.visible_fields(adopted, level, as_), as_)
    if transition is None or (stands is not None and set(stands.edit) & as_):
        return visible
    asked = {*transition.needs, *transition.evidence}
    asked |= {code for code, states in adopted.required.items() if transition.to in states and is_missing(values.get(code))}
    asked |= {condition.field for rule in adopted.definition.rules if step in rule.at for condition in (*rule.when, *rule.must)}
    return [field for field in visible if field.code in asked]


def _as_problem(adopted: Adopted, refusal: Refusal) -> Problem:
    what, field = refusal.what, ""
    if refusal.code in {"missing_field", "missing_evidence"}:
        field = what
        what = said(adopted.field(what).label)
    elif refusal.code == "wrong_state":
        state = adopted.definition.state(what)
        what = said(state.label) if state else what
    elif refusal.code == "not_permitted":
        what = "、".join(str(who_word(word)) for word in what.split(", "))
    return Problem(refusal.code, WHY[refusal.code], {"what": what}, field or ("reason" if refusal.code == "missing_reason" else ""))


def _go(entry: Entry, move: Move, on: date) -> None:
    """Close the present spell and open the next; a way back marks what it undoes."""
    StateSpell.objects.filter(entry=entry, left_on__isnull=True).update(left_on=on, taken_back=move.transition.back)
    StateSpell.objects.create(entry=entry, register_id=entry.register_id, state=move.target.code, entered_on=on)
    entry.state, entry.state_since = move.target.code, on
    entry.due_on = move.due.day if move.due else None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """One entry of many: moved, or why not."""

    entry: Entry
    problems: tuple[Problem, ...]
    error: str = ""

    @property
    def allowed(self) -> bool:
        return not self.problems and not self.error


MOST_AT_ONCE = 1_000


class TooManyAtOnce(WulianError):
    code = "too_many_at_once"
    message = N_("一次最多办 %(most)s 条，选了 %(count)s 条：请分几次办。")
    status = 422


def preview_steps(
    *, viewer: Actor, adopted: Adopted, entries: Sequence[Entry], step: str, on: date, values: Mapping[str, Any], reason: str
) -> list[BulkResult]:
    """What taking `step` with all `entries` would do, entry by entry. Reads only."""
    if len(entries) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE, count=len(entries))
    found = []
    for entry in entries:
        judged = judge_step(viewer, adopted, entry, stored_values(adopted, entry), step=step, on=on, given=values, reason=reason)
        problems = judged.problems
        if judged.exceptions and not reason.strip():
            problems = [*problems, *(broken.problem() for broken in judged.exceptions)]
        found.append(BulkResult(entry, tuple(problems)))
    return found


def take_steps(
    *, by: Actor, at: datetime, on: date, revisions: Mapping[int, int], step: str, values: Mapping[str, Any] | None = None, reason: str = ""
) -> tuple[int, list[tuple[int, str]]]:
    """Take `step` with many entries (id -> revision seen in the preview). Each goes or stays whole; returns how many went and
    (id, sentence) of those that stayed."""
    if len(revisions) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE, count=len(revisions))
    gone, stayed = 0, []
    with transaction.atomic():
        for entry_id, revision in revisions.items():
            try:
                with transaction.atomic():
                    take_step(by=by, at=at, on=on, entry_id=entry_id, step=step, revision=revision, values=values, reason=reason)
                gone += 1
            except WulianError as error:
                stayed.append((entry_id, error.text(_)))
    return gone, stayed


def take_due_steps(*, by: Actor, at: datetime, on: date) -> int:
    """Take the steps that the calendar takes: `after` names a date that has passed. Returns how many."""
    taken = 0
    for adopted in adopted_registers().values():
        for step in adopted.definition.lifecycle.transitions:
            if not step.after:
                continue
            passed = {f"{adopted.columns[step.after]}__lt": on}
            ids = list(
                Entry.objects.filter(register=adopted.id, voided_at__isnull=True, state__in=step.from_, **passed).values_list(
                    "pk", flat=True
                )
            )
            for entry_id in ids:
                reason = _("“%(date)s”已过，系统办理") % {"date": adopted.field(step.after).label.zh}
                try:
                    take_step(by=by, at=at, on=on, entry_id=entry_id, step=step.code, reason=reason, automatic=True)
                    taken += 1
                except EntryRefused:
                    continue  # stays where it is and shows as late
    return taken
