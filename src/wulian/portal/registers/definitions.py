"""Adopting a definition from the page: paste or upload, see what it would do, adopt."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.engines.registers import DefinitionRefused, starter_text
from wulian.kernel.errors import WulianError
from wulian.portal.requests import PageRequest
from wulian.registers.catalogue import get_adopted
from wulian.registers.selectors.definitions import definition_text
from wulian.registers.services.definitions import adopt_definition, plan_adoption
from wulian.registers.wording import said

LARGEST = 200_000


def text(request: PageRequest, register: str) -> HttpResponse:
    """The definition in force, as text."""
    return HttpResponse(definition_text(get_adopted(register)), content_type="text/plain; charset=utf-8")


def define(request: PageRequest) -> HttpResponse:
    """One form: the text, what adopting it would do, and adopting. Nothing is lost when it is refused."""
    typed, flaws, plan, error, status = _typed(request), [], None, "", 200
    if request.method == "POST":
        try:
            plan = plan_adoption(text=typed, file=_("定义"))
            if request.POST.get("sure") and not plan.blocking:
                adopted = adopt_definition(by=request.actor, at=timezone.now(), text=typed, file=_("定义"))
                messages.success(
                    request, _("已采用“%(name)s”第 %(version)s 版。") % {"name": said(adopted.definition.name), "version": adopted.version}
                )
                return redirect("register", adopted.code)
        except DefinitionRefused as refused:
            flaws, status = [{"line": flaw.line, "text": flaw.message.text(_)} for flaw in refused.flaws], 422
        except WulianError as refused:
            error, status = refused.text(_), refused.status
    context = {
        "text": typed,
        "flaws": flaws,
        "plan": plan,
        "consequences": [{"text": item.text(), "refuses": item.refuses} for item in plan.consequences] if plan else [],
        "error": error,
        "home": settings.HOME_REGION,
        "title": _("定义有 %(count)s 处不对") % {"count": len(flaws)} if flaws else _("新建台账，或换一版定义"),
    }
    return render(request, "registers/define.html", context, status=status)


def _typed(request: PageRequest) -> str:
    """What was pasted or uploaded; to begin with, the register asked for, or a commented start."""
    if request.method != "POST":
        register = request.GET.get("register", "")
        return definition_text(get_adopted(register)) if register else starter_text()
    upload = request.FILES.get("file")
    if upload is not None:
        content = upload.read(LARGEST)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("gb18030", errors="replace")
    return request.POST.get("text", "")[:LARGEST]
