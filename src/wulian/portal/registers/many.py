"""Many entries at once: a step with a preview, and the workbook that goes out, is edited offline and comes back."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.foundation.files import open_stored, own_files, store_upload
from wulian.kernel.errors import NotFound, WulianError
from wulian.portal.requests import PageRequest
from wulian.registers.catalogue import Adopted, get_adopted
from wulian.registers.selectors.entries import new_fields
from wulian.registers.selectors.questions import list_entries
from wulian.registers.selectors.showing import Reader
from wulian.registers.services.sheets import Sheet, apply_sheet, read_sheet, write_sheet
from wulian.registers.services.steps import MOST_AT_ONCE, preview_steps, take_steps
from wulian.registers.wording import said

from .forms import Reading, questions
from .lists import question_of
from .shell import asked_day, shell

SHOWN = 200


def move(request: PageRequest, register: str) -> HttpResponse:
    """A step with several entries: chosen ones (`entry`), or all that the list asks for (`all`). First a preview, then the act."""
    adopted, on = get_adopted(register), asked_day(request)
    data = request.POST if request.method == "POST" else request.GET
    step = adopted.definition.transition(data.get("step", ""))
    if step is None:
        raise NotFound(what=_("这一步"))
    chosen = [int(text) for text in data.getlist("entry")[: MOST_AT_ONCE + 1] if text.isdecimal() and len(text) < 16]
    found = list_entries(viewer=request.actor, adopted=adopted, question=question_of(request), on=on)
    if not data.get("all"):
        found = found.model.objects.filter(pk__in=found.values("pk")).filter(pk__in=chosen)
    entries = list(found.select_related("subject", "subject_person", "region")[: MOST_AT_ONCE + 1])
    fields = [field for field in new_fields(viewer=request.actor, adopted=adopted) if field.code in {*step.needs, *step.evidence}]
    reading = Reading(request, request.actor, fields, timezone.now()) if request.method == "POST" else None
    values = {code: value for code, value in reading.given.items() if value not in ("", [], None)} if reading else {}
    reason = data.get("reason", "")
    if request.method == "POST" and data.get("sure") and reading is not None and not reading.problems:
        revisions = _revisions(data.getlist("revision"))
        gone, stayed = take_steps(
            by=request.actor,
            at=timezone.now(),
            on=_day(data.get("on", ""), on),
            revisions=revisions,
            step=step.code,
            values=values,
            reason=reason,
        )
        messages.success(request, _("%(count)s 条已办“%(step)s”。") % {"count": gone, "step": said(step.label)})
        numbers = {entry.pk: entry.number for entry in entries}
        for entry_id, text in stayed[:10]:
            messages.warning(request, f"{numbers.get(entry_id, entry_id)}{_('：')}{text}")
        return redirect("register", adopted.code)
    results = preview_steps(
        viewer=request.actor,
        adopted=adopted,
        entries=entries,
        step=step.code,
        on=_day(data.get("on", ""), on),
        values=values,
        reason=reason,
    )
    allowed = [result for result in results if result.allowed]
    context = {
        **shell(request, adopted, ""),
        "step": step,
        "step_label": said(step.label),
        "results": sorted(results, key=lambda result: result.allowed)[:SHOWN],
        "allowed": allowed,
        "refused": len(results) - len(allowed),
        "asked": questions(
            adopted, fields, {}, request.actor, state=step.to, typed=reading.given if reading else None, must=(*step.needs, *step.evidence)
        ),
        "errors": [problem.text(_) for problem in reading.problems] if reading else [],
        "reason": reason,
        "needs_reason": step.back or step.reason or any(broken.severity == "except" for broken in adopted.definition.rules),
        "day": data.get("on") or on.isoformat(),
        "query": question_of(request).address(),
        "all": data.get("all", ""),
        "chosen": chosen if not data.get("all") else [],
        "title": _("%(step)s：%(allowed)s 条可办，%(refused)s 条不可办")
        % {"step": said(step.label), "allowed": len(allowed), "refused": len(results) - len(allowed)},
    }
    return render(request, "registers/move.html", context)


def _day(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        return default


def _revisions(texts: list[str]) -> dict[int, int]:
    found = {}
    for text in texts:
        pk, colon, revision = text.partition(":")
        if colon and pk.isdecimal() and revision.isdecimal() and len(text) < 30:
            found[int(pk)] = int(revision)
    return found


def sheet(request: PageRequest, register: str) -> HttpResponseBase:
    """The workbook of exactly the list."""
    adopted, on = get_adopted(register), asked_day(request)
    found = list_entries(viewer=request.actor, adopted=adopted, question=question_of(request), on=on)
    handle = io.BytesIO()  # closed by the response
    write_sheet(
        viewer=request.actor,
        adopted=adopted,
        entries=found.select_related("body", "subject", "subject_person", "region")[:5_001],
        out=handle,
    )
    handle.seek(0)
    return FileResponse(handle, as_attachment=True, filename=f"{said(adopted.definition.name)}.xlsx")


def upload(request: PageRequest, register: str) -> HttpResponse:
    """Uploading an edited workbook: what it would change, conflicts cell by cell; then doing it."""
    adopted, on = get_adopted(register), asked_day(request)
    context: dict[str, Any] = {**shell(request, adopted, ""), "title": _("上传改好的表格")}
    if request.method != "POST":
        return render(request, "registers/sheet.html", context)
    try:
        stored = _stored(request)
        with open_stored(stored) as handle:
            found = read_sheet(viewer=request.actor, adopted=adopted, upload=handle)
        if request.POST.get("sure"):
            keep = frozenset(
                (number, code)
                for key in request.POST
                if key.startswith("conflict|") and request.POST[key] == "theirs"
                for _c, number, code in [key.split("|", 2)]
            )
            done = apply_sheet(
                by=request.actor, at=timezone.now(), on=on, sheet=found, keep_theirs=keep, reason=request.POST.get("reason", "")
            )
            messages.success(request, _("改了 %(changed)s 条，新增 %(added)s 条。") % {"changed": done.changed, "added": done.added})
            if not done.stayed:
                return redirect("register", adopted.code)
            return render(
                request,
                "registers/sheet.html",
                {**context, "stayed": done.stayed, "title": _("%(count)s 行没有改成") % {"count": len(done.stayed)}},
            )
    except WulianError as error:
        return render(request, "registers/sheet.html", {**context, "error": error.text(_)}, status=error.status)
    return render(request, "registers/sheet.html", {**context, **_held(request, adopted, found), "file": stored.pk})


def _stored(request: PageRequest) -> Any:
    number = request.POST.get("file", "")
    if number.isdecimal():
        return own_files(by=request.actor, ids=[int(number)])[0]
    upload = request.FILES.get("workbook")
    if upload is None:
        raise NotFound(what=_("上传的文件"))
    return store_upload(by=request.actor, upload=upload, name=upload.name or "", at=timezone.now(), allowed=("xlsx",))


def _held(request: PageRequest, adopted: Adopted, found: Sheet) -> dict[str, Any]:
    """What an upload would do, for the page."""
    every = [{c.field.code: value} for row in found.rows for c in row.changes for value in (c.base, c.mine, c.theirs) if value is not None]
    reader = Reader(request.actor, adopted, every)

    def shown(row: Any) -> dict[str, Any]:
        cells = [
            {
                "label": said(change.field.label), "base": reader.cell(change.field, change.base), "mine": reader.cell(change.field, change.mine),
                "theirs": reader.cell(change.field, change.theirs), "conflict": change.conflict, "key": f"conflict|{row.number}|{change.field.code}",
            }
            for change in row.changes
        ]  # fmt: skip
        return {"row": row, "cells": cells, "problems": [problem.text(_) for problem in row.problems], "new": row.entry is None}

    rows = [shown(row) for row in found.rows]
    conflicts = sum(len(row.conflicts) for row in found.rows)
    good = [row for row in found.rows if not row.problems]
    title = _("%(changed)s 条有改动，%(new)s 条新增，%(conflicts)s 格与别人改的冲突") % {
        "changed": len(found.changed), "new": len(found.new), "conflicts": conflicts
    }  # fmt: skip
    return {
        "rows": rows[:SHOWN],
        "more": max(0, len(rows) - SHOWN),
        "sheet": found,
        "conflicts": conflicts,
        "good": len(good),
        "bad": len(found.bad),
        "title": title,
        "held": True,
    }
