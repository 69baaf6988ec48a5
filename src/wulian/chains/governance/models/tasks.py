from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .plans import Plan


class PlanTask(models.Model):
    """任务: a numbered measure or titled paragraph of a plan, with its responsible units."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="tasks", verbose_name=_("规划"))
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("上级任务"))
    position = models.PositiveIntegerField(_("顺序"))
    number = models.CharField(_("编号"), max_length=40, blank=True)
    title = models.CharField(_("标题"), max_length=200)
    section = models.CharField(_("所在章节"), max_length=200, blank=True)
    level = models.PositiveSmallIntegerField(_("层级"), default=1)
    text = models.TextField(_("内容"), blank=True)
    units_printed = models.CharField(_("责任单位原文"), max_length=500, blank=True)
    span_start = models.PositiveIntegerField(_("原文起"), null=True, blank=True)
    span_end = models.PositiveIntegerField(_("原文止"), null=True, blank=True)
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = _("任务")
        verbose_name_plural = _("任务")
        ordering = ["plan", "position", "id"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class TaskUnit(models.Model):
    """责任单位: a unit's role in a task, as printed. A class name (各区人民政府) has no organisation and is expanded on
    demand by `unit_class`; a renamed unit keeps its row, so history stays."""

    class Role(models.TextChoices):
        LEAD = "lead", _("牵头")
        PARTICIPANT = "participant", _("配合")

    class UnitClass(models.TextChoices):
        NONE = "", _("一个单位")
        ALL_DISTRICTS = "all_districts", _("各区")
        CONCERNED_DISTRICTS = "concerned_districts", _("有关区")
        ALL_DEPARTMENTS = "all_departments", _("各部门")

    task = models.ForeignKey(PlanTask, models.CASCADE, related_name="units", verbose_name=_("任务"))
    name_printed = models.CharField(_("原文名称"), max_length=120)
    role = models.CharField(_("分工"), max_length=20, choices=Role.choices)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    organisation = models.ForeignKey(
        "directory.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    unit_class = models.CharField(_("类别名"), max_length=30, choices=UnitClass.choices, blank=True)
    assigned_later = models.BooleanField(_("原文没有、后来指定"), default=False)

    class Meta:
        verbose_name = _("责任单位")
        verbose_name_plural = _("责任单位")
        ordering = ["task", "role", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "name_printed", "role"], name="task_unit_once")]

    def __str__(self) -> str:
        return f"{self.name_printed}（{self.get_role_display()}）"
