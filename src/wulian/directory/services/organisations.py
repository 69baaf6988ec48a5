"""Acts on single organisations by a person. Registers come in through `directory.importing`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.directory.errors import AlreadyMerged
from wulian.directory.importing.organisations import industry_code
from wulian.directory.models import Organisation, OrganisationName, Region, RegionMove
from wulian.directory.searching import KIND
from wulian.foundation import audit, search
from wulian.foundation.access import Actor, Role, require
from wulian.kernel import uscc
from wulian.kernel.errors import Conflict, Invalid, NotFound
from wulian.kernel.names import clean_name, is_branch, name_key

EDITABLE = ("name", "uscc", "kind", "status", "region_id", "industry", "established_on", "closed_on", "address", "short_name", "legal_form")


def require_may_edit(by: Actor, region: str | None) -> None:
    """An officer of the region; for an organisation of unknown region, any officer."""
    require(
        by.has(Role.OFFICER, Role.ADMINISTRATOR, region=region),
        act=_("修改主体信息"),
        reason=_("需要管辖该区域的科技部门工作人员"),
    )


def checked(values: Mapping[str, Any], present: Organisation | None = None) -> dict[str, Any]:
    """Values ready to store. Raises Invalid with a sentence for the first that is not."""
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise Invalid(field="、".join(sorted(unknown)), why=_("不能在这里修改"))
    clean = dict(values)
    if "name" in clean:
        clean["name"] = clean_name(clean["name"])
        if not name_key(clean["name"]) or len(clean["name"]) > 200:
            raise Invalid(field=_("名称"), why=_("要有文字，且不超过 200 字"))
        clean["name_key"], clean["is_branch"] = name_key(clean["name"]), is_branch(clean["name"])
    if "uscc" in clean:
        clean["uscc"] = uscc.normalise(clean["uscc"] or "")
        if clean["uscc"] and (wrong := uscc.problem(clean["uscc"])):
            raise Invalid(field=_("统一社会信用代码"), why=wrong.text(_))
        twins = Organisation.objects.filter(uscc=clean["uscc"], merged_into__isnull=True)
        other = (twins.exclude(pk=present.pk) if present else twins).first()
        if clean["uscc"] and other is not None:
            raise Invalid(field=_("统一社会信用代码"), why=_("已经是“%(name)s”的代码") % {"name": other.name})
    if clean.get("industry"):
        if not (code := industry_code(clean["industry"])):
            raise Invalid(field=_("行业"), why=_("“%(text)s”不在国民经济行业分类里") % {"text": clean["industry"][:40]})
        clean["industry"] = code
    if clean.get("region_id") and not Region.objects.filter(pk=clean["region_id"], disabled_on__isnull=True).exists():
        raise Invalid(field=_("区域"), why=_("区划表里没有“%(code)s”") % {"code": clean["region_id"][:20]})
    for name, choices in (("kind", Organisation.Kind), ("status", Organisation.Status)):
        if name in clean and clean[name] not in choices.values:
            raise Invalid(
                field=_("类别") if name == "kind" else _("状态"), why=_("没有“%(text)s”这个选项") % {"text": str(clean[name])[:40]}
            )
    return clean


@transaction.atomic
def create_organisation(*, by: Actor, at: datetime, name: str, values: Mapping[str, Any] | None = None) -> Organisation:
    """Add an organisation that no register has brought in. `values`: any of EDITABLE. Raises Denied, Invalid."""
    clean = checked({**(values or {}), "name": name})
    require_may_edit(by, clean.get("region_id"))
    basis = Organisation.RegionBasis.OFFICER if clean.get("region_id") else Organisation.RegionBasis.NONE
    organisation = Organisation.objects.create(**clean, region_basis=basis, created_at=at, updated_at=at)
    audit.record(
        by=by, action="organisation.created", obj=organisation, after=audit.state_of(organisation, *EDITABLE),
        region=organisation.region_id or "", at=at,
    )  # fmt: skip
    search.mark(KIND, [organisation.pk])
    return organisation


def locked_organisation(organisation_id: int) -> Organisation:
    try:
        return Organisation.objects.select_for_update(of=("self",)).get(pk=organisation_id)
    except Organisation.DoesNotExist as error:
        raise NotFound(what=_("这个主体")) from error


def require_living(organisation: Organisation) -> None:
    """Raises AlreadyMerged for one that only forwards."""
    if organisation.merged_into is not None:
        raise AlreadyMerged(name=organisation.name, into=organisation.merged_into.name)


def version_of(organisation: Organisation) -> str:
    """What a form carries along to notice that someone else changed the organisation in between."""
    return organisation.updated_at.isoformat()


@transaction.atomic
def update_organisation(
    *, by: Actor, organisation_id: int, values: Mapping[str, Any], at: datetime, on: date, version: str = "", reason: str = ""
) -> Organisation:
    """Correct an organisation by hand. A new name keeps the old one as former, a new region leaves a move on `on`.

    version: `version_of` when the person began; a different one now raises Conflict. Raises Denied, Invalid, NotFound, AlreadyMerged.
    """
    organisation = locked_organisation(organisation_id)
    require_may_edit(by, organisation.region_id)
    require_living(organisation)
    if version and version != version_of(organisation):
        when = timezone.localtime(organisation.updated_at).strftime("%Y-%m-%d %H:%M")
        raise Conflict(who=_("另一位同事或一次导入"), when=when, what=f"“{organisation.name}”")
    clean = checked(values, organisation)
    if clean.get("region_id"):
        require_may_edit(by, clean["region_id"])
    before = audit.state_of(organisation, *EDITABLE)
    if "name_key" in clean and clean["name_key"] != organisation.name_key:
        _keep_name(organisation, organisation.name, OrganisationName.Kind.FORMER, on)
    moved_from = organisation.region_id
    for name, value in clean.items():
        setattr(organisation, name, value)
    if "region_id" in clean:
        organisation.region_basis = Organisation.RegionBasis.OFFICER
        organisation.flags = [flag for flag in organisation.flags if not flag["code"].startswith("district_")]
        if moved_from and clean["region_id"] and moved_from != clean["region_id"]:
            RegionMove.objects.create(
                organisation=organisation, from_region_id=moved_from, to_region_id=clean["region_id"], moved_on=on, basis=reason or by.name
            )
    if clean.get("uscc"):
        organisation.flags = [flag for flag in organisation.flags if not flag["code"].startswith("uscc_")]
    organisation.updated_at = at
    organisation.save()
    audit.record(
        by=by, action="organisation.changed", obj=organisation, before=before, after=audit.state_of(organisation, *EDITABLE),
        reason=reason, region=organisation.region_id or "", at=at,
    )  # fmt: skip
    search.mark(KIND, [organisation.pk])
    return organisation


def _keep_name(organisation: Organisation, name: str, kind: str, until: date | None) -> OrganisationName:
    kept, _created = OrganisationName.objects.get_or_create(
        organisation=organisation, kind=kind, name=name, defaults={"name_key": name_key(name), "valid_to": until}
    )
    return kept


@transaction.atomic
def add_name(
    *, by: Actor, organisation_id: int, name: str, at: datetime, kind: str = OrganisationName.Kind.FORMER, until: date | None = None
) -> OrganisationName:
    """Note a former name, alias, short or English name, under which the organisation can then be found. Raises Denied, Invalid."""
    organisation = locked_organisation(organisation_id)
    require_may_edit(by, organisation.region_id)
    name = clean_name(name)
    if not name_key(name) or len(name) > 200 or kind not in OrganisationName.Kind.values:
        raise Invalid(field=_("名称"), why=_("要有文字，且不超过 200 字"))
    kept = _keep_name(organisation, name, kind, until)
    audit.record(
        by=by, action="organisation.name_added", obj=organisation, after={"name": name, "kind": kind},
        region=organisation.region_id or "", at=at,
    )  # fmt: skip
    search.mark(KIND, [organisation.pk])
    return kept
