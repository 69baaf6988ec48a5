"""Chains: the same indicator through plans, with peers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wulian.chains.governance.selectors.chains import ChainPage, chain_detail, chains_list, observed_years
from wulian.chains.governance.selectors.indicators import goal_text
from wulian.chains.governance.services.peers import remove_peer_value, set_peer_value
from wulian.chains.governance.wording import counted
from wulian.kernel.errors import WulianError
from wulian.portal import charts
from wulian.portal.guards import OFFICER
from wulian.portal.plans.asked import day_of
from wulian.portal.plans.forms import PeerForm


@require_GET
def chain_list(request: HttpRequest) -> HttpResponse:
    chains = chains_list(request.actor)
    shared = sum(chain.plans > 1 for chain in chains)
    title = _("%(count)s项指标连着两份以上的规划") % {"count": counted(shared)} if shared else _("还没有跨规划的指标链")
    return render(request, "plans/chains.html", {"chains": chains, "title": title})


@require_GET
def chain_view(request: HttpRequest, chain_id: int) -> HttpResponse:
    return _chain_page(request, chain_id, PeerForm(initial={"as_of": day_of(request)}))


def _chain_page(request: HttpRequest, chain_id: int, form: PeerForm, status: int = 200) -> HttpResponse:
    page = chain_detail(request.actor, chain_id, day_of(request))
    spec = chain_chart(page)
    plans = len({link.plan.pk for link in page.links})
    regions = " → ".join(dict.fromkeys(link.plan.region.short_name for link in page.links))
    context = {
        "page": page,
        "chart": spec,
        "alt": _("%(chain)s：%(plans)s份规划的目标和实际值，%(regions)s") % {"chain": page.chain, "plans": plans, "regions": regions},
        "regions": regions,
        "lines": [(link, [(target, goal_text(target)) for target in link.row.targets if target.tier == "main"]) for link in page.links],
        "title": _title(page, plans),
        "form": form,
        "may_edit": OFFICER.allows(request.actor),
    }
    return render(request, "plans/chain.html", context, status=status)


def _title(page: ChainPage, plans: int) -> str:
    said = {"chain": page.chain, "plans": counted(plans)}
    disagreements = sum(one.kind != "masked" for one in page.warnings)
    if disagreements:
        return _("%(chain)s：%(plans)s份规划，%(count)s处对不上") % {**said, "count": counted(disagreements)}
    return _("%(chain)s：%(plans)s份规划，口径一致") % said


def chain_chart(page: ChainPage) -> charts.Spec:
    """One line per plan with its targets; what happened in each region as points of the first region's line."""
    lines = []
    for link in page.links:
        points = []
        for target in link.row.targets:
            if target.tier != "main":
                continue
            note = _("基数") if target.role == "baseline" else "" if target.value is not None else goal_text(target)
            points.append(charts.Point(target.year, link.in_chain_unit(target.value), note))
        if points and link.factor is not None:
            name = str(link.plan) if len({one.plan.pk for one in page.links}) == len(page.links) else f"{link.plan}：{link.indicator.name}"
            lines.append(charts.Line(name, points))
    # Observations of several regions would tangle into one line: the region with the most plans in the chain is drawn.
    regions: dict[str, int] = {}
    for link in page.links:
        regions[link.plan.region_id] = regions.get(link.plan.region_id, 0) + 1
    main = max(regions, key=lambda code: regions[code])
    seen: dict[int, charts.Point] = {}
    for link in page.links:
        if link.plan.region_id == main:
            for year, value in observed_years(link, page.on).items():
                seen[year] = charts.Point(year, value, link.plan.region.short_name)
    return charts.across_plans(unit=page.unit, observations=[seen[year] for year in sorted(seen)], plans=lines)


@require_POST
def peer_set(request: HttpRequest, chain_id: int) -> HttpResponse:
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
def peer_remove(request: HttpRequest, peer_id: int) -> HttpResponse:
    remove_peer_value(by=request.actor, at=timezone.now(), peer_id=peer_id)
    messages.success(request, _("已删除；审计记录里还查得到。"))
    chain = request.POST.get("chain", "")
    return redirect("chain", int(chain)) if chain.isdigit() else redirect("chains")
