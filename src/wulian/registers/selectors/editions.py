"""Reading published editions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wulian.foundation.access import Actor
from wulian.kernel.errors import NotFound

from ..catalogue import Adopted
from ..models import Edition


def get_edition(*, viewer: Actor, edition_id: int) -> Edition:
    """A published edition. Raises NotFound (also for one that the viewer may not see)."""
    edition = Edition.objects.select_related("register", "region").filter(pk=edition_id).first()
    if edition is None or not (edition.is_public or viewer.signed_in):
        raise NotFound(what=_("这期名单"))
    return edition


def list_editions(*, viewer: Actor, adopted: Adopted) -> QuerySet[Edition]:
    """Editions of a register, newest first."""
    editions = Edition.objects.filter(register=adopted.id).select_related("region").defer("rows")
    return (editions if viewer.signed_in else editions.filter(is_public=True)).order_by("-number")
