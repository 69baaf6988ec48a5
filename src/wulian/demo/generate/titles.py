"""Titles: who is eligible, who gets one, who renews, who lets it lapse."""

from __future__ import annotations

from datetime import date

from .dice import Dice
from .figures import Year
from .model import Firm, Title
from .parameters import FIRST_YEAR, RUNGS, Rung

Years = dict[str, dict[int, Year]]


def group_of(region: str) -> str:
    return {"120106": "hongqiao", "120116-BHHT": "zone"}.get(region, "other")


def eligible(kind: str, firm: Firm, year: int, state: Year | None) -> bool:
    """A coarse reading of the published conditions; the rulebook's own version is not needed to make plausible data."""
    if state is None or not firm.profile.technical or firm.kind != "enterprise":
        return False
    age = year - firm.established_on.year
    ratio = state.rd_expense / state.revenue if state.revenue else 0
    heads = state.rd_staff / state.staff
    match kind:
        case "hnte":
            floor = 0.05 if state.revenue <= 50_000_000 else 0.04 if state.revenue <= 200_000_000 else 0.03
            return age >= 1 and ratio >= floor and heads >= 0.10
        case "tech_sme":
            return state.staff <= 500 and state.revenue <= 200_000_000 and heads >= 0.10 and ratio >= 0.02
        case "eaglet":
            return age <= 8 and state.revenue >= 100_000
        case "gazelle":
            return 3 <= age <= 15 and ratio >= 0.025 and firm.profile.growth >= 0.10
        case "innovative_sme":
            return age >= 1 and ratio >= 0.03
        case "srdi":
            return age >= 2 and state.rd_expense >= 1_000_000 and ratio >= 0.03 and state.revenue >= 10_000_000
        case "little_giant":
            return age >= 3 and state.revenue >= 30_000_000 and ratio >= 0.03
        case "champion":
            return age >= 8 and firm.profile.manufacturing and state.revenue >= 30_000_000
        case "leader" | "leader_cultivation":
            return age >= 3 and state.revenue >= 20_000_000
        case "unicorn":
            return 2 <= age <= 12 and state.revenue >= 50_000_000
        case "cheetah":
            return age <= 12 and state.revenue >= 5_000_000 and firm.profile.growth >= 0.08
        case _:
            return firm.industry == "I65" and state.revenue >= 5_000_000


def award(seed: int, firms: list[Firm], years: Years, until: date) -> list[Title]:
    """All titles granted up to `until`, each rung followed year by year."""
    titles: list[Title] = []
    for rung in RUNGS:
        for group in ("hongqiao", "zone", "other"):
            titles.extend(climb(seed, rung, group, firms, years, until))
    return sorted(titles, key=lambda title: (title.granted_on, title.kind, title.code))


def climb(seed: int, rung: Rung, group: str, firms: list[Firm], years: Years, until: date) -> list[Title]:
    """One rung in one group of regions. A firm belongs to the group in which it was at the end of the year."""
    base, change = rung.share[group]
    held: dict[str, Title] = {}
    awarded: list[Title] = []
    for year in range(max(FIRST_YEAR, rung.first_year), until.year + 1):
        end = date(year, 12, 31)
        here = [firm for firm in firms if firm.active_on(end) and group_of(firm.region_on(end)) == group]
        candidates = [firm for firm in here if eligible(rung.kind, firm, year, years[firm.code].get(year))]
        chance = {firm.code: Dice(seed, rung.kind, firm.code, year) for firm in here}
        present = {firm.code for firm in here}
        fit = {firm.code for firm in candidates}
        held = {code: title for code, title in held.items() if code in present}
        for code, title in list(held.items()):
            if title.valid_to is None or title.valid_to > end:
                continue
            renewed = chance[code].chance(rung.renew) and (code in fit or chance[code].chance(0.5))
            del held[code]
            if renewed:
                day = min(title.valid_to, end)
                held[code] = new_title(rung, code, day, chance[code])
                awarded.append(held[code])
        luck = Dice(seed, rung.kind, group, year)
        wanted = round(len(candidates) * max(0.0, base + change * (year - 2020)) * (1 + luck.normal(0, 0.015)))
        ranked = sorted(
            (firm for firm in candidates if firm.code not in held),
            key=lambda firm: -(firm.profile.quality + Dice(seed, rung.kind, "rank", firm.code).uniform(0, 0.5)),
        )
        first = year == max(FIRST_YEAR, rung.first_year)
        for firm in ranked[: max(0, wanted - len(held))]:
            dice = chance[firm.code]
            # the stock of the first year was granted over the years before, or all would run out together
            back = dice.integer(0, rung.years - 1) if first and rung.first_year < FIRST_YEAR else 0
            day = dice.day(date(year - back, rung.months[0], 3), date(year - back, rung.months[1], 28))
            if day <= firm.established_on:
                continue
            held[firm.code] = new_title(rung, firm.code, day, dice)
            awarded.append(held[firm.code])
    by_code = {firm.code: firm for firm in firms}
    return [cut_short(title, by_code[title.code]) for title in awarded if title.granted_on <= until]


def new_title(rung: Rung, code: str, day: date, dice: Dice) -> Title:
    until = day.replace(year=day.year + rung.years, day=min(day.day, 28) if day.month == 2 else day.day)
    return Title(code, rung.kind, f"YS{rung.certificate}{day.year}12{dice.integer(0, 999_999):06d}", day, until)


def cut_short(title: Title, firm: Firm) -> Title:
    """A title ends with the firm that holds it."""
    if firm.closed_on and title.valid_to and title.granted_on < firm.closed_on < title.valid_to:
        return Title(title.code, title.kind, title.certificate, title.granted_on, title.valid_to, firm.closed_on)
    return title
