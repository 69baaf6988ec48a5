"""The audit record, the background jobs, and who may open what."""

from __future__ import annotations

import json
import re
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import get_resolver
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wulian.foundation.access import Actor, Grant, Role
from wulian.foundation.exports import export_response
from wulian.foundation.record_reading import (
    STATES,
    action_word,
    as_jobs,
    job_counts,
    list_events,
    list_jobs,
    model_of,
    object_types,
    object_word,
)
from wulian.portal.access_table import access_table
from wulian.portal.requests import PageRequest
from wulian.portal.templatetags.wulian import day

from .forms import AuditFilter


def filtered_events(request: PageRequest) -> tuple[AuditFilter, Any, Any]:
    """The filter form, the events without the filter by kind of object (for its counts), and the events asked for."""
    form = AuditFilter(request.GET)
    values = form.cleaned_data if form.is_valid() else {}
    options = {"text": values.get("q", ""), "first": values.get("first"), "last": values.get("last"), "object_id": values.get("id", "")}
    everything = list_events(viewer=request.actor, **options)
    return form, everything, list_events(viewer=request.actor, object_type=values.get("object", ""), **options)


@require_safe
def audit(request: PageRequest) -> HttpResponse:
    form, everything, found = filtered_events(request)
    page = Paginator(found, 40).get_page(request.GET.get("page"))
    events = [
        {"event": event, "act": action_word(event.action), "kind": object_word(event.object_type), "model": model_of(event.object_type)}
        for event in page
    ]
    kinds = [("", _("全部"), everything.count()), *object_types(everything)[:10]]
    return render(request, "admin_pages/audit.html", {"form": form, "page": page, "events": events, "kinds": kinds, "total": found.count()})


@require_safe
def audit_export(request: PageRequest, kind: str) -> HttpResponseBase:
    _form, _everything, found = filtered_events(request)
    columns = [
        _("时间"),
        _("操作人"),
        _("动作"),
        _("对象类型"),
        _("对象"),
        _("编号"),
        _("区域"),
        _("理由"),
        _("之前"),
        _("之后"),
        _("来源"),
    ]

    def as_text(state: Any) -> str:
        return "" if state is None else json.dumps(state, ensure_ascii=False)

    rows = (
        [day(e.at), e.actor, action_word(e.action), object_word(e.object_type), e.object_label, e.object_id, e.region, e.reason,
         as_text(e.before), as_text(e.after), e.source]
        for e in found.iterator(chunk_size=2000)
    )  # fmt: skip
    return export_response(kind, columns, rows, _("审计记录"))


@require_safe
def jobs(request: PageRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    counts = job_counts(viewer=request.actor)
    states = [("", _("全部"), sum(counts.values())), *((code, word, counts.get(code, 0)) for code, word in STATES.items())]
    page = Paginator(list_jobs(viewer=request.actor, state=state if state in STATES else ""), 40).get_page(request.GET.get("page"))
    kinds = {"READY": "none", "RUNNING": "pace", "FAILED": "late", "SUCCESSFUL": "ok"}
    shown = [{"job": job, "word": STATES.get(job.state, job.state), "kind": kinds.get(job.state, "none")} for job in as_jobs(page)]
    return render(request, "admin_pages/jobs.html", {"page": page, "jobs": shown, "states": states, "failed": counts.get("FAILED", 0)})


def route_paths() -> dict[str, str]:
    """Route name -> its address, with the places in it by name: /plans/<plan_id>/."""
    found = {}
    routes: Any = get_resolver().reverse_dict
    for name in routes:
        if isinstance(name, str):
            possibilities, _pattern, _defaults, _converters = routes[name]
            found[name] = "/" + re.sub(r"%\((\w+)\)s", r"<\1>", possibilities[0][0])
    return found


@require_safe
def access(request: PageRequest) -> HttpResponse:
    """Roles against pages, worked out from the guards themselves, so the table cannot differ from what happens."""
    actors = [(_("未登录"), Actor(user_id=None, name=""))]
    actors += [(str(role.label), Actor(user_id=0, name="", grants=(Grant(role=role),))) for role in Role]
    paths = route_paths()
    groups: dict[str, dict[str, Any]] = {}
    for name, guard in sorted(access_table().items(), key=lambda item: paths.get(item[0], "")):
        path = paths.get(name)
        if path is None:
            continue
        group = groups.setdefault(
            guard.name,
            {"reason": guard.reason or _("人人可看"), "allowed": [guard.allows(actor) for _label, actor in actors], "paths": []},
        )
        group["paths"].append(path)
    ordered = sorted(groups.values(), key=lambda group: -sum(group["allowed"]))
    return render(request, "admin_pages/access.html", {"roles": [label for label, _actor in actors], "groups": ordered})
