"""An assessment as plain data: one line of the results file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .assessing import Assessment, Judged, item_tree, test_tree
from .model import Criterion, Fact, PointsTest
from .preparing import Contradiction
from .truths import Test


def as_line(id_: str, assessment: Assessment, *, gap: list[Any], explain: bool = False) -> dict[str, Any]:
    """`id, verdict, score_min, score_max, conditions, gap`, what was named in the facts, and on request the whole explanation."""
    criterion, points = assessment.criterion, assessment.points
    line: dict[str, Any] = {
        "id": id_,
        "criterion": criterion.id,
        "version": criterion.document.number,
        "on": criterion.on.isoformat(),
        "verdict": str(assessment.verdict),
        "score_min": points.low_least if points else None,
        "score_max": points.high_most if points else None,
        "conditions": [condition_line(criterion, judged) for judged in assessment.judged],
        "missing": names(criterion, assessment.missing),
        "gap": gap,
    }
    if assessment.prepared.problems:
        line["problems"] = [
            {
                "field": problem.field,
                "code": problem.code,
                "zh": problem.text(),
                **({"en": problem.say.en} if isinstance(problem, Contradiction) and problem.say else {}),
            }
            for problem in assessment.prepared.problems
        ]
    if assessment.needs_confirmation:
        line["needs_confirmation"] = list(assessment.needs_confirmation)
    if explain:
        line["explain"] = explanation(assessment)
    return line


def condition_line(criterion: Criterion, judged: Judged) -> dict[str, Any]:
    condition = judged.condition
    line = {
        "id": condition.id,
        "label": {"zh": condition.label.zh, "en": condition.label.en},
        "verdict": str(judged.verdict),
        "value": judged.value,
        "threshold": judged.threshold,
        "article": article(criterion, condition.article),
        "missing": names(criterion, judged.missing),
    }
    if condition.unconfirmed or any(":" in name for name in judged.missing):
        line["needs_confirmation"] = condition.unconfirmed or "、".join(
            criterion.parameters[name.partition(":")[2]].unconfirmed for name in judged.missing if name.startswith("parameter:")
        )
    return line


def article(criterion: Criterion, text: str) -> str:
    return f"{criterion.document.number} {text}"


def names(criterion: Criterion, codes: tuple[str, ...]) -> list[str]:
    """Facts by the names of their columns; what needs confirmation as it is."""
    return [criterion.facts[code].column if code in criterion.facts else code for code in codes]


def fact_line(fact: Fact) -> dict[str, Any]:
    """A fact for `wulian facts`: what it is, its unit, and who supplies it."""
    return {
        "column": fact.column,
        "kind": str(fact.kind),
        "unit": fact.unit,
        "label": {"zh": fact.label.zh, "en": fact.label.en},
        "source": {"zh": fact.source.zh, "en": fact.source.en},
        "article": fact.article,
    }


def explanation(assessment: Assessment) -> dict[str, Any]:
    """The whole tree: what was read, the figures of the document on the day, each test down to its facts, and the score."""
    criterion, facts = assessment.criterion, assessment.prepared.facts
    tests: Mapping[str, Any] = {
        condition.id: (test_tree(condition.test, facts) if isinstance(condition.test, Test) else _points_test(condition.test, assessment))
        for condition in criterion.conditions
    }
    return {
        "criterion": {"zh": criterion.name.zh, "en": criterion.name.en, "version": criterion.version},
        "document": {"title": criterion.document.title, "number": criterion.document.number, "issuer": criterion.document.issuer},
        "in_force": {"from": str(criterion.in_force.from_), "to": str(criterion.in_force.to) if criterion.in_force.to else None},
        "checked_on": str(criterion.checked_on),
        "facts": {criterion.facts[code].column: value for code, value in facts.items()},
        "before_founding": names(criterion, tuple(sorted(assessment.prepared.before_founding))),
        "parameters": {
            parameter.id: {
                "value": parameter.written or None,
                "article": f"{parameter.number} {parameter.article}",
                "from": str(parameter.valid_from),
                "to": str(parameter.valid_to) if parameter.valid_to else None,
                "checked_on": str(parameter.checked_on),
                **({"unconfirmed": parameter.unconfirmed} if parameter.unconfirmed else {}),
            }
            for parameter in criterion.parameters.values()
        },
        "conditions": tests,
        "score": item_tree(criterion.score, facts) if criterion.score else None,
    }


def _points_test(test: PointsTest, assessment: Assessment) -> dict[str, Any]:
    points = test.item.points(assessment.prepared.facts)
    return {"points_of": test.item.id, "op": test.op, "points": [points.low_least, points.high_most], "limit": test.limit.written}
