"""The side menu: subjects of the product in the order in which people meet them.

An entry is shown when its route exists and the viewer passes the route's guard, so the menu never offers a closed door.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from .access_table import access_table
from .guards import Guard


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `within`: further path prefixes that belong to it. `chain`: colour token of a chain's mark."""

    route: str
    label: Any
    within: tuple[str, ...] = ()
    chain: str = ""
    url: str = ""
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    label: Any
    entries: tuple[Entry, ...]


MENU = (
    Group("", (Entry("home", _("驾驶舱")), Entry("notices", _("待办与通知")))),
    Group(
        _("规划"),
        (
            Entry("plans", _("规划与指标"), within=("/indicators/", "/observations/", "/targets/", "/status-rules/")),
            Entry("evaluations", _("评估与评审")),
            Entry("chains", _("指标链")),
            Entry("tasks", _("任务"), within=("/ideas/",)),
            Entry("rounds", _("调度")),
            Entry("problems", _("问题")),
            Entry("appraisals", _("考核")),
        ),
    ),
    Group(
        _("各本台账"),
        (
            Entry("registers", _("台账目录")),
            Entry("register_todo", _("等我办的")),
        ),
    ),
    Group(
        _("底座"),
        (
            Entry("organisations", _("企业档案")),
            Entry("link_find", _("查找主体")),
            Entry("doubts", _("归并疑点"), within=("/identity/", "/link/quality/")),
            Entry("source_changes", _("来源变动"), within=("/link/trust/",)),
            Entry("metrics", _("指标口径"), within=("/figures/",)),
            Entry("imports", _("数据导入"), within=("/quarantine/",)),
        ),
    ),
    Group(
        _("管理"),
        (
            Entry("people", _("人员与权限"), within=("/admin/",)),
            Entry("audit", _("审计记录")),
            Entry("jobs", _("后台任务")),
        ),
    ),
)


def kept_query(request: HttpRequest) -> str:
    """`?region=…&on=…` when the reader has chosen them, so that the choice survives going to another page."""
    kept = {key: request.GET[key] for key in ("region", "on") if request.GET.get(key)}
    return f"?{urlencode(kept)}" if kept else ""


def menu_for(request: HttpRequest, counts: dict[str, int] | None = None) -> list[Group]:
    """The groups and entries that this viewer may open, the current one marked (longest matching path)."""
    table: dict[str, Guard] = access_table()
    actor = getattr(request, "actor", None)
    query = kept_query(request)
    groups: list[Group] = []
    best: tuple[int, str] = (0, "")
    for group in MENU:
        entries = []
        for entry in group.entries:
            try:
                path = reverse(entry.route)
            except NoReverseMatch:
                continue
            guard = table.get(entry.route)
            if guard is None or actor is None or not guard.allows(actor):
                continue
            for prefix in (path, *entry.within):
                if (request.path.startswith(prefix) if prefix != "/" else request.path == "/") and len(prefix) > best[0]:
                    best = (len(prefix), entry.route)
            entries.append(replace(entry, url=path + query, count=(counts or {}).get(entry.route)))
        if entries:
            groups.append(Group(group.label, tuple(entries)))
    return [Group(group.label, tuple(replace(entry, current=entry.route == best[1]) for entry in group.entries)) for group in groups]
