from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """区域: an administrative division (GB/T 2260) or a functional zone. The code is the identity and never reused."""

    class Level(models.TextChoices):
        NATION = "nation", _("国家")
        PROVINCE = "province", _("省、直辖市")
        CITY = "city", _("地级市")
        DISTRICT = "district", _("区县")
        ZONE = "zone", _("功能区")

    code = models.CharField(_("区划代码"), max_length=20, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=30)
    name_en = models.CharField(_("英文名"), max_length=80, blank=True)
    level = models.CharField(_("级别"), max_length=20, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级"))
    old_names = models.JSONField(_("旧名"), default=list, blank=True)  # 静海县, 塘沽区 …: still written in addresses
    disabled_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("区域")
        verbose_name_plural = _("区域")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
