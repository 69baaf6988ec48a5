"""Short ways to make rows of the directory in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from wulian.directory.linking.records import keys_of
from wulian.directory.models import Doubt, FactValue, IPHolding, IPRight, Organisation, RegionFactValue, RegionMove, Source, TitleGrant

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_numbers = count(1)


def source(code: str = "test", **fields: Any) -> Source:
    return Source.objects.get_or_create(code=code, defaults={"name": f"来源 {code}", **fields})[0]


def organisation(name: str = "", region: str | None = "120106", **fields: Any) -> Organisation:
    name = name or f"天津试验{next(_numbers)}有限公司"
    return Organisation.objects.create(name=name, name_key=name, region_id=region, created_at=AT, updated_at=AT, **fields)


def title(
    holder: Organisation, kind: str = "hnte", since: date = date(2024, 1, 1), until: date | None = date(2027, 1, 1), **fields: Any
) -> TitleGrant:
    return TitleGrant.objects.create(
        organisation=holder, kind=kind, granted_on=since, valid_from=since, valid_to=until, source=source(), **fields
    )


def patent(*holders: Organisation, granted: date | None = date(2024, 1, 1), lapsed: date | None = None, kind: str = "invention") -> IPRight:
    right = IPRight.objects.create(kind=kind, number=f"ZL{next(_numbers):09}", granted_on=granted, lapsed_on=lapsed, source=source())
    for position, holder in enumerate(holders, 1):
        IPHolding.objects.create(ip_right=right, organisation=holder, position=position)
    return right


def move(who: Organisation, to: str, on: date) -> RegionMove:
    """Move `who` as an import does: the row keeps the way, the organisation stands in the new region."""
    row = RegionMove.objects.create(organisation=who, from_region_id=who.region_id, to_region_id=to, moved_on=on)
    who.region_id = to
    who.save()
    return row


def fact(who: Organisation, code: str, year: int, value: int | None, **fields: Any) -> FactValue:
    return FactValue.objects.create(
        organisation=who, fact=code, year=year, value=value, source=source(), as_of=date(year, 12, 31), recorded_at=AT, **fields
    )


def region_fact(region: str, code: str, year: int, value: int | None, verification: str = "verified", **fields: Any) -> RegionFactValue:
    return RegionFactValue.objects.create(
        region_id=region,
        fact=code,
        year=year,
        value=value,
        verification=verification,
        source=source(),
        as_of=date(year, 12, 31),
        recorded_at=AT,
        **fields,
    )


def doubt(left: Organisation, right: Organisation, score: float = 0.6, **fields: Any) -> Doubt:
    return Doubt.objects.create(
        left=left, right=right, score=score, pairs=[[keys_of(left)[0], keys_of(right)[0], score]], zh="名称相近，地址不同",
        en="Names are close, addresses differ", created_at=AT, contributions=[{"zh": "名称相近", "en": "close names", "weight": 3.2}], **fields,
    )  # fmt: skip
