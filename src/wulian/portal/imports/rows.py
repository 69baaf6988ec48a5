"""What a batch did, record by record: created, updated, left in doubt; each opens to whose record it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.foundation.exports import export_response
from wulian.foundation.imports.selectors.batches import detail_in_words, get_batch, imported_counts, list_imported, view_of
from wulian.portal.requests import PageRequest

RESULTS = (("created", gettext_lazy("新增")), ("updated", gettext_lazy("更新")), ("flagged", gettext_lazy("存疑")))
PILLS = {"created": "ok", "updated": "pace", "unchanged": "none"}


def _asked(request: PageRequest) -> dict[str, str]:
    result = request.GET.get("result", "")
    return {"result": result if result in dict(RESULTS) else "", "query": request.GET.get("q", "")[:100]}


def _archive(row: Any) -> str:
    if row.subject == "organisation":
        return reverse("organisation", args=[row.subject_id])
    if row.subject == "entry":
        return reverse("entry_by_id", args=[row.subject_id])
    return f"{reverse('region_facts')}?{urlencode({'region': row.subject_id})}"


def imported(request: PageRequest, batch_id: int) -> HttpResponse:
    batch, asked = get_batch(viewer=request.actor, batch_id=batch_id), _asked(request)
    counts, words = imported_counts(viewer=request.actor, batch_id=batch_id), detail_in_words(batch.kind)
    page = Paginator(list_imported(viewer=request.actor, batch_id=batch_id, **asked), 50).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "view": view_of(batch, at=timezone.now()),
        "title": _title(counts),
        "page": page,
        "rows": [(row, _archive(row), words(row.detail), PILLS[row.result]) for row in page],
        "results": [("", _("全部"), counts[""]), *((value, label, counts[value]) for value, label in RESULTS)],
        "kept": counts[""] > 0,
        **asked,
    }
    return render(request, "imports/rows.html", context)


def _title(counts: dict[str, int]) -> str:
    if not counts[""]:
        return _("没有一条新增、更新或存疑")
    return _("新增 %(created)s 条，更新 %(updated)s 条，存疑 %(flagged)s 条") % {
        key: f"{number:,}" for key, number in counts.items() if key
    }


def imported_export(request: PageRequest, batch_id: int, kind: str) -> HttpResponseBase:
    """Exactly the list with the same query, whole."""
    batch = get_batch(viewer=request.actor, batch_id=batch_id)
    found, words = list_imported(viewer=request.actor, batch_id=batch_id, **_asked(request)), detail_in_words(batch.kind)

    def cells() -> Iterator[list[Any]]:
        for row in found.iterator(chunk_size=2_000):
            doubt = _("存疑") if row.flagged else ""
            yield [row.row_number, row.name, words(row.detail), row.get_result_display(), doubt, row.subject_id]

    headings = [_("行号"), _("名称"), _("说明"), _("结果"), _("存疑"), _("归属编号")]
    return export_response(kind, headings, cells(), f"{_('导入明细')}-{batch.pk}")
