from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisations import Organisation


class IdentityChange(models.Model):
    """归并与拆分: two ids became one organisation, or one became two. Append-only; taking it back is an `IdentityUndo`.

    `kept`: the id that stays what it was: into which the other went, or from which the other was taken out.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("归并")
        SPLIT = "split", _("拆分")

    class Basis(models.TextChoices):
        PERSON = "person", _("人工")
        MODEL = "model", _("模型")

    kind = models.CharField(_("动作"), max_length=20, choices=Kind.choices)
    basis = models.CharField(_("依据"), max_length=20, choices=Basis.choices, default=Basis.PERSON)
    kept = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("保留的主体"))
    other = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("另一主体"))
    reason = models.TextField(_("理由"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("账号"))
    actor = models.CharField(_("操作人"), max_length=120)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("归并与拆分")
        verbose_name_plural = _("归并与拆分")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.other_id} → {self.kept_id}"


class IdentityUndo(models.Model):
    """撤销归并或拆分. `left`: rows that could not go back, by their name, because they were changed or deleted since."""

    change = models.OneToOneField(IdentityChange, models.PROTECT, related_name="undo", verbose_name=_("归并与拆分"))
    reason = models.TextField(_("理由"))
    left = models.JSONField(_("没有退回的"), default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("账号"))
    actor = models.CharField(_("操作人"), max_length=120)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("撤销归并或拆分")
        verbose_name_plural = _("撤销归并或拆分")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.change}"


class MovedRow(models.Model):
    """移动的行: what one merge or split changed in one row of one table, so that it can go back. Append-only."""

    change = models.ForeignKey(IdentityChange, models.PROTECT, related_name="moved", verbose_name=_("归并与拆分"))
    mover = models.CharField(_("种类"), max_length=80)
    row_id = models.BigIntegerField(_("行"))
    field = models.CharField(_("字段"), max_length=80)
    old = models.JSONField(_("之前"), null=True)
    new = models.JSONField(_("之后"), null=True)

    class Meta:
        verbose_name = _("移动的行")
        verbose_name_plural = _("移动的行")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.mover} {self.row_id}"
