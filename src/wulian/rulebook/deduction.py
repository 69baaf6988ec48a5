"""The super-deduction of R&D expense by year: rates, and the caps on its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wulian.kernel.truth import Truth

from .tables import read

_TABLE = "national/tables/rd_deduction.yaml"


@dataclass(frozen=True, slots=True)
class Rate:
    """Percentages: deducted on top of expensed R&D, and amortisation of intangible assets. Unknown where `missing` names what decides."""

    expensed: int | None
    intangible: int | None
    article: str
    note: str = ""
    missing: tuple[str, ...] = ()


def deduction_rate(year: int, firm: Mapping[str, Truth]) -> Rate | None:
    """The rate of an accounting year; None before 2016, whose rates the table does not hold.

    `firm`: tech_sme, manufacturing, ic_or_machine_tool (a listed integrated-circuit or machine-tool firm); absent or None: unknown.
    """
    rows = [row for row in read(_TABLE)["rates"] if row["from"] <= year <= row.get("to", year)]
    missing: list[str] = []
    for row in rows:
        holds = firm.get(row["when"]) if "when" in row else True
        if holds is None:
            missing.append(row["when"])
        elif holds:
            possible = {(row["expensed"], row["intangible"])} | {(r["expensed"], r["intangible"]) for r in rows if r.get("when") in missing}
            if len(possible) > 1:
                return Rate(None, None, row["article"], "", tuple(missing))
            return Rate(row["expensed"], row["intangible"], row["article"], row.get("note", ""))
    return None


def in_negative_industry(negative_income: int | None, income: int | None) -> Truth:
    """Whether main-business income in an excluded industry is above half of (total less non-taxable and investment) income; fen."""
    if negative_income is None or income is None:
        return None
    return negative_income * 100 > income * read(_TABLE)["negative_industry"]["above_percent"]


def other_costs_cap(first_five: int) -> int:
    """The most that other related costs may be, in fen, for all projects together: first five classes × 10 % ÷ (1 − 10 %)."""
    percent: int = read(_TABLE)["other_costs"]["percent"]
    return first_five * percent // (100 - percent)


def outsourced_counts(domestic_paid: int, overseas_paid: int, domestic_eligible: int, year: int) -> tuple[int, int]:
    """What counts of R&D commissioned at home and overseas, in fen: 80 % of each, overseas at most two thirds of the eligible R&D at
    home and nothing before 2018. Individuals overseas count nothing: leave them out."""
    table = read(_TABLE)
    percent, overseas = table["outsourced"]["percent"], table["overseas"]
    if year < overseas["from"]:
        return domestic_paid * percent // 100, 0
    most = domestic_eligible * overseas["numerator"] // overseas["denominator"]
    return domestic_paid * percent // 100, min(overseas_paid * percent // 100, most)
