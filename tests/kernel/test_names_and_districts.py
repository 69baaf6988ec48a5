from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wulian.kernel.districts import DistrictFinder, Place
from wulian.kernel.names import clean_name, is_branch, name_key
from wulian.rulebook.regions import regions


@given(st.text())
def test_the_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(st.text("天津市嘉胜实业有限公司abc甲乙", min_size=1), st.sampled_from(["（天津）", "(天津)", " ( 天津 ) ", "【天津】"]))
def test_brackets_blanks_and_stops_do_not_tell_names_apart(name: str, place: str) -> None:
    assert name_key(f"{name}{place}公司.") == name_key(f"{name}（天津）公司")


def test_names_that_differ_in_a_character_stay_apart() -> None:
    assert name_key("天津市嘉胜实业有限公司") != name_key("天津市嘉盛实业有限公司")


def test_control_characters_and_odd_blanks_leave_a_shown_name() -> None:
    assert clean_name("\ufeff天津\u00a0某\t公司 \u200b") == "天津 某 公司"


@pytest.mark.parametrize(
    ("name", "branch"),
    [
        ("某某有限公司南开分公司", True),
        ("某银行红桥支行", True),
        ("某某商场第二门市部", True),
        ("某某有限公司", False),
        ("分店管理有限公司", False),
    ],
)
def test_branches(name: str, branch: bool) -> None:
    assert is_branch(name) is branch


@pytest.fixture(scope="module")
def finder() -> DistrictFinder:
    return DistrictFinder([Place(r.code, r.name, r.short_name, r.level == "zone", r.parent, r.old_names) for r in regions()])


@pytest.mark.parametrize(
    ("column", "code"),
    [("红桥", "120106"), ("红桥区", "120106"), ("天津市红桥区", "120106"), ("蓟县", "120119"), ("塘沽", "120116"), ("保税区", "120116-TPFZ"),
     ("自贸区", "120116-PFTZ"), ("滨海", "120116"), ("120118", "120118"), ("N/A", None), ("", None), ("火星", None)],
)  # fmt: skip
def test_a_district_column(finder: DistrictFinder, column: str, code: str | None) -> None:
    found = finder.by_column(column)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("天津市南开区宜宾道6号", "120104"),
        ("静海县静海经济开发区庶海道10号", "120118"),  # an old county name; its 经济开发区 is not 天津经济技术开发区
        ("天津市河西区（原南开区）", "120103"),
        ("和平路12号", None),  # a street, not the district
        ("南开三马路5号", None),
        ("天津经济技术开发区第三大街32号", "120116-TEDA"),
        ("天津市塘沽区新港路", "120116"),
        ("", None),
    ],
)
def test_an_address(finder: DistrictFinder, address: str, code: str | None) -> None:
    found = finder.by_address(address)
    assert (found.code if found else None) == code


def test_column_and_address_of_the_real_register_differ_in_a_few_dozen_rows(shared: Path, finder: DistrictFinder) -> None:
    counts: Counter[str] = Counter()
    with gzip.open(shared / "data/register/tianjin.csv.gz", "rt", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            column, address = finder.by_column(row["地区"]), finder.by_address(row["注册地址"])
            counts["no column"] += column is None
            counts["differ"] += column is not None and address is not None and finder.disagree(column, address)
            counts["agree"] += column is not None and address is not None and not finder.disagree(column, address)
    assert counts["no column"] == 309
    assert 36 <= counts["differ"] <= 50
    assert counts["agree"] > 60_000
