from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisations import Organisation, Source


class IPRight(models.Model):
    """知识产权: in force from `granted_on` until `lapsed_on` (exclusive). Counted once however many holders it has."""

    class Kind(models.TextChoices):
        INVENTION = "invention", _("发明专利")
        UTILITY = "utility", _("实用新型")
        DESIGN = "design", _("外观设计")
        SOFTWARE = "software", _("软件著作权")
        PLANT = "plant", _("植物新品种")
        LAYOUT = "layout", _("集成电路布图设计")

    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    number = models.CharField(_("专利号或登记号"), max_length=40)
    title = models.CharField(_("名称"), max_length=200, blank=True)
    filed_on = models.DateField(_("申请日"), null=True, blank=True)
    granted_on = models.DateField(_("授权日"), null=True, blank=True)
    lapsed_on = models.DateField(_("失效日（不含）"), null=True, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("数据源"))
    batch_id = models.BigIntegerField(_("批次"), null=True)
    holders = models.ManyToManyField(Organisation, through="IPHolding", related_name="ip_rights", verbose_name=_("权利人"))

    class Meta:
        verbose_name = _("知识产权")
        verbose_name_plural = _("知识产权")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["kind", "number"], name="ip_number_once")]
        indexes = [
            models.Index(fields=["kind", "granted_on", "lapsed_on"], name="ip_validity"),
            models.Index(fields=["kind", "source", "batch_id"], name="ip_source"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class IPHolding(models.Model):
    """权利人: an organisation holds an IP right; `position` 1 is the first holder."""

    ip_right = models.ForeignKey(IPRight, models.CASCADE, related_name="holdings", verbose_name=_("知识产权"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="ip_holdings", verbose_name=_("主体"))
    position = models.PositiveSmallIntegerField(_("顺序"), default=1)

    class Meta:
        verbose_name = _("权利人")
        verbose_name_plural = _("权利人")
        ordering = ["ip_right", "position"]
        constraints = [models.UniqueConstraint(fields=["ip_right", "organisation"], name="ip_holder_once")]

    def __str__(self) -> str:
        return f"{self.ip_right} {self.organisation}"
