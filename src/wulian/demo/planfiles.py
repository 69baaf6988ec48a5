"""The plans of the demonstration as facts: reading plans/*.yaml and units.yaml. Pure; no Django.

A target is written as in the plan: 102, ">=2.2" (以上, 不低于), ">2600" (突破, 超过), "+5" (新增), "<=12" (前十二),
"800..1000" (a range), or a word for a target without a number: assigned, masked, qualitative, blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
COMPARATORS = {"": "=", ">=": ">=", ">": ">", "<=": "<=", "+": "increase"}
WITHOUT_NUMBER = frozenset({"assigned", "masked", "qualitative", "blank"})
_TARGET = re.compile(r"^(>=|<=|>|\+)?(-?\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?$")


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target. `role`: baseline, milestone or final; `tier`: main, stretch (力争) or upper (end of a range)."""

    year: int
    role: str
    value: Decimal | None
    comparator: str = "="
    number_state: str = "numbered"
    tier: str = "main"
    commitment: str = ""


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """An achieved value that the plan itself prints."""

    as_of: date
    value: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    name: str
    unit: str
    kind: str
    group: str
    attribute: str
    chain: str
    metric: str
    factor: Decimal
    owner: str
    scope_note: str
    falls_by_design: bool
    targets: tuple[TargetLine, ...]
    printed: tuple[PrintedValue, ...]
    components: tuple[IndicatorLine, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskLine:
    number: str
    title: str
    section: str
    level: int
    lead: tuple[str, ...]
    participants: tuple[str, ...]
    children: tuple[TaskLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanFile:
    key: str
    title: str
    short_title: str
    region: str
    first_year: int
    last_year: int
    document_number: str
    issuer: str
    issued_on: date | None
    base_year: int | None
    parent: str
    predecessor: str
    indicators: tuple[IndicatorLine, ...]
    tasks: tuple[TaskLine, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A responsible unit. `printed`: how plans of its region write it; `aliases`: other names that people use."""

    name: str
    short: str
    region: str
    printed: tuple[str, ...] = field(default=())
    aliases: tuple[str, ...] = field(default=())


def read_target(year: int, written: Any, role: str, commitment: str = "") -> Iterator[TargetLine]:
    """The target lines of one written target (two for a range)."""
    text = str(written)
    if text in WITHOUT_NUMBER:
        yield TargetLine(year, role, None, number_state=text, commitment=commitment)
        return
    match = _TARGET.match(text)
    if match is None:
        raise ValueError(f"not a target: {text}")
    comparator, number, upper = match.groups()
    if upper:
        yield TargetLine(year, role, Decimal(number), ">=", commitment=commitment)
        yield TargetLine(year, role, Decimal(upper), "<=", tier="upper", commitment=commitment)
    else:
        yield TargetLine(year, role, Decimal(number), COMPARATORS[comparator or ""], commitment=commitment)


def read_indicator(row: dict[str, Any], plan: dict[str, Any], parent: IndicatorLine | None = None) -> IndicatorLine:
    """One indicator; a component takes unit, kind, group, attribute and owner from its composite unless it says otherwise."""

    def get(key: str, default: Any = "") -> Any:
        inherited = getattr(parent, key) if parent and key in {"unit", "kind", "group", "attribute", "owner"} else default
        return row.get(key, inherited)

    targets: list[TargetLine] = []
    for year, written in row.get("baseline", {}).items():
        targets.extend(read_target(year, written, "baseline"))
    for year, written in row.get("targets", {}).items():
        years = range(plan["first_year"], year + 1) if row.get("yearly") else (year,)
        for one in years:
            targets.extend(read_target(one, written, "final" if one == plan["last_year"] else "milestone", row.get("commitment", "")))
    for year, written in row.get("stretch", {}).items():
        targets.extend(
            TargetLine(year, line.role, line.value, line.comparator, tier="stretch", commitment="力争")
            for line in read_target(year, written, "final" if year == plan["last_year"] else "milestone")
        )
    line = IndicatorLine(
        name=row["name"],
        unit=get("unit"),
        kind=get("kind", "level"),
        group=get("group"),
        attribute=get("attribute"),
        chain=row.get("chain", ""),
        metric=row.get("metric", ""),
        factor=Decimal(str(row.get("factor", 1))),
        owner=get("owner"),
        scope_note=row.get("scope_note", ""),
        falls_by_design=row.get("falls_by_design", False),
        targets=tuple(targets),
        printed=tuple(PrintedValue(one["as_of"], Decimal(str(one["value"])), one.get("note", "")) for one in row.get("printed", ())),
    )
    components = tuple(read_indicator(part, plan, line) for part in row.get("components", ()))
    return IndicatorLine(**{name: getattr(line, name) for name in line.__dataclass_fields__} | {"components": components})


def read_task(row: dict[str, Any], level: int = 1, section: str = "") -> TaskLine:
    heading = f"{row.get('number', '')} {row['title']}".strip()
    return TaskLine(
        number=row.get("number", ""),
        title=row["title"],
        section=row.get("section", section),
        level=level,
        lead=tuple(row.get("lead", ())),
        participants=tuple(row.get("participants", ())),
        children=tuple(read_task(child, level + 1, heading) for child in row.get("children", ())),
    )


def read_plan(path: Path) -> PlanFile:
    row = yaml.safe_load(path.read_text(encoding="utf-8"))
    return PlanFile(
        key=row["key"],
        title=row["title"],
        short_title=row["short_title"],
        region=row["region"],
        first_year=row["first_year"],
        last_year=row["last_year"],
        document_number=row.get("document_number", ""),
        issuer=row.get("issuer", ""),
        issued_on=row.get("issued_on"),
        base_year=row.get("base_year"),
        parent=row.get("parent", ""),
        predecessor=row.get("predecessor", ""),
        indicators=tuple(read_indicator(one, row) for one in row["indicators"]),
        tasks=tuple(read_task(one) for one in row["tasks"]),
    )


@cache
def plan_files() -> tuple[PlanFile, ...]:
    """All plans, each after the plans that it names as parent or predecessor."""
    waiting = {plan.key: plan for plan in (read_plan(path) for path in sorted((FOLDER / "plans").glob("*.yaml")))}
    ordered: list[PlanFile] = []
    while waiting:
        ready = [plan for plan in waiting.values() if plan.parent not in waiting and plan.predecessor not in waiting]
        if not ready:
            raise ValueError(f"plans name each other in a circle: {sorted(waiting)}")
        for plan in ready:
            ordered.append(waiting.pop(plan.key))
    return tuple(ordered)


@cache
def units() -> tuple[Unit, ...]:
    rows = yaml.safe_load((FOLDER / "units.yaml").read_text(encoding="utf-8"))
    return tuple(
        Unit(row["name"], row["short"], row["region"], tuple(row.get("printed", ())), tuple(row.get("aliases", ()))) for row in rows
    )
