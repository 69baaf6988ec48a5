"""Births, names, moves and closures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from .codes import credit_code
from .dice import Dice
from .model import Firm, Profile
from .parameters import AREAS, CLOSING, FARMING, FIRST, FIRST_YEAR, MOVING, OTHER, SECOND, TECHNICAL, Area, Trade

ROADS = ("澄波路", "屿城道", "砚溪路", "云津大道", "翰园路", "榆荫道", "沁苑路", "骏驰道", "昶和路", "桐澜路", "晗光道", "岱云路")
FORMS = (
    ("有限公司", "有限责任公司", 0.92),
    ("股份有限公司", "股份有限公司", 0.04),
    ("集团有限公司", "有限责任公司", 0.02),
    ("合伙企业（有限合伙）", "有限合伙", 0.02),
)
PROVIDERS = (("知识产权代理", "M75", "专利代理；商标代理"), ("科技服务", "M75", "科技中介服务；技术经纪"), ("会计师事务所", "L72", "审计；会计咨询；税务咨询"),
             ("技术转移", "M75", "技术转移服务；成果评价"), ("检验认证", "M74", "检验检测；认证服务"))  # fmt: skip
INSTITUTES = ("能源低碳", "导航感知", "水泥绿色", "海洋水处理", "先进膜材料", "煤矿地质", "工业软件", "轨道检测", "智能测量", "精细化工", "城市环境", "半导体材料", "现代中药",
              "细胞工程", "先进计算", "机器人系统", "储能材料", "合成生物", "精密光学", "海水资源", "食品安全", "轻工装备", "建筑节能", "橡塑材料")  # fmt: skip
UNIVERSITIES = (("北运河理工大学", "120106"), ("三岔河口商学院", "120106"), ("子牙职业技术大学", "120106"), ("津沽工业大学", "120104"),
                ("海河滨海大学", "120116-TEDA"), ("渤海湾医药大学", "120111"), ("潮白农林大学", "120115"), ("大运河师范学院", "120112"))  # fmt: skip
SHOPS = {"F51": ("经营部",), "F52": ("便利店", "食品店", "文具店"), "H62": ("餐馆", "小吃店"), "O81": ("修理部", "家政服务部")}
SOCIETIES = (
    "科技企业协会",
    "技术经理人协会",
    "软件行业协会",
    "新材料产业联盟",
    "工业设计学会",
    "孵化器联合会",
    "生物医药学会",
    "储能产业联盟",
)


def brands() -> Iterator[str]:
    """Every pair of the two characters once, in a mixed order that does not depend on how many are used; then triples."""
    pairs = [first + second for first in FIRST for second in SECOND]
    order = sorted(range(len(pairs)), key=lambda index: Dice("brand", index).uniform())
    yield from (pairs[index] for index in order)
    for third in SECOND:
        yield from (pairs[index] + third for index in order)


def make_firms(seed: int, until: date) -> list[Firm]:
    """All organisations ever founded up to the end of `until`'s year, in a fixed order (by year of birth, then region)."""
    names = brands()
    firms: list[Firm] = []
    for year in range(FIRST_YEAR + 1, until.year + 1):
        for area in AREAS:
            dice = Dice(seed, "births", year, area.code)
            births = area.stock if year == FIRST_YEAR + 1 else dice.count(area.births)
            serial = len(firms)
            firms.extend(make_firm(seed, area, year, number, serial + number, next(names)) for number in range(births))
        if year == FIRST_YEAR + 1:
            firms.extend(make_institutions(seed, len(firms), names))
    for firm in firms:
        live(seed, firm, until.year)
    return firms


def make_firm(seed: int, area: Area, year: int, number: int, serial: int, brand: str) -> Firm:
    """One firm founded in `year`; those of the first year are the stock and were founded at any time since 1985."""
    dice = Dice(seed, "firm", area.code, year, number)
    founded = dice.day(date(year, 1, 4), date(year, 12, 28))
    if year == FIRST_YEAR + 1:
        founded = founded.replace(year=year - min(int(-6.5 * math.log(1 - dice.uniform())), 33), day=min(founded.day, 28))
    technical = dice.chance(area.technical)
    farming = area.rural and not technical and dice.chance(0.16)
    trades = TECHNICAL if technical else OTHER
    trade = FARMING if farming else dice.weighted(trades, [trade.weight for trade in trades])
    individual = not technical and not farming and trade.industry in SHOPS and dice.chance(0.16)
    provider = not technical and not individual and not farming and dice.chance(0.035)
    name, form, kind, body = _name(dice, area, trade, brand, individual=individual, farming=farming)
    industry, scope = trade.industry, trade.scope
    if provider:
        word, industry, scope = dice.choice(PROVIDERS)
        name, form, kind = f"天津{brand}{word}有限公司", "有限责任公司", "provider"
    manufacturing = industry[0] == "C"
    age = max(year - founded.year, 0)
    staff = max(2.0, dice.lognormal((14 if manufacturing else 8) if technical else 6, 0.95) * (1 + 0.05 * age))
    profile = Profile(
        technical=technical,
        quality=dice.uniform(),
        staff=1.0 if individual else staff,
        growth=dice.normal(0.035 if technical else 0.0, 0.10),
        productivity=dice.lognormal(620_000 if manufacturing else 330_000 if technical else 520_000, 0.45),
        rd_intensity=min(0.35, dice.lognormal(0.062, 0.55)) if technical else 0.0,
        rd_staff_share=min(0.75, max(0.08, dice.normal(0.30, 0.12))) if technical else 0.0,
        manufacturing=manufacturing,
    )
    capital = None if individual else round(staff * dice.lognormal(90_000, 0.8) / 10_000 + 10) * 10_000 * 100
    office = "120000" if dice.chance(0.025) else area.office
    firm = Firm(
        code=credit_code(body, office, serial),
        name=name,
        kind=kind,
        legal_form=form,
        region=area.code,
        industry=industry,
        established_on=founded,
        capital_fen=capital,
        address=f"{area.place}{dice.choice(ROADS)}{dice.integer(1, 288)}号{dice.integer(1, 24)}{dice.choice(('0', '1'))}{dice.integer(1, 9)}室",
        business_scope=scope,
        profile=profile,
    )
    if kind == "enterprise" and dice.chance(0.05):
        firm.former_name = (f"天津{brand}{dice.choice(('实业', '科贸', '发展'))}有限公司", dice.day(date(2019, 2, 1), date(2025, 11, 30)))
        if firm.former_name[1] <= founded:
            firm.former_name = None
    return firm


def _name(dice: Dice, area: Area, trade: Trade, brand: str, *, individual: bool, farming: bool) -> tuple[str, str, str, str]:
    """(name, legal form, kind, body class of the credit code)."""
    word = dice.choice(trade.words)
    district = area.place.removeprefix("天津市")
    if individual:
        return (
            f"{district if district.endswith('区') else '天津市'}{brand}{dice.choice(SHOPS[trade.industry])}",
            "个体工商户",
            "individual",
            "92",
        )
    if farming:
        return f"天津市{district}{brand}{word}", "农民专业合作经济组织", "cooperative", "93"
    ending, form, _ = dice.weighted(FORMS, [weight for *_, weight in FORMS])
    place = dice.weighted(("天津", "天津市", "", "（天津）"), (70, 12, 4, 14))
    if place == "（天津）":
        return f"{brand}（天津）{word}{ending}", form, "enterprise", "91"
    return f"{place}{brand}{word}{ending}", form, "enterprise", "91"


def make_institutions(seed: int, serial: int, names: Iterator[str]) -> Iterator[Firm]:
    """Universities, institutes and societies that do not exist; they hold much of the district's patents."""
    places = {area.code: area.place for area in AREAS}
    others = ("120116-BHHT", "120104", "120116-TEDA", "120111", "120103")
    rows = [(f"天津{name}", "university", region, "P83", "12") for name, region in UNIVERSITIES]
    rows += [
        (f"天津{next(names)}{word}研究院", "institute", "120106" if number < 9 else others[number % 5], "M73", "12")
        for number, word in enumerate(INSTITUTES)
    ]
    rows += [
        (f"天津{next(names)}{word}", "social", ("120106", "120104", "120116-BHHT")[number % 3], "S94", "51")
        for number, word in enumerate(SOCIETIES)
    ]
    for number, (name, kind, region, industry, body) in enumerate(rows):
        dice = Dice(seed, "institution", number)
        technical = kind != "social"
        yield Firm(
            code=credit_code(body, "120000", serial + number),
            name=name,
            kind=kind,
            legal_form="社会团体" if kind == "social" else "事业单位",
            region=region,
            industry=industry,
            established_on=dice.day(date(1952, 1, 1), date(2012, 12, 31)),
            capital_fen=None,
            address=f"{places[region]}{dice.choice(ROADS)}{dice.integer(1, 99)}号",
            business_scope="教学与科学研究"
            if kind == "university"
            else "科学研究；技术服务"
            if kind == "institute"
            else "行业服务；学术交流",
            profile=Profile(
                technical, dice.uniform(0.5, 1), dice.lognormal(700 if kind == "university" else 160, 0.5), 0.01, 0, 0, 0, False
            ),
        )


def live(seed: int, firm: Firm, last_year: int) -> None:
    """Closures and moves of one firm, year by year, so that an earlier year never changes when a later one is added."""
    if firm.kind in {"university", "institute", "social"}:
        return
    start = firm.region
    for year in range(2019, last_year + 1):
        dice = Dice(seed, "life", firm.code, year)
        day = dice.day(date(year, 2, 1), date(year, 12, 20))
        if day <= firm.established_on.replace(year=firm.established_on.year + 1, day=min(firm.established_on.day, 28)):
            continue
        if dice.chance(CLOSING[firm.profile.technical]) and firm.profile.quality < 0.9:
            firm.closed_on = day
            return
        if firm.kind == "enterprise" and dice.chance(MOVING) and not firm.moves:
            targets = [area for area in AREAS if area.code != start]
            area = dice.weighted(targets, [area.stock for area in targets])
            firm.moves.append((day, firm.region, area.code))
            firm.region = area.code
            firm.address = f"{area.place}{dice.choice(ROADS)}{dice.integer(1, 288)}号"
