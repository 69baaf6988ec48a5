"""The background job that brings a search index up to date."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .writing import flush

# A job that has waited longer has no worker; asking again costs nothing then.
STALE = timedelta(minutes=10)


@task()
def flush_search_index(kind_code: str) -> int:
    """Index the outbox of a kind, or all of the kind where there is no complete index."""
    return flush(kind_code)


def is_waiting(kind_code: str) -> bool:
    """True when such a job waits in the queue already."""
    waiting = DBTaskResult.objects.filter(
        task_path=flush_search_index.module_path, status=TaskResultStatus.READY, enqueued_at__gt=timezone.now() - STALE
    )
    return any(result.args_kwargs["args"] == [kind_code] for result in waiting[:20])
