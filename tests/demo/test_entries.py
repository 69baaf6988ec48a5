"""The entries of the demonstration's registers, all loaded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from wulian.demo.entries import FOLDER, read_file, write_entries
from wulian.directory.services.regions import load_regions
from wulian.foundation.access import system
from wulian.foundation.models import Notice
from wulian.registers.models import Entry
from wulian.registers.services.definitions import adopt_shipped, shipped_files

BY = system("演示测试")
ON = date(2026, 12, 31)
FILES = {path.stem for path in FOLDER.glob("*.yaml")}


def test_every_file_belongs_to_a_shipped_register() -> None:
    assert {path.stem for path in shipped_files()} >= FILES
    assert read_file(FOLDER / f"{min(FILES)}.yaml")["entries"]


@pytest.mark.django_db
def test_every_register_has_living_entries_and_nobody_is_told() -> None:
    load_regions(by=BY)
    adopt_shipped(by=BY, at=datetime(2026, 1, 1, tzinfo=UTC))
    made = write_entries(by=BY, on=ON)
    living = Entry.objects.filter(voided_at__isnull=True, is_synthetic=True)
    assert set(living.values_list("register__code", flat=True)) == FILES
    assert living.count() == made
    assert not Notice.objects.exists()
    assert write_entries(by=BY, on=ON) == 0, "a second load adds nothing"
