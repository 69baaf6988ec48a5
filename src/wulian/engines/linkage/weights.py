"""What each level of each comparison weighs, and how it is said. One table for the batch, for one record and for the explanation.

Weights are in bits (log2 of the odds that two records belong to one organisation). They were fitted by logistic regression on
pairs of made registers with known truth (benchmarks/_linkage_data.py) and a labelled set of a city, then rounded; see
docs/decisions/0010-linkage.md. They hold for any register, so a result never depends on what else was loaded.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    code: str
    weight: float
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Comparison:
    code: str
    zh: str
    en: str
    levels: tuple[Level, ...]


# Odds before anything is compared, for pairs that meet under one key.
PRIOR = 0.0
# From here on two records are linked; from here on a person is asked.
SAME_FROM, UNSURE_FROM = -0.5, -4.5

COMPARISONS = (
    Comparison("name", "名称", "name", (
        Level("exact", 7.0, "名称相同（不计地名、括号和组织形式）", "the names agree (place, brackets and legal form aside)"),
        Level("exact_short", 6.0, "名称相同，字号只有两个字", "the names agree, with a trade name of two characters"),
        Level("line_confused", 6.7, "字号相同，行业用语有音近或形近的误写", "the same trade name; the business has a misprint of like sound or look"),
        Level("confused", 5.9, "名称只差音近或形近的字", "the names differ only in characters of like sound or look"),
        Level("swapped", 2.9, "名称用字相同，次序不同", "the same characters in another order"),
        Level("line_typo", 0.5, "字号相同，行业用语差一个字", "the same trade name; the business differs in one character"),
        Level("cut", 1.0, "一个名称是另一个的开头", "one name is the beginning of the other"),
        Level("line_near", -0.8, "字号相同，行业用语相近", "the same trade name and a similar business"),
        Level("confused_short", 2.7, "两个字的字号差一个音近或形近的字", "trade names of two characters differ in one of like sound or look"),
        Level("one_long", -2.0, "较长的名称差一个字", "long names that differ in one character"),
        Level("inside", -0.3, "一个名称包含另一个", "one name contains the other"),
        Level("line_other_long", -3.0, "字号相同，行业不同", "the same trade name, another business"),
        Level("latin_trade", 0.5, "字号的拼音相同，其余是外文", "the trade name agrees in pinyin, the rest is in another language"),
        Level("one_short", -4.1, "字号差一个字", "the trade names differ in one character"),
        Level("two", -4.3, "名称差两个字", "the names differ in two characters"),
        Level("line_other", -4.4, "两个字的字号相同，行业不同", "the same trade name of two characters, another business"),
        Level("weak", -4.6, "名称只有部分相同", "the names agree in part only"),
        Level("other", -7.2, "名称不同", "the names differ"),
    )),
    Comparison("code", "代码", "code", (
        Level("same", 12.0, "统一社会信用代码相同", "the credit codes agree"),
        Level("same_old", 7.0, "注册号相同", "the registration numbers agree"),
        Level("same_organisation", 9.0, "代码里的组织机构代码相同", "the organisation codes inside the credit codes agree"),
        Level("near", 5.0, "代码只差一两位，其中有误码", "the codes differ in one or two places and one of them is broken"),
        Level("broken_differs", -3.5, "代码不同，其中有误码", "the codes differ and one of them is broken"),
        Level("old_differs", -4.0, "注册号不同", "the registration numbers differ"),
        Level("differ", -6.0, "有效的代码不同", "valid codes that differ"),
    )),
    Comparison("address", "地址", "address", (
        Level("door", 5.6, "地址相同，门牌号也相同", "the same address to the door"),
        Level("place", 3.6, "地址相同（没有门牌号）", "the same address (without numbers)"),
        Level("cut", 4.5, "地址相同，一方写得较略", "the same address, one of them shortened"),
        Level("area", 1.6, "同在一个区", "the same district"),
        Level("near_place", 3.4, "地址相近", "similar addresses"),
        Level("near_door", 4.0, "地址相近，门牌号相同", "similar addresses with the same numbers"),
        Level("same_numbers", 1.5, "门牌号相同，路名不同", "the same numbers in another street"),
        Level("other_number", 0.2, "同一条路，门牌号不同", "the same street, another number"),
        Level("area_differs", -2.2, "不在一个区", "another district"),
        Level("elsewhere", -3.6, "地址不同", "the addresses differ"),
    )),
    Comparison("area", "名称里的区", "district in the name", (
        Level("same", 0.5, "名称里的区相同", "the districts in the names agree"),
        Level("differs", -6.4, "名称里的区不同", "the districts in the names differ"),
    )),
    Comparison("place", "名称里的地名", "place in the name", (
        Level("same", 0.0, "名称里的地名相同", "the places in the names agree"),
        Level("differs", -2.0, "名称里的省市不同", "the places in the names differ"),
    )),
    Comparison("form", "组织形式", "legal form", (
        Level("same", 0.0, "组织形式相同", "the legal forms agree"),
        Level("shares", 0.0, "一个是股份有限公司", "one is a company limited by shares"),
        Level("differs", -2.0, "组织形式不同", "the legal forms differ"),
    )),
    Comparison("founded", "成立日期", "founding date", (
        Level("same", 1.0, "成立日期相同", "founded on the same day"),
        Level("differs", -4.5, "成立日期不同", "founded on different days"),
    )),
    Comparison("branch", "分支", "branch", (
        Level("same", 1.0, "同一个分支机构", "the same branch"),
        Level("near", -3.6, "分支机构的名称差一个字", "names of branches that differ in one character"),
        Level("differs", -12.0, "不是同一个分支机构", "two different branches"),
        Level("parent", -12.0, "一个是分支机构，一个不是", "one is a branch, the other is not"),
    )),
)  # fmt: skip

BARRIERS = {
    "branches": ("是两个不同的分支机构", "they are two different branches"),
    "parent": ("一个是分支机构，另一个是本部或别的机构", "one is a branch and the other is not"),
    "codes": ("两个有效的统一社会信用代码不同", "their valid credit codes differ"),
}
WEIGHTS = {comparison.code: {level.code: level.weight for level in comparison.levels} for comparison in COMPARISONS}
