"""Yearly figures of the districts; the city's are their sums."""

from __future__ import annotations

from collections import defaultdict

from .dice import Dice
from .model import Figure
from .parameters import ECONOMIES, FIRST_REGION_YEAR, ZONES, Economy

YI = 100_000_000  # 亿
FACTS = ("gdp", "population", "rd_expense_society", "tech_contract_turnover", "hightech_output")


def region_figures(seed: int, last_year: int, city: str = "120000") -> list[Figure]:
    """GDP, residents, R&D, technology contracts and high-tech output of city, districts and the high-tech zone."""
    figures: list[Figure] = []
    sums: dict[tuple[str, int], int] = defaultdict(int)
    for economy in (*ECONOMIES, *ZONES):
        for year, values in follow(seed, economy, last_year).items():
            for fact, value in values.items():
                figures.append(Figure(economy.code, fact, year, value))
                if economy in ECONOMIES:
                    sums[fact, year] += value
    figures.extend(Figure(city, fact, year, value) for (fact, year), value in sums.items())
    return sorted(figures, key=lambda figure: (figure.subject, figure.fact, figure.year))


def follow(seed: int, economy: Economy, last_year: int) -> dict[int, dict[str, int]]:
    """Figures by year, walked forward from 2020 (and one step back to 2019)."""
    result = {}
    for year in range(FIRST_REGION_YEAR, last_year + 1):
        dice = Dice(seed, "economy", economy.code, year)
        step = year - 2020
        gdp = economy.gdp * (1 + economy.gdp_growth) ** step * (1 + dice.normal(0, 0.006))
        share = economy.rd_share + economy.rd_change * step + dice.normal(0, 0.02)
        output = gdp * economy.hightech * (1 + 0.01 * step) * (1 + dice.normal(0, 0.01))
        contracts = economy.contracts * (1 + economy.contract_growth) ** step * (1 + dice.normal(0, 0.015))
        result[year] = {
            "gdp": round(gdp * 100) * YI,  # GDP to 0.01 亿元, in fen
            "population": round(economy.residents * (1 + economy.resident_growth) ** step * 100) * 100,
            "rd_expense_society": round(gdp * share) * YI,
            "tech_contract_turnover": round(contracts * 100) * YI,
            "hightech_output": round(output * 100) * YI,
        }
    return result
