"""Loading the demonstration region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.chains.governance.services.evaluations import Renderer
from wulian.directory.models import Source
from wulian.directory.services.regions import load_regions
from wulian.foundation import audit, search
from wulian.foundation.access import Actor, Role, require
from wulian.kernel.errors import Invalid
from wulian.registers.services.definitions import adopt_shipped

from .accounts import REVIEWER, SignIn, actor_named, ensure_accounts, filers_for
from .appraisals import write_appraisals
from .entries import write_entries
from .generate import DEFAULT_SEED, generate
from .history import SOURCE, write_history
from .ideas import write_ideas
from .organisations import REGISTER, Written, write_world
from .plans import write_plans
from .reviews import write_reviews
from .rounds import courses_of, write_rounds

EARLIEST = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one run of load_demo added, and the sign-ins."""

    written: Written
    plans: int
    sign_ins: list[SignIn]


def without_documents(_content: Mapping[str, Any]) -> Mapping[str, bytes]:
    return {}


@transaction.atomic
def load_demo(*, by: Actor, at: datetime, on: date, seed: int = DEFAULT_SEED, render: Renderer = without_documents) -> Loaded:
    """Load the demonstration region as it stands on `on` (from 2026-01-01). Running it again adds only what is missing.

    `render` makes the documents of its frozen evaluations; the pages that can do so lie above this package.
    The search index is told of it, and written by whoever looks next.
    Raises Denied unless `by` is an administrator, Invalid for an earlier date.
    """
    require(by.has(Role.ADMINISTRATOR), act=_("装入演示区域"))
    if on < EARLIEST:
        raise Invalid(field=_("日期"), why=_("演示区域从 %(first)s 起才有，给的是 %(on)s") % {"first": EARLIEST, "on": on})
    load_regions(by=by)
    written = write_world(by=by, at=at, world=generate(seed=seed, until=on))
    search.mark("organisation", written.touched)
    if written.touched:
        source = Source.objects.get(code=REGISTER)
        counts = {name: value for name, value in asdict(written).items() if name != "touched"}
        audit.record(by=by, action="demo.loaded", obj=source, after={"on": on, "seed": seed, **counts}, at=at)
    plans = write_plans(by=by, at=at)
    sign_ins = ensure_accounts(by=by, at=at)
    filers = {plan.pk: filers_for(str(plan.region_id), on=on, source=SOURCE) for plan in plans}
    asked = {plan.pk: [course.as_of for course in courses_of(plan, on)] for plan in plans}
    write_history(plans=plans, rounds=asked, filers=filers, by=by, at=at, on=on)
    write_rounds(plans=plans, filers=filers, by=by, at=at, on=on)
    adopt_shipped(by=by, at=at)
    write_entries(by=by, on=on)
    write_ideas(plans=plans, by=by, at=at, on=on)
    write_appraisals(plans=plans, by=by, at=at, on=on)
    write_reviews(plans=plans, reviewer=actor_named(REVIEWER.username, on=on, source=SOURCE), by=by, at=at, on=on, render=render)
    return Loaded(written, len(plans), sign_ins)
