"""Importing a register that is not the register of companies: patent applicants, filings, attendees.

Each row is a record as printed, brought to its organisation by the linkage engine: certain ones at once with the reason, doubtful
ones into an organisation of their own and the queue, those that nobody knows into a new organisation.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from wulian.directory import flags
from wulian.directory.linking.knowing import read_linker
from wulian.directory.linking.linker import Open, Placed
from wulian.directory.linking.records import key_of, record_of
from wulian.directory.models import Doubt, IdentityChange, Organisation, SourceRecord
from wulian.directory.services import trust
from wulian.foundation import bulk, search
from wulian.foundation.imports.declare import Context, Field, Importer, Option, Outcome, Result, Row
from wulian.foundation.imports.parsing import at_most
from wulian.kernel import uscc
from wulian.kernel.errors import N_, Denied
from wulian.kernel.names import clean_name, is_branch, name_key
from wulian.kernel.problems import Problem

from .organisations import digest_of, parse_name
from .shared import code_of, district_finder, outside, outside_region, source_by_name

PERSON = N_("“%(name)s”像是个人姓名，不是单位：没有写入")
TWICE = N_("与本文件第 %(row)s 行是同一编号，内容却不同：请留一行")
_SPLIT = re.compile(r"[;；、|\n]+")
SHORTEST = 4  # a name of fewer characters is a person's


def fields() -> tuple[Field, ...]:
    names = ("申请人", "专利权人", "权利人", "企业名称", "单位名称", "公司名称", "机构名称", "参会单位", "name")
    return (
        Field("name", _("名称"), names, True, parse_name),
        Field("number", _("记录编号"), ("记录号", "编号", "序号", "流水号", "number"), parse=at_most(60), hint=_("没有时按整行内容认")),
        Field(
            "code",
            _("证照号码"),
            ("统一社会信用代码", "信用代码", "证照号码", "注册号", "credit code"),
            hint=_("18 位代码或 15 位旧注册号"),
        ),
        Field("other_code", _("另一号码"), ("旧注册号", "组织机构代码")),
        Field("former_names", _("曾用名"), ("历史名称", "曾用名称", "former name")),
        Field("address", _("地址"), ("申请人地址", "联系地址", "注册地址", "住所", "企业地址", "address"), parse=at_most(300)),
        Field("district", _("地区"), ("所属区", "所在区", "区域", "行政区", "区县", "district")),
        Field("founded", _("成立日期"), ("注册日期", "登记日期", "founded")),
    )


def linking_of_row(row: Row) -> dict[str, Any]:
    """What the engine reads of a parsed row."""
    given = row.values
    former = [part.strip() for part in _SPLIT.split(given.get("former_names") or "") if part.strip()]
    return {
        "name": given["name"],
        "codes": [text for name in ("code", "other_code") if (text := (given.get(name) or "").strip())],
        "former_names": former,
        "address": given.get("address") or "",
        "district": given.get("district") or "",
        "founded": given.get("founded") or "",
    }


@dataclass(slots=True)
class Taken:
    """A row that is to be stored. `owner`: of the linker, negative while the organisation is new."""

    row: Row
    key: str
    digest: str
    linking: dict[str, Any]
    placed: Placed
    known: SourceRecord | None


class LinkedWriter:
    """Writes chunks of a linked register. See `foundation.imports.declare.Writer`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = source_by_name(context.source)
        self.finder = district_finder()
        self.linker = read_linker()
        self.doubts: list[Open] = []

    def write(self, rows: Sequence[Row]) -> Sequence[Outcome]:
        columns = self.context.columns
        digests = [digest_of(row, columns) for row in rows]
        keys = [_record_key(row, digest) for row, digest in zip(rows, digests, strict=True)]
        known = {
            record.key: record
            for record in SourceRecord.objects.filter(source=self.source, key__in=keys).select_related("organisation__merged_into")
        }
        self.new: dict[int, Organisation] = {}
        self.doubts = []
        taken: dict[str, Taken] = {}
        seen: list[int] = []
        outcomes: list[Outcome | Taken] = []
        for row, key, digest in zip(rows, keys, digests, strict=True):
            record = known.get(key)
            if record is not None and record.digest == digest:
                seen.append(record.pk)
                name = record.organisation.name
                outcomes.append(Outcome(Result.UNCHANGED, False, (), record.organisation, name, record.organisation.uscc))
            elif key in taken or (record is not None and record.batch_id == self.context.batch_id):
                first = taken[key].row.number if key in taken else record.row_number if record else 0
                outcomes.append(_refused(Problem("same_key_twice", TWICE, {"row": first}, "number")))
            else:
                outcome = self._take(row, key, digest, record)
                if isinstance(outcome, Taken):
                    taken[key] = outcome
                outcomes.append(outcome)
        numbers = self._store(list(taken.values()))
        SourceRecord.objects.filter(pk__in=seen).update(last_seen_at=self.context.at)
        in_doubt = self._ask(numbers)
        owners = Organisation.objects.in_bulk({self.linker.owner[key_of(self.source.code, key)] for key in taken})
        return [one if isinstance(one, Outcome) else self._outcome(one, owners, in_doubt) for one in outcomes]

    def _outcome(self, taken: Taken, owners: dict[int, Organisation], in_doubt: set[int]) -> Outcome:
        organisation = owners[self.linker.owner[key_of(self.source.code, taken.key)]]
        result = Result.UPDATED if taken.known is not None or not taken.placed.is_new else Result.CREATED
        return Outcome(result, organisation.pk in in_doubt, (), organisation, organisation.name, organisation.uscc)

    def _take(self, row: Row, key: str, digest: str, known: SourceRecord | None) -> Taken | Outcome:
        """Place the row in memory, unless it may not be written."""
        linking = linking_of_row(row)
        name = _first_name(linking["name"])
        if len(name_key(name)) < SHORTEST and not linking["codes"]:
            return _refused(Problem("person", PERSON, {"name": name}, "name"))
        engine_key = key_of(self.source.code, key)
        placed = self.linker.place(record_of(engine_key, self.source.code, linking), lambda: self._found(row, name, linking))
        owner = self.new.get(placed.owner) or Organisation.objects.get(pk=placed.owner)
        region = owner.region_id
        refusal = outside(owner, self.context.regions)
        if placed.is_new and self.context.regions is not None and region is not None and region not in self.context.regions:
            refusal = outside_region(name, region)
        if refusal and known is None:
            self.linker.forget(engine_key)
            self.new.pop(placed.owner, None)
            return _refused(refusal)
        self.doubts += placed.doubts
        return Taken(row, key, digest, linking, placed, known)

    def _found(self, row: Row, name: str, linking: dict[str, Any]) -> int:
        """An organisation for a record that nobody knows. What is wrong with its code is flagged, and the code left out."""
        number = -1 - len(self.new)
        code, wrong = code_of(next((text for text in linking["codes"] if len(text) == 18), ""))
        taken = bool(code) and Organisation.objects.filter(uscc=code, merged_into__isnull=True).exists()
        taken = taken or code in {one.uscc for one in self.new.values()}
        place = (self.finder.by_column(linking["district"]) if linking["district"] else None) or (
            self.finder.by_address(linking["address"]) if linking["address"] else None
        )
        basis = Organisation.RegionBasis.NONE
        if place is not None:
            basis = Organisation.RegionBasis.COLUMN if linking["district"] else Organisation.RegionBasis.ADDRESS
        at = self.context.at
        self.new[number] = Organisation(
            name=name, name_key=name_key(name), uscc="" if wrong or taken else code, is_branch=is_branch(name), address=linking["address"],
            kind=_kind(name, code), region_id=place.code if place else None, region_basis=basis,
            flags=flags.as_json([wrong] if wrong else []), created_at=at, updated_at=at,
        )  # fmt: skip
        return number

    def _store(self, taken: Sequence[Taken]) -> dict[int, int]:
        """Write organisations, records and what moved; give the linker the ids. Returns number -> id of the new organisations."""
        numbers = list(self.new)
        bulk.insert(Organisation, list(self.new.values()))
        stored = {number: self.new[number].pk for number in numbers}
        self.linker.number(stored)
        by, at = SourceRecord.LinkedBy, self.context.at
        fresh: list[SourceRecord] = []
        changed: list[SourceRecord] = []
        for one in taken:
            record = one.known or SourceRecord(source=self.source, key=one.key, first_seen_at=at)
            because = one.placed.because
            record.organisation_id = self.linker.owner[key_of(self.source.code, one.key)]
            record.values, record.digest, record.linking = one.row.printed, one.digest, one.linking
            record.batch_id, record.row_number, record.last_seen_at = self.context.batch_id, one.row.number, at
            record.linked_by = by.NONE if one.placed.is_new else by.MODEL
            record.explanation = {"zh": because.zh, "en": because.en, "score": round(because.score, 4)} if because else {}
            (changed if one.known else fresh).append(record)
        bulk.insert(SourceRecord, fresh)
        names = ("organisation", "values", "digest", "linking", "batch_id", "row_number", "last_seen_at", "linked_by", "explanation")
        bulk.update(SourceRecord, changed, names)
        self._follow(taken, stored)
        trust.settle_values(ids={record.organisation_id for record in (*fresh, *changed)}, at=at)
        search.mark("organisation", {record.organisation_id for record in (*fresh, *changed)})
        return stored

    def _follow(self, taken: Sequence[Taken], stored: dict[int, int]) -> None:
        """Records that went over because of the new ones, and organisations that the model found to be one."""
        from wulian.directory.services.identity import merge_organisations

        for one in taken:
            for key, _owner in one.placed.moved:
                source, _colon, rest = key.partition(":")
                SourceRecord.objects.filter(source__code=source, key=rest).update(organisation=self.linker.owner[key])
            for other, kept in one.placed.merged:
                first, second = stored.get(kept, kept), stored.get(other, other)
                reason = one.placed.because.zh if one.placed.because else str(_("模型判为同一家"))
                try:
                    merge_organisations(
                        by=self.context.by, kept_id=first, other_id=second, reason=reason, at=self.context.at,
                        basis=IdentityChange.Basis.MODEL,
                    )  # fmt: skip
                except Denied:
                    continue  # someone who answers for both regions will see them side by side in the queue

    def _ask(self, stored: dict[int, int]) -> set[int]:
        """Put the doubts of the chunk into the queue, one for each two organisations. Returns the organisations in doubt."""
        pairs: dict[tuple[int, int], list[Open]] = {}
        for one in self.doubts:
            left, right = self.linker.owner.get(one.left), self.linker.owner.get(one.right)
            if left is not None and right is not None and left != right:
                pairs.setdefault((min(left, right), max(left, right)), []).append(one)
        return put_doubts(pairs, at=self.context.at)

    def finish(self) -> Sequence[Outcome]:
        return ()


def put_doubts(pairs: dict[tuple[int, int], list[Open]], *, at: Any) -> set[int]:
    """Add doubts to the queue; one that waits already gets the new pairs of records, one that was answered is left alone.

    Two organisations with codes of two bodies are no question: that a third record could be of either makes them no more alike.
    Returns the organisations in doubt.
    """
    ids = sorted({owner for pair in pairs for owner in pair})
    bodies: dict[int, str] = {}
    for start in range(0, len(ids), 500):
        coded = Organisation.objects.filter(pk__in=ids[start : start + 500]).exclude(uscc="").values_list("pk", "uscc")
        bodies |= {pk: code[8:17] for pk, code in coded}
    pairs = {(a, b): found for (a, b), found in pairs.items() if a not in bodies or b not in bodies or bodies[a] == bodies[b]}
    ids = sorted({owner for pair in pairs for owner in pair})
    sizes: Counter[int] = Counter()
    present: dict[tuple[int, int], Doubt] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        counted = SourceRecord.objects.filter(organisation__in=part).values("organisation").annotate(n=Count("pk")).order_by()
        sizes.update({row["organisation"]: row["n"] for row in counted})
        for doubt in Doubt.objects.filter(left__in=part):
            present[min(doubt.left_id, doubt.right_id), max(doubt.left_id, doubt.right_id)] = doubt
    fresh, changed = [], []
    for (left, right), found in pairs.items():
        best = max(found, key=lambda one: (one.judgement.score, one.left, one.right))
        kept = present.get((left, right))
        known = {(a, b): score for a, b, score in kept.pairs} if kept else {}
        # The keys stand in the order of the organisations.
        known |= {(one.left, one.right): round(one.judgement.score, 4) for one in found}
        values = {
            "pairs": [[a, b, score] for (a, b), score in sorted(known.items(), key=lambda item: (-item[1], item[0]))],
            "resolves": max(1, min(sizes[left], sizes[right])) + len(known) - 1,
        }
        if kept is None or best.judgement.score >= kept.score:
            judgement = best.judgement
            values |= {
                "score": judgement.score, "zh": judgement.zh, "en": judgement.en,
                "contributions": [
                    {"zh": item.zh, "en": item.en, "weight": round(item.weight, 2)} for item in judgement.contributions if item.code != "prior"
                ],
            }  # fmt: skip
        if kept is None:
            fresh.append(Doubt(left_id=left, right_id=right, created_at=at, **values))
        elif kept.state != Doubt.State.ANSWERED:
            for name, value in values.items():
                setattr(kept, name, value)
            changed.append(kept)
    Doubt.objects.bulk_create(fresh, batch_size=500)
    Doubt.objects.bulk_update(changed, ["pairs", "resolves", "score", "zh", "en", "contributions"], batch_size=200)
    return set(ids)


def _kind(name: str, code: str) -> str:
    if name.endswith(("大学", "学院", "学校")):
        return Organisation.Kind.UNIVERSITY
    if name.endswith(("研究院", "研究所")):
        return Organisation.Kind.INSTITUTE
    kinds = {"individual": Organisation.Kind.INDIVIDUAL, "cooperative": Organisation.Kind.COOPERATIVE, "social": Organisation.Kind.SOCIAL}
    return kinds.get(uscc.body_class(code) if code else "", Organisation.Kind.ENTERPRISE)


def _first_name(text: str) -> str:
    """Of several applicants in one cell the first."""
    return clean_name(next((part for part in _SPLIT.split(text) if part.strip()), text))[:200]


def _record_key(row: Row, digest: str) -> str:
    """The record's own number where the file gives one, otherwise the row as it stands."""
    number = (row.values.get("number") or "").strip()
    if number:
        return number if len(number) <= 80 else f"md5:{hashlib.md5(number.encode(), usedforsecurity=False).hexdigest()}"
    return f"md5:{digest}"


def _refused(problem: Problem) -> Outcome:
    return Outcome(Result.QUARANTINED, problems=(problem,))


IMPORTER = Importer(
    kind="linked",
    label=_("关联台账"),
    description=_("专利申请人、备案、参会单位等别的台账：一行一条，自动归到主体；拿不准的进归并疑点"),
    fields=fields,
    open=LinkedWriter,
    options=(Option("as_of", _("文件日期"), "date", _("名单截至哪一天")),),
)
