"""The criteria of the rulebook: versions by day and procedure, facts, and the cases that go with each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from wulian.engines.rules.cases import CaseFile, read_cases
from wulian.engines.rules.loading import CriterionFile, FactBook, read_criterion, read_facts
from wulian.engines.rules.model import Criterion
from wulian.kernel.errors import N_, WulianError

FOLDER = Path(__file__).parent
PLACES = ("national", "tianjin")
NOT_CRITERIA = frozenset({"facts.yaml", "titles.yaml"})


class NoSuchCriterion(WulianError):
    code = "no_such_criterion"
    message = N_("没有“%(id)s”这套条件：现有 %(known)s")
    status = 404


class NotInForce(WulianError):
    code = "criterion_not_in_force"
    message = N_("“%(name)s”在 %(day)s 没有生效的版本：%(versions)s")
    status = 422


def criterion_paths() -> Iterator[Path]:
    for place in PLACES:
        yield from sorted(path for path in (FOLDER / place).glob("*.yaml") if path.name not in NOT_CRITERIA)


def case_paths() -> Iterator[Path]:
    for place in PLACES:
        yield from sorted((FOLDER / place / "cases").glob("*.yaml"))


@cache
def fact_book() -> FactBook:
    """All facts that the shipped criteria may ask for."""
    return read_facts((FOLDER / "national" / "facts.yaml").read_text(encoding="utf-8"), file="facts.yaml")


@cache
def criterion_files() -> tuple[CriterionFile, ...]:
    """Every version of every criterion, checked. Raises: RuleFileRefused."""
    return tuple(read_criterion(path.read_text(encoding="utf-8"), file=path.name, book=fact_book()) for path in criterion_paths())


def criterion_ids() -> tuple[str, ...]:
    return tuple(dict.fromkeys(file.id for file in criterion_files()))


@lru_cache(maxsize=512)
def criterion(id_: str, on: date, procedure: str = "apply") -> Criterion:
    """The version in force on `on` for this procedure (apply, review). Raises: NoSuchCriterion, NotInForce."""
    versions = [file for file in criterion_files() if file.id == id_]
    if not versions:
        raise NoSuchCriterion(id=id_, known="、".join(criterion_ids()))
    for file in versions:
        if file.holds(on, procedure):
            return file.at(on)
    spans = "；".join(
        f"{file.part.document.number} {file.part.in_force.from_}–{file.part.in_force.to or ''}（{'/'.join(file.part.procedures)}）"
        for file in versions
    )
    raise NotInForce(name=versions[0].part.name.zh, day=on, versions=spans)


def criterion_or_none(id_: str, on: date, procedure: str = "apply") -> Criterion | None:
    """As `criterion`, None where no version is in force."""
    return next((file.at(on) for file in criterion_files() if file.id == id_ and file.holds(on, procedure)), None)


def criteria_on(on: date, procedure: str = "apply") -> tuple[Criterion, ...]:
    """Every criterion with a version in force on `on`."""
    ids = dict.fromkeys(file.id for file in criterion_files() if file.holds(on, procedure))
    return tuple(criterion(id_, on, procedure) for id_ in ids)


@cache
def case_files() -> tuple[CaseFile, ...]:
    """The cases of every criterion. Raises: RuleFileRefused."""
    versions = {(file.id, file.part.version): file for file in criterion_files()}
    return tuple(read_cases(path.read_text(encoding="utf-8"), file=path.name, versions=versions) for path in case_paths())
