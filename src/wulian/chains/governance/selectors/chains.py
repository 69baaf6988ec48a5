"""Reading chains: the same indicator through plans, and where the plans disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from wulian.chains.governance.access import one_of, visible_indicators
from wulian.chains.governance.models import Indicator, IndicatorChain, Observation, PeerValue, Plan, Target
from wulian.chains.governance.wording import plain
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.suggesting import unit_factor

from .indicators import Row, best_by_date, load_indicators, row_of

LEVELS = {"nation": 0, "province": 1, "city": 2, "district": 3, "zone": 4}


@dataclass(frozen=True, slots=True)
class Link:
    """One indicator of a chain. `factor` turns its unit into the chain's (None: they cannot be compared)."""

    plan: Plan
    row: Row
    factor: Decimal | None

    @property
    def indicator(self) -> Indicator:
        return self.row.indicator

    def in_chain_unit(self, value: Decimal | None) -> Decimal | None:
        return None if value is None or self.factor is None else value * self.factor


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A disagreement between plans: what kind, and a sentence with both places."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ChainPage:
    chain: IndicatorChain
    unit: str
    links: list[Link]
    warnings: list[Disagreement]
    peers: list[PeerValue]
    on: date


@dataclass(frozen=True, slots=True)
class ChainItem:
    """A chain in a list, with how many indicators and plans of it the viewer may see."""

    chain: IndicatorChain
    indicators: int
    plans: int


def chains_list(viewer: Actor) -> list[ChainItem]:
    """Chains with at least one visible indicator; those through most plans first."""
    visible = visible_indicators(viewer).filter(chain__isnull=False).order_by()
    counts = visible.values_list("chain_id").annotate(Count("pk"), Count("plan_id", distinct=True))
    seen = {chain_id: (indicators, plans) for chain_id, indicators, plans in counts}
    chains = IndicatorChain.objects.in_bulk(list(seen))
    items = [ChainItem(chains[pk], *numbers) for pk, numbers in seen.items()]
    return sorted(items, key=lambda item: (-item.plans, item.chain.name))


def chain_detail(viewer: Actor, chain_id: int, on: date) -> ChainPage:
    """The chain with its visible indicators: from the city down, then by period. Raises: NotFound (also when all are hidden)."""
    chain: IndicatorChain = one_of(IndicatorChain.objects.all(), chain_id, _("指标链"))
    rows = list(visible_indicators(viewer).filter(chain=chain).select_related("plan__region").order_by("plan_id", "position", "id"))
    if not rows:
        return one_of(IndicatorChain.objects.none(), chain_id, _("指标链"))
    plans = {row.plan_id: row.plan for row in rows}
    wanted = {row.pk for row in rows}
    loaded = [one for one in load_indicators(viewer, list(plans.values())) if one.pk in wanted]
    for one in loaded:
        one.plan = plans[one.plan_id]
    loaded.sort(key=lambda one: (LEVELS.get(one.plan.region.level, 9), one.plan.region_id, one.plan.first_year, one.plan.pk, one.position))
    unit = loaded[0].unit
    links = [Link(one.plan, row_of(one, one.plan, on), _factor(one, unit)) for one in loaded]
    return ChainPage(chain=chain, unit=unit, links=links, warnings=warnings_of(links), peers=list(chain.peers.all()), on=on)


def _factor(indicator: Indicator, unit: str) -> Decimal | None:
    return Decimal(1) if indicator.unit == unit else unit_factor(indicator.unit, unit)


def warnings_of(links: Sequence[Link]) -> list[Disagreement]:
    """Where the plans of a chain do not agree: units, kinds, definitions, metrics, baselines; and figures that are hidden."""
    found = []
    for kind, label, values in (
        ("unit", _("计量单位"), [(link, link.indicator.unit or _("没有写")) for link in links]),
        ("kind", _("类型"), [(link, _kind(link.indicator)) for link in links]),
        ("scope", _("口径说明"), [(link, link.indicator.scope_note) for link in links if link.indicator.scope_note]),
        ("metric", _("绑定口径"), [(link, _metric_name(link.indicator.metric)) for link in links if link.indicator.metric]),
    ):
        if len({value for _link, value in values}) > 1:
            said = "；".join(f"{link.plan}：{value}" for link, value in values)
            found.append(Disagreement(kind, _("%(label)s不一致——%(said)s。") % {"label": label, "said": said}))
    found += _disagreeing_years(links)
    for link in links:
        for target in link.row.targets:
            if target.number_state == Target.NumberState.MASKED:
                text = _("%(plan)s：%(year)s 年的数在原文中被遮盖，按无数处理，不当零。") % {"plan": link.plan, "year": target.year}
                found.append(Disagreement("masked", text))
    return found


def _kind(indicator: Indicator) -> str:
    """A roster's value is the level of its list, so the two agree."""
    kind = Indicator.Kind.LEVEL if indicator.kind == Indicator.Kind.ROSTER else Indicator.Kind(indicator.kind)
    return str(kind.label)


def _metric_name(code: str) -> str:
    metric = metrics.find(code)
    return str(metric.name) if metric else code


def _disagreeing_years(links: Sequence[Link]) -> list[Disagreement]:
    """Two plans of one region that print different values for the same year: baseline against baseline or achieved value."""
    said: dict[tuple[str, int], list[tuple[Link, str, Decimal]]] = {}
    for link in links:
        region = link.plan.region_id
        for target in link.row.targets:
            if target.role == Target.Role.BASELINE and target.value is not None and (value := link.in_chain_unit(target.value)) is not None:
                said.setdefault((region, target.year), []).append((link, _("基数"), value))
        for observation in link.row.observations:
            value = link.in_chain_unit(observation.value)
            year_end = (observation.as_of.month, observation.as_of.day) == (12, 31)
            if value is not None and observation.origin == Observation.Origin.PRINTED and year_end:
                said.setdefault((region, observation.as_of.year), []).append((link, _("实际"), value))
    found = []
    for (_region, year), values in sorted(said.items(), key=lambda item: item[0]):
        if len({value for _link, _what, value in values}) > 1 and len({link.plan.pk for link, _what, _value in values}) > 1:
            text = "；".join(f"{link.plan} {what} {plain(value)}" for link, what, value in values)
            found.append(Disagreement("baseline", _("%(year)s 年的数不一致——%(said)s。请核对口径。") % {"year": year, "said": text}))
    return found


def observed_years(link: Link, on: date) -> dict[int, Decimal]:
    """The last value of each year up to `on`, in the chain's unit."""
    found: dict[int, Decimal] = {}
    for row in best_by_date(link.row.observations, on):
        if (value := link.in_chain_unit(row.value)) is not None:
            found[row.as_of.year] = value
    return found


def chain_suggestions(viewer: Actor, indicator: Indicator) -> list[Indicator]:
    """Indicators of related plans (parent, predecessor, and what follows or lies below) that may be the same: by name."""
    plan = indicator.plan
    related = Q(plan__parent=plan) | Q(plan__predecessor=plan) | Q(plan_id__in=[pk for pk in (plan.parent_id, plan.predecessor_id) if pk])
    if plan.parent_id:
        related |= Q(plan__parent_id=plan.parent_id)
    rows = (
        visible_indicators(viewer).filter(related).exclude(plan=plan).select_related("plan", "chain").order_by("plan_id", "position", "id")
    )
    wanted = core_name(indicator.name)
    return [
        row for row in rows if wanted and (core_name(row.name) == wanted or wanted in core_name(row.name) or core_name(row.name) in wanted)
    ]


def core_name(name: str) -> str:
    """The name without quotes, scope and counting words, for finding the same indicator in another plan."""
    for word in (
        "“",
        "”",
        '"',
        "全区",
        "全市",
        "国家级",
        "国家",
        "数量",
        "总量",
        "总数",
        "企业数",
        "企业",
        "有效期内",
        "（",
        "）",
        "(",
        ")",
        " ",
    ):
        name = name.replace(word, "")
    return name.removesuffix("数")
