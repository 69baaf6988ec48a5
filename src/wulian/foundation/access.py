"""Who may do what. The one place where access is decided.

A person holds *grants*: a role in an organisation, over some regions. Grants add up; none hides another. `Actor` is the
person with all grants, built once per request (see `wulian.directory.access.actor_of`) and handed to every service as
`by` and to every selector as `viewer`. Routes state their guard in `wulian.portal.access_table`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.kernel.errors import Denied


class Role(models.TextChoices):
    OFFICER = "officer", gettext_lazy("科技部门工作人员")
    REPORTER = "reporter", gettext_lazy("责任单位填报人")
    ENTERPRISE = "enterprise", gettext_lazy("企业")
    INSTITUTE = "institute", gettext_lazy("高校院所")
    PROVIDER = "provider", gettext_lazy("服务机构")
    REVIEWER = "reviewer", gettext_lazy("评审专家")
    AUDITOR = "auditor", gettext_lazy("审计")
    ADMINISTRATOR = "administrator", gettext_lazy("管理员")


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one organisation. `regions`: codes of the region of the grant and of all below it.

    `region` says where the person belongs, also where the role covers no region: the grant's, else the organisation's.
    """

    role: Role
    organisation_id: int | None = None
    organisation_name: str = ""
    regions: frozenset[str] = frozenset()
    region: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system) with all grants. `name` goes into the audit record."""

    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    is_system: bool = False
    scopes: frozenset[str] | None = field(default=None)  # None: not limited (a page); a set: an API token's scopes
    source: str = ""  # address or command that the act came from, for the audit record

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None or self.is_system

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def own_region(self) -> str:
        """Where the person's pages begin: the region of the widest grant, the oldest one among equals; empty without any."""
        placed = [grant for grant in self.grants if grant.region]
        return max(placed, key=lambda grant: len(grant.regions)).region if placed else ""

    def has(self, *roles: Role, region: str | None = None, organisation_id: int | None = None) -> bool:
        """True when some grant is of one of `roles` and covers `region` and `organisation_id` where they are given."""
        if self.is_system:
            return True
        return any(
            grant.role in roles
            and (region is None or region in grant.regions)
            and (organisation_id is None or grant.organisation_id == organisation_id)
            for grant in self.grants
        )

    def regions_as(self, *roles: Role) -> frozenset[str]:
        """Codes of the regions that the actor covers in any of `roles`."""
        return frozenset().union(*(grant.regions for grant in self.grants if grant.role in roles))

    def organisations_as(self, *roles: Role) -> frozenset[int]:
        """Ids of the organisations in which the actor holds any of `roles`."""
        ids: Iterable[int | None] = (grant.organisation_id for grant in self.grants if grant.role in roles)
        return frozenset(i for i in ids if i is not None)


ANONYMOUS = Actor(user_id=None, name="")


def system(name: str, source: str = "") -> Actor:
    """The actor of a command line or a scheduled job; it may do everything and is named in the audit record."""
    return Actor(user_id=None, name=name, is_system=True, source=source)


def require(allowed: bool, *, act: str, reason: str | None = None) -> None:
    """Refuse with a reason unless `allowed`. `act` and `reason` are translated sentence fragments."""
    if not allowed:
        raise Denied(act=act, reason=reason or _("您的账号没有这项职责"))


def require_officer(by: Actor, *, region: str, act: str) -> None:
    """Refuse unless `by` is an officer (or administrator) whose region covers `region`."""
    require(
        by.has(Role.OFFICER, Role.ADMINISTRATOR, region=region),
        act=act,
        reason=_("需要管辖该区域的科技部门工作人员"),
    )
