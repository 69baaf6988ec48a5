"""The evaluation of a plan at a date (监测评估): what the page shows and what is frozen as a dated version."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wulian.chains.governance.access import may_edit, one_of, visible_evaluations
from wulian.chains.governance.models import Evaluation, Plan, TaskUnit
from wulian.chains.governance.status import RULES
from wulian.chains.governance.wording import plain
from wulian.foundation.access import Actor

from .indicators import Row, plan_overview


def evaluation_content(viewer: Actor, plan: Plan, on: date) -> dict[str, Any]:
    """Every figure and judgement of the evaluation as plain values, so that a frozen version needs no live data.

    Figures are strings as printed; a missing one is a dash, never zero.
    """
    overview = plan_overview(viewer, plan, on)
    return {
        "plan": plan.pk,
        "title": plan.title,
        "short_title": str(plan),
        "is_synthetic": plan.is_synthetic,
        "region": plan.region.name,
        "period": [plan.first_year, plan.last_year],
        "as_of": on.isoformat(),
        "finding": overview.finding,
        "counts": overview.counts,
        "indicators": [_line(row, whole) for row, whole in _with_whole(overview.rows)],
        "tasks": _tasks(plan, with_progress=may_edit(viewer, plan)),
        "rules": [_(rule) for rule in RULES],
    }


def _with_whole(rows: list[Row]) -> list[tuple[Row, Row | None]]:
    found: list[tuple[Row, Row | None]] = []
    for row in rows:
        found.append((row, None))
        found += [(component, row) for component in row.components]
    return found


def _line(row: Row, whole: Row | None) -> dict[str, Any]:
    indicator, judgement = row.indicator, row.judgement
    return {
        "id": indicator.pk,
        "name": indicator.name,
        "component": whole is not None,
        "composite": bool(row.components),
        "unit": indicator.unit,
        "owner": (indicator.owner.short_name or indicator.owner.name) if indicator.owner else "",
        "attribute": indicator.get_attribute_display() if indicator.attribute else "",
        "baseline": plain(row.baseline),
        "baseline_year": judgement.baseline.year if judgement and judgement.baseline else None,
        "value": plain(row.value_shown),
        "value_on": row.value_on.isoformat() if row.value_on else "",
        "observation": row.observation_id,
        "milestone": plain(row.milestone, 2),
        "milestone_on": judgement.milestone_on.isoformat() if judgement and judgement.milestone_on else "",
        "milestone_computed": bool(judgement and judgement.milestone_computed),
        "final": row.final_text,
        "completion": plain(judgement.completion, 1) if judgement else "—",
        "status": row.code.value,
        "status_word": row.word,
        "rule": row.rule,
    }


def _tasks(plan: Plan, *, with_progress: bool) -> list[dict[str, Any]]:
    """Tasks with their units and the state of the last report on each; what was reported is for officers."""
    rows = plan.tasks.prefetch_related("units", "reports", "reports__round").order_by("position", "id")
    found = []
    for task in rows:
        units = list(task.units.all())
        reports = sorted(task.reports.all(), key=lambda report: (report.round.due_on, report.pk))
        last = reports[-1] if reports else None
        found.append(
            {
                "id": task.pk,
                "number": task.number,
                "title": task.title,
                "level": task.level,
                "lead": "、".join(unit.name_printed for unit in units if unit.role == TaskUnit.Role.LEAD),
                "participants": "、".join(unit.name_printed for unit in units if unit.role == TaskUnit.Role.PARTICIPANT),
                "report": last.get_state_display() if last else "",
                "round": last.round.name if last else "",
                "progress": last.progress if with_progress and last and last.state in ("filed", "accepted") else "",
            }
        )
    return found


def evaluations_of(viewer: Actor, plan: Plan) -> list[Evaluation]:
    """Frozen evaluations of a plan that the viewer may see, newest first."""
    return list(visible_evaluations(viewer).filter(plan=plan).select_related("frozen_by").prefetch_related("files").defer("content"))


def get_evaluation(viewer: Actor, evaluation_id: int) -> Evaluation:
    """Raises: NotFound."""
    rows = visible_evaluations(viewer).select_related("plan", "plan__region", "frozen_by").prefetch_related("files")
    found: Evaluation = one_of(rows, evaluation_id, _("评估"))
    return found
