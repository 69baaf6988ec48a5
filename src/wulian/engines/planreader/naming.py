"""What a quantity is called: the noun phrase around it, cleaned of verbs, years and connectors."""

from __future__ import annotations

import re

from wulian.engines.planreader import lexicon as lex
from wulian.engines.planreader.quantities import Quantity
from wulian.engines.planreader.units import COUNTED, measure_of

_MONEY = re.compile(r"元$")
GROWING = re.compile(r"年均(?:复合)?(?:增长|增速|提高|提升|下降|降低)|复合增(?:长|速)")
AVERAGE = re.compile(r"年均(?:复合)?(?:增长|增速|提高|提升|下降|降低)?|复合增(?:长|速)")


def is_money(item: Quantity) -> bool:
    return bool(item.unit) and bool(_MONEY.search(item.unit or ""))


def with_unit(item: Quantity, unit: str | None) -> Quantity:
    return Quantity(item.start, item.end, item.digits, item.value, unit, item.comparator, item.form)


def drop_year(text: str) -> str:
    """`text` without a leading 到2025年, 截至2020年底, “十四五”末 and the like."""
    return re.sub(
        r"^\s*(?:力争)?(?:到|至|截至|截止|在)?(?:[去今上]年(?:全年)?|(?:19|20)\d{2}年?\s*(?:-{1,2}|至|~)\s*(?:19|20)\d{2}年|(?:19|20)\d{2}年(?:底|末|度|初|前)?|[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?(?:期?末|时期|期间|以来|期内)?|(?:未来)?(?:[一二三四五六七八九十]|\d{1,2})年(?:内|间|来)|近[一二三四五]年|规划期(?:末|内))[,、\s]*(?:我[省市区县州国])?",
        "",
        text,
    )


_BACKGROUND = re.compile(
    r"(?:在|以|与|较|比|从)?(?:(?:19|20)\d{2}年(?:末|底|度)?|[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?(?:期?末|时期|期间)?|上年|去年|现有|原有|基期)的?(?:实际|水平)?(?:的?基础上|为(?:基数|基期|基准)|相比)(?:再|又)?"
)
_ONLY_TIME = re.compile(
    r"(?:(?:未来|今后|近|前|后)?[一二三四五六七八九十两\d]+年(?:内|间|来|里)?|规划期(?:内|末)|期末|期间|年内|年末|全年|当年|到时|届时|目前)+"
)


def drop_background(text: str) -> str:
    """`text` without what a figure is measured against (在2022年的基础上)."""
    return _BACKGROUND.sub("", text)


def clean_name(text: str, predicate: list[str]) -> str:
    """The noun phrase in front of a predicate: without connectors, years, background, verbs of doing and relative clauses."""
    name = drop_background(text).strip()
    if _ONLY_TIME.fullmatch(name):
        return ""
    for _ in range(4):
        before = name
        name = lex.LEADING.sub("", drop_year(name)).strip()
        if name == before:
            break
    name = re.sub(r"^(?:依托|结合|利用|围绕)[^,;]{2,40}?(?=新建|新增|改建|建设|建成|打造)", "", name)
    opening = lex.DOING_START.match(name)
    words = "".join(reversed(predicate))
    if opening and len(name) - opening.end() >= 2 and not lex.INDICATOR_NOUN.fullmatch(name):
        rest = name[opening.end() :]
        verb = opening.group()
        if re.match(r"[了出着]?", rest):
            rest = re.sub(r"^(?:了|出|以上|一批)", "", rest)
        noun_like = re.match(
            r"(?:支出|投入|机构|人员|活动|费用|占比|力度|强度|能力|水平|机制|体系|率|额|量|数|者|商|型|性|化|区|园|院|所|基地|人才|企业|投资|面积|里程|资金|经费|费用|成本|规模|工程|项目|中心|平台|市场|类|用地|业)",
            rest,
        )
        alone = noun_like is not None and noun_like.end() == len(rest)  # 建成面积, 签约金额
        if not noun_like or (
            not alone
            and verb
            in {
                "培育",
                "认定",
                "引进",
                "新增",
                "建成",
                "打造",
                "累计",
                "力争",
                "推动",
                "实现",
                "支持",
                "带动",
                "促进",
            }
        ):
            name = (verb if lex.KEPT.fullmatch(verb) and verb not in {"开展", "组织", "实施"} else "") + rest
    if len(name) > 24 and "的" in name[:-4]:
        tail = name.rsplit("的", 1)[1]
        if len(tail) >= 4:
            name = tail
    elif re.match(r"(?:具有|拥有|具备|符合|达到)", name) and "的" in name:
        name = name.rsplit("的", 1)[1]
    if words.startswith(("新增", "净增", "新建")) and not name.startswith(words[:2]):
        name = words[:2] + name
    if len(name) > 40:
        name = name[-40:]
    name = re.sub(r"(?<=[^第])[一二三四五]年$", "", name)
    return name.strip(" ,、;:。").rstrip("的")


def final_name(name: str, item: Quantity) -> str:
    body = re.sub(r"\s+", "", name).strip(",、;:。")
    body = re.sub(r"^((?:全|我|本)[国省市区县州])(?:共有|共|拥有|建有|现有|已有|累计|新增有|实现|完成)(?=[^占])", r"\1", body)
    if item.unit == "%" and re.search(r"占[^占]{1,10}$", body) and not re.search(r"比重|比例|份额|占比|之比|率$", body):
        body += "比重"
    if item.unit == "倍" and not re.search(r"倍|翻|增长", body):
        body += "倍数"
    counted = item.unit is not None and measure_of(item.unit) in COUNTED and item.form in {"plain", "han", "mask", "low", "high"}
    if counted and body.endswith("占"):
        body = f"{body[:-1]}所占"
    if counted:
        closed = lex.INDICATOR_NOUN.search(body) or re.search(r"(?:清单|人次|场次|次|\))$", body)
        body += "" if closed else "数"
    return body


def unit_in_context(unit: str | None, name: str) -> str | None:
    """A bare scale behind a sum of money means yuan: 营收1500亿 is 1500 亿元."""
    if unit in {"亿", "万亿", "万", "千亿", "百亿"} and re.search(
        r"收入|营收|产值|规模|投资|总额|成交额|销售|生产总值|增加值|经济|税|资金|基金|贷款|融资|产业|集群", name
    ):
        return f"{unit}元"
    return unit


def subject_of(clause: str, *, keep_list: bool = False) -> str:
    """What a clause is about: the words before its predicate, or nothing when it has no noun to offer."""
    label = re.match(r"\s*“[^“”]{2,14}”\s*(?:-{1,2}|:)\s*", clause)  # “六个倍增”——…
    body = lex.LEADING.sub("", drop_background(drop_year(clause[label.end() if label else 0 :].strip()))).strip()
    cut = re.search(
        r"(?:高于|快于|低于|优于|增加|实现|持续|不断|稳步|快速|显著|更加|明显|大幅|得到|取得|进一步|保持|继续|达到|突破|增长|提升|壮大|涌现|增强|完善|优化|形成|提高|加快|逐步|初步|基本|全面|力争|位居|领先|水平居|跃升|凸显|遥遥|高质量|迈上)",
        body,
    )
    if cut and cut.start() >= 2:
        body = body[: cut.start()]
    elif cut and cut.start() == 0:
        return ""
    if len(body) > 40 or (lex.PUSHING.match(body) and not keep_list):
        return ""
    return body.strip("、, ")


def split_names(text: str, wanted: int | None) -> list[str]:
    """Names of a list. Several of them share the head noun behind 等: 雏鹰、瞪羚等高成长企业 -> 雏鹰企业, 瞪羚企业."""
    body = drop_background(text).strip()
    head = ""
    shared = re.match(r"(.+?)等(?:各类|各级)?([^、]{2,14})$", body)
    if shared:
        body = shared.group(1)
        noun = shared.group(2)
        common = re.search(r"(?:企业|机构|平台|中心|人才|项目|载体|园区|基地|实验室|学位|专利)(?:数量|数|总量)?$", noun)
        head = common.group() if common else ""
    parts = [part.strip() for part in re.split(r"、", body) if part.strip()]
    if wanted is None or len(parts) < wanted:
        # from the end, as far as needed: in 与其他国家贸易、投资和利用外资 only 和 parts names
        for place in range(len(parts) - 1, -1, -1):
            pieces = [piece.strip() for piece in re.split(r"以及|和|与|及(?!其)|,", parts[place]) if piece.strip()]
            parts[place : place + 1] = pieces
            if wanted is not None and len(parts) >= wanted:
                break
    if wanted is not None and len(parts) > wanted:
        parts = [*parts[: wanted - 1], "、".join(parts[wanted - 1 :])] if wanted > 0 else parts
    parts = [lex.LEADING.sub("", part) for part in parts]
    ends = {part[-2:] for part in parts[:-1]}
    if len(parts) > 2 and len(ends) == 1 and not parts[-1].endswith(tuple(ends)):
        place = parts[-1].find(min(ends))
        parts[-1] = parts[-1][: place + 2] if place > 0 else parts[-1]
    opening = lex.DOING_START.match(parts[0]) if parts else None
    if opening and len(parts[0]) - opening.end() >= 2:
        parts[0] = parts[0][opening.end() :]
    first = re.match(r"(.{2,24})的(?=.{2,})", parts[0]) if parts else None
    if first and re.search(r"认定|备案|获批|建成|新增", first.group(1)):
        parts[0] = parts[0][first.end() :]
    short = [part for part in parts[:-1] if len(part) <= 4 and not lex.INDICATOR_NOUN.search(part)]
    if short and short == parts[:-1] and all(part.endswith("级") for part in short):
        own = re.match(r".{1,3}级(?=.{2,})", parts[-1])
        if own:
            return [*(f"{part}{parts[-1][own.end() :]}" for part in short), parts[-1]]
    if (
        len(parts) > 1
        and short == parts[:-1]
        and len({len(part) for part in short}) == 1
        and len(parts[-1]) > len(short[0]) + 3
        and not head
    ):
        return [*(f"{part}{parts[-1][len(part) :]}" for part in short), parts[-1]]
    if head:
        parts = [part if part.endswith(head) else f"{part}{head}" for part in parts]
    elif parts and len(parts) > 1:
        tail = re.search(r"(?:数量|总量|数|占比|比重|率|规模|产值|收入)$", parts[-1])
        if tail and not any(re.search(r"(?:数量|总量|数|占比|比重|率|规模|产值|收入|额|值)$", part) for part in parts[:-1]):
            parts = [*(f"{part}{tail.group()}" for part in parts[:-1]), parts[-1]]
    return parts


def split_qualitative(name: str, all_of: bool) -> list[str]:
    """Names under one qualitative predicate: A和B均…, A、B的N均…"""
    shared = re.match(r"(?P<list>[^的]+、[^的]+)的(?P<noun>[^的、]+)$", name)
    if shared and all_of:
        return [f"{part}的{shared.group('noun')}" for part in shared.group("list").split("、")]
    last = re.match(r"(.+(?:率|指数|强度|比重|比例|降低|下降))(?:和|与|及)([^和与及]+(?:率|指数|强度|比重|比例|降低|下降))$", name)
    if last:
        return [last.group(1), last.group(2)]
    listed = re.fullmatch(r"([^、]+(?:、[^、]+)+)等[^、]{0,6}指标", name)
    if listed:
        return [part for part in listed.group(1).split("、") if lex.INDICATOR_NOUN.search(part)] or [name]
    parts = re.split(r"、|和|与|及", name)
    noun = re.compile(r"(?:比重|比例|占比|率|强度|指数|能耗|排放量?|浓度|密度|拥有量)$")
    if len(parts) > 1 and all(noun.search(part) for part in parts):
        return parts
    return [name]


def growth_name(name: str, predicate: list[str], item: Quantity) -> str:
    words = "".join(reversed(predicate))
    average = AVERAGE.search(words)
    if item.unit == "%" and average and not re.search(r"增速|增长率|增长$", name):
        return (
            f"{name}{average.group()}"
            if "增" in average.group() or "降" in average.group() or "提" in average.group()
            else f"{name}年均增长"
        )
    change = re.search(r"(?:同比|同口径|累计)?(?:增长|下降|降低|减少|压缩|压减|缩短)(?!到|至)", words)
    if (
        (item.unit == "%" or item.form == "fraction")
        and change
        and not re.search(r"增速|增长率|增幅|降幅|下降率|降低率|压减率|下降$|降低$", name)
    ):
        return name + change.group()
    return name


def rank_name(left: str, name: str, subject: str) -> str:
    before = re.sub(
        r"(?:继续|连续.{1,2}年)?(?:跃居|跃升至|跃升到|跃升|跃至|晋升至|晋升|升至|上升至|上升到|前进至|挺进|迈进|冲进|分居|分列|分别居|稳居|位居|位列|名列|排名|排在|居|列|跻身|进入|保持在?|前移至|升至|升到|重返|回归|力争进入|力争|进)?(?:全[国市省区]|世界|全球)?$",
        "",
        left,
    )
    before = re.sub(r"(?:在|于)(?:全[国省市区县]|全球|世界)[^,;]{0,6}?(?:中|内)?$", "", before)
    inner = clean_name(
        *lex.strip_predicate(re.sub(r"^(?:回归|重返|进入|跻身|本市|我市|全市)?(?:位列|位居)?", "", lex.LEADING.sub("", drop_year(before))))
    )
    if inner and "排名" in left and "排名" not in inner:
        inner += "排名"
    if subject and re.fullmatch(r"(?:其)?(?:数量|总量|总数|规模|增速|占比)", inner or ""):
        return re.sub(r"(?:数量|总量|数)$", "", subject) + (inner or "")
    if re.fullmatch(r"(?:[全市本]?[国省市区内六]{1,4}|[^,]{0,4}(?:区|市|省))", inner or "") or not inner:
        base = subject
        return f"{base}({inner})" if inner and base else (base or name)
    return inner


# --- emitting ---------------------------------------------------------------------------------------------------


def names_before(clause: str, noun: str, wanted: int) -> list[str] | None:
    """Names for several numbers of one noun from the list in the clause before (汽车、电子、装备三大产业，产值分别达到…)."""
    body = re.sub(r"[一二三四五六七八九十\d]+(?:大|个|条|类).*$", "", drop_year(clause)).strip()
    body = re.sub(r"^(?:聚焦|围绕|推动|发展|壮大|做强|做大|打造|培育|构建|重点|加快|大力)+", "", body)
    parts = split_names(body, wanted)
    return [f"{part}{noun}" for part in parts] if len(parts) == wanted and all(len(part) <= 12 for part in parts) else None
