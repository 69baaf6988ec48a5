"""Conditions as data, in three values, exact: one firm explained or a million in columns, from one definition. Pure; the
criteria themselves are in `wulian.rulebook`.

    criterion = wulian.rulebook.rules.criterion("tech-sme", date(2026, 7, 1))
    assessment = assess(criterion, {"employees": 100_000_000, …})        # exact integers; absent: unknown
    frame = assess_columns(criterion, polars_frame, conditions=True)
"""

from .assessing import Assessment, Verdict, assess
from .columns import assess_columns
from .loading import RuleFileRefused
from .model import Criterion
from .preparing import Prepared, read_row

__all__ = ["Assessment", "Criterion", "Prepared", "RuleFileRefused", "Verdict", "assess", "assess_columns", "read_row"]
