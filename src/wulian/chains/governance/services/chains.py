"""Linking the same indicator of several plans into one chain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.chains.governance.access import may_edit, one_of, require_edit, visible_indicators
from wulian.chains.governance.errors import WrongChain
from wulian.chains.governance.models import Indicator, IndicatorChain
from wulian.foundation import audit
from wulian.foundation.access import Actor, require

from .editing import locked


@transaction.atomic
def link_indicators(*, by: Actor, at: datetime, indicator_ids: Sequence[int], name: str = "") -> IndicatorChain:
    """Put the indicators into one chain: the one that some of them are already in, or a new one called `name`.

    The actor must see all of them and edit the plan of at least one. Disagreeing units, definitions or baselines are no
    reason to refuse: the chain's page warns of them. Raises: Denied, NotFound, WrongChain (two chains, or a plan twice).
    """
    found = [one_of(visible_indicators(by).select_related("plan", "chain"), pk, _("指标")) for pk in sorted(set(indicator_ids))]
    allowed = any(may_edit(by, indicator.plan) for indicator in found)
    require(allowed, act=_("把指标连成一条链"), reason=_("其中没有您管辖的区域的指标"))
    chains = {indicator.chain for indicator in found if indicator.chain}
    if len(chains) > 1:
        names = _("、").join(f"“{chain}”" for chain in sorted(chains, key=str))
        raise WrongChain(why=_("这些指标已在 %(names)s 两条以上的链里；请先从其中一条移出。") % {"names": names})
    if name.strip() and not chains:
        chain, created = IndicatorChain.objects.get_or_create(name=name.strip()[:120])
    elif chains:
        chain, created = chains.pop(), False
    elif len(found) > 1:
        chain, created = IndicatorChain.objects.get_or_create(name=found[0].name)
    else:
        raise WrongChain(why=_("只有一项指标，也没有写链的名称。"))
    for indicator in found:
        if indicator.chain_id == chain.pk:
            continue
        row = locked(Indicator, indicator.pk, related=("plan",))
        row.chain = chain
        row.version += 1
        row.save(update_fields=["chain", "version"])
        audit.record(
            by=by, action="indicator.linked", obj=row, before={"chain": None}, after={"chain": chain}, region=row.plan.region_id, at=at
        )
    if created:
        audit.record(by=by, action="chain.created", obj=chain, after=audit.state_of(chain, "name"), at=at)
    return chain


@transaction.atomic
def unlink_indicator(*, by: Actor, at: datetime, indicator_id: int) -> None:
    """Take an indicator out of its chain; a chain with nothing left in it goes.

    Raises: Denied, NotFound.
    """
    indicator = locked(Indicator, indicator_id, related=("plan",))
    require_edit(by, indicator.plan, _("把指标移出链"))
    chain = indicator.chain
    if chain is None:
        return
    indicator.chain = None
    indicator.version += 1
    indicator.save(update_fields=["chain", "version"])
    audit.record(
        by=by,
        action="indicator.unlinked",
        obj=indicator,
        before={"chain": chain},
        after={"chain": None},
        region=indicator.plan.region_id,
        at=at,
    )
    if not chain.indicators.exists() and not chain.peers.exists():
        audit.record(by=by, action="chain.removed", obj=chain, before=audit.state_of(chain, "name"), at=at)
        chain.delete()
