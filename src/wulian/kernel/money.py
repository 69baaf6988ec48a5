"""Money in fen, and registered capital as registers print it.

Money is an integer in the smallest unit of its currency (fen, cents, whole yen). Nothing is converted between currencies
and nothing is corrected: what looks wrong is kept as printed and flagged.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from .errors import N_
from .problems import BadValue, Problem

FEN_PER_YUAN = 100
UNITS = {"元": 100, "百元": 10_000, "千元": 100_000, "万元": 1_000_000, "百万元": 100_000_000, "亿元": 10_000_000_000}
_LARGEST = 2**63 - 1

# ISO 4217 code -> (Chinese name, smallest units in one). The German mark ended in 2002 and still stands in registers.
CURRENCIES = {
    "CNY": ("人民币", 100), "USD": ("美元", 100), "HKD": ("港元", 100), "JPY": ("日元", 1), "EUR": ("欧元", 100),
    "DEM": ("德国马克", 100), "GBP": ("英镑", 100), "AUD": ("澳大利亚元", 100), "CHF": ("瑞士法郎", 100),
    "CAD": ("加拿大元", 100), "SGD": ("新加坡元", 100), "KRW": ("韩元", 1), "TWD": ("新台币", 100), "MOP": ("澳门元", 100),
    "FRF": ("法国法郎", 100), "NZD": ("新西兰元", 100), "SEK": ("瑞典克朗", 100), "DKK": ("丹麦克朗", 100),
}  # fmt: skip
_NAMES = {name: code for code, (name, _) in CURRENCIES.items()} | {
    "人民币元": "CNY", "RMB": "CNY", "¥": "CNY", "港币": "HKD", "港币元": "HKD", "日圆": "JPY", "马克": "DEM", "澳元": "AUD",
    "加元": "CAD", "台币": "TWD", "澳门币": "MOP", "美金": "USD", "英磅": "GBP", **{code: code for code in CURRENCIES},
}  # fmt: skip
_CURRENCY = "|".join(sorted(_NAMES, key=len, reverse=True))
_SCALES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_SCALE = "|".join(sorted(filter(None, _SCALES), key=len, reverse=True))
_CAPITAL = re.compile(
    rf"(?P<before>{_CURRENCY})?(?P<number>\d[\d,]*(?:\.\d+)?)\(?(?P<scale>{_SCALE})?(?P<yuan>元)?(?P<after>{_CURRENCY})?元?\)?(?:整)?"
)
# The lowest registered capital of a company from 2006 to 2014 (公司法 2005, art. 26: 3 万元). Less, printed in plain
# yuan, is more likely a dropped 万 than a sum; it is asked about and never changed.
PLAUSIBLE_LOWEST_YUAN = 30_000

UNREADABLE = N_("注册资本“%(text)s”读不出数额，按不详处理")
NO_UNIT = N_("注册资本“%(text)s”没有写单位，不知是元还是万元，按不详处理")
NO_CURRENCY = N_("注册资本“%(text)s”没有写币种，按人民币记，请核对")
SUSPICIOUS = N_("注册资本“%(text)s”照字面只有 %(yuan)s 元，疑为“万元”漏字；按原文记，没有换算，请核对")
TOO_FINE = N_("注册资本“%(text)s”细到最小货币单位以下，按不详处理")

_BLANKS = frozenset({"", "-", "—", "无", "N/A", "NA", "NULL", "不详", "/"})


@dataclass(frozen=True, slots=True)
class Capital:
    """`amount` in the smallest unit of `currency` (ISO 4217); None: unknown. `problems`: what a person should check."""

    amount: int | None
    currency: str
    problems: tuple[Problem, ...] = ()


UNKNOWN_CAPITAL = Capital(None, "")


def parse_capital(text: str) -> Capital:
    """Registered capital with its currency, in every writing seen in real registers (1,913.2157(万元人民币), 50(万元美元), 45(万), 6)."""
    printed = text.strip()
    compact = unicodedata.normalize("NFKC", printed).replace(" ", "")
    if compact.upper() in _BLANKS:
        return UNKNOWN_CAPITAL
    match = _CAPITAL.fullmatch(compact)
    if match is None:
        return Capital(None, "", (Problem("capital_unreadable", UNREADABLE, {"text": printed[:40]}),))
    scale, yuan = match["scale"] or "", match["yuan"]
    name = match["after"] or match["before"]
    if not (scale or yuan or name):
        return Capital(None, "", (Problem("capital_no_unit", NO_UNIT, {"text": printed[:40]}),))
    currency = _NAMES[name] if name else "CNY"
    exact = Decimal(match["number"].replace(",", "")) * _SCALES[scale] * CURRENCIES[currency][1]
    if exact != exact.to_integral_value() or exact > _LARGEST:
        return Capital(None, "", (Problem("capital_too_fine", TOO_FINE, {"text": printed[:40]}),))
    problems = []
    if not name and not yuan:
        problems.append(Problem("capital_no_currency", NO_CURRENCY, {"text": printed[:40]}))
    if currency == "CNY" and not scale and 0 < exact < PLAUSIBLE_LOWEST_YUAN * FEN_PER_YUAN:
        problems.append(Problem("capital_unit", SUSPICIOUS, {"text": printed[:40], "yuan": format(exact / FEN_PER_YUAN, "f")}))
    return Capital(int(exact), currency, tuple(problems))


NOT_MONEY = N_("“%(text)s”不是金额")
FRACTION_OF_FEN = N_("“%(text)s”细到分以下")
_AMOUNT = re.compile(r"(?P<sign>-?)(?P<number>\d[\d,]*(?:\.\d+)?)(?P<unit>亿元|百万元|万元|千元|百元|元|亿|万)?")


def parse_fen(text: str, unit: str = "元") -> int:
    """An amount of renminbi in fen. `unit` applies when the text carries none. Raises BadValue, also for fractions of a fen."""
    compact = unicodedata.normalize("NFKC", text).replace(" ", "").removeprefix("¥")
    match = _AMOUNT.fullmatch(compact)
    if match is None:
        raise BadValue(Problem("not_money", NOT_MONEY, {"text": text[:40]}))
    printed = match["unit"]
    factor = UNITS[unit if printed is None else printed if printed.endswith("元") else f"{printed}元"]
    exact = Decimal(match["sign"] + match["number"].replace(",", "")) * factor
    if exact != exact.to_integral_value():
        raise BadValue(Problem("fraction_of_fen", FRACTION_OF_FEN, {"text": text[:40]}))
    return int(exact)


def format_amount(amount: int, unit: str = "元", decimals: int | None = None) -> str:
    """`amount` fen in `unit` (元, 万元, 亿元) with thousands separators and without the unit; all digits unless `decimals` says."""
    value = Decimal(amount) / UNITS[unit]
    if decimals is not None:
        return f"{value:,.{decimals}f}"
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def best_unit(amount: int) -> str:
    """The unit in which a person would read `amount` fen."""
    size = abs(amount)
    return "亿元" if size >= UNITS["亿元"] else "万元" if size >= UNITS["万元"] else "元"


def format_fen(amount: int, unit: str | None = None, decimals: int | None = None) -> str:
    """`amount` fen with its unit: 1,913.2157 万元. The unit is chosen by size unless given."""
    unit = unit or best_unit(amount)
    return f"{format_amount(amount, unit, decimals)} {unit}"


def format_capital(amount: int | None, currency: str) -> str:
    """Registered capital for a page: 216 万元, 2,994 万美元; empty when unknown."""
    if amount is None:
        return ""
    if currency == "CNY":
        return format_fen(amount)
    name, minor = CURRENCIES[currency]
    value = Decimal(amount) / minor
    scale = "万" if abs(value) >= 10_000 else ""
    text = f"{value / _SCALES[scale]:,f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {scale}{name}"
