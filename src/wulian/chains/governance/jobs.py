"""Background jobs of governance: reading a plan, and the daily reminders."""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from wulian.directory.access import actor_of
from wulian.foundation.access import Actor, system
from wulian.foundation.models import User

from .models import PlanDocument
from .services.reading import read_plan_document
from .services.rounds import remind_due_reports

AT_ONCE = frozenset({"text/plain"})  # read in the request itself: well under two seconds


@task()
def read_plan_job(document_id: int, user_id: int | None) -> None:
    """Read an uploaded plan in the name of the officer who asked for it."""
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    by = actor_of(user, on=timezone.localdate(), source="job") if user else system("后台任务", "job")
    read_plan_document(by=by, document_id=document_id, at=timezone.now())


@task()
def remind_due_reports_job() -> dict[str, int]:
    """Remind units whose reports are nearly or over due; safe to run several times a day."""
    told = remind_due_reports(by=system("定时催报", "job"), at=timezone.now(), on=timezone.localdate())
    return {str(round_id): units for round_id, units in told.items()}


def request_reading(*, by: Actor, document: PlanDocument) -> None:
    """Read a text file now; leave anything slower to the worker, whose state the page shows."""
    if document.file.content_type in AT_ONCE:
        read_plan_document(by=by, document_id=document.pk, at=timezone.now())
    else:
        read_plan_job.enqueue(document.pk, by.user_id)
