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
    titles = [title for rung in RUNGS for title in climb(seed, rung, firms, years, until.year)]
    by_code = {firm.code: firm for firm in firms}
    known = [cut_short(title, by_code[title.code], until) for title in titles if title.granted_on <= until]
    return sorted(known, key=lambda title: (title.granted_on, title.kind, title.code))


def climb(seed: int, rung: Rung, firms: list[Firm], years: Years, last_year: int) -> list[Title]:
    """One rung: each year titles run out and are renewed or not, then each group of regions takes in new holders.

    A firm belongs to the group in which it is at the end of the year. One that has just let its title lapse waits a year.
    """
    held: dict[str, Title] = {}
    awarded: list[Title] = []
    first = max(FIRST_YEAR, rung.first_year)
    for year in range(first, last_year + 1):
        end = date(year, 12, 31)
        here = [firm for firm in firms if firm.active_on(end)]
        fit = {firm.code for firm in here if eligible(rung.kind, firm, year, years[firm.code].get(year))}
        present = {firm.code for firm in here}
        held = {code: title for code, title in held.items() if code in present}
        running_out = [(code, title.valid_to) for code, title in held.items() if title.valid_to and title.valid_to <= end]
        for code, day in running_out:
            del held[code]
            dice = Dice(seed, rung.kind, "renewal", code, year)
            if dice.chance(rung.renew) and (code in fit or dice.chance(0.5)):
                held[code] = new_title(rung, code, day, dice)
                awarded.append(held[code])
        waiting = {code for code, _day in running_out}
        for group, (base, change) in rung.share.items():
            members = [firm for firm in here if group_of(firm.region_on(end)) == group]
            candidates = [firm for firm in members if firm.code in fit]
            luck = Dice(seed, rung.kind, group, year).normal(0, 0.015)
            wanted = round(len(candidates) * max(0.0, base + change * (year - 2020)) * (1 + luck))
            ranked = sorted(
                (firm for firm in candidates if firm.code not in held and firm.code not in waiting),
                key=lambda firm: -(firm.profile.quality + Dice(seed, rung.kind, "rank", firm.code).uniform(0, 0.5)),
            )
            for firm in ranked[: max(0, wanted - sum(member.code in held for member in members))]:
                dice = Dice(seed, rung.kind, firm.code, year)
                # the stock of the first year was granted over the years before, or all would run out together
                back = dice.integer(0, rung.years - 1) if year == first and rung.first_year < FIRST_YEAR else 0
                day = dice.day(date(year - back, rung.months[0], 3), date(year - back, rung.months[1], 28))
                if day > firm.established_on:
                    held[firm.code] = new_title(rung, firm.code, day, dice)
                    awarded.append(held[firm.code])
    return awarded


def new_title(rung: Rung, code: str, day: date, dice: Dice) -> Title:
    until = day.replace(year=day.year + rung.years, day=min(day.day, 28) if day.month == 2 else day.day)
    return Title(code, rung.kind, f"YS{rung.certificate}{day.year}12{dice.integer(0, 999_999):06d}", day, until)


def cut_short(title: Title, firm: Firm, until: date) -> Title:
    """A title ends with the firm that holds it, once that is known."""
    if firm.closed_on and firm.closed_on <= until and title.valid_to and title.granted_on < firm.closed_on < title.valid_to:
        return Title(title.code, title.kind, title.certificate, title.granted_on, title.valid_to, firm.closed_on)
    return title
