from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .identity import IdentityChange
from .organisations import Organisation

KEY = 140  # code of a source (40), colon, key of a record (80)


class Verdict(models.TextChoices):
    SAME = "same", _("是同一家")
    DIFFERENT = "different", _("不是同一家")
    UNSURE = "unsure", _("拿不准")
    WITHDRAWN = "withdrawn", _("撤回判断")


class Judgement(models.Model):
    """归并判断: what a person said of two records. Append-only; the newest of a pair holds, and holds against the model for ever.

    Keys are those of `directory.linking.records`, the smaller one left. The organisations are those at the time.
    """

    left_key = models.CharField(_("左记录"), max_length=KEY)
    right_key = models.CharField(_("右记录"), max_length=KEY)
    left = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("左主体"))
    right = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("右主体"))
    verdict = models.CharField(_("判断"), max_length=20, choices=Verdict.choices)
    reason = models.TextField(_("理由"), blank=True)
    score = models.FloatField(_("模型的把握"), null=True)  # 0 to 1, as the person saw it
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("账号"))
    actor = models.CharField(_("操作人"), max_length=120)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("归并判断")
        verbose_name_plural = _("归并判断")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["left_key", "right_key", "-id"], name="judgement_pair"),
            models.Index(fields=["right_key"], name="judgement_right"),
        ]

    def __str__(self) -> str:
        return f"{self.left_key} {self.verdict} {self.right_key}"


class Doubt(models.Model):
    """疑点: two organisations that may be one, and nobody has said. One answer settles all pairs of records between them.

    `pairs`: [left key, right key, score] of each pair in doubt, the best first; `zh`, `en`, `contributions` are of the best.
    `resolves`: records that come together or are told apart by an answer.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待判断")
        UNSURE = "unsure", _("拿不准")
        ANSWERED = "answered", _("已判断")

    left = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("左主体"))
    right = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("右主体"))
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.OPEN)
    pairs = models.JSONField(_("存疑的记录对"), default=list)
    score = models.FloatField(_("把握"))
    zh = models.TextField(_("说明"))
    en = models.TextField(_("英文说明"))
    contributions = models.JSONField(_("依据"), default=list)
    resolves = models.PositiveIntegerField(_("一次判断解决"), default=1)
    change = models.ForeignKey(IdentityChange, models.PROTECT, null=True, related_name="doubts", verbose_name=_("归并与拆分"))
    created_at = models.DateTimeField(_("时间"))
    answered_at = models.DateTimeField(_("判断时间"), null=True)
    answered_by = models.CharField(_("判断人"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("疑点")
        verbose_name_plural = _("疑点")
        ordering = ["-resolves", "-score", "id"]
        constraints = [models.UniqueConstraint(fields=["left", "right"], name="doubt_once")]
        indexes = [models.Index(fields=["state", "-resolves", "-score", "id"], name="doubt_queue")]

    def __str__(self) -> str:
        return f"{self.left_id} ? {self.right_id}"
