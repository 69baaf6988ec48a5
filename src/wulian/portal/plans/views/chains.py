"""Chains: the same indicator through plans, with peers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wulian.chains.governance.selectors.chains import ChainPage, chain_detail, chains_list, observed_years
from wulian.chains.governance.selectors.ideas import ideas_of_chain
from wulian.chains.governance.selectors.indicators import goal_text
from wulian.chains.governance.services.peers import remove_peer_value, set_peer_value
from wulian.chains.governance.wording import counted
from wulian.directory.selectors.figures import region_name
from wulian.kernel.errors import WulianError
from wulian.portal import charts
from wulian.portal.guards import OFFICER
from wulian.portal.plans.forms import PeerForm
from wulian.portal.requests import PageRequest
from wulian.portal.words import axis_unit


@require_GET
def chain_list(request: PageRequest) -> HttpResponse:
    chains = chains_list(request.actor)
    shared = sum(item.plans > 1 for item in chains)
    title = _("%(count)s项指标连着两份以上的规划") % {"count": counted(shared)} if shared else _("还没有跨规划的指标链")
    return render(request, "plans/chains.html", {"chains": chains, "title": title})


@require_GET
def chain_view(request: PageRequest, chain_id: int) -> HttpResponse:
    return _chain_page(request, chain_id, PeerForm(initial={"as_of": request.on}))


def _chain_page(request: PageRequest, chain_id: int, form: PeerForm, status: int = 200) -> HttpResponse:
    page = chain_detail(request.actor, chain_id, request.on)
    areas = list(dict.fromkeys((link.plan.region_id, region_name(link.plan.region, short=True)) for link in page.links))
    area = request.GET.get("area", "")
    spec = chain_chart(page, area if area in dict(areas) else "")
    plans = len({link.plan.pk for link in page.links})
    regions = " → ".join(dict.fromkeys(region_name(link.plan.region, short=True) for link in page.links))
    context = {
        "page": page,
        "chart": spec,
        "alt": _("%(chain)s：%(plans)s份规划的目标和实际值，%(regions)s") % {"chain": page.chain, "plans": plans, "regions": regions},
        "regions": regions,
        "areas": [
            ("", _("全部"), len(page.links)),
            *((code, name, sum(link.plan.region_id == code for link in page.links)) for code, name in areas),
        ],
        "lines": [(link, [(target, goal_text(target)) for target in link.row.targets if target.tier == "main"]) for link in page.links],
        "title": _title(page, plans),
        "form": form,
        "ideas": ideas_of_chain(request.actor, chain_id),
        "may_edit": OFFICER.allows(request.actor),
    }
    return render(request, "plans/chain.html", context, status=status)


def _title(page: ChainPage, plans: int) -> str:
    said = {"chain": page.chain, "plans": counted(plans)}
    disagreements = sum(one.kind != "masked" for one in page.warnings)
    if disagreements:
        return _("%(chain)s：%(plans)s份规划，%(count)s处对不上") % {**said, "count": counted(disagreements)}
    return _("%(chain)s：%(plans)s份规划，口径一致") % said


def chain_chart(page: ChainPage, area: str = "") -> charts.Spec:
    """One line per plan with its targets, and what happened. `area`: only the plans of one region, where scales differ."""
    links = [link for link in page.links if link.factor is not None and area in ("", link.plan.region_id)]
    lines = []
    for link in links:
        points = [
            charts.Point(target.year, link.in_chain_unit(target.value), _("基数") if target.role == "baseline" else goal_text(target))
            for target in link.row.targets
            if target.tier == "main"
        ]
        if any(point.value is not None for point in points):
            plan = link.plan
            lines.append(charts.Line(f"{region_name(plan.region, short=True)} {plan.first_year}—{plan.last_year}", points))
    # Observations of several regions would tangle into one line: the region with the most values is drawn.
    seen: dict[str, dict[int, charts.Point]] = {}
    for link in links:
        for year, value in observed_years(link, page.on).items():
            seen.setdefault(link.plan.region_id, {})[year] = charts.Point(year, value, region_name(link.plan.region, short=True))
    drawn = max(seen.values(), key=len, default={})
    return charts.across_plans(unit=axis_unit(page.unit), observations=[drawn[year] for year in sorted(drawn)], plans=_distinct(lines))


def _distinct(lines: list[charts.Line]) -> list[charts.Line]:
    """Two indicators of one plan in a chain (占本区, 占全市) get numbers, so that the chart keeps them apart."""
    names = [line.name for line in lines]
    return [
        charts.Line(f"{line.name}（{names[: place + 1].count(line.name)}）", line.points) if names.count(line.name) > 1 else line
        for place, line in enumerate(lines)
    ]


@require_POST
def peer_set(request: PageRequest, chain_id: int) -> HttpResponse:
    form = PeerForm(request.POST)
    if form.is_valid():
        try:
            set_peer_value(by=request.actor, at=timezone.now(), chain_id=chain_id, **form.cleaned_data)
        except WulianError as error:
            form.add_error(None, error.text(_))
        else:
            messages.success(request, _("已记下对标值。"))
            return redirect("chain", chain_id)
    return _chain_page(request, chain_id, form, status=422)


@require_POST
def peer_remove(request: PageRequest, peer_id: int) -> HttpResponse:
    remove_peer_value(by=request.actor, at=timezone.now(), peer_id=peer_id)
    messages.success(request, _("已删除；审计记录里还查得到。"))
    chain = request.POST.get("chain", "")
    return redirect("chain", int(chain)) if chain.isdigit() else redirect("chains")
