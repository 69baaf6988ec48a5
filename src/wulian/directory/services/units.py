"""Acts on government units and other bodies that take part in plans but stand in no business register."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation, Region
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require
from wulian.kernel.errors import Invalid
from wulian.kernel.names import clean_name, name_key

KINDS = (Organisation.Kind.GOVERNMENT, Organisation.Kind.INSTITUTE, Organisation.Kind.UNIVERSITY, Organisation.Kind.SOCIAL)


@transaction.atomic
def add_unit(*, by: Actor, at: datetime, name: str, region_code: str, kind: str = Organisation.Kind.GOVERNMENT) -> Organisation:
    """Add a unit of a region. The same name in the same region is refused, because it would split the unit's tasks.

    Raises: Denied, Invalid.
    """
    require(
        by.has(Role.ADMINISTRATOR, Role.OFFICER, region=region_code), act=_("添加单位"), reason=_("需要管辖该区域的工作人员或管理员身份")
    )
    name = clean_name(name)
    if not name or kind not in KINDS or not Region.objects.filter(pk=region_code).exists():
        raise Invalid(field=_("单位"), why=_("名称、类别和区域都要填"))
    if Organisation.objects.filter(name_key=name_key(name), region_id=region_code, merged_into__isnull=True).exists():
        raise Invalid(field=_("单位名称"), why=_("“%(name)s”在这个区域已经有了，直接选它就行") % {"name": name})
    unit = Organisation.objects.create(
        name=name, name_key=name_key(name), kind=kind, region_id=region_code, region_basis=Organisation.RegionBasis.OFFICER,
        status=Organisation.Status.ACTIVE, created_at=at, updated_at=at,
    )  # fmt: skip
    audit.record(by=by, action="unit.added", obj=unit, after=audit.state_of(unit, "name", "kind", "region_id"), region=region_code, at=at)
    return unit
