from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.engines.linkage.names import LONGEST, parse_name, plain

SAME = [
    "天津恒源达科技发展有限公司",
    "天津市恒源达科技发展有限公司",
    "恒源达科技发展（天津）有限责任公司",
    "恒源达(天津)科技发展有限公司",
    " 天津恒源达 科技发展有限公司．",
    "天津恆源達科技發展有限公司",
    "夭津恒源达科技发展有限公司",
    "天津恒源达科技发展",
    "天津恒源达科技发展有限公",
    "天津恒源达科技发展有限公丝",
    "天津恒源达科技发展股份有限公司",
    "天津恒源达科技发展（集团）有限公司",
    "天津恒源达科技发展有限公司；天津大学",
    "天津恒源达科技发展有限公司 河北工业大学有限公司",
    "天津恒源达科技发展有限公司（注销）",
    "天津恒源达科技发展有限公司（法人：王强）",
    "天津恒源达科技发展有限公司技术部",
    "天津恒源达科技发展有限公司(原名:天津旧名字科技有限公司)",
    "1.天津恒源达科技发展有限公司",
    "①天津恒源达科技发展有限公司（盖章）",
    "“天津恒源达科技发展有限公司”",
    "天津恒源达科技发展有 限 公 司",
]


@pytest.mark.parametrize("printed", SAME)
def test_spellings_of_one_name_share_the_core(printed: str) -> None:
    name = parse_name(printed)
    assert (name.core, name.trade, name.line, name.branch) == ("恒源达科技发展", "恒源达", "科技发展", "")


@pytest.mark.parametrize(
    ("printed", "core", "branch"),
    [
        ("天津恒源达科技有限公司第一分公司", "恒源达科技", "第一分公司"),
        ("天津恒源达科技有限公司第1分公司", "恒源达科技", "第一分公司"),
        ("恒源达科技有限公司第一分(天津)公司", "恒源达科技", "第一分公司"),
        ("天津恒源达科技有限公司滨海份公司", "恒源达科技", "滨海分公司"),
        ("天津恒源达科技有限公司研发中心", "恒源达科技", "研发中心"),
        ("天津恒源达纸制品厂北辰分公司", "恒源达纸制品", "北辰分公司"),
        ("某某银行股份有限公司天津白堤路支行", "某某银行", "白堤路支行"),
        ("某某银行股份有限公司夭津白堤路支行", "某某银行", "白堤路支行"),
    ],
)
def test_a_branch_is_told_from_its_parent(printed: str, core: str, branch: str) -> None:
    name = parse_name(printed)
    assert (name.core, name.branch) == (core, branch)


@pytest.mark.parametrize(
    ("printed", "place", "area", "core"),
    [
        ("天津市北辰区自强电梯配件厂", "天津", "北辰", "自强电梯配件"),
        ("蓟县建诚机械修理厂", "", "蓟", "建诚机械修理"),
        ("天津市河北区九月印刷厂", "天津", "河北", "九月印刷"),
        ("欧领特(上海)钢板桩租赁有限公司", "上海", "", "欧领特钢板桩租赁"),
        ("廊坊市恒源达科技有限公司", "廊坊", "", "恒源达科技"),
    ],
)
def test_places_come_off_the_name(printed: str, place: str, area: str, core: str) -> None:
    name = parse_name(printed)
    assert (name.place, name.area, name.core) == (place, area, core)


def test_a_former_name_in_brackets_is_kept() -> None:
    name = parse_name("天津新名字科技有限公司（原天津旧名字商贸有限公司）")
    assert name.core == "新名字科技"
    assert parse_name(name.former[0]).core == "旧名字商贸"


def test_further_applicants_are_kept_apart() -> None:
    assert parse_name("天津恒源达科技有限公司; 天津大学").partners == ("天津大学",)


def test_an_empty_name_and_a_very_long_one() -> None:
    assert parse_name("").core == ""
    assert parse_name("  ").core == ""
    assert 0 < len(parse_name("天津" + "长" * 300 + "有限公司").core) <= LONGEST


@given(st.text(alphabet="天津市恒源达鑫科技商贸有限责任公司股份厂分第一二()（）夭區銀行 ;；、.1A原名", max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    parse_name(text)  # whatever is printed, it is read without an error


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    name = parse_name(text)
    assert name.core.startswith(name.trade)
    assert name.trade + name.line == name.core
