"""The rulebook's own cases: each comes out as written, every figure is held by one, every fact is left out by one."""

from __future__ import annotations

import pytest

from wulian.engines.rules.cases import Case, CaseFile
from wulian.rulebook.rules import case_files, criterion_files

CASES = [pytest.param(file, case, id=f"{file.part.criterion}-{case.part.name}") for file in case_files() for case in file.cases]
FILES = [pytest.param(file, id=f"{file.part.criterion}-{file.part.version}") for file in case_files()]


@pytest.mark.parametrize(("file", "case"), CASES)
def test_a_case_comes_out_as_written(file: CaseFile, case: Case) -> None:
    assert case.differences(file.source.at(case.on)) == []


@pytest.mark.parametrize("file", FILES)
def test_every_figure_is_held_by_a_case(file: CaseFile) -> None:
    """A threshold moved by the smallest step, either way, must change some case."""
    assert set(file.unheld()) == set(file.part.not_held)


@pytest.mark.parametrize("file", FILES)
def test_every_fact_is_left_out_by_a_case(file: CaseFile) -> None:
    assert file.untried_facts() == []


def test_every_criterion_has_cases() -> None:
    assert {(file.part.criterion, file.part.version) for file in case_files()} == {
        (file.id, file.part.version) for file in criterion_files()
    }
