"""Appraisals: the list, one scheme with its versions, changing weights and rules, scoring, results and single scores."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from wulian.chains.governance import choices
from wulian.chains.governance.scoring import POINTS
from wulian.chains.governance.selectors import appraisal as selectors
from wulian.chains.governance.services import appraisal as acts
from wulian.chains.governance.wording import counted
from wulian.foundation.exports import export_response
from wulian.kernel.errors import Invalid, WulianError
from wulian.portal.requests import PageRequest
from wulian.portal.statuses import STATUSES

from .forms import NewSchemeForm, RulesForm, ScoreForm, WeightsForm

STANDINGS = dict(choices.STANDINGS)


def state_words() -> dict[str, str]:
    """The states that earn points, in words: of indicators, then of tasks."""
    return {
        code: _("指标%(state)s") % {"state": STATUSES[code].word} if code in STATUSES else _("任务%(state)s") % {"state": STANDINGS[code]}
        for code in POINTS
    }


@require_GET
def schemes(request: PageRequest) -> HttpResponse:
    items = selectors.schemes_list(request.actor)
    scored = sum(item.result is not None for item in items)
    title = _("%(count)s份考核方案，%(scored)s份评过分") % {"count": counted(len(items)), "scored": counted(scored)}
    plans = [(plan.pk, str(plan)) for plan in selectors.plans_to_appraise(request.actor)]
    context = {
        "items": items,
        "title": title if items else _("还没有考核方案"),
        "form": NewSchemeForm(plans=plans, initial={"year": request.on.year}) if plans else None,
    }
    return render(request, "appraisals/schemes.html", context)


@require_POST
def scheme_new(request: PageRequest) -> HttpResponse:
    plans = [(plan.pk, str(plan)) for plan in selectors.plans_to_appraise(request.actor)]
    form = NewSchemeForm(request.POST, plans=plans)
    if not form.is_valid():
        raise Invalid(field=_("考核方案"), why=_("规划和年度都要填"))
    made = acts.draft_scheme(by=request.actor, at=timezone.now(), plan_id=form.cleaned_data["plan"], year=form.cleaned_data["year"])
    messages.success(request, _("已按责任分工列出，各项权重相等；可以逐个单位改。"))
    return redirect("appraisal", made.pk)


@require_GET
def scheme(request: PageRequest, scheme_id: int) -> HttpResponse:
    page = selectors.scheme_page(request.actor, scheme_id)
    words = state_words()
    items = sum(len(lines) for _unit, lines in page.units)
    title = _("%(year)s 年考核：%(units)s家单位，%(items)s项") % {
        "year": page.scheme.year,
        "units": counted(len(page.units)),
        "items": counted(items),
    }
    context = {
        "page": page,
        "title": title,
        "points": [(words[code], Decimal(value)) for code, value in page.scheme.points.items()],
        "score_form": ScoreForm(initial={"on": _last_day(page.scheme.year, timezone.localdate())}),
    }
    return render(request, "appraisals/scheme.html", context)


def _last_day(year: int, today: date) -> date:
    return min(date(year, 12, 31), today) if today.year >= year else date(year, 12, 31)


@require_http_methods(["GET", "POST"])
def weights(request: PageRequest, scheme_id: int, organisation_id: int) -> HttpResponse:
    page, unit, lines = selectors.unit_weights(request.actor, scheme_id, organisation_id)
    form = WeightsForm(request.POST or None, lines=lines)
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.revise_scheme(
                by=request.actor,
                at=timezone.now(),
                scheme_id=scheme_id,
                reason=form.cleaned_data["reason"],
                unit_id=organisation_id,
                weights=form.weights(),
            )
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            return _saved(request, made)
    context = {"page": page, "unit": unit, "form": form, "title": _("%(unit)s的权重，合计 100") % {"unit": unit}}
    return render(request, "appraisals/weights.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def rules(request: PageRequest, scheme_id: int) -> HttpResponse:
    page = selectors.scheme_page(request.actor, scheme_id)
    points = {code: Decimal(page.scheme.points[code]) for code in POINTS}
    initial = {"unknown_rule": page.scheme.unknown_rule}
    form = RulesForm(request.POST or None, points=points, words=state_words(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.revise_scheme(
                by=request.actor,
                at=timezone.now(),
                scheme_id=scheme_id,
                reason=form.cleaned_data["reason"],
                points=form.points(),
                unknown_rule=form.cleaned_data["unknown_rule"],
            )
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            return _saved(request, made)
    context = {"page": page, "form": form, "title": _("各状态得多少分，无数的项怎么算")}
    return render(request, "appraisals/weights.html", context, status=422 if form.errors else 200)


def _saved(request: PageRequest, made: Any) -> HttpResponse:
    messages.success(request, _("已存为第 %(version)s 版；以前评的分不变。") % {"version": made.version})
    return redirect("appraisal", made.pk)


@require_POST
def score_now(request: PageRequest, scheme_id: int) -> HttpResponse:
    form = ScoreForm(request.POST)
    if not form.is_valid():
        raise Invalid(field=_("截至"), why=_("不是一个日期"))
    made = acts.score_units(by=request.actor, at=timezone.now(), scheme_id=scheme_id, on=form.cleaned_data["on"])
    return redirect("appraisal_result", made.pk)


@require_GET
def result(request: PageRequest, result_id: int) -> HttpResponse:
    return render(request, "appraisals/result.html", {"page": selectors.result_page(request.actor, result_id)})


@require_GET
def result_export(request: PageRequest, result_id: int, format: str) -> HttpResponseBase:  # noqa: A002  (name of the route's part)
    return result_file(selectors.result_page(request.actor, result_id), format)


def result_file(page: selectors.ResultPage, kind: str) -> StreamingHttpResponse:
    """The result as CSV or XLSX, one row for each input of each score. Raises: UnknownFormat."""
    columns = [_("单位"), _("得分"), _("类别"), _("构成"), _("权重"), _("状态"), _("依据"), _("状态得分"), _("计入得分")]
    return export_response(kind, columns, export_rows(page.scores), f"{page.result.scheme} {page.result.as_of.isoformat()}")


def export_rows(scores: Iterable[Any]) -> Iterable[list[Any]]:
    """One row for each input of each score; what is unknown stays empty, the rule says what became of its weight."""
    for one in scores:
        for line in lines_of(one):
            kind = _("任务") if line["kind"] == "task" else _("指标")
            yield [
                str(one.unit), one.value, kind, line["label"], line["weight"], line["word"], line["rests_on"], line["points"],
                line["contribution"],
            ]  # fmt: skip


def lines_of(one: Any) -> list[dict[str, Any]]:
    """The inputs of a score with figures as decimals and words in the reader's language."""
    return [
        {**line, "word": _(line["word"])}
        | {name: None if line[name] is None else Decimal(line[name]) for name in ("weight", "points", "contribution")}
        for line in one.inputs
    ]


@require_GET
def score(request: PageRequest, score_id: int) -> HttpResponse:
    """What a score is made of: in the drawer, or as a page of its own."""
    one = selectors.get_score(request.actor, score_id)
    words = {"unit": one.unit, "value": "—" if one.value is None else one.value}
    context = {
        "score": one,
        "scheme": one.result.scheme,
        "lines": lines_of(one),
        "title": _("%(unit)s：%(value)s 分从哪来") % words,
    }
    return render(request, "appraisals/_score.html" if request.htmx else "appraisals/score.html", context)
