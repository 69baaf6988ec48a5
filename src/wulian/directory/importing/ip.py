"""Importing intellectual property with its holders, named by credit code or by name.

Holders that are not in the directory (persons, bodies elsewhere) are normal: a right needs one holder that is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from wulian.directory.models import IPHolding, IPRight, Organisation, SourceChange
from wulian.foundation import bulk
from wulian.foundation.imports.declare import Context, Field, Importer, Option, Outcome, Result, Row
from wulian.foundation.imports.parsing import at_most, one_of, parse_date
from wulian.kernel.errors import N_
from wulian.kernel.names import name_key
from wulian.kernel.problems import Problem

from .refreshing import keep_changes
from .shared import Found, code_of, find_organisations, outside, source_by_name, whose

NO_KIND = N_("没有写明种类：请对上种类一列，或在选项里选择整份文件的种类")
NO_HOLDER = N_("没有一个权利人在目录里：%(holders)s。请核对名称或代码，或先导入主体")
LAPSED_EARLY = N_("失效日 %(lapsed)s 早于授权日 %(granted)s")
_SPLIT = re.compile(r"[;；、|\n]+")

WORDS = {
    **{kind.value: kind.value for kind in IPRight.Kind},
    "发明专利": "invention", "发明": "invention", "发明授权": "invention", "实用新型": "utility", "实用新型专利": "utility",
    "外观设计": "design", "外观设计专利": "design", "外观": "design", "软件著作权": "software", "计算机软件著作权": "software", "软著": "software",
    "植物新品种": "plant", "集成电路布图设计": "layout", "集成电路布图设计专有权": "layout",
}  # fmt: skip
parse_kind = one_of(WORDS)


def parse_number(text: str) -> str:
    """A patent or registration number without blanks and without the ZL that some lists put before it."""
    number = re.sub(r"\s+", "", text).upper()
    return at_most(40)(number.removeprefix("ZL"))


def fields() -> tuple[Field, ...]:
    return (
        Field("number", _("专利号或登记号"), ("专利号", "申请号", "授权号", "登记号", "公开号", "number"), True, parse_number),
        Field("kind", _("种类"), ("专利类型", "类型", "知识产权类型", "知识产权类别", "kind"), parse=parse_kind),
        Field("title", _("名称"), ("专利名称", "知识产权名称", "软件名称", "发明名称", "title"), parse=at_most(200)),
        Field("filed_on", _("申请日"), ("申请日期", "filed"), parse=parse_date),
        Field("granted_on", _("授权日"), ("授权日期", "授权公告日", "登记日期", "granted"), parse=parse_date),
        Field("lapsed_on", _("失效日（不含）"), ("失效日", "失效日期", "终止日期", "lapsed"), parse=parse_date),
        Field("holders", _("权利人"), ("专利权人", "申请人", "著作权人", "企业名称", "单位名称", "holder"), hint=_("多个用分号或顿号分开")),
        Field("codes", _("权利人信用代码"), ("统一社会信用代码", "信用代码", "credit code"), hint=_("多个用分号分开，顺序同权利人")),
    )


class IPWriter:
    """Writes chunks of IP rights. Kind and number are the identity; a second row corrects dates and adds holders."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = source_by_name(context.source)
        kind = context.options.get("kind")
        self.kind = parse_kind(str(kind)) if kind else None
        # The first load of a source is no news.
        self.is_refresh = IPRight.objects.filter(source=self.source).exclude(batch_id=context.batch_id).exists()

    def write(self, rows: Sequence[Row]) -> Sequence[Outcome]:
        parts = [(_parts(row.values.get("codes")), _parts(row.values.get("holders"))) for row in rows]
        found = find_organisations(
            [code_of(code)[0] for codes, _names in parts for code in codes],
            [name_key(name) for _codes, names in parts for name in names],
        )
        chunk = _Chunk(rows, self.kind)
        outcomes = [self._one(row, *part, found, chunk) for row, part in zip(rows, parts, strict=True)]
        chunk.save()
        if self.is_refresh:
            known = [holding for holding in chunk.holdings if holding.ip_right in set(chunk.new)]
            news = [(h.organisation, SourceChange.Kind.PATENT, "", f"{h.ip_right.number} {h.ip_right.title}".strip()) for h in known]
            keep_changes(self.context, self.source.pk, news)
        return outcomes

    def _one(self, row: Row, codes: list[str], names: list[str], found: Found, chunk: _Chunk) -> Outcome:
        given = row.values
        kind = given.get("kind") or self.kind
        if kind is None:
            return _refused(Problem("no_kind", NO_KIND, field="kind"))
        granted, lapsed = given.get("granted_on"), given.get("lapsed_on")
        if granted and lapsed and lapsed < granted:
            return _refused(Problem("lapsed_early", LAPSED_EARLY, {"granted": str(granted), "lapsed": str(lapsed)}, "lapsed_on"))
        holders, missing = self._holders(codes, names, found)
        if isinstance(missing, Problem):
            return _refused(missing)
        right = IPRight(
            kind=kind, number=given["number"], title=given.get("title") or "", filed_on=given.get("filed_on"), granted_on=granted,
            lapsed_on=lapsed, source=self.source, batch_id=self.context.batch_id,
        )  # fmt: skip
        first = holders[0][1]
        detail = f"{kind} {right.number} {right.title}".strip()
        return Outcome(chunk.take(right, holders), bool(missing), (), first, first.name, detail)

    def _holders(self, codes: list[str], names: list[str], found: Found) -> tuple[list[tuple[int, Organisation]], list[str] | Problem]:
        """Holders that the directory has, with their place, and the names of the others; a Problem when there is none at all."""
        holders: list[tuple[int, Organisation]] = []
        missing: list[str] = []
        first: Problem | None = None
        for place in range(max(len(codes), len(names))):
            code = codes[place] if place < len(codes) else ""
            name = names[place] if place < len(names) else ""
            owner = whose(code, name if not code else None, found, None)
            if isinstance(owner, Organisation):
                if owner.pk not in {known.pk for _place, known in holders}:
                    holders.append((place + 1, owner))
            else:
                first = first or owner
                missing.append(name or code)
        if not holders:
            return [], first if first and len(missing) == 1 else Problem("no_holder", NO_HOLDER, {"holders": "、".join(missing)}, "holders")
        # One holder in the person's region is enough: a right may be held across districts.
        refusals = [outside(owner, self.context.regions) for _place, owner in holders]
        if all(refusals):
            return [], refusals[0] or missing
        return holders, missing

    def finish(self) -> Sequence[Outcome]:
        return ()


CORRECTED = ("title", "filed_on", "granted_on", "lapsed_on", "batch_id")


class _Chunk:
    """What the directory knows of the rights of a chunk, and what is to be written, written with a few statements."""

    def __init__(self, rows: Sequence[Row], kind: str | None) -> None:
        # The kind too, because only with it the index by kind and number is of use.
        kinds = {row.values.get("kind") or kind for row in rows}
        numbers = {row.values["number"] for row in rows}
        self.known = {(right.kind, right.number): right for right in IPRight.objects.filter(kind__in=kinds - {None}, number__in=numbers)}
        self.new: list[IPRight] = []
        self.changed: dict[int, IPRight] = {}
        self.holdings: list[IPHolding] = []
        pairs = IPHolding.objects.filter(ip_right__in=self.known.values()).values_list("ip_right__kind", "ip_right__number", "organisation")
        self.held = {(kind, number, owner) for kind, number, owner in pairs}

    def take(self, right: IPRight, holders: Sequence[tuple[int, Organisation]]) -> Result:
        """A new right, or what the row says of a known one. What a row leaves out is not taken away."""
        key = (right.kind, right.number)
        present = self.known.get(key)
        if present is None:
            self.known[key] = present = right
            self.new.append(right)
            result = Result.CREATED
        else:
            result = Result.UPDATED if self._correct(present, right) else Result.UNCHANGED
        for place, owner in holders:
            if (*key, owner.pk) not in self.held:
                self.held.add((*key, owner.pk))
                self.holdings.append(IPHolding(ip_right=present, organisation=owner, position=place))
                result = Result.UPDATED if result == Result.UNCHANGED else result
        return result

    def _correct(self, present: IPRight, right: IPRight) -> bool:
        changed = [name for name in CORRECTED[:-1] if (value := getattr(right, name)) and getattr(present, name) != value]
        for name in changed:
            setattr(present, name, getattr(right, name))
        if changed:
            present.batch_id = right.batch_id
            if present.pk:
                self.changed[present.pk] = present
        return bool(changed)

    def save(self) -> None:
        bulk.insert(IPRight, self.new)
        bulk.update(IPRight, list(self.changed.values()), CORRECTED)
        for holding in self.holdings:
            holding.ip_right_id = holding.ip_right.pk  # of a new right known only now
        bulk.insert(IPHolding, self.holdings)


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in _SPLIT.split(text or "") if part.strip()]


def _refused(problem: Problem) -> Outcome:
    return Outcome(Result.QUARANTINED, problems=(problem,))


IMPORTER = Importer(
    kind="ip",
    label=_("知识产权"),
    description=_("专利、软件著作权等，一行一件，权利人按信用代码或名称对上主体"),
    fields=fields,
    open=IPWriter,
    words=lambda: dict(IPRight.Kind.choices),
    options=(
        Option("as_of", _("文件日期"), "date", _("名单截至哪一天")),
        Option("kind", _("整份文件的种类"), "choice", _("文件里没有种类一列时选择"), tuple((k.value, k.label) for k in IPRight.Kind)),
    ),
)
