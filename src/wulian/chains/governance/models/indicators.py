from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .plans import Plan


class IndicatorChain(models.Model):
    """指标链: the same indicator through several plans (parent and child region, earlier and later period)."""

    name = models.CharField(_("名称"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("指标链")
        verbose_name_plural = _("指标链")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Indicator(models.Model):
    """指标: one line of a plan's indicator table. A composite has `components`, each judged by itself."""

    class Kind(models.TextChoices):
        LEVEL = "level", _("期末水平")
        PER_YEAR = "per_year", _("每年数量")
        CUMULATIVE = "cumulative", _("规划期累计")
        GROWTH = "growth", _("增长率")
        SHARE = "share", _("占比")
        RANK = "rank", _("位次（越小越好）")
        ROSTER = "roster", _("名单")

    class Attribute(models.TextChoices):
        EXPECTED = "expected", _("预期性")
        BINDING = "binding", _("约束性")

    class Direction(models.TextChoices):
        UP = "up", _("越大越好")
        DOWN = "down", _("越小越好")

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="indicators", verbose_name=_("规划"))
    composite = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="components", verbose_name=_("复合指标"))
    chain = models.ForeignKey(IndicatorChain, models.SET_NULL, null=True, blank=True, related_name="indicators", verbose_name=_("指标链"))
    position = models.PositiveIntegerField(_("顺序"))
    group = models.CharField(_("分组"), max_length=60, blank=True)
    name = models.CharField(_("名称"), max_length=120)
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices, default=Kind.LEVEL)
    attribute = models.CharField(_("属性"), max_length=20, choices=Attribute.choices, blank=True)
    direction = models.CharField(_("方向"), max_length=10, choices=Direction.choices, default=Direction.UP)
    falls_by_design = models.BooleanField(_("目标允许低于基数"), default=False)
    scope_note = models.CharField(_("口径说明"), max_length=200, blank=True)
    owner = models.ForeignKey("directory.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位"))
    metric = models.CharField(_("绑定口径"), max_length=80, blank=True)  # code in the metric catalogue
    metric_factor = models.DecimalField(_("换算"), max_digits=20, decimal_places=10, default=1)  # metric unit -> indicator unit
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = _("指标")
        verbose_name_plural = _("指标")
        ordering = ["plan", "position", "id"]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """目标值: what the plan sets for one year. A change adds a row that supersedes the old one, which stays visible.

    `number_state`: numbered; assigned (上级下达, no number yet); masked (printed as *); qualitative (words only). Without a
    number `value` is null and the status is 未下达 or 无数, never zero and never met.
    """

    class Role(models.TextChoices):
        BASELINE = "baseline", _("基数")
        MILESTONE = "milestone", _("年度节点")
        FINAL = "final", _("规划期目标")

    class NumberState(models.TextChoices):
        NUMBERED = "numbered", _("有数")
        ASSIGNED = "assigned", _("待上级下达")
        MASKED = "masked", _("原文遮盖")
        QUALITATIVE = "qualitative", _("定性表述")
        BLANK = "blank", _("原文空白")

    class Comparator(models.TextChoices):
        EQUAL = "=", _("达到")
        AT_LEAST = ">=", _("不低于")
        MORE = ">", _("超过")
        AT_MOST = "<=", _("不高于")
        INCREASE = "increase", _("增加")

    class Origin(models.TextChoices):
        PRINTED = "printed", _("原文")
        ASSIGNED = "assigned", _("上级下达")
        INTERPOLATED = "interpolated", _("内插（计算）")
        REVISED = "revised", _("调整")

    class Tier(models.TextChoices):
        MAIN = "main", _("目标")  # the value itself, 确保, or the lower end of a range
        STRETCH = "stretch", _("力争")
        UPPER = "upper", _("区间上限")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets", verbose_name=_("指标"))
    year = models.PositiveSmallIntegerField(_("年份"))
    role = models.CharField(_("性质"), max_length=20, choices=Role.choices)
    tier = models.CharField(_("层次"), max_length=10, choices=Tier.choices, default=Tier.MAIN)
    value = models.DecimalField(_("值"), max_digits=24, decimal_places=6, null=True, blank=True)
    number_state = models.CharField(_("数的状态"), max_length=20, choices=NumberState.choices, default=NumberState.NUMBERED)
    comparator = models.CharField(_("比较"), max_length=10, choices=Comparator.choices, default=Comparator.EQUAL)
    commitment = models.CharField(_("力度"), max_length=20, blank=True)  # 确保, 力争 as printed
    origin = models.CharField(_("来历"), max_length=20, choices=Origin.choices, default=Origin.PRINTED)
    raw = models.CharField(_("原文"), max_length=300, blank=True)
    span_start = models.PositiveIntegerField(_("原文起"), null=True, blank=True)
    span_end = models.PositiveIntegerField(_("原文止"), null=True, blank=True)
    superseded_by = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name=_("被替代"))
    reason = models.TextField(_("调整理由"), blank=True)
    approver = models.CharField(_("批准人"), max_length=60, blank=True)
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("录入人"))
    changed_at = models.DateTimeField(_("录入时间"))
    version = models.PositiveIntegerField(_("修改次数"), default=0)

    class Meta:
        verbose_name = _("目标值")
        verbose_name_plural = _("目标值")
        ordering = ["indicator", "year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "year", "role", "tier"], condition=Q(superseded_by__isnull=True), name="target_current_once"
            ),
            models.CheckConstraint(
                condition=Q(number_state="numbered", value__isnull=False) | (~Q(number_state="numbered") & Q(value__isnull=True)),
                name="target_number_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}"


class Observation(models.Model):
    """实际值: reported by a unit with evidence, or computed by a metric (snapshot). Both are shown; a correction supersedes."""

    class Origin(models.TextChoices):
        REPORTED = "reported", _("填报")
        COMPUTED = "computed", _("计算")
        PRINTED = "printed", _("规划原文")

    class Verification(models.TextChoices):
        SUBMITTED = "submitted", _("待核实")
        VERIFIED = "verified", _("已核实")
        RETURNED = "returned", _("已退回")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="observations", verbose_name=_("指标"))
    as_of = models.DateField(_("截至"))
    origin = models.CharField(_("来历"), max_length=20, choices=Origin.choices)
    value = models.DecimalField(_("值"), max_digits=24, decimal_places=6, null=True)
    unknown_because = models.CharField(_("无数原因"), max_length=200, blank=True)
    numerator = models.DecimalField(_("分子"), max_digits=24, decimal_places=6, null=True, blank=True)
    denominator = models.DecimalField(_("分母"), max_digits=24, decimal_places=6, null=True, blank=True)
    snapshot = models.ForeignKey(
        "foundation.MetricSnapshot", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("快照")
    )
    unit_organisation = models.ForeignKey(
        "directory.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("填报单位")
    )
    note = models.TextField(_("说明"), blank=True)
    evidence = models.ManyToManyField("foundation.StoredFile", blank=True, related_name="+", verbose_name=_("佐证"))
    verification = models.CharField(_("核实状态"), max_length=20, choices=Verification.choices, default=Verification.SUBMITTED)
    verification_note = models.CharField(_("核实意见"), max_length=300, blank=True)
    superseded_by = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name=_("被更正"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("录入人"))
    recorded_at = models.DateTimeField(_("录入时间"))

    class Meta:
        verbose_name = _("实际值")
        verbose_name_plural = _("实际值")
        ordering = ["indicator", "as_of", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "as_of", "origin"], condition=Q(superseded_by__isnull=True), name="observation_current_once"
            ),
        ]
        indexes = [models.Index(fields=["indicator", "as_of"], name="observation_by_date")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.as_of}"


class PeerValue(models.Model):
    """对标值: the same indicator in another area, with source and date."""

    chain = models.ForeignKey(IndicatorChain, models.CASCADE, related_name="peers", verbose_name=_("指标链"))
    area = models.CharField(_("对标区域"), max_length=60)
    as_of = models.DateField(_("截至"))
    value = models.DecimalField(_("值"), max_digits=24, decimal_places=6)
    unit = models.CharField(_("计量单位"), max_length=20, blank=True)
    source = models.CharField(_("来源"), max_length=200)
    practice = models.TextField(_("可借鉴做法"), blank=True)

    class Meta:
        verbose_name = _("对标值")
        verbose_name_plural = _("对标值")
        ordering = ["chain", "area", "-as_of"]
        constraints = [models.UniqueConstraint(fields=["chain", "area", "as_of"], name="peer_value_once")]

    def __str__(self) -> str:
        return f"{self.area} {self.chain} {self.as_of}"
