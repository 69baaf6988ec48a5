"""The officer's decisions on what was read: correct, accept, reject, merge, split, add, and the way back from each.

Every act names the rows with the version that the person saw; a row that someone else has changed since is not touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation
from wulian.foundation import audit
from wulian.foundation.access import Actor, require_officer
from wulian.foundation.catalogue import metrics
from wulian.foundation.catalogue.metrics import all_metrics
from wulian.foundation.catalogue.suggesting import suggest_metrics
from wulian.foundation.models import AuditEvent
from wulian.kernel.errors import Conflict, Invalid, NotFound

from .. import mentions
from ..models import Extraction, Indicator, PlanDocument, Target
from ..work_errors import PlanNotDraft, PlanNotRead, WrongStep
from .editing import conflict
from .reading import get_document, premerge

State = Extraction.State
What = Extraction.What

# What belongs to the indicator as a whole, and what to one of its mentions.
GROUP_FIELDS = ("name", "unit", "kind", "direction", "attribute", "composite", "scope_note")
MENTION_FIELDS = ("value", "number_state", "year", "comparator", "mention", "commitment")


def accept(*, by: Actor, document_id: int, rows: Mapping[int, int], at: datetime) -> int:
    """Accept rows (id -> version seen). Returns how many changed. Raises: Denied, Conflict, WrongStep."""
    return _decide(by, document_id, rows, at, to=State.ACCEPTED, origins=(State.PENDING, State.REJECTED), act=_("采用"))


def reject(*, by: Actor, document_id: int, rows: Mapping[int, int], at: datetime, reason: str = "") -> int:
    """Reject rows: they are no indicators or tasks of the plan. Raises: Denied, Conflict, WrongStep."""
    return _decide(by, document_id, rows, at, to=State.REJECTED, origins=(State.PENDING, State.ACCEPTED), act=_("不采用"), reason=reason)


def reopen(*, by: Actor, document_id: int, rows: Mapping[int, int], at: datetime) -> int:
    """Take decisions back: accepted, rejected and merged rows wait again, in the group they came from."""
    origins = (State.ACCEPTED, State.REJECTED, State.MERGED)
    return _decide(by, document_id, rows, at, to=State.PENDING, origins=origins, act=_("退回待核"))


def accept_all(*, by: Actor, document_id: int, what: str, at: datetime, only_table: bool = False) -> int:
    """Accept every row that still waits (those read from tables only, when `only_table`)."""
    document = open_document(by, document_id)
    with transaction.atomic():
        waiting = document.extractions.filter(what=what, state=State.PENDING).order_by("position")
        ids = [row.pk for row in waiting if not only_table or row.printed.get("from_table")]
        Extraction.objects.filter(pk__in=ids).update(state=State.ACCEPTED, version=F("version") + 1)
        after = {"what": what, "rows": ids, "state": str(State.ACCEPTED)}
        audit.record(by=by, action="extraction.accepted_all", obj=document, after=after, region=_region(document), at=at)
    return len(ids)


def own_all(*, by: Actor, document_id: int, owner_id: int, at: datetime) -> int:
    """Make one unit the owner of every indicator that has none yet and is not rejected. Returns how many rows changed."""
    document = open_document(by, document_id)
    owner = organisation(owner_id)
    with transaction.atomic():
        lock_plan(document)
        rows = document.extractions.filter(what=What.INDICATOR, owner__isnull=True).exclude(state=State.REJECTED)
        changed = rows.update(owner=owner, version=F("version") + 1)
        after = {"owner": owner, "rows": changed}
        audit.record(by=by, action="extraction.owned_all", obj=document, after=after, region=_region(document), at=at)
    return changed


def bind_suggested(*, by: Actor, document_id: int, at: datetime, certainty: float = 0.9) -> int:
    """Bind every indicator without a metric to the first suggestion that is at least this certain (0 to 1).

    Returns how many indicators were bound; what is less certain stays for the officer.
    """
    document = open_document(by, document_id)
    with transaction.atomic():
        lock_plan(document)
        groups: dict[str, list[Extraction]] = {}
        for row in document.extractions.select_for_update().filter(what=What.INDICATOR).order_by("position"):
            groups.setdefault(row.group_key, []).append(row)
        bound, metrics = 0, all_metrics()
        for rows in groups.values():
            head = min(rows, key=lambda row: (row.state == State.MERGED, mentions.rank(mentions.mention_of(row))))
            first = next(iter(suggest_metrics(head.values["name"], head.values["unit"], among=metrics, limit=1)), None)
            if any(row.metric for row in rows) or first is None or first.score < certainty:
                continue
            for row in rows:
                before = _group_state(row)
                row.metric = first.metric.code
                save_row(by=by, document=document, row=row, action="extraction.group_edited", before=before, at=at)
            bound += 1
    return bound


def edit_mention(*, by: Actor, extraction_id: int, version: int, changes: Mapping[str, Any], at: datetime) -> Extraction:
    """Correct one mention: value, number_state, year, comparator, mention kind, commitment.

    Raises: Denied, Conflict, Invalid.
    """
    row = get_row(extraction_id, What.INDICATOR)
    document = open_document(by, row.document_id)
    with transaction.atomic():
        row = lock(document, {extraction_id: version})[0]
        before = dict(row.values)
        row.values = _checked_mention({**row.values, **only(changes, MENTION_FIELDS)})
        save_row(by=by, document=document, row=row, action="extraction.edited", before=before, at=at)
    return row


def edit_group(
    *, by: Actor, document_id: int, key: str, rows: Mapping[int, int], changes: Mapping[str, Any], at: datetime
) -> list[Extraction]:
    """Correct an indicator as a whole: name, unit, kind, direction, attribute, composite, scope_note, owner, metric.

    `rows` are the mentions of the group with the versions seen; `owner` is an organisation id or None, `metric` a code.
    Raises: Denied, Conflict, Invalid.
    """
    document = open_document(by, document_id)
    owner = organisation(changes["owner"]) if changes.get("owner") else None
    metric = str(changes.get("metric") or "")
    if metric and metrics.find(metric) is None:
        raise Invalid(field=_("绑定口径"), why=_("没有代码为“%(code)s”的口径") % {"code": metric})
    with transaction.atomic():
        locked = lock(document, rows)
        for row in locked:
            if row.group_key != key:
                raise WrongStep(what=row.values["name"], state=row.get_state_display(), act=_("按原来的分组修改"))
            before = _group_state(row)
            row.values = _checked_group({**row.values, **only(changes, GROUP_FIELDS)})
            if "owner" in changes:
                row.owner = owner
            if "metric" in changes:
                row.metric = metric
            save_row(by=by, document=document, row=row, action="extraction.group_edited", before=before, at=at)
    return locked


def merge_rows(*, by: Actor, document_id: int, rows: Mapping[int, int], into_id: int, at: datetime) -> int:
    """Make rows repeated mentions of `into`: they are kept as places in the text and publish nothing of their own."""
    document = open_document(by, document_id)
    with transaction.atomic():
        head = get_row(into_id, What.INDICATOR)
        if head.document_id != document.pk or head.state == State.MERGED or head.pk in rows:
            raise WrongStep(what=head.values["name"], state=head.get_state_display(), act=_("把别的摘录并入它"))
        locked = lock(document, rows)
        for row in locked:
            before = _group_state(row)
            _into(row, head.group_key)
            row.state, row.merged_into = State.MERGED, head
            save_row(by=by, document=document, row=row, action="extraction.merged", before=before, at=at)
            Extraction.objects.filter(merged_into=row).update(merged_into=head)
    return len(locked)


def merge_groups(*, by: Actor, document_id: int, keep: str, drop: str, at: datetime) -> int:
    """Make two groups one indicator. Mentions of one value in one year become repeats; others stay as further years."""
    document = open_document(by, document_id)
    with transaction.atomic():
        rows = list(document.extractions.select_for_update().filter(what=What.INDICATOR, group_key__in=(keep, drop)).order_by("position"))
        heads = [row for row in rows if row.group_key == keep]
        moving = [row for row in rows if row.group_key == drop]
        if not heads or not moving:
            raise NotFound(what=_("要合并的两组摘录"))
        head = min(heads, key=lambda row: mentions.rank(mentions.mention_of(row)))
        live = {row.pk: row for row in rows if row.state in (State.PENDING, State.ACCEPTED)}
        for row in moving:
            before = _group_state(row)
            _into(row, keep)
            for name in GROUP_FIELDS:
                row.values[name] = head.values.get(name, "")
            row.owner_id, row.metric = head.owner_id or row.owner_id, head.metric or row.metric
            save_row(by=by, document=document, row=row, action="extraction.group_merged", before=before, at=at)
        for pk, into in mentions.repeats(mentions.mention_of(row) for row in live.values()).items():
            row = live[pk]
            before = _group_state(row)
            if row.state == State.ACCEPTED and live[into].state == State.PENDING:
                live[into].state = State.ACCEPTED
                save_row(by=by, document=document, row=live[into], action="extraction.accepted", before={}, at=at)
            row.state, row.merged_into_id = State.MERGED, into
            save_row(by=by, document=document, row=row, action="extraction.merged", before=before, at=at)
            Extraction.objects.filter(merged_into=row).update(merged_into_id=into)
    return len(moving)


def split(*, by: Actor, extraction_id: int, version: int, name: str, at: datetime) -> Extraction:
    """Take one mention out of its group as an indicator of its own, under another name."""
    row = get_row(extraction_id, What.INDICATOR)
    document = open_document(by, row.document_id)
    with transaction.atomic():
        row = lock(document, {extraction_id: version})[0]
        before = _group_state(row)
        key = mentions.group_key(name, row.values["unit"])
        if key == row.group_key:
            raise Invalid(field=_("名称"), why=_("与原来那一组相同，拆不开；请写出它的不同之处"))
        _into(row, key)
        row.values = _checked_group({**row.values, "name": name.strip()})
        row.state, row.merged_into = State.PENDING, None
        save_row(by=by, document=document, row=row, action="extraction.split", before=before, at=at)
    return row


def add_mention(*, by: Actor, document_id: int, span: tuple[int, int], values: Mapping[str, Any], at: datetime) -> Extraction:
    """Add an indicator mention that the reader missed, by its place in the text."""
    document = open_document(by, document_id)
    raw = quoted(document, span)
    full = {
        "kind": str(Indicator.Kind.LEVEL),
        "direction": str(Indicator.Direction.UP),
        "attribute": "",
        "composite": "",
        "scope_note": "",
        "mention": "target",
        "comparator": "=",
        "commitment": "",
        "number_state": str(Target.NumberState.NUMBERED),
        "unit": "",
        "value": None,
        **values,
    }
    full = _checked_group(_checked_mention(full))
    printed = {"name": full["name"], "value": None, "unit": None, "raw": raw[:300], "from_table": False, "added_by": by.name}
    return add_row(
        by=by,
        document=document,
        what=What.INDICATOR,
        span=span,
        printed=printed,
        values=full,
        key=mentions.group_key(full["name"], full["unit"]),
        at=at,
    )


# ---------------------------------------------------------------------------------------------------------- inner steps


def open_document(by: Actor, document_id: int) -> PlanDocument:
    document = get_document(document_id)
    require_officer(by, region=_region(document), act=_("校核摘录"))
    if document.plan.state != document.plan.State.DRAFT:
        raise PlanNotDraft(plan=str(document.plan), state=document.plan.get_state_display())
    if document.state != PlanDocument.State.READ:
        raise PlanNotRead(plan=str(document.plan), state=document.get_state_display())
    return document


def _region(document: PlanDocument) -> str:
    return str(document.plan.region_id)


def get_row(extraction_id: int, what: str) -> Extraction:
    row = Extraction.objects.filter(pk=extraction_id, what=what).first()
    if row is None:
        raise NotFound(what=_("这条摘录"))
    return row


def lock_plan(document: PlanDocument) -> None:
    """Publishing takes the same lock, so no decision slips in while a plan is being published."""
    type(document.plan).objects.select_for_update().get(pk=document.plan_id)


def lock(document: PlanDocument, rows: Mapping[int, int]) -> list[Extraction]:
    """The rows, locked in the order of the text and checked against the versions that the person saw."""
    lock_plan(document)
    found = list(Extraction.objects.select_for_update().filter(document=document, pk__in=rows).order_by("position", "pk"))
    if len(found) != len(rows):
        raise NotFound(what=_("这些摘录中的一部分"))
    for row in found:
        if row.version != rows[row.pk]:
            raise _stale(document, row)
    return found


def _stale(document: PlanDocument, row: Extraction) -> Conflict:
    """Who changed the row and when; acts on many rows at once are recorded on the document."""
    of_row = Q(object_type=row._meta.label_lower, object_id=str(row.pk))
    of_document = Q(object_type=document._meta.label_lower, object_id=str(document.pk))
    event = AuditEvent.objects.filter(of_row | of_document).order_by("-id").first()
    label = row.values.get("name") or row.values.get("title")
    return conflict(who=event.actor if event else "", when=event.at if event else None, what=f"“{label}”")


def save_row(*, by: Actor, document: PlanDocument, row: Extraction, action: str, before: Mapping[str, Any], at: datetime) -> None:
    row.version += 1
    row.save()
    audit.record(by=by, action=action, obj=row, before=before, after=_group_state(row), region=_region(document), at=at)


def _group_state(row: Extraction) -> dict[str, Any]:
    return {**row.values, "state": row.state, "group_key": row.group_key, "owner": row.owner_id, "metric": row.metric}


def _decide(
    by: Actor, document_id: int, rows: Mapping[int, int], at: datetime, *, to: str, origins: tuple[str, ...], act: str, reason: str = ""
) -> int:
    document = open_document(by, document_id)
    with transaction.atomic():
        changed = 0
        for row in lock(document, rows):
            if row.state == to:
                continue
            if row.state not in origins:
                label = row.values.get("name") or row.values.get("title")
                raise WrongStep(what=label, state=row.get_state_display(), act=act)
            before = {"state": row.state, "group_key": row.group_key}
            if row.state == State.MERGED:
                _out(row)
            row.state = to
            row.version += 1
            row.save()
            after = {"state": row.state, "group_key": row.group_key}
            action = f"extraction.{'reopened' if to == State.PENDING else to}"
            audit.record(by=by, action=action, obj=row, before=before, after=after, reason=reason, region=_region(document), at=at)
            changed += 1
    return changed


def _into(row: Extraction, key: str) -> None:
    """Put a row into another group and remember where it came from, with its own name, for the way back."""
    if row.group_key != key:
        row.values = {**row.values, "came_from": {"key": row.group_key, **{name: row.values.get(name, "") for name in GROUP_FIELDS}}}
        row.group_key = key


def _out(row: Extraction) -> None:
    """Undo a merge: the row stands for itself again, in the group that it came from."""
    row.merged_into = None
    if came_from := row.values.get("came_from"):
        row.group_key = came_from["key"]
        row.values = {name: value for name, value in row.values.items() if name != "came_from"}
        row.values.update({name: came_from[name] for name in GROUP_FIELDS if name in came_from})


def undo_group_merge(*, by: Actor, document_id: int, key: str, at: datetime) -> int:
    """Take out of a group every row that was merged into it from another group."""
    document = open_document(by, document_id)
    with transaction.atomic():
        moved = [
            row for row in document.extractions.select_for_update().filter(group_key=key).order_by("position") if "came_from" in row.values
        ]
        for row in moved:
            before = _group_state(row)
            _out(row)
            if row.state == State.MERGED:
                row.state = State.PENDING
            save_row(by=by, document=document, row=row, action="extraction.group_unmerged", before=before, at=at)
        premerge(document)
    return len(moved)


def quoted(document: PlanDocument, span: tuple[int, int]) -> str:
    start, end = span
    if not 0 <= start < end <= len(document.text):
        raise Invalid(field=_("原文位置"), why=_("%(start)s 至 %(end)s 不在文本之内") % {"start": start, "end": end})
    return document.text[start:end]


def add_row(
    *,
    by: Actor,
    document: PlanDocument,
    what: str,
    span: tuple[int, int],
    printed: dict[str, Any],
    values: dict[str, Any],
    key: str,
    at: datetime,
) -> Extraction:
    with transaction.atomic():
        lock_plan(document)
        last = document.extractions.filter(what=what).aggregate(last=Max("position"))["last"]
        row = Extraction(
            document=document,
            what=what,
            position=0 if last is None else last + 1,
            printed=printed,
            values=values,
            span_start=span[0],
            span_end=span[1],
            group_key=key,
            state=State.ACCEPTED,
        )
        save_row(by=by, document=document, row=row, action="extraction.added", before={}, at=at)
    return row


def organisation(organisation_id: int) -> Organisation:
    found = Organisation.objects.filter(pk=organisation_id, merged_into__isnull=True).first()
    if found is None:
        raise NotFound(what=_("这个单位"))
    return found


def only(changes: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if name in allowed}


def _choice(values: dict[str, Any], field: str, label: str, choices: list[str], *, blank: bool = False) -> None:
    value = str(values.get(field) or "")
    if value not in choices and not (blank and not value):
        raise Invalid(field=label, why=_("“%(value)s”不是可选的一项") % {"value": value})
    values[field] = value


def _checked_group(values: dict[str, Any]) -> dict[str, Any]:
    name = str(values.get("name") or "").strip()
    if not name:
        raise Invalid(field=_("指标名称"), why=_("不能为空"))
    if len(name) > 120:
        raise Invalid(field=_("指标名称"), why=_("有 %(count)s 个字，最多 120 个") % {"count": len(name)})
    values["name"], values["unit"] = name, str(values.get("unit") or "").strip()
    if len(values["unit"]) > 20:
        raise Invalid(field=_("计量单位"), why=_("“%(unit)s”太长，最多 20 个字") % {"unit": values["unit"]})
    _choice(values, "kind", _("类型"), Indicator.Kind.values)
    _choice(values, "direction", _("方向"), Indicator.Direction.values)
    _choice(values, "attribute", _("属性"), Indicator.Attribute.values, blank=True)
    values["composite"] = str(values.get("composite") or "").strip()[:120]
    values["scope_note"] = str(values.get("scope_note") or "").strip()[:200]
    return values


def _checked_mention(values: dict[str, Any]) -> dict[str, Any]:
    try:
        value = mentions.plain_number(values.get("value"))
    except ValueError as error:
        raise Invalid(field=_("值"), why=_("“%(value)s”不是一个数") % {"value": values.get("value")}) from error
    _choice(values, "number_state", _("数的状态"), Target.NumberState.values)
    numbered = values["number_state"] == Target.NumberState.NUMBERED
    if numbered and value is None:
        raise Invalid(field=_("值"), why=_("标为“有数”却没有填数；没有数请改选原因，系统不会把它当作零"))
    values["value"] = value if numbered else None
    try:
        values["year"] = int(values.get("year") or 0)
    except ValueError as error:
        raise Invalid(field=_("年份"), why=_("“%(year)s”不是年份") % {"year": values.get("year")}) from error
    if not 1990 <= values["year"] <= 2100:
        raise Invalid(field=_("年份"), why=_("%(year)s 不在 1990 至 2100 之间") % {"year": values["year"]})
    _choice(values, "comparator", _("比较"), Target.Comparator.values)
    _choice(values, "mention", _("性质"), list(mentions.MENTION_KINDS))
    values["commitment"] = str(values.get("commitment") or "").strip()[:20]
    return values
