"""The shipped registers, adopted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from wulian.foundation.access import Actor
from wulian.registers import catalogue
from wulian.registers.services.definitions import adopt_shipped


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Definitions of a rolled-back test are forgotten."""
    catalogue.forget()
    yield
    catalogue.forget()


@pytest.fixture
def adopted_all(tianjin: None, system: Actor) -> None:
    """All shipped registers are in force."""
    adopt_shipped(by=system, at=datetime(2026, 1, 1, tzinfo=UTC))
