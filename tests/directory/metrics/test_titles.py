from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.directory.makers import move, organisation, title
from wulian.directory.models import TitleKind
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.metrics import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]
DAY = timedelta(days=1)


def valid(on: date, region: str = "120106", metric: str = "hnte_valid") -> int | None:
    value = metrics.get(metric).compute(scope_of(region, on)).value
    return None if value is None else int(value)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2023, 12, 31), 0),  # the day before it begins
        (date(2024, 1, 1), 1),  # the day it begins
        (date(2026, 12, 31), 1),  # the last day
        (date(2027, 1, 1), 0),  # the end is exclusive
    ],
)
def test_validity_is_half_open(on: date, expected: int) -> None:
    title(organisation(), since=date(2024, 1, 1), until=date(2027, 1, 1))
    assert valid(on) == expected


def test_a_title_without_an_end_stays_valid() -> None:
    title(organisation(), until=None)
    assert valid(date(2099, 1, 1)) == 1


def test_a_revoked_title_ends_on_the_day_of_revocation() -> None:
    title(organisation(), revoked_on=date(2025, 6, 1))
    assert valid(date(2025, 5, 31)) == 1
    assert valid(date(2025, 6, 1)) == 0


def test_a_renewal_that_overlaps_counts_the_organisation_once_and_lists_the_newer_certificate() -> None:
    holder = organisation()
    title(holder, since=date(2021, 6, 1), until=date(2024, 6, 1), certificate="GR202112000001")
    newer = title(holder, since=date(2024, 3, 1), until=date(2027, 3, 1), certificate="GR202412000001")
    scope = scope_of("120106", date(2024, 4, 1))
    part = metrics.get("hnte_valid").parts[0]
    assert list(part.rows(part.records(scope))) == [newer]
    assert valid(date(2024, 4, 1)) == 1
    assert valid(date(2024, 2, 1)) == 1


def test_kinds_are_counted_apart_and_every_kind_has_a_metric() -> None:
    for kind in TitleKind:
        title(organisation(), kind=kind.value)
    assert [valid(date(2025, 1, 1), metric=f"{kind.value}_valid") for kind in TitleKind] == [1] * len(TitleKind)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "active"}, 1),
        ({"status": "cancelled", "closed_on": date(2025, 1, 2)}, 1),  # closes tomorrow
        ({"status": "cancelled", "closed_on": date(2025, 1, 1)}, 0),
        ({"status": "cancelled"}, 0),  # closed on an unknown day
        ({"status": "unknown", "established_on": date(2025, 1, 2)}, 0),
        ({"status": "unknown", "established_on": date(2025, 1, 1)}, 1),
    ],
)
def test_the_holder_must_stand_on_the_day(fields: dict[str, object], expected: int) -> None:
    title(organisation(**fields))
    assert valid(date(2025, 1, 1)) == expected


def test_a_merged_organisation_is_not_counted_beside_the_one_it_went_into() -> None:
    survivor, twin = organisation(), organisation()
    title(survivor)
    title(twin)
    twin.merged_into = survivor
    twin.save()
    assert valid(date(2025, 1, 1)) == 1


def test_an_organisation_that_moves_is_counted_where_it_was_and_once_in_the_city() -> None:
    mover = organisation(region="120106")
    title(mover)
    move(mover, "120104", date(2025, 3, 1))
    move(mover, "120101", date(2025, 9, 1))
    for on, home in [
        (date(2025, 2, 28), "120106"),
        (date(2025, 3, 1), "120104"),
        (date(2025, 8, 31), "120104"),
        (date(2025, 9, 1), "120101"),
        (date(2026, 3, 2), "120101"),
    ]:
        counted = {region: valid(on, region) for region in ("120101", "120104", "120106", "120000")}
        assert counted == {"120101": 0, "120104": 0, "120106": 0, home: 1, "120000": 1}


def test_two_moves_on_one_day_read_back_to_where_the_day_began() -> None:
    mover = organisation(region="120106")
    title(mover)
    move(mover, "120104", date(2025, 3, 1))
    move(mover, "120101", date(2025, 3, 1))
    assert (valid(date(2025, 2, 28), "120106"), valid(date(2025, 2, 28), "120104")) == (1, 0)
    assert (valid(date(2025, 3, 1), "120101"), valid(date(2025, 3, 1), "120104")) == (1, 0)


def test_one_that_moved_in_from_an_unknown_region_was_in_no_known_one_before() -> None:
    mover = organisation(region=None)
    title(mover)
    move(mover, "120106", date(2025, 3, 1))
    assert valid(date(2025, 2, 28), "120000") == 0
    assert valid(date(2025, 3, 1), "120106") == 1


def test_a_zone_counts_for_its_district_and_the_city() -> None:
    title(organisation(region="120116-BHHT"))
    on = date(2025, 1, 1)
    assert [valid(on, region) for region in ("120116-BHHT", "120116", "120000", "120106")] == [1, 1, 1, 0]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 900), st.integers(1, 1200)),  # organisation, start, length in days
        max_size=12,
        unique_by=lambda row: row[:2],
    ),
    st.integers(0, 2200),
)
def test_the_count_is_the_number_of_organisations_with_an_interval_around_the_day(rows: list[tuple[int, int, int]], day: int) -> None:
    from django.db import transaction

    start = date(2020, 1, 1)
    with transaction.atomic():
        holders = [organisation() for _ in range(5)]
        for who, first, length in rows:
            title(holders[who], since=start + first * DAY, until=start + (first + length) * DAY)
        expected = {who for who, first, length in rows if first <= day < first + length}
        assert valid(start + day * DAY) == (len(expected) if rows else None)
        transaction.set_rollback(True)


def test_a_list_that_nobody_brought_in_is_unknown_and_one_without_any_here_is_zero() -> None:
    assert valid(date(2026, 1, 1)) is None
    title(organisation(region="120104"))
    assert valid(date(2026, 1, 1)) == 0
