"""Field by field: the value in force, where it is from, and the values that it outranks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wulian.directory.linking.records import linking_of
from wulian.directory.models import FieldTrust, Organisation, Source, SourceChange, SourceRecord
from wulian.foundation.access import Actor, Role, require

# Fields that are compared across sources; those of ORDERED are taken over from the source that is trusted most.
LABELS: dict[str, Any] = {
    "name": _("名称"),
    "uscc": _("统一社会信用代码"),
    "address": _("地址"),
    "legal_form": _("企业类型"),
    "business_scope": _("经营范围"),
    "established_on": _("成立日期"),
}
ORDERED = ("address", "legal_form", "business_scope")
_COLUMNS = {"legal_form": ("企业类型", "公司类型", "类型"), "business_scope": ("经营范围", "主营业务")}
_BLANK = frozenset({"", "-", "无", "N/A", "n/a"})


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a field, and when it last said so."""

    value: str
    source: Source
    on: date


@dataclass(frozen=True, slots=True)
class FieldLine:
    """`value`: in force. `source` None: a person's correction, or nobody knows. `outranked`: other values, the most trusted first."""

    field: str
    label: Any
    value: str
    source: Source | None
    on: date | None
    outranked: list[Said]


def trust_order() -> dict[str, dict[int, int]]:
    """Field -> source id -> position, where somebody has set an order."""
    order: dict[str, dict[int, int]] = defaultdict(dict)
    for field, source, position in FieldTrust.objects.values_list("field", "source_id", "position"):
        order[field][source] = position
    return dict(order)


def printed(record: SourceRecord) -> dict[str, str]:
    """What a record says, by field."""
    linking = record.linking or linking_of(record.values)
    values = {
        "name": linking.get("name") or "",
        "uscc": next((code.upper() for code in linking.get("codes") or () if len(code) == 18), ""),
        "address": linking.get("address") or "",
        "established_on": linking.get("founded") or "",
    }
    for field, columns in _COLUMNS.items():
        values[field] = next((text for name in columns if (text := str(record.values.get(name) or "").strip()) not in _BLANK), "")
    return {field: value for field, value in values.items() if value not in _BLANK}


def ranked(field: str, records: Iterable[SourceRecord], order: Mapping[str, Mapping[int, int]]) -> list[Said]:
    """What the records say of a field: by the order that was set, then registers before what the model linked, then the newest."""
    places = order.get(field, {})
    said = []
    for record in records:
        if value := printed(record).get(field):
            rank = (places.get(record.source_id, 1_000), record.linked_by != SourceRecord.LinkedBy.KEY, -record.last_seen_at.timestamp())
            said.append((rank, record.pk, Said(value, record.source, timezone.localdate(record.last_seen_at))))
    return [one for _rank, _pk, one in sorted(said, key=lambda item: item[:2])]


def field_lines(organisation: Organisation, records: Iterable[SourceRecord]) -> list[FieldLine]:
    """Every field of an organisation with its sources. records: of its archive, with their sources."""
    every, order = list(records), trust_order()
    lines = []
    for field, label in LABELS.items():
        value = str(getattr(organisation, field) or "")
        said = ranked(field, every, order)
        own = next((one for one in said if one.value == value), None)
        others: dict[str, Said] = {}
        for one in said:
            if one.value != value:
                others.setdefault(one.value, one)
        if value or others:
            lines.append(FieldLine(field, label, value, own.source if own else None, own.on if own else None, list(others.values())))
    return lines


def changes_seen(*, viewer: Actor, organisation: Organisation) -> list[SourceChange]:
    """What refreshes of the sources changed in an organisation, newest first."""
    if not viewer.has(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR, region=organisation.region_id):
        return []
    return list(SourceChange.objects.filter(organisation=organisation).select_related("source").order_by("-on", "-pk")[:20])


def list_changes(*, viewer: Actor, source: str = "", kind: str = "") -> QuerySet[SourceChange]:
    """What the refreshes of sources changed in organisations of the viewer's regions, newest first. source: its code."""
    roles = (Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
    require(viewer.has(*roles), act=gettext("看来源变动"), reason=gettext("需要科技部门工作人员或审计身份"))
    rows = SourceChange.objects.select_related("source", "organisation__region").order_by("-batch_id", "-pk")
    if not viewer.is_system:
        rows = rows.filter(Q(organisation__region__in=viewer.regions_as(*roles)) | Q(organisation__region__isnull=True))
    if source:
        rows = rows.filter(source__code=source)
    return rows.filter(kind=kind) if kind else rows


def change_counts(*, viewer: Actor, source: str = "") -> dict[str, int]:
    """Kind -> number."""
    return dict(Counter(list_changes(viewer=viewer, source=source).order_by().values_list("kind", flat=True)))


def sources_known() -> list[Source]:
    """Sources that have records of organisations, by name."""
    return list(Source.objects.filter(records__isnull=False).distinct().order_by("name"))


def orders() -> list[tuple[str, Any, list[tuple[Source, int | None]]]]:
    """For every field that can have an order: its label, and the sources with their positions, trusted ones first."""
    order, known = trust_order(), sources_known()
    return [
        (
            field,
            LABELS[field],
            sorted(((one, order.get(field, {}).get(one.pk)) for one in known), key=lambda item: (item[1] or 1_000, item[0].name)),
        )
        for field in ORDERED
    ]
