"""The review page and the officer's decisions on it. Every act is a plain form; htmx only spares the reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wulian.chains.governance.selectors import extraction as selectors
from wulian.chains.governance.services import extraction as services
from wulian.chains.governance.services import extraction_units as unit_services
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.kernel.errors import Conflict, Invalid, WulianError

from .asking import actor_of, back, integer, versions
from .forms import AddForm, GroupForm, MentionForm, SplitForm, TaskForm

TABS = ("indicators", "tasks", "findings")


def plan_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The text beside what was read from it."""
    tab = request.GET.get("tab", "indicators")
    section = integer(request, "section")
    page = selectors.review(
        viewer=actor_of(request),
        plan_id=pk,
        tab=tab if tab in TABS else "indicators",
        state=request.GET.get("state", ""),
        section=None if section is None else section - 1,
        page=integer(request, "page") or 1,
        focus=integer(request, "row"),
        finding=integer(request, "finding"),
    )
    if page.document.state != "read":
        return render(request, "review/reading.html", {"plan": page.plan, "document": page.document})
    units = selectors.unit_names(viewer=actor_of(request), plan=page.plan) if page.editable else []
    context = {
        "review": page,
        "plan": page.plan,
        "units": units,
        "states": _state_chips(page),
        "tabs": [
            ("indicators", _("指标"), page.queue["indicators"]),
            ("tasks", _("任务"), page.queue["tasks"]),
            ("findings", _("核对发现"), len(page.findings)),
        ],
        "section_number": page.section + 1,
        "done": page.progress.get("tasks" if page.tab == "tasks" else "indicators", (0, 0)),
        "here": request.get_full_path(),
    }
    return render(request, "review/review.html", context)


def _state_chips(page: selectors.Review) -> list[tuple[str, str, int]]:
    words = [("", _("全部")), ("pending", _("待核")), ("accepted", _("采用")), ("rejected", _("不采用"))]
    if page.tab != "tasks":
        words.append(("flagged", _("要看一眼")))
    return [(code, word, page.counts.get(code, 0)) for code, word in words]


@require_POST
def plan_review_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, reject, reopen, merge: acts that need nothing but the rows and the versions seen."""
    actor, act = actor_of(request), request.POST.get("act", "")
    document_id = selectors.reading_state(viewer=actor, plan_id=pk).pk
    act, _colon, argument = act.partition(":")
    known: dict[str, Callable[[], str]] = {
        "accept": lambda: _told(
            services.accept(by=actor, document_id=document_id, rows=_rows(request), at=timezone.now()), _("采用 %(count)s 条")
        ),
        "reject": lambda: _told(
            services.reject(by=actor, document_id=document_id, rows=_rows(request), at=timezone.now()), _("不采用 %(count)s 条")
        ),
        "reopen": lambda: _told(
            services.reopen(by=actor, document_id=document_id, rows=_rows(request), at=timezone.now()), _("退回待核 %(count)s 条")
        ),
        "accept_all": lambda: _accept_all(actor, document_id, argument),
        "merge_group": lambda: _merge_group(request, actor, document_id, argument),
        "unmerge_group": lambda: _told(
            services.undo_group_merge(by=actor, document_id=document_id, key=request.POST.get("key", ""), at=timezone.now()),
            _("拆回 %(count)s 条"),
        ),
        "metric": lambda: _bind(request, actor, document_id, argument),
        "bind_all": lambda: _told(
            services.bind_suggested(by=actor, document_id=document_id, at=timezone.now()), _("%(count)s 项指标绑定了建议的口径")
        ),
        "owner_all": lambda: _own_all(request, actor, pk, document_id),
    }
    if act not in known:
        raise Invalid(field=_("操作"), why=_("没有“%(act)s”这一步") % {"act": act[:20]})
    messages.success(request, known[act]())
    return back(request, reverse("plan_review", args=[pk]))


def _rows(request: HttpRequest) -> dict[int, int]:
    return versions(" ".join(request.POST.getlist("rows")))


def _told(count: int, text: str) -> str:
    return text % {"count": count}


def _accept_all(actor: Actor, document_id: int, argument: str) -> str:
    what, _dash, only = argument.partition("-")
    count = services.accept_all(
        by=actor, document_id=document_id, what="task" if what == "tasks" else "indicator", at=timezone.now(), only_table=only == "table"
    )
    return _told(count, _("采用 %(count)s 条"))


def _merge_group(request: HttpRequest, actor: Actor, document_id: int, drop: str) -> str:
    count = services.merge_groups(by=actor, document_id=document_id, keep=request.POST.get("key", ""), drop=drop, at=timezone.now())
    return _told(count, _("并入 %(count)s 条，可以撤销"))


def _bind(request: HttpRequest, actor: Actor, document_id: int, code: str) -> str:
    services.edit_group(
        by=actor,
        document_id=document_id,
        key=request.POST.get("key", ""),
        rows=versions(request.POST.get("group_rows", "")),
        changes={"metric": code},
        at=timezone.now(),
    )
    metric = metrics.find(code)
    return _("已绑定口径“%(metric)s”") % {"metric": metric.name if metric else code}


def _own_all(request: HttpRequest, actor: Actor, pk: int, document_id: int) -> str:
    owner = _unit(request, actor, pk, request.POST.get("owner", ""))
    if owner is None:
        raise Invalid(field=_("责任单位"), why=_("不能为空"))
    count = services.own_all(by=actor, document_id=document_id, owner_id=owner, at=timezone.now())
    return _told(count, _("%(count)s 条摘录有了责任单位"))


def _unit(request: HttpRequest, actor: Actor, pk: int, name: str) -> int | None:
    """The unit that a typed name means. Raises: Invalid with what to do."""
    if not name.strip():
        return None
    plan = selectors.get_plan_for_review(viewer=actor, plan_id=pk)
    found = selectors.find_unit(viewer=actor, plan=plan, name=name.strip())
    if found is None:
        raise Invalid(field=_("责任单位"), why=_("目录里没有“%(name)s”；请从提示里选，或在任务页上新建这个单位") % {"name": name.strip()})
    return found


def plan_review_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an indicator as a whole."""
    actor = actor_of(request)
    key = request.POST.get("key") or request.GET.get("key", "")
    group = selectors.get_group(viewer=actor, plan_id=pk, key=key)
    suggested = [(one.metric.code, f"{one.metric.name}（{one.reason}）") for one in group.suggestions]
    others = [(one.code, str(one.name)) for one in metrics.all_metrics() if one.code not in dict(suggested)]
    form = GroupForm(
        request.POST or None,
        choices=selectors.choices(),
        metrics=[*suggested, *others],
        initial={**group.head.values, "owner": group.owner_name, "metric": group.metric},
    )

    def save(data: dict[str, Any]) -> None:
        document = selectors.reading_state(viewer=actor, plan_id=pk)
        changes = {**data, "owner": _unit(request, actor, pk, data["owner"])}
        rows = versions(request.POST.get("rows", ""))
        services.edit_group(by=actor, document_id=document.pk, key=key, rows=rows, changes=changes, at=timezone.now())

    context = {"group": group, "row": group.head, "key": key, "title": _("改指标：%(name)s") % {"name": group.head.values["name"]}}
    return _edit(request, pk, form, save, context, current={**group.head.values, "owner": group.owner_name, "metric": group.metric})


def plan_review_mention(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Correct one value of an indicator."""
    actor = actor_of(request)
    found = selectors.get_row(viewer=actor, plan_id=pk, extraction_id=row)
    form = MentionForm(request.POST or None, choices=selectors.choices(), initial={**found.values, "version": found.version})

    def save(data: dict[str, Any]) -> None:
        services.edit_mention(by=actor, extraction_id=row, version=data.pop("version"), changes=data, at=timezone.now())

    title = _("改数：%(name)s，%(year)s 年") % {"name": found.values["name"], "year": found.values["year"]}
    return _edit(request, pk, form, save, {"row": found, "title": title}, current=found.values)


def plan_review_task(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Correct a task; its units have their own small forms on the page."""
    actor = actor_of(request)
    found = selectors.get_row(viewer=actor, plan_id=pk, extraction_id=row)
    form = TaskForm(request.POST or None, initial={**found.values, "version": found.version})

    def save(data: dict[str, Any]) -> None:
        unit_services.edit_task(by=actor, extraction_id=row, version=data.pop("version"), changes=data, at=timezone.now())

    title = _("改任务：%(title)s") % {"title": found.values["title"]}
    return _edit(request, pk, form, save, {"row": found, "title": title, "tab": "tasks"}, current=found.values)


def plan_review_split(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Make one mention an indicator of its own."""
    actor = actor_of(request)
    found = selectors.get_row(viewer=actor, plan_id=pk, extraction_id=row)
    form = SplitForm(request.POST or None, initial={"name": found.printed.get("name") or found.values["name"], "version": found.version})

    def save(data: dict[str, Any]) -> None:
        services.split(by=actor, extraction_id=row, version=data["version"], name=data["name"], at=timezone.now())

    return _edit(request, pk, form, save, {"row": found, "title": _("拆成单独一项")}, current=found.values)


def plan_review_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add what the reader missed, by selecting its words in the text."""
    actor = actor_of(request)
    document = selectors.reading_state(viewer=actor, plan_id=pk)
    start, end = integer(request, "start"), integer(request, "end")
    quote = document.text[start:end] if start is not None and end is not None else ""
    initial = {
        "what": "task" if request.GET.get("tab") == "tasks" else "indicator",
        "quote": quote,
        "start": start,
        "name": quote[:60].strip(),
        "year": document.plan.last_year,
        "mention": "target",
        "comparator": "=",
    }
    form = AddForm(request.POST or None, choices=selectors.choices(), initial=initial)

    def save(data: dict[str, Any]) -> None:
        span = selectors.locate(document.text, data["quote"], data["start"])
        if data["what"] == "task":
            unit_services.add_task(by=actor, document_id=document.pk, span=span, values={"title": data["name"]}, at=timezone.now())
            return
        values = {
            "name": data["name"],
            "unit": data["unit"],
            "year": data["year"] or document.plan.last_year,
            "mention": data["mention"] or "target",
            "comparator": data["comparator"] or "=",
            "value": data["value"],
            "number_state": "numbered" if data["value"] else "qualitative",
        }
        services.add_mention(by=actor, document_id=document.pk, span=span, values=values, at=timezone.now())

    return _edit(request, pk, form, save, {"title": _("补一条")}, current={})


@require_POST
def plan_review_unit(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Say which organisation a printed unit is, add, drop or create one."""
    actor, act, at = actor_of(request), request.POST.get("act", ""), timezone.now()
    version, index = int(request.POST.get("version") or 0), int(request.POST.get("index") or 0)
    role = request.POST.get("role", "participant")
    name = request.POST.get("unit", "").strip()
    if act == "set":
        chosen = request.POST.get("candidate", "")
        unit = int(chosen) if chosen.isdigit() else _unit(request, actor, pk, name)
        unit_services.set_unit(by=actor, extraction_id=row, version=version, index=index, organisation_id=unit, role=role, at=at)
    elif act == "add":
        unit_services.add_unit(by=actor, extraction_id=row, version=version, name=name, role=role, at=at)
    elif act == "remove":
        unit_services.remove_unit(by=actor, extraction_id=row, version=version, index=index, at=at)
    elif act == "create":
        plan = selectors.get_plan_for_review(viewer=actor, plan_id=pk)
        document_id = selectors.get_document_of(plan).pk
        unit_services.create_unit(by=actor, document_id=document_id, name=name, region=str(plan.region_id), at=at)
        messages.success(request, _("已建“%(name)s”，全文同名之处都对应到它。") % {"name": name})
    else:
        raise Invalid(field=_("操作"), why=_("没有“%(act)s”这一步") % {"act": act[:20]})
    return back(request, f"{reverse('plan_review', args=[pk])}?tab=tasks&row={row}")


def _edit(
    request: HttpRequest, pk: int, form: Any, save: Callable[[dict[str, Any]], None], context: dict[str, Any], *, current: dict[str, Any]
) -> HttpResponse:
    """Show a small form (in the drawer or as a page), save it, and on a conflict show both values without losing either."""
    plan = selectors.get_plan_for_review(viewer=actor_of(request), plan_id=pk)
    conflict = ""
    if request.method == "POST" and form.is_valid():
        try:
            save(dict(form.cleaned_data))
        except Conflict as error:
            conflict = error.text(_)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已保存。"))
            return back(request, _home(pk, context))
    if conflict:
        labels = {name: str(field.label) for name, field in form.fields.items() if field.label and name not in ("version", "key")}
        context["now"] = {label: current.get(name) for name, label in labels.items() if name in current}
        context["sent"] = {label: form.cleaned_data.get(name) for name, label in labels.items() if name in current}
        if "version" in form.fields and (row := context.get("row")) is not None:
            form.data = form.data.copy()
            form.data["version"] = row.version  # seen now: sending again is a decision made with both values in view
    context |= {
        "form": form,
        "plan": plan,
        "conflict": conflict,
        "back": request.POST.get("back") or request.GET.get("back") or _home(pk, context),
    }
    template = "review/_edit.html" if getattr(request, "htmx", False) else "review/edit.html"
    return render(request, template, context, status=409 if conflict else 422 if form.errors else 200)


def _home(pk: int, context: dict[str, Any]) -> str:
    row = context.get("row")
    tab = "&tab=tasks" if context.get("tab") == "tasks" else ""
    return reverse("plan_review", args=[pk]) + (f"?row={row.pk}{tab}" if row is not None else "")
