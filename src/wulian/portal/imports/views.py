"""Uploading a register, mapping its columns, watching it come in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wulian.directory.importing.jobs import enqueue_batch, resume_batch
from wulian.foundation.files import refused_upload
from wulian.foundation.imports import declare
from wulian.foundation.imports.selectors.batches import BatchView, earlier_imports, get_batch, imported_counts, list_batches, view_of
from wulian.foundation.imports.services.batches import cancel_import, confirm_mapping, start_import
from wulian.kernel.errors import WulianError
from wulian.portal.requests import PageRequest
from wulian.registers.importing import PREFIX

from .forms import MappingForm, UploadForm

PILLS = {"waiting": "warn", "queued": "pace", "running": "pace", "finished": "ok", "failed": "late", "cancelled": "none"}


def imports(request: PageRequest) -> HttpResponse:
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    everything = list_batches(viewer=request.actor)
    found = list_batches(viewer=request.actor, kind=kind, state=state)
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    now = timezone.now()
    counts = dict(everything.order_by().values_list("kind").annotate(number=Count("pk")))
    waiting = list_batches(viewer=request.actor, state="waiting").count()
    context = {
        "title": _title(everything.count(), waiting),
        "page": page,
        "rows": [(view_of(batch, at=now), PILLS[view_of(batch, at=now).state]) for batch in page],
        "total": everything.count(),
        "kinds": [
            ("", _("全部"), everything.count()),
            *(
                (item.kind, item.label, counts.get(item.kind, 0))
                for item in declare.all_importers()
                if item.kind in counts or item.subject != "entry"
            ),
        ],
    }
    return render(request, "imports/list.html", context)


def _title(total: int, waiting: int) -> str:
    if not total:
        return _("数据导入")
    if waiting:
        return ngettext("%(count)s 份文件等待确认列对照", "%(count)s 份文件等待确认列对照", waiting) % {"count": waiting}
    return ngettext("已导入 %(count)s 份文件", "已导入 %(count)s 份文件", total) % {"count": total}


@never_cache
def import_new(request: PageRequest) -> HttpResponse:
    """Upload. A refused file leaves the rest of the form as it was."""
    form = UploadForm(request.POST or None, request.FILES or None, actor=request.actor, asked=request.GET.get("kind", ""))
    refused = refused_upload(request.META) if request.method == "POST" else None  # known once the body has been read
    status = 200
    if refused is not None:
        form.errors.pop("file", None)  # it says that there is no file: there was one
        form.add_error("file", refused.text(_))
        status = refused.status
    elif request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            batch = start_import(
                by=request.actor, kind=data["kind"], source=data["source"], upload=data["file"].file, name=data["file"].name,
                region=data["region"], at=timezone.now(),
            )  # fmt: skip
        except WulianError as error:
            form.add_error("file", error.text(_))
            status = error.status
        else:
            return redirect("import_batch", batch.pk)
    return render(request, "imports/new.html", {"form": form}, status=status)


def _mapping_form(view: BatchView, data: Any = None) -> MappingForm:
    batch = view.batch
    return MappingForm(data, importer=declare.get(batch.kind), header=batch.options["header"], columns=batch.columns, options=batch.options)


@never_cache
def import_batch(request: PageRequest, batch_id: int) -> HttpResponse:
    """One batch: its mapping while it waits, its progress while it runs, its outcome afterwards."""
    return _page(request, view_of(get_batch(viewer=request.actor, batch_id=batch_id), at=timezone.now()))


def _page(request: PageRequest, view: BatchView, form: MappingForm | None = None, status: int = 200) -> HttpResponse:
    batch = view.batch
    context = {
        "view": view,
        "batch": batch,
        "pill_kind": PILLS[view.state],
        "title": _finding(view),
        "header": batch.options["header"],
        "preview": batch.options["preview"],
        "earlier": [view_of(item, at=timezone.now()) for item in earlier_imports(viewer=request.actor, batch=batch)],
        "form": (form or _mapping_form(view)) if view.state == "waiting" else None,
        "mapped": _mapped(view),
        "register": batch.kind.removeprefix(PREFIX) if batch.kind.startswith(PREFIX) else "",
        "listed": any(imported_counts(viewer=request.actor, batch_id=batch.pk).values()),
    }
    return render(request, "imports/batch.html", context, status=status)


def _mapped(view: BatchView) -> list[tuple[str, str]]:
    labels = {field.name: str(field.label) for field in declare.get(view.batch.kind).fields()}
    return [(labels.get(name, name), column) for name, column in view.batch.columns.items()]


def _finding(view: BatchView) -> str:
    batch = view.batch
    rows = f"{batch.rows_done:,}"
    if view.state == "waiting":
        return _("%(rows)s 行已读，确认列对照后开始") % {"rows": f"{batch.rows_total or 0:,}"}
    if view.state == "finished" and batch.quarantined_count:
        good = f"{batch.rows_done - batch.quarantined_count:,}"
        return _("%(good)s 行已导入，%(bad)s 行隔离待修") % {"good": good, "bad": f"{batch.quarantined_count:,}"}
    if view.state == "finished":
        return _("%(rows)s 行全部导入") % {"rows": rows}
    if view.state == "failed":
        return _("中断在第 %(rows)s 行，可接着导") % {"rows": rows}
    if view.state == "cancelled":
        return _("已取消，前 %(rows)s 行已导入") % {"rows": rows}
    return _("正在导入") if view.state == "running" else _("排队等待导入")


@never_cache
def import_progress(request: PageRequest, batch_id: int) -> HttpResponse:
    """The progress part, asked for again and again; when the state has changed the whole page is loaded anew."""
    view = view_of(get_batch(viewer=request.actor, batch_id=batch_id), at=timezone.now())
    response = render(request, "imports/_progress.html", {"view": view, "batch": view.batch})
    if view.state != request.GET.get("shown"):  # the page around it says another state
        response["HX-Refresh"] = "true"
    return response


@require_POST
def import_start(request: PageRequest, batch_id: int) -> HttpResponse:
    view = view_of(get_batch(viewer=request.actor, batch_id=batch_id), at=timezone.now())
    form = _mapping_form(view, request.POST)
    if not form.is_valid():
        return _page(request, view, form, status=422)
    try:
        with transaction.atomic():
            confirm_mapping(
                by=request.actor, batch_id=batch_id, columns=form.chosen("column_"), options=form.chosen("option_"),
                save_as=form.cleaned_data["save_as"], at=timezone.now(),
            )  # fmt: skip
            enqueue_batch(batch_id)
    except WulianError as error:
        form.add_error(None, error.text(_))
        return _page(request, view, form, status=error.status)
    return redirect("import_batch", batch_id)


@require_POST
def import_resume(request: PageRequest, batch_id: int) -> HttpResponse:
    resume_batch(by=request.actor, batch_id=batch_id, at=timezone.now())
    messages.info(request, _("已排队，从断处接着导。"))
    return redirect("import_batch", batch_id)


@require_POST
def import_cancel(request: PageRequest, batch_id: int) -> HttpResponse:
    cancel_import(by=request.actor, batch_id=batch_id, at=timezone.now())
    messages.info(request, _("已取消。已导入的行都在，需要时可以继续。"))
    return redirect("import_batch", batch_id)
