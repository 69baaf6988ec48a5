"""Counts beside the filters of a list: counted at once, they are what counting one after the other gives."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db.models import Count

from tests.directory.makers import fact, move, organisation, patent, title
from wulian.directory.models import Region
from wulian.directory.selectors.figures import RecordList, list_records
from wulian.foundation.access import Actor
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.metrics import scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tianjin")]
PLACES = ("120000", "120104", "120106", "120116", "120116-BHHT", "120116-TEDA", None)
DAYS = (date(2024, 12, 31), date(2025, 6, 30), date(2026, 2, 1))


def city(seed: int) -> None:
    """Organisations of several kinds that close and move, with shared patents, renewed titles and facts."""
    dice = random.Random(seed)
    everybody = []
    for _ in range(40):
        closed = date(2025, 1, 1) + timedelta(days=dice.randrange(300)) if dice.random() < 0.2 else None
        everybody.append(
            organisation(region=dice.choice(PLACES), kind=dice.choice(("enterprise", "enterprise", "institute")), closed_on=closed)
        )
    organisation(region="120106", merged_into=everybody[0])
    for who in everybody:
        if dice.random() < 0.7:
            title(who, since=date(2024, 1, 1), until=date(2026, 1, 1))
            title(who, since=date(2025, 1, 1) + timedelta(days=dice.randrange(300)), until=date(2027, 1, 1))
        for year in (2023, 2024, 2025):
            for code in ("rd_expense", "revenue", "staff_rd"):
                if dice.random() < 0.7:
                    fact(who, code, year, dice.choice((None, 7, 11, 123_456_789)))
    for _ in range(40):
        patent(*dice.sample(everybody, dice.choice((0, 1, 1, 2, 3))), granted=dice.choice(DAYS))
    for who in dice.sample(everybody, 12):
        for day in sorted(dice.sample(range(-400, 400), dice.choice((1, 2)))):
            move(who, dice.choice(PLACES[:-1]), date(2025, 6, 30) + timedelta(days=day))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_tally_of_every_list_is_what_counting_district_by_district_gives(seed: int) -> None:
    city(seed)
    for metric in metrics.all_metrics():
        for part in metric.parts:
            for region, on in (("120000", DAYS[0]), ("120000", DAYS[1]), ("120116", DAYS[1]), ("120000", DAYS[2]), ("120106", DAYS[2])):
                if part.tally is None:
                    continue
                told, fields = (metric.code, region, on), [facet.field for facet in part.facets]
                cube = list(part.tally(scope_of(region, on), lambda records: records, fields))
                if not part.records(scope_of(region, on)).exists():
                    assert cube == [], told
                    continue
                for child in Region.objects.filter(parent=region):
                    found, here = part.records(scope_of(child.code, on)), [row for row in cube if row[0] == child.code]
                    assert sum(row[-1] for row in here) == part.measure(found)[1], (*told, child.code)
                    if fields:
                        counted = found.order_by().values_list(*fields).annotate(n=Count("pk"))
                        assert sorted(row[1:] for row in here) == sorted(counted), (*told, child.code)


@pytest.mark.parametrize("seed", [1, 2])
def test_parts_measured_together_are_what_measuring_one_by_one_gives(seed: int) -> None:
    city(seed)
    for metric in metrics.all_metrics():
        for region in ("120000", "120106", "120102"):
            for on in DAYS:
                scope = scope_of(region, on)
                computed = metric.compute(scope)
                for part in metric.parts:
                    assert (computed.parts[part.key], computed.counts[part.key]) == part.measure(part.records(scope)), (metric.code, region)


def offered(found: RecordList) -> dict[str, dict[str, int]]:
    return {one.key: {value: number for value, _label, number in one.options} for one in found.filters}


def test_a_filter_counts_with_what_the_others_have_chosen_and_without_its_own_choice(anonymous: Actor) -> None:
    for name, region, kind in (
        ("甲一", "120106", "enterprise"),
        ("甲二", "120106", "institute"),
        ("甲三", "120116-TEDA", "enterprise"),
        ("乙四", "120116-TEDA", "institute"),
        ("甲五", "120116", "institute"),
        ("甲六", "120000", "institute"),
    ):
        title(organisation(f"天津{name}", region, kind=kind))

    def ask(**more: object) -> dict[str, dict[str, int]]:
        return offered(list_records(anonymous, "hnte_valid", "120000", DAYS[1], **more))  # type: ignore[arg-type]

    assert ask() == {"district": {"120106": 2, "120116": 3}, "kind": {"enterprise": 2, "institute": 4}}
    assert ask(chosen={"kind": "institute"}) == {"district": {"120106": 1, "120116": 2}, "kind": {"enterprise": 2, "institute": 4}}
    assert ask(district="120116") == {"district": {"120106": 2, "120116": 3}, "kind": {"enterprise": 1, "institute": 2}}
    assert ask(district="120116-TEDA")["kind"] == {"enterprise": 1, "institute": 1}
    assert ask(search=" 甲 ", district="120116") == {"district": {"120106": 2, "120116": 2}, "kind": {"enterprise": 1, "institute": 1}}
    assert ask(search="没有") == {}
