"""What a merge or a split would do, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from wulian.directory.identity.filling import filled
from wulian.directory.identity.movers import mover, movers
from wulian.directory.models import IdentityChange, Organisation
from wulian.foundation.access import Actor, Role, require
from wulian.kernel.errors import NotFound
from wulian.kernel.money import format_capital

ROWS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of rows: how many move, and how many stay because the other has the same already."""

    label: str
    moves: int
    stays: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of both organisations. `after`: what the one that stays will have."""

    label: str
    kept: str
    other: str
    after: str

    @property
    def differs(self) -> bool:
        return self.kept != self.other and bool(self.kept) and bool(self.other)

    @property
    def is_filled(self) -> bool:
        return self.after != self.kept


@dataclass(frozen=True, slots=True)
class Preview:
    """What will move, before anyone confirms. `warnings`: reasons to look twice; none of them forbids it."""

    kept: Organisation
    other: Organisation
    lines: list[Line]
    compared: list[Compared]
    warnings: list[str]

    @property
    def total(self) -> int:
        return sum(line.moves for line in self.lines)


@dataclass(frozen=True, slots=True)
class RowsOf:
    """The rows of one kind that a person may choose from for a split."""

    key: str
    label: str
    rows: list[tuple[int, str]]


def may_change_identity(viewer: Actor, organisation: Organisation) -> bool:
    """An officer of the region; for an organisation of unknown region, any officer."""
    return viewer.has(Role.OFFICER, Role.ADMINISTRATOR, region=organisation.region_id)


def require_may_change(viewer: Actor, organisation: Organisation) -> None:
    """Refuse unless the viewer may merge or split the organisation."""
    require(
        may_change_identity(viewer, organisation),
        act=_("归并或拆分“%(name)s”") % {"name": organisation.name},
        reason=_("需要管辖该区域的科技部门工作人员"),
    )


def preview_merge(*, viewer: Actor, kept_id: int, other_id: int) -> Preview:
    """What `merge_organisations` would do. Raises Denied, NotFound."""
    found = {row.pk: row for row in Organisation.objects.select_related("region", "merged_into").filter(pk__in=[kept_id, other_id])}
    if kept_id not in found or other_id not in found:
        raise NotFound(what=_("这个主体"))
    kept, other = found[kept_id], found[other_id]
    for organisation in (kept, other):
        require_may_change(viewer, organisation)
    lines = []
    for one in movers():
        ids = one.rows(other_id)
        if ids:
            stays = len(one.clashing(ids, kept_id))
            lines.append(Line(str(one.label), len(ids) - stays, stays))
    return Preview(kept, other, lines, compare(kept, other), _warnings(kept, other))


def compare(kept: Organisation, other: Organisation) -> list[Compared]:
    """Both organisations side by side, field by field, in the order of the archive."""
    after = dict(filled(kept, other))

    def shown(organisation: Organisation, values: dict[str, Any]) -> dict[str, str]:
        def value(name: str) -> Any:
            return values.get(name, getattr(organisation, name))

        status = dict(Organisation.Status.choices)[value("status")]
        region = other.region if "region_id" in values else organisation.region
        return {
            _("名称"): organisation.name,
            _("统一社会信用代码"): value("uscc"),
            _("类别"): str(organisation.get_kind_display()),
            _("状态"): str(status),
            _("成立日期"): str(value("established_on") or ""),
            _("注册资本"): format_capital(value("capital_amount"), value("capital_currency")),
            _("区域"): str(region or ""),
            _("地址"): value("address"),
            _("行业"): value("industry"),
            _("企业类型"): value("legal_form"),
        }

    left, right, then = shown(kept, {}), shown(other, {}), shown(kept, after)
    return [Compared(label, left[label], right[label], then[label]) for label in left]


def _warnings(kept: Organisation, other: Organisation) -> list[str]:
    warnings = []
    if kept.uscc and other.uscc and kept.uscc != other.uscc:
        if kept.uscc[8:17] == other.uscc[8:17]:
            warnings.append(_("两个信用代码不同，但组织机构代码相同：多半是同一主体换发过代码"))
        else:
            warnings.append(_("两个信用代码不同：通常是两家，请再核对"))
    if kept.is_branch != other.is_branch:
        warnings.append(_("一个是分支机构，一个不是：分支机构自成一个主体"))
    if kept.region_id and other.region_id and kept.region_id != other.region_id:
        warnings.append(_("两边登记在不同区域"))
    if kept.is_synthetic != other.is_synthetic:
        warnings.append(_("一边是演示用的合成数据"))
    return warnings


def changes_of(*, viewer: Actor, organisation: Organisation) -> list[IdentityChange]:
    """Merges and splits of an organisation, newest first, with the number of rows that moved (`count`) and the undo, if any."""
    if not viewer.has(Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR, region=organisation.region_id):
        return []
    both = Q(kept=organisation) | Q(other=organisation)
    rows = IdentityChange.objects.filter(both).select_related("kept", "other", "undo").annotate(count=Count("moved"))
    return list(rows.order_by("-pk"))


def get_change(*, viewer: Actor, number: int) -> IdentityChange:
    """One merge or split, for whoever may see the history of one of its organisations. Raises NotFound."""
    found = IdentityChange.objects.select_related("kept", "other", "undo").filter(pk=number).first()
    roles = (Role.OFFICER, Role.ADMINISTRATOR, Role.AUDITOR)
    if found is None or not any(viewer.has(*roles, region=one.region_id) for one in (found.kept, found.other)):
        raise NotFound(what=_("这次归并或拆分"))
    return found


def rows_to_split(*, viewer: Actor, organisation: Organisation) -> list[RowsOf]:
    """Everything that hangs on an organisation, by kind, for choosing what goes. Records first."""
    require_may_change(viewer, organisation)
    found = []
    for one in movers():
        ids = one.rows(organisation.pk)[:ROWS_SHOWN]
        if ids and one.key != "directory.organisation.merged_into":
            described = one.describe(ids)
            found.append(RowsOf(one.key, str(one.label), [(pk, described.get(pk, str(pk))) for pk in ids]))
    return found


def left_words(left: dict[str, int]) -> list[str]:
    """What could not go back, in words."""
    return [f"{_label(key)} {count}" for key, count in left.items()]


def _label(key: str) -> str:
    return str(mover(key).label) if key != "directory.organisation" else _("主体本身的字段")


def moved_counts(change: IdentityChange) -> list[tuple[str, int]]:
    """Rows moved by a change, by kind."""
    rows = change.moved.values("mover").annotate(count=Count("pk")).order_by("mover").values_list("mover", "count")
    return [(_label(key), count) for key, count in rows]
