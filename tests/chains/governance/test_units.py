"""Printed unit names against organisations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from wulian.chains.governance.units import UnitMatcher, class_members, class_of, without_slip
from wulian.directory.models import Organisation, OrganisationName, Region


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("各区人民政府", "all_districts"),
        ("各区", "all_districts"),
        ("各县（市、区）人民政府", "all_districts"),
        ("有关区人民政府", "concerned_districts"),
        ("相关区", "concerned_districts"),
        ("各有关区人民政府", "concerned_districts"),
        ("各部门", "all_departments"),
        ("各有关部门", "all_departments"),
        ("市级有关部门", "all_departments"),
        ("区科技局", ""),
        ("红桥区人民政府", ""),
        ("各区科技局", ""),
    ],
)
def test_class_names_are_told_from_units(name: str, expected: str) -> None:
    assert class_of(name) == expected


@pytest.mark.parametrize(
    ("printed", "meant"),
    [("区区商务局", "区商务局"), ("区政府区政府合作交流办", "区政府合作交流办"), ("区商务局", "区商务局"), ("市市场监管委", "市场监管委")],
)
def test_a_doubled_beginning_is_taken_once(printed: str, meant: str) -> None:
    assert without_slip(printed) == meant


def matcher(code: str = "120106") -> UnitMatcher:
    return UnitMatcher(Region.objects.select_related("parent__parent").get(pk=code))


@pytest.mark.parametrize("printed", ["天津市红桥区科学技术局", "红桥区科学技术局", "区科技局", "红桥区科技局", "区 科技局"])
def test_official_name_contraction_and_prefix_are_the_same_unit(unit: Callable[..., Organisation], printed: str) -> None:
    science = unit("天津市红桥区科学技术局")
    assert matcher().match(printed).organisation_id == science.pk


def test_the_prefix_tells_district_from_city(unit: Callable[..., Organisation]) -> None:
    district = unit("天津市红桥区市场监督管理局")
    city = unit("天津市市场监督管理委员会", region="120000")
    found = matcher()
    assert found.match("区市场监管局").organisation_id == district.pk
    # 市市场监管委 begins with a doubled 市 but is right as it stands.
    assert found.match("市市场监管委").organisation_id == city.pk


def test_a_unit_of_another_district_is_not_meant(unit: Callable[..., Organisation]) -> None:
    unit("天津市南开区商务局", region="120104")
    assert matcher().match("区商务局").organisation_id is None


def test_a_slip_is_suggested_and_never_taken_over(unit: Callable[..., Organisation]) -> None:
    trade = unit("天津市红桥区商务局")
    match = matcher().match("区区商务局")
    assert (match.basis, match.organisation_id, match.candidates) == ("slip", None, ((trade.pk, trade.name),))


def test_a_near_name_is_suggested_and_never_taken_over(unit: Callable[..., Organisation]) -> None:
    finance = unit("天津市红桥区财政局")
    match = matcher().match("区财证局")
    assert match.organisation_id is None
    assert finance.pk in {pk for pk, _name in match.candidates}


def test_two_units_with_one_name_are_left_to_the_officer(unit: Callable[..., Organisation]) -> None:
    one, other = unit("天津市红桥区商务局"), unit("红桥区商务局")
    match = matcher().match("区商务局")
    assert (match.basis, match.organisation_id) == ("several", None)
    assert {pk for pk, _name in match.candidates} == {one.pk, other.pk}


def test_a_renamed_unit_is_still_found_under_its_old_name(unit: Callable[..., Organisation]) -> None:
    bureau = unit("天津市红桥区大数据管理局")
    OrganisationName.objects.create(organisation=bureau, name=bureau.name, name_key=bureau.name, kind="former")
    bureau.name = "天津市红桥区数据局"
    bureau.save()
    found = matcher()
    assert found.match("区大数据局").organisation_id == bureau.pk
    assert found.match("区数据局").organisation_id == bureau.pk


def test_a_branch_office_of_the_city_is_found(unit: Callable[..., Organisation]) -> None:
    branch = unit("天津市规划和自然资源局红桥分局", short="规划资源红桥分局")
    assert matcher().match("规划资源红桥分局").organisation_id == branch.pk


def test_districts_stand_for_their_governments(unit: Callable[..., Organisation]) -> None:
    hongqiao, nankai = unit("天津市红桥区人民政府"), unit("天津市南开区人民政府", region="120104")
    unit("天津市人民政府", region="120000")
    city = Region.objects.get(pk="120000")
    assert class_members("all_districts", city) == [nankai, hongqiao]
    assert class_members("concerned_districts", city) == [nankai, hongqiao]


def test_departments_are_those_of_the_region_itself(unit: Callable[..., Organisation]) -> None:
    trade = unit("天津市红桥区商务局")
    unit("天津市红桥区人民政府")
    unit("天津市红桥区西于庄街道办事处")
    unit("天津市商务局", region="120000")
    assert class_members("all_departments", Region.objects.get(pk="120106")) == [trade]


def test_a_single_unit_has_no_members(tianjin: None) -> None:
    assert class_members("", Region.objects.get(pk="120106")) == []
