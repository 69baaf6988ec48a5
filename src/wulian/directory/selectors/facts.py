"""Reading yearly facts of regions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from wulian.directory.models import RegionFactValue, Source
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.catalogue import facts
from wulian.foundation.catalogue.facts import Fact


@dataclass(frozen=True, slots=True)
class RegionFact:
    """One fact of a region in one year: the current row and the earlier ones; `amount` in the fact's reading unit."""

    fact: Fact
    year: int
    row: RegionFactValue | None
    earlier: list[RegionFactValue]

    @property
    def amount(self) -> Decimal | None:
        return None if self.row is None or self.row.value is None else self.fact.to_decimal(self.row.value)


def region_facts_of(viewer: Actor, region: str, years: range) -> dict[int, list[RegionFact]]:
    """Every fact of a region for each of `years`, newest year first; what nobody reported has no row.

    Raises Denied unless `viewer` is an officer, administrator or auditor of the region: unverified figures are not public.
    """
    allowed = viewer.has(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR, region=region)
    require(allowed, act=_("看区域年度数据"), reason=_("需要管辖该区域的科技部门工作人员"))
    rows: dict[tuple[str, int], list[RegionFactValue]] = {}
    for row in RegionFactValue.objects.filter(region=region, year__in=list(years)).select_related("source").order_by("-is_current", "-id"):
        rows.setdefault((row.fact, row.year), []).append(row)
    found: dict[int, list[RegionFact]] = {}
    for year in sorted(years, reverse=True):
        for fact in facts.all_facts():
            if fact.subject != "region":
                continue
            kept = rows.get((fact.code, year), [])
            current = next((row for row in kept if row.is_current), None)
            found.setdefault(year, []).append(RegionFact(fact, year, current, [row for row in kept if row is not current]))
    return found


def list_sources() -> list[Source]:
    """All sources, by name."""
    return list(Source.objects.order_by("name", "pk"))
