"""Tables of the register engine: adopted definitions, entries with their history, links, editions, saved views."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wulian.engines.registers.slots import CAPACITY


class Register(models.Model):
    """台账: one register; `current` is the number of the definition in force."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    chain = models.CharField(_("链"), max_length=20)
    current = models.PositiveIntegerField(_("现行版本"), default=0)
    is_shipped = models.BooleanField(_("产品自带"), default=True)
    serials = models.JSONField(_("各年编号"), default=dict)  # year -> last serial number given

    class Meta:
        verbose_name = _("台账")
        verbose_name_plural = _("台账")
        ordering = ["chain", "code"]

    def __str__(self) -> str:
        return self.code


class RegisterVersion(models.Model):
    """台账定义版本: the text of a definition as it was adopted. Append-only."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="versions", verbose_name=_("台账"))
    number = models.PositiveIntegerField(_("版本"))
    text = models.TextField(_("定义"))
    digest = models.CharField(_("摘要"), max_length=64)
    adopted_at = models.DateTimeField(_("采用时间"))
    adopted_by = models.CharField(_("采用人"), max_length=120)
    changes = models.JSONField(_("变动"), default=list)

    class Meta:
        verbose_name = _("台账定义版本")
        verbose_name_plural = _("台账定义版本")
        ordering = ["register", "number"]
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="register_version_once")]

    def __str__(self) -> str:
        return f"{self.register} v{self.number}"


class RegisterSlot(models.Model):
    """字段列: the column of Entry in which a filterable field is kept; assigned once and never to another field."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="slots", verbose_name=_("台账"))
    field = models.CharField(_("字段"), max_length=40)
    column = models.CharField(_("列"), max_length=20)

    class Meta:
        verbose_name = _("字段列")
        verbose_name_plural = _("字段列")
        ordering = ["register", "column"]
        constraints = [
            models.UniqueConstraint(fields=["register", "field"], name="register_slot_field"),
            models.UniqueConstraint(fields=["register", "column"], name="register_slot_column"),
        ]

    def __str__(self) -> str:
        return f"{self.register}.{self.field} → {self.column}"


def _slots() -> dict[str, models.Field]:
    made: dict[str, models.Field] = {}
    for place in range(1, CAPACITY["text"] + 1):
        made[f"text_{place}"] = models.CharField(_("文字列"), max_length=200, null=True)
    for place in range(1, CAPACITY["number"] + 1):
        made[f"number_{place}"] = models.BigIntegerField(_("数字列"), null=True)
    for place in range(1, CAPACITY["day"] + 1):
        made[f"day_{place}"] = models.DateField(_("日期列"), null=True)
    for place in range(1, CAPACITY["reference"] + 1):
        made[f"reference_{place}"] = models.BigIntegerField(_("引用列"), null=True)
    return made


LIVE = Q(voided_at__isnull=True)
# Name of the index, the columns by which it is ordered, and what is asked for beside them (counts of states by district).
ORDERS: list[tuple[str, list[str], list[str]]] = [
    ("live", [], []), ("state", ["state", "state_since"], ["region"]), ("region", ["region"], []), ("since", ["state_since"], []),
    ("updated", ["updated_at"], []), ("title", ["title"], []),
]  # fmt: skip


class Entry(models.Model):
    """条目: one thing in a register. Narrow on purpose: what lists and counters ask for, the rest is in `EntryBody`.

    `version`: of the definition under which it was last written. `revision` rises with every change. A voided entry stays,
    is left out of lists and counters, and can be restored.
    """

    register = models.ForeignKey(Register, models.PROTECT, related_name="entries", verbose_name=_("台账"), db_index=False)
    number = models.CharField(_("编号"), max_length=24, unique=True)
    version = models.PositiveIntegerField(_("定义版本"))
    revision = models.PositiveIntegerField(_("修订"), default=1)
    state = models.CharField(_("状态"), max_length=40)
    state_since = models.DateField(_("进入状态日期"))
    due_on = models.DateField(_("期限"), null=True)
    region = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name=_("区域"), db_index=False)
    subject = models.ForeignKey(
        "directory.Organisation", models.PROTECT, null=True, related_name="register_entries", verbose_name=_("主体")
    )
    subject_person = models.ForeignKey("directory.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("人员"))
    title = models.CharField(_("名称"), max_length=200)
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人"))
    updated_at = models.DateTimeField(_("更新时间"))
    voided_at = models.DateTimeField(_("作废时间"), null=True)
    batch_id = models.BigIntegerField(_("导入批次"), null=True)
    is_synthetic = models.BooleanField(_("合成数据"), default=False)
    locals().update(_slots())

    class Meta:
        verbose_name = _("条目")
        verbose_name_plural = _("条目")
        ordering = ["-id"]
        # Lists and counters ask for living entries only, so their indexes hold only those, in the order of a column and then of
        # the id. `voided_at` stands at the end because SQLite looks at it all the same: counting, and finding the ids of a page
        # in order, then need no row at all.
        indexes = [
            models.Index(fields=["register", "-id"], name="entry_voided", condition=Q(voided_at__isnull=False)),
            models.Index(fields=["register"], name="entry_synthetic", condition=Q(is_synthetic=True)),
            models.Index(
                fields=["register", "state", "region", "due_on", "voided_at"],
                name="entry_waiting",
                condition=LIVE & Q(due_on__isnull=False),
            ),
            *(
                models.Index(fields=["register", *columns, "id", "voided_at", *beside], name=f"entry_{name}", condition=LIVE)
                for name, columns, beside in ORDERS
            ),
            *(
                models.Index(
                    fields=["register", name, "id", "voided_at"],
                    name=f"entry_{name.removesuffix('_on')}",
                    condition=LIVE & Q(**{f"{name}__isnull": False}),
                )
                for name in ("due_on", *_slots())
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class EntryBody(models.Model):
    """条目内容: all values by field code, in the form of `engines/registers/values.py`."""

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True, related_name="body", verbose_name=_("条目"))
    values = models.JSONField(_("值"), default=dict)

    class Meta:
        verbose_name = _("条目内容")
        verbose_name_plural = _("条目内容")

    def __str__(self) -> str:
        return str(self.entry_id)


class EntryText(models.Model):
    """条目检索文字, normalised: `words` of everything, for who may see everything; `public_words` of public fields."""

    entry = models.OneToOneField(Entry, models.CASCADE, primary_key=True, related_name="text", verbose_name=_("条目"))
    words = models.TextField(_("全部文字"))
    public_words = models.TextField(_("公开文字"))

    class Meta:
        verbose_name = _("条目检索文字")
        verbose_name_plural = _("条目检索文字")

    def __str__(self) -> str:
        return str(self.entry_id)


class EntryParty(models.Model):
    """条目相关方: an organisation or person that a field of an entry names."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="parties", verbose_name=_("条目"))
    field = models.CharField(_("字段"), max_length=80)
    organisation = models.ForeignKey(
        "directory.Organisation", models.PROTECT, null=True, related_name="register_parties", verbose_name=_("单位")
    )
    person = models.ForeignKey("directory.Person", models.PROTECT, null=True, related_name="register_parties", verbose_name=_("人员"))

    class Meta:
        verbose_name = _("条目相关方")
        verbose_name_plural = _("条目相关方")
        ordering = ["entry", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(organisation__isnull=True) ^ Q(person__isnull=True), name="entry_party_one"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.field}"


class EntryLink(models.Model):
    """条目链接: an entry names another entry (kind `entry`) or a thing of another chain (`plan_task`, `achievement` …)."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="links", verbose_name=_("条目"))
    field = models.CharField(_("字段"), max_length=40)
    kind = models.CharField(_("种类"), max_length=20)
    target_id = models.BigIntegerField(_("对象编号"))

    class Meta:
        verbose_name = _("条目链接")
        verbose_name_plural = _("条目链接")
        ordering = ["entry", "id"]
        indexes = [models.Index(fields=["kind", "target_id"], name="entry_link_target")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.field} → {self.kind}:{self.target_id}"


class EntryFile(models.Model):
    """条目附件."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="files", verbose_name=_("条目"))
    field = models.CharField(_("字段"), max_length=40)
    file = models.ForeignKey("foundation.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件"))

    class Meta:
        verbose_name = _("条目附件")
        verbose_name_plural = _("条目附件")
        ordering = ["entry", "id"]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.field}"


class StateSpell(models.Model):
    """状态时段: an entry stood in a state over [entered_on, left_on). `taken_back`: left by a way back, so it never counted."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="spells", verbose_name=_("条目"))
    register = models.ForeignKey(Register, models.PROTECT, related_name="+", verbose_name=_("台账"), db_index=False)
    state = models.CharField(_("状态"), max_length=40)
    entered_on = models.DateField(_("进入"))
    left_on = models.DateField(_("离开（不含）"), null=True)
    taken_back = models.BooleanField(_("已退回"), default=False)

    class Meta:
        verbose_name = _("状态时段")
        verbose_name_plural = _("状态时段")
        ordering = ["entry", "id"]
        indexes = [
            models.Index(fields=["register", "state", "entered_on", "taken_back", "entry"], name="spell_state"),
            models.Index(fields=["entry", "entered_on", "state", "taken_back", "register"], name="spell_entry"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(left_on__isnull=True) | Q(left_on__gte=models.F("entered_on")), name="spell_interval"),
            models.UniqueConstraint(fields=["entry"], condition=Q(left_on__isnull=True), name="spell_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state} {self.entered_on}"


class EntryEvent(models.Model):
    """条目历史: what one act changed, by whom, why. Append-only. `changes`: {field: [before, after]}."""

    class Kind(models.TextChoices):
        CREATED = "created", _("登记")
        EDITED = "edited", _("修改")
        MOVED = "moved", _("流转")
        VOIDED = "voided", _("作废")
        RESTORED = "restored", _("恢复")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="events", verbose_name=_("条目"))
    kind = models.CharField(_("动作"), max_length=20, choices=Kind.choices)
    revision = models.PositiveIntegerField(_("修订"))
    step = models.CharField(_("流转"), max_length=40, blank=True)
    from_state = models.CharField(_("原状态"), max_length=40, blank=True)
    to_state = models.CharField(_("新状态"), max_length=40, blank=True)
    on = models.DateField(_("业务日期"))
    at = models.DateTimeField(_("时间"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("账号"))
    actor = models.CharField(_("操作人"), max_length=120)
    changes = models.JSONField(_("变动"), default=dict)
    reason = models.TextField(_("理由"), blank=True)
    exceptions = models.JSONField(_("例外"), default=list)  # rules that did not hold and were let pass with the reason
    batch_id = models.BigIntegerField(_("导入批次"), null=True)

    class Meta:
        verbose_name = _("条目历史")
        verbose_name_plural = _("条目历史")
        ordering = ["entry", "id"]

    def __str__(self) -> str:
        return f"{self.entry_id} r{self.revision} {self.kind}"


class Edition(models.Model):
    """榜单（一期）: a list of entries as it was published. Append-only: later changes of the entries do not alter it."""

    register = models.ForeignKey(Register, models.PROTECT, related_name="editions", verbose_name=_("台账"))
    number = models.PositiveIntegerField(_("期号"))
    name = models.CharField(_("名称"), max_length=200)
    as_of = models.DateField(_("截至"))
    region = models.ForeignKey("directory.Region", models.PROTECT, related_name="+", verbose_name=_("区域"))
    version = models.PositiveIntegerField(_("定义版本"))
    columns = models.JSONField(_("列"))  # [{"code", "zh", "en"}]
    rows = models.JSONField(_("行"))  # [{"entry": id, "number": …, "cells": […]}]
    note = models.TextField(_("说明"), blank=True)
    is_public = models.BooleanField(_("公开"), default=False)
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.CharField(_("发布人"), max_length=120)

    class Meta:
        verbose_name = _("榜单")
        verbose_name_plural = _("榜单")
        ordering = ["register", "-number"]
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="register_edition_once")]

    def __str__(self) -> str:
        return f"{self.register} 第 {self.number} 期"


class SavedView(models.Model):
    """常用视图: filters and sorting that a person keeps under a name, for oneself or shared with the unit's officers."""

    register = models.ForeignKey(Register, models.CASCADE, related_name="views", verbose_name=_("台账"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("账号"))
    name = models.CharField(_("名称"), max_length=60)
    query = models.CharField(_("条件"), max_length=2000)
    is_shared = models.BooleanField(_("共享"), default=False)

    class Meta:
        verbose_name = _("常用视图")
        verbose_name_plural = _("常用视图")
        ordering = ["register", "name"]
        constraints = [models.UniqueConstraint(fields=["register", "user", "name"], name="saved_view_name")]

    def __str__(self) -> str:
        return self.name
