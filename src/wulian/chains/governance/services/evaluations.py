"""Freezing an evaluation as a dated version, e.g. the mid-term report of a plan."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.chains.governance.access import one_of, require_edit, visible_plans
from wulian.chains.governance.errors import WrongEvaluation
from wulian.chains.governance.models import Evaluation, Plan
from wulian.chains.governance.selectors.evaluation import evaluation_content
from wulian.foundation import audit
from wulian.foundation.access import ANONYMOUS, Actor
from wulian.foundation.files import store_upload

from .editing import locked

# Turns the content of an evaluation into documents: file name -> bytes (PDF, DOCX or XLSX).
Renderer = Callable[[Mapping[str, Any]], Mapping[str, bytes]]


def freeze_evaluation(*, by: Actor, at: datetime, plan_id: int, on: date, name: str, render: Renderer) -> Evaluation:
    """Keep the evaluation of the plan at `on` under `name`, with its documents.

    It rests on what the public may see, so an unverified report does not get into an official document. The documents are
    made before the transaction, so that nobody waits for a printer.
    Raises: Denied, NotFound, WrongEvaluation (draft plan, no or used name, a date to come).
    """
    plan = one_of(visible_plans(by).select_related("region"), plan_id, _("规划"))
    require_edit(by, plan, _("定稿评估"))
    name = name.strip()[:120]
    _require_possible(plan, name, on, at)
    content = evaluation_content(ANONYMOUS, plan, on)
    documents = render({**content, "name": name})
    with transaction.atomic():
        plan = locked(Plan, plan_id)
        _require_possible(plan, name, on, at)
        evaluation = Evaluation.objects.create(plan=plan, name=name, as_of=on, content=content, frozen_by_id=by.user_id, frozen_at=at)
        stored = [
            store_upload(by=by, upload=io.BytesIO(data), name=file_name, at=at, allowed=("pdf", "docx", "xlsx"))
            for file_name, data in sorted(documents.items())
        ]
        evaluation.files.set(stored)
        audit.record(
            by=by,
            action="evaluation.frozen",
            obj=evaluation,
            after={"plan": plan, "as_of": on, "counts": content["counts"], "files": {file.name: file.sha256 for file in stored}},
            region=plan.region_id,
            at=at,
        )
    return evaluation


def _require_possible(plan: Plan, name: str, on: date, at: datetime) -> None:
    if plan.state == Plan.State.DRAFT:
        raise WrongEvaluation(why=_("“%(plan)s”还在校核，请先发布。") % {"plan": plan})
    if on > timezone.localdate(at):
        raise WrongEvaluation(why=_("%(on)s 还没有到。") % {"on": on.isoformat()})
    if not name:
        raise WrongEvaluation(why=_("请给这次评估起个名称，例如“中期评估”。"))
    if plan.evaluations.filter(name=name).exists():
        raise WrongEvaluation(why=_("已有一份“%(name)s”，定稿不能改；请换个名称。") % {"name": name})
