from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .plans import Plan
from .reporting import Problem
from .tasks import PlanTask


class Meeting(models.Model):
    """调度会: the record of a meeting on a plan; its decisions are linked to tasks and tracked as problems."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="meetings", verbose_name=_("规划"))
    name = models.CharField(_("名称"), max_length=120)
    held_on = models.DateField(_("召开日期"))
    summary = models.TextField(_("纪要"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("记录人"))

    class Meta:
        verbose_name = _("调度会")
        verbose_name_plural = _("调度会")
        ordering = ["-held_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["plan", "name", "held_on"], name="meeting_once")]

    def __str__(self) -> str:
        return self.name


class Decision(models.Model):
    """议定事项: one decision of a meeting. What has to be done is tracked by `problem`, so the next round shows whether it was."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions", verbose_name=_("调度会"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    text = models.TextField(_("议定事项"))
    task = models.ForeignKey(PlanTask, models.SET_NULL, null=True, blank=True, related_name="decisions", verbose_name=_("任务"))
    problem = models.ForeignKey(Problem, models.SET_NULL, null=True, blank=True, related_name="decisions", verbose_name=_("问题"))

    class Meta:
        verbose_name = _("议定事项")
        verbose_name_plural = _("议定事项")
        ordering = ["meeting", "position"]
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="decision_position_once")]

    def __str__(self) -> str:
        return self.text[:60]
