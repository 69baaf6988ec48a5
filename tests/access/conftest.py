from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wulian.foundation.access import Actor

from .world import World, build


@pytest.fixture
def world(account: Callable[..., Actor], settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path / "files"
    return build(account)
