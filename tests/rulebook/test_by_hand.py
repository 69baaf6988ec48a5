"""Tech SME and HNTE a second time, straight from the documents with fractions, against the rulebook on random firms at the limits."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pytest

from wulian.engines.rules import read_row
from wulian.engines.rules.assessing import assess_prepared
from wulian.rulebook.rules import criterion

ON = date(2026, 7, 1)
FIRMS = 150


def percent(value: float) -> Fraction:
    return Fraction(round(value * 100), 10_000)


def graded(value: Fraction, rows: list[tuple[float, int]]) -> int:
    return next((points for limit, points in rows if value >= percent(limit)), 0)


def money(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@pytest.mark.parametrize("seed", range(3))
def test_tech_sme(seed: int) -> None:
    dice, rules = Random(seed), criterion("tech-sme", ON)
    for _ in range(FIRMS):
        staff = dice.choice([1, 7, 10, 20, 100, 499, 500, 501])
        st = min(
            staff, dice.choice([0, staff // 10, -(-staff // 10), staff // 5, staff * 15 // 100, staff // 4, -(-staff * 3 // 10), staff])
        )
        sales = dice.choice([0, 10_000, 333_300, 10**8, 12_345_678_900, 2 * 10**10, 2 * 10**10 + 1])
        cost = dice.choice([0, sales, 10**8, 77_777_700])
        base, share = dice.choice([(sales, dice.choice([2, 3, 4, 5, 6])), (cost, dice.choice([10, 15, 20, 25, 30]))])
        rd = max(0, base * share // 100 + dice.choice([-1, 0, 1]))
        if 0 < sales < rd:
            continue
        one, two, assets = dice.choice([0, 0, 1, 2]), dice.randint(0, 6), dice.choice([0, 2 * 10**10, 2 * 10**10 + 1])
        bars, doors = [dice.random() < 0.08 for _ in range(3)], [dice.random() < 0.1 for _ in range(4)]
        names = ("is_resident", "excluded_industry", "bad_record", "hnte_valid", "national_award", "provincial_rd_body", "led_standard")
        flags = dict(zip(names, [not bars[0], *bars[1:], *doors], strict=True))
        row = {name: str(int(value)) for name, value in flags.items()} | {
            "employees": str(staff), "st_staff": str(st), "revenue_yuan": money(sales), "cost_expense_yuan": money(cost),
            "rd_expense_yuan": money(rd), "total_assets_yuan": money(assets), "ip_class1": str(one), "ip_class2": str(two),
        }  # fmt: skip
        people = graded(Fraction(st, staff), [(30, 20), (25, 16), (20, 12), (15, 8), (10, 4)])
        by_sales = graded(Fraction(rd, sales), [(6, 50), (5, 40), (4, 30), (3, 20), (2, 10)]) if sales else 0
        by_cost = graded(Fraction(rd, cost), [(30, 50), (25, 40), (20, 30), (15, 20), (10, 10)]) if cost else 0
        total = people + max(by_sales, by_cost) + (30 if one else min(two, 4) * 6)
        fits = not any(bars) and staff <= 500 and sales <= 2 * 10**10 and assets <= 2 * 10**10
        met = fits and ((total >= 60 and people > 0) or any(doors))
        found = assess_prepared(rules, read_row(rules, row))
        assert found.points is not None
        assert (str(found.verdict), found.points.low_least, found.points.high_most) == ("met" if met else "not_met", total, total), row


def growth(first: int, second: int, third: int) -> tuple[int, int]:
    if second == 0:
        return 0, 0
    rate = Fraction(third, second) - 1 if first == 0 else (Fraction(second, first) + Fraction(third, second)) / 2 - 1
    for limit, points in ((35, (9, 10)), (25, (7, 8)), (15, (5, 6)), (5, (3, 4))):
        if rate >= percent(limit):
            return points
    return (1, 2) if rate > 0 else (0, 0)


@pytest.mark.parametrize("seed", range(3))
def test_hnte(seed: int) -> None:
    dice, rules = Random(seed), criterion("hnte", ON)
    for _ in range(FIRMS):
        registered = ON - timedelta(days=dice.choice([364, 365, 366, 800, 1000, 1300, 4000]))
        unborn = [registered > date(year, 12, 31) for year in (2023, 2024, 2025)]
        last = dice.choice([0, 10**8, 5 * 10**9, 5 * 10**9 + 1, 2 * 10**10, 2 * 10**10 + 1])
        sales = [dice.choice([0, last, last // 2, last * 2 // 3]), dice.choice([0, last, last * 100 // 115, last * 100 // 135]), last]
        sales = [0 if early else value for early, value in zip(unborn, sales, strict=True)]
        tier = 5 if sales[2] <= 5 * 10**9 else 4 if sales[2] <= 2 * 10**10 else 3
        left, rd = max(0, sum(sales) * tier // 100 + dice.choice([-1, 0, 1])), [0, 0, 0]
        for year in (2, 1, 0):
            rd[year] = min(left, sales[year])
            left -= rd[year]
        assets = [0 if early else dice.choice([0, 100, 115, 130, 135, 152, 180, 225]) for early in unborn]
        one, two, transfers = dice.choice([0, 1]), dice.randint(0, 6), dice.choice(["0", "0.99", "1", "2", "3", "3.67", "4", "5", "9"])
        st, high, domestic = dice.choice([9, 10, 11]), dice.choice([59, 60, 61]), dice.choice(["0.59", "0.6", "1"])
        row = {
            "registered_on": str(registered), "ip_class1": str(one), "ip_class2": str(two), "owns_core_ip": "1", "in_field": "1",
            "st_staff": str(st), "employees": "100", "domestic_rd_share": domestic, "hightech_income_yuan": str(high),
            "total_income_yuan": "100", "transfers_per_year": transfers, "bad_record": "0",
        }  # fmt: skip
        for year in range(3):
            for name, values in (("rd", rd), ("rev", sales), ("net_assets", assets)):
                row[f"{name}_y{year + 1}_yuan"] = "" if unborn[year] else money(values[year])
        bands = ((5, (25, 30)), (4, (19, 24)), (3, (13, 18)), (2, (7, 12)), (1, (1, 6)))
        transfer = next((points for least, points in bands if Fraction(transfers) >= least), (0, 0))
        count = (7, 8) if one else (5, 6) if two >= 5 else (3, 4) if two >= 3 else (1, 2) if two else (0, 0)
        some = bool(one or two)
        grown = [growth(*assets), growth(*sales)]
        least = count[0] + some + transfer[0] + sum(points[0] for points in grown)
        most = min(30, count[1] + 22 * some + 2) + transfer[1] + 20 + sum(points[1] for points in grown)
        sound = (
            (ON - registered).days >= 365 and st >= 10 and Fraction(domestic) >= percent(60) and high >= 60
            and sum(sales) > 0 and Fraction(sum(rd), sum(sales)) >= percent(tier)
        )  # fmt: skip
        verdict = "not_met" if not sound or most <= 70 else "met" if least > 70 else "depends"
        found = assess_prepared(rules, read_row(rules, row))
        assert found.points is not None
        assert (str(found.verdict), found.points.low_least, found.points.high_most) == (verdict, least, most), row
