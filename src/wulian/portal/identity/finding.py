"""Looking one firm up, or a whole list of attendees. Nothing is created."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from wulian.directory.selectors.linking import Asked, Match, find, find_file
from wulian.foundation.exports import export_response
from wulian.foundation.files import refused_upload
from wulian.kernel.errors import WulianError
from wulian.portal.requests import PageRequest


@never_cache
def link_find(request: PageRequest) -> HttpResponseBase:
    """GET: one firm by name, code, address. POST: a file, shown, or given back with the answers (`as`: csv or xlsx)."""
    asked = {name: request.GET.get(name, "").strip()[:300] for name in ("name", "code", "address")}
    matches: list[Match] = []
    rows: list[Asked] = []
    error, status = "", 200
    try:
        if request.method == "POST":
            refused = refused_upload(request.META)
            if refused is not None:
                raise refused
            upload = request.FILES.get("file")
            if upload is not None and upload.file is not None:
                rows = find_file(viewer=request.actor, handle=upload.file, name=upload.name or "")
                if (kind := request.POST.get("as", "")) in {"csv", "xlsx"}:
                    return export_response(kind, columns(), lines(rows), _("查找结果"))
            else:
                error, status = _("请选择一个文件"), 422
        elif asked["name"] or asked["code"]:
            matches = find(viewer=request.actor, name=asked["name"], code=asked["code"], address=asked["address"])
    except WulianError as problem:
        error, status = problem.text(_), problem.status
    counts = Counter(row.verdict for row in rows)
    context: dict[str, Any] = {
        "title": _title(rows, counts, matches, asked["name"] or asked["code"]),
        "asked": asked,
        "searched": bool(asked["name"] or asked["code"]) and request.method == "GET",
        "matches": matches,
        "rows": rows[:500],
        "more": max(0, len(rows) - 500),
        "error": error,
    }
    return render(request, "identity/find.html", context, status=status)


def _title(rows: list[Asked], counts: Counter[str], matches: list[Match], asked: str) -> str:
    if rows:
        params = {
            "count": f"{len(rows):,}",
            "same": f"{counts['same']:,}",
            "unsure": f"{counts['unsure']:,}",
            "none": f"{counts['none']:,}",
        }
        text = ngettext(
            "%(count)s 行：%(same)s 行认得，%(unsure)s 行拿不准，%(none)s 行没有",
            "%(count)s 行：%(same)s 行认得，%(unsure)s 行拿不准，%(none)s 行没有",
            len(rows),
        )
        return text % params
    if asked:
        return _("“%(name)s”最可能是“%(best)s”") % {"name": asked, "best": matches[0].organisation.name} if matches else _("没有相像的主体")
    return _("这是哪一家？")


def columns() -> list[str]:
    return [_("行号"), _("原名称"), _("结论"), _("主体编号"), _("名称"), _("统一社会信用代码"), _("把握"), _("说明")]


def lines(rows: list[Asked]) -> Iterator[list[Any]]:
    """One line for each row: the best candidate, where there is one."""
    words = {"same": _("认得"), "unsure": _("拿不准"), "none": _("没有"), "unreadable": _("读不出")}
    for row in rows:
        best = row.best
        if best is None:
            yield [row.number, row.name, words[row.verdict], "", "", "", "", row.problem]
        else:
            one = best.organisation
            yield [row.number, row.name, words[row.verdict], one.pk, one.name, one.uscc, f"{best.percent}%", best.sentence]
