"""Reading a YAML table that ships with the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def read(name: str) -> Any:
    """The parsed content of `name` in this package. Treat it as read-only: it is read once per process."""
    return yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))
