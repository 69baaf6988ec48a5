"""Units and places in the reader's language, for templates and for charts."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy

from wulian.directory.selectors.figures import region_name
from wulian.rulebook.regions import regions

# Units as they stand in plans and catalogues; listed so that the catalogue of translations holds them.
UNITS: dict[str, Any] = {
    "家": gettext_lazy("家"),
    "件": gettext_lazy("件"),
    "项": gettext_lazy("项"),
    "个": gettext_lazy("个"),
    "人": gettext_lazy("人"),
    "名": gettext_lazy("名"),
    "人次": gettext_lazy("人次"),
    "家次": gettext_lazy("家次"),
    "条": gettext_lazy("条"),
    "次": gettext_lazy("次"),
    "位": gettext_lazy("位"),
    "元": gettext_lazy("元"),
    "万元": gettext_lazy("万元"),
    "亿元": gettext_lazy("亿元"),
    "万人": gettext_lazy("万人"),
    "件/万人": gettext_lazy("件/万人"),
    "万家": gettext_lazy("万家"),
    "场": gettext_lazy("场"),
    "年": gettext_lazy("年"),
    "岁": gettext_lazy("岁"),
    "万亿元": gettext_lazy("万亿元"),
    "万元/人": gettext_lazy("万元/人"),
    "倍": gettext_lazy("倍"),
    "个百分点": gettext_lazy("个百分点"),
    "平方米": gettext_lazy("平方米"),
    "万平方米": gettext_lazy("万平方米"),
    "个月": gettext_lazy("个月"),
    "亩": gettext_lazy("亩"),
    "份": gettext_lazy("份"),
    "元/平方米·天": gettext_lazy("元/平方米·天"),
    "公顷": gettext_lazy("公顷"),
    "分": gettext_lazy("分"),
    "只": gettext_lazy("只"),
    "周岁": gettext_lazy("周岁"),
    "处": gettext_lazy("处"),
    "天": gettext_lazy("天"),
    "套": gettext_lazy("套"),
    "学时": gettext_lazy("学时"),
    "对": gettext_lazy("对"),
    "小时": gettext_lazy("小时"),
    "届": gettext_lazy("届"),
    "平方公里": gettext_lazy("平方公里"),
    "张": gettext_lazy("张"),
    "所": gettext_lazy("所"),
    "批": gettext_lazy("批"),
    "期": gettext_lazy("期"),
    "栋": gettext_lazy("栋"),
    "步": gettext_lazy("步"),
    "票": gettext_lazy("票"),
    "笔": gettext_lazy("笔"),
    "级": gettext_lazy("级"),
    "见单位": gettext_lazy("见单位"),
    "轮": gettext_lazy("轮"),
    "门": gettext_lazy("门"),
    "（见单位）": gettext_lazy("（见单位）"),
}
# In English a unit beside a figure is short (×100m CNY); on an axis, where no figure stands before it, it is spelled out.
ENGLISH_AXES: dict[str, str] = {
    "元": "yuan",
    "万元": "10,000 yuan",
    "亿元": "100 million yuan",
    "万亿元": "trillion yuan",
    "万元/人": "10,000 yuan per person",
    "万人": "10,000 people",
    "万家": "10,000 firms",
    "万平方米": "10,000 m²",
}


def unit_word(unit: str) -> str:
    """A unit in the reader's language; a unit that is not known stays as printed."""
    return str(UNITS.get(unit, unit)) if unit else ""


def axis_unit(unit: str) -> str:
    """A unit as the title of an axis, in the reader's language."""
    return ENGLISH_AXES.get(unit) or unit_word(unit) if in_english() else unit


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def place(region: Any, form: str = "") -> str:
    """The name of a region in the reader's language; `region|place:"short"` without 区 and the like. A name as text is looked up."""
    if isinstance(region, str):
        return english_places().get(region, region) if in_english() else region
    return region_name(region, short=form == "short") if region else ""


@cache
def english_places() -> dict[str, str]:
    """English names by the names that the rulebook gives a region, for areas that were typed in."""
    return {name: one.name_en for one in regions() for name in (one.name, one.short_name)}
