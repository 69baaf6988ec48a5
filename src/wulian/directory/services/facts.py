"""Recording yearly facts. A correction adds a row and keeps the earlier one; a region's figure counts once it is verified."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from wulian.directory.models import FactValue, Organisation, RegionFactValue, Source
from wulian.directory.selectors.regions import get_region
from wulian.foundation import audit
from wulian.foundation.access import Actor, require_officer
from wulian.foundation.catalogue import facts
from wulian.foundation.catalogue.facts import Fact
from wulian.foundation.models import AuditEvent, ImportBatch
from wulian.kernel.errors import N_, Conflict, Invalid, NotFound, WulianError

STATE = ("fact", "year", "value", "unknown_because", "as_of", "is_current")


class UnknownFact(NotFound):
    code = "unknown_fact"
    message = N_("没有“%(fact)s”这个事实。事实目录里列出了全部事实；请从那里选一个。")


class OwnFigure(WulianError):
    """Two pairs of eyes: nobody verifies what they reported."""

    code = "own_figure"
    message = N_("这个数是您自己填的，要由另一位工作人员核实。")
    status = 403


def fact_of(code: str, subject: str) -> Fact:
    """The fact `code` of that kind of subject. Raises UnknownFact."""
    fact = facts.find(code)
    if fact is None or fact.subject != subject:
        raise UnknownFact(fact=code[:40])
    return fact


def stored(fact: Fact, amount: Decimal | None) -> int | None:
    """`amount` in the fact's reading unit as the integer that is kept. Raises Invalid for a fraction of the smallest unit."""
    if amount is None:
        return None
    scaled = amount * facts.SCALE[fact.type]
    if scaled != scaled.to_integral_value():
        raise Invalid(field=str(fact.name), why=_("小数位太多，最多精确到最小单位"))
    return int(scaled)


def _known_or_why(fact: Fact, value: int | None, why: str) -> None:
    if value is None and not why.strip():
        raise Invalid(field=str(fact.name), why=_("没有数时要写明原因，不能留空，也不当作零"))


@transaction.atomic
def record_organisation_fact(
    *,
    organisation: Organisation,
    fact: str,
    year: int,
    value: int | None,
    source: Source,
    as_of: date,
    by: Actor,
    at: datetime,
    unknown_because: str = "",
) -> FactValue:
    """Keep `fact` of one organisation in `year`; `value` in the fact's smallest unit (fen, persons), None with a reason.

    Raises: Denied unless `by` is an officer of the organisation's region, UnknownFact, Invalid.
    """
    require_officer(by, region=organisation.region_id or "", act=_("录入年度数据"))
    definition = fact_of(fact, "organisation")
    _known_or_why(definition, value, unknown_because)
    rows = FactValue.objects.select_for_update().filter(organisation=organisation, fact=fact, year=year, is_current=True)
    earlier = rows.first()
    if earlier and (earlier.value, earlier.unknown_because) == (value, unknown_because):
        return earlier
    rows.update(is_current=False)
    row = FactValue.objects.create(
        organisation=organisation,
        fact=fact,
        year=year,
        value=value,
        unknown_because=unknown_because,
        source=source,
        as_of=as_of,
        recorded_at=at,
    )
    audit.record(
        by=by,
        action="fact.corrected" if earlier else "fact.recorded",
        obj=row,
        before=audit.state_of(earlier, *STATE) if earlier else None,
        after=audit.state_of(row, *STATE),
        region=organisation.region_id or "",
        at=at,
    )
    return row


@transaction.atomic
def record_region_fact(
    *, region: str, fact: str, year: int, value: int | None, source: Source, as_of: date, by: Actor, at: datetime, unknown_because: str = ""
) -> RegionFactValue:
    """Keep `fact` of a region in `year`, waiting to be verified; until then metrics do not use it.

    Raises: Denied unless `by` is an officer of the region, UnknownRegion, UnknownFact, Invalid.
    """
    require_officer(by, region=region, act=_("录入区域年度数据"))
    definition, where = fact_of(fact, "region"), get_region(region)
    _known_or_why(definition, value, unknown_because)
    rows = RegionFactValue.objects.select_for_update().filter(region=where, fact=fact, year=year, is_current=True)
    earlier = rows.first()
    if earlier and (earlier.value, earlier.unknown_because) == (value, unknown_because) and earlier.verification != "returned":
        return earlier
    rows.update(is_current=False)
    row = RegionFactValue.objects.create(
        region=where, fact=fact, year=year, value=value, unknown_because=unknown_because, source=source, as_of=as_of, recorded_at=at
    )
    audit.record(
        by=by,
        action="region_fact.corrected" if earlier else "region_fact.recorded",
        obj=row,
        before=audit.state_of(earlier, *STATE) if earlier else None,
        after=audit.state_of(row, *STATE),
        region=region,
        at=at,
    )
    return row


@transaction.atomic
def decide_region_fact(*, number: int, verified: bool, by: Actor, at: datetime, reason: str = "") -> RegionFactValue:
    """Verify or return a region's figure; returning needs a reason. submitted -> verified or returned, verified -> returned.

    Raises: NotFound, Denied, OwnFigure, Conflict when it has been corrected meanwhile, Invalid.
    """
    row = RegionFactValue.objects.select_for_update().select_related("region").filter(pk=number).first()
    if row is None:
        raise NotFound(what=_("这条区域年度数据"))
    require_officer(by, region=row.region_id, act=_("核实区域年度数据"))
    if not row.is_current:
        raise Conflict(who=_("另一位工作人员"), when=at.strftime("%Y-%m-%d"), what=_("这个数"))
    if verified and not by.is_system and reported_by(row) == by.user_id:
        raise OwnFigure()
    if not verified and not reason.strip():
        raise Invalid(field=_("理由"), why=_("退回要写明理由"))
    before = row.verification
    row.verification = RegionFactValue.Verification.VERIFIED if verified else RegionFactValue.Verification.RETURNED
    row.save(update_fields=["verification"])
    audit.record(
        by=by,
        action="region_fact.verified" if verified else "region_fact.returned",
        obj=row,
        before={"verification": before},
        after={"verification": row.verification},
        reason=reason,
        region=row.region_id,
        at=at,
    )
    return row


def reported_by(row: RegionFactValue) -> int | None:
    """The account that recorded `row`, from the audit record, or that started the import it came with; None for the system."""
    if row.batch_id is not None:
        return ImportBatch.objects.values_list("started_by_id", flat=True).filter(pk=row.batch_id).first()
    event = AuditEvent.objects.filter(
        object_type=row._meta.label_lower, object_id=str(row.pk), action__in=["region_fact.recorded", "region_fact.corrected"]
    ).first()
    return event.user_id if event else None


def own_source(number: int = 0) -> Source:
    """The source with this id, or the one that stands for what officers type in themselves."""
    if number:
        source = Source.objects.filter(pk=number).first()
        if source is None:
            raise NotFound(what=_("这个数据源"))
        return source
    return Source.objects.get_or_create(code="officers", defaults={"name": "工作人员录入"})[0]
