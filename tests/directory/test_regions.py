from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from wulian.directory.access import region_closure
from wulian.directory.models import Region
from wulian.directory.services.regions import RegionsLoaded, load_regions
from wulian.foundation.access import Actor
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Denied
from wulian.rulebook.regions import regions

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing_and_writes_no_second_audit(system: Actor) -> None:
    assert load_regions(by=system) == RegionsLoaded(created=len(regions()), updated=0, unchanged=0)
    events = AuditEvent.objects.count()
    assert load_regions(by=system) == RegionsLoaded(created=0, updated=0, unchanged=len(regions()))
    assert AuditEvent.objects.count() == events == len(regions())


def test_an_abolished_code_is_disabled_and_kept(tianjin: None, system: Actor) -> None:
    entries = [replace(entry, disabled_on=date(2030, 1, 1)) if entry.code == "120106" else entry for entry in regions()]
    assert load_regions(by=system, entries=entries).updated == 1
    assert Region.objects.get(code="120106").disabled_on == date(2030, 1, 1)
    assert Region.objects.count() == len(regions())


def test_a_region_that_the_site_added_is_left_alone(tianjin: None, system: Actor) -> None:
    Region.objects.create(code="120106-GRD", name="光荣道科技产业园", short_name="光荣道", level="zone", parent_id="120106")
    load_regions(by=system)
    assert Region.objects.get(code="120106-GRD").disabled_on is None


def test_only_administrators_load_regions(officer: Actor) -> None:
    with pytest.raises(Denied):
        load_regions(by=officer)


def test_the_city_covers_districts_and_zones(tianjin: None) -> None:
    assert {"120000", "120106", "120116", "120116-BHHT"} <= region_closure("120000")
    assert region_closure("120116") >= {"120116", "120116-TEDA"}
    assert region_closure("120106") == {"120106"}
