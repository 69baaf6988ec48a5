from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .organisations import Organisation, Source
from .regions import Region


class FactBase(models.Model):
    """A fact of one year in its smallest unit (see foundation.catalogue.facts). A correction adds a row; the earlier one
    stays with is_current false. `value` null means unknown and `unknown_because` says why."""

    fact = models.CharField(_("事实"), max_length=40)
    year = models.PositiveSmallIntegerField(_("年度"))
    value = models.BigIntegerField(_("值（最小单位）"), null=True)
    unknown_because = models.CharField(_("无数原因"), max_length=120, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name=_("数据源"))
    as_of = models.DateField(_("截至"))
    recorded_at = models.DateTimeField(_("记录时间"))
    is_current = models.BooleanField(_("现行"), default=True)
    batch_id = models.BigIntegerField(_("批次"), null=True)

    class Meta:
        abstract = True


class FactValue(FactBase):
    """年度数据: one fact of one organisation in one year."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="facts", verbose_name=_("主体"))

    class Meta:
        verbose_name = _("年度数据")
        verbose_name_plural = _("年度数据")
        ordering = ["organisation", "fact", "year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "fact", "year"], condition=Q(is_current=True), name="fact_current_once"),
        ]
        # Sums of a year, and where they came from, without reading a row; the largest first, as lists begin with them.
        indexes = [
            models.Index(
                fields=["fact", "year", "value", "organisation", "source", "as_of", "is_current"],
                condition=Q(is_current=True),
                name="fact_by_year",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.fact} {self.year}"


class RegionFactValue(FactBase):
    """区域年度数据: e.g. GDP and resident population, reported with a verification state."""

    class Verification(models.TextChoices):
        SUBMITTED = "submitted", _("已填报")
        VERIFIED = "verified", _("已核实")
        RETURNED = "returned", _("已退回")

    region = models.ForeignKey(Region, models.PROTECT, related_name="facts", verbose_name=_("区域"))
    verification = models.CharField(_("核实状态"), max_length=20, choices=Verification.choices, default=Verification.SUBMITTED)

    class Meta:
        verbose_name = _("区域年度数据")
        verbose_name_plural = _("区域年度数据")
        ordering = ["region", "fact", "year", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["region", "fact", "year"], condition=Q(is_current=True), name="region_fact_current_once"),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.fact} {self.year}"
