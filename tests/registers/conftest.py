"""The shipped registers, adopted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import pytest_django
from django.db import transaction

from wulian.directory.services.regions import load_regions
from wulian.foundation.access import system as system_actor
from wulian.registers import catalogue
from wulian.registers.services.definitions import adopt_shipped


@pytest.fixture(scope="module")
def adopted_once(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """Regions and shipped registers in a transaction around those of the module's tests, rolled back after them all: adopting
    takes longer than most of the tests, and nothing of it remains for tests elsewhere."""
    by = system_actor("测试")
    with django_db_blocker.unblock(), transaction.atomic():
        load_regions(by=by)
        adopt_shipped(by=by, at=datetime(2026, 1, 1, tzinfo=UTC))
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)
    catalogue.forget()


@pytest.fixture
def adopted_all(adopted_once: None, tianjin: None) -> None:
    """All shipped registers are in force."""
