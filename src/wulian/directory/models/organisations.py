from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """数据源: where records come from, e.g. the business register or a unit's spreadsheet."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    holder = models.CharField(_("提供单位"), max_length=80, blank=True)
    is_synthetic = models.BooleanField(_("合成数据"), default=False)

    class Meta:
        verbose_name = _("数据源")
        verbose_name_plural = _("数据源")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """主体: an enterprise, institute, government unit …; its id never changes meaning.

    A merged organisation keeps its row and forwards through `merged_into`. `uscc` is empty when unknown or invalid; what
    the source printed stays in the source record.
    """

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", _("企业")
        INDIVIDUAL = "individual", _("个体工商户")
        COOPERATIVE = "cooperative", _("农民专业合作社")
        UNIVERSITY = "university", _("高校")
        INSTITUTE = "institute", _("科研院所")
        GOVERNMENT = "government", _("政府单位")
        PROVIDER = "provider", _("服务机构")
        SOCIAL = "social", _("社会组织")
        OTHER = "other", _("其他")

    class Status(models.TextChoices):
        ACTIVE = "active", _("存续")
        CANCELLED = "cancelled", _("注销")
        REVOKED = "revoked", _("吊销")
        UNKNOWN = "unknown", _("不详")

    class RegionBasis(models.TextChoices):
        COLUMN = "column", _("登记的地区列")
        ADDRESS = "address", _("地址")
        OFFICER = "officer", _("人工确认")
        NONE = "none", _("不详")

    name = models.CharField(_("名称"), max_length=200)
    name_key = models.CharField(_("名称归一"), max_length=200, db_index=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices, default=Kind.ENTERPRISE)
    is_branch = models.BooleanField(_("分支机构"), default=False)
    status = models.CharField(_("状态"), max_length=20, choices=Status.choices, default=Status.UNKNOWN)
    region = models.ForeignKey("directory.Region", models.PROTECT, null=True, blank=True, verbose_name=_("区域"), related_name="+")
    region_basis = models.CharField(_("区域依据"), max_length=20, choices=RegionBasis.choices, default=RegionBasis.NONE)
    industry = models.CharField(_("行业代码"), max_length=5, blank=True)  # GB/T 4754-2017: section letter + division
    established_on = models.DateField(_("成立日期"), null=True, blank=True)
    closed_on = models.DateField(_("注销日期"), null=True, blank=True)
    capital_amount = models.BigIntegerField(_("注册资本（最小货币单位）"), null=True, blank=True)  # fen for CNY, cents for USD …
    capital_currency = models.CharField(_("币种"), max_length=3, blank=True)
    address = models.CharField(_("地址"), max_length=300, blank=True)
    business_scope = models.TextField(_("经营范围"), blank=True)
    legal_form = models.CharField(_("企业类型"), max_length=60, blank=True)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    flags = models.JSONField(_("存疑"), default=list, blank=True)  # [{"code": "capital_unit", "text": "…"}]
    is_synthetic = models.BooleanField(_("合成数据"), default=False)
    # Indexed below for merged rows only: SQLite takes a whole index for a good answer to "not merged", which nearly all are.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并入"), db_index=False
    )
    created_at = models.DateTimeField(_("建档时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("主体")
        verbose_name_plural = _("主体")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=Q(merged_into__isnull=True) & ~Q(uscc=""), name="organisation_uscc_once"),
        ]
        indexes = [
            # Answers "who stood in these regions on a date" without reading a row.
            models.Index(fields=["region", "established_on", "closed_on", "status", "merged_into", "kind"], name="organisation_region"),
            # And the same by kind and region, in the order in which lists count them.
            models.Index(fields=["kind", "region", "established_on", "closed_on", "status", "merged_into"], name="organisation_kind"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="organisation_merged"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationName(models.Model):
    """其他名称: a former name, an alias or a short name of an organisation."""

    class Kind(models.TextChoices):
        FORMER = "former", _("曾用名")
        ALIAS = "alias", _("别名")
        SHORT = "short", _("简称")
        ENGLISH = "english", _("英文名")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names", verbose_name=_("主体"))
    name = models.CharField(_("名称"), max_length=200)
    name_key = models.CharField(_("名称归一"), max_length=200, db_index=True)
    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    valid_to = models.DateField(_("用至"), null=True, blank=True)

    class Meta:
        verbose_name = _("其他名称")
        verbose_name_plural = _("其他名称")
        ordering = ["organisation", "kind", "name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "name"], name="organisation_name_once")]

    def __str__(self) -> str:
        return self.name


class RegionMove(models.Model):
    """迁移: an organisation moved from one region to another. Its region on a date is read back from these."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="moves", verbose_name=_("主体"))
    from_region = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+", verbose_name=_("迁出区域"))
    to_region = models.ForeignKey("directory.Region", models.PROTECT, null=True, related_name="+", verbose_name=_("迁入区域"))
    moved_on = models.DateField(_("迁移日期"))
    basis = models.CharField(_("依据"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("迁移")
        verbose_name_plural = _("迁移")
        ordering = ["organisation", "moved_on", "id"]
        indexes = [models.Index(fields=["moved_on", "organisation"], name="region_move_day")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.from_region} → {self.to_region}"


class SourceRecord(models.Model):
    """来源记录: one record of one source as it was printed, and the organisation that it was judged to be of.

    `linking`: what the linkage engine reads of it (see `directory.linking.records`); empty where the columns are read by their
    names. `explanation`: {"zh", "en", "score"}: why the engine put it there; empty where a code or a person did.
    """

    class LinkedBy(models.TextChoices):
        KEY = "key", _("代码或名称")
        MODEL = "model", _("模型")
        NONE = "none", _("自成一家")
        PERSON = "person", _("人工")

    source = models.ForeignKey(Source, models.PROTECT, related_name="records", verbose_name=_("数据源"))
    key = models.CharField(_("来源主键"), max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="source_records", verbose_name=_("主体"))
    values = models.JSONField(_("原值"))
    digest = models.CharField(_("摘要"), max_length=32)
    batch_id = models.BigIntegerField(_("批次"), null=True)
    row_number = models.BigIntegerField(_("行号"), null=True)
    linked_by = models.CharField(_("归属依据"), max_length=20, choices=LinkedBy.choices, default=LinkedBy.KEY)
    linking = models.JSONField(_("归并用字段"), default=dict, blank=True)
    explanation = models.JSONField(_("归属说明"), default=dict, blank=True)
    first_seen_at = models.DateTimeField(_("首次出现"))
    last_seen_at = models.DateTimeField(_("最近出现"))

    class Meta:
        verbose_name = _("来源记录")
        verbose_name_plural = _("来源记录")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="source_record_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"
