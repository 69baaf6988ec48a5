"""An entry: reading it, adding, changing, taking a step, voiding and restoring."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wulian.directory.selectors.organisations import get_organisation
from wulian.directory.selectors.regions import list_regions
from wulian.engines.registers import Definition, FieldDefinition
from wulian.engines.registers.judging import missing_fields
from wulian.foundation.access import Role, require
from wulian.kernel.errors import Denied, NotFound
from wulian.portal.requests import PageRequest
from wulian.registers.access import may_create, own_organisations
from wulian.registers.catalogue import get_adopted
from wulian.registers.errors import EntryChanged, EntryRefused
from wulian.registers.selectors.entries import (
    EntryView,
    backlinks_of,
    fillable_fields,
    get_entry,
    get_entry_by_id,
    history_of,
    new_fields,
    next_steps,
    stays_of,
)
from wulian.registers.selectors.files import open_entry_file
from wulian.registers.services.entries import create_entry, edit_entry, restore_entry, void_entry
from wulian.registers.services.steps import take_step
from wulian.registers.wording import said, who_word

from .forms import Asked, Reading, add_error, questions
from .shell import asked_day, shell


def _view(request: PageRequest, register: str, number: str) -> EntryView:
    return get_entry(viewer=request.actor, register=register, number=number, on=asked_day(request))


def by_id(request: PageRequest, entry_id: int) -> HttpResponse:
    """The page of an entry that is known by its id only (an import's list, an audit event)."""
    view = get_entry_by_id(viewer=request.actor, entry_id=entry_id, on=asked_day(request))
    return redirect("entry", view.adopted.code, view.entry.number)


def entry(request: PageRequest, register: str, number: str) -> HttpResponse:
    view, on = _view(request, register, number), asked_day(request)
    steps = next_steps(viewer=request.actor, view=view, on=on)
    required = view.adopted.required
    context = {
        **shell(request, view.adopted, ""),
        "view": view,
        "entry": view.entry,
        "filled": [cell for cell in view.cells if cell.text and not cell.rows],
        "tables": [cell for cell in view.cells if cell.rows],
        "blank": [cell for cell in view.cells if not cell.text],
        "still": [
            problem.text(_)
            for problem in missing_fields(view.adopted.definition, required, view.values, view.entry.state, get_language() == "en")
        ]
        if view.edits
        else [],
        "steps": steps,
        "primary": next((item.step.code for item in steps if item.judged.move and not item.step.back and not item.step.after), ""),
        "history": history_of(viewer=request.actor, view=view) if view.level >= 1 else [],
        "stays": stays_of(view, on),
        "path": _path(view),
        "backlinks": backlinks_of(viewer=request.actor, view=view),
        "on": on,
        "title": _title(view, on),
        "old_version": view.written_under < view.adopted.version,
    }
    return render(request, "registers/entry.html", context)


def _title(view: EntryView, on: date) -> str:
    """The finding: where it stands, and how long it is late."""
    if view.entry.voided_at:
        return _("%(title)s：已作废") % {"title": view.title}
    if view.late and view.entry.due_on:
        return _("%(title)s：%(state)s，超期 %(days)s 天") % {
            "title": view.title,
            "state": view.state,
            "days": (on - view.entry.due_on).days,
        }
    return _("%(title)s：%(state)s") % {"title": view.title, "state": view.state}


def _path(view: EntryView) -> list[dict[str, Any]]:
    """The states in the order of the definition: passed, here, ahead."""
    states = view.adopted.definition.lifecycle.states
    codes = [state.code for state in states]
    here = codes.index(view.entry.state) if view.entry.state in codes else -1
    return [
        {"label": said(state.label), "place": "here" if i == here else "passed" if i < here else "ahead"} for i, state in enumerate(states)
    ]


def create(request: PageRequest, register: str) -> HttpResponse:
    """A new entry. A refused form keeps what was typed and says at each question what is wrong."""
    adopted = get_adopted(register)
    definition = adopted.definition
    if not may_create(request.actor, adopted):
        raise Denied(act=_("登记%(register)s") % {"register": said(definition.name)}, reason=_("这本台账由其他人员登记"))
    fields = new_fields(viewer=request.actor, adopted=adopted)
    typed, errors, subject = None, [], _subject_asked(request, adopted.definition)
    asked: list[Asked] = []
    if request.method == "POST":
        reading = Reading(request, request.actor, fields, timezone.now())
        subject_id = _subject_id(request, reading)
        typed = reading.given
        if reading.problems:
            asked = questions(adopted, fields, {}, request.actor, state=definition.lifecycle.initial, typed=typed)
            errors = add_error(asked, reading.problems)
        else:
            try:
                made = create_entry(
                    by=request.actor, at=timezone.now(), on=asked_day(request), register=adopted.code, values={k: v for k, v in typed.items() if v not in ("", [], None)},
                    subject_id=subject_id, region=request.POST.get("region") or None, reason=request.POST.get("reason", ""),
                )  # fmt: skip
            except EntryRefused as error:
                asked = questions(adopted, fields, {}, request.actor, state=definition.lifecycle.initial, typed=typed)
                errors = add_error([*asked, *subject], error.problems)
            else:
                messages.success(request, _("已登记，编号 %(number)s。") % {"number": made.number})
                return redirect("entry", adopted.code, made.number)
    else:
        asked = questions(adopted, fields, {}, request.actor, state=definition.lifecycle.initial)
    officer = request.actor.has(Role.OFFICER, Role.ADMINISTRATOR)
    allowed = request.actor.regions_as(Role.OFFICER, Role.ADMINISTRATOR)
    context = {
        **shell(request, adopted, ""),
        "asked": asked,
        "subject": subject[0] if subject else None,
        "regions": [(region.code, region.name) for region in list_regions() if region.code in allowed] if officer else [],
        "region": request.POST.get("region") or request.GET.get("region", ""),
        "errors": errors,
        "needs_reason": any(rule.severity == "except" and not rule.at for rule in definition.rules),
        "reason": request.POST.get("reason", ""),
        "failed": bool(errors) or any(item.errors for item in [*asked, *subject]),
        "title": _("登记%(register)s") % {"register": said(definition.name)},
        "first_state": said(definition.lifecycle.states[0].label),
    }
    return render(request, "registers/form.html", context, status=422 if context["failed"] else 200)


def _subject_asked(request: PageRequest, definition: Definition) -> list[Asked]:
    """The question for the subject; people of one organisation are not asked for whom they file."""
    kind = definition.subject
    if kind == "none":
        return []
    own = own_organisations(request.actor)
    if kind == "organisation" and not request.actor.has(Role.OFFICER, Role.ADMINISTRATOR) and len(own) == 1:
        return []
    asked = Asked("subject", said(definition.subject_label) or _("主体"), "picker", pick=kind, required=True)
    chosen = request.POST.get("subject") or request.GET.get("subject", "")
    if chosen.isdecimal() and kind == "organisation":
        from wulian.registers.selectors.showing import Reference

        try:
            asked.chosen = [
                Reference("organisation", int(chosen), get_organisation(viewer=request.actor, organisation_id=int(chosen)).name)
            ]
        except NotFound:
            asked.chosen = []
    asked.value = request.POST.get("subject.text", "")
    return [asked]


def _subject_id(request: PageRequest, reading: Reading) -> int | None:
    text = request.POST.get("subject", "")
    if text.startswith("new:"):
        from wulian.directory.services.people import add_person

        return add_person(by=request.actor, at=timezone.now(), name=text[4:]).pk
    return int(text) if text.isdecimal() and len(text) < 16 else None


def edit(request: PageRequest, register: str, number: str) -> HttpResponse:
    """Changing values. When someone else was quicker, what was typed stays and what they changed is shown."""
    view = _view(request, register, number)
    require(view.edits, act=_("修改“%(entry)s”") % {"entry": view.title}, reason=_("在“%(state)s”这一步不由您修改") % {"state": view.state})
    fields = fillable_fields(view)
    revision, typed, errors, theirs = view.entry.revision, None, [], []
    status = 200
    if request.method == "POST":
        reading = Reading(request, request.actor, fields, timezone.now())
        typed, revision = reading.given, _revision(request, view)
        problems = reading.problems
        if not problems:
            try:
                edit_entry(
                    by=request.actor, at=timezone.now(), on=asked_day(request), entry_id=view.entry.pk, revision=revision, values=typed,
                    reason=request.POST.get("reason", ""),
                )  # fmt: skip
            except EntryRefused as error:
                problems, status = list(error.problems), 422
            except EntryChanged as error:
                errors, status = [error.text(_)], 409
                theirs = _theirs(request, view, revision)
                revision = _view(request, register, number).entry.revision
            else:
                messages.success(request, _("已保存，旧值留在历史里。"))
                return redirect("entry", register, number)
        asked = questions(view.adopted, fields, view.values, request.actor, state=view.entry.state, typed=typed)
        errors += add_error(asked, problems)
        status = status if status != 200 else 422
    else:
        asked = questions(view.adopted, fields, view.values, request.actor, state=view.entry.state)
    context = {
        **shell(request, view.adopted, ""), "view": view, "entry": view.entry, "asked": asked, "revision": revision, "errors": errors, "theirs": theirs,
        "failed": status != 200, "needs_reason": any(rule.severity == "except" and not rule.at for rule in view.adopted.definition.rules),
        "reason": request.POST.get("reason", ""), "title": _("修改 %(title)s") % {"title": view.title},
    }  # fmt: skip
    return render(request, "registers/form.html", context, status=status)


def _theirs(request: PageRequest, view: EntryView, revision: int) -> list[tuple[str, Any, Any]]:
    """What others changed since the person opened the form."""
    fresh = _view(request, view.adopted.code, view.entry.number)
    return [change for item in history_of(viewer=request.actor, view=fresh) if item.event.revision > revision for change in item.changes]


def _revision(request: PageRequest, view: EntryView) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else view.entry.revision


def step(request: PageRequest, register: str, number: str, step: str) -> HttpResponse:
    """Taking a step: what it asks for is on one page, with everything that is still missing told before it is sent."""
    view, on = _view(request, register, number), asked_day(request)
    transition = view.adopted.definition.transition(step)
    if transition is None:
        raise NotFound(what=_("这一步"))
    fields = _fields_of_step(view, transition.needs, transition.evidence, step)
    found = next((item for item in next_steps(viewer=request.actor, view=view, on=on) if item.step.code == step), None)
    require(
        found is not None,
        act=_("“%(step)s”") % {"step": said(transition.label)},
        reason=_("现在是“%(what)s”，不能办这一步") % {"what": view.state}
        if view.entry.state not in transition.from_
        else _("这一步由%(what)s办理") % {"what": _("、").join(str(who_word(word)) for word in transition.who)},
    )
    must = (*transition.needs, *transition.evidence)
    typed, errors, status, revision = None, [], 200, view.entry.revision
    day = request.POST.get("on") or on.isoformat()
    if request.method == "POST":
        reading = Reading(request, request.actor, fields, timezone.now())
        typed, revision = reading.given, _revision(request, view)
        problems = reading.problems
        if not problems:
            try:
                taken_on = date.fromisoformat(day)
                take_step(
                    by=request.actor, at=timezone.now(), on=taken_on, entry_id=view.entry.pk, step=step, revision=revision, values=typed,
                    reason=request.POST.get("reason", ""),
                )  # fmt: skip
            except ValueError:
                errors, status = [_("“%(text)s”不是 2026-03-02 这样的日期") % {"text": day[:20]}], 422
            except EntryRefused as error:
                problems, status = list(error.problems), 422
            except EntryChanged as error:
                errors, status = [error.text(_)], 409
            else:
                messages.success(request, _("已办：%(step)s。") % {"step": said(transition.label)})
                return redirect("entry", register, number)
        asked = questions(view.adopted, fields, view.values, request.actor, state=view.entry.state, typed=typed, must=must)
        errors += add_error(asked, problems)
        status = status if status != 200 else 422
    else:
        asked = questions(view.adopted, fields, view.values, request.actor, state=view.entry.state, must=must)
    judged = found.judged if found else None
    listed = {item.name for item in asked}
    context = {
        **shell(request, view.adopted, ""), "view": view, "entry": view.entry, "asked": asked, "step": transition, "step_label": said(transition.label),
        "target": found.target if found else "", "errors": errors, "failed": status != 200, "revision": revision, "day": day,
        "waiting": [p.text(_) for p in judged.problems if p.field not in listed and p.code != "missing_reason"] if judged and request.method != "POST" else [],
        "exceptions": [broken.zh for broken in judged.exceptions] if judged else [],
        "needs_reason": transition.back or transition.reason or bool(judged and judged.exceptions), "reason": request.POST.get("reason", ""),
        "title": f"{view.title}{_('：')}{said(transition.label)}",
    }  # fmt: skip
    return render(request, "registers/step.html", context, status=status)


def _fields_of_step(view: EntryView, needs: Any, evidence: Any, step: str) -> list[FieldDefinition]:
    """Fields that a step asks for: its needs and evidence, what the next state requires, and what its rules look at."""
    transition = view.adopted.definition.transition(step)
    assert transition is not None
    codes = {*needs, *evidence}
    codes |= {code for code, states in view.adopted.required.items() if transition.to in states and view.values.get(code) in (None, "", [])}
    codes |= {condition.field for rule in view.adopted.definition.rules if step in rule.at for condition in rule.must}
    return [field for field in fillable_fields(view) if field.code in codes]


@require_POST
def void(request: PageRequest, register: str, number: str) -> HttpResponse:
    view = _view(request, register, number)
    return _with_reason(request, view, void_entry, _("已作废：列表和计数里不再有它，需要时可以恢复。"))


@require_POST
def restore(request: PageRequest, register: str, number: str) -> HttpResponse:
    view = _view(request, register, number)
    return _with_reason(request, view, restore_entry, _("已恢复。"))


def _with_reason(request: PageRequest, view: EntryView, act: Any, done: str) -> HttpResponse:
    try:
        act(by=request.actor, at=timezone.now(), on=asked_day(request), entry_id=view.entry.pk, reason=request.POST.get("reason", ""))
    except (EntryRefused, EntryChanged) as error:
        messages.error(request, error.text(_))
    else:
        messages.success(request, done)
    return redirect("entry", view.adopted.code, view.entry.number)


def download(request: PageRequest, register: str, number: str, field: str, file: int) -> HttpResponseBase:
    """A file of an entry, if the reader may see the entry and the field."""
    view = _view(request, register, number)
    stored, handle = open_entry_file(view=view, field=field, file_id=file)
    return FileResponse(handle, as_attachment=True, filename=stored.name, content_type=stored.content_type)
