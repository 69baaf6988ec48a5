from __future__ import annotations

import re

from wulian.rulebook.industries import industry_name, sections
from wulian.rulebook.regions import regions


def test_every_parent_stands_before_its_children_and_codes_are_unique() -> None:
    seen: set[str] = set()
    for region in regions():
        assert region.parent is None or region.parent in seen
        assert region.code not in seen
        seen.add(region.code)


def test_tianjin_has_sixteen_districts_and_zones_below_binhai() -> None:
    districts = [region for region in regions() if region.level == "district"]
    assert len(districts) == 16
    assert all(re.fullmatch(r"1201\d\d", region.code) and region.parent == "120000" for region in districts)
    assert {region.parent for region in regions() if region.level == "zone"} == {"120116"}


def test_renamed_counties_keep_their_old_names_without_saying_one_name_twice() -> None:
    by_code = {region.code: region for region in regions()}
    assert "静海县" in by_code["120118"].old_names
    names = [name for region in regions() for name in (region.name, region.short_name, *region.old_names)]
    assert len(names) == len(set(names))


def test_industry_divisions_are_numbered_without_gaps_from_01_to_97() -> None:
    divisions = [code for section in sections() for code in section.divisions]
    assert divisions == [f"{number:02}" for number in range(1, 98)]
    assert [section.code for section in sections()] == list("ABCDEFGHIJKLMNOPQRST")


def test_industry_name_of_section_division_and_unknown_codes() -> None:
    assert industry_name("C") == "制造业"
    assert industry_name("C39") == "计算机、通信和其他电子设备制造业"
    assert industry_name("I39") == ""  # division 39 is not in section I
    assert industry_name("Z") == ""
    assert industry_name("") == ""
