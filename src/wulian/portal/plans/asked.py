"""What a request asks for."""

from __future__ import annotations

from datetime import date

from wulian.portal.requests import PageRequest


def day_of(request: PageRequest) -> date:
    """The date that the page's figures hold for, as a plain date: `request.on` is lazy, and `date < lazy` is an error."""
    lazy = request.on
    return date(lazy.year, lazy.month, lazy.day)
