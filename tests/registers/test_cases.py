"""Every shipped register's counters and rules against hand-worked cases (tests/registers/cases)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from wulian.demo.entries import UnknownReference, read_file
from wulian.engines.registers import shipped_files
from wulian.foundation.access import Actor
from wulian.foundation.catalogue.metrics import Part, scope_of
from wulian.kernel.problems import Problem
from wulian.registers.catalogue import get_adopted
from wulian.registers.errors import EntryRefused
from wulian.registers.metrics import metric_of
from wulian.registers.selectors.counting import breakdown, counted_entries, measure, standing

from .making import CaseMaker

FOLDER = Path(__file__).resolve().parent / "cases"
FILES = sorted(FOLDER.glob("*.yaml"))
CASES = [(path.stem, case) for path in FILES for case in read_file(path).get("cases", ())]
REFUSALS = [(path.stem, refusal) for path in FILES for refusal in read_file(path).get("refusals", ())]


def name_of(value: Any) -> str:
    return value if isinstance(value, str) else str(value.get("name", ""))[:60]


@pytest.mark.parametrize(("register", "case"), CASES, ids=name_of)
def test_counters_count_what_they_say(register: str, case: dict[str, Any], adopted_all: None, system: Actor) -> None:
    adopted = get_adopted(register)
    maker = CaseMaker(by=system)
    for other, listed in case.get("others", {}).items():
        maker.entries(other, listed)
    maker.entries(register, case.get("entries", []))
    on = case["on"] if isinstance(case["on"], date) else date.fromisoformat(str(case["on"]))
    for code, wanted in case["expect"].items():
        counter = next((item for item in adopted.definition.counters if item.code == code), None)
        assert counter is not None, f"{register} has no counter {code}"
        entries = counted_entries(adopted, counter, None, on)
        value, _number = measure(adopted, counter, entries)
        if counter.how == "share":
            below, _number = measure(adopted, counter, counted_entries(adopted, counter, None, on, base=True))
            value = value * 100 / below if value is not None and below else None
        expected = wanted if isinstance(wanted, dict) else {"value": wanted}
        if "value" in expected:
            right = None if expected["value"] is None else Decimal(str(expected["value"]))
            assert value == right, f"{code}: {value} instead of {right}"
        if "band" in expected:
            assert standing(counter, value) == expected["band"], code
        for field, parts in expected.get("by", {}).items():
            assert {str(key): number for key, number in breakdown(adopted, counter, entries, field)} == {
                str(key): Decimal(str(number)) for key, number in parts.items()
            }, code
        for part in metric_of(adopted, counter).parts:
            _counted_at_once_as_one_by_one(part, on, code)


def _counted_at_once_as_one_by_one(part: Part, on: date, code: str) -> None:
    """The districts of a list, where they can be counted at once."""
    if part.tally is None:
        return
    cube = list(part.tally(scope_of("120000", on), lambda records: records, ["state"]))
    for region in ("120106", "120104"):
        found = part.records(scope_of(region, on)).order_by()
        counted = {state: found.filter(state=state).count() for state in set(found.values_list("state", flat=True))}
        assert {row[1]: row[2] for row in cube if row[0] == region} == counted, (code, region)


@pytest.mark.parametrize(("register", "refusal"), REFUSALS, ids=name_of)
def test_rules_refuse_what_they_forbid(register: str, refusal: dict[str, Any], adopted_all: None, system: Actor) -> None:
    """`because` names a rule, `unique`, missing_field:x, missing_evidence:x or missing_reason."""
    adopted = get_adopted(register)
    maker = CaseMaker(by=system)
    for other, listed in refusal.get("others", {}).items():
        maker.entries(other, listed)
    maker.entries(register, refusal.get("entries", []))

    def attempt() -> None:
        entry = maker.entry(register, refusal["entry"])
        if "step" in refusal:
            given = refusal["step"] if isinstance(refusal["step"], dict) else {"do": refusal["step"]}
            maker.fill = not refusal["because"].startswith("missing")
            maker.step(adopted, entry, {"on": entry.state_since, **given})

    with pytest.raises(EntryRefused) as caught:
        attempt()
    kind, _colon, field = refusal["because"].partition(":")
    rules = {rule.code: rule for rule in adopted.definition.rules}
    if kind in rules and rules[kind].severity == "except":
        assert any(problem.code == "missing_reason" for problem in caught.value.problems), caught.value
        return
    wanted = f"rule_{kind}" if kind in rules else kind
    assert any(_fits(problem, wanted, field) for problem in caught.value.problems), caught.value.text()


def _fits(problem: Problem, code: str, field: str) -> bool:
    return problem.code == code and (not field or problem.field == field)


@pytest.mark.parametrize("path", shipped_files(), ids=lambda path: path.stem)
def test_every_counter_and_rule_has_a_case(path: Path) -> None:
    """A forgetting test: what nothing tries is not known to work."""
    from wulian.engines.registers import load_definition

    definition = load_definition(path)
    file = read_file(FOLDER / path.name) if (FOLDER / path.name).exists() else {}
    tried = {code for case in file.get("cases", ()) for code in case["expect"]}
    refused = {refusal["because"] for refusal in file.get("refusals", ())}
    assert not {counter.code for counter in definition.counters} - tried, "counters without a case"
    assert not {rule.code for rule in definition.rules} - refused, "rules without a refusal"
    assert not definition.unique or "unique" in refused, "uniqueness without a refusal"


def test_a_reference_that_names_nothing_is_told(adopted_all: None, system: Actor) -> None:
    with pytest.raises(UnknownReference):
        CaseMaker(by=system)._reference("nothing", "1")
