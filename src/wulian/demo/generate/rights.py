"""Patents and software copyrights, with first and further holders."""

from __future__ import annotations

from bisect import bisect
from datetime import date, timedelta
from itertools import accumulate

from .dice import Dice
from .model import Firm, Right
from .parameters import CO_OWNED, INSTITUTE_SHARE, INVENTIONS, LAPSING, RIGHT_GROWTH
from .titles import Years, group_of

FIRST_GRANTS = 2011
SUBJECTS = ("换热装置", "感知节点", "滤膜组件", "控制方法", "检测系统", "催化剂制备方法", "数据同步方法", "储能模组", "定位算法", "支撑结构", "净化工艺", "图像识别方法",
            "密封机构", "复合材料", "调度平台", "传感器封装", "焊接工装", "低碳胶凝材料", "边缘计算终端", "加密通信方法")  # fmt: skip
MANNERS = ("一种高效", "一种便携式", "一种低功耗", "一种基于多源数据的", "一种自适应", "一种可拆卸", "一种耐腐蚀", "一种面向园区的")
LETTERS = {"invention": "1", "utility": "2", "design": "3", "software": "SR"}


def grant(seed: int, firms: list[Firm], years: Years, until: date) -> list[Right]:
    """All rights granted up to `until`. Lapses after `until` are not known yet."""
    rights: list[Right] = []
    for year in range(FIRST_GRANTS, until.year + 1):
        for group in INVENTIONS:
            rights.extend(grant_year(seed, group, year, firms, years, until))
    return [right for right in rights if right.granted_on <= until]


def grant_year(seed: int, group: str, year: int, firms: list[Firm], years: Years, until: date) -> list[Right]:
    base, by_year = INVENTIONS[group]
    inventions = by_year.get(year, by_year[2025] * RIGHT_GROWTH ** (year - 2025) if year > 2025 else base)
    dice = Dice(seed, "grants", group, year)
    amounts = {
        "invention": round(inventions * (1 + dice.normal(0, 0.03))),
        "utility": round(inventions * 0.4 + 130),
        "design": 14,
        "software": 60 if year >= 2016 else 0,
    }
    middle = date(year, 6, 30)
    here = [
        firm for firm in firms if firm.established_on.year < year and firm.active_on(middle) and group_of(firm.region_on(middle)) == group
    ]
    science = [firm for firm in here if firm.kind in {"university", "institute"}]
    makers = [firm for firm in here if firm.kind == "enterprise" and firm.profile.technical]
    pools = {"science": (science, _ladder(science, years)), "makers": (makers, _ladder(makers, years))}
    rights = []
    for kind, amount in amounts.items():
        for number in range(amount):
            draw = Dice(seed, kind, group, year, number)
            pool = (
                "science"
                if kind in {"invention", "utility"} and draw.chance(INSTITUTE_SHARE[group] * (1 if kind == "invention" else 0.3))
                else "makers"
            )
            holders = [_draw(draw, *pools[pool])]
            if kind == "invention" and draw.chance(CO_OWNED):
                partner = _draw(draw, *pools["makers" if pool == "science" else "science"])
                holders.append(partner)
            day = draw.day(date(year, 1, 5), date(year, 12, 26))
            filed = max(
                day - timedelta(days=draw.integer(90, 300) if kind != "invention" else draw.integer(400, 1100)), holders[0].established_on
            )
            region = {"hongqiao": 1, "zone": 2, "other": 3}[group]
            label = f"YS{year}{LETTERS[kind]}{region}{number:05d}"
            title = (
                f"{draw.choice(MANNERS)}{draw.choice(SUBJECTS)}"
                if kind != "software"
                else f"{draw.choice(SUBJECTS)[:4]}管理软件 V{draw.integer(1, 5)}.0"
            )
            rights.append(
                Right(kind, label, title, filed, day, _lapse(draw, kind, day, until), tuple(dict.fromkeys(h.code for h in holders)))
            )
    return rights


def _lapse(dice: Dice, kind: str, granted: date, until: date) -> date | None:
    """The anniversary at which the fee was not paid, if that was before `until`; never later than the legal term."""
    rate, term = LAPSING[kind], {"invention": 17, "utility": 9, "design": 14, "software": 50}[kind]
    for age in range(2, until.year - granted.year + 1):
        if age >= term or dice.chance(rate):
            day = granted.replace(year=granted.year + age, day=min(granted.day, 28))
            return day if day <= until else None
    return None


def _ladder(pool: list[Firm], years: Years) -> list[float]:
    """Cumulated weights: institutes by size, firms by standing and R&D heads."""
    return list(accumulate(firm.profile.quality**2 * (firm.profile.staff**0.7) * (1 + 8 * firm.profile.rd_intensity) for firm in pool))


def _draw(dice: Dice, pool: list[Firm], ladder: list[float]) -> Firm:
    return pool[min(bisect(ladder, dice.uniform(0, ladder[-1])), len(pool) - 1)]
