"""Importing yearly figures of regions: one row for a region and a year, one column for each fact.

What comes in waits to be verified, as what is typed in does. A correction never overwrites: the earlier value stays, no
longer current. An empty cell says nothing and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from wulian.directory.models import Region, RegionFactValue
from wulian.foundation import bulk
from wulian.foundation.catalogue.facts import Fact, FactType, all_facts
from wulian.foundation.imports.declare import Context, Field, Importer, Option, Outcome, Result, Row
from wulian.foundation.imports.parsing import parse_number, parse_year
from wulian.kernel.errors import N_
from wulian.kernel.problems import BadValue, Problem

from .facts import NEGATIVE, NO_FACT, NO_YEAR, YEAR_AHEAD, read_value, unit_choices, unit_in
from .shared import district_finder, source_by_name

UNKNOWN_REGION = N_("没有叫“%(text)s”的区域：请写区划代码，或与区域目录里相同的名称")
OUTSIDE_REGION = N_("“%(name)s”不在您的管辖区域")
PERSONS = {"人": 1, "千人": 1_000, "万人": 10_000}
_PERSONS = re.compile(r"[（(\[]\s*(万人|千人|人)\s*[)）\]]|单位[:：]\s*(万人|千人|人)")
ALIASES = {
    "gdp": ("GDP", "生产总值", "地区生产总值（GDP）"),
    "population": ("常住人口数", "年末常住人口", "人口", "常住总人口"),
    "rd_expense_society": ("全社会研发经费支出", "R&D经费", "R&D经费支出", "研发经费", "全社会R&D经费"),
    "tech_contract_turnover": ("技术合同登记成交额", "技术合同交易额", "技术交易额"),
    "hightech_output": ("高技术产业产值", "高新技术产业总产值", "高新技术产业（制造业）产值"),
}


def region_facts() -> list[Fact]:
    return [fact for fact in all_facts() if fact.subject == "region"]


def fields() -> tuple[Field, ...]:
    return (
        Field("region", _("区域"), ("地区", "区", "区县", "行政区", "区域名称", "地区名称", "区划代码", "region", "district"), True),
        Field("year", _("年度"), ("年份", "统计年度", "报告年度", "year"), parse=parse_year),
        *(Field(fact.code, fact.name, ALIASES.get(fact.code, ())) for fact in region_facts()),
    )


def persons_in(header: str) -> str:
    """The unit of persons that a column's name carries: 常住人口(万人) -> 万人; empty when it carries none."""
    match = _PERSONS.search(header)
    return (match[1] or match[2]) if match else ""


class RegionFactWriter:
    """Writes chunks of yearly figures of regions."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = source_by_name(context.source)
        self.finder = district_finder()
        self.regions = Region.objects.in_bulk()
        self.facts = [fact for fact in region_facts() if fact.code in context.columns]
        money, persons = str(context.options.get("unit") or "元"), str(context.options.get("persons") or "人")
        headers = context.columns
        self.units = {
            fact.code: persons_in(headers[fact.code]) or persons if fact.type == FactType.COUNT else unit_in(headers[fact.code]) or money
            for fact in self.facts
        }
        year = str(context.options.get("year") or "")
        self.year = parse_year(year) if year else None

    def write(self, rows: Sequence[Row]) -> Sequence[Outcome]:
        read = [self._read(row) for row in rows]
        wanted = [item for item in read if isinstance(item, tuple)]
        places, years = {region.pk for region, _year, _values in wanted}, {year for _region, year, _values in wanted}
        # Locked, because another officer may be typing the same figure in.
        present = RegionFactValue.objects.select_for_update().filter(region__in=places, year__in=years, is_current=True)
        current = {(value.region_id, value.fact, value.year): value for value in present}
        outcomes = []
        new: list[RegionFactValue] = []
        replaced: list[int] = []
        for item in read:
            if isinstance(item, list):
                outcomes.append(Outcome(Result.QUARANTINED, problems=tuple(item)))
                continue
            region, year, values = item
            result, changed = self._take(region, year, values, current, new, replaced)
            outcomes.append(Outcome(result, False, (), region, region.name, " ".join((str(year), *changed))))
        RegionFactValue.objects.filter(pk__in=replaced).update(is_current=False)
        bulk.insert(RegionFactValue, new)
        return outcomes

    def _read(self, row: Row) -> tuple[Region, int, dict[str, int]] | list[Problem]:
        given = row.values
        place = self.finder.by_column(given["region"])
        if place is None:
            return [Problem("unknown_region", UNKNOWN_REGION, {"text": given["region"][:40]}, "region")]
        if self.context.regions is not None and place.code not in self.context.regions:
            return [Problem("outside_region", OUTSIDE_REGION, {"name": place.name}, "region")]
        year = given.get("year") or self.year
        if year is None:
            return [Problem("no_year", NO_YEAR, field="year")]
        if year > self.context.on.year:
            return [Problem("year_ahead", YEAR_AHEAD, {"year": year, "on": str(self.context.on)}, "year")]
        values, problems = {}, []
        for fact in self.facts:
            if (text := given.get(fact.code)) is None:
                continue
            try:
                values[fact.code] = self._value(fact, text)
            except BadValue as error:
                problems.append(error.problem.at(fact.code))
        if not values and not problems:
            problems.append(Problem("no_fact", NO_FACT))
        return problems or (self.regions[place.code], year, values)

    def _value(self, fact: Fact, text: str) -> int:
        unit = self.units[fact.code]
        if fact.type == FactType.COUNT:  # 13.64 万人 are persons to the unit, so that no fraction is left over
            text = str(parse_number(text) * Decimal(PERSONS[unit]))
        value = read_value(fact, text, unit)
        if value < 0:
            raise BadValue(Problem("negative", NEGATIVE, {"text": text[:40], "fact": str(fact.name)}))
        return value

    def _take(
        self,
        region: Region,
        year: int,
        values: dict[str, int],
        current: dict[tuple[str, str, int], RegionFactValue],
        new: list[RegionFactValue],
        replaced: list[int],
    ) -> tuple[Result, list[str]]:
        """What became of the row, and the facts that it changed."""
        result, changed, on = Result.UNCHANGED, [], self.context.on
        for code, value in values.items():
            known = current.get((region.pk, code, year))
            # A figure that was returned and comes again as it was is reported once more.
            if known is not None and known.value == value and known.verification != RegionFactValue.Verification.RETURNED:
                continue
            fresh = RegionFactValue(
                region=region, fact=code, year=year, value=value, source=self.source, as_of=on, recorded_at=self.context.at,
                is_current=True, batch_id=self.context.batch_id,
            )  # fmt: skip
            if known is not None and known.as_of > on:
                # An older file does not overrule a newer figure; but what it said once is kept, once.
                said = RegionFactValue.objects.filter(region=region, fact=code, year=year, source=self.source, as_of=on, value=value)
                if not said.exists():
                    fresh.is_current = False
                    new.append(fresh)
                continue
            if known is not None and known.pk is None:
                new.remove(known)  # the same cell twice in one chunk: the later row holds
            elif known is not None:
                replaced.append(known.pk)
            current[region.pk, code, year] = fresh
            new.append(fresh)
            changed.append(code)
            result = Result.UPDATED if known is not None or result == Result.UPDATED else Result.CREATED
        return result, changed

    def finish(self) -> Sequence[Outcome]:
        return ()


IMPORTER = Importer(
    kind="region_facts",
    label=_("区域年度数据"),
    description=_("各区每年的生产总值、常住人口、研发经费等，一行一个区域一个年度；导入后要核实才用于指标"),
    fields=fields,
    open=RegionFactWriter,
    options=(
        Option("as_of", _("文件日期"), "date", _("数据截至哪一天；较新的文件更正较旧的")),
        Option("year", _("整份文件的年度"), "integer", _("文件里没有年度一列时填写")),
        Option("unit", _("金额单位"), "choice", _("列名里写了单位的，以列名为准"), unit_choices()),
        Option("persons", _("人数单位"), "choice", _("列名里写了单位的，以列名为准"), tuple((unit, unit) for unit in PERSONS)),
    ),
    subject="region",
    words=lambda: {fact.code: fact.name for fact in region_facts()},
)
