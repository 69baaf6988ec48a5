from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.directory.makers import AT, fact, organisation, region_fact, title
from wulian.directory.models import TitleGrant
from wulian.foundation.access import Actor
from wulian.foundation.catalogue.snapshots import (
    NoRecordsKept,
    UnknownMetric,
    differences,
    pack,
    record_ids,
    records_of_snapshot,
    take_snapshot,
    unpack,
)
from wulian.foundation.models import AuditEvent, MetricSnapshot
from wulian.kernel.errors import Denied

ON = date(2025, 1, 1)


def take(by: Actor, metric: str = "hnte_valid", region: str = "120106", on: date = ON) -> MetricSnapshot:
    return take_snapshot(metric=metric, region=region, on=on, by=by, at=AT)


@pytest.mark.usefixtures("tianjin")
class TestSnapshot:
    def test_it_keeps_value_version_and_records(self, system: Actor) -> None:
        grants = [title(organisation()) for _ in range(3)]
        snapshot = take(system)
        assert snapshot.value == 3
        assert snapshot.version == 1
        assert set(records_of_snapshot(snapshot)) == set(grants)

    def test_its_records_stay_when_the_data_change(self, system: Actor) -> None:
        kept, revoked = title(organisation()), title(organisation())
        snapshot = take(system)
        TitleGrant.objects.filter(pk=revoked.pk).update(revoked_on=date(2024, 6, 1))
        later = title(organisation())
        assert set(records_of_snapshot(snapshot)) == {kept, revoked}
        (difference,) = differences(snapshot)
        assert (difference.added, difference.removed, difference.gone) == ([later.pk], [revoked.pk], 0)

    def test_a_deleted_record_is_told_apart(self, system: Actor) -> None:
        gone = title(organisation())
        snapshot = take(system)
        gone_id = gone.pk
        gone.delete()
        (difference,) = differences(snapshot)
        assert (difference.removed, difference.gone) == ([gone_id], 1)
        assert record_ids(snapshot, "records") == [gone_id]

    def test_taking_it_again_without_a_change_gives_the_same_one(self, system: Actor) -> None:
        title(organisation())
        first = take(system)
        events = AuditEvent.objects.count()
        assert take(system) == first
        assert AuditEvent.objects.count() == events
        title(organisation())
        assert take(system) != first

    def test_a_share_keeps_numerator_and_denominator(self, system: Actor) -> None:
        region_fact("120106", "rd_expense_society", 2024, 22 * 10**10)
        region_fact("120106", "gdp", 2024, 1000 * 10**10)
        snapshot = take(system, "rd_intensity")
        assert (snapshot.value, snapshot.numerator, snapshot.denominator) == (Decimal("2.2"), 22, 1000)
        assert records_of_snapshot(snapshot, "denominator").get().fact == "gdp"

    def test_an_unknown_value_is_kept_as_unknown_with_its_reason(self, system: Actor) -> None:
        snapshot = take(system, "rd_intensity")
        assert snapshot.value is None
        assert "2024" in snapshot.unknown_because

    def test_a_corrected_fact_leaves_the_snapshot_as_it_was(self, system: Actor) -> None:
        old = fact(organisation(), "rd_expense", 2024, 500_000_00)
        snapshot = take(system, "rd_expense_enterprises")
        old.is_current = False
        old.save()
        fact(old.organisation, "rd_expense", 2024, 700_000_00)
        assert [row.value for row in records_of_snapshot(snapshot)] == [500_000_00]
        assert snapshot.value == 50

    def test_only_an_officer_of_the_region_takes_one(self, officer: Actor, enterprise_user: Actor) -> None:
        assert take(officer).region == "120106"
        with pytest.raises(Denied):
            take(officer, region="120104")
        with pytest.raises(Denied):
            take(enterprise_user)

    def test_an_unknown_metric_or_part_is_a_sentence(self, system: Actor) -> None:
        with pytest.raises(UnknownMetric, match="nonsense"):
            take(system, "nonsense")
        with pytest.raises(NoRecordsKept, match="numerator"):
            record_ids(take(system), "numerator")


@given(st.sets(st.integers(1, 10**9)), st.integers(1, 1000), st.integers(0, 300))
def test_packing_loses_no_id(loose: set[int], start: int, length: int) -> None:
    ids = sorted(loose | set(range(start, start + length)))
    assert unpack(pack(ids)) == ids


def test_a_run_of_ids_is_kept_as_its_ends() -> None:
    assert pack([9, 3, 4, 5, 6, 1]) == [1, [3, 6], 9]
    assert pack([]) == []
