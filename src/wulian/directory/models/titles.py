from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .organisations import Organisation, Source


class TitleKind(models.TextChoices):
    """资质、称号. National and Tianjin ones of the plans; the criteria live in the rulebook."""

    HNTE = "hnte", _("高新技术企业")
    TECH_SME = "tech_sme", _("科技型中小企业")
    INNOVATIVE_SME = "innovative_sme", _("创新型中小企业")
    SRDI = "srdi", _("专精特新中小企业")
    LITTLE_GIANT = "little_giant", _("专精特新“小巨人”企业")
    CHAMPION = "champion", _("制造业单项冠军企业")
    EAGLET = "eaglet", _("雏鹰企业")
    GAZELLE = "gazelle", _("瞪羚企业")
    UNICORN = "unicorn", _("独角兽企业")
    LEADER = "leader", _("科技领军企业")
    LEADER_CULTIVATION = "leader_cultivation", _("科技领军培育企业")
    CHEETAH = "cheetah", _("猎豹企业")
    ADVANCED_SERVICE = "advanced_service", _("技术先进型服务企业")


class TitleGrant(models.Model):
    """称号: a title held by an organisation in [valid_from, valid_to), cut short by `revoked_on`."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="titles", verbose_name=_("主体"))
    kind = models.CharField(_("称号"), max_length=30, choices=TitleKind.choices)
    certificate = models.CharField(_("证书编号"), max_length=60, blank=True)
    granted_on = models.DateField(_("认定日期"))
    valid_from = models.DateField(_("有效期起"))
    valid_to = models.DateField(_("有效期止（不含）"), null=True, blank=True)
    revoked_on = models.DateField(_("取消日期"), null=True, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("数据源"))
    batch_id = models.BigIntegerField(_("批次"), null=True)

    class Meta:
        verbose_name = _("称号")
        verbose_name_plural = _("称号")
        ordering = ["organisation", "kind", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "valid_from"], name="title_once"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")), name="title_interval"
            ),
        ]
        indexes = [
            # Read in the order of a list, newest first, so that its first page needs no sorting; with the holder, so that
            # counting reads no row.
            models.Index(fields=["kind", "granted_on", "valid_from", "valid_to", "revoked_on", "organisation"], name="title_validity"),
            models.Index(fields=["kind", "source", "batch_id"], name="title_source"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()}"
