"""Words of the register engine: who, chains, kinds of field."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wulian.engines.lifecycle import Text
from wulian.engines.registers.schema import Label
from wulian.foundation.access import Role

WHO: dict[str, Any] = {
    **{role.value: role.label for role in Role},
    "subject": _("主体本身"),
    "creator": _("登记人"),
    "party": _("相关方"),
    "anyone": _("任何登录人员"),
}
CHAINS: dict[str, Any] = {
    "governance": _("治理与规划"),
    "innovation": _("创新链"),
    "industry": _("产业链"),
    "capital": _("资金链"),
    "talent": _("人才链"),
    "policy": _("政策链"),
    "carriers": _("平台载体"),
    "fusion": _("京津冀协同与开放"),
}


def who_word(word: str) -> Any:
    return WHO.get(word, word)


def said(label: Label | Text | None) -> str:
    """A label in the reader's language."""
    if label is None:
        return ""
    return label.en if get_language() == "en" else label.zh
