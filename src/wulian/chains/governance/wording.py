"""Putting numbers and lists into sentences, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wulian.foundation.catalogue import metrics

if TYPE_CHECKING:
    from .models import Indicator

DIGITS = "零一二三四五六七八九"
SAID_IN_ORDER = ("到位", "在轨", "偏慢", "落后", "未下达", "未分解", "无数", "定性")


def counted(number: int) -> str:
    """A count as a title says it: 两、十二 in Chinese up to 99, digits otherwise (with a space, so that words do not touch)."""
    if (get_language() or "").startswith("en"):
        return str(number)
    if number == 2:
        return "两"
    if not 0 <= number < 100:
        return f" {number} "
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def indicator_name(indicator: Indicator) -> str:
    """The name as printed; for a reader of English the name of the metric to which it is bound, if it is."""
    if indicator.metric and (get_language() or "").startswith("en") and (metric := metrics.find(indicator.metric)):
        return str(metric.name)
    return indicator.name


def listed(parts: Iterable[str]) -> str:
    return _("，").join(parts)


def finding(counts: Mapping[str, int]) -> str:
    """The first line of a plan: 八项指标：五项到位，两项落后，一项未下达. `counts` by status word (a msgid)."""
    total = sum(counts.values())
    if not total:
        return _("还没有任何指标")
    words = [word for word in SAID_IN_ORDER if counts.get(word)]
    parts = [_("%(count)s项%(status)s") % {"count": counted(counts[word]), "status": _(word).lower()} for word in words]
    return _("%(count)s项指标：%(parts)s") % {"count": counted(total), "parts": listed(parts)}


def plain(value: Decimal | None, places: int | None = None) -> str:
    """A number without needless zeros, or a dash."""
    if value is None:
        return "—"
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places))
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
