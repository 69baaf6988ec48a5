"""Status codes as they are shown: shape (class), word and colour together, never colour alone. In order of what is good."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Shown(NamedTuple):
    """`css` gives pill and bullet their shape, `colour` is the token that a chart uses."""

    css: str
    word: Any
    colour: str


STATUSES: dict[str, Shown] = {
    "met": Shown("ok", _("到位"), "ok"),
    "on_track": Shown("pace", _("在轨"), "brand"),
    "slow": Shown("warn", _("偏慢"), "warn"),
    "behind": Shown("late", _("落后"), "act"),
    "no_data": Shown("none", _("无数"), "none"),
    "not_set": Shown("none", _("未下达"), "edge"),
    "qualitative": Shown("none", _("定性"), "line-strong"),
}
