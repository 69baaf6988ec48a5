"""Importing titles with their validity. 有效期至 is the last day in official lists, so the half-open end is the day after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from wulian.directory.models import Organisation, TitleGrant, TitleKind
from wulian.foundation import bulk
from wulian.foundation.imports.declare import Context, Field, Importer, Option, Outcome, Result, Row
from wulian.foundation.imports.parsing import at_most, one_of, parse_date, parse_whole
from wulian.kernel.errors import N_
from wulian.kernel.problems import Problem

from .shared import Found, code_of, find_organisations, keys_of, source_by_name, whose

NO_KIND = N_("没有写明是哪种称号：请对上称号一列，或在选项里选择整份文件的称号")
NO_START = N_("没有认定日期，也没有有效期起")
NO_END = N_("没有有效期止：请填写日期；长期有效的写“长期”；或在选项里填写整份文件的有效年数")
BACKWARDS = N_("有效期止 %(end)s 不晚于有效期起 %(start)s")
FOREVER = frozenset({"长期", "长期有效", "永久", "无固定期限", "long-term"})

WORDS = {
    **{kind.value: kind.value for kind in TitleKind},
    "高新技术企业": "hnte", "国家高新技术企业": "hnte", "高企": "hnte", "国高": "hnte", "科技型中小企业": "tech_sme", "国家科技型中小企业": "tech_sme",
    "创新型中小企业": "innovative_sme", "专精特新中小企业": "srdi", "专精特新": "srdi", "市级专精特新": "srdi", "专精特新“小巨人”企业": "little_giant",
    "专精特新小巨人企业": "little_giant", "专精特新“小巨人”": "little_giant", "小巨人": "little_giant", "小巨人企业": "little_giant",
    "制造业单项冠军企业": "champion", "制造业单项冠军": "champion", "单项冠军": "champion", "雏鹰企业": "eaglet", "雏鹰": "eaglet", "瞪羚企业": "gazelle",
    "瞪羚": "gazelle", "独角兽企业": "unicorn", "独角兽": "unicorn", "科技领军企业": "leader", "领军企业": "leader", "科技领军培育企业": "leader_cultivation",
    "领军培育企业": "leader_cultivation", "猎豹企业": "cheetah", "猎豹": "cheetah", "技术先进型服务企业": "advanced_service",
}  # fmt: skip
parse_kind = one_of(WORDS)


def parse_end(text: str) -> date | str:
    """The last day, or "" for a title without end."""
    return "" if text in FOREVER else parse_date(text)


def fields() -> tuple[Field, ...]:
    return (
        Field("uscc", _("统一社会信用代码"), ("信用代码", "社会信用代码", "统一代码", "企业代码", "credit code")),
        Field("name", _("名称"), ("企业名称", "单位名称", "公司名称", "主体名称", "企业全称", "name")),
        Field("kind", _("称号"), ("资质", "资质名称", "称号名称", "认定类型", "类别", "title"), parse=parse_kind),
        Field("certificate", _("证书编号"), ("证书号", "编号", "入库登记编号", "certificate"), parse=at_most(60)),
        Field("granted_on", _("认定日期"), ("认定时间", "发证日期", "发证时间", "入库日期", "公告日期", "granted"), parse=parse_date),
        Field("valid_from", _("有效期起"), ("有效期开始", "起始日期", "valid from"), parse=parse_date, hint=_("空着时按认定日期")),
        Field("last_day", _("有效期至（含当日）"), ("有效期至", "有效期止", "有效期截止", "到期日期", "valid to"), parse=parse_end),
        Field("years", _("有效年数"), ("有效期（年）", "年限"), parse=parse_whole),
        Field("revoked_on", _("取消日期"), ("撤销日期", "取消时间", "revoked"), parse=parse_date),
    )


def add_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes 1 March, as a term that has not ended earlier."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


class TitleWriter:
    """Writes chunks of titles. The same organisation, title and start is the same grant; a second row corrects it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = source_by_name(context.source)
        kind, years = context.options.get("kind"), context.options.get("years")
        self.kind = parse_kind(str(kind)) if kind else None
        self.years = parse_whole(str(years)) if years else None

    def write(self, rows: Sequence[Row]) -> Sequence[Outcome]:
        found = find_organisations([code_of(row.values.get("uscc"))[0] for row in rows], keys_of([row.values.get("name") for row in rows]))
        read = [self._read(row, found) for row in rows]
        owners = {item.organisation_id for item in read if isinstance(item, TitleGrant)}
        known = {(t.organisation_id, t.kind, t.valid_from): t for t in TitleGrant.objects.filter(organisation_id__in=owners)}
        outcomes, new, changed = [], [], {}
        for item in read:
            if isinstance(item, Problem):
                outcomes.append(Outcome(Result.QUARANTINED, problems=(item,)))
                continue
            key = (item.organisation_id, item.kind, item.valid_from)
            about: dict[str, Any] = {
                "subject": item.organisation, "name": item.organisation.name, "detail": f"{item.kind} {item.certificate}".strip(),
            }  # fmt: skip
            if (present := known.get(key)) is None:
                known[key] = item
                new.append(item)
                outcomes.append(Outcome(Result.CREATED, **about))
            elif _correct(present, item):
                if present.pk:
                    changed[present.pk] = present
                outcomes.append(Outcome(Result.UPDATED, **about))
            else:
                outcomes.append(Outcome(Result.UNCHANGED, **about))
        bulk.insert(TitleGrant, new)
        bulk.update(TitleGrant, list(changed.values()), CORRECTED)
        return outcomes

    def _read(self, row: Row, found: Found) -> TitleGrant | Problem:
        given = row.values
        owner = whose(given.get("uscc"), given.get("name"), found, self.context.regions)
        if isinstance(owner, Problem):
            return owner
        kind = given.get("kind") or self.kind
        if kind is None:
            return Problem("no_kind", NO_KIND, field="kind")
        start = given.get("valid_from") or given.get("granted_on")
        if start is None:
            return Problem("no_start", NO_START, field="granted_on")
        last, years = given.get("last_day"), given.get("years") or self.years
        if last is None and years is None:
            return Problem("no_end", NO_END, field="last_day")
        # "" says that there is no end; None says nothing, and then the years hold.
        end = last + timedelta(days=1) if isinstance(last, date) else None if last == "" else add_years(start, years or 0)
        if end is not None and end <= start:
            return Problem("backwards", BACKWARDS, {"start": str(start), "end": str(last or end)}, "last_day")
        return self._grant(owner, kind, start, end, row)

    def _grant(self, owner: Organisation, kind: str, start: date, end: date | None, row: Row) -> TitleGrant:
        given = row.values
        return TitleGrant(
            organisation=owner, kind=kind, certificate=given.get("certificate") or "", granted_on=given.get("granted_on") or start,
            valid_from=start, valid_to=end, revoked_on=given.get("revoked_on"), source=self.source, batch_id=self.context.batch_id,
        )  # fmt: skip

    def finish(self) -> Sequence[Outcome]:
        return ()


CORRECTED = ("certificate", "granted_on", "valid_to", "revoked_on", "source", "batch_id")


def _correct(present: TitleGrant, item: TitleGrant) -> bool:
    """Take over what the row says; True when anything changed. A row that does not mention a revocation does not undo it."""
    changed = False
    for name in ("certificate", "granted_on", "valid_to", "revoked_on"):
        value = getattr(item, name)
        if getattr(present, name) != value and not (name in {"certificate", "revoked_on"} and not value):
            setattr(present, name, value)
            changed = True
    if changed:
        present.source, present.batch_id = item.source, item.batch_id
    return changed


IMPORTER = Importer(
    kind="titles",
    label=_("资质称号"),
    description=_("高新技术企业、科技型中小企业、雏鹰、瞪羚等称号及其有效期"),
    fields=fields,
    open=TitleWriter,
    words=lambda: dict(TitleKind.choices),
    options=(
        Option("as_of", _("文件日期"), "date", _("名单截至哪一天")),
        Option("kind", _("整份文件的称号"), "choice", _("文件里没有称号一列时选择"), tuple((kind.value, kind.label) for kind in TitleKind)),
        Option("years", _("整份文件的有效年数"), "integer", _("文件里没有有效期止时填写，例如高新技术企业填 3")),
    ),
)
