"""The request as a page receives it: Django's, with what the middleware adds. Used in the signatures of views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from datetime import date

    from django_htmx.middleware import HtmxDetails

    from wulian.directory.models import Region
    from wulian.foundation.access import Actor


class PageRequest(HttpRequest):
    """`on` and `region` are read when first used and raise the error of a wrong ?on= or ?region= there."""

    actor: Actor
    on: date
    region: Region
    htmx: HtmxDetails
