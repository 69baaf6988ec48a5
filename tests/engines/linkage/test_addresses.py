from __future__ import annotations

import pytest

from wulian.engines.linkage.addresses import area_stem, parse_address
from wulian.engines.linkage.comparing import address_level
from wulian.engines.linkage.preparing import prepare

from .helpers import record


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("天津市河东区新开路新天地家园4-1-2202", "300095 河东区新开路新天地家园4号楼1门2202", "door"),
        ("天津市滨海新区阳光家园4-2-1702", "滨海新阳光家园4-2-1702", "door"),
        ("天津市静海县大邱庄镇东村", "静海大邱庄镇东村", "place"),
        ("南开区黄河道519号A区10", "天津市南开区黄河道", "cut"),
        ("南开区黄河道519号", "南开区黄河道21号", "other_number"),
        ("南开区黄河道519号", "河西区洞庭路12号", "elsewhere"),
    ],
)
def test_levels(one: str, other: str, level: str) -> None:
    left, right = prepare(record("甲", address=one)), prepare(record("乙", address=other))
    assert address_level(left, right) == address_level(right, left) == level


def test_without_addresses_the_districts_are_compared() -> None:
    left = prepare(record("甲", district="红桥"))
    assert address_level(left, prepare(record("乙", address="天津市红桥区湘潭道11号"))) == "area"
    assert address_level(left, prepare(record("乙", district="河西区"))) == "area_differs"
    assert address_level(left, prepare(record("乙"))) == ""


def test_blank_addresses() -> None:
    assert not parse_address("N/A")
    assert not parse_address(" ")
    assert area_stem("N/A") == ""
    assert area_stem("蓟县") == "蓟"
