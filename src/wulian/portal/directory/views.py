"""Finding an organisation, and its archive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.directory.flags import LABELS as FLAG_LABELS
from wulian.directory.selectors.archive import Archive, archive
from wulian.directory.selectors.figures import region_name
from wulian.directory.selectors.identity import changes_of
from wulian.directory.selectors.organisations import (
    SORTS,
    Question,
    every_match,
    facet_options,
    get_organisation,
    is_officer,
    search_organisations,
    sees_all,
    titles_on,
)
from wulian.directory.selectors.values import changes_seen
from wulian.directory.services.organisations import update_organisation, version_of
from wulian.foundation.access import Role
from wulian.foundation.exports import export_response
from wulian.kernel.errors import Conflict, Invalid
from wulian.kernel.money import UNITS, format_capital
from wulian.portal.charts import trend
from wulian.portal.requests import PageRequest
from wulian.registers.selectors.naming import entries_naming
from wulian.rulebook.industries import industry_name

from .forms import OrganisationForm
from .wording import archive_title, list_title

PAGE = 50
FILTERS = ("region", "kind", "industry", "status", "branch", "flag")
FILTER_LABELS = {
    "region": gettext_lazy("区域"),
    "kind": gettext_lazy("类别"),
    "industry": gettext_lazy("行业"),
    "status": gettext_lazy("状态"),
    "branch": gettext_lazy("层级"),
    "flag": gettext_lazy("存疑"),
}


def question_of(request: PageRequest) -> Question:
    """What the address asks for. An unknown sort falls back to the usual one."""
    filters = {name: request.GET.getlist(name) for name in FILTERS if request.GET.get(name)}
    if "any" in filters.get("flag", ()):
        filters["flag"] = list(FLAG_LABELS)
    sort = request.GET.get("sort", "")
    return Question(request.GET.get("q", "")[:100], filters, sort if sort in SORTS else "")


def asked_date(request: PageRequest) -> date:
    """The date that the page holds for, as a plain date: `request.on` is lazy, and a date does not compare with that."""
    return date(request.on.year, request.on.month, request.on.day)


def organisations(request: PageRequest) -> HttpResponse:
    question = question_of(request)
    text = request.GET.get("page", "1")
    number = int(text) if text.isdecimal() and 0 < int(text) < 1_000_000 else 1
    found = search_organisations(viewer=request.actor, question=question, offset=(number - 1) * PAGE, limit=PAGE)
    pages = Paginator(range(found.count), PAGE)
    if number > pages.num_pages:
        found = search_organisations(viewer=request.actor, question=question, offset=(pages.num_pages - 1) * PAGE, limit=PAGE)
    options = facet_options(found.facets)
    labels = {value: label for value, label, _count in options["region"]}
    chosen = [labels.get(code, code) for code in question.filters.get("region", ())]
    titles = titles_on([organisation.pk for organisation in found.organisations], asked_date(request))
    context = {
        "title": list_title(question, found.count, chosen),
        "question": question,
        "found": found,
        "rows": [
            {
                "organisation": organisation,
                "titles": titles.get(organisation.pk, []),
                "capital": format_capital(organisation.capital_amount, organisation.capital_currency),
                "in_doubt": bool(organisation.flags) and sees_all(request.actor, organisation),
            }
            for organisation in found.organisations
        ],
        "page": pages.get_page(number),
        "filters": [
            {
                "name": name,
                "label": FILTER_LABELS[name],
                "options": [("any", _("任一项"), None), *options[name]] if name == "flag" else options[name],
                "chosen": request.GET.get(name, ""),
            }
            for name in FILTERS
            if name != "flag" or is_officer(request.actor)
        ],
        "asking": bool(question.text.strip() or question.filters),
        "may_import": is_officer(request.actor),
    }
    return render(request, "directory/organisations.html", context)


def organisations_export(request: PageRequest, kind: str) -> HttpResponseBase:
    """Exactly the list that the address describes, in its order; capital, address and doubts only where the reader may see them."""
    columns = [
        _("名称"),
        _("统一社会信用代码"),
        _("类别"),
        _("区域"),
        _("行业"),
        _("成立日期"),
        _("状态"),
        _("注册资本"),
        _("地址"),
        _("存疑"),
    ]

    def rows() -> Iterator[list[Any]]:
        for organisation in every_match(viewer=request.actor, question=question_of(request)):
            whole = sees_all(request.actor, organisation)
            yield [
                organisation.name,
                organisation.uscc,
                organisation.get_kind_display(),
                region_name(organisation.region) if organisation.region else "",
                organisation.industry,
                organisation.established_on,
                organisation.get_status_display(),
                format_capital(organisation.capital_amount, organisation.capital_currency) if whole else "",
                organisation.address if whole else "",
                "；".join(flag.get("text", "") for flag in organisation.flags) if whole else "",
            ]

    return export_response(kind, columns, rows(), _("主体"))


def organisation(request: PageRequest, organisation_id: int) -> HttpResponse:
    found = get_organisation(viewer=request.actor, organisation_id=organisation_id)
    if found.merged_into is not None:
        messages.info(request, _("“%(name)s”已并入本主体，这里是合并后的档案。") % {"name": found.name})
        return redirect("organisation", found.merged_into.pk)
    on = asked_date(request)
    whole = archive(viewer=request.actor, organisation=found, on=on)
    context = {
        "archive": whole,
        "organisation": found,
        "title": archive_title(whole, on),
        "on": on,
        "capital": format_capital(found.capital_amount, found.capital_currency),
        "industry": industry_name(found.industry),
        "ip_words": {value: str(label) for value, label in IP_WORDS.items()},
        "may_edit": request.actor.has(Role.OFFICER, Role.ADMINISTRATOR, region=found.region_id),
        "may_set_trust": request.actor.has(Role.ADMINISTRATOR),
        "flags": [flag.text(_) for flag in whole.flags],
        "chart": _main_chart(whole),
        "changes": changes_of(viewer=request.actor, organisation=found),
        "news": changes_seen(viewer=request.actor, organisation=found),
        "registers": entries_naming(viewer=request.actor, organisation_id=found.pk),
    }
    return render(request, "directory/organisation.html", context)


def _main_chart(whole: Archive) -> dict[str, Any] | None:
    """The first fact that is money over at least three years, as bars in 万元; with fewer years the table says it all."""
    for line in whole.facts:
        known = [row for row in line.values.values() if row is not None and row.value is not None]
        if line.is_money and len(known) >= 3:
            points = [
                (str(year), Decimal(row.value) / UNITS["万元"] if row is not None and row.value is not None else None)
                for year, row in line.values.items()
            ]
            return {"name": line.fact.name, "spec": trend(unit="万元", points=points, bars_instead=True)}
    return None


IP_WORDS = {
    "invention": gettext_lazy("发明专利"),
    "utility": gettext_lazy("实用新型"),
    "design": gettext_lazy("外观设计"),
    "software": gettext_lazy("软件著作权"),
    "plant": gettext_lazy("植物新品种"),
    "layout": gettext_lazy("集成电路布图设计"),
}


def organisation_edit(request: PageRequest, organisation_id: int) -> HttpResponse:
    """Correcting by hand. When someone else was quicker, the form keeps what was typed and shows what stands now."""
    found = get_organisation(viewer=request.actor, organisation_id=organisation_id)
    names = ("name", "uscc", "kind", "status", "region_id", "industry", "address", "short_name")
    current = {name: getattr(found, name) or "" for name in names}
    form = OrganisationForm(request.POST or None, initial={**current, "version": version_of(found)})
    conflict = ""
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in names}
        values["region_id"] = values["region_id"] or None
        changed = {name: value for name, value in values.items() if (value or "") != current[name]}
        try:
            update_organisation(
                by=request.actor, organisation_id=found.pk, values=changed, at=timezone.now(), on=timezone.localdate(),
                version=form.cleaned_data["version"], reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Invalid as error:
            form.add_error(None, error.text(_))
        except Conflict as error:
            conflict = error.text(_)
            found = get_organisation(viewer=request.actor, organisation_id=organisation_id)
            current = {name: getattr(found, name) or "" for name in names}
            form = OrganisationForm({**request.POST.dict(), "version": version_of(found)})
        else:
            messages.success(request, _("已保存，旧值留在审计记录里。"))
            return redirect("organisation", found.pk)
    context = {"organisation": found, "form": form, "conflict": conflict, "current": current}
    return render(request, "directory/edit.html", context, status=409 if conflict else 200)
