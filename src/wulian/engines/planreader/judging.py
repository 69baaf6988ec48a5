"""Whether a quantity is an indicator: what a plan counts, and what only orders its text or sets a rule."""

from __future__ import annotations

import re

from wulian.engines.planreader import lexicon as lex
from wulian.engines.planreader.model import Indicator
from wulian.engines.planreader.quantities import Quantity
from wulian.engines.planreader.units import COUNTED, measure_of


def sound_name(name: str, item: Quantity, doing: bool, reach: bool) -> bool:
    if name.endswith("是指"):
        return False  # the definition of a term
    if re.search(r"规划范围|行政辖区|行政区域面积", name) or (not reach and re.match(r"(?:依托|结合|利用|按照|根据|针对|原则上)", name)):
        return False
    if re.fullmatch(r"(?:全面|完成|严格|实现|做好|加快|继续|新增|[城市区县](?:城)?区?内|全[国省市区县])+", name):
        return False  # verbs and places, no noun
    if re.fullmatch(r"(?:总|计划|全年|累计|年内)?(?:投资|投入)", name):
        return False  # what one building project costs
    if len(re.findall(r"[\u4e00-\u9fffA-Za-z]", name)) < 2 or re.fullmatch(lex.DOING, name):
        return False
    if re.fullmatch(r"(?:各|每个?|全部|所有)?[市区县镇乡街村]{0,2}(?:级市|道)?(?:\([^()]*\))?", name):
        return False  # a place is no quantity
    if re.fullmatch(r"(?:其中|同时|目前|全市|全省|全区|全县|每年|到|截至|分别|以上|以及)+", name):
        return False
    if re.search(r"(?:指标|条款|章节)数?$", name) and item.unit in {"项", "个", "条", "章"}:
        return False
    counted = item.unit is not None and measure_of(item.unit) in COUNTED and item.form == "plain" and not reach
    return not (counted and re.search(r"(?:联合|首批|每|任|近|前|第)$", name))


def restates(last: Indicator, item: Quantity) -> bool:
    return (
        isinstance(last.value, int | float)
        and item.value is not None
        and last.value <= item.value <= last.value * 1.5
        and last.kind in {"target", "actual"}
    )


def is_condition(body: str, start: int, end: int) -> bool:
    """Whether a clause sets a rule of support (对…的企业，给予…奖励) rather than an aim."""
    clause = body[start:end]
    if lex.CONDITION.search(clause) or re.search(
        r"(?:单个|每个|每家|每项|单项|单户|每户|每人)[^,;]{0,12}(?:额度|支持|标准|不超过|限额)", clause
    ):
        return True
    stop = body.find(";", end)
    rest = body[end : stop if stop >= 0 else len(body)]
    return bool(lex.CONDITION.search(rest)) and bool(
        re.search(
            r"^\s*(?:其中)?(?:[省市区县]级)?(?:财政)?(?:对|凡|按|符合|经|首次|年度?|上年)|的(?:企业|项目|单位|机构|平台|人才|个人|团队)?$",
            clause,
        )
    )


def modifies(item: Quantity, right: str, graded: bool) -> bool:
    """Whether a measured quantity only describes the noun behind it (营业收入超100亿元企业)."""
    if item.unit in {"%", "个百分点", "百分点", "倍", "成"} or item.form in {"rank", "top", "ratio", "fraction", "double", "mask"}:
        return item.unit == "%" and bool(re.match(r"(?:股权|股份|以上股|控股|平均)", right))
    return (
        bool(
            re.match(
                r"[^\d,、]{0,10}(?:企业|公司|项目|园区|平台|高校|机构|镇|县|村|街道|地块|基金|楼宇|单品|产品|品牌|集群(?!发展))", right
            )
        )
        and not graded
    )


def counts_behind(item: Quantity, right: str, last: bool) -> bool:
    """Whether 的 leads to the noun counted (3个以上的社区社会组织) and not to one that the size describes (300人以上的企业20家)."""
    found = re.match(r"的([^、,;。\d]{2,24})(?=[、,;。]|$)", right)
    if not found or not last:
        return False
    return not (
        measure_of(item.unit) in _HEADS and re.search(r"(?:企业|公司|机构|单位|学校|高校|村|镇|街道|社区|园区|团队|项目)$", found.group(1))
    )


_HEADS = frozenset({"人", "名", "户", "张", "座", "人次"})


def right_noun(right: str, last: bool, *, whole: bool = False) -> tuple[str, int]:
    """The noun counted, standing behind the measure word, and its length."""
    body = right
    described = _DESCRIBED.match(body)
    if described:
        noun = described.group("noun") if last else described.group("noun").split("、")[0]
        return _before_verb(noun), described.start("noun") + len(noun)
    if lex.NO_NOUN.match(body) or not re.match(r"[\u4e00-\u9fffA-Za-z“\"(]|\d+[百千万亿]+元?级", body):
        return "", 0
    stop = re.search(r"[、,;。]", re.sub(r"“[^”]*”|\([^()]*\)", lambda found: "□" * len(found.group()), body))
    cut = stop.start() if stop else len(body)
    listed = last and not whole and _LISTED.match(body, cut)
    parts = [part for part in listed.group().split("、") if part] if listed else []
    if listed and not any(_opens_with_verb(part) for part in parts):
        return body[: listed.end()].strip(), listed.end()  # 100家创新型企业、示范企业: one count of both
    settled = _SETTLED.search(parts[-1]) if parts and last and not whole else None
    if settled and not any(_opens_with_verb(part) for part in [*parts[:-1], parts[-1][: settled.start()]]):
        end = listed.end() - (len(parts[-1]) - settled.start()) if listed else 0
        return body[:end].strip(), end  # 支持10家甲、乙和丙企业落地发展
    body = body[:cut]
    if stop and stop.group() == "、" and not whole and body.find("的") >= 2:
        body = body[: body.find("的")]  # 17个棚改区域的道路、供水、污水等设施
    if not last and not stop:
        joint = list(re.finditer(r"以及|和|与|及", body))
        if joint:
            body = body[: joint[-1].start()]
    if not whole:
        body = _before_verb(body)
    return body.strip().rstrip("的"), len(body)


# What is said of a noun before 的: 具有博士、硕士学位的紧缺人才, 在全省有影响的青年人才.
_DESCRIBED = re.compile(
    r"(?:[^、,;。\d]{2,14}、)?(?:具有|具备|拥有|富有|能够|可以|站在|处于|紧跟|引领|从事|掌握|精通|熟悉|适应|符合|来自|面向|在[^,;。\d]{1,14}?(?:有|具|起|领先|知名|获)|以[^,;。\d]{1,16}为)"
    r"[^,;。\d]*的(?P<noun>[^,;。的\d]{2,30})(?=[,;。\d]|$)"
)
_LISTED = re.compile(r"(?:、[^、,;。\d“”()]{2,30})+(?=[,;。]|$)")
_SETTLED = re.compile(r"(?<=企业|机构|项目|人才|团队|平台)(?:落地|发展|做大|做强|集聚|入驻|建设)+$")


def _opens_with_verb(text: str) -> bool:
    return bool(lex.PUSHING.match(text) or lex.DOING_START.match(text) or lex.AFTER_STOP.search(text))


def _before_verb(noun: str) -> str:
    """`noun` up to a verb that goes on with the sentence (经营人才赴境外培训)."""
    verb = lex.AFTER_STOP.search(noun, 2)
    return noun[: verb.start()] if verb and noun[verb.start() :] != "建设" else noun


def countable(item: Quantity, noun: str, left: str, doing: bool, reach: bool, achieved: bool) -> bool:
    """Whether `number unit noun` counts things in the world (and not chapters, fields or working groups)."""
    named = lex.PROGRAMME_AFTER.match(noun)
    if (named and not (item.form != "han" and re.match(r"[城县乡村校寨]", noun))) or (
        item.form == "han" and not doing and not re.search(r"每年|共|余", left[-4:])
    ):
        return False
    if item.unit in {"次", "场", "期", "轮", "批次"} and re.search(r"每(?:个)?(?:季度|月|周|半年|两年|季)", left):
        return False
    if re.match(r"(?:地级|县级|设区)市|(?:州|县|市)\(|区县|县区", noun) and not doing:
        return False  # how many places there are
    value = item.value
    if item.form == "mask":
        return True
    if (
        item.form == "han"
        and value is not None
        and value < 10
        and not re.search(r"新增|建成|新建|达到|不少于|至少|培育|引进|创建|累计", left[-6:])
    ):
        return False
    if item.form == "han" and item.comparator is None and value in {100, 1000, 10000} and re.search(r"“$", left):
        return False
    if (
        lex.STRUCTURAL.match(noun)
        and value is not None
        and value <= 20
        and item.comparator is None
        and item.unit in {"个", "项", "条", "类", "种", "大", "位"}
    ):
        return bool(re.search(r"新增|新建|每年|累计|不少于|至少", left[-8:]))
    if noun == "网":
        return False  # 4张网
    if re.search(r"(?:首批|之一|其中之一|第|近|前|每|任|某)$", left.rstrip()) or "之一" in noun:
        return False
    if doing or reach:
        return True
    if achieved:
        body = lex.strip_predicate(left)[0]
        return not re.search(r"(?:联合|由|与|和|对|以|围绕|针对|面向|聚焦|分为|划分)$", body.rstrip())
    return bool(lex.EVERY_YEAR.search(left)) or item.comparator in {">=", ">"}
