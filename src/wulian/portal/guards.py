"""Guards: who may open a route at all. Coarse on purpose; regions and objects are checked by services and selectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from wulian.foundation.access import Actor, Role


@dataclass(frozen=True, slots=True)
class Guard:
    """`roles` empty and `signed_in` false: public. `reason` is shown when refused."""

    name: str
    signed_in: bool = False
    roles: frozenset[Role] = frozenset()
    reason: Any = ""

    def allows(self, actor: Actor) -> bool:
        if not self.signed_in:
            return True
        return actor.signed_in and (not self.roles or actor.has(*self.roles))


def roles(name: str, *allowed: Role, reason: Any) -> Guard:
    return Guard(name, signed_in=True, roles=frozenset(allowed), reason=reason)


PUBLIC = Guard("public")
SIGNED_IN = Guard("signed-in", signed_in=True, reason=_("需要先登录"))
OFFICER = roles("officer", Role.OFFICER, Role.ADMINISTRATOR, reason=_("需要科技部门工作人员身份"))
REPORTER_OR_OFFICER = roles(
    "reporter-or-officer", Role.REPORTER, Role.OFFICER, Role.ADMINISTRATOR, reason=_("需要责任单位填报人或科技部门工作人员身份")
)
READER = roles("officer-or-auditor", Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR, reason=_("需要科技部门工作人员或审计身份"))
REVIEWER = roles("reviewer", Role.REVIEWER, reason=_("需要评审专家身份"))
AUDITOR = roles("auditor", Role.AUDITOR, Role.ADMINISTRATOR, reason=_("需要审计或管理员身份"))
ADMINISTRATOR = roles("administrator", Role.ADMINISTRATOR, reason=_("需要管理员身份"))
