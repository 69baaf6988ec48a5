"""Importing yearly facts: one row for an organisation and a year, one column for each fact.

A correction never overwrites: the earlier value stays, no longer current. An empty cell says nothing and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from wulian.directory.models import FactValue, Organisation
from wulian.foundation import bulk
from wulian.foundation.catalogue.facts import SCALE, Fact, FactType, all_facts
from wulian.foundation.imports.declare import Context, Field, Importer, Option, Outcome, Result, Row
from wulian.foundation.imports.parsing import one_of, parse_number, parse_year
from wulian.kernel.errors import N_
from wulian.kernel.money import UNITS, parse_fen
from wulian.kernel.problems import BadValue, Problem

from .shared import Found, find_organisations, keys_of, source_by_name, whose
from .shared import code_of as read_code

NO_YEAR = N_("没有年度：请对上年度一列，或在选项里填写整份文件的年度")
YEAR_AHEAD = N_("%(year)s 年度在文件日期 %(on)s 时还没有结束")
NEGATIVE = N_("“%(text)s”是负数，%(fact)s不会为负")
NOT_EXACT = N_("“%(text)s”的小数位太多，存不下")
NO_FACT = N_("这一行没有任何一项数据")

_UNIT = re.compile(r"[（(\[]\s*(亿元|百万元|万元|千元|百元|元|%|％)\s*[)）\]]|单位[:：]\s*(亿元|百万元|万元|千元|元)")
_YES_NO = one_of({"是": "1", "否": "0", "有": "1", "无": "0", "1": "1", "0": "0", "yes": "1", "no": "0", "y": "1", "n": "0"})


def organisation_facts() -> list[Fact]:
    return [fact for fact in all_facts() if fact.subject == "organisation"]


def fields() -> tuple[Field, ...]:
    whose_fields = (
        Field("uscc", _("统一社会信用代码"), ("信用代码", "社会信用代码", "统一代码", "企业代码", "credit code")),
        Field("name", _("名称"), ("企业名称", "单位名称", "公司名称", "主体名称", "企业全称", "name")),
        Field("year", _("年度"), ("年份", "报告年度", "统计年度", "year"), parse=parse_year),
    )
    return whose_fields + tuple(Field(fact.code, fact.name, ALIASES.get(fact.code, ())) for fact in organisation_facts())


ALIASES = {
    "revenue": ("营收", "主营业务收入", "销售收入", "营业总收入"),
    "rd_expense": ("研发投入", "研究开发费用", "研发经费", "R&D经费", "R&D支出"),
    "total_assets": ("总资产", "资产总计"),
    "net_profit": ("净利",),
    "tax_paid": ("纳税总额", "上缴税费", "实际上缴税费", "税收"),
    "export_revenue": ("出口额", "出口总额"),
    "hightech_revenue": ("高新技术产品收入", "高新产品收入", "高新技术产品（服务）收入"),
    "staff_total": ("从业人员", "职工总数", "从业人员期末人数", "员工数"),
    "staff_rd": ("研发人员", "科技人员", "研发人员数", "科技活动人员"),
    "output_value": ("工业总产值", "总产值"),
}


def unit_in(header: str) -> str:
    """The unit that a column's name carries: 营业收入(万元) -> 万元; empty when it carries none."""
    match = _UNIT.search(header)
    return (match[1] or match[2]).replace("％", "%") if match else ""


def read_value(fact: Fact, text: str, unit: str) -> int:
    """A printed value in the fact's smallest unit. Raises BadValue."""
    if fact.type == FactType.MONEY:
        return parse_fen(text, unit if unit in UNITS else "元")
    if fact.type == FactType.YES_NO:
        return int(_YES_NO(text))
    percent = text.endswith(("%", "％")) or unit == "%"
    number = parse_number(text.rstrip("%％")) / (Decimal(100) if percent and fact.type == FactType.RATIO else 1)
    exact = number * SCALE[fact.type]
    if exact != exact.to_integral_value():
        raise BadValue(Problem("not_exact", NOT_EXACT, {"text": text[:40]}))
    if exact < 0:
        raise BadValue(Problem("negative", NEGATIVE, {"text": text[:40], "fact": str(fact.name)}))
    return int(exact)


class FactWriter:
    """Writes chunks of yearly facts."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = source_by_name(context.source)
        self.facts = [fact for fact in organisation_facts() if fact.code in context.columns]
        default = str(context.options.get("unit") or "元")
        self.units = {fact.code: unit_in(context.columns[fact.code]) or default for fact in self.facts}
        year = str(context.options.get("year") or "")
        self.year = parse_year(year) if year else None

    def write(self, rows: Sequence[Row]) -> Sequence[Outcome]:
        codes = [read_code(row.values.get("uscc"))[0] for row in rows]
        found = find_organisations(codes, keys_of([row.values.get("name") for row in rows]))
        read = [self._read(row, found) for row in rows]
        wanted = {(item[0].pk, item[1]) for item in read if isinstance(item, tuple)}
        current: dict[tuple[int, str, int], FactValue] = {
            (value.organisation_id, value.fact, value.year): value
            for value in FactValue.objects.filter(
                organisation_id__in={pk for pk, _year in wanted}, year__in={year for _pk, year in wanted}, is_current=True
            )
        }
        new: list[FactValue] = []
        replaced: list[int] = []
        outcomes = []
        for item in read:
            if isinstance(item, list):
                outcomes.append(Outcome(Result.QUARANTINED, problems=tuple(item)))
            else:
                organisation, year, _values = item
                result, changed = self._take(*item, current, new, replaced)
                detail = " ".join((str(year), *changed))
                outcomes.append(Outcome(result, subject=organisation, name=organisation.name, detail=detail))
        FactValue.objects.filter(pk__in=replaced).update(is_current=False)
        bulk.insert(FactValue, new)
        return outcomes

    def _read(self, row: Row, found: Found) -> tuple[Organisation, int, dict[str, int]] | list[Problem]:
        organisation = whose(row.values.get("uscc"), row.values.get("name"), found, self.context.regions)
        if isinstance(organisation, Problem):
            return [organisation]
        year = row.values.get("year") or self.year
        if year is None:
            return [Problem("no_year", NO_YEAR, field="year")]
        if year > self.context.on.year:
            return [Problem("year_ahead", YEAR_AHEAD, {"year": year, "on": str(self.context.on)}, "year")]
        values, problems = {}, []
        for fact in self.facts:
            text = row.values.get(fact.code)
            if text is None:
                continue
            try:
                values[fact.code] = read_value(fact, text, self.units[fact.code])
            except BadValue as error:
                problems.append(error.problem.at(fact.code))
        if not values and not problems:
            problems.append(Problem("no_fact", NO_FACT))
        return problems or (organisation, year, values)

    def _take(
        self,
        organisation: Organisation,
        year: int,
        values: dict[str, int],
        current: dict[tuple[int, str, int], FactValue],
        new: list[FactValue],
        replaced: list[int],
    ) -> tuple[Result, list[str]]:
        """What became of the row, and the facts that it changed."""
        result, changed = Result.UNCHANGED, []
        for code, value in values.items():
            known = current.get((organisation.pk, code, year))
            if known is not None and known.value == value:
                continue
            fresh = FactValue(
                organisation=organisation, fact=code, year=year, value=value, source=self.source, as_of=self.context.on,
                recorded_at=self.context.at, is_current=True, batch_id=self.context.batch_id,
            )  # fmt: skip
            if known is not None and known.as_of > self.context.on:
                # An older file does not overrule a newer one; but what it said once is kept, once.
                if FactValue.objects.filter(
                    organisation=organisation, fact=code, year=year, source=self.source, as_of=self.context.on, value=value
                ).exists():
                    continue
                fresh.is_current = False
            elif known is not None:
                if known.pk is None:
                    new.remove(known)  # the same cell twice in one chunk: the later row holds
                else:
                    replaced.append(known.pk)
                current[organisation.pk, code, year] = fresh
                result = Result.UPDATED
            else:
                current[organisation.pk, code, year] = fresh
                result = Result.CREATED if result == Result.UNCHANGED else result
            new.append(fresh)
            changed.append(code)
        return result, changed

    def finish(self) -> Sequence[Outcome]:
        return ()


def unit_choices() -> tuple[tuple[str, Any], ...]:
    return tuple((unit, unit) for unit in ("元", "千元", "万元", "亿元"))


IMPORTER = Importer(
    kind="facts",
    label=_("年度数据"),
    description=_("企业每年的营业收入、研发费用、职工人数等，一行一个主体一个年度"),
    fields=fields,
    open=FactWriter,
    words=lambda: {fact.code: fact.name for fact in organisation_facts()},
    options=(
        Option("as_of", _("文件日期"), "date", _("数据截至哪一天；较新的文件更正较旧的")),
        Option("year", _("整份文件的年度"), "integer", _("文件里没有年度一列时填写")),
        Option("unit", _("金额单位"), "choice", _("列名里写了单位的，以列名为准"), unit_choices()),
    ),
)
