"""Reading units."""

from __future__ import annotations

from wulian.directory.models import Organisation
from wulian.kernel.names import name_key


def find_unit(*, name: str, region_code: str) -> Organisation | None:
    """The unit of this name in this region, however its name is written."""
    return Organisation.objects.filter(name_key=name_key(name), region_id=region_code, merged_into__isnull=True).order_by("id").first()
