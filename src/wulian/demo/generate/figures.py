"""Yearly figures of firms that agree with each other and over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .dice import Dice
from .model import Figure, Firm
from .parameters import FIRST_FACT_YEAR, FIRST_YEAR, OTHER, TECHNICAL

MARGINS = {trade.industry: trade.margin for trade in (*TECHNICAL, *OTHER)}


@dataclass(frozen=True, slots=True)
class Year:
    """One firm in one year: persons and yuan, before rounding to facts."""

    staff: int
    revenue: int
    rd_expense: int
    rd_staff: int


def follow(seed: int, firm: Firm, last_year: int) -> dict[int, Year]:
    """Staff, revenue and R&D for each year in which the firm was active at its end."""
    profile, years = firm.profile, {}
    staff, productivity = profile.staff, profile.productivity
    for year in range(max(FIRST_YEAR, firm.established_on.year), last_year + 1):
        dice = Dice(seed, "year", firm.code, year)
        staff = max(1.0, staff * (1 + profile.growth / (1 + staff / 900) + dice.normal(0, 0.07)))
        productivity *= 1 + dice.normal(0.03, 0.08)
        if not firm.active_on(date(year, 12, 31)):
            continue
        heads = max(1, round(staff))
        part = 0.35 if firm.established_on.year == year else 1.0  # a firm's first year is a short one
        revenue = round(heads * productivity * part / 100) * 100
        intensity = profile.rd_intensity * (1 + dice.normal(0, 0.08))
        years[year] = Year(
            heads, revenue, round(revenue * max(intensity, 0) / 100) * 100, min(heads, round(heads * profile.rd_staff_share))
        )
    return years


def facts_of(seed: int, firm: Firm, years: dict[int, Year]) -> list[Figure]:
    """The facts of a firm for every year from FIRST_FACT_YEAR: technical firms report more than others.

    A few figures are unknown and say why; an unknown one is never left out of the others' sums silently.
    """
    if firm.kind in {"university", "institute", "social", "individual"}:
        return []
    figures: list[Figure] = []
    for year, state in years.items():
        if year < FIRST_FACT_YEAR:
            continue
        dice = Dice(seed, "facts", firm.code, year)
        margin = dice.normal(MARGINS.get(firm.industry, 0.05), 0.06)
        profit = round(state.revenue * margin)
        values: dict[str, int | None] = {
            "revenue": state.revenue * 100,
            "staff_total": state.staff,
            "total_assets": round(state.revenue * dice.lognormal(1.1, 0.25)) * 100,
            "net_profit": profit * 100,
            "tax_paid": round(state.revenue * 0.028 + max(profit, 0) * (0.15 if firm.profile.technical else 0.05)) * 100,
        }
        if firm.profile.technical:
            values["rd_expense"] = state.rd_expense * 100
            values["staff_rd"] = state.rd_staff
            values["hightech_revenue"] = round(state.revenue * min(0.98, max(0.35, 0.62 + 0.3 * (firm.profile.quality - 0.3)))) * 100
            values["export_revenue"] = round(state.revenue * dice.uniform(0.02, 0.35)) * 100 if dice.chance(0.14) else 0
        if firm.profile.manufacturing:
            values["output_value"] = round(state.revenue * dice.uniform(0.95, 1.10)) * 100
        missing = firm.profile.technical and dice.chance(0.03)
        for fact, value in values.items():
            unknown = missing and fact in {"rd_expense", "staff_rd"}
            figures.append(Figure(firm.code, fact, year, None if unknown else value, "企业当年没有填报研发统计" if unknown else ""))
    return figures
