"""Acts on observations: report, correct, verify, return. What a metric computes is in `computing`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wulian.chains.governance.access import require_edit, require_report
from wulian.chains.governance.errors import WrongObservation
from wulian.chains.governance.models import Indicator, Observation
from wulian.directory.models import Organisation
from wulian.foundation import audit
from wulian.foundation.access import Actor, Role, require
from wulian.foundation.files import own_files
from wulian.kernel.errors import NotFound

from .editing import conflict, follow, locked, put_aside

PLACES = Decimal("0.000001")  # of the column
SHOWN = ("as_of", "origin", "value", "unknown_because", "numerator", "denominator", "verification", "note")


@transaction.atomic
def report_observation(
    *,
    by: Actor,
    at: datetime,
    indicator_id: int,
    as_of: date,
    value: Decimal | None = None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    unknown_because: str = "",
    unit_organisation_id: int | None = None,
    note: str = "",
    evidence_ids: Iterable[int] = (),
    expected: int | None = None,
) -> Observation:
    """A unit's value for a date, in the indicator's unit; a cumulative one is the total since the period began.

    A share may come as numerator and denominator; the value is then computed and both are kept. Without a number,
    `unknown_because` says why. A second report for the same date is a correction: the earlier one stays and is
    superseded, and `note` must say why. `expected` is the id of the report that the person saw (0: none).
    Raises: Denied, NotFound, Conflict, WrongObservation.
    """
    indicator = locked(Indicator, indicator_id, related=("plan",))
    require_report(by, indicator)
    if unit_organisation_id is not None and unit_organisation_id not in by.organisations_as(Role.REPORTER):
        require_edit(by, indicator.plan, _("替别的单位填报"))
        if not Organisation.objects.filter(pk=unit_organisation_id, merged_into__isnull=True).exists():
            raise NotFound(what=_("这个单位"))
    if as_of > timezone.localdate(at):
        raise WrongObservation(why=_("截至日期 %(day)s 还没有到。") % {"day": as_of.isoformat()})
    old = (
        indicator.observations.filter(as_of=as_of, origin=Observation.Origin.REPORTED, superseded_by__isnull=True)
        .select_related("recorded_by")
        .first()
    )
    if expected is not None and expected != (old.pk if old else 0):
        what = _("“%(indicator)s”%(day)s 的填报") % {"indicator": indicator, "day": as_of.isoformat()}
        raise conflict(who=str(old.recorded_by or "") if old else "", when=old.recorded_at if old else None, what=what)
    new = Observation(
        indicator=indicator,
        as_of=as_of,
        origin=Observation.Origin.REPORTED,
        value=_value(indicator, value, numerator, denominator, unknown_because),
        unknown_because=unknown_because.strip(),
        numerator=numerator,
        denominator=denominator,
        unit_organisation_id=unit_organisation_id or indicator.owner_id,
        note=note.strip(),
        recorded_by_id=by.user_id,
        recorded_at=at,
    )
    if old and old.verification != Observation.Verification.RETURNED and not new.note:
        raise WrongObservation(
            why=_("%(day)s 已经填报过 %(value)s，更正请写明原因；原值会保留。") % {"day": as_of.isoformat(), "value": shown(old.value)}
        )
    files = own_files(by=by, ids=evidence_ids)
    write(new, old)
    new.evidence.set(files)
    _record(new, "observation.corrected" if old else "observation.reported", old, by=by, at=at)
    return new


@transaction.atomic
def record_printed(
    *,
    by: Actor,
    at: datetime,
    indicator_id: int,
    as_of: date,
    value: Decimal | None,
    unknown_because: str = "",
    note: str = "",
) -> Observation:
    """An achieved value that the plan itself prints, or prints masked. Recording the same again changes nothing.

    Raises: Denied, NotFound, WrongObservation.
    """
    indicator = locked(Indicator, indicator_id, related=("plan",))
    require_edit(by, indicator.plan, _("录入规划原文的实际值"))
    old = indicator.observations.filter(as_of=as_of, origin=Observation.Origin.PRINTED, superseded_by__isnull=True).first()
    new = Observation(
        indicator=indicator,
        as_of=as_of,
        origin=Observation.Origin.PRINTED,
        value=_value(indicator, value, None, None, unknown_because),
        unknown_because=unknown_because.strip()[:200],
        verification=Observation.Verification.VERIFIED,
        note=note.strip(),
        recorded_by_id=by.user_id,
        recorded_at=at,
    )
    if old and (old.value, old.unknown_because, old.note) == (new.value, new.unknown_because, new.note):
        return old
    write(new, old)
    _record(new, "observation.printed", old, by=by, at=at)
    return new


@transaction.atomic
def verify_observation(*, by: Actor, at: datetime, observation_id: int, note: str = "") -> Observation:
    """submitted → verified, by an officer other than the one who reported it.

    Raises: Denied, NotFound, WrongObservation.
    """
    return _decide(observation_id, Observation.Verification.VERIFIED, note, by=by, at=at, act=_("核实填报"))


@transaction.atomic
def return_observation(*, by: Actor, at: datetime, observation_id: int, reason: str) -> Observation:
    """submitted or verified → returned, with a reason; it no longer counts, and the unit reports again.

    Raises: Denied, NotFound, WrongObservation.
    """
    if not reason.strip():
        raise WrongObservation(why=_("退回请写明理由，填报单位要照它改。"))
    return _decide(observation_id, Observation.Verification.RETURNED, reason, by=by, at=at, act=_("退回填报"))


def _decide(observation_id: int, to: Observation.Verification, note: str, *, by: Actor, at: datetime, act: str) -> Observation:
    row = locked(Observation, observation_id, related=("indicator__plan",))
    require_edit(by, row.indicator.plan, act)
    if row.origin != Observation.Origin.REPORTED:
        raise WrongObservation(why=_("这个值不是填报的，不需要核实。"))
    if row.superseded_by_id is not None:
        raise WrongObservation(why=_("这份填报已被更正，请核实新的那一份。"))
    if row.verification == to or row.verification == Observation.Verification.RETURNED:
        raise WrongObservation(why=_("这份填报已经是“%(state)s”。") % {"state": row.get_verification_display()})
    if to == Observation.Verification.VERIFIED and by.user_id is not None:
        require(row.recorded_by_id != by.user_id, act=act, reason=_("填报人不能核实自己填的数，请另一位工作人员核实"))
    before = audit.state_of(row, "verification", "verification_note")
    row.verification, row.verification_note = to, note.strip()[:300]
    row.save(update_fields=["verification", "verification_note"])
    audit.record(
        by=by,
        action=f"observation.{to.value}",
        obj=row,
        before=before,
        after=audit.state_of(row, "verification", "verification_note"),
        reason=note,
        region=row.indicator.plan.region_id,
        at=at,
    )
    return row


def write(new: Observation, old: Observation | None) -> None:
    """Save `new` in the place of `old`, which stays and points to it."""
    if old:
        put_aside(old)
    new.save()
    if old:
        follow(old, new)


def shown(value: Decimal | None) -> str:
    return _("无数") if value is None else format(value.normalize(), "f")


def _value(
    indicator: Indicator, value: Decimal | None, numerator: Decimal | None, denominator: Decimal | None, unknown_because: str
) -> Decimal | None:
    """The value to keep. A share from its parts is in per cent when the indicator's unit says so."""
    if numerator is not None or denominator is not None:
        if numerator is None or denominator is None:
            raise WrongObservation(why=_("分子和分母要一起填。"))
        if denominator <= 0:
            raise WrongObservation(why=_("分母要大于零，填的是 %(value)s。") % {"value": denominator})
        share = numerator / denominator * (100 if indicator.unit in ("%", "％", "百分点", "个百分点") else 1)
        if value is not None and abs(value - share) > max(abs(share) * Decimal("0.005"), Decimal("0.005")):
            texts = {"value": shown(value), "share": shown(share.quantize(Decimal("0.0001")))}
            raise WrongObservation(why=_("填的值 %(value)s 与分子除以分母 %(share)s 对不上，请核对。") % texts)
        value = value if value is not None else share
    if value is None:
        if not unknown_because.strip():
            raise WrongObservation(why=_("没有数时请写明原因，不要填零。"))
        return None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 18:
        raise WrongObservation(why=_("%(value)s 不是能存下的数，请核对单位“%(unit)s”。") % {"value": value, "unit": indicator.unit})
    if indicator.kind == Indicator.Kind.RANK and (value < 1 or value != value.to_integral_value()):
        raise WrongObservation(why=_("位次是 1 以上的整数，填的是 %(value)s。") % {"value": shown(value)})
    return value.quantize(PLACES)


def _record(new: Observation, action: str, old: Observation | None, *, by: Actor, at: datetime) -> None:
    audit.record(
        by=by,
        action=action,
        obj=new,
        before=audit.state_of(old, *SHOWN) if old else None,
        after=audit.state_of(new, *SHOWN),
        reason=new.note,
        region=new.indicator.plan.region_id,
        at=at,
    )
