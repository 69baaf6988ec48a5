"""Which metric might an indicator of a plan be bound to? Names, aliases and units decide; an officer confirms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from .metrics import Metric, all_metrics

# Unit -> (kind of thing counted, factor to that kind's base). 家, 户 and 个 all count organisations.
UNITS: dict[str, tuple[str, Decimal]] = {
    **dict.fromkeys(("家", "户", "个", "家次"), ("organisation", Decimal(1))),
    **dict.fromkeys(("件", "项"), ("right", Decimal(1))),
    "人": ("person", Decimal(1)),
    "平方米": ("area", Decimal(1)),
    "公顷": ("area", Decimal(10_000)),
    "平方公里": ("area", Decimal(1_000_000)),
    "元": ("money", Decimal(1)),
    "%": ("share", Decimal(1)),
    "百分点": ("share", Decimal(1)),
    "‰": ("share", Decimal("0.1")),
    "件/万人": ("right per 10k", Decimal(1)),
    "项/万人": ("right per 10k", Decimal(1)),
}
PREFIXES = {
    "": Decimal(1),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
    "万亿": Decimal(10**12),
}

# Said in plans before or after the thing itself without changing what is counted.
_NEUTRAL = re.compile(
    r"全区|全市|我区|我市|本区|本市|区级|市级|国家级?|有效期内的?|总量|总数|数量|累计|达到|突破|期末|年末|拥有量?|认定|企业数$|家数$|个数$|数$"
)
# Said of a different quantity of the same thing: a name with one of these is not the thing itself.
_CHANGES = (
    "新增",
    "新认定",
    "新建",
    "增长",
    "增速",
    "增幅",
    "占比",
    "比重",
    "收入",
    "营收",
    "产值",
    "贡献",
    "培育",
    "入库",
    "申请",
    "授权",
    "转化",
    "每年",
    "年均",
    "净增",
)
_SHARES = ("占比", "比重")  # what a metric in percent is anyway


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A metric that may fit. `factor` turns the metric's unit into the indicator's; `score` is 0 to 1; `reason` a sentence."""

    metric: Metric
    score: float
    factor: Decimal
    reason: str


def unit_factor(have: str, want: str) -> Decimal | None:
    """What to multiply a number in unit `have` with to read it in `want` (家 -> 万家: 0.0001); None when they differ in kind."""
    first, second = _unit(have), _unit(want)
    if first is None or second is None:
        return Decimal(1) if have and have == want else None
    return first[1] / second[1] if first[0] == second[0] else None


def suggest_metrics(name: str, unit: str, *, among: Iterable[Metric] | None = None, limit: int = 5) -> list[Suggestion]:
    """Metrics that an indicator called `name` in `unit` may be bound to, best first; empty when none fits.

    A different kind of unit rules a metric out. A blank unit does not, but costs certainty.
    """
    wanted, changes = _core(name), {word for word in _CHANGES if word in name}
    if "万人" in name and _unit(unit) == UNITS["件"]:
        unit = "件/万人"  # plans print 每万人口发明专利拥有量 with the unit 件
    found = []
    for metric in all_metrics() if among is None else among:
        factor = unit_factor(metric.unit, unit) if unit else Decimal(1)
        if factor is None:
            continue
        best, alias = max(((_alike(wanted, _core(word)), word) for word in (str(metric.name), *metric.aliases)), key=lambda pair: pair[0])
        different = sorted(word for word in changes if word not in alias and not (word in _SHARES and metric.unit == "%"))
        score = best * (0.5 if different else 1) * (1 if unit else 0.8)
        if score < 0.4:
            continue
        found.append(Suggestion(metric, round(score, 3), factor, _reason(best, alias, different, metric, unit, factor)))
    # 国家级孵化载体 and 孵化载体 have one core: the one that is written exactly so comes first.
    return sorted(found, key=lambda item: (-item.score, name not in (str(item.metric.name), *item.metric.aliases), item.metric.code))[
        :limit
    ]


@lru_cache(maxsize=1024)
def _unit(unit: str) -> tuple[str, Decimal] | None:
    text = unicodedata.normalize("NFKC", unit).strip().removesuffix("人民币")
    for prefix in sorted(PREFIXES, key=len, reverse=True):
        base = UNITS.get(text[len(prefix) :])
        if text.startswith(prefix) and base:
            return base[0], base[1] * PREFIXES[prefix]
    return None


@lru_cache(maxsize=8192)
def _core(name: str) -> str:
    text = re.sub(r"[\s“”\"'‘’「」《》]|[（(][^）)]*[）)]", "", unicodedata.normalize("NFKC", name).lower())
    return _NEUTRAL.sub("", text) or text


def _alike(first: str, second: str) -> float:
    """1 for equal names; containment scores by the share of the longer name; otherwise Dice over character pairs."""
    if first == second:
        return 1.0
    if not first or not second:
        return 0.0
    shorter, longer = sorted((first, second), key=len)
    if shorter in longer and len(shorter) > 2:  # 企业 alone is in every second name
        return 0.6 + 0.4 * len(shorter) / len(longer)
    pairs = [{word[i : i + 2] for i in range(len(word) - 1)} for word in (first, second)]
    total = len(pairs[0]) + len(pairs[1])
    return 2 * len(pairs[0] & pairs[1]) / total if total else 0.0


def _reason(alike: float, alias: str, different: list[str], metric: Metric, unit: str, factor: Decimal) -> str:
    said = [_("名称与“%(alias)s”一致") % {"alias": alias} if alike == 1 else _("名称与“%(alias)s”相近") % {"alias": alias}]
    if different:
        said.append(_("但名称含“%(words)s”，与口径说的不是同一个量，请核对") % {"words": "、".join(different)})
    if not unit:
        said.append(_("指标没有单位，按口径的%(unit)s") % {"unit": metric.unit})
    elif factor == 1:
        said.append(_("单位一致"))
    else:
        said.append(
            _("口径单位 %(metric)s，换算到 %(unit)s 乘以 %(factor)s") % {"metric": metric.unit, "unit": unit, "factor": f"{factor:f}"}
        )
    return "；".join(said)
