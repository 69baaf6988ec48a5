"""Writing the five plans through the services of governance."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from wulian.chains.governance.models import Indicator, Plan
from wulian.chains.governance.services.chains import link_indicators
from wulian.chains.governance.services.indicators import add_indicator
from wulian.chains.governance.services.observations import record_printed
from wulian.chains.governance.services.plans import create_plan, publish_plan
from wulian.chains.governance.services.targets import set_target
from wulian.chains.governance.services.tasks import UnitOfTask, add_task
from wulian.directory.models import Organisation, Region
from wulian.foundation.access import Actor
from wulian.kernel.names import name_key

from .planfiles import IndicatorLine, PlanFile, TaskLine, Unit, plan_files, units


class UnitFinder:
    """Which organisation a name printed in a plan stands for: the plan's own region first, then the regions above."""

    def __init__(self) -> None:
        rows = Organisation.objects.filter(name_key__in=[name_key(unit.name) for unit in units()])
        ids = dict(rows.values_list("name_key", "pk"))
        self.parents = dict(Region.objects.values_list("code", "parent_id"))
        self.by_name: dict[tuple[str, str], int] = {}
        for unit in units():
            for name in names_of(unit):
                self.by_name[unit.region, name] = ids[name_key(unit.name)]

    def find(self, name: str, region: str | None) -> int | None:
        """The organisation's id; None for a class name (各区人民政府) or when no name is given."""
        while name and region:
            if (region, name) in self.by_name:
                return self.by_name[region, name]
            region = self.parents.get(region)
        return None


def names_of(unit: Unit) -> tuple[str, ...]:
    return (unit.name, unit.short, *unit.printed)


def write_plans(*, by: Actor, at: datetime) -> list[Plan]:
    """The plans that are not there yet, published; parents first. Returns all five, in that order."""
    finder = UnitFinder()
    plans: dict[str, Plan] = {}
    chains: dict[str, list[int]] = defaultdict(list)
    for file in plan_files():
        plan = Plan.objects.filter(title=file.title, region_id=file.region, is_synthetic=True).first()
        plans[file.key] = plan or write_plan(file, plans, chains, finder, by=by, at=at)
    for name, ids in chains.items():
        link_indicators(by=by, at=at, indicator_ids=ids, name=name)
    return list(plans.values())


def write_plan(
    file: PlanFile, plans: dict[str, Plan], chains: dict[str, list[int]], finder: UnitFinder, *, by: Actor, at: datetime
) -> Plan:
    plan = create_plan(
        by=by,
        at=at,
        title=file.title,
        short_title=file.short_title,
        region=file.region,
        first_year=file.first_year,
        last_year=file.last_year,
        base_year=file.base_year,
        document_number=file.document_number,
        issuer=file.issuer,
        issued_on=file.issued_on,
        parent_id=plans[file.parent].pk if file.parent else None,
        predecessor_id=plans[file.predecessor].pk if file.predecessor else None,
        is_synthetic=True,
    )
    for line in file.indicators:
        whole = write_indicator(line, plan, chains, finder, None, by=by, at=at)
        for part in line.components:
            write_indicator(part, plan, chains, finder, whole, by=by, at=at)
    for task in file.tasks:
        write_task(task, plan, finder, None, by=by, at=at)
    return publish_plan(by=by, at=at, plan_id=plan.pk)


def write_indicator(
    line: IndicatorLine, plan: Plan, chains: dict[str, list[int]], finder: UnitFinder, whole: Indicator | None, *, by: Actor, at: datetime
) -> Indicator:
    indicator = add_indicator(
        by=by,
        at=at,
        plan_id=plan.pk,
        name=line.name,
        unit=line.unit,
        kind=line.kind,
        attribute=line.attribute,
        falls_by_design=line.falls_by_design,
        scope_note=line.scope_note,
        group=line.group,
        owner_id=finder.find(line.owner, plan.region_id),
        composite_id=whole.pk if whole else None,
        metric=line.metric,
        metric_factor=line.factor,
    )
    for target in line.targets:
        set_target(
            by=by,
            at=at,
            indicator_id=indicator.pk,
            year=target.year,
            role=target.role,
            value=target.value,
            number_state=target.number_state,
            comparator=target.comparator,
            tier=target.tier,
            commitment=target.commitment,
        )
    for printed in line.printed:
        record_printed(by=by, at=at, indicator_id=indicator.pk, as_of=printed.as_of, value=printed.value, note=printed.note)
    if line.chain:
        chains[line.chain].append(indicator.pk)
    return indicator


def write_task(line: TaskLine, plan: Plan, finder: UnitFinder, parent_id: int | None, *, by: Actor, at: datetime) -> None:
    named = [UnitOfTask(name, "lead", finder.find(name, plan.region_id)) for name in line.lead]
    named += [UnitOfTask(name, "participant", finder.find(name, plan.region_id)) for name in line.participants]
    task = add_task(
        by=by,
        at=at,
        plan_id=plan.pk,
        title=line.title,
        number=line.number,
        section=line.section,
        level=line.level,
        parent_id=parent_id,
        units=named,
    )
    for child in line.children:
        write_task(child, plan, finder, task.pk, by=by, at=at)
