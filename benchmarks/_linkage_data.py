# ruff: noqa: SIM905 (lists of words read better as text)
"""Made registers with known truth: firms, what three registers print of them, and many kinds of damage. Seeded.

Firms come from a register file with the columns 企业名称, 统一社会信用代码, 注册日期, 地区, 注册地址 (WULIAN_REGISTER names it), or are made up with the
proportions of a large city's register: lengths of trade names, shares of forms and branches, crowded addresses. Nothing here is a real firm then.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import opencc
from pypinyin import lazy_pinyin

from wulian.engines.linkage.records import Record
from wulian.kernel import uscc

TRADE = "鑫瑞达恒泰盛兴华宏远信诚源通德隆丰润海天金宇龙祥和安嘉佳美荣万顺利永昌明辉创新世纪博科立众联合方圆正康益民国中北津滨港东西南阳光春秋凯旋威力特普伟业振富强广大福禄寿喜庆吉双三星月云山水江河湖川洋林森木石玉宝珠银铜铁钢晟晖昊睿智慧慈善仁义礼忠孝卓越优品质量标准格尔曼斯克巴马迪奥雅韵悦欣怡然自在逸飞翔鹏程万里长城久运凌志腾跃骏驰奔邦邻里乡亲朋友谊缘"
LINES = "科技 商贸 贸易 科技发展 机械制造 机械设备 电子科技 电子 建筑工程 建筑安装工程 装饰工程 工贸 国际贸易 商贸发展 物流 国际货运代理 金属制品 塑料制品 包装制品 化工 石油设备 机电设备 环保科技 环保工程 信息技术 软件开发 网络技术 生物科技 医药科技 医疗器械 食品 餐饮管理 物业管理 企业管理咨询 商务信息咨询 广告传媒 文化传播 汽车配件 汽车销售 汽车维修服务 模具 五金制品 钢铁贸易 钢管 建材销售 服装 家具 印刷 纸制品 阀门制造 自动化设备 仪器仪表 电气设备 电力工程 新能源科技 新材料 园林绿化工程 劳务服务 人力资源服务 房地产经纪 投资管理 教育信息咨询 农业科技 水产养殖 实业 工业".split()
FORMS = (
    ("有限公司", 82), ("有限责任公司", 4), ("股份有限公司", 1), ("公司", 2), ("厂", 6), ("加工厂", 2), ("专业合作社", 2), ("经营部", 1),
)  # fmt: skip
AREAS = "和平区 河东区 河西区 南开区 河北区 红桥区 东丽区 西青区 津南区 北辰区 武清区 宝坻区 滨海新区 宁河区 静海区 蓟州区".split()
OLD_AREAS = {"静海区": "静海县", "宁河区": "宁河县", "蓟州区": "蓟县", "滨海新区": "塘沽区"}
ROADS = "解放路 人民路 黄河道 长江道 卫国道 津塘公路 友谊路 洞庭路 第三大街 海泰发展六道 榕苑路 咸阳路 珠江道 围堤道 迎水道 白堤路 红旗南路 鞍山西道 物华道 金钟路 中山路 京津公路 津港公路 新港路 复康路 南京路 大沽南路 成林道 程林庄路 微山路".split()
VILLAGES = "刘快庄 小辛庄 大邱庄 东马坊 下仓 西杨场 李庄子 王官庄 后台 前辛庄 韩家墅 双口 青光 小南河 付村 东姜井 张家窝 八里台 葛沽 咸水沽".split()
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗", "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国"
LOOKALIKE = "天夭 未末 己已 土士 千干 日曰 刀力 科料 全金 今令 材村 枝技 广厂 井开 优忧 环怀 计汁 大太 析折 治冶 免兔 伟纬 蓝篮 洋详 诚城 泽译 申甲 由田 王玉 牛午 木本 休体 钢纲 泰秦 源原 晟盛 辰晨 宏宠 昌冒 永水 泰奉 贸贺 限恨 建健 商啇 设没 备各 装袋 品晶 电屯 子于 机朳 限艰 责贵 任仕 司可 限根 集隼 货贷 营菅 造迼 制剁 润涧 恒桓 达迖 鑫矗 盛蛊 华毕 安女 利刹 和知".split()


@dataclass(frozen=True)
class Firm:
    name: str
    code: str
    area: str
    address: str
    founded: str
    old: str = ""
    branch_of: str = ""
    former: str = ""


@dataclass
class Made:
    """`records` of all registers; `truth`: key -> identity; `damage`: key -> kinds done to it."""

    records: list[Record] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)
    damage: dict[str, tuple[str, ...]] = field(default_factory=dict)


def make_code(dice: random.Random, area: str = "120104", body: str = "91") -> str:
    eight = "".join(dice.choice("0123456789") for _ in range(8))
    first = f"{body}{area}{eight}{uscc.organisation_check_character(eight)}"
    return first + uscc.check_character(first)


def read_firms(path: Path) -> list[Firm]:
    """Firms of a register file (CSV, also gzipped)."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    with io.StringIO(raw.decode("utf-8"), newline="") as handle:
        return [
            Firm(
                row["企业名称"],
                row["统一社会信用代码"],
                row["地区"],
                "" if row["注册地址"] in ("N/A", "-") else row["注册地址"],
                row["注册日期"],
            )
            for row in csv.DictReader(handle)
        ]


def make_firms(count: int, seed: int) -> Iterator[Firm]:
    """Made-up firms: trade names of 2 to 5 characters (55, 30, 13, 2 %), some in one building, some with a branch."""
    dice = random.Random(seed)
    kinds, shares = zip(*FORMS, strict=True)
    seen = set()
    while len(seen) < count:
        trade = "".join(dice.choice(TRADE) for _ in range(dice.choices((2, 3, 4, 5), (55, 30, 13, 2))[0]))
        form = dice.choices(kinds, shares)[0]
        area = dice.choice(AREAS)
        inner = trade + ("" if form in ("加工厂", "经营部") else dice.choice(LINES)) + form
        if "有限" in form and dice.random() < 0.12:
            name = inner.replace(trade, f"{trade}(天津)", 1)
        else:
            name = dice.choice(("天津市", "天津", "天津")) + (area if dice.random() < 0.08 else "") + inner
        if name in seen:
            continue
        seen.add(name)
        if dice.random() < 0.25:
            address = f"天津市{area}{dice.choice(VILLAGES)}镇{dice.choice(VILLAGES)}村"
        else:
            address = f"天津市{area}{dice.choice(ROADS)}{dice.randrange(1, 400)}号"
            if dice.random() < 0.6:
                address += f"{dice.randrange(1, 20)}-{dice.randrange(1, 6)}-{dice.randrange(101, 2900)}"
        day = f"{dice.randrange(1985, 2026)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
        yield Firm(name, make_code(dice, f"1201{AREAS.index(area) + 1:02}"), area, address, day)


def _homophones() -> dict[str, str]:
    by_sound = defaultdict(list)
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                character = bytes([high, low]).decode("gb2312")
            except UnicodeDecodeError:
                continue
            by_sound[lazy_pinyin(character)[0]].append(character)
    return {character: "".join(c for c in group if c != character) for group in by_sound.values() for character in group}


HOMOPHONES = _homophones()
_TRADITIONAL = opencc.OpenCC("s2t")
SIMILAR: dict[str, str] = {}
for _pair in LOOKALIKE:
    SIMILAR[_pair[0]] = SIMILAR.get(_pair[0], "") + _pair[1]
    SIMILAR[_pair[1]] = SIMILAR.get(_pair[1], "") + _pair[0]

Change = Callable[[str, random.Random], str]
_ENDS = ("有限责任公司", "股份有限公司", "有限公司", "公司")


def _body(name: str) -> tuple[int, int]:
    """Where the part of a name begins and ends that misprints fall into: not the place, not the form."""
    begin = next((len(head) for head in ("天津市", "天津") if name.startswith(head)), 0)
    end = next((len(name) - len(tail) for tail in _ENDS if name.endswith(tail)), len(name))
    return begin, max(end, begin + 1)


def _at(name: str, dice: random.Random) -> int:
    begin, end = _body(name)
    return dice.randrange(begin, end)


def _replace(name: str, table: dict[str, str], dice: random.Random) -> str:
    begin, end = _body(name)
    places = [p for p in range(begin, end) if name[p] in table and table[name[p]]]
    if not places:
        return name
    p = dice.choice(places)
    return name[:p] + dice.choice(table[name[p]]) + name[p + 1 :]


def _swap(name: str, dice: random.Random) -> str:
    begin, end = _body(name)
    if end - begin < 2:
        return name
    p = dice.randrange(begin, end - 1)
    return name[:p] + name[p + 1] + name[p] + name[p + 2 :]


def _drop(name: str, dice: random.Random) -> str:
    begin, end = _body(name)
    return name if end - begin < 5 else (lambda p: name[:p] + name[p + 1 :])(dice.randrange(begin + 1, end))


def _double(name: str, dice: random.Random) -> str:
    p = _at(name, dice)
    return name[: p + 1] + name[p] + name[p + 1 :]


def _garbage(name: str, dice: random.Random) -> str:
    p = _at(name, dice)
    return name[:p] + dice.choice("□口?*■") + name[p + 1 :]


def _any_character(name: str, dice: random.Random) -> str:
    p = _at(name, dice)
    return name[:p] + dice.choice(TRADE) + name[p + 1 :]


def _prefix(name: str, dice: random.Random) -> str:
    begin, _ = _body(name)
    bare = name[begin:].replace("(天津)", "").replace("（天津）", "")
    if dice.random() < 0.4 and bare.endswith("公司") and "分公司" not in bare:
        _, end = _body(bare)
        return bare[:end] + dice.choice(("(天津)", "（天津）")) + bare[end:]
    return dice.choice(("天津市", "天津", "", "天津市")) + bare


def _form(name: str, dice: random.Random) -> str:
    for end in _ENDS:
        if name.endswith(end):
            return name[: -len(end)] + dice.choice(("有限责任公司", "有限公司", "公司", "", "有限公", "有限", "股份有限公司"))
    return name


def _abbreviate(name: str, dice: random.Random) -> str:
    begin, end = _body(name)
    return name[: begin + min(4, end - begin)] + name[end:] if end - begin >= 6 else name


def _middle(name: str, dice: random.Random) -> str:
    begin, end = _body(name)
    return name[: begin + 3] + name[begin + 5 :] if end - begin >= 7 else name


def _cut(name: str, dice: random.Random) -> str:
    return name[: max(8, len(name) * 3 // 4)] if len(name) > 10 else name


def _english(name: str, dice: random.Random) -> str:
    begin, end = _body(name)
    return f"Tianjin {''.join(lazy_pinyin(name[begin:end])).capitalize()} Co., Ltd."


def _traditional(name: str, dice: random.Random) -> str:
    return str(_TRADITIONAL.convert(name))


def _area_prefix(name: str, dice: random.Random) -> str:
    begin, _ = _body(name)
    return name if "区" in name[:9] or "县" in name[:9] else "天津市" + dice.choice(AREAS) + name[begin:]


SEEN: dict[str, Change] = {
    "prefix": _prefix,
    "form": _form,
    "homophone": lambda name, dice: _replace(name, HOMOPHONES, dice),
    "lookalike": lambda name, dice: _replace(name, SIMILAR, dice),
    "traditional": _traditional,
    "blanks": lambda name, dice: (lambda p: name[:p] + dice.choice((" ", "　", "  ")) + name[p:])(_at(name, dice)),
    "width": lambda name, dice: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name) + dice.choice(("", "．", ".")),
    "applicants": lambda name, dice: name + dice.choice("；、;,") + dice.choice(("天津大学", "河北工业大学", "天津市某某研究院有限公司")),
    "cut": _cut,
}
UNSEEN: dict[str, Change] = {
    "swapped": _swap,
    "dropped": _drop,
    "doubled": _double,
    "garbage": _garbage,
    "any_character": _any_character,
    "two_homophones": lambda name, dice: _replace(_replace(name, HOMOPHONES, dice), HOMOPHONES, dice),
    "abbreviated": _abbreviate,
    "middle_missing": _middle,
    "english": _english,
    "area_prefix": _area_prefix,
    "old_in_brackets": lambda name, dice: (
        name + dice.choice(("（原{}）", "(原名:{})", "（曾用名：{}）", "（原{}）")).format(_any_character(_any_character(name, dice), dice))
    ),
    "department": lambda name, dice: name + dice.choice(("技术部", "财务部", "知识产权部", "办公室", "科技部", "人力资源部")),
    "person": lambda name, dice: (
        name
        + dice.choice((" {}", "({})", "（法人：{}）", "/{}", "，{}")).format(
            dice.choice(SURNAMES) + "".join(dice.choice(GIVEN) for _ in range(dice.choice((1, 2))))
        )
    ),
    "status": lambda name, dice: name + dice.choice(("（注销）", "(已迁出)", "（吊销）", "(存续)", "（在业）")),
    "quotes": lambda name, dice: dice.choice(("“{}”", "《{}》", "1.{}", "①{}", "{}（盖章）", "{} 。")).format(name),
    "shares": lambda name, dice: name.replace("有限公司", "股份有限公司") if "股份" not in name else name.replace("股份", ""),
    "group": lambda name, dice: (lambda e: name[: e[1]] + "（集团）" + name[e[1] :])(_body(name)),
    "space_in_form": lambda name, dice: name.replace("有限公司", "有 限 公 司"),
    "traditional_homophone": lambda name, dice: _traditional(_replace(name, HOMOPHONES, dice), dice),
}


def damage_code(code: str, dice: random.Random) -> tuple[str, str]:
    kind = dice.choices(
        ("clean", "missing", "lower", "blanks", "wrong", "transposed", "short", "letters", "organisation"), (46, 30, 4, 4, 5, 4, 3, 2, 2)
    )[0]
    p = dice.randrange(2, len(code) - 1) if len(code) == 18 else 0
    if len(code) != 18 or kind == "clean":
        return code, ""
    changed = {
        "missing": "",
        "lower": code.lower(),
        "blanks": f"{code[:8]} {code[8:17]}-{code[17]}",
        "wrong": code[:p] + dice.choice("0123456789") + code[p + 1 :],
        "transposed": code[:p] + code[p + 1] + code[p] + code[p + 2 :],
        "short": code[:p] + code[p + 1 :],
        "letters": code.replace("0", "O").replace("1", "I"),
        "organisation": f"{code[8:16]}-{code[16]}",
    }[kind]
    return changed, f"code_{kind}"


def damage_address(firm: Firm, dice: random.Random, pool: list[Firm]) -> tuple[str, str]:
    kind = dice.choices(
        ("clean", "missing", "city", "area", "cut", "old_area", "postcode", "building", "moved", "spelt", "misprint"),
        (22, 14, 16, 10, 12, 5, 8, 4, 4, 3, 2),
    )[0]
    text = firm.address
    if not text or kind == "clean":
        return text, ""
    if kind == "missing":
        text = ""
    elif kind == "city":
        text = text.removeprefix("天津市") if text.startswith("天津市") else "天津市" + text
    elif kind == "area":
        text = text.replace("新区", "", 1).replace("区", "", 1)
    elif kind == "cut":
        text = text[: max(6, len(text) * 2 // 3)]
    elif kind == "old_area":
        for new, old in OLD_AREAS.items():
            text = text.replace(new, old)
    elif kind == "postcode":
        text = f"300{dice.randrange(100, 500)} {text}"
    elif kind == "building":
        text += dice.choice(("(院内)", "兴达大厦", f"电话022-2737{dice.randrange(1000, 9999)}"))
    elif kind == "moved":
        text = dice.choice(pool).address
    elif kind == "spelt":
        text = text.replace("1", "一", 1)
    elif kind == "misprint":
        text = _replace(text, HOMOPHONES, dice)
    return text, f"address_{kind}"


def make_registers(firms: list[Firm], seed: int, *, changes: dict[str, Change], most: int = 2, share: float = 0.75) -> Made:
    """Three registers of these firms: the full one (70 % of them), applicants of patents, filings; each record of the latter two
    is damaged with probability `share` by one to `most` kinds of `changes`. A twelfth of the firms gets a branch or a near namesake."""
    dice = random.Random(seed)
    made = Made()
    everyone = list(firms)
    for firm in firms:
        roll = dice.random()
        if roll < 0.03 and "公司" in firm.name and "分公司" not in firm.name:
            ending = dice.choice(("第一分公司", "第2分公司", "滨海分公司", "南开分公司", "研发中心"))
            everyone.append(
                replace(firm, name=firm.name + ending, code=make_code(dice), address=dice.choice(firms).address, branch_of=firm.code)
            )
        elif roll < 0.07:
            near = _any_character(firm.name, dice)
            if near != firm.name:
                everyone.append(replace(firm, name=near, code=make_code(dice), address=dice.choice(firms).address, founded="2001-02-03"))
        elif roll < 0.10:
            begin, end = _body(firm.name)
            near = firm.name[: begin + 2] + dice.choice(LINES) + "有限公司"
            if near != firm.name and end - begin > 3:
                everyone.append(replace(firm, name=near, code=make_code(dice), address=dice.choice(firms).address, founded="2003-04-05"))
        elif roll < 0.13:
            everyone.append(replace(firm, former=_any_character(_any_character(firm.name, dice), dice)))
            everyone.remove(firm) if len(firms) < 3000 else None
    taken: set[str] = set()
    number = {"registry": 0, "ip": 0, "sti": 0}
    unique = {}
    for firm in everyone:
        unique[firm.code] = firm
    for firm in unique.values():
        if firm.name in taken:
            continue
        taken.add(firm.name)

        def put(source: str, name: str, codes: tuple[str, ...], address: str, area: str, kinds: list[str], firm: Firm = firm) -> None:
            number[source] += 1
            key = f"{source[0].upper()}{number[source]:07}"
            listed = (firm.former,) if source == "registry" and firm.former else ()
            made.records.append(Record(key, source, name, codes, listed, address, area, firm.founded if source == "registry" else ""))
            made.truth[key] = firm.code
            made.damage[key] = tuple(kinds)

        def damaged(firm: Firm = firm) -> tuple[str, list[str]]:
            name, kinds = firm.name, []
            if firm.former and dice.random() < 0.5:
                name, kinds = firm.former, ["former"]
            if dice.random() < share:
                for kind in dice.sample(sorted(changes), dice.randint(1, most)):
                    changed = changes[kind](name, dice)
                    if changed != name:
                        name = changed
                        kinds.append(kind)
            return name, kinds

        old = "12010" + "".join(dice.choice("0123456789") for _ in range(10)) if dice.random() < 0.6 else ""
        if dice.random() < 0.75:
            put("registry", firm.name, (firm.code, old), firm.address, firm.area, [])
        for source, chance in (("ip", 0.3), ("sti", 0.25)):
            while dice.random() < chance:
                name, kinds = damaged()
                address, how = damage_address(firm, dice, firms)
                code, broken = damage_code(firm.code, dice) if source == "sti" or dice.random() < 0.1 else ("", "")
                if source == "sti" and old and dice.random() < 0.2:
                    code = old
                if source == "sti" and firm.branch_of and dice.random() < 0.3:
                    code, broken = firm.branch_of, "code_of_parent"
                area = firm.area if source == "sti" and dice.random() < 0.85 else ""
                put(source, name, (code,) if code else (), address, area, kinds + [k for k in (how, broken) if k])
    dice.shuffle(made.records)
    return made
