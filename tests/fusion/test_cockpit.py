from __future__ import annotations

from datetime import date

import pytest

from tests.directory.makers import organisation, title
from wulian.directory.models import Region
from wulian.foundation.access import Actor
from wulian.fusion.cockpit import a_year_before, cockpit, compare, history

ON = date(2025, 6, 30)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]


def region(code: str = "120106") -> Region:
    return Region.objects.get(code=code)


def test_a_fresh_installation_is_empty_and_units_of_government_do_not_fill_it(anonymous: Actor) -> None:
    organisation("红桥区科技局", kind="government")
    assert cockpit(anonymous, region(), ON).is_empty


def test_without_a_plan_the_finding_comes_from_the_registers(anonymous: Actor) -> None:
    title(organisation(), since=date(2023, 1, 1), until=date(2026, 1, 1))
    title(organisation(), since=date(2025, 1, 1), until=date(2028, 1, 1))
    found = cockpit(anonymous, region(), ON)
    assert not found.is_empty
    assert found.main is None
    assert "2 家" in found.finding
    assert "多 1 家" in found.finding
    assert [source.name for source in found.sources] == ["来源 test"]


def test_an_unknown_metric_shows_no_change(anonymous: Actor) -> None:
    tiles = {tile.metric.code: tile for chain in cockpit(anonymous, region(), ON).chains for tile in chain.tiles}
    assert tiles["rd_intensity"].value.value is None
    assert tiles["rd_intensity"].change is None


def test_districts_of_the_city_with_what_belongs_to_none(anonymous: Actor) -> None:
    for code in ("120106", "120106", "120104", "120000"):
        title(organisation(region=code))
    found = compare(anonymous, "hnte_valid", region("120000"), ON)
    assert found.whole.value == 4
    assert found.rest == 1
    assert len(found.values) == 16


def test_a_district_without_parts_is_compared_with_its_neighbours(anonymous: Actor) -> None:
    found = compare(anonymous, "hnte_valid", region("120106"), ON)
    assert found.above.code == "120000"
    assert len(found.values) == 16
    assert compare(anonymous, "hnte_valid", region("120116"), ON).above.code == "120116"


def test_what_does_not_add_up_has_no_rest(anonymous: Actor) -> None:
    assert compare(anonymous, "invention_patents_valid", region("120000"), ON).rest is None


def test_history_is_five_year_ends_and_the_day(anonymous: Actor) -> None:
    title(organisation(), since=date(2023, 5, 1), until=date(2026, 5, 1))
    points = history(anonymous, "hnte_valid", region(), ON)
    assert [day for day, _value in points] == [*(date(year, 12, 31) for year in range(2020, 2025)), ON]
    assert [value.value for _day, value in points] == [0, 0, 0, 1, 1, 1]


def test_a_year_before_a_leap_day() -> None:
    assert a_year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert a_year_before(date(2025, 3, 1)) == date(2024, 3, 1)
