"""The shipped registers, adopted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wulian.foundation.access import Actor
from wulian.registers.services.definitions import adopt_shipped


@pytest.fixture
def adopted_all(tianjin: None, system: Actor) -> None:
    """All shipped registers are in force."""
    adopt_shipped(by=system, at=datetime(2026, 1, 1, tzinfo=UTC))
