"""Bringing a plan in: upload, the state of reading, what the plan is, publish and take back."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wulian.chains.governance import jobs
from wulian.chains.governance.selectors import extraction as selectors
from wulian.chains.governance.selectors import publishing as publishing_selectors
from wulian.chains.governance.services import chains, publishing, reading
from wulian.chains.governance.services.plans import FIELDS
from wulian.chains.governance.work_errors import PlanFileSeen
from wulian.foundation import files
from wulian.kernel.errors import Conflict, Denied, Invalid, WulianError

from .asking import actor_of, regions_of
from .forms import DetailsForm, ReasonForm, UploadForm

ALLOWED = ("text", "html", "docx", "pdf", "png", "jpeg")
SALT = "review.stored"


def plan_new(request: HttpRequest) -> HttpResponse:
    """Upload a plan or paste it."""
    actor = actor_of(request)
    regions = regions_of(actor)
    if not regions:
        raise Denied(act=_("上传一份规划"), reason=_("您的任职没有管辖区域"))
    if refused := files.refused_upload(request.META):
        raise refused
    home = getattr(request, "region").code  # noqa: B009  (set by middleware)
    initial = {"region": home if home in dict(regions) else regions[0][0]}
    form = UploadForm(request.POST or None, request.FILES or None, regions=regions, initial=initial)
    seen: PlanFileSeen | None = None
    if request.method == "POST" and form.is_valid():
        try:
            stored = _store(request, form.cleaned_data)
            document = reading.upload_plan(
                by=actor,
                region=form.cleaned_data["region"],
                file=stored,
                at=timezone.now(),
                on=timezone.localdate(),
                again=form.cleaned_data["again"],
            )
        except PlanFileSeen as error:
            # What was sent is kept, so that saying "still" needs no second upload.
            seen = error
            data = request.POST.copy()
            data["stored"], data["text"] = signing.dumps(stored.pk, salt=SALT), ""
            form = UploadForm(data, regions=regions)
        except WulianError as error:
            form.add_error("file" if form.cleaned_data.get("file") else "text", error.text(_))
        else:
            jobs.request_reading(by=actor, document=document)
            return redirect("plan_review", document.plan_id)
    status = 409 if seen else 422 if request.method == "POST" else 200
    return render(request, "review/new.html", {"form": form, "seen": seen, "seen_text": seen.text(_) if seen else ""}, status=status)


def _store(request: HttpRequest, data: dict[str, Any]) -> Any:
    if data.get("stored"):
        try:
            return reading.get_stored(signing.loads(data["stored"], salt=SALT))
        except signing.BadSignature as error:
            raise Invalid(field=_("规划文件"), why=_("它已不在，请重新选择")) from error
    upload: UploadedFile | None = data.get("file")
    if upload is not None:
        return files.store_upload(
            by=actor_of(request),
            upload=upload.file or io.BytesIO(),
            name=upload.name or "plan",
            at=timezone.now(),
            allowed=ALLOWED,
        )
    text = data["text"].replace("\r\n", "\n")
    name = _("粘贴的规划 %(at)s.txt") % {"at": timezone.localtime().strftime("%Y-%m-%d %H%M")}
    return files.store_upload(
        by=actor_of(request), upload=io.BytesIO(text.encode()), name=name, at=timezone.now(), allowed=("text", "html")
    )


def plan_reading(request: HttpRequest, pk: int) -> HttpResponse:
    """The state of reading, asked for every two seconds while it goes on."""
    document = selectors.reading_state(viewer=actor_of(request), plan_id=pk)
    response = render(request, "review/_reading.html", {"document": document, "plan": document.plan})
    if document.state == "read":
        response["HX-Refresh"] = "true"
    return response


@require_POST
def plan_reread(request: HttpRequest, pk: int) -> HttpResponse:
    """Read again after a failure or after a reader that died."""
    document = selectors.reading_state(viewer=actor_of(request), plan_id=pk)
    jobs.request_reading(by=actor_of(request), document=document)
    return redirect("plan_review", pk)


def plan_details(request: HttpRequest, pk: int) -> HttpResponse:
    """What the plan is: guessed from the text, confirmed by the officer."""
    actor = actor_of(request)
    plan = selectors.get_plan_for_review(viewer=actor, plan_id=pk)
    document = selectors.find_document(plan)
    related = publishing_selectors.plans_to_relate(viewer=actor, plan=plan)
    form = DetailsForm(
        request.POST or None,
        regions=[*regions_of(actor)],
        parents=[(other.pk, str(other)) for other in related["parent"]],
        predecessors=[(other.pk, str(other)) for other in related["predecessor"]],
        initial={**{name: getattr(plan, name) for name in FIELDS}, "region": plan.region_id, "version": plan.version},
    )
    conflict = None
    if request.method == "POST" and form.is_valid():
        details = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            reading.confirm_details(
                by=actor,
                plan_id=pk,
                version=form.cleaned_data["version"],
                at=timezone.now(),
                region=form.cleaned_data["region"],
                details=details,
            )
        except Conflict as error:
            conflict = error.text(_)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("规划信息已确认。"))
            return redirect("plan_review", pk)
    current = {str(form.fields[name].label): getattr(plan, name) for name in FIELDS} if conflict else {}
    sent = {str(form.fields[name].label): form.cleaned_data.get(name) for name in FIELDS} if conflict else {}
    context = {"plan": plan, "document": document, "form": form, "conflict": conflict, "current": current, "sent": sent}
    return render(request, "review/details.html", context, status=409 if conflict else 422 if form.errors else 200)


def plan_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing would write, and the act itself; for a published plan, the way back."""
    actor = actor_of(request)
    plan, draft = publishing_selectors.publish_preview(viewer=actor, plan_id=pk)
    if selectors.find_document(plan) is None:  # entered by hand: its own page publishes it
        return redirect("plan", pk)
    reason = ReasonForm(request.POST if request.POST.get("act") == "return" else None)
    if request.method == "POST" and request.POST.get("act") == "return":
        if reason.is_valid():
            publishing.return_to_review(by=actor, at=timezone.now(), plan_id=pk, reason=reason.cleaned_data["reason"])
            messages.success(request, _("已退回校核，公众看不到了；校核过的决定都还在。"))
            return redirect("plan_review", pk)
    elif request.method == "POST":
        version = request.POST.get("version", "")
        publishing.publish_reviewed_plan(by=actor, at=timezone.now(), plan_id=pk, version=int(version) if version.isdigit() else None)
        messages.success(request, _("已发布。公众现在能看到这份规划。"))
        return redirect("plan_publish", pk)
    published = plan.state != "draft"
    links = publishing_selectors.chain_suggestions(viewer=actor, plan_id=pk) if published else []
    years = sorted({value.year for one in draft.indicators for value in one.targets})
    context = {"plan": plan, "draft": draft, "years": years, "published": published, "links": links, "reason": reason}
    return render(request, "review/publish.html", context)


@require_POST
def plan_link_chain(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an indicator of this plan and one of a related plan into one chain, as suggested."""
    ids = [int(text) for text in request.POST.getlist("indicator") if text.isdigit()]
    chain = chains.link_indicators(by=actor_of(request), at=timezone.now(), indicator_ids=ids, name=request.POST.get("name", ""))
    messages.success(request, _("已连成“%(chain)s”一条链。") % {"chain": chain})
    return redirect("plan_publish", pk)
