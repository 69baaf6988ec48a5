"""Rows that could not be read: why, what was printed, and how to put them right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wulian.foundation.exports import export_response
from wulian.foundation.imports import declare
from wulian.foundation.imports.declare import Result
from wulian.foundation.imports.selectors.batches import (
    get_batch,
    get_quarantined,
    list_quarantine,
    problems_of,
    quarantine_counts,
    view_of,
)
from wulian.foundation.imports.services.quarantine import dismiss_row, repair_row
from wulian.kernel.problems import Problem
from wulian.portal.requests import PageRequest

STATES = (("open", gettext_lazy("待处理")), ("repaired", gettext_lazy("已修复")), ("dismissed", gettext_lazy("不再处理")))
PILLS = {"open": "warn", "repaired": "ok", "dismissed": "none"}


def _row(row: Any, batch: Any, problems: list[Problem] | None = None, typed: dict[str, str] | None = None) -> dict[str, Any]:
    """A row for the page: every column with its value and what is wrong with it."""
    found = problems if problems is not None else problems_of(row)
    labels = {field.name: str(field.label) for field in declare.get(batch.kind).fields()}
    wrong = {batch.columns.get(problem.field, "") for problem in found if problem.field}
    values = typed or row.values
    return {
        "row": row,
        "pill": PILLS[row.state],
        "problems": [f"{labels[p.field]}{_('：')}{p.text(_)}" if p.field in labels else p.text(_) for p in found],
        "cells": [
            {"index": index, "column": column, "value": values.get(column, ""), "wrong": column in wrong}
            for index, column in enumerate(batch.options["header"])
        ],
        "still": problems is not None,
    }


def quarantine(request: PageRequest, batch_id: int) -> HttpResponse:
    batch = get_batch(viewer=request.actor, batch_id=batch_id)
    state, code, text = request.GET.get("state", "open"), request.GET.get("code", ""), request.GET.get("q", "")[:100]
    found = list_quarantine(viewer=request.actor, batch_id=batch_id, state="" if state == "all" else state, code=code, query=text)
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    states, codes = quarantine_counts(viewer=request.actor, batch_id=batch_id)
    waiting = states.get("open", 0)
    context = {
        "batch": batch,
        "view": view_of(batch, at=timezone.now()),
        "title": _("%(count)s 行待处理") % {"count": f"{waiting:,}"} if waiting else _("隔离的行都处理完了"),
        "page": page,
        "rows": [_row(row, batch) for row in page],
        "states": [*((value, label, states.get(value, 0)) for value, label in STATES), ("all", _("全部"), sum(states.values()))],
        "state": state,
        "codes": [("", _("全部"), waiting), *((item, reason_word(item), count) for item, count in codes.most_common(12))],
        "text": text,
    }
    return render(request, "imports/quarantine.html", context)


REASONS = {
    "required": gettext_lazy("缺必填项"), "row_width": gettext_lazy("列数不对"), "row_broken": gettext_lazy("引号不配对"),
    "row_encoding": gettext_lazy("字节损坏"), "not_a_date": gettext_lazy("日期不对"), "not_a_number": gettext_lazy("不是数"),
    "not_whole": gettext_lazy("不是整数"), "not_a_year": gettext_lazy("年度不对"), "not_a_choice": gettext_lazy("不在可选范围"),
    "too_long": gettext_lazy("太长"), "no_name": gettext_lazy("名称没有文字"), "columns_shifted": gettext_lazy("列错位"),
    "same_key_twice": gettext_lazy("同一主体两行"), "future_date": gettext_lazy("日期在将来"), "outside_region": gettext_lazy("不在管辖区域"),
    "organisation_not_found": gettext_lazy("目录里没有"), "organisation_ambiguous": gettext_lazy("重名"), "nameless": gettext_lazy("没有代码和名称"),
    "code_and_name_differ": gettext_lazy("代码与名称不符"), "no_year": gettext_lazy("没有年度"), "year_ahead": gettext_lazy("年度未结束"),
    "negative": gettext_lazy("负数"), "not_exact": gettext_lazy("小数位太多"), "no_fact": gettext_lazy("没有数据"), "not_money": gettext_lazy("不是金额"),
    "fraction_of_fen": gettext_lazy("细到分以下"), "no_kind": gettext_lazy("没有种类"), "no_start": gettext_lazy("没有起始日期"),
    "no_end": gettext_lazy("没有有效期止"), "backwards": gettext_lazy("起止颠倒"), "no_holder": gettext_lazy("没有权利人"),
    "lapsed_early": gettext_lazy("失效早于授权"), "uscc_length": gettext_lazy("代码位数不对"), "uscc_character": gettext_lazy("代码有非法字符"),
    "uscc_check": gettext_lazy("代码校验不符"), "uscc_organisation": gettext_lazy("组织机构代码不符"),
}  # fmt: skip


def reason_word(code: str) -> str:
    """A reason in a word or two, for a filter; a reason without one is called other."""
    return str(REASONS.get(code, _("其他")))


def quarantine_export(request: PageRequest, batch_id: int, kind: str) -> HttpResponseBase:
    """Exactly the rows of the list, as printed, with row number, state and reasons: to be mended outside and imported again."""
    batch = get_batch(viewer=request.actor, batch_id=batch_id)
    state = request.GET.get("state", "open")
    found = list_quarantine(
        viewer=request.actor, batch_id=batch_id, state="" if state == "all" else state, code=request.GET.get("code", ""),
        query=request.GET.get("q", "")[:100],
    )  # fmt: skip
    header = batch.options["header"]

    def rows() -> Iterator[list[Any]]:
        for row in found.iterator(chunk_size=1_000):
            reasons = "；".join(problem.text(_) for problem in problems_of(row))
            yield [*(row.values.get(column, "") for column in header), row.row_number, row.get_state_display(), reasons]

    return export_response(kind, [*header, _("行号"), _("状态"), _("原因")], rows(), _("隔离行") + f"-{batch.pk}")


@require_POST
def row_repair(request: PageRequest, row_id: int) -> HttpResponse:
    """Try the row with the corrections; when it still cannot be read, the form stays with what was typed and says why."""
    row = get_quarantined(viewer=request.actor, row_id=row_id)
    batch = row.batch
    typed = {column: request.POST.get(f"cell_{index}", row.values.get(column, "")) for index, column in enumerate(batch.options["header"])}
    outcome = repair_row(by=request.actor, row_id=row_id, values=typed, at=timezone.now())
    row = get_quarantined(viewer=request.actor, row_id=row_id)
    if outcome.result == Result.QUARANTINED:
        context = {"item": _row(row, batch, list(outcome.problems), typed), "batch": batch}
        return render(request, "imports/_row.html" if request.htmx else "imports/row.html", context, status=200 if request.htmx else 422)
    if request.htmx:
        return render(request, "imports/_row.html", {"item": _row(row, batch), "batch": batch, "flagged": outcome.flagged})
    messages.success(request, _("第 %(row)s 行已修复并导入。") % {"row": row.row_number})
    return redirect("quarantine", batch.pk)


@require_POST
def row_dismiss(request: PageRequest, row_id: int) -> HttpResponse:
    row = get_quarantined(viewer=request.actor, row_id=row_id)
    dismiss_row(by=request.actor, row_id=row_id, reason=request.POST.get("reason", ""), at=timezone.now())
    row = get_quarantined(viewer=request.actor, row_id=row_id)
    if request.htmx:
        return render(request, "imports/_row.html", {"item": _row(row, row.batch), "batch": row.batch})
    messages.success(request, _("第 %(row)s 行不再处理，原样留在列表里。") % {"row": row.row_number})
    return redirect("quarantine", row.batch_id)
