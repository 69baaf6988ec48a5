"""Ideas from elsewhere (借鉴): a practice of another area put to a task, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.foundation import audit
from wulian.foundation.access import Actor
from wulian.foundation.files import own_files
from wulian.kernel.errors import Invalid

from ..access import one_of, require_edit, visible_indicators
from ..models import IndicatorChain, PeerIdea, PlanTask
from ..work_errors import ReasonMissing, WrongStep
from .editing import locked, require_version

STATE = ("state", "reason")
SHOWN = ("area", "practice", "takeover", "source", "dated_on", "link", "file_id", "chain_id", "state")
WEB = URLValidator(schemes=["http", "https"])


@transaction.atomic
def add_idea(
    *,
    by: Actor,
    at: datetime,
    task_id: int,
    area: str,
    practice: str,
    source: str,
    dated_on: date,
    takeover: str = "",
    link: str = "",
    file_id: int | None = None,
    chain_id: int | None = None,
) -> PeerIdea:
    """Put what `area` does to a task. Without source and date nobody could follow it up, so both are needed.

    Raises: Denied, NotFound (also a file of somebody else), Invalid (empty, a date to come, no web address).
    """
    task = locked(PlanTask, task_id, related=("plan",))
    require_edit(by, task.plan, _("给任务附上借鉴"))
    for field, text in ((_("哪里的做法"), area), (_("做法"), practice), (_("来源"), source)):
        if not text.strip():
            raise Invalid(field=field, why=_("不能为空"))
    if dated_on > timezone.localdate(at):
        raise Invalid(field=_("来源日期"), why=_("%(on)s 还没有到") % {"on": dated_on.isoformat()})
    if link.strip():
        try:
            WEB(link.strip())
        except ValidationError as error:
            raise Invalid(field=_("链接"), why=_("不是 http 或 https 开头的网址")) from error
    if chain_id is not None:
        one_of(IndicatorChain.objects.filter(pk__in=visible_indicators(by).values("chain")), chain_id, _("指标链"))
    idea = PeerIdea.objects.create(
        task=task,
        chain_id=chain_id,
        area=area.strip()[:60],
        practice=practice.strip(),
        takeover=takeover.strip(),
        source=source.strip()[:200],
        dated_on=dated_on,
        link=link.strip(),
        file=own_files(by=by, ids=[file_id])[0] if file_id is not None else None,
        added_by_id=by.user_id,
        added_at=at,
    )
    audit.record(by=by, action="idea.added", obj=idea, after=audit.state_of(idea, *SHOWN), region=str(task.plan.region_id), at=at)
    return idea


@transaction.atomic
def decide_idea(*, by: Actor, at: datetime, idea_id: int, version: int, state: str, reason: str) -> PeerIdea:
    """Take an idea up, set it aside, or back to noted; each with a reason.

    Raises: Denied, NotFound, Conflict, ReasonMissing, WrongStep (it is so already), Invalid (no such state).
    """
    idea = locked(PeerIdea, idea_id, related=("task__plan",))
    plan = idea.task.plan
    require_edit(by, plan, _("处理借鉴"))
    require_version(idea, version, what=f"“{idea}”")
    if state not in PeerIdea.State.values:
        raise Invalid(field=_("状态"), why=_("没有这种状态"))
    if state == idea.state:
        raise WrongStep(what=idea, state=idea.get_state_display(), act=_("再改成这样"))
    if not reason.strip():
        raise ReasonMissing(act=_("处理借鉴"))
    before = audit.state_of(idea, *STATE)
    idea.state, idea.reason, idea.version = state, reason.strip()[:300], idea.version + 1
    idea.save(update_fields=["state", "reason", "version"])
    after = audit.state_of(idea, *STATE)
    audit.record(
        by=by, action="idea.decided", obj=idea, before=before, after=after, reason=reason.strip(), region=str(plan.region_id), at=at
    )
    return idea
