"""The schema in the repository is the one that the code gives, and nothing in it is ambiguous."""

from __future__ import annotations

import inspect
import json
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Literal, get_args, get_origin

from django.db.models import Choices
from ninja import Schema

import wulian.api.v1
from wulian.api.v1 import api

ROOT = Path(__file__).resolve().parents[2]


def schema_classes() -> dict[str, set[str]]:
    """Name -> modules that define a schema of that name."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in iter_modules(wulian.api.v1.__path__):
        name = f"wulian.api.v1.{module.name}"
        for _label, thing in inspect.getmembers(import_module(name), inspect.isclass):
            if issubclass(thing, Schema) and thing.__module__ == name and "[" not in thing.__name__:
                found[thing.__name__].add(name)
    return found


def test_no_two_shapes_share_a_name() -> None:
    """In the schema one would silently take the place of the other."""
    assert {name: modules for name, modules in schema_classes().items() if len(modules) > 1} == {}


def test_the_schema_in_the_repository_is_current() -> None:
    written = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    current = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1")))
    assert written == current, "run scripts/write-openapi and look at the difference: is it meant?"


def test_every_operation_is_named_described_and_tagged() -> None:
    for path, methods in api.get_openapi_schema(path_prefix="")["paths"].items():
        for method, operation in methods.items():
            assert operation["operationId"].isidentifier(), path
            assert operation["summary"], path
            assert not operation["summary"].endswith("."), path
            assert len(operation["tags"]) == 1, path
            assert "x-guard" in operation, path
            assert {401, 403, 422, 429} <= set(operation["responses"]), (path, method)


def test_every_operation_is_summed_up_in_both_languages() -> None:
    from wulian.api.v1.access_table import ACCESS
    from wulian.api.v1.summaries import SUMMARIES

    assert set(SUMMARIES) == set(ACCESS), "say in api/v1/summaries.py what the operation does, in Chinese"
    for name, summary in SUMMARIES.items():
        assert any("\u4e00" <= character <= "\u9fff" for character in summary), name
        assert " / " not in summary, "the stroke parts the languages"
    for methods in api.get_openapi_schema(path_prefix="")["paths"].values():
        for operation in methods.values():
            chinese, _stroke, english = operation["summary"].partition(" / ")
            assert chinese == SUMMARIES[operation["operationId"]]
            assert english.isascii(), english


def test_choices_in_the_schema_are_those_of_the_tables() -> None:
    """The API may not import models, so it repeats their choices; here they are compared."""
    from wulian.api.v1 import administration, imports, indicators, observations, organisations, plans, review, rounds, tasks
    from wulian.chains.governance.models import (
        Extraction,
        Indicator,
        Observation,
        Plan,
        PlanDocument,
        Problem,
        RoundReport,
        Target,
        TaskUnit,
    )
    from wulian.chains.governance.status import Code
    from wulian.directory.models import Organisation, OrganisationName
    from wulian.foundation.access import Role
    from wulian.foundation.models import ImportBatch, QuarantinedRow

    pairs: list[tuple[Any, type[Choices] | list[str]]] = [
        (administration.RoleCode, Role),
        (imports.State, ImportBatch.State),
        (imports.RowState, QuarantinedRow.State),
        (indicators.Kind, Indicator.Kind),
        (indicators.Attribute, ["", *Indicator.Attribute.values]),
        (indicators.Direction, Indicator.Direction),
        (indicators.TargetRole, Target.Role),
        (indicators.NumberState, Target.NumberState),
        (indicators.Comparator, Target.Comparator),
        (indicators.Tier, Target.Tier),
        (indicators.TargetOrigin, Target.Origin),
        (observations.Origin, Observation.Origin),
        (observations.Verification, Observation.Verification),
        (organisations.Kind, Organisation.Kind),
        (organisations.Status, Organisation.Status),
        (organisations.NameKind, OrganisationName.Kind),
        (plans.PlanState, Plan.State),
        (plans.StatusCode, [code.value for code in Code]),
        (review.ReadState, PlanDocument.State),
        (review.RowState, Extraction.State),
        (rounds.ReportState, RoundReport.State),
        (rounds.ProblemState, Problem.State),
        (tasks.Standing, RoundReport.Standing),
        (tasks.UnitRole, TaskUnit.Role),
    ]
    for literal, choices in pairs:
        assert get_origin(literal) is Literal
        assert set(get_args(literal)) == set(choices if isinstance(choices, list) else choices.values), choices
