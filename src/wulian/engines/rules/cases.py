"""Case files: firms with the verdict that a criterion must give them. An officer can read and add to them.

Every figure of a criterion must be held by cases: moved by the smallest step in either direction, at least one case fails.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, ValidationError

from wulian.engines.yaml_file import Flaw, YamlFile, read_yaml
from wulian.kernel.errors import N_
from wulian.kernel.messages import Message

from .assessing import Assessment, assess_prepared
from .loading import CriterionFile, RuleFileRefused
from .model import Criterion
from .numbers import Constant
from .points import Bands
from .preparing import read_row
from .quantities import SCALE, Kind
from .schema import Code, Key, Part, Words

MET_NEEDS_ALL = N_("案例“%(name)s”要的是 met，却有事实不详（%(facts)s）：符合条件的结论要把事实写全")
NO_SUCH_CRITERION = N_("没有“%(id)s”的“%(version)s”版：请改正 criterion 或 version")
NO_SUCH_FACT = N_("案例“%(name)s”写了“%(fact)s”，这套条件没有这个事实：请改正拼写")

Cell = str | int | bool | datetime.date


class CasePart(Part):
    """`set`: what differs from the base firm; `unknown`: facts left empty. The rest is what must come out."""

    name: Words
    set_: dict[Code, Cell] = Field(default_factory=dict, alias="set")
    unknown: tuple[Code, ...] = Field(default=(), strict=False)
    verdict: Words
    score: Annotated[tuple[int, int], Field(strict=False)] | int | None = None
    conditions: dict[Code, Words] = Field(default_factory=dict)
    missing: tuple[Code, ...] | None = Field(default=None, strict=False)


class CaseFilePart(Part):
    criterion: Key
    version: Words
    on: datetime.date
    base: dict[Code, Cell]
    not_held: dict[str, Words] = Field(default_factory=dict)  # figure and step -> why no firm could tell the difference
    cases: tuple[CasePart, ...] = Field(strict=False, min_length=1)


@dataclass(frozen=True, slots=True)
class Case:
    part: CasePart
    on: date
    row: dict[str, str]

    def assess(self, criterion: Criterion) -> Assessment:
        return assess_prepared(criterion, read_row(criterion, self.row))

    def differences(self, criterion: Criterion) -> list[str]:
        """What does not come out as the case says."""
        found, part = self.assess(criterion), self.part
        wrong = []
        if str(found.verdict) != part.verdict:
            wrong.append(f"verdict {found.verdict}, case says {part.verdict}")
        if part.score is not None and found.points is not None:
            expected = (part.score, part.score) if isinstance(part.score, int) else part.score
            if (found.points.low_least, found.points.high_most) != tuple(expected):
                wrong.append(f"score {found.points.low_least}-{found.points.high_most}, case says {part.score}")
        for id_, verdict in part.conditions.items():
            if str(found.condition(id_).verdict) != verdict:
                wrong.append(f"{id_} {found.condition(id_).verdict}, case says {verdict}")
        if part.missing is not None and set(found.missing) != set(part.missing):
            wrong.append(f"missing {sorted(found.missing)}, case says {sorted(part.missing)}")
        return wrong


@dataclass(frozen=True, slots=True)
class CaseFile:
    part: CaseFilePart
    source: CriterionFile
    cases: tuple[Case, ...]

    def unheld(self) -> Iterator[str]:
        """Figures that could move by the smallest step without any case failing, and which way."""
        now = self.source.at(self.part.on)
        prepared = [read_row(now, case.row) for case in self.cases]
        right = [assess_prepared(now, facts) for facts in prepared]
        last = 0  # neighbouring figures are held by neighbouring cases: look there first
        for name, way, moved in shifts(self.source, self.part.on):
            other = self.source.at(self.part.on, {name: moved})
            for place in (*range(last, len(right)), *range(last)):
                if not _same(assess_prepared(other, prepared[place]), right[place]):
                    last = place
                    break
            else:
                yield f"{name} {way}"

    def untried_facts(self) -> list[str]:
        """Facts that no case leaves empty."""
        return sorted(set(self.source.part.facts) - {code for case in self.cases for code in case.part.unknown})


def _same(one: Assessment, other: Assessment) -> bool:
    return (one.pair, one.points, [judged.pair for judged in one.judged]) == (other.pair, other.points, [j.pair for j in other.judged])


def shifts(source: CriterionFile, on: date) -> Iterator[tuple[str, str, Any]]:
    """Each figure of the criterion on `on`, a small step below and above: one fen, one thing, a millionth of a share, one point."""
    criterion = source.at(on)

    def around(name: str, kind: Kind | None, amount: int) -> Iterator[tuple[str, str, Any]]:
        step = {Kind.NUMBER: SCALE[Kind.NUMBER], Kind.SHARE: 1000}.get(kind, 1) if kind else 1
        yield from ((name, way, amount + side * step) for way, side in (("-", -1), ("+", 1)))

    for parameter in criterion.parameters.values():
        if parameter.amount is not None:
            yield from around(parameter.id, parameter.kind, parameter.amount)
        for place, (end, _, value) in enumerate(parameter.tiers):
            if end is not None:
                yield from around(f"{parameter.id}.{place}.end", parameter.by_kind, end)
            yield from around(f"{parameter.id}.{place}.value", parameter.kind, value)
    for item in criterion.items():
        if isinstance(item, Bands):
            for place, band in enumerate(item.bands):
                limit = band.test.right
                assert isinstance(limit, Constant)
                assert limit.amount is not None
                yield from around(f"{item.parameter.id}.{place}.limit", limit.kind, limit.amount)
                yield f"{item.parameter.id}.{place}.points", "-", (band.low - 1, band.high - 1)


def read_cases(text: str, *, file: str, versions: Mapping[tuple[str, str], CriterionFile]) -> CaseFile:
    """Raises: RuleFileRefused, also for a case that expects `met` with a fact missing."""
    read = read_yaml(text, file=file, start_from="rulebook/national/cases/tech_sme.yaml")
    if read.values is None:
        raise RuleFileRefused(file, read.flaws)
    try:
        part = CaseFilePart.model_validate(read.values)
    except ValidationError as error:
        raise RuleFileRefused(file, [*read.flaws, *read.refused(error)]) from error
    source = versions.get((part.criterion, part.version))
    if source is None:
        message = Message(NO_SUCH_CRITERION, {"id": part.criterion, "version": part.version})
        raise RuleFileRefused(file, [read.flaw(("criterion",), message)])
    criterion = source.at(part.on)
    flaws, cases = list(read.flaws), []
    for place, case in enumerate(part.cases):
        cells = {code: value for code, value in {**part.base, **case.set_}.items() if code not in case.unknown}
        flaws += _flaws(read, place, case, cells, criterion)
        cases.append(Case(case, part.on, {criterion.facts[c].column: _cell(v) for c, v in cells.items() if c in criterion.facts}))
    if flaws:
        raise RuleFileRefused(file, flaws)
    return CaseFile(part, source, tuple(cases))


def _flaws(read: YamlFile, place: int, case: CasePart, cells: Mapping[str, Cell], criterion: Criterion) -> Iterator[Flaw]:
    where = ("cases", place)
    for code in (*cells, *case.unknown):
        if code not in criterion.facts:
            yield read.flaw(where, Message(NO_SUCH_FACT, {"name": case.name, "fact": code}))
    absent = sorted(set(criterion.facts) - criterion.optional_facts - set(cells))
    if case.verdict == "met" and absent:
        yield read.flaw(where, Message(MET_NEEDS_ALL, {"name": case.name, "facts": "、".join(absent)}))


def _cell(value: Cell) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else _in_yuan(str(value))


def _in_yuan(text: str) -> str:
    """Cases may write 5000 万元 and 30 人 as documents do."""
    for unit, factor in (("亿元", 10**8), ("万元", 10**4)):
        if text.endswith(unit):
            return format((Decimal(text.removesuffix(unit).strip()) * factor).normalize(), "f")
    return text.removesuffix("元").removesuffix("人").removesuffix("项").strip()
