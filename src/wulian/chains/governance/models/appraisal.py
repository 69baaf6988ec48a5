from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from .indicators import Indicator
from .plans import Plan
from .tasks import PlanTask


class AppraisalScheme(models.Model):
    """考核方案: one version of how the units of a plan are scored for a year. A change makes the next version.

    `points`: what a state earns of 100, by its code, as decimal strings.
    """

    class UnknownRule(models.TextChoices):
        SHARED = "shared", _("权重按比例由本单位其他项承担")
        WITHHELD = "withheld", _("有无数的项就不出总分")
        ZERO = "zero", _("无数的项按零分计，并注明")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="appraisals", verbose_name=_("规划"))
    year = models.PositiveSmallIntegerField(_("考核年度"))
    version = models.PositiveSmallIntegerField(_("版本"))
    unknown_rule = models.CharField(_("无数的项"), max_length=20, choices=UnknownRule.choices, default=UnknownRule.SHARED)
    points = models.JSONField(_("各状态得分"))
    reason = models.CharField(_("修改理由"), max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("制定人"))
    made_at = models.DateTimeField(_("制定时间"))

    class Meta:
        verbose_name = _("考核方案")
        verbose_name_plural = _("考核方案")
        ordering = ["plan", "-year", "-version"]
        constraints = [models.UniqueConstraint(fields=["plan", "year", "version"], name="appraisal_version_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.year} v{self.version}"


class AppraisalWeight(models.Model):
    """考核权重: how much one indicator or task counts in the score of the unit that answers for it, of 100."""

    scheme = models.ForeignKey(AppraisalScheme, models.CASCADE, related_name="weights", verbose_name=_("考核方案"))
    unit = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位"))
    indicator = models.ForeignKey(Indicator, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("指标"))
    task = models.ForeignKey(PlanTask, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("任务"))
    weight = models.DecimalField(_("权重"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("考核权重")
        verbose_name_plural = _("考核权重")
        ordering = ["scheme", "unit", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weight__gt=0, weight__lte=100), name="appraisal_weight_range"),
            models.CheckConstraint(
                condition=models.Q(indicator__isnull=True, task__isnull=False) | models.Q(indicator__isnull=False, task__isnull=True),
                name="appraisal_weight_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["scheme", "unit", "indicator"], condition=models.Q(indicator__isnull=False), name="appraisal_indicator_once"
            ),
            models.UniqueConstraint(fields=["scheme", "unit", "task"], condition=models.Q(task__isnull=False), name="appraisal_task_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.weight}"


class AppraisalResult(models.Model):
    """考核结果: all units scored by one version at a date. Never changed; scoring again adds another."""

    scheme = models.ForeignKey(AppraisalScheme, models.CASCADE, related_name="results", verbose_name=_("考核方案"))
    as_of = models.DateField(_("截至"))
    scored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("评分人"))
    scored_at = models.DateTimeField(_("评分时间"))

    class Meta:
        verbose_name = _("考核结果")
        verbose_name_plural = _("考核结果")
        ordering = ["scheme", "-as_of", "-id"]

    def __str__(self) -> str:
        return f"{self.scheme} {self.as_of}"


class AppraisalScore(models.Model):
    """单位得分: the score of one unit with everything it was made from, kept as it was.

    `inputs`: kind, id, label, weight, code and word of the state, points, contribution, and what the state rests on.
    """

    result = models.ForeignKey(AppraisalResult, models.CASCADE, related_name="scores", verbose_name=_("考核结果"))
    unit = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位"))
    value = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True)
    unknown_weight = models.DecimalField(_("无数的权重"), max_digits=5, decimal_places=2)
    inputs = models.JSONField(_("构成"), encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("单位得分")
        verbose_name_plural = _("单位得分")
        ordering = ["result", "unit"]
        constraints = [models.UniqueConstraint(fields=["result", "unit"], name="appraisal_score_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.value if self.value is not None else '—'}"
