"""Reading regions."""

from __future__ import annotations

from wulian.directory.models import Region
from wulian.kernel.errors import N_, WulianError


class UnknownRegion(WulianError):
    code = "unknown_region"
    message = N_("没有代码为“%(code)s”的区域。请从区域列表里选择。")
    status = 404


def get_region(code: str) -> Region:
    """The region with this code.

    Raises: UnknownRegion.
    """
    try:
        return Region.objects.select_related("parent").get(code=code)
    except Region.DoesNotExist as error:
        raise UnknownRegion(code=code[:20]) from error


def list_regions() -> list[Region]:
    """All regions in use, in code order."""
    return list(Region.objects.filter(disabled_on__isnull=True).select_related("parent").order_by("code"))
