"""Names of organisations: the key under which two spellings of one name meet."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[\W_]+")
_SPACE = re.compile(r"\s+")
# Endings and marks of branches, shops and offices: bodies without legal personality of their own.
_BRANCH = re.compile(
    r"(分公司|分厂|分店|分院|分行|分社|分部|支公司|支行|支店|储蓄所|分理处|营业部|营业厅|营业所|经营部|门市部|门市|门店|"
    r"办事处|代表处|联络处|服务部|服务站|加油站|专卖店|直营店|连锁店|第.{1,3}店|[一二三四五六七八九十]店)\.?$"
)


def clean_name(text: str) -> str:
    """The name as it should be shown: no control characters, single spaces, no blanks at the ends. Brackets stay as printed."""
    return _SPACE.sub(" ", "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zs"} else c for c in text)).strip()


def name_key(name: str) -> str:
    """Normalised name: NFKC, lower case, without brackets, spaces and punctuation (a trailing full stop among them)."""
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", name)).lower()


def is_branch(name: str) -> bool:
    """True when the name ends like that of a branch, shop or office."""
    return _BRANCH.search(name) is not None
