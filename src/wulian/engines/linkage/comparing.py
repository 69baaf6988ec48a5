"""Compares two records."""

from __future__ import annotations

from .judging import Judgement
from .records import Record


def compare(left: Record, right: Record) -> Judgement:
    """What is to be said of two records: depends on these two alone and is the same either way round."""
    raise NotImplementedError
