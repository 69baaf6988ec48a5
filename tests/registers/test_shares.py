"""A share broken down: each value against its own base, not against the whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from wulian.demo.entries import Maker
from wulian.foundation.access import Actor
from wulian.registers.catalogue import get_adopted
from wulian.registers.selectors.counters import counters_of

ON = date(2026, 12, 31)


def lead(chain: str, landed: bool) -> dict[str, Any]:
    steps = [
        {"do": "talk", "on": "2026-03-01"},
        {"do": "land", "on": "2026-06-01", "set": {"signed_on": "2026-05-01", "landed_on": "2026-06-01"}},
    ]
    return {"values": {"found_on": "2026-02-01", "chain": chain}, "path": steps if landed else steps[:1]}


def test_conversion_is_shown_for_each_chain(adopted_all: None, system: Actor) -> None:
    adopted = get_adopted("investment_leads")
    Maker(by=system, fill=True).entries(
        "investment_leads", [lead("bio", True), lead("bio", False), lead("bio", False), lead("new_energy", True), lead("equipment", False)]
    )
    view = next(one for one in counters_of(viewer=system, adopted=adopted, region="120000", on=ON) if one.counter.code == "lead_conversion")
    assert view.value.value == 40
    by_chain = next(part for part in view.parts if part.field == "chain")
    assert [(value, number) for value, _label, number in by_chain.rows] == [
        ("new_energy", Decimal(100)), ("bio", Decimal("33.33")), ("equipment", Decimal(0)),
    ]  # fmt: skip
