from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .indicators import Indicator
from .plans import Plan
from .tasks import PlanTask


class ReportingRound(models.Model):
    """调度: a request to all responsible units of a plan to report by a deadline. open → closed, and open again with reason."""

    class State(models.TextChoices):
        OPEN = "open", _("填报中")
        CLOSED = "closed", _("已结束")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="rounds", verbose_name=_("规划"))
    name = models.CharField(_("名称"), max_length=120)
    as_of = models.DateField(_("数据截至"))
    opened_on = models.DateField(_("发起日期"))
    due_on = models.DateField(_("截止日期"))
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("发起人"))
    reminded_at = models.DateTimeField(_("最近催报"), null=True, blank=True)

    class Meta:
        verbose_name = _("调度")
        verbose_name_plural = _("调度")
        ordering = ["-due_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "name"], name="round_name_once"),
            models.CheckConstraint(condition=models.Q(due_on__gte=models.F("opened_on")), name="round_interval"),
        ]

    def __str__(self) -> str:
        return self.name


class RoundReport(models.Model):
    """填报: what one unit owes and files in a round for one task or one indicator. Created when the round opens."""

    class State(models.TextChoices):
        DUE = "due", _("待报")
        FILED = "filed", _("已报")
        RETURNED = "returned", _("退回")
        ACCEPTED = "accepted", _("通过")

    class Standing(models.TextChoices):
        UNSTATED = "", _("未说明")
        NOT_STARTED = "not_started", _("尚未启动")
        UNDER_WAY = "under_way", _("按序推进")
        DIFFICULT = "difficult", _("遇到困难")
        DONE = "done", _("已完成")

    round = models.ForeignKey(ReportingRound, models.CASCADE, related_name="reports", verbose_name=_("调度"))
    unit = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位"))
    task = models.ForeignKey(PlanTask, models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("任务"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, null=True, blank=True, related_name="reports", verbose_name=_("指标"))
    role = models.CharField(_("分工"), max_length=20, blank=True)
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.DUE)
    standing = models.CharField(_("总体情况"), max_length=20, choices=Standing.choices, blank=True)
    progress = models.TextField(_("进展"), blank=True)
    problem = models.TextField(_("问题"), blank=True)
    next_step = models.TextField(_("下一步"), blank=True)
    value = models.DecimalField(_("值"), max_digits=24, decimal_places=6, null=True, blank=True)
    evidence = models.ManyToManyField("foundation.StoredFile", blank=True, related_name="+", verbose_name=_("佐证"))
    filed_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报送人")
    )
    returned_because = models.CharField(_("退回理由"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = _("填报")
        verbose_name_plural = _("填报")
        ordering = ["round", "unit", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "unit", "task"], condition=models.Q(task__isnull=False), name="report_task_once"),
            models.UniqueConstraint(
                fields=["round", "unit", "indicator"], condition=models.Q(indicator__isnull=False), name="report_indicator_once"
            ),
            models.CheckConstraint(
                condition=models.Q(task__isnull=False, indicator__isnull=True) | models.Q(task__isnull=True, indicator__isnull=False),
                name="report_about_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.unit}"


class Problem(models.Model):
    """问题: raised in a report or by an officer; has an owner, a due date and a closing note.

    States: open → handled (owner says done) → closed (officer verified). handled or closed go back to open with a reason.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待办")
        HANDLED = "handled", _("已办待核")
        CLOSED = "closed", _("已销号")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="problems", verbose_name=_("规划"))
    task = models.ForeignKey(PlanTask, models.SET_NULL, null=True, blank=True, related_name="problems", verbose_name=_("任务"))
    indicator = models.ForeignKey(Indicator, models.SET_NULL, null=True, blank=True, related_name="problems", verbose_name=_("指标"))
    report = models.ForeignKey(RoundReport, models.SET_NULL, null=True, blank=True, related_name="problems", verbose_name=_("填报"))
    title = models.CharField(_("问题"), max_length=200)
    detail = models.TextField(_("详情"), blank=True)
    raised_by_unit = models.ForeignKey("directory.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("提出单位"))
    owner = models.ForeignKey("directory.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办单位"))
    due_on = models.DateField(_("办结期限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.OPEN)
    closing_note = models.TextField(_("办结说明"), blank=True)
    raised_at = models.DateTimeField(_("提出时间"))
    closed_at = models.DateTimeField(_("销号时间"), null=True, blank=True)
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = _("问题")
        verbose_name_plural = _("问题")
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title
