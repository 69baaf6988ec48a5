"""Loading the region table from the rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.models import Region
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.audit import record, state_of
from wulian.rulebook.regions import RegionEntry, regions

FIELDS = ("name", "short_name", "name_en", "level", "parent_id", "old_names", "disabled_on")


@dataclass(frozen=True, slots=True)
class RegionsLoaded:
    """How many regions were added, changed, and were already as the rulebook states them."""

    created: int
    updated: int
    unchanged: int


@transaction.atomic
def load_regions(*, by: Actor, entries: Sequence[RegionEntry] | None = None) -> RegionsLoaded:
    """Bring the region table to the rulebook's state; safe to run at every set-up.

    Nothing is ever deleted: an abolished code keeps its row and gets `disabled_on` from the rulebook, and a region that a
    site added by itself is left alone. Raises Denied unless `by` is an administrator.
    """
    require(by.has(Role.ADMINISTRATOR), act=_("更新区划表"))
    present = {region.code: region for region in Region.objects.select_for_update()}
    created = updated = unchanged = 0
    for entry in regions() if entries is None else entries:
        wanted = {
            "name": entry.name,
            "short_name": entry.short_name,
            "name_en": entry.name_en,
            "level": entry.level,
            "parent_id": entry.parent,
            "old_names": list(entry.old_names),
            "disabled_on": entry.disabled_on,
        }
        region = present.get(entry.code)
        if region is None:
            region = Region.objects.create(code=entry.code, **wanted)
            record(by=by, action="region.created", obj=region, after=state_of(region, *FIELDS), region=entry.code)
            created += 1
            continue
        before = state_of(region, *FIELDS)
        if all(getattr(region, name) == value for name, value in wanted.items()):
            unchanged += 1
            continue
        for name, value in wanted.items():
            setattr(region, name, value)
        region.save(update_fields=list(wanted))
        record(by=by, action="region.changed", obj=region, before=before, after=state_of(region, *FIELDS), region=entry.code)
        updated += 1
    return RegionsLoaded(created, updated, unchanged)
