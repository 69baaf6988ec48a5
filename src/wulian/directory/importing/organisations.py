"""Importing a register of organisations.

A row is known again by the credit code that it prints, or by its name where it prints none, within its source; so a second
run finds its own records and changes nothing. What is in doubt is kept as printed and flagged.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from wulian.directory import flags
from wulian.directory.models import Organisation, OrganisationName, RegionMove, SourceChange, SourceRecord
from wulian.directory.services import trust
from wulian.foundation import bulk, search
from wulian.foundation.imports.declare import Context, Field, Importer, Option, Outcome, Result, Row
from wulian.foundation.imports.parsing import at_most, parse_date
from wulian.kernel import uscc
from wulian.kernel.districts import BLANKS as DISTRICT_BLANKS
from wulian.kernel.districts import DistrictFinder
from wulian.kernel.errors import N_
from wulian.kernel.money import parse_capital
from wulian.kernel.names import clean_name, is_branch, name_key
from wulian.kernel.problems import BadValue, Problem
from wulian.rulebook.industries import sections

from .refreshing import flag_vanished, keep_changes
from .shared import Found, code_of, district_finder, find_organisations, follow, outside, outside_region, source_by_name

NO_NAME = N_("名称“%(text)s”里没有文字")
SHIFTED = N_("写的是“%(text)s”，像是注册资本：这一行的列多半错了位")
TWICE = N_("与本文件第 %(row)s 行是同一%(by)s，内容却不同：请留一行")
FUTURE = N_("成立日期 %(date)s 晚于文件日期 %(on)s")

_SHIFT = re.compile(r"^[\d,.]+ *[(（]?[十百千]?[万亿元美人]")
STATUS = {
    "存续": "active", "在业": "active", "开业": "active", "正常": "active", "在营": "active", "登记成立": "active", "迁入": "active",
    "注销": "cancelled", "已注销": "cancelled", "吊销": "revoked", "已吊销": "revoked", "撤销": "revoked",
}  # fmt: skip
KINDS = {
    "enterprise": "enterprise", "individual": "individual", "cooperative": "cooperative", "government": "government", "social": "social",
}  # fmt: skip
_NAME_SPLIT = re.compile(r"[;；、,，|\n]+")


def parse_name(text: str) -> str:
    name = at_most(200)(clean_name(text))
    if not name_key(name):
        raise BadValue(Problem("no_name", NO_NAME, {"text": text[:40]}))
    return name


def parse_legal_form(text: str) -> str:
    if _SHIFT.match(text):
        raise BadValue(Problem("columns_shifted", SHIFTED, {"text": text[:40]}))
    return at_most(60)(text)


def parse_status(text: str) -> str:
    word = text.split("（")[0].split("(")[0]
    return next((value for key, value in STATUS.items() if word.startswith(key)), "unknown")


@lru_cache(maxsize=1)
def _industries() -> dict[str, str]:
    """Every writing of an industry -> code: letter, letter and division, division alone, names."""
    table: dict[str, str] = {}
    for section in sections():
        table |= {section.code: section.code, section.name: section.code}
        for division, name in section.divisions.items():
            code = f"{section.code}{division}"
            table |= {code: code, division: code}
            table.setdefault(name, code)
    return table


def industry_code(text: str) -> str:
    """Section and division of an industry as printed (C39, 3911, 计算机、通信和其他电子设备制造业); empty when unknown."""
    word, table = text.strip(), _industries()
    compact = word.upper()
    if re.fullmatch(r"[A-T]\d{0,4}", compact):
        return table.get(compact[:3], "")
    return table.get(word[:2], "") if re.fullmatch(r"\d{2,4}", word) else table.get(word, "")


def fields() -> tuple[Field, ...]:
    return (
        Field("name", _("名称"), ("企业名称", "单位名称", "公司名称", "主体名称", "机构名称", "企业全称", "name"), True, parse_name),
        Field(
            "uscc",
            _("统一社会信用代码"),
            ("信用代码", "社会信用代码", "统一代码", "企业代码", "组织机构代码", "credit code"),
            keeps_blank=True,
        ),
        Field("established_on", _("成立日期"), ("注册日期", "登记日期", "成立时间", "注册时间", "established"), parse=parse_date),
        Field("legal_form", _("企业类型"), ("公司类型", "类型", "legal form"), parse=parse_legal_form),
        Field("capital", _("注册资本"), ("注册资金", "注册资本金", "capital")),
        Field("business_scope", _("经营范围"), ("主营业务", "business scope")),
        Field("district", _("地区"), ("区域", "所属区", "所在区", "行政区", "区县", "所属区域", "district", "region")),
        Field("address", _("地址"), ("注册地址", "住所", "企业地址", "经营地址", "address"), parse=at_most(300)),
        Field("status", _("状态"), ("登记状态", "经营状态", "企业状态", "status"), parse=parse_status),
        Field("closed_on", _("注销日期"), ("注销时间", "closed"), parse=parse_date),
        Field("industry", _("行业"), ("行业代码", "所属行业", "行业门类", "国民经济行业", "industry")),
        Field("short_name", _("简称"), ("企业简称", "short name"), parse=at_most(60)),
        Field("former_names", _("曾用名"), ("历史名称", "曾用名称", "former name")),
    )


@dataclass(slots=True)
class Draft:
    """A row turned into values of an organisation. `region`: where it is by this row, if that can be told."""

    row: Row
    key: str
    digest: str
    name_key: str
    uscc: str
    values: dict[str, Any]
    flags: list[Problem]
    region: str | None
    former_names: list[str] = field(default_factory=list)


def digest_of(row: Row, columns: Mapping[str, str]) -> str:
    """Fingerprint of a row as printed, and of how its columns were read."""
    text = "\x1f".join((*row.printed, "\x1e", *row.printed.values(), "\x1e", *sorted(columns), "\x1e", *sorted(columns.values())))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def record_key(row: Row) -> str:
    """What tells records of a source apart: the code as printed, even with a fault; the name where no code is printed."""
    key = uscc.normalise(row.values.get("uscc") or "") or f"name:{name_key(row.values['name'])}"
    return key if len(key) <= 80 else f"md5:{hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()}"


def draft_of(row: Row, record: str, digest: str, finder: DistrictFinder, columns: Mapping[str, str]) -> Draft:
    """Read codes, capital and district of a parsed row, and note what is in doubt."""
    given = row.values
    doubts: list[Problem] = []
    code, wrong = code_of(given.get("uscc"))
    if wrong:
        doubts.append(wrong)
    elif not code and "uscc" in columns:
        doubts.append(Problem("uscc_missing", flags.USCC_MISSING, {"text": (given.get("uscc") or "")[:20]}))
    valid = "" if wrong else code
    key = name_key(given["name"])
    capital = parse_capital(given.get("capital") or "")
    doubts.extend(capital.problems)
    region, basis = _district(given, finder, columns, doubts)
    industry = industry_code(given["industry"]) if given.get("industry") else ""
    if given.get("industry") and not industry:
        doubts.append(Problem("industry_unknown", flags.INDUSTRY_UNKNOWN, {"text": given["industry"][:40]}))
    values = {
        "name": given["name"],
        "name_key": key,
        "uscc": valid,
        "kind": KINDS.get(uscc.body_class(code), ""),
        "is_branch": is_branch(given["name"]) or "分支机构" in (given.get("legal_form") or ""),
        "established_on": given.get("established_on"),
        "closed_on": given.get("closed_on"),
        "status": given.get("status") or "",
        "capital_amount": capital.amount,
        "capital_currency": capital.currency,
        "address": given.get("address") or "",
        "business_scope": given.get("business_scope") or "",
        "legal_form": given.get("legal_form") or "",
        "short_name": given.get("short_name") or "",
        "industry": industry,
        "region_basis": basis,
    }
    if given["name"].endswith(("大学", "职业技术学院")):
        values["kind"] = "university"
    elif values["kind"] == "" and given["name"].endswith(("研究院", "研究所")):
        values["kind"] = "institute"
    elif given.get("legal_form") == "个体工商户":
        values["kind"] = "individual"
    former = [clean_name(name) for name in _NAME_SPLIT.split(given.get("former_names") or "") if name_key(name) and name_key(name) != key]
    return Draft(row, record, digest, key, valid, values, doubts, region, former)


def _district(
    given: Mapping[str, Any], finder: DistrictFinder, columns: Mapping[str, str], doubts: list[Problem]
) -> tuple[str | None, Organisation.RegionBasis]:
    printed = given.get("district") or ""
    column = finder.by_column(printed) if printed else None
    address = finder.by_address(given["address"]) if given.get("address") else None
    if printed and column is None and printed.upper() not in DISTRICT_BLANKS:
        doubts.append(Problem("district_unknown", flags.DISTRICT_UNKNOWN, {"text": printed[:40]}))
    if column is not None:
        if address is not None and finder.disagree(column, address):
            params = {"column": column.short_name, "address": address.short_name}
            doubts.append(Problem("district_differs", flags.DISTRICT_DIFFERS, params))
        return column.code, Organisation.RegionBasis.COLUMN
    if address is not None:
        return address.code, Organisation.RegionBasis.ADDRESS
    if "district" in columns or "address" in columns:
        doubts.append(Problem("district_missing", flags.DISTRICT_MISSING))
    return None, Organisation.RegionBasis.NONE


# Values that a row without them does not take away from an organisation that has them.
KEPT = (
    "uscc", "kind", "established_on", "closed_on", "status", "address", "business_scope", "legal_form", "short_name", "industry",
)  # fmt: skip
UPDATED = (
    "name", "name_key", "uscc", "kind", "is_branch", "established_on", "closed_on", "status", "capital_amount", "capital_currency",
    "address", "business_scope", "legal_form", "short_name", "industry", "region", "region_basis", "flags", "updated_at",
)  # fmt: skip
LATER = frozenset({"same_organisation_code"})  # flags that `finish` sets, not a row


class OrganisationWriter:
    """Writes chunks of a register. See `foundation.imports.declare.Writer`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = source_by_name(context.source)
        self.finder = district_finder()

    def write(self, rows: Sequence[Row]) -> Sequence[Outcome]:
        columns = self.context.columns
        digests = [digest_of(row, columns) for row in rows]
        keys = [record_key(row) for row in rows]
        # Most rows of a second run are as they were. Those are told by digest alone, before anything else is looked at.
        known = {
            row[0]: row[1:]
            for row in SourceRecord.objects.filter(source=self.source, key__in=keys).values_list(
                "key", "pk", "digest", "organisation__flags", "organisation_id", "organisation__name", "organisation__uscc"
            )
        }
        same = [keys[i] in known and known[keys[i]][1] == digests[i] for i in range(len(rows))]
        drafts = {i: draft_of(row, keys[i], digests[i], self.finder, columns) for i, row in enumerate(rows) if not same[i]}
        records = {
            record.key: record
            for record in SourceRecord.objects.filter(
                source=self.source, key__in=[keys[i] for i in drafts if keys[i] in known]
            ).select_related("organisation", "organisation__merged_into")
        }
        found = find_organisations(
            [draft.uscc for draft in drafts.values()],
            [draft.name_key for draft in drafts.values() if not draft.uscc and draft.key not in records],
        )
        chunk = _Chunk(self.context, self.source.pk)
        outcomes = []
        for i in range(len(rows)):
            if same[i]:
                pk, _digest, flagged, owner, name, code = known[keys[i]]
                chunk.seen.append(pk)
                outcomes.append(Outcome(Result.UNCHANGED, bool(flagged), (), Organisation(pk=owner) if flagged else None, name, code))
            else:
                outcomes.append(self._one(drafts[i], records, found, chunk))
        chunk.save()
        return outcomes

    def _one(self, draft: Draft, records: dict[str, SourceRecord], found: Found, chunk: _Chunk) -> Outcome:
        context = self.context
        established = draft.values["established_on"]
        if established and established > context.on:
            return _refused(Problem("future_date", FUTURE, {"date": str(established), "on": str(context.on)}, "established_on"))
        if context.regions is not None and draft.region is not None and draft.region not in context.regions:
            return _refused(outside_region(draft.values["name"], draft.region))
        flagged = bool(draft.flags)
        record = records.get(draft.key)
        if record is not None:
            if record.digest == draft.digest:  # twice in this chunk
                return _outcome(Result.UNCHANGED, flagged, record.organisation)
            if record.batch_id == context.batch_id and record.row_number != draft.row.number:
                by = _("代码") if draft.uscc else _("名称")
                return _refused(
                    Problem("same_key_twice", TWICE, {"row": record.row_number, "by": str(by)}, "uscc" if draft.uscc else "name")
                )
            organisation: Organisation | None = follow(record.organisation)
        else:
            organisation = found.by_code.get(draft.uscc) if draft.uscc else found.one_by_name(draft.name_key)
        if organisation is None:
            return _outcome(Result.CREATED, flagged, chunk.create(draft, records, found))
        if refusal := outside(organisation, context.regions):
            return _refused(refusal)
        if draft.uscc and draft.uscc != organisation.uscc and found.by_code.get(draft.uscc, organisation) is not organisation:
            draft.values["uscc"] = ""  # another organisation has it; the record keeps what was printed
        chunk.update(draft, organisation, record, records)
        return _outcome(Result.UPDATED, flagged, organisation)

    def finish(self) -> Sequence[Outcome]:
        flagged = flag_same_organisation_codes(self.context.at)
        if self.context.options.get("whole") == "yes":
            flagged += flag_vanished(self.context, self.source)
        return [_outcome(Result.UNCHANGED, True, organisation) for organisation in dict.fromkeys(flagged)]


def _outcome(result: Result, flagged: bool, organisation: Organisation) -> Outcome:
    return Outcome(result, flagged, (), organisation, organisation.name, organisation.uscc)


def _refused(problem: Problem) -> Outcome:
    return Outcome(Result.QUARANTINED, problems=(problem,))


# A register has many rows: building objects by place takes a third of the time of building them by keyword.
_ORGANISATION = [field.attname for field in Organisation._meta.concrete_fields]
_RECORD = [
    "id", "source_id", "key", "organisation_id", "values", "digest", "batch_id", "row_number", "linked_by", "linking", "explanation",
    "first_seen_at", "last_seen_at",
]  # fmt: skip
_BLANK = {field.attname: field.get_default() for field in Organisation._meta.concrete_fields}


class _Chunk:
    """Collects what a chunk writes, and writes it with a few statements."""

    def __init__(self, context: Context, source_id: int) -> None:
        self.context, self.source_id = context, source_id
        self.created: list[Organisation] = []
        self.changed: dict[int, Organisation] = {}
        self.new_records: list[SourceRecord] = []
        self.changed_records: list[SourceRecord] = []
        self.seen: list[int] = []
        self.moves: list[RegionMove] = []
        self.names: list[tuple[Organisation, str, date | None]] = []
        self.noticed: list[tuple[Organisation, str, str, str]] = []

    def create(self, draft: Draft, records: dict[str, SourceRecord], found: Found) -> Organisation:
        at = self.context.at
        values = {
            **_BLANK,
            **draft.values,
            "kind": draft.values["kind"] or "enterprise",
            "status": draft.values["status"] or "unknown",
            "region_id": draft.region,
            "flags": flags.as_json(draft.flags),
            "created_at": at,
            "updated_at": at,
        }
        organisation = Organisation.from_db(None, _ORGANISATION, [values[name] for name in _ORGANISATION])
        self.created.append(organisation)
        self._record(draft, organisation, records)
        if draft.uscc:
            found.by_code[draft.uscc] = organisation
        else:
            found.by_name[draft.name_key].append(organisation)
        self.names += [(organisation, name, None) for name in draft.former_names]
        return organisation

    def _record(self, draft: Draft, organisation: Organisation, records: dict[str, SourceRecord]) -> None:
        at = self.context.at
        values: tuple[Any, ...] = (
            None, self.source_id, draft.key, None, draft.row.printed, draft.digest, self.context.batch_id, draft.row.number, "key", {}, {},
            at, at,
        )  # fmt: skip
        record = SourceRecord.from_db(None, _RECORD, values)
        record.organisation = organisation
        self.new_records.append(record)
        records[draft.key] = record

    def update(self, draft: Draft, organisation: Organisation, record: SourceRecord | None, records: dict[str, SourceRecord]) -> None:
        """Take over what the row says, and keep the trace: former name, move, record as printed."""
        self._notice(draft, organisation)
        if draft.name_key != organisation.name_key:
            self.names.append((organisation, organisation.name, self.context.on))
        self.names += [(organisation, name, None) for name in draft.former_names]
        for name, value in draft.values.items():
            if name == "region_basis" or (name in KEPT and value in ("", None)):
                continue
            if name.startswith("capital_") and draft.values["capital_amount"] is None:
                continue
            setattr(organisation, name, value)
        by_hand = organisation.region_basis == Organisation.RegionBasis.OFFICER
        if draft.region is not None and not by_hand:
            if organisation.region_id is not None and organisation.region_id != draft.region:
                self.moves.append(
                    RegionMove(
                        organisation=organisation, from_region_id=organisation.region_id, to_region_id=draft.region,
                        moved_on=self.context.on, basis=self.context.source[:120],
                    )
                )  # fmt: skip
            organisation.region_id, organisation.region_basis = draft.region, draft.values["region_basis"]
        kept = [item for item in organisation.flags if item.get("code") in LATER]
        organisation.flags = [*flags.as_json(draft.flags), *kept]
        organisation.updated_at = self.context.at
        if organisation.pk:
            self.changed[organisation.pk] = organisation
        if record is None:
            self._record(draft, organisation, records)
            return
        record.values, record.digest, record.last_seen_at = draft.row.printed, draft.digest, self.context.at
        record.batch_id, record.row_number = self.context.batch_id, draft.row.number
        self.changed_records.append(record)

    def _notice(self, draft: Draft, organisation: Organisation) -> None:
        """Keep what this refresh changes in an organisation that was known."""
        kinds, new = SourceChange.Kind, draft.values
        if draft.name_key != organisation.name_key:
            self.noticed.append((organisation, kinds.RENAMED, organisation.name, new["name"]))
        if draft.region and organisation.region_id and draft.region != organisation.region_id:
            self.noticed.append((organisation, kinds.MOVED, organisation.region_id, draft.region))
        elif new["address"] and organisation.address and new["address"] != organisation.address:
            self.noticed.append((organisation, kinds.ADDRESS, organisation.address, new["address"]))
        closed = {Organisation.Status.CANCELLED, Organisation.Status.REVOKED}
        if new["status"] in closed and organisation.status not in closed:
            self.noticed.append((organisation, kinds.CANCELLED, organisation.status, new["status"]))

    def save(self) -> None:
        bulk.insert(Organisation, self.created)
        bulk.update(Organisation, list(self.changed.values()), UPDATED)
        for record in self.new_records:
            record.organisation_id = record.organisation.pk  # known only now
        bulk.insert(SourceRecord, self.new_records)
        bulk.update(SourceRecord, self.changed_records, ("values", "digest", "batch_id", "row_number", "last_seen_at"))
        SourceRecord.objects.filter(pk__in=self.seen).update(last_seen_at=self.context.at)
        RegionMove.objects.bulk_create(self.moves)
        OrganisationName.objects.bulk_create(
            [
                OrganisationName(organisation=organisation, name=name, name_key=name_key(name), kind="former", valid_to=until)
                for organisation, name, until in self.names
            ],
            ignore_conflicts=True,
        )
        keep_changes(self.context, self.source_id, self.noticed)
        trust.settle_values(ids=set(self.changed), at=self.context.at)
        touched = {organisation.pk for organisation in (*self.created, *self.changed.values(), *(item[0] for item in self.names))}
        search.mark("organisation", touched)


def flag_same_organisation_codes(at: Any) -> list[Organisation]:
    """Flag organisations whose codes share positions 9–17: one body that was registered twice. Returns those not in doubt before."""
    living = Organisation.objects.filter(merged_into__isnull=True).exclude(uscc="").annotate(part=Substr("uscc", 9, 9))
    shared = living.values("part").annotate(count=Count("pk")).filter(count__gt=1).order_by().values_list("part", flat=True)
    groups: dict[str, list[Organisation]] = {}
    organisation: Organisation
    for organisation in living.filter(part__in=list(shared)):
        groups.setdefault(organisation.uscc[8:17], []).append(organisation)
    changed: list[Organisation] = []
    new: list[Organisation] = []
    for members in groups.values():
        for organisation in members:
            others = "、".join(f"“{other.name}”（{other.uscc}）" for other in members if other is not organisation)
            flag = Problem("same_organisation_code", flags.SAME_ORGANISATION_CODE, {"others": others}).as_json()
            rest = [item for item in organisation.flags if item.get("code") != "same_organisation_code"]
            if [*rest, flag] != organisation.flags:
                new += [] if organisation.flags else [organisation]
                organisation.flags, organisation.updated_at = [*rest, flag], at
                changed.append(organisation)
    bulk.update(Organisation, changed, ("flags", "updated_at"))
    search.mark("organisation", [organisation.pk for organisation in changed])
    return new


def options() -> tuple[Option, ...]:
    whole = (("yes", _("是：没有出现的主体标为“登记库里没有了”")), ("no", _("不是，只是一部分")))
    return (
        Option("as_of", _("文件日期"), "date", _("登记数据截至哪一天；迁移日期按它记")),
        Option("whole", _("是不是整份登记库"), "choice", _("整份才看得出谁不见了"), whole),
    )


IMPORTER = Importer(
    kind="organisations",
    label=_("主体登记"),
    description=_("企业和其他单位的登记信息：名称、信用代码、成立日期、注册资本、地区、地址"),
    fields=fields,
    open=OrganisationWriter,
    options=options(),
)
