"""Peer values (对标): the same indicator elsewhere, each with source and date."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.chains.governance.access import EDITORS
from wulian.chains.governance.models import IndicatorChain, PeerValue
from wulian.foundation import audit
from wulian.foundation.access import Actor, require
from wulian.kernel.errors import Invalid

from .editing import locked

SHOWN = ("area", "as_of", "value", "unit", "source", "practice")


@transaction.atomic
def set_peer_value(
    *,
    by: Actor,
    at: datetime,
    chain_id: int,
    area: str,
    as_of: date,
    value: Decimal,
    source: str,
    unit: str = "",
    practice: str = "",
) -> PeerValue:
    """Enter or correct the value of `area` at `as_of`. The audit record keeps what stood before.

    Raises: Denied, NotFound, Invalid (no area, no source).
    """
    chain = locked(IndicatorChain, chain_id)
    _require_own(by, chain, _("录入对标值"))
    for field, text in ((_("对标区域"), area), (_("来源"), source)):
        if not text.strip():
            raise Invalid(field=field, why=_("是空的；没有来源的数不能用来对标"))
    if not value.is_finite() or abs(value) >= Decimal(10) ** 18:
        raise Invalid(field=_("值"), why=_("“%(value)s”不是能存下的数") % {"value": value})
    old = chain.peers.filter(area=area.strip(), as_of=as_of).first()
    before = audit.state_of(old, *SHOWN) if old else None
    row = old or PeerValue(chain=chain, area=area.strip(), as_of=as_of)
    row.value, row.unit, row.source, row.practice = value, unit.strip(), source.strip(), practice.strip()
    row.save()
    audit.record(by=by, action="peer.set", obj=row, before=before, after=audit.state_of(row, *SHOWN), at=at)
    return row


@transaction.atomic
def remove_peer_value(*, by: Actor, at: datetime, peer_id: int) -> None:
    """Remove a peer value; the audit record keeps it. Raises: Denied, NotFound."""
    row = locked(PeerValue, peer_id, related=("chain",))
    _require_own(by, row.chain, _("删除对标值"))
    audit.record(by=by, action="peer.removed", obj=row, before=audit.state_of(row, *SHOWN), at=at)
    row.delete()


def _require_own(by: Actor, chain: IndicatorChain, act: str) -> None:
    """As for linking: an officer of a region that has an indicator in the chain."""
    regions = chain.indicators.values_list("plan__region_id", flat=True)
    allowed = by.is_system or any(by.has(*EDITORS, region=region) for region in regions)
    require(allowed, act=act, reason=_("其中没有您管辖的区域的指标"))
