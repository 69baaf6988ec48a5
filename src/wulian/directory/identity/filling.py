"""Which columns of the organisation that stays are filled from the one that goes into it."""

from __future__ import annotations

from typing import Any

from wulian.directory.models import Organisation

# Together: a capital without its currency, or a region without its basis, says something else.
GROUPS = (
    ("uscc",),
    ("industry",),
    ("established_on",),
    ("closed_on",),
    ("capital_amount", "capital_currency"),
    ("region_id", "region_basis"),
    ("address",),
    ("business_scope",),
    ("legal_form",),
    ("short_name",),
)


def filled(kept: Organisation, other: Organisation) -> dict[str, Any]:
    """Columns that `kept` lacks and `other` has, and the doubts about two codes of one body, which a merge answers."""
    values: dict[str, Any] = {}
    for group in GROUPS:
        if getattr(kept, group[0]) in ("", None) and getattr(other, group[0]) not in ("", None):
            values |= {name: getattr(other, name) for name in group}
    if kept.status == Organisation.Status.UNKNOWN != other.status:
        values["status"] = other.status
    if kept.uscc and kept.uscc[8:17] == other.uscc[8:17]:
        rest = [flag for flag in kept.flags if flag.get("code") != "same_organisation_code"]
        if rest != kept.flags:
            values["flags"] = rest
    return values
