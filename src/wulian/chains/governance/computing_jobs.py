"""Background work on indicators: computing a plan's past year ends takes longer than a person waits for a page."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django_tasks import task

from wulian.directory.access import actor_of
from wulian.foundation.access import system
from wulian.foundation.models import User

from .services.computing import compute_plan_history


@task()
def compute_history(plan_id: int, user_id: int | None, on: str) -> dict[str, int]:
    """Compute the plan at all its year ends up to `on` (ISO date), in the name of the person who asked for it."""
    now = timezone.now()
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    by = actor_of(user, on=timezone.localdate(now), source="job") if user else system("后台任务", "job")
    done = compute_plan_history(by=by, at=now, plan_id=plan_id, on=date.fromisoformat(on))
    return {"written": done.written, "unchanged": done.unchanged, "unknown": done.unknown}
