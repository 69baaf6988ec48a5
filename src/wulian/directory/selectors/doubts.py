"""The queue of doubts: two organisations side by side, with what the model says and what differs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wulian.directory.models import Doubt, Judgement, Organisation, OrganisationName, SourceRecord
from wulian.foundation.access import Actor, Role, require
from wulian.kernel.errors import NotFound
from wulian.kernel.names import name_key

RECORDS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the organisation, its other names, some of its records as printed."""

    organisation: Organisation
    names: list[str]
    records: list[SourceRecord]
    record_count: int


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both. `mark`: same, near, differs, or empty where one side says nothing."""

    label: str
    left: str
    right: str
    mark: str


@dataclass(frozen=True, slots=True)
class Question:
    doubt: Doubt
    left: Side
    right: Side
    rows: list[Row]
    sentence: str

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.left, self.right

    @property
    def contributions(self) -> list[dict[str, str]]:
        """What speaks for it and against it, the strongest first: words and weight in bits."""
        words = "en" if get_language() == "en" else "zh"
        items = sorted(self.doubt.contributions, key=lambda item: -abs(item["weight"]))
        return [{"text": item[words], "weight": f"{item['weight']:+.1f}"} for item in items]


def visible(viewer: Actor) -> QuerySet[Doubt]:
    """Doubts of which the viewer's regions hold at least one side, between organisations that still stand apart."""
    require(viewer.has(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR), act=_("看归并疑点"), reason=_("需要科技部门工作人员或审计身份"))
    rows = Doubt.objects.filter(Q(state=Doubt.State.ANSWERED) | Q(left__merged_into__isnull=True, right__merged_into__isnull=True))
    if viewer.is_system:
        return rows
    regions = viewer.regions_as(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
    near = Q(left__region__in=regions) | Q(right__region__in=regions) | Q(left__region__isnull=True, right__region__isnull=True)
    return rows.filter(near)


def doubt_counts(*, viewer: Actor) -> dict[str, int]:
    """State -> number of doubts."""
    return dict(Counter(visible(viewer).order_by().values_list("state", flat=True)))


def list_doubts(*, viewer: Actor, state: str = Doubt.State.OPEN) -> QuerySet[Doubt]:
    """The queue: what one answer resolves most comes first, among equals the surest; answered ones newest first."""
    rows = visible(viewer).filter(state=state).select_related("left__region", "right__region", "change")
    return rows.order_by("-answered_at", "-pk") if state == Doubt.State.ANSWERED else rows.order_by("-resolves", "-score", "pk")


def get_question(*, viewer: Actor, doubt_id: int) -> Question:
    """One doubt with both sides. Raises NotFound."""
    doubt = visible(viewer).select_related("left__region", "right__region", "change").filter(pk=doubt_id).first()
    if doubt is None:
        raise NotFound(what=_("这个疑点"))
    left, right = _side(doubt.left), _side(doubt.right)
    return Question(doubt, left, right, _rows(left, right), sentence_of(doubt))


def sentence_of(doubt: Any) -> str:
    """What the model says, in the reader's language."""
    return str(doubt.en if get_language() == "en" else doubt.zh)


def _side(organisation: Organisation) -> Side:
    names = list(OrganisationName.objects.filter(organisation=organisation).order_by("kind", "name").values_list("name", flat=True))
    records = SourceRecord.objects.filter(organisation=organisation).select_related("source").order_by("source", "key")
    shown = list(records[:RECORDS_SHOWN])
    return Side(organisation, names, shown, records.count() if len(shown) == RECORDS_SHOWN else len(shown))


def _rows(left: Side, right: Side) -> list[Row]:
    one, two = left.organisation, right.organisation
    pairs = [
        (_("名称"), one.name, two.name),
        (_("其他名称"), "、".join(left.names), "、".join(right.names)),
        (_("统一社会信用代码"), one.uscc, two.uscc),
        (_("区域"), str(one.region or ""), str(two.region or "")),
        (_("地址"), one.address, two.address),
        (_("成立日期"), str(one.established_on or ""), str(two.established_on or "")),
        (_("类别"), str(one.get_kind_display()), str(two.get_kind_display())),
        (_("状态"), str(one.get_status_display()), str(two.get_status_display())),
    ]
    return [Row(label, a, b, _mark(a, b)) for label, a, b in pairs if a or b]


def _mark(left: str, right: str) -> str:
    if not left or not right:
        return ""
    if left == right:
        return "same"
    first, second = name_key(left), name_key(right)
    return "near" if first == second or (first and second and (first in second or second in first)) else "differs"


def judgements_of(*, viewer: Actor, organisation: Organisation) -> list[Judgement]:
    """What people have said of an organisation's records, newest first."""
    if not viewer.has(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR, region=organisation.region_id):
        return []
    rows = Judgement.objects.filter(Q(left=organisation) | Q(right=organisation)).select_related("left", "right")
    return list(rows.order_by("-pk")[:50])
