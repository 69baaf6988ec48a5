"""What is wrong with the values of an entry: required fields, rules, and in which states a field is required."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wulian.kernel.errors import N_
from wulian.kernel.problems import Problem

from .conditions import is_missing, judge
from .schema import Definition, FieldDefinition, FieldType, RuleDefinition
from .values import as_decimal

REQUIRED = N_("“%(label)s”还没有填")
REQUIRED_IN = N_("“%(label)s”还没有填（从“%(state)s”起必填）")
REQUIRED_IN_ROW = N_("“%(label)s”第 %(row)d 行的“%(column)s”还没有填")
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold. `say`: its sentence in both languages with the values filled in."""

    rule: RuleDefinition
    zh: str
    en: str

    @property
    def may_pass(self) -> bool:
        return self.rule.severity == "except"

    def problem(self, english: bool = False) -> Problem:
        return Problem(f"rule_{self.rule.code}", "%(text)s", {"text": self.en if english else self.zh})


def requirements(definition: Definition) -> dict[str, frozenset[str]]:
    """Field code -> states in which it must have a value, for the fields that are ever required. Worth keeping."""
    found = {field.code: _states_requiring(definition, field) for field in definition.fields if field.required_from}
    return {code: states for code, states in found.items() if states}


def _states_requiring(definition: Definition, field: FieldDefinition) -> frozenset[str]:
    """States in which `field` must have a value: the named one and all that can only be reached through it.

    A way back counts where nothing else leads (filed, sent back for correction): what was not asked for before is not asked
    for there.
    """
    states = frozenset(state.code for state in definition.lifecycle.states)
    if field.required_from == "always":
        return states
    forward = _reached(definition, wall="", back_to=frozenset())
    return states - _reached(definition, wall=field.required_from, back_to=states - forward)


def _reached(definition: Definition, *, wall: str, back_to: frozenset[str]) -> frozenset[str]:
    """States to which steps lead from the first one without entering `wall`; ways back only into `back_to`."""
    reached: set[str] = set()
    queue = [definition.lifecycle.initial]
    while queue:
        here = queue.pop()
        if here in reached or here == wall:
            continue
        reached.add(here)
        queue += [step.to for step in definition.lifecycle.transitions if here in step.from_ and (not step.back or step.to in back_to)]
    return frozenset(reached)


def missing_fields(
    definition: Definition, required: Mapping[str, frozenset[str]], values: Mapping[str, Any], state: str, english: bool = False
) -> list[Problem]:
    """Fields that must have a value in `state` and have none, and such columns of rows that are there. `required`: what `requirements` gave."""
    found = []
    for field in definition.fields:
        if state in required.get(field.code, ()) and is_missing(values.get(field.code)):
            always = field.required_from == "always"
            named = definition.state(field.required_from)
            label = field.label.en if english else field.label.zh
            params = {"label": label}
            if named is not None and not always:
                params["state"] = named.label.en if english else named.label.zh
            found.append(Problem("missing_field", REQUIRED if always else REQUIRED_IN, params, field.code))
        if field.type is FieldType.ROWS:
            found += _missing_columns(field, values.get(field.code) or (), english)
    return found


def _missing_columns(field: FieldDefinition, rows: Iterable[Mapping[str, Any]], english: bool) -> Iterator[Problem]:
    """Columns that every row must fill (a column is required always or never)."""
    required = [column for column in field.fields if column.required_from]
    for place, row in enumerate(rows, start=1):
        for column in required:
            if is_missing(row.get(column.code)):
                label, name = (field.label.en, column.label.en) if english else (field.label.zh, column.label.zh)
                yield Problem("missing_field", REQUIRED_IN_ROW, {"label": label, "row": place, "column": name}, field.code)


def broken_rules(definition: Definition, values: Mapping[str, Any], *, state: str, step: str = "") -> list[Broken]:
    """Rules that do not hold for `values` at a save (step empty) or at the step `step` from `state`."""
    found = []
    for rule in definition.rules:
        if (rule.at and step not in rule.at) or not _all(rule.when, definition, values, state):
            continue
        if any(judge(condition, values, definition.fields, state) is False for condition in rule.must):
            found.append(Broken(rule, _filled(rule.say.zh, definition, values, False), _filled(rule.say.en, definition, values, True)))
    return found


def _all(conditions: Iterable[Any], definition: Definition, values: Mapping[str, Any], state: str) -> bool:
    return all(judge(condition, values, definition.fields, state) is True for condition in conditions)


def _filled(text: str, definition: Definition, values: Mapping[str, Any], english: bool) -> str:
    def shown(match: re.Match[str]) -> str:
        field = definition.field(match[1])
        return match[0] if field is None else plain_text(field, values.get(field.code), english)

    return _PLACE.sub(shown, text)


def plain_text(field: FieldDefinition, value: Any, english: bool = False) -> str:
    """A stored value in a few plain words, without looking anything up: for sentences and search."""
    if is_missing(value):
        return "unknown" if english else "不详"
    if field.type in {FieldType.CHOICE, FieldType.CHOICES}:
        labels = {choice.code: choice.label for choice in field.choices}
        codes = value if isinstance(value, list) else [value]
        return ("; " if english else "、").join((labels[c].en if english else labels[c].zh) if c in labels else str(c) for c in codes)
    if field.type is FieldType.YES_NO:
        return ("yes" if value else "no") if english else ("是" if value else "否")
    if (number := as_decimal(field, value)) is not None:
        text = f"{number:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        unit = "%" if field.type is FieldType.PERCENT else "元" if field.type is FieldType.MONEY else field.unit
        return f"{text}{'' if unit == '%' else ' '}{unit}"
    if field.type is FieldType.ROWS:
        return f"{len(value)}"
    return str(value)
