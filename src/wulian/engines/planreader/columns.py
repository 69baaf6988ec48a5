"""Headings of an indicator table: which column is the name, the unit or a value, and which year and kind its values have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from wulian.engines.planreader.context import Period, five_year
from wulian.engines.planreader.text import chinese_number, normal, squash

_YEAR = re.compile(r"((?:19|20)\d{2})\s*年?")
_HEAD_NAME = re.compile(
    r"^(?:主要|具体|发展|核心|重点|规划|评价|监测|工作|二级|三级)?(?:指标|目标|项目)(?:名称|内容|体系|类别)?$|^名称$|^工作目标$|^指标项$|^任务指标$|^(?:二|三)级指标$"
)
_HEAD_CATEGORY = re.compile(r"^(?:类别|类型|领域|分类|维度|方面|一级指标|指标类别|指标类型|指标分类|目标类别|板块)$")
_HEAD_SERIAL = re.compile(r"^(?:序号|编号|序|NO\.?|No\.?)$", re.I)
_HEAD_UNIT = re.compile(r"^(?:计量|指标)?单位$")
_HEAD_ATTRIBUTE = re.compile(r"^(?:指标)?(?:属性|性质)$|^属\s*性$")
_HEAD_OTHER = re.compile(
    r"^(?:备注|说明|责任(?:单位|部门)|牵头(?:单位|部门)|配合(?:单位|部门)|数据来源|完成时限|时间节点|来源|完成率|占比说明)$"
)
_HEAD_GROWTH = re.compile(r"年均|累计增|增速|增长率|增长|\[.*\]")
_HEAD_BASE = re.compile(r"基数|基期|现状|实际|完成|基础值|初值|初始|现值|基准")
_HEAD_CHANGE = re.compile(r"[\[(]?(?:五年)?(?:年均|累计)[^\d]{0,14}")
_HEAD_AIM = re.compile(r"目标|规划|预期|预计|计划")


@dataclass(frozen=True, slots=True)
class Column:
    """Meaning of a value column."""

    kind: str  # baseline, actual, target, annual_target, growth
    year: int | None
    title: str


def role(title: str) -> str | None:
    """What a column holds, by its heading; None when the words are not those of a heading."""
    if len(title) > 60:
        return None
    text = re.sub(r"\(.*?\)", "", squash(normal(title)))
    for name, pattern in (
        ("serial", _HEAD_SERIAL),
        ("unit", _HEAD_UNIT),
        ("attribute", _HEAD_ATTRIBUTE),
        ("category", _HEAD_CATEGORY),
        ("other", _HEAD_OTHER),
        ("name", _HEAD_NAME),
    ):
        if pattern.match(text):
            return name
    full = squash(normal(title))
    if len(full) > 22 and len(text) <= 22:
        full = text  # a long note in brackets explains the heading
    if len(full) > 22 or not full:
        return None
    if _YEAR.search(full) or re.search(
        r"五[”\"]?(?:规划|计划|实际)?(?:期?末|期间|时期|目标|年均|完成)|(?:规划|中|近|远)期(?:目标|末)?(?:值)?$", full
    ):
        return "value"
    if _HEAD_CHANGE.fullmatch(full) or _HEAD_CHANGE.fullmatch(text):
        return "value"
    if re.fullmatch(
        r"(?:[\u4e00-\u9fff]{0,4}(?:目标|基数|基期|现状|实际|预期|规划|计划|年均)(?:值|数|增长|增速|完成|水平|任务)?)(?:\(.{0,8}\))?", full
    ):
        return "value"
    return None


def _year_of(title: str, period: Period | None) -> int | None:
    found = _YEAR.findall(title)
    if found:
        return int(found[-1])
    five = re.search(r"([一二三四五六七八九十]{2,3})五", title)
    if five:
        ordinal = chinese_number(five.group(1))
        if ordinal and ordinal < 30:
            return five_year(ordinal).end
    if period:
        return period.base if _HEAD_BASE.search(title) else period.end
    return None


def columns_of(titles: list[str], period: Period | None) -> list[Column]:
    """Meaning of the value columns, given their headings in order."""
    plain = [squash(normal(title)) for title in titles]
    years = [_year_of(title, period) for title in plain]
    bare = [title for title, year in zip(plain, years, strict=True) if year and not _HEAD_GROWTH.search(title)]
    dated = [year for title, year in zip(plain, years, strict=True) if year and not _HEAD_GROWTH.search(title)]
    only_years = bool(bare) and all(not _HEAD_BASE.search(title) for title in bare)
    consecutive = len(dated) >= 3 and all(later - earlier == 1 for earlier, later in pairwise(dated))
    if consecutive and not only_years:
        rest = [title for title in bare if not _HEAD_BASE.search(title)]
        consecutive = len(rest) >= 3
    out: list[Column] = []
    for place, (title, year) in enumerate(zip(plain, years, strict=True)):
        if _HEAD_GROWTH.search(title) and not re.fullmatch(r"(?:19|20)\d{2}年?", title):
            kind = "growth"
            year = period.end if period else year
        elif re.search(r"完成", title) and any(_HEAD_AIM.search(other) and year == when for other, when in zip(plain, years, strict=True)):
            kind = "actual"  # beside the aim of the same years
        elif _HEAD_BASE.search(title):
            kind = "baseline"
        elif consecutive and not (period and year and year < period.start):
            kind = "annual_target"
        elif _HEAD_AIM.search(title):
            kind = "target"
        elif period and year is not None:
            kind = "baseline" if year < period.start else "target"
        else:
            kind = "baseline" if place == 0 and len(titles) > 1 else "target"
        out.append(Column(kind, year, title))
    return out


def fits(roles: list[str | None]) -> bool:
    """Whether a line of headings is that of an indicator table."""
    named = roles.count("name") + roles.count("category") + roles.count("unit") + roles.count("serial")
    return roles.count("value") >= 1 and named >= 1 and (roles.count("name") >= 1 or roles.count("value") >= 2)
