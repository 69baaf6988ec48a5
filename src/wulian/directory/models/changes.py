from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisations import Organisation, Source


class SourceChange(models.Model):
    """来源变动: what a refresh of a source changed in one organisation, as it was seen then."""

    class Kind(models.TextChoices):
        RENAMED = "renamed", _("更名")
        MOVED = "moved", _("迁区")
        ADDRESS = "address", _("换址")
        CANCELLED = "cancelled", _("注销或吊销")
        PATENT = "patent", _("新增知识产权")
        VANISHED = "vanished", _("登记库里没有了")
        RETURNED = "returned", _("重新出现")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="source_changes", verbose_name=_("主体"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("数据源"))
    batch_id = models.BigIntegerField(_("批次"))
    kind = models.CharField(_("变动"), max_length=20, choices=Kind.choices)
    on = models.DateField(_("日期"))
    before = models.CharField(_("之前"), max_length=300, blank=True)
    after = models.CharField(_("之后"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("来源变动")
        verbose_name_plural = _("来源变动")
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "batch_id", "kind"], name="source_change_batch")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()}"


class FieldTrust(models.Model):
    """字段信任顺序: for a field of an organisation, `source` stands at `position`; 1 is trusted most."""

    field = models.CharField(_("字段"), max_length=40)
    source = models.ForeignKey(Source, models.CASCADE, related_name="+", verbose_name=_("数据源"))
    position = models.PositiveSmallIntegerField(_("次序"))

    class Meta:
        verbose_name = _("字段信任顺序")
        verbose_name_plural = _("字段信任顺序")
        ordering = ["field", "position"]
        constraints = [models.UniqueConstraint(fields=["field", "source"], name="field_trust_once")]

    def __str__(self) -> str:
        return f"{self.field} {self.position} {self.source}"
