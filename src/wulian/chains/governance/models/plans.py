from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Plan(models.Model):
    """规划: a plan of a region for a period, with the plan above it and the plan before it.

    States: draft (being read and corrected, seen by officers) → published (seen by everyone) → closed (period over,
    nothing changes any more). A published plan goes back to draft only with a reason.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("校核中")
        PUBLISHED = "published", _("已发布")
        CLOSED = "closed", _("已结束")

    title = models.CharField(_("名称"), max_length=200)
    short_title = models.CharField(_("简称"), max_length=60)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    region = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name=_("区域"))
    issuer = models.CharField(_("发布单位"), max_length=120, blank=True)
    issued_on = models.DateField(_("发布日期"), null=True, blank=True)
    first_year = models.PositiveSmallIntegerField(_("起始年"))
    last_year = models.PositiveSmallIntegerField(_("终止年"))
    base_year = models.PositiveSmallIntegerField(_("基期年"), null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级规划"))
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("上一期规划"))
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.DRAFT)
    is_synthetic = models.BooleanField(_("演示"), default=False)
    version = models.PositiveIntegerField(_("修改次数"), default=0)
    created_at = models.DateTimeField(_("建立时间"))
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("规划")
        verbose_name_plural = _("规划")
        ordering = ["-last_year", "region", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(last_year__gte=models.F("first_year")), name="plan_period")]

    def __str__(self) -> str:
        return self.short_title or self.title
