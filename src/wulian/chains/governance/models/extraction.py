from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .indicators import Indicator
from .plans import Plan
from .tasks import PlanTask


class PlanDocument(models.Model):
    """规划文本: the uploaded file of a plan, the text read from it and what could not be read."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        READING = "reading", _("读取中")
        READ = "read", _("已读")
        FAILED = "failed", _("未能读取")

    plan = models.OneToOneField(Plan, models.CASCADE, related_name="document", verbose_name=_("规划"))
    file = models.ForeignKey("foundation.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件"))
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.QUEUED)
    format = models.CharField(_("格式"), max_length=20, blank=True)
    text = models.TextField(_("文本"), blank=True)
    warnings = models.JSONField(_("读取提示"), default=list)
    findings = models.JSONField(_("核对发现"), default=list)  # lint findings with both places
    failure = models.TextField(_("失败原因"), blank=True)
    read_at = models.DateTimeField(_("读取时间"), null=True)
    # Every start of reading raises `attempt`; a reader writes its result only if its attempt is still the current one, so
    # a reader that was thought dead cannot overwrite the result of the retry.
    attempt = models.PositiveIntegerField(_("读取次数"), default=0)
    started_at = models.DateTimeField(_("开始读取"), null=True)
    guess = models.JSONField(_("读出的规划信息"), default=dict)  # title, region, years … as guessed from the text
    confirmed = models.BooleanField(_("规划信息已确认"), default=False)

    class Meta:
        verbose_name = _("规划文本")
        verbose_name_plural = _("规划文本")

    def __str__(self) -> str:
        return str(self.file)


class Extraction(models.Model):
    """摘录: an indicator mention or a task read from the text, waiting for the officer's decision.

    States: pending → accepted (becomes part of an indicator or a task on publishing), merged (a repeated mention of
    `merged_into`), rejected (not an indicator). Each can go back to pending until the plan is published. `printed` keeps
    what was read; `values` is what the officer made of it.
    """

    class What(models.TextChoices):
        INDICATOR = "indicator", _("指标")
        TASK = "task", _("任务")

    class State(models.TextChoices):
        PENDING = "pending", _("待核")
        ACCEPTED = "accepted", _("采用")
        MERGED = "merged", _("并入")
        REJECTED = "rejected", _("不采用")

    document = models.ForeignKey(PlanDocument, models.CASCADE, related_name="extractions", verbose_name=_("规划文本"))
    what = models.CharField(_("种类"), max_length=20, choices=What.choices)
    position = models.PositiveIntegerField(_("顺序"))
    printed = models.JSONField(_("读到的"))
    values = models.JSONField(_("校核后"))
    span_start = models.PositiveIntegerField(_("原文起"), null=True)
    span_end = models.PositiveIntegerField(_("原文止"), null=True)
    group_key = models.CharField(_("同一指标"), max_length=160, blank=True)  # mentions with one key become one indicator
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.PENDING)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="mentions", verbose_name=_("并入"))
    owner = models.ForeignKey("directory.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位"))
    metric = models.CharField(_("绑定口径"), max_length=80, blank=True)
    indicator = models.ForeignKey(Indicator, models.SET_NULL, null=True, blank=True, related_name="extractions", verbose_name=_("指标"))
    task = models.ForeignKey(PlanTask, models.SET_NULL, null=True, blank=True, related_name="extractions", verbose_name=_("任务"))
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = _("摘录")
        verbose_name_plural = _("摘录")
        ordering = ["document", "what", "position"]

    def __str__(self) -> str:
        return f"{self.what} #{self.position}"
