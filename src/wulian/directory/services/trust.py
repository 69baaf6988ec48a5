"""Which source is trusted most for a field, and bringing organisations in line with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.models import FieldTrust, Organisation, Source, SourceRecord
from wulian.directory.searching import KIND
from wulian.directory.selectors.values import LABELS, ORDERED, ranked, trust_order
from wulian.foundation import audit, bulk, search
from wulian.foundation.access import Actor, Role, require
from wulian.kernel.errors import Invalid

CHUNK = 1_000


@transaction.atomic
def set_trust(*, by: Actor, field: str, sources: Sequence[str], at: datetime) -> int:
    """Trust `sources` (codes, the most trusted first) for a field; empty takes the order away. Returns how many values changed.

    Raises Denied unless `by` is an administrator, Invalid.
    """
    require(by.has(Role.ADMINISTRATOR), act=_("设定来源的信任顺序"), reason=_("需要管理员身份"))
    if field not in ORDERED:
        raise Invalid(field=_("字段"), why=_("不能为“%(text)s”设定顺序") % {"text": field[:40]})
    found = {source.code: source for source in Source.objects.filter(code__in=sources)}
    if len(found) != len(set(sources)) or len(set(sources)) != len(sources):
        raise Invalid(field=_("数据源"), why=_("有不存在或重复的数据源"))
    before = list(FieldTrust.objects.filter(field=field).order_by("position").values_list("source__code", flat=True))
    FieldTrust.objects.filter(field=field).delete()
    FieldTrust.objects.bulk_create([FieldTrust(field=field, source=found[code], position=n) for n, code in enumerate(sources, 1)])
    concerned = SourceRecord.objects.filter(source__code__in=[*before, *sources]).values_list("organisation_id", flat=True)
    changed = settle_values(ids=set(concerned), at=at, fields=(field,))
    first = FieldTrust.objects.filter(field=field).first() or Source.objects.first()
    if first is not None:
        audit.record(
            by=by, action="field_trust.set", obj=first, before={"field": str(LABELS[field]), "sources": before},
            after={"field": str(LABELS[field]), "sources": list(sources), "rows": changed}, at=at,
        )  # fmt: skip
    return changed


def settle_values(*, ids: Collection[int], at: datetime, fields: Collection[str] | None = None) -> int:
    """Give organisations the values of the sources that are trusted most, for the fields that have an order.

    Inside the transaction of the act. Returns the number of organisations that changed.
    """
    order = trust_order()
    names = [name for name in (fields or ORDERED) if name in order or fields is not None]
    if not names:
        return 0
    total, ordered = 0, sorted(ids)
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        records: dict[int, list[SourceRecord]] = defaultdict(list)
        for record in SourceRecord.objects.filter(organisation__in=part).select_related("source"):
            records[record.organisation_id].append(record)
        changed = []
        for organisation in Organisation.objects.filter(pk__in=list(records), merged_into__isnull=True):
            new = {name: said[0].value for name in names if (said := ranked(name, records[organisation.pk], order))}
            different = {name: value[:300] for name, value in new.items() if value[:300] != getattr(organisation, name)}
            if different:
                for name, value in different.items():
                    setattr(organisation, name, value if name != "legal_form" else value[:60])
                organisation.updated_at = at
                changed.append(organisation)
        bulk.update(Organisation, changed, (*names, "updated_at"))
        search.mark(KIND, [one.pk for one in changed])
        total += len(changed)
    return total
