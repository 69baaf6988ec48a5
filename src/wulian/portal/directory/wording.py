"""The finding of a page, in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wulian.directory.selectors.archive import Archive
from wulian.directory.selectors.organisations import Question


def list_title(question: Question, count: int, regions: list[str]) -> str:
    """红桥区 1,495 家主体; “科技”找到 7,038 家."""
    number = f"{count:,}"
    if question.text.strip():
        return _("“%(text)s”找到 %(count)s 家") % {"text": question.text.strip()[:40], "count": number}
    if regions:
        return _("%(region)s %(count)s 家主体") % {"region": "、".join(regions), "count": number}
    return _("%(count)s 家主体在册") % {"count": number}


def archive_title(archive: Archive, on: date) -> str:
    """What a reader should know first: gone, in doubt, or what it holds."""
    organisation = archive.organisation
    if organisation.closed_on and organisation.closed_on <= on:
        return _("%(date)s 已注销") % {"date": organisation.closed_on.isoformat()}
    if archive.flags:
        count = len(archive.flags)
        return ngettext("%(count)s 处存疑，待核对", "%(count)s 处存疑，待核对", count) % {"count": count}
    parts = []
    if titles := len(archive.valid_titles):
        parts.append(ngettext("%(count)s 项称号有效", "%(count)s 项称号有效", titles) % {"count": titles})
    if archive.inventions:
        parts.append(ngettext("有效发明专利 %(count)s 件", "有效发明专利 %(count)s 件", archive.inventions) % {"count": archive.inventions})
    if parts:
        return _("，").join(parts)
    return _("还没有称号和发明专利记录")
