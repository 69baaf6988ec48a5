from __future__ import annotations

from datetime import date

import pytest

from tests.directory.makers import fact, move, organisation, region_fact, title
from wulian.directory.selectors.figures import (
    UnknownPart,
    list_records,
    list_snapshot_records,
    open_figure,
    open_snapshot,
    snapshot_differences,
    snapshots_of,
    values_by_region,
)
from wulian.directory.selectors.regions import UnknownRegion
from wulian.foundation.access import Actor
from wulian.foundation.catalogue.snapshots import UnknownMetric, take_snapshot
from wulian.kernel.errors import Denied

ON = date(2025, 6, 30)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]


def test_a_figure_opens_to_value_first_records_and_sources(anonymous: Actor) -> None:
    for _ in range(3):
        title(organisation())
    figure = open_figure(anonymous, "hnte_valid", "120106", ON, limit=2)
    assert (figure.value.value, figure.count, len(figure.rows)) == (3, 3, 2)
    assert [source.name for source in figure.sources] == ["来源 test"]


def test_what_does_not_exist_is_a_sentence(anonymous: Actor) -> None:
    with pytest.raises(UnknownMetric):
        open_figure(anonymous, "nonsense", "120106", ON)
    with pytest.raises(UnknownRegion):
        open_figure(anonymous, "hnte_valid", "999999", ON)
    with pytest.raises(UnknownPart):
        open_figure(anonymous, "hnte_valid", "120106", ON, "denominator")


def test_filters_search_and_sort_narrow_the_same_list(anonymous: Actor) -> None:
    title(organisation("天津甲科技有限公司", "120106"), until=date(2026, 1, 1))
    title(organisation("天津乙科技有限公司", "120106"), until=date(2025, 8, 1))
    title(organisation("天津丙研究院", "120104", kind="institute"), until=date(2026, 3, 1))
    everything = list_records(anonymous, "hnte_valid", "120000", ON, sort="valid_to")
    assert [row.organisation.name for row in everything.records] == ["天津乙科技有限公司", "天津甲科技有限公司", "天津丙研究院"]
    counts = {one.key: {value: number for value, _label, number in one.options} for one in everything.filters}
    assert counts == {"district": {"120104": 1, "120106": 2}, "kind": {"enterprise": 2, "institute": 1}}
    assert list_records(anonymous, "hnte_valid", "120000", ON, district="120106").count == 2
    assert list_records(anonymous, "hnte_valid", "120000", ON, search="乙科技").count == 1
    assert list_records(anonymous, "hnte_valid", "120000", ON, chosen={"kind": "institute"}).count == 1
    assert list_records(anonymous, "hnte_valid", "120106", ON, district="120104").count == 2  # from elsewhere: changes nothing


def test_the_district_filter_reads_moves_back(anonymous: Actor) -> None:
    mover = organisation(region="120106")
    title(mover)
    move(mover, "120104", date(2025, 9, 1))
    assert list_records(anonymous, "hnte_valid", "120000", ON, district="120106").count == 1
    assert list_records(anonymous, "hnte_valid", "120000", ON, district="120104").count == 0


def test_the_export_is_exactly_the_list(anonymous: Actor) -> None:
    for number in range(5):
        title(organisation(f"天津{number}号科技有限公司"), certificate=f"GR{number}")
    found = list_records(anonymous, "hnte_valid", "120106", ON, search="号科技", sort="-certificate")
    headings, cells = found.export()
    rows = list(cells)
    assert len(headings) == len(rows[0])
    assert (
        [row[0] for row in rows] == [row.organisation.name for row in found.records] == [f"天津{n}号科技有限公司" for n in (4, 3, 2, 1, 0)]
    )


class TestWhatSingleFirmsReported:
    @pytest.fixture(autouse=True)
    def firms(self) -> None:
        for amount in (1, 2, 3):
            fact(organisation(region="120106"), "rd_expense", 2024, amount * 1_000_000)
        fact(organisation(region="120104"), "rd_expense", 2024, 9_000_000)

    def test_the_sum_is_public_and_the_list_is_not(self, anonymous: Actor, enterprise_user: Actor) -> None:
        for viewer in (anonymous, enterprise_user):
            figure = open_figure(viewer, "rd_expense_enterprises", "120106", ON)
            assert (figure.value.value, figure.count, figure.rows) == (6, None, [])
            with pytest.raises(Denied):
                list_records(viewer, "rd_expense_enterprises", "120106", ON)

    def test_an_officer_of_the_region_sees_the_list_and_one_of_another_does_not(self, officer: Actor, city_officer: Actor) -> None:
        assert list_records(officer, "rd_expense_enterprises", "120106", ON).count == 3
        assert list_records(city_officer, "rd_expense_enterprises", "120104", ON).count == 1
        with pytest.raises(Denied):
            list_records(officer, "rd_expense_enterprises", "120104", ON)

    def test_a_sum_that_would_tell_one_firm_is_withheld_from_the_public(self, anonymous: Actor, city_officer: Actor) -> None:
        hidden = open_figure(anonymous, "rd_expense_enterprises", "120104", ON)
        assert hidden.value.value is None
        assert set(hidden.value.parts.values()) == {None}
        assert open_figure(city_officer, "rd_expense_enterprises", "120104", ON).value.value == 9

    def test_nor_does_a_snapshot_tell_it(self, anonymous: Actor, system: Actor, today: date) -> None:
        from tests.directory.makers import AT

        snapshot = take_snapshot(metric="rd_expense_enterprises", region="120104", on=ON, by=system, at=AT)
        figure = open_snapshot(anonymous, snapshot.pk)
        assert (figure.value.value, figure.rows) == (None, [])
        with pytest.raises(Denied):
            list_snapshot_records(anonymous, snapshot.pk)
        assert snapshots_of(anonymous, "rd_expense_enterprises", "120104") == []
        assert snapshots_of(system, "rd_expense_enterprises", "120104") == [snapshot]
        assert [change.removed for change in snapshot_differences(anonymous, snapshot.pk)] == [[]]


def test_districts_side_by_side(anonymous: Actor) -> None:
    title(organisation(region="120106"))
    title(organisation(region="120116-BHHT"))
    values = {region.code: value.value for region, value in values_by_region(anonymous, "hnte_valid", "120000", ON)}
    assert len(values) == 16
    assert (values["120106"], values["120116"], values["120104"]) == (1, 1, 0)


def test_opening_takes_the_same_number_of_queries_however_many_records(anonymous: Actor, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for _ in range(30):
        title(organisation())
    region_fact("120106", "population", 2024, 400_000)
    with django_assert_max_num_queries(12):
        open_figure(anonymous, "hnte_valid", "120106", ON)
    with django_assert_max_num_queries(16):
        open_figure(anonymous, "invention_patents_per_10k", "120106", ON)
