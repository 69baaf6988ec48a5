"""What all pages of a register share: its name, tabs and acts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from wulian.foundation.access import Role
from wulian.portal.menu import kept_query
from wulian.portal.requests import PageRequest
from wulian.registers import access
from wulian.registers.catalogue import Adopted
from wulian.registers.wording import CHAINS, said


def asked_day(request: PageRequest) -> date:
    """The date of the page as a plain date."""
    return date(request.on.year, request.on.month, request.on.day)


def shell(request: PageRequest, adopted: Adopted, current: str) -> dict[str, Any]:
    """The context of every page of `adopted`; `current` is the tab that is open."""
    definition = adopted.definition
    listed = "?" + request.GET.urlencode() if current in {"list", "board", "calendar", "map"} and request.GET else kept_query(request)
    tabs = [("list", _("列表"), "register", listed), ("board", _("看板"), "register_board", listed)]
    if definition.views.calendar:
        tabs.append(("calendar", _("日历"), "register_calendar", listed))
    if definition.views.map:
        tabs.append(("map", _("分区"), "register_map", listed))
    if definition.cadence:
        tabs.append(("cadence", _("节奏"), "register_cadence", kept_query(request)))
    if definition.editions is not None:
        tabs.append(("editions", _("名单"), "register_editions", kept_query(request)))
    if definition.counters:
        tabs.append(("counters", _("计数"), "register_counters", kept_query(request)))
    tabs.append(("about", _("定义"), "register_about", kept_query(request)))
    return {
        "adopted": adopted,
        "register_name": said(definition.name),
        "purpose": said(definition.purpose),
        "chain_name": CHAINS[definition.chain],
        "serves": definition.serves,
        "tabs": [
            {"label": label, "href": reverse(route, args=[adopted.code]) + query, "current": key == current}
            for key, label, route, query in tabs
        ],
        "may_create": access.may_create(request.actor, adopted),
        "may_define": request.actor.has(Role.ADMINISTRATOR, region=settings.HOME_REGION),
        "is_officer": request.actor.has(Role.OFFICER, Role.ADMINISTRATOR),
    }
