from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wulian.foundation.access import Role


class Person(models.Model):
    """人员: name and account only; what else is known of a person belongs to the chain that needs it."""

    name = models.CharField(_("姓名"), max_length=60)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person", verbose_name=_("账号")
    )

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Memberships(models.QuerySet["Membership"]):
    """Queries on memberships; what is in force is written down only here."""

    def not_ended(self, on: date) -> Memberships:
        """In force on `on` or to begin later."""
        return self.filter(models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=on), revoked_at__isnull=True)

    def in_force(self, on: date) -> Memberships:
        return self.not_ended(on).filter(valid_from__lte=on)


class Membership(models.Model):
    """任职: a person holds a role in an organisation, over a region and all below it, in [valid_from, valid_to).

    A revoked one gives nothing from that moment on, whatever its dates say: a day is too coarse to take back what was given today.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name=_("人员"))
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="memberships", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    region = models.ForeignKey("directory.Region", models.PROTECT, null=True, blank=True, verbose_name=_("管辖区域"))
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止（不含）"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = Memberships.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ["person", "organisation", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role", "region", "valid_from"],
                condition=models.Q(revoked_at__isnull=True),
                name="membership_once",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from")), name="membership_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()} {self.organisation}"
