"""Shared by the tests of the plan reader: invented plans and short ways to ask what was read."""

from __future__ import annotations

from pathlib import Path

from wulian.engines.planreader import Indicator, Plan, read_document, read_plan

PLANS = Path(__file__).parent / "plans"

# name part, value, unit, year, kind
Expected = tuple[str, float | None, str | None, int | None, str]


def read_file(name: str) -> Plan:
    return read_plan(read_document(PLANS / name))


def read_text(text: str) -> Plan:
    return read_plan(read_document(text.encode()))


def found(plan: Plan, expected: Expected) -> list[Indicator]:
    name, value, unit, year, kind = expected
    return [
        item
        for item in plan.indicators
        if name in item.name and item.value == value and item.unit == unit and item.year == year and item.kind == kind
    ]


def missing(plan: Plan, expected: list[Expected]) -> list[Expected]:
    return [line for line in expected if not found(plan, line)]


def one(plan: Plan, name: str) -> Indicator:
    items = [item for item in plan.indicators if name in item.name]
    assert len(items) == 1, [item.name for item in plan.indicators]
    return items[0]
