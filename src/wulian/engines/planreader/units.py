"""Units of measure as plans print them, and the words that count things."""

from __future__ import annotations

import re

# Longest first inside one alternation. A scale (万, 亿 …) may stand before any of them: 万家, 亿元, 万平方米.
_MEASURES = (
    "个百分点|百分点|个工作日|工作日|标准箱|标箱|平方公里|平方千米|平方米|立方米|吨标准煤|吨标煤|千瓦时|兆瓦时|千瓦|兆瓦|吉瓦|公里|千米|厘米|毫米|微米|公顷|人民币|美元|欧元|港元|日元|元|人年|人次|人月|人天|件次|"
    "家次|台套|台次|架次|班次|场次|批次|户次|辆次|篇次|张床位|张床|个|家|项|件|名|人|位|户|套|台|辆|架|艘|座|所|处|条|场|次|期|篇|部|册|种|支|只|张|间|亩|米|吨|升|克|千克|公斤|分|岁|年|"
    "天|小时|分钟|倍|成|度|摄氏度|微克|毫克|款|门|组|宗|单|笔|例|幢|栋|块|枚|道|斤|公担|分贝|站|对|片|株|棵|头|羽|本|届|轮|平米|车位|床位|席|点|段|孔|井|班|校|村|镇|街|园|口|"
    "EFLOPS|PFLOPS|TFLOPS|EFlops|PFlops|Tbps|Gbps|Mbps|kWh|MW|GW|kW|TEU|PB|TB|GB|km2|km|m2|ha|t|EB|P|EB"
)
_SORTED = sorted(set(_MEASURES.split("|")), key=len, reverse=True)
_MEASURE = "|".join(re.escape(measure) for measure in _SORTED)
SCALE = r"(?:万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|千|百)"
_PER = r"(?:万元GDP|万元|亿元|秒|千克|公里|平方千米|千人|万人|百人|百户|平方米|平方公里|立方米|公顷|千瓦时|单位|亩|人|户|年|月|日|天|家|个|件|项|升|吨|m3|小时|床|生|km2)"

UNIT = rf"(?:(?:个?百分点)|[万亿]方(?![面案向式位针便法])|(?:{SCALE}?(?:吨标准煤|吨标煤|{_MEASURE})(?:/{_PER}(?:·{_PER})?)?)|%|‰|{SCALE}(?=[^\d]|$))"
UNIT_RE = re.compile(UNIT)

# A unit alone in a table cell or in the bracket after a name: anything short without digits is taken as printed there.
BRACKET = re.compile(r"\(([^()]{0,16})\)?\s*$|(%|‰)\s*$")

_COUNTED = "个|家|项|件|名|人|位|户|套|台|辆|架|艘|座|所|处|条|场|次|期|篇|部|册|种|支|只|张|间|款|门|组|宗|单|笔|例|站|批|场次|批次|人次|园|村|校|片|对"
COUNTED = frozenset(_COUNTED.split("|"))

# Whole-number words that a page lost: a noun that admits one measure only.
_RESTORE = (
    (re.compile(r"(?:学校|幼儿园|医院|高校|院校)(?:总)?(?:数|数量|总数)?$"), "所"),
    (re.compile(r"(?:企业|公司|机构|孵化器|众创空间|实验室|中心|平台|载体)(?:总)?(?:数|数量|总数)?$"), "家"),
    (re.compile(r"(?:专利|发明专利)(?:拥有量|授权量|申请量|数|数量|总量)?$"), "件"),
    (re.compile(r"(?:项目|成果)(?:总)?(?:数|数量|总数)?$"), "项"),
    (re.compile(r"(?:人才|人员|特派员|经理人)(?:总)?(?:数|数量|总数|总量)?$"), "人"),
)
_UNIT_WORDS = re.compile(rf"(?:{UNIT})(?:[/·](?:{UNIT}|{_PER}))*|件/万人|人年/万人|人/万人|.{{0,3}}/.{{1,6}}|-")


def restored_unit(name: str) -> str | None:
    """Measure of a counted noun whose unit the page lost, where only one fits."""
    for pattern, unit in _RESTORE:
        if pattern.search(name):
            return unit
    return None


def is_unit(text: str) -> bool:
    """Whether a table cell or a bracket holds nothing but a unit."""
    return bool(text) and len(text) <= 16 and bool(_UNIT_WORDS.fullmatch(text))


def measure_of(unit: str | None) -> str:
    """The unit without its scale (万家 -> 家)."""
    return re.sub(rf"^{SCALE}", "", unit or "") or (unit or "")


def scale_of(unit: str | None) -> int:
    """How many of the bare measure one printed unit is (万家 -> 10000, % -> 1)."""
    found = re.match(SCALE, unit or "")
    factor = 1
    for char in found.group() if found else "":
        factor *= {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}[char]
    return factor
