from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .indicators import IndicatorChain
from .tasks import PlanTask


class PeerIdea(models.Model):
    """借鉴: what another area does, put to a task as an idea: with source and date, and what became of it.

    noted → taken up or unsuitable, and back, each with a reason. `chain`: the indicator in which the area was compared.
    """

    class State(models.TextChoices):
        NOTED = "noted", _("已记下")
        TAKEN_UP = "taken_up", _("已采用")
        UNSUITABLE = "unsuitable", _("不适用")

    task = models.ForeignKey(PlanTask, models.CASCADE, related_name="ideas", verbose_name=_("任务"))
    chain = models.ForeignKey(IndicatorChain, models.SET_NULL, null=True, blank=True, related_name="ideas", verbose_name=_("对标的指标"))
    area = models.CharField(_("哪里的做法"), max_length=60)
    practice = models.TextField(_("做法"))
    takeover = models.TextField(_("我们可以借鉴什么"), blank=True)
    source = models.CharField(_("来源"), max_length=200)
    dated_on = models.DateField(_("来源日期"))
    link = models.URLField(_("链接"), max_length=500, blank=True)
    file = models.ForeignKey("foundation.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("文件"))
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.NOTED)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("记录人"))
    added_at = models.DateTimeField(_("记录时间"))
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = _("借鉴")
        verbose_name_plural = _("借鉴")
        ordering = ["task", "-dated_on", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state="noted") | ~models.Q(reason=""), name="peer_idea_decided_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.area}：{self.practice[:40]}"
