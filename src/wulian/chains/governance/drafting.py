"""What publishing a reviewed plan would write: one computation for the preview, for the check and for the act itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from wulian.foundation.catalogue import metrics

from . import mentions
from .models import Extraction, Indicator, Plan, PlanDocument, PlanTask, Target

State = Extraction.State
# Comparator of a target -> the sign before its number in a table.
SIGNS = {">=": "≥", ">": ">", "<=": "≤", "increase": "+"}


@dataclass(frozen=True, slots=True)
class Issue:
    """Something to know before publishing. `rows`: ids of the extractions concerned."""

    code: str
    text: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftValue:
    """One value of an indicator: a target of a year, or (role empty) an achieved value that the text prints."""

    year: int
    role: str
    tier: str
    value: Decimal | None
    number_state: str
    comparator: str
    commitment: str
    raw: str
    span: tuple[int, int] | None
    extraction_id: int

    @property
    def sign(self) -> str:
        return SIGNS.get(self.comparator, "")


@dataclass(slots=True)
class DraftIndicator:
    """An indicator to be written, gathered from the accepted mentions of one group."""

    key: str
    position: int
    name: str
    unit: str
    kind: str
    direction: str
    attribute: str
    composite: str
    scope_note: str
    owner_id: int | None
    owner_name: str
    metric: str
    indicator_id: int | None
    targets: list[DraftValue] = field(default_factory=list)
    observations: list[DraftValue] = field(default_factory=list)
    outside: list[DraftValue] = field(default_factory=list)
    extraction_ids: list[int] = field(default_factory=list)

    @property
    def metric_name(self) -> str:
        found = metrics.find(self.metric) if self.metric else None
        return str(found.name) if found else self.metric

    @property
    def falls_by_design(self) -> bool:
        """The final target lies below the baseline although more is better: the plan means it so, and status must know."""
        if self.direction == Indicator.Direction.DOWN or self.kind in (Indicator.Kind.RANK, Indicator.Kind.CUMULATIVE):
            return False
        numbered = [one for one in self.targets if one.value is not None and one.tier == Target.Tier.MAIN]
        base = [one.value for one in numbered if one.role == Target.Role.BASELINE]
        final = [one.value for one in numbered if one.role == Target.Role.FINAL]
        return bool(base and final and final[-1] < base[-1])  # type: ignore[operator]  # both are numbered


@dataclass(slots=True)
class DraftTask:
    """A task to be written."""

    extraction_id: int
    task_id: int | None
    position: int
    number: str
    title: str
    section: str
    level: int
    units_printed: str
    units: list[dict[str, Any]]
    span: tuple[int | None, int | None]

    is_branch: bool = False  # a heading with tasks below it

    @property
    def has_lead(self) -> bool:
        return any(unit["role"] == "lead" for unit in self.units)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something published earlier whose extractions are no longer accepted. `kept_because` says why it stays all the same."""

    pk: int
    name: str
    kept_because: str


@dataclass(slots=True)
class Draft:
    """Everything that publishing would do. `blocking` must be empty; `missing` is only told."""

    indicators: list[DraftIndicator] = field(default_factory=list)
    tasks: list[DraftTask] = field(default_factory=list)
    dropped_indicators: list[Dropped] = field(default_factory=list)
    dropped_tasks: list[Dropped] = field(default_factory=list)
    blocking: list[Issue] = field(default_factory=list)
    missing: list[Issue] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def draft_of(plan: Plan, document: PlanDocument | None) -> Draft:
    """What publishing `plan` would write. A plan without a document (entered by hand) only changes its state."""
    draft = Draft()
    if document is None:
        return draft
    if document.state != PlanDocument.State.READ:
        draft.blocking.append(Issue("not_read", _("文本还没有读完（%(state)s）") % {"state": document.get_state_display()}))
        return draft
    if not document.confirmed:
        draft.blocking.append(Issue("details", _("规划名称、区域、年份还没有确认")))
    rows = list(document.extractions.select_related("owner").order_by("what", "position"))
    indicator_rows = [row for row in rows if row.what == Extraction.What.INDICATOR]
    task_rows = [row for row in rows if row.what == Extraction.What.TASK]
    draft.counts = {
        f"{what}_{state}": sum(1 for row in these if row.state == state)
        for what, these in (("indicator", indicator_rows), ("task", task_rows))
        for state in State.values
    }
    _gather_indicators(plan, draft, indicator_rows)
    draft.tasks = [_task(row) for row in task_rows if row.state == State.ACCEPTED]
    for one, following in pairwise(draft.tasks):
        one.is_branch = following.level > one.level
    _find_dropped(plan, draft, rows)
    _find_missing(draft)
    if not draft.indicators and not draft.tasks:
        draft.blocking.append(Issue("nothing", _("还没有采用任何指标或任务")))
    return draft


def _gather_indicators(plan: Plan, draft: Draft, rows: list[Extraction]) -> None:
    groups: dict[str, list[Extraction]] = {}
    for row in rows:
        if row.state == State.ACCEPTED:
            groups.setdefault(row.group_key, []).append(row)
    used: set[int] = set()
    for position, (key, members) in enumerate(groups.items(), start=1):
        ranked = sorted(members, key=lambda row: mentions.rank(mentions.mention_of(row)))
        item = _indicator(key, position, ranked[0], members, used)
        for first, other in mentions.disagreements([mentions.mention_of(row) for row in members]):
            told = {"name": item.name, "year": first.year, "one": _shown(first.value), "other": _shown(other.value)}
            text = _("“%(name)s”%(year)s 年有两个值：%(one)s 与 %(other)s") % told
            draft.blocking.append(Issue("values", text, (first.pk, other.pk)))
        for row in ranked:
            _place(plan, item, row, mentions.mention_of(row))
        if item.outside:
            text = _("“%(name)s”有规划期以外年份的目标，不写入") % {"name": item.name}
            draft.missing.append(Issue("outside", text, tuple(one.extraction_id for one in item.outside)))
        merged = [row.pk for row in rows if row.state == State.MERGED and row.merged_into_id in item.extraction_ids]
        item.extraction_ids.extend(merged)
        draft.indicators.append(item)


def _indicator(key: str, position: int, head: Extraction, members: list[Extraction], used: set[int]) -> DraftIndicator:
    values = head.values
    linked = next((row.indicator_id for row in members if row.indicator_id is not None and row.indicator_id not in used), None)
    if linked is not None:
        used.add(linked)
    owner = next((row.owner for row in [head, *members] if row.owner is not None), None)
    return DraftIndicator(
        key=key,
        position=position,
        name=values["name"],
        unit=values["unit"],
        kind=values["kind"],
        direction=values["direction"],
        attribute=values["attribute"],
        composite=values.get("composite", ""),
        scope_note=values.get("scope_note", ""),
        owner_id=owner.pk if owner else None,
        owner_name=owner.name if owner else "",
        metric=next((row.metric for row in [head, *members] if row.metric), ""),
        indicator_id=linked,
        extraction_ids=[row.pk for row in members],
    )


def _place(plan: Plan, item: DraftIndicator, row: Extraction, mention: mentions.Mention) -> None:
    """Put one accepted mention where it belongs: target, achieved value, or outside the period."""
    role = _role(plan, row.values["mention"], mention.year)
    value = DraftValue(
        year=mention.year,
        role=role,
        tier=_tier(item, role, mention),
        value=mention.value,
        number_state=mention.state,
        comparator=mention.comparator,
        commitment=mention.commitment,
        raw=str(row.printed.get("raw") or "")[:300],
        span=(row.span_start, row.span_end) if row.span_start is not None and row.span_end is not None else None,
        extraction_id=row.pk,
    )
    if not role:
        item.observations.append(value)
    elif role != Target.Role.BASELINE and not plan.first_year <= mention.year <= plan.last_year:
        item.outside.append(value)
    elif any((one.year, one.role, one.tier) == (value.year, value.role, value.tier) for one in item.targets):
        return  # a disagreement, already listed as blocking
    else:
        item.targets.append(value)


def _role(plan: Plan, mention_kind: str, year: int) -> str:
    """Baseline, milestone or final target; empty for an achieved value, which becomes an observation."""
    if mention_kind == "actual":
        return ""
    if mention_kind == "baseline" or (mention_kind == "annual_target" and (year < plan.first_year or year == plan.base_year)):
        return Target.Role.BASELINE
    return Target.Role.FINAL if year == plan.last_year else Target.Role.MILESTONE


def _tier(item: DraftIndicator, role: str, mention: mentions.Mention) -> str:
    """The second value of one year is the upper end of a range or the level that is only striven for."""
    if not any(one.year == mention.year and one.role == role for one in item.targets):
        return Target.Tier.MAIN
    first = next(one for one in item.targets if one.year == mention.year and one.role == role)
    if mention.commitment in ("力争", "争取") and first.commitment != mention.commitment:
        return Target.Tier.STRETCH
    return Target.Tier.UPPER if mention.comparator == Target.Comparator.AT_MOST and mention.value != first.value else Target.Tier.MAIN


def _task(row: Extraction) -> DraftTask:
    values = row.values
    return DraftTask(
        extraction_id=row.pk,
        task_id=row.task_id,
        position=row.position + 1,
        number=values["number"],
        title=values["title"],
        section=values["section"],
        level=values["level"],
        units_printed=values["units_printed"],
        units=values["units"],
        span=(row.span_start, row.span_end),
    )


def _find_dropped(plan: Plan, draft: Draft, rows: list[Extraction]) -> None:
    written = {one.indicator_id for one in draft.indicators}
    linked = {row.indicator_id for row in rows if row.indicator_id is not None} - written
    counted = Indicator.objects.filter(plan=plan, pk__in=linked).annotate(
        told=Count("observations", filter=~Q(observations__origin="printed"), distinct=True),
        reported=Count("reports", distinct=True),
    )
    for indicator in counted.order_by("position", "id"):
        used = indicator.told + indicator.reported
        why = _("已有 %(count)s 条填报或计算的数据") % {"count": used} if used else ""
        draft.dropped_indicators.append(Dropped(indicator.pk, indicator.name, why))
    tasks = {row.task_id for row in rows if row.task_id is not None} - {one.task_id for one in draft.tasks}
    for task in PlanTask.objects.filter(plan=plan, pk__in=tasks).annotate(reported=Count("reports")).order_by("position", "id"):
        why = _("已有 %(count)s 条填报") % {"count": task.reported} if task.reported else ""
        draft.dropped_tasks.append(Dropped(task.pk, str(task), why))


def _find_missing(draft: Draft) -> None:
    without_owner = [one for one in draft.indicators if one.owner_id is None]
    without_metric = [one for one in draft.indicators if not one.metric]
    without_target = [one for one in draft.indicators if not one.targets]
    without_units = [one for one in draft.tasks if not one.units and not one.is_branch]
    without_lead = [one for one in draft.tasks if one.units and not one.has_lead and not one.is_branch]
    unknown = [one for one in draft.tasks for unit in one.units if unit["organisation"] is None and not unit["unit_class"]]
    pending = draft.counts["indicator_pending"] + draft.counts["task_pending"]
    told = (
        ("pending", len(draft.counts) and pending, _("%(count)s 条摘录还没有核，不写入；以后可以退回校核再补")),
        ("owner", len(without_owner), _("%(count)s 项指标没有责任单位，调度时不会催报")),
        ("metric", len(without_metric), _("%(count)s 项指标没有绑定口径，只能靠填报")),
        ("target", len(without_target), _("%(count)s 项指标没有目标值，只有已实现的数")),
        ("lead", len(without_lead), _("%(count)s 项任务没有牵头单位，发布后请指定")),
        ("units", len(without_units), _("%(count)s 项任务原文未列责任单位，发布后可以指定")),
        ("unit", len(unknown), _("%(count)s 处责任单位没有对应到机构，相关单位看不到这项任务")),
    )
    draft.missing.extend(Issue(code, text % {"count": count}) for code, count, text in told if count)


def _shown(value: Decimal | None) -> str:
    return _("没有数") if value is None else format(value.normalize(), "f")
