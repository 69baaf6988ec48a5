"""Reporting values, verifying them, and opening one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wulian.chains.governance.access import may_edit, require_report
from wulian.chains.governance.selectors.indicator_page import current_report, evidence_of, get_observation, summed_snapshots
from wulian.chains.governance.selectors.indicators import get_indicator, shortened
from wulian.chains.governance.services.observations import report_observation, return_observation, verify_observation
from wulian.chains.governance.wording import plain
from wulian.directory.selectors.figures import open_snapshot
from wulian.foundation.access import Role
from wulian.foundation.catalogue import metrics
from wulian.foundation.exports import FORMATS
from wulian.foundation.files import open_stored, refused_upload, store_upload
from wulian.kernel.errors import Conflict, WulianError
from wulian.portal.figures.views import table
from wulian.portal.plans.forms import ReportForm
from wulian.portal.requests import PageRequest
from wulian.portal.words import unit_word

EVIDENCE_KINDS = ("pdf", "docx", "xlsx", "png", "jpeg", "text", "ole")
EVIDENCE_LIMIT = 20 * 1024 * 1024
FIRST = 20


@require_http_methods(["GET", "POST"])
def observation_report(request: PageRequest, indicator_id: int) -> HttpResponse:
    indicator = get_indicator(request.actor, indicator_id)
    require_report(request.actor, indicator)
    standing = current_report(request.actor, indicator, request.on)
    initial = {"as_of": request.on, "expected": standing.pk if standing else 0}
    if standing and standing.value is not None:
        initial["value"] = format(standing.value.normalize(), "f")
    form = ReportForm(request.POST or None, request.FILES or None, initial=initial)
    conflict = None
    if refused := refused_upload(request.META):
        form.add_error("evidence", refused.text(_))
    elif request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        upload = values.pop("evidence")
        asked = values["as_of"]
        # The form was opened for one date; for another one, nothing had been seen.
        if asked != request.on:
            values["expected"] = None
        try:
            files = [_store(request, upload)] if upload else []
            report_observation(
                by=request.actor,
                at=timezone.now(),
                indicator_id=indicator_id,
                unit_organisation_id=_unit(request, indicator),
                evidence_ids=[file.pk for file in files],
                **values,
            )
        except Conflict as error:
            conflict = error.text(_)
            standing = current_report(request.actor, indicator, asked)
            form = ReportForm({**request.POST.dict(), "expected": standing.pk if standing else 0})
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已报送，等待核实。"))
            return redirect("indicator", indicator_id)
    context = {
        "plan": indicator.plan,
        "indicator": indicator,
        "form": form,
        "standing": standing,
        "conflict": conflict,
        "share": indicator.kind == "share",
        "cumulative": indicator.kind == "cumulative",
        "title": _("填报“%(name)s”") % {"name": indicator.name},
    }
    return render(request, "plans/report.html", context, status=409 if conflict else 200)


def _store(request: PageRequest, upload: Any) -> Any:
    return store_upload(by=request.actor, upload=upload, name=upload.name, at=timezone.now(), allowed=EVIDENCE_KINDS, limit=EVIDENCE_LIMIT)


def _unit(request: PageRequest, indicator: Any) -> int | None:
    """The unit for which the person reports: the owner's, or the officer's own."""
    mine = request.actor.organisations_as(Role.REPORTER)
    if indicator.owner_id in mine or indicator.owner_id is not None:
        return indicator.owner_id
    return min(request.actor.organisations_as(Role.OFFICER), default=None)


@require_GET
def observation_view(request: PageRequest, observation_id: int) -> HttpResponse:
    """Where a value comes from: in the drawer, or as a page of its own."""
    observation = get_observation(request.actor, observation_id)
    indicator = observation.indicator
    context: dict[str, Any] = {
        "observation": observation,
        "indicator": indicator,
        "plan": indicator.plan,
        "evidence": evidence_of(request.actor, observation),
        "may_edit": may_edit(request.actor, indicator.plan),
        "own": observation.recorded_by_id == request.actor.user_id,
        "title": _("%(value)s%(unit)s 从哪来")
        % {"value": plain(shortened(observation.value)), "unit": unit_word(indicator.unit) if observation.value is not None else ""},
    }
    if observation.snapshot is not None:
        context |= _figure(request, observation.snapshot) | {"summed": summed_snapshots(observation)}
    template = "plans/_observation.html" if request.htmx else "plans/observation.html"
    return render(request, template, context)


def _figure(request: PageRequest, snapshot: Any) -> dict[str, Any]:
    """Definition and first records of every part of the snapshot, as far as the viewer may see them."""
    metric = metrics.find(snapshot.metric)
    if metric is None:
        return {"snapshot": snapshot}
    parts = []
    for part in metric.parts:
        found = open_snapshot(request.actor, snapshot.pk, part.key, limit=FIRST)
        address = {kind: f"{reverse('snapshot_export', args=[snapshot.pk, kind])}?part={part.key}" for kind in FORMATS}
        parts.append(
            {
                "part": part,
                "count": found.count,
                "table": table(part, found.rows, narrow=bool(request.htmx)),
                "list": f"{reverse('snapshot_records', args=[snapshot.pk])}?part={part.key}",
                "exports": address.items(),
            }
        )
    return {"snapshot": snapshot, "metric": metric, "parts": parts}


@require_POST
def observation_decide(request: PageRequest, observation_id: int) -> HttpResponse:
    observation = get_observation(request.actor, observation_id)
    note = request.POST.get("note", "")
    if request.POST.get("decision") == "verify":
        verify_observation(by=request.actor, at=timezone.now(), observation_id=observation_id, note=note)
        messages.success(request, _("已核实，公众从现在起看得到。"))
    elif request.POST.get("decision") == "return":
        return_observation(by=request.actor, at=timezone.now(), observation_id=observation_id, reason=note)
        messages.success(request, _("已退回，填报单位会看到理由。"))
    else:
        raise Http404
    return redirect("indicator", observation.indicator_id)


@require_GET
def observation_evidence(request: PageRequest, observation_id: int, file_id: int) -> HttpResponseBase:
    observation = get_observation(request.actor, observation_id)
    stored = evidence_of(request.actor, observation).filter(pk=file_id).first()
    if stored is None:
        raise Http404
    return FileResponse(open_stored(stored), as_attachment=True, filename=stored.name, content_type=stored.content_type)
