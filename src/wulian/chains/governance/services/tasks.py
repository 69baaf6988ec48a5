"""Acts on the tasks of a plan: enter, correct, say who leads, expand class names into concrete units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from wulian.directory.models import Organisation
from wulian.foundation import audit
from wulian.foundation.access import Actor
from wulian.kernel.errors import Invalid, NotFound

from ..access import require_edit
from ..models import Plan, PlanTask, TaskUnit
from ..units import class_members, class_of
from ..work_errors import WrongStep
from .editing import changed_fields, locked, require_version
from .indicators import require_open

Role = TaskUnit.Role
FIELDS = ("number", "title", "section", "level", "text", "units_printed", "position", "parent_id", "span_start", "span_end")


@dataclass(frozen=True, slots=True)
class UnitOfTask:
    """A responsible unit as entered: the printed name and the organisation it stands for, if known."""

    name: str
    role: str
    organisation_id: int | None = None


@transaction.atomic
def add_task(*, by: Actor, at: datetime, plan_id: int, title: str, units: Sequence[UnitOfTask] = (), **values: Any) -> PlanTask:
    """Enter a task with its units. `values`: any of FIELDS; `position` defaults to the end.

    Raises: Denied, NotFound, PlanState (closed), Invalid.
    """
    plan = locked(Plan, plan_id)
    require_edit(by, plan, _("添加任务"))
    require_open(plan, _("添加任务"))
    _require_title(title)
    if unknown := values.keys() - set(FIELDS):
        raise TypeError(f"not fields of a task: {sorted(unknown)}")
    if values.get("position") is None:
        values["position"] = (plan.tasks.aggregate(last=Max("position"))["last"] or 0) + 1
    task = PlanTask(plan=plan, title=title.strip(), **values)
    task.save()
    _write_units(task, units)
    after = {**audit.state_of(task, *FIELDS), "units": _units_state(task)}
    audit.record(by=by, action="task.added", obj=task, after=after, region=str(plan.region_id), at=at)
    return task


@transaction.atomic
def edit_task(
    *, by: Actor, at: datetime, task_id: int, version: int | None = None, units: Sequence[UnitOfTask] | None = None, **values: Any
) -> PlanTask:
    """Correct a task; with `units` also its responsible units (those assigned later by an officer stay).

    Raises: Denied, NotFound, Conflict, PlanState (closed), Invalid.
    """
    if unknown := values.keys() - set(FIELDS):
        raise TypeError(f"not fields of a task: {sorted(unknown)}")
    task = locked(PlanTask, task_id, related=("plan",))
    require_edit(by, task.plan, _("修改任务"))
    require_version(task, version, what=f"“{task}”")
    require_open(task.plan, _("修改任务"))
    if "title" in values:
        _require_title(values["title"])
    before = {**audit.state_of(task, *FIELDS), "units": _units_state(task)}
    for name, value in changed_fields(task, values).items():
        setattr(task, name, value)
    if units is not None:
        _write_units(task, units)
    after = {**audit.state_of(task, *FIELDS), "units": _units_state(task)}
    if after != before:
        task.version += 1
        task.save()
        audit.record(by=by, action="task.edited", obj=task, before=before, after=after, region=str(task.plan.region_id), at=at)
    return task


@transaction.atomic
def assign_unit(
    *, by: Actor, at: datetime, task_id: int, organisation_id: int, role: str, version: int | None = None, reason: str = ""
) -> TaskUnit:
    """Make a unit responsible that the plan does not name (assigned_later), or make a participant the lead.

    The printed roles stay as they are: an assigned lead is a row of its own, marked as assigned later.
    Raises: Denied, NotFound, Conflict, PlanState (closed), WrongStep (already so).
    """
    task = locked(PlanTask, task_id, related=("plan",))
    require_edit(by, task.plan, _("指定责任单位"))
    require_version(task, version, what=f"“{task}”")
    require_open(task.plan, _("指定责任单位"))
    _require_role(role)
    unit = _organisation(organisation_id)
    if task.units.filter(organisation=unit, role=role).exists():
        raise WrongStep(what=unit.name, state=Role(role).label, act=_("再指定一次"))
    row = TaskUnit.objects.create(
        task=task,
        name_printed=unit.name[:120],
        role=role,
        organisation=unit,
        assigned_later=True,
        position=(task.units.aggregate(last=Max("position"))["last"] or 0) + 1,
    )
    task.version += 1
    task.save(update_fields=["version"])
    after = {"unit": unit, "role": role}
    audit.record(by=by, action="task.unit_assigned", obj=task, after=after, reason=reason, region=str(task.plan.region_id), at=at)
    return row


@transaction.atomic
def withdraw_unit(*, by: Actor, at: datetime, task_unit_id: int, reason: str) -> None:
    """Take back a unit that was assigned later; what the plan prints cannot be taken back.

    Raises: Denied, NotFound, PlanState (closed), WrongStep (it is printed), Invalid (no reason).
    """
    row = locked(TaskUnit, task_unit_id, related=("task__plan",))
    task = locked(PlanTask, row.task_id, related=("plan",))
    require_edit(by, task.plan, _("撤回责任单位"))
    require_open(task.plan, _("撤回责任单位"))
    if not row.assigned_later:
        raise WrongStep(what=row.name_printed, state=_("规划原文所列"), act=_("撤回"))
    if not reason.strip():
        raise Invalid(field=_("理由"), why=_("不能为空"))
    before = {"unit": row.name_printed, "role": row.role}
    row.delete()
    task.version += 1
    task.save(update_fields=["version"])
    audit.record(by=by, action="task.unit_withdrawn", obj=task, before=before, reason=reason, region=str(task.plan.region_id), at=at)


@transaction.atomic
def match_unit(*, by: Actor, at: datetime, task_unit_id: int, organisation_id: int | None) -> TaskUnit:
    """Say which organisation a printed name stands for; the printed name stays. Holds for the same name in the whole plan.

    Raises: Denied, NotFound, PlanState (closed).
    """
    row = locked(TaskUnit, task_unit_id, related=("task__plan",))
    plan = row.task.plan
    require_edit(by, plan, _("对应责任单位"))
    require_open(plan, _("对应责任单位"))
    unit = _organisation(organisation_id) if organisation_id else None
    same = TaskUnit.objects.filter(task__plan=plan, name_printed=row.name_printed, unit_class="", assigned_later=False)
    for one in same.select_for_update().order_by("pk"):
        before = {"name": one.name_printed, "organisation": one.organisation_id}
        one.organisation = unit
        one.save(update_fields=["organisation"])
        after = {"name": one.name_printed, "organisation": one.organisation_id}
        audit.record(by=by, action="task.unit_matched", obj=one.task, before=before, after=after, region=str(plan.region_id), at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def expand_class(*, by: Actor, at: datetime, task_unit_id: int, organisation_ids: Iterable[int] | None = None) -> list[TaskUnit]:
    """Write the concrete units of a class name (各区人民政府) as responsible units of the task, in the same role.

    `organisation_ids`: those concerned; None means all that the class stands for today. The class name stays as printed.
    Raises: Denied, NotFound, PlanState (closed), WrongStep (not a class), Invalid (an id outside the class).
    """
    row = locked(TaskUnit, task_unit_id, related=("task__plan__region",))
    task = locked(PlanTask, row.task_id, related=("plan__region",))
    plan = task.plan
    require_edit(by, plan, _("展开责任单位"))
    require_open(plan, _("展开责任单位"))
    if not row.unit_class:
        raise WrongStep(what=row.name_printed, state=_("一个单位"), act=_("展开"))
    members = {unit.pk: unit for unit in class_members(row.unit_class, plan.region)}
    wanted = list(members) if organisation_ids is None else list(dict.fromkeys(organisation_ids))
    if outside := [pk for pk in wanted if pk not in members]:
        raise Invalid(field=row.name_printed, why=_("编号 %(ids)s 不在其中") % {"ids": outside})
    present = set(task.units.filter(role=row.role, organisation__isnull=False).values_list("organisation_id", flat=True))
    added = TaskUnit.objects.bulk_create(
        TaskUnit(
            task=task,
            name_printed=members[pk].name[:120],
            role=row.role,
            position=row.position,
            organisation=members[pk],
            assigned_later=True,
        )
        for pk in wanted
        if pk not in present
    )
    if added:
        task.version += 1
        task.save(update_fields=["version"])
        after = {"class": row.name_printed, "units": [one.name_printed for one in added]}
        audit.record(by=by, action="task.class_expanded", obj=task, after=after, region=str(plan.region_id), at=at)
    return list(added)


@transaction.atomic
def remove_task(*, by: Actor, at: datetime, task_id: int) -> None:
    """Remove from a draft. Raises: Denied, NotFound, WrongStep (the plan is published, or units have reported on it)."""
    task = locked(PlanTask, task_id, related=("plan",))
    plan = task.plan
    require_edit(by, plan, _("删除任务"))
    if plan.state != Plan.State.DRAFT:
        raise WrongStep(what=plan, state=plan.get_state_display(), act=_("删除任务"))
    before = {**audit.state_of(task, *FIELDS), "units": _units_state(task)}
    audit.record(by=by, action="task.removed", obj=task, before=before, region=str(plan.region_id), at=at)
    task.delete()


def _write_units(task: PlanTask, units: Sequence[UnitOfTask]) -> None:
    """Bring the printed units of a task to `units`. Rows are updated in place, so what hangs on them stays."""
    present = {(row.name_printed, row.role): row for row in task.units.filter(assigned_later=False)}
    for position, unit in enumerate({(one.name[:120], one.role): one for one in units}.values()):
        _require_role(unit.role)
        if unit.organisation_id is not None:
            _organisation(unit.organisation_id)
        row = present.pop((unit.name[:120], unit.role), None) or TaskUnit(task=task, name_printed=unit.name[:120], role=unit.role)
        row.position, row.organisation_id, row.unit_class = position, unit.organisation_id, class_of(unit.name)
        row.save()
    for row in present.values():
        row.delete()


def _units_state(task: PlanTask) -> list[dict[str, Any]]:
    if task.pk is None:
        return []
    rows = task.units.order_by("role", "position", "id").values("name_printed", "role", "organisation_id", "unit_class")
    return [dict(row) for row in rows]


def _require_title(title: str) -> None:
    if not title.strip():
        raise Invalid(field=_("任务标题"), why=_("不能为空"))


def _require_role(role: str) -> None:
    if role not in Role.values:
        raise Invalid(field=_("分工"), why=_("“%(role)s”既不是牵头也不是配合") % {"role": role})


def _organisation(organisation_id: int) -> Organisation:
    found = Organisation.objects.filter(pk=organisation_id, merged_into__isnull=True).first()
    if found is None:
        raise NotFound(what=_("这个单位"))
    return found
