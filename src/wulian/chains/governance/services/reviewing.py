"""Third parties review a frozen evaluation: invited, commenting, each comment answered by an officer; and what becomes public."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation
from wulian.directory.selectors.people import accounts_with
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.notices import notify, settle
from wulian.kernel.errors import Invalid, NotFound

from ..access import one_of, require_edit, visible_evaluations
from ..errors import WrongReview
from ..models import Evaluation, EvaluationComment, EvaluationReviewer
from ..selectors.reviewing import subjects_of
from ..work_errors import ReasonMissing
from .editing import locked, require_version

ANSWER = ("answer", "answered_by_id", "answered_at", "is_public")


@transaction.atomic
def set_evaluation_public(*, by: Actor, at: datetime, evaluation_id: int, is_public: bool, reason: str = "") -> Evaluation:
    """Show a frozen evaluation to everyone, or no longer (with a reason); the comments on it are marked one by one.

    Raises: Denied, NotFound, ReasonMissing.
    """
    evaluation = _evaluation(by, evaluation_id, _("公开这次评估"))
    if not is_public and not reason.strip():
        raise ReasonMissing(act=_("不再公开"))
    before = audit.state_of(evaluation, "is_public")
    evaluation.is_public = is_public
    evaluation.save(update_fields=["is_public"])
    action = "evaluation.published" if is_public else "evaluation.hidden"
    after = audit.state_of(evaluation, "is_public")
    region = str(evaluation.plan.region_id)
    audit.record(by=by, action=action, obj=evaluation, before=before, after=after, reason=reason.strip(), region=region, at=at)
    return evaluation


@transaction.atomic
def invite_reviewer(*, by: Actor, at: datetime, evaluation_id: int, organisation_id: int, due_on: date | None = None) -> EvaluationReviewer:
    """Let the reviewers of an organisation read a frozen evaluation and comment on it; they get a notice.

    Raises: Denied, NotFound, WrongReview (invited already, nobody there reviews, a day that has passed).
    """
    evaluation, today = _evaluation(by, evaluation_id, _("邀请评审")), timezone.localdate(at)
    organisation = Organisation.objects.filter(pk=organisation_id, merged_into__isnull=True).first()
    if organisation is None:
        raise NotFound(what=_("这个单位"))
    users = accounts_with(Role.REVIEWER, on=today, organisations=[organisation.pk])
    if not users:
        why = _("“%(unit)s”还没有评审专家账号，请管理员先给一项“评审专家”任职。") % {"unit": organisation}
        raise WrongReview(why=why)
    if evaluation.reviewers.filter(organisation=organisation, withdrawn_at__isnull=True).exists():
        raise WrongReview(why=_("“%(unit)s”已经受邀。") % {"unit": organisation})
    if due_on is not None and due_on < today:
        raise WrongReview(why=_("%(on)s 已经过了。") % {"on": due_on.isoformat()})
    seat = EvaluationReviewer.objects.create(
        evaluation=evaluation, organisation=organisation, due_on=due_on, invited_by_id=by.user_id, invited_at=at
    )
    said = {"plan": evaluation.plan, "evaluation": evaluation}
    key = f"review-invited-{seat.pk}"
    notify(
        users=users,
        key=key,
        text=lambda: _("请评审“%(plan)s”的%(evaluation)s，逐项提出意见") % said,
        link=_link(evaluation),
        due_on=due_on,
        at=at,
    )
    after = {"organisation": organisation, "due_on": due_on}
    audit.record(by=by, action="reviewer.invited", obj=seat, after=after, region=str(evaluation.plan.region_id), at=at)
    return seat


@transaction.atomic
def withdraw_reviewer(*, by: Actor, at: datetime, reviewer_id: int, reason: str) -> EvaluationReviewer:
    """Take an invitation back; what was said stays and is still answered. Raises: Denied, NotFound, ReasonMissing, WrongReview."""
    seat = locked(EvaluationReviewer, reviewer_id, related=("evaluation__plan", "organisation"))
    require_edit(by, seat.evaluation.plan, _("撤回邀请"))
    if not reason.strip():
        raise ReasonMissing(act=_("撤回邀请"))
    if seat.withdrawn_at is not None:
        raise WrongReview(why=_("这项邀请已经撤回。"))
    seat.withdrawn_at = at
    seat.save(update_fields=["withdrawn_at"])
    region = str(seat.evaluation.plan.region_id)
    audit.record(by=by, action="reviewer.withdrawn", obj=seat, after={"withdrawn_at": at}, reason=reason.strip(), region=region, at=at)
    return seat


@transaction.atomic
def file_comment(*, by: Actor, at: datetime, evaluation_id: int, text: str, about: str = "") -> EvaluationComment:
    """A reviewer says something of an indicator or task (`about`: `indicator-12`, `task-3`) or, without it, of the whole.

    The officers of the region get a notice. Raises: Denied (not invited), NotFound, Invalid (empty, not in this evaluation).
    """
    evaluation: Evaluation = one_of(visible_evaluations(by).select_related("plan"), evaluation_id, _("评估"))
    bodies = by.organisations_as(Role.REVIEWER)
    seat = evaluation.reviewers.filter(organisation__in=bodies, withdrawn_at__isnull=True).order_by("id").first()
    require(seat is not None, act=_("提出评审意见"), reason=_("只有受邀评审这次评估的人可以提出"))
    assert seat is not None
    if not text.strip():
        raise Invalid(field=_("意见"), why=_("不能为空"))
    subject = next((one for one in subjects_of(evaluation) if one.key == about), None)
    if about and subject is None:
        raise Invalid(field=_("关于"), why=_("这次评估里没有这一项"))
    comment = EvaluationComment.objects.create(
        evaluation=evaluation,
        organisation_id=seat.organisation_id,
        indicator_id=subject.id if subject and subject.kind == "indicator" else None,
        task_id=subject.id if subject and subject.kind == "task" else None,
        about=subject.label[:200] if subject else "",
        text=text.strip(),
        filed_by_id=by.user_id,
        filed_at=at,
    )
    officers = accounts_with(Role.OFFICER, on=timezone.localdate(at), region=str(evaluation.plan.region_id))

    def told() -> str:
        said = {"unit": seat.organisation, "evaluation": evaluation, "about": comment.about or _("全文")}
        return _("%(unit)s对%(evaluation)s提出意见（%(about)s），请答复") % said

    notify(users=officers, key=f"comment-filed-{comment.pk}", text=told, link=_link(evaluation, comment), at=at)
    after = {"about": comment.about, "text": comment.text, "organisation": seat.organisation}
    audit.record(by=by, action="comment.raised", obj=comment, after=after, region=str(evaluation.plan.region_id), at=at)
    return comment


@transaction.atomic
def answer_comment(*, by: Actor, at: datetime, comment_id: int, version: int, answer: str, is_public: bool = False) -> EvaluationComment:
    """Answer a comment, or put the answer right; with `is_public`, comment and answer are shown beside a public evaluation.

    The reviewer gets a notice. Raises: Denied, NotFound, Conflict, Invalid (empty).
    """
    comment = locked(EvaluationComment, comment_id, related=("evaluation__plan",))
    evaluation = comment.evaluation
    require_edit(by, evaluation.plan, _("答复评审意见"))
    require_version(comment, version, what=_("这条意见"))
    if not answer.strip():
        raise Invalid(field=_("答复"), why=_("不能为空"))
    before = audit.state_of(comment, *ANSWER)
    comment.answer, comment.is_public, comment.version = answer.strip(), is_public, comment.version + 1
    comment.answered_by_id, comment.answered_at = by.user_id, at
    comment.save()
    settle(key=f"comment-filed-{comment.pk}", at=at)
    if comment.filed_by_id is not None:

        def told() -> str:
            return _("您对%(evaluation)s的意见（%(about)s）有了答复") % {"evaluation": evaluation, "about": comment.about or _("全文")}

        key = f"comment-answered-{comment.pk}-{comment.version}"
        notify(users=[comment.filed_by_id], key=key, text=told, link=_link(evaluation, comment), at=at)
    after, region = audit.state_of(comment, *ANSWER), str(evaluation.plan.region_id)
    audit.record(by=by, action="comment.answered", obj=comment, before=before, after=after, region=region, at=at)
    return comment


def _evaluation(by: Actor, evaluation_id: int, act: str) -> Evaluation:
    evaluation = locked(Evaluation, evaluation_id, related=("plan",))
    one_of(visible_evaluations(by), evaluation_id, _("评估"))
    require_edit(by, evaluation.plan, act)
    return evaluation


def _link(evaluation: Evaluation, comment: EvaluationComment | None = None) -> str:
    return reverse("evaluation", args=[evaluation.pk]) + (f"#comment-{comment.pk}" if comment else "")
