"""Loading the demonstration region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor, Role, require

from .accounts import SignIn, ensure_accounts
from .generate import DEFAULT_SEED, generate
from .organisations import Written, write_world
from .plans import write_plans


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one run of load_demo added, and the sign-ins."""

    written: Written
    plans: int
    sign_ins: list[SignIn]


@transaction.atomic
def load_demo(*, by: Actor, at: datetime, on: date, seed: int = DEFAULT_SEED) -> Loaded:
    """Load the demonstration region as it stands on `on` (from 2026-01-01). Running it again adds only what is missing.

    The regions must be there (`load_regions`). Raises Denied unless `by` is an administrator.
    """
    require(by.has(Role.ADMINISTRATOR), act=_("装入演示区域"))
    written = write_world(by=by, at=at, world=generate(seed=seed, until=on))
    plans = write_plans(by=by, at=at)
    return Loaded(written, len(plans), ensure_accounts(by=by, at=at))
