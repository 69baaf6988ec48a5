"""What the search index keeps of an organisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from wulian.foundation.search import Entry, Kind, declare

from .models import Organisation, OrganisationName, Region

KIND = "organisation"
FACETS = ("region", "kind", "industry", "status", "flag", "branch")
_COLUMNS = (
    "pk", "name", "short_name", "uscc", "region_id", "kind", "industry", "status", "is_branch", "flags", "established_on",
    "capital_amount", "capital_currency",
)  # fmt: skip


def region_paths() -> dict[str, list[str]]:
    """Region code -> itself and everything above it, so that a district finds what lies in its zones."""
    parents = dict(Region.objects.values_list("code", "parent_id"))
    paths: dict[str, list[str]] = {}
    for code in parents:
        path: list[str] = []
        step: str | None = code
        while step is not None and step not in path:
            path.append(step)
            step = parents.get(step)
        paths[code] = path
    return paths


def entries(ids: Sequence[int]) -> Iterator[Entry]:
    """Entries of the living organisations among `ids`; a merged one is found through the one it was merged into."""
    merged = dict(Organisation.objects.filter(merged_into__in=ids).values_list("pk", "merged_into_id"))
    other: dict[int, list[str]] = defaultdict(list)
    for owner, name in OrganisationName.objects.filter(organisation__in=[*ids, *merged]).values_list("organisation_id", "name"):
        other[merged.get(owner, owner)].append(name)
    codes: dict[int, list[str]] = defaultdict(list)
    for pk, name, uscc in Organisation.objects.filter(pk__in=merged).values_list("pk", "name", "uscc"):
        other[merged[pk]].append(name)
        codes[merged[pk]].append(uscc)
    paths = region_paths()
    for row in Organisation.objects.filter(pk__in=ids, merged_into__isnull=True).values_list(*_COLUMNS):
        pk, name, short, uscc, region, kind, industry, status, branch, flags, established, capital, currency = row
        own = [code for code in (uscc, uscc[8:17], *codes.get(pk, ())) if code]
        facets = {
            "region": paths.get(region, []) if region else ["none"],
            "kind": [kind],
            "industry": list(dict.fromkeys((industry[:1], industry))) if industry else ["none"],
            "status": [status],
            "branch": ["yes" if branch else "no"],
            "flag": list(dict.fromkeys(flag["code"] for flag in flags)),
        }
        numbers = {
            "established": established.toordinal() if established else 0,
            "capital": max(capital or 0, 0) if currency in ("", "CNY") else 0,
        }
        yield Entry(pk, [name, *filter(None, (short,)), *other.get(pk, ())], own, facets, numbers)


def ids() -> Iterator[int]:
    return iter(Organisation.objects.filter(merged_into__isnull=True).order_by("pk").values_list("pk", flat=True))


declare(Kind(KIND, entries, ids, FACETS, ("established", "capital")))
