"""What the directory's importers share: the data source, finding organisations by code or name, the regions' finder."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pypinyin import lazy_pinyin

from wulian.directory.models import Organisation, OrganisationName, Region, Source
from wulian.kernel import uscc
from wulian.kernel.districts import DistrictFinder, Place
from wulian.kernel.errors import N_
from wulian.kernel.names import name_key
from wulian.kernel.problems import Problem

NOT_FOUND = N_("目录里没有%(what)s：请核对，或先导入主体")
AMBIGUOUS = N_("名称“%(name)s”对应 %(count)s 个主体：请填写统一社会信用代码")
NAMELESS = N_("没有信用代码，也没有名称，不知道是谁的")
OUTSIDE = N_("“%(name)s”在%(region)s，不在您的管辖区域")
CODE_AND_NAME_DIFFER = N_("信用代码“%(code)s”是“%(known)s”，名称却写着“%(name)s”：请核对")


def source_by_name(name: str, *, is_synthetic: bool = False) -> Source:
    """The data source of this name, made when new. Its code is the name's pinyin, so that addresses stay readable."""
    if known := Source.objects.filter(name=name).first():
        return known
    base = re.sub(r"[^a-z0-9]+", "-", "-".join(lazy_pinyin(name)).lower()).strip("-")[:30] or "source"
    code = base if not Source.objects.filter(code=base).exists() else f"{base}-{zlib.crc32(name.encode()):08x}"
    return Source.objects.create(code=code, name=name, is_synthetic=is_synthetic)


def district_finder() -> DistrictFinder:
    """A finder over the regions in use, districts first so that a short name means the district."""
    regions = sorted(Region.objects.filter(disabled_on__isnull=True), key=lambda region: (region.level == Region.Level.ZONE, region.code))
    return DistrictFinder(
        [Place(r.code, r.name, r.short_name, r.level == Region.Level.ZONE, r.parent_id, tuple(r.old_names)) for r in regions]
    )


def follow(organisation: Organisation) -> Organisation:
    """The organisation that this one was merged into, and so on; itself when it was not."""
    seen = {organisation.pk}
    while organisation.merged_into_id is not None and organisation.merged_into_id not in seen:
        organisation = organisation.merged_into  # type: ignore[assignment]  # not None: the id is not
        seen.add(organisation.pk)
    return organisation


@dataclass(slots=True)
class Found:
    """Organisations by credit code and by normalised name (present and former), for one chunk of rows."""

    by_code: dict[str, Organisation] = field(default_factory=dict)
    by_name: dict[str, list[Organisation]] = field(default_factory=lambda: defaultdict(list))

    def one_by_name(self, key: str) -> Organisation | None:
        """The only organisation with this name; None when there is none or more than one."""
        found = self.by_name.get(key, [])
        return found[0] if len(found) == 1 else None


def find_organisations(codes: Iterable[str], keys: Iterable[str]) -> Found:
    """Look up all `codes` (valid, normalised) and name `keys` at once; merged organisations are followed."""
    found = Found()
    for organisation in Organisation.objects.filter(uscc__in={code for code in codes if code}).select_related("merged_into"):
        living = follow(organisation)
        if organisation.uscc not in found.by_code or organisation.merged_into_id is None:
            found.by_code[organisation.uscc] = living
    wanted = {key for key in keys if key}
    named: dict[str, dict[int, Organisation]] = defaultdict(dict)
    for organisation in Organisation.objects.filter(name_key__in=wanted).select_related("merged_into"):
        living = follow(organisation)
        named[organisation.name_key][living.pk] = living
    others = OrganisationName.objects.filter(name_key__in=wanted).select_related("organisation", "organisation__merged_into")
    for name in others:
        living = follow(name.organisation)
        named[name.name_key].setdefault(living.pk, living)
    for key, organisations in named.items():
        found.by_name[key] = list(organisations.values())
    return found


def code_of(text: str | None) -> tuple[str, Problem | None]:
    """The normalised code, and what is wrong with it. Both empty for a blank."""
    code = uscc.normalise(text or "")
    return code, uscc.problem(code) if code else None


def whose(code_text: str | None, name: str | None, found: Found, regions: frozenset[str] | None) -> Organisation | Problem:
    """The organisation that a row with `code_text` and `name` belongs to, or why that cannot be said."""
    code, wrong = code_of(code_text)
    if wrong:
        return wrong.at("uscc")
    key = name_key(name or "")
    if not code and not key:
        return Problem("nameless", NAMELESS)
    if code:
        organisation = found.by_code.get(code)
        if organisation is None:
            return Problem("organisation_not_found", NOT_FOUND, {"what": code}, "uscc")
        if key and organisation not in found.by_name.get(key, []):
            params = {"code": code, "known": organisation.name, "name": name}
            return Problem("code_and_name_differ", CODE_AND_NAME_DIFFER, params, "name")
    else:
        candidates = found.by_name.get(key, [])
        if not candidates:
            return Problem("organisation_not_found", NOT_FOUND, {"what": f"“{name}”"}, "name")
        if len(candidates) > 1:
            return Problem("organisation_ambiguous", AMBIGUOUS, {"name": name, "count": len(candidates)}, "name")
        organisation = candidates[0]
    return outside(organisation, regions) or organisation


def outside(organisation: Organisation, regions: frozenset[str] | None) -> Problem | None:
    """The problem of writing to an organisation outside `regions` (None: all); one of unknown region is anybody's."""
    if regions is None or organisation.region_id is None or organisation.region_id in regions:
        return None
    return outside_region(organisation.name, organisation.region_id)


def outside_region(name: str, region: str) -> Problem:
    return Problem("outside_region", OUTSIDE, {"name": name, "region": Region.objects.get(pk=region).name})


def keys_of(names: Sequence[str | None]) -> list[str]:
    return [name_key(name) for name in names if name]
