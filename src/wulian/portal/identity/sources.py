"""What the sources brought: changes of the last refreshes, the order of trust, and how good the linking is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wulian.directory.selectors.quality import quality
from wulian.directory.selectors.values import change_counts, list_changes, orders, sources_known
from wulian.directory.services.trust import set_trust
from wulian.kernel.errors import WulianError
from wulian.portal.requests import PageRequest

from .changes import number_of

KINDS = ("renamed", "moved", "address", "cancelled", "patent", "vanished", "returned")


def source_changes(request: PageRequest) -> HttpResponse:
    """By source and kind, newest refresh first."""
    source, kind = request.GET.get("source", "")[:40], request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    counts = change_counts(viewer=request.actor, source=source)
    rows = list_changes(viewer=request.actor, source=source, kind=kind)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    words = {
        "renamed": _("更名"), "moved": _("迁区"), "address": _("换址"), "cancelled": _("注销或吊销"), "patent": _("新增知识产权"),
        "vanished": _("登记库里没有了"), "returned": _("重新出现"),
    }  # fmt: skip
    total = sum(counts.values())
    context = {
        "title": ngettext("来源刷新带来 %(count)s 处变动", "来源刷新带来 %(count)s 处变动", total) % {"count": f"{total:,}"}
        if total
        else _("还没有来源变动"),
        "kinds": [("", _("全部"), total), *((name, words[name], counts[name]) for name in KINDS if counts.get(name))],
        "sources": sources_known(),
        "source": source,
        "kind": kind,
        "page": page,
    }
    return render(request, "identity/source_changes.html", context)


def field_trust(request: PageRequest) -> HttpResponse:
    """For a field, numbers beside the sources: 1 is trusted most, blank is not ordered."""
    error, status = "", 200
    if request.method == "POST":
        field = request.POST.get("field", "")
        numbered = [
            (number_of(str(text)), name.removeprefix("source_")) for name, text in request.POST.items() if name.startswith("source_")
        ]
        chosen = [code for place, code in sorted(numbered) if place]
        try:
            changed = set_trust(by=request.actor, field=field, sources=chosen, at=timezone.now())
        except WulianError as problem:
            error, status = problem.text(_), problem.status
        else:
            text = ngettext("已保存，%(count)s 家的现用值随之改了。", "已保存，%(count)s 家的现用值随之改了。", changed)
            messages.success(request, text % {"count": f"{changed:,}"})
            return redirect("field_trust")
    return render(request, "identity/field_trust.html", {"orders": orders(), "error": error}, status=status)


def link_quality(request: PageRequest) -> HttpResponse:
    """Figures on the pairs that people have judged."""
    found = quality(viewer=request.actor)
    waiting = found.states.get("open", 0)
    begun = any(found.states.values()) or any(share.total for share in (found.precision, found.recall))
    shares: list[tuple[str, Any, str]] = [
        (_("查准率"), found.precision, _("人判断过、现在同在一个档案里的记录对，有多少确是同一家")),
        (_("查全率"), found.recall, _("人判断是同一家的记录对，有多少现在同在一个档案里")),
        (_("与模型一致"), found.agreement, _("模型偏向（把握过半即偏向“是”）与人的判断相同的比例")),
    ]
    context = {
        "title": ngettext("人判断了 %(count)s 对，%(open)s 处还在等", "人判断了 %(count)s 对，%(open)s 处还在等", found.agreement.total)
        % {"count": f"{found.agreement.total:,}", "open": f"{waiting:,}"}
        if begun
        else _("还没有判断过的记录对"),
        "found": found,
        "begun": begun,
        "shares": [(label, share, percent(share.value), interval(share.interval), why) for label, share, why in shares],
        "bands": [(f"{round(one.low * 100)}–{round(one.high * 100)}%", one) for one in found.bands],
        "thresholds": [(f"{round(one.score * 100)}%", one) for one in found.thresholds],
        "records": [
            (word, found.records.get(name, 0))
            for name, word in (("key", _("代码或名称")), ("model", _("模型")), ("none", _("自成一家")), ("person", _("人工")))
        ],
    }
    return render(request, "identity/quality.html", context)


def percent(value: float | None) -> str:
    return f"{value * 100:.1f}%" if value is not None else "—"


def interval(ends: tuple[float, float] | None) -> str:
    return f"{ends[0] * 100:.1f}–{ends[1] * 100:.1f}%" if ends else ""
