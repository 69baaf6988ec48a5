"""Reads a plan: a file becomes text with its places, indicators, tasks with responsible units, and findings.

    from wulian.engines.planreader import read_document, read_plan
    plan = read_plan(read_document(Path("plan.docx")))
    plan.indicators, plan.tasks, plan.findings, plan.warnings

`read_plan` gives all of it in one pass; every span is a pair of offsets into `plan.document.text`.
"""

from __future__ import annotations

from wulian.engines.planreader.document import read_document
from wulian.engines.planreader.model import Document, Finding, Indicator, Plan, Task
from wulian.engines.planreader.reader import read_plan
from wulian.engines.planreader.score import score

__all__ = ["Document", "Finding", "Indicator", "Plan", "Task", "read_document", "read_plan", "score"]
