"""Reading the files of a rulebook: strict YAML, every refusal with file, line and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from wulian.engines.yaml_file import Flaw, Place, YamlFile, in_order, read_yaml
from wulian.kernel.errors import N_, WulianError
from wulian.kernel.messages import Message

from .expressions import BadExpression, Reader, read_formula
from .model import Check, Condition, Criterion, Fact, Parameter, PointsTest
from .numbers import Constant, Number
from .points import Band, Bands, Given, Item, Together
from .quantities import Kind, read_written, to_days
from .schema import CriterionPart, Dated, FactsPart, ItemPart, ParameterPart, Written
from .truths import Compare, Test, Unconfirmed

START_FROM = "rulebook/national/tech_sme.yaml"
NOT_QUANTITY = N_("“%(text)s”读不成数量：请写成 5000 万元、30 %%、500 人、365 天 或 3 项 的样子")
NO_FACT = N_("没有事实“%(name)s”：请改正拼写，或先在 facts.yaml 里写上")
NO_PARAMETER = N_("没有参数“%(name)s”：请改正拼写，或先在 parameters 里写上")
NO_ITEM = N_("评分里没有“%(name)s”：请改正拼写，或先在 score 里写上")
UNUSED = N_("参数“%(name)s”没有条件用到：请删去，或写上用它的条件")
FACT_UNUSED = N_("事实“%(name)s”没有条件用到：请从 facts 里删去")
ONE_OF = N_("“%(name)s”要写、且只写 %(wanted)s 中的一样")
MOST_DIFFERS = N_("“%(name)s”的满分写作 %(written)s，各档加起来是 %(found)s：请核对原文")
ONE_LIMIT = N_("这一档要写、且只写 at_least、above、at_most、below 中的一个")
KIND_DIFFERS = N_("这一档的界限是另一种量：请写成与“%(value)s”同样的量")
LAST_TIER = N_("最后一档不能有上限，其余各档都要有")
NO_VALUE_YET = N_("参数“%(name)s”在 %(day)s 没有值：请补上这一天的值")

POINTS = re.compile(r"(\d+)(?:\s*[-–—]\s*(\d+))?")


class RuleFileRefused(WulianError):
    """A file of the rulebook that may not be used; `flaws` holds all that is wrong with it."""

    code = "rule_file_refused"
    message = N_("规则文件 %(file)s 有 %(count)s 处不对，没有采用：\n%(flaws)s")
    status = 422

    def __init__(self, file: str, flaws: list[Flaw]) -> None:
        self.flaws = in_order(flaws)
        super().__init__(file=file, count=len(flaws), flaws="\n".join(flaw.text() for flaw in self.flaws))


@dataclass(frozen=True, slots=True)
class FactBook:
    """Facts by code, and the contradictions that are looked for between them."""

    facts: dict[str, Fact] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()


def read_facts(text: str, *, file: str) -> FactBook:
    """Raises: RuleFileRefused."""
    read = read_yaml(text, file=file, start_from="rulebook/national/facts.yaml")
    part = _validated(read, FactsPart)
    facts = {code: Fact(code=code, **{name: getattr(fact, name) for name in type(fact).model_fields}) for code, fact in part.facts.items()}
    kinds = {code: fact.kind for code, fact in facts.items()}
    flaws, checks = list(read.flaws), []
    for place, check in enumerate(part.checks):
        try:
            names = frozenset(Reader(kinds, {}, 0).test(check.when).facts())
        except BadExpression as error:
            flaws.append(read.flaw(("checks", place, "when"), error.message))
            continue
        flaws += [read.flaw(("checks", place, "doubts"), Message(NO_FACT, {"name": name})) for name in check.doubts if name not in facts]
        checks.append(Check(check.id, check.when, check.doubts, check.say, names | set(check.doubts)))
    if flaws:
        raise RuleFileRefused(file, flaws)
    return FactBook(facts, tuple(checks))


def _validated(read: YamlFile, part: Any) -> Any:
    if read.values is None:
        raise RuleFileRefused(read.file, read.flaws)
    try:
        return part.model_validate(read.values)
    except ValidationError as error:
        raise RuleFileRefused(read.file, [*read.flaws, *read.refused(error)]) from error


@dataclass(frozen=True, slots=True, repr=False)
class CriterionFile:
    """One version of a criterion as written; `at` reads it for a day."""

    part: CriterionPart
    read: YamlFile
    book: FactBook

    def __repr__(self) -> str:
        return f"CriterionFile({self.part.id} {self.part.version})"

    @property
    def id(self) -> str:
        return self.part.id

    def holds(self, on: date, procedure: str) -> bool:
        force = self.part.in_force
        start, end = force.from_, force.to
        if procedure == "review":
            start, end = force.review_from or start, force.review_to or end
        return start <= on and (end is None or on < end) and procedure in self.part.procedures

    def at(self, on: date, values: Mapping[str, Any] | None = None) -> Criterion:
        """The criterion on `on`. `values` stands in for parts of parameters as written, to see what turns on them.

        Raises: RuleFileRefused.
        """
        return _Compiler(self, on, values or {}).criterion()


def read_criterion(text: str, *, file: str, book: FactBook) -> CriterionFile:
    """A criterion file, checked on the first day of its force and on every day from which a parameter changes.

    Raises: RuleFileRefused.
    """
    read = read_yaml(text, file=file, start_from=START_FROM)
    part: CriterionPart = _validated(read, CriterionPart)
    found = CriterionFile(part, read, book)
    days = {part.in_force.from_, *(dated.from_ for parameter in part.parameters.values() for dated in parameter.values)}
    for day in sorted(day for day in days if found.holds(day, part.procedures[0])):
        found.at(day)
    return found


class _Compiler:
    def __init__(self, source: CriterionFile, on: date, values: Mapping[str, Any]) -> None:
        self.part, self.read, self.book, self.on, self.values = source.part, source.read, source.book, on, values
        self.flaws: list[Flaw] = list(source.read.flaws)
        self.rows: dict[str, list[tuple[str, int, Kind, tuple[int, int]]]] = {}
        self.points: dict[str, tuple[int, int]] = {}
        self.parameters = {id_: self.parameter(id_, written) for id_, written in self.part.parameters.items()}
        self.facts = self._facts()
        self.reader = Reader({code: fact.kind for code, fact in self.facts.items()}, self.parameters, to_days(on))
        self.items: dict[str, Item] = {}

    def flaw(self, where: Place, template: str, **params: Any) -> None:
        self.flaws.append(self.read.flaw(where, Message(template, params)))

    def _facts(self) -> dict[str, Fact]:
        found = {}
        for key in ("facts", "optional_facts"):
            for place, code in enumerate(getattr(self.part, key)):
                if code in self.book.facts:
                    found[code] = self.book.facts[code]
                else:
                    self.flaw((key, place), NO_FACT, name=code)
        return found

    # ---- parameters

    def quantity(self, written: Any, where: Place) -> tuple[Kind, int] | None:
        if isinstance(written, date):
            return Kind.DATE, to_days(written)
        try:
            return read_written(str(written))
        except ValueError:
            self.flaw(where, NOT_QUANTITY, text=str(written)[:40])
            return None

    def pair(self, written: Written, where: Place) -> tuple[int, int]:
        match = POINTS.fullmatch(str(written).strip())
        if match is None:
            self.flaw(where, NOT_QUANTITY, text=str(written)[:40])
            return 0, 0
        return int(match[1]), int(match[2] or match[1])

    def parameter(self, id_: str, part: ParameterPart) -> Parameter:
        where: Place = ("parameters", id_)
        given = [
            name for name in ("value", "values", "bands", "tiers", "points", "unconfirmed") if getattr(part, name) not in (None, (), "")
        ]
        if len(given) != 1:
            self.flaw(where, ONE_OF, name=id_, wanted="value / values / bands / tiers / points / unconfirmed")
        force = self.part.in_force
        article, number, valid_from, valid_to = part.article, part.number or self.part.document.number, force.from_, force.to
        kind, amount, written, tiers, by_kind = None, None, "", (), None
        if part.values:
            holding = [row for row in part.values if row.from_ <= self.on and (row.to is None or self.on < row.to)]
            dated = max(holding, key=lambda row: row.from_, default=None)
            if dated is None:
                self.flaw((*where, "values"), NO_VALUE_YET, name=id_, day=self.on)
            else:
                article, number = dated.article or article, dated.number or number
                valid_from, valid_to = dated.from_, dated.to or self._next(part.values, dated)
                kind, amount = self.quantity(dated.value, (*where, "values")) or (None, None)
                written = str(dated.value)
        elif part.value is not None:
            kind, amount = self.quantity(part.value, where) or (None, None)
            written = str(part.value)
        elif part.points is not None:
            self.points[id_] = self.pair(part.points, where)
            written = str(part.points)
        elif part.tiers:
            tiers, kind, by_kind = self._tiers(part, where)
        elif part.bands:
            self._bands(id_, part, where)
        if id_ in self.values and amount is not None:
            amount = self.values[id_]
        return Parameter(
            id_, article, number, valid_from, valid_to, part.checked_on or self.part.checked_on, kind, amount, written, by_kind, tiers,
            part.unconfirmed, part.label,
        )  # fmt: skip

    @staticmethod
    def _next(values: tuple[Dated, ...], dated: Dated) -> date | None:
        return min((row.from_ for row in values if row.from_ > dated.from_), default=None)

    def _tiers(self, part: ParameterPart, where: Place) -> tuple[Any, Kind | None, Kind | None]:
        rows, kind, by_kind = [], None, None
        for place, row in enumerate(part.tiers):
            here = (*where, "tiers", place)
            end = row.at_most if row.at_most is not None else row.below
            if (end is None) != (place == len(part.tiers) - 1):
                self.flaw(here, LAST_TIER)
            value = self.quantity(row.value, here)
            limit = self.quantity(end, here) if end is not None else None
            kind, by_kind = value[0] if value else None, limit[0] if limit else by_kind
            rows.append(
                (
                    self.values.get(f"{where[1]}.{place}.end", limit[1]) if limit else None,
                    row.at_most is not None,
                    self.values.get(f"{where[1]}.{place}.value", value[1]) if value else 0,
                )
            )
        return tuple(rows), kind, by_kind

    def _bands(self, id_: str, part: ParameterPart, where: Place) -> None:
        rows = []
        for place, row in enumerate(part.bands):
            here = (*where, "bands", place)
            limits = {op: getattr(row, name) for op, name in ((">=", "at_least"), (">", "above"), ("<=", "at_most"), ("<", "below"))}
            written = {op: limit for op, limit in limits.items() if limit is not None}
            if len(written) != 1:
                self.flaw(here, ONE_LIMIT)
                continue
            (op, limit), points = next(iter(written.items())), self.pair(row.points, here)
            read = self.quantity(limit, here)
            if read is not None:
                rows.append(
                    (op, self.values.get(f"{id_}.{place}.limit", read[1]), read[0], self.values.get(f"{id_}.{place}.points", points))
                )
        self.rows[id_] = rows

    # ---- score

    def item(self, part: ItemPart, where: Place) -> Item:
        ways = [name for name in ("value", "given", "sum", "best") if getattr(part, name)]
        if len(ways) != 1:
            self.flaw(where, ONE_OF, name=part.id, wanted="value / given / sum / best")
            return Together(part.id, part.label, part.article, 0)
        found: Item
        if part.value:
            found = self._banded(part, where)
        elif part.given:
            low, high = self.points.get(part.given, (0, 0))
            if part.given not in self.points:
                self.flaw((*where, "given"), NO_PARAMETER, name=part.given)
            else:
                self.reader.used.add(part.given)
            when = self.test(part.when, (*where, "when")) if part.when else None
            parameter = self.parameters.get(part.given)
            found = Given(part.id, part.label, part.article or (parameter.article if parameter else ""), high, low, high, when, parameter)
        else:
            key, children = ("best", part.best) if part.best else ("sum", part.sum)
            items = tuple(self.item(child, (*where, key, place)) for place, child in enumerate(children))
            reach = max(item.most for item in items) if part.best else sum(item.most for item in items)
            most = min(reach, part.most) if part.most is not None else reach
            found = Together(part.id, part.label, part.article, most, items, bool(part.best))
        if part.most is not None and part.most != found.most and not self.values:
            self.flaw((*where, "most"), MOST_DIFFERS, name=part.id, written=part.most, found=found.most)
        self.items[part.id] = found
        return found

    def _banded(self, part: ItemPart, where: Place) -> Item:
        number = self.number(part.value, (*where, "value"))
        parameter = self.parameters.get(part.bands)
        if part.bands not in self.rows or parameter is None or number is None:
            self.flaw((*where, "bands"), NO_PARAMETER, name=part.bands)
            return Together(part.id, part.label, part.article, 0)
        self.reader.used.add(part.bands)
        bands = []
        for op, limit, kind, (low, high) in self.rows[part.bands]:
            if kind is not number.kind:
                self.flaw(("parameters", part.bands, "bands"), KIND_DIFFERS, value=part.value)
            bands.append(Band(Compare(op, number, Constant(part.bands, kind, limit, parameter)), low, high))
        doubtful = self.test(part.doubtful, (*where, "doubtful")) if part.doubtful else None
        most = max((band.high for band in bands), default=0)
        return Bands(part.id, part.label, part.article or parameter.article, most, number, tuple(bands), parameter, doubtful)

    # ---- conditions

    def test(self, text: str, where: Place) -> Test:
        try:
            return self.reader.test(text)
        except BadExpression as error:
            self.flaws.append(self.read.flaw(where, error.message))
            return Unconfirmed("")

    def number(self, text: str, where: Place) -> Number | None:
        try:
            return self.reader.number(text)
        except BadExpression as error:
            self.flaws.append(self.read.flaw(where, error.message))
            return None

    def _condition(self, place: int) -> Condition:
        part, where = self.part.conditions[place], ("conditions", place)
        ways = [name for name in ("test", "points", "unconfirmed") if getattr(part, name)]
        if len(ways) != 1:
            self.flaw(where, ONE_OF, name=part.id, wanted="test / points / unconfirmed")
        test: Test | PointsTest = Unconfirmed(part.id)
        if part.test:
            test = self.test(part.test, (*where, "test"))
        elif part.points:
            limit_name = part.at_least or part.above
            if bool(part.at_least) == bool(part.above):
                self.flaw(where, ONE_OF, name=part.id, wanted="at_least / above")
            elif part.points not in self.items:
                self.flaw((*where, "points"), NO_ITEM, name=part.points)
            elif limit_name not in self.parameters:
                self.flaw(where, NO_PARAMETER, name=limit_name)
            else:
                self.reader.used.add(limit_name)
                test = PointsTest(self.items[part.points], ">=" if part.at_least else ">", self.parameters[limit_name])
        return Condition(part.id, part.label, part.article, test, part.unconfirmed)

    def criterion(self) -> Criterion:
        part = self.part
        score = self.item(part.score, ("score",)) if part.score else None
        conditions = tuple(self._condition(place) for place in range(len(part.conditions)))
        ids = {condition.id for condition in conditions}
        try:
            requires = read_formula(part.requires, ids.__contains__)
        except BadExpression as error:
            self.flaws.append(self.read.flaw(("requires",), error.message))
            requires = None
        for id_ in sorted(set(part.parameters) - self.reader.used):
            self.flaw(("parameters", id_), UNUSED, name=id_)
        self._check_facts(score, conditions)
        if self.flaws:
            raise RuleFileRefused(self.read.file, self.flaws)
        kinds = {code: fact.kind for code, fact in self.facts.items()}
        checks = tuple(
            (check, Reader(kinds, {}, to_days(self.on)).test(check.test_text))
            for check in self.book.checks
            if check.facts <= set(self.facts)
        )
        return Criterion(
            part.id, part.version, part.name, part.document, part.in_force, part.procedures, part.checked_on, part.note, self.on,
            self.facts, frozenset(part.optional_facts), checks, self.parameters, conditions, score, requires, part.lapses,
        )  # fmt: skip

    def _check_facts(self, score: Item | None, conditions: tuple[Condition, ...]) -> None:
        used = {name for condition in conditions if isinstance(condition.test, Test) for name in condition.test.facts()}
        used |= set(score.facts()) if score else set()
        listed = {lapse.date for lapse in self.part.lapses}
        founding = any(fact.before_founding_zero for fact in self.facts.values())
        for place, code in enumerate(self.part.facts):
            if code not in used | listed and not (founding and code == FOUNDED):
                self.flaw(("facts", place), FACT_UNUSED, name=code)


FOUNDED = "registered_on"


def end_of_year(on: date, year: int) -> int:
    """The last day of the accounting year `year` (0: the latest before the day `on`), in days since 1970-01-01."""
    return to_days(date(on.year + year, 1, 1) - timedelta(days=1))
