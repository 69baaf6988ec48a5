from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .evaluations import Evaluation
from .indicators import Indicator
from .tasks import PlanTask


class EvaluationReviewer(models.Model):
    """受邀评审: a third party that may read a frozen evaluation and comment on it, until the invitation is withdrawn."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="reviewers", verbose_name=_("评估"))
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="+", verbose_name=_("评审单位"))
    due_on = models.DateField(_("请在此前提出"), null=True, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("邀请人"))
    invited_at = models.DateTimeField(_("邀请时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("受邀评审")
        verbose_name_plural = _("受邀评审")
        ordering = ["evaluation", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "organisation"], condition=models.Q(withdrawn_at__isnull=True), name="evaluation_reviewer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.evaluation}"


class EvaluationComment(models.Model):
    """评审意见: what a reviewer says of a frozen evaluation, and the officer's answer. It waits until it is answered.

    `about` names the indicator or task as it was called then; empty where the comment is on the whole.
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="comments", verbose_name=_("评估"))
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="+", verbose_name=_("评审单位"))
    indicator = models.ForeignKey(Indicator, models.SET_NULL, null=True, blank=True, related_name="comments", verbose_name=_("指标"))
    task = models.ForeignKey(PlanTask, models.SET_NULL, null=True, blank=True, related_name="comments", verbose_name=_("任务"))
    about = models.CharField(_("关于"), max_length=200, blank=True)
    text = models.TextField(_("意见"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("提出人"))
    filed_at = models.DateTimeField(_("提出时间"))
    answer = models.TextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("答复人"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    is_public = models.BooleanField(_("公开"), default=False)
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = _("评审意见")
        verbose_name_plural = _("评审意见")
        ordering = ["evaluation", "filed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True) | ~models.Q(answer="") & models.Q(answered_at__isnull=False),
                name="evaluation_comment_answered",
            ),
            models.CheckConstraint(
                condition=models.Q(is_public=False) | models.Q(answered_at__isnull=False), name="evaluation_comment_public_when_answered"
            ),
            models.CheckConstraint(
                condition=models.Q(indicator__isnull=True) | models.Q(task__isnull=True), name="evaluation_comment_on_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
