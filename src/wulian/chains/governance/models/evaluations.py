from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .plans import Plan


class Evaluation(models.Model):
    """评估: an evaluation of a plan at a date, frozen as it was. Never changed; a later one stands beside it.

    `content` holds every figure and judgement as shown, so the page of a frozen evaluation needs no live data. Until an
    officer makes it public, it is read inside the region and by the reviewers who are invited to it.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="evaluations", verbose_name=_("规划"))
    name = models.CharField(_("名称"), max_length=120)
    as_of = models.DateField(_("截至"))
    content = models.JSONField(_("内容"))
    files = models.ManyToManyField("foundation.StoredFile", related_name="+", verbose_name=_("文件"))
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("定稿人"))
    frozen_at = models.DateTimeField(_("定稿时间"))
    is_public = models.BooleanField(_("公开"), default=False)

    class Meta:
        verbose_name = _("评估")
        verbose_name_plural = _("评估")
        ordering = ["plan", "-as_of", "-id"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="evaluation_name_once")]

    def __str__(self) -> str:
        return self.name
