"""Tables of the foundation: people's accounts, audit, files, imports, snapshots, notices, tokens, the search outbox."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """账号. Holds as little of the person as sign-in needs; what a person may do comes from memberships."""

    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    is_demo = models.BooleanField(_("演示账号"), default=False)
    must_change_password = models.BooleanField(_("首次登录须改密码"), default=False)

    class Meta:
        verbose_name = _("账号")
        verbose_name_plural = _("账号")

    def __str__(self) -> str:
        return self.display_name or self.username


class AuditEvent(models.Model):
    """审计事件: one act, who did it, when, on what, before and after. Append-only (triggers in the database)."""

    at = models.DateTimeField(_("时间"), db_index=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("账号"), related_name="+")
    actor = models.CharField(_("操作人"), max_length=120)
    action = models.CharField(_("动作"), max_length=80, db_index=True)
    object_type = models.CharField(_("对象类型"), max_length=80)
    object_id = models.CharField(_("对象编号"), max_length=40)
    object_label = models.CharField(_("对象"), max_length=200, blank=True)
    region = models.CharField(_("区域"), max_length=20, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    before = models.JSONField(_("之前"), null=True)
    after = models.JSONField(_("之后"), null=True)
    source = models.CharField(_("来源"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("审计事件")
        verbose_name_plural = _("审计事件")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type}:{self.object_id}"


class StoredFile(models.Model):
    """文件: an uploaded file, addressed by the hash of its content; never changed, never served by its path."""

    sha256 = models.CharField(_("摘要"), max_length=64, db_index=True)
    name = models.CharField(_("文件名"), max_length=255)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.BigIntegerField(_("字节"))
    file = models.FileField(_("文件"), upload_to="%Y/%m")
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人"))
    uploaded_at = models.DateTimeField(_("上传时间"))
    is_public = models.BooleanField(_("公开"), default=False)

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """接口令牌: only its hash is kept. It can do no more than its owner, and only within its scopes."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("账号"))
    name = models.CharField(_("用途"), max_length=80)
    prefix = models.CharField(_("前缀"), max_length=12)
    digest = models.CharField(_("摘要"), max_length=64, unique=True)
    scopes = models.JSONField(_("范围"), default=list)
    created_at = models.DateTimeField(_("创建时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ImportMapping(models.Model):
    """导入对照: which column of a file goes into which field, saved by an officer under a name."""

    kind = models.CharField(_("导入种类"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    columns = models.JSONField(_("列对照"))
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("创建人"))

    class Meta:
        verbose_name = _("导入对照")
        verbose_name_plural = _("导入对照")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="import_mapping_name")]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """导入批次: one file on its way in. `rows_done` is the checkpoint, written in the same transaction as the rows."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待确认")
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        FINISHED = "finished", _("已完成")
        FAILED = "failed", _("中断，可续")
        CANCELLED = "cancelled", _("已取消")

    kind = models.CharField(_("导入种类"), max_length=40)
    source = models.CharField(_("数据源"), max_length=80)
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("文件"), related_name="batches")
    columns = models.JSONField(_("列对照"), default=dict)
    options = models.JSONField(_("选项"), default=dict)
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.WAITING)
    rows_total = models.BigIntegerField(_("总行数"), null=True)
    rows_done = models.BigIntegerField(_("已处理行"), default=0)
    created_count = models.BigIntegerField(_("新增"), default=0)
    updated_count = models.BigIntegerField(_("更新"), default=0)
    unchanged_count = models.BigIntegerField(_("未变"), default=0)
    flagged_count = models.BigIntegerField(_("存疑"), default=0)
    quarantined_count = models.BigIntegerField(_("隔离"), default=0)
    region = models.CharField(_("区域"), max_length=20)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("发起人"))
    created_at = models.DateTimeField(_("创建时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True)
    heartbeat_at = models.DateTimeField(_("最近进展"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    failure = models.TextField(_("中断原因"), blank=True)

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class QuarantinedRow(models.Model):
    """隔离行: a row that could not be read, kept whole with the reason until someone repairs or dismisses it."""

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        REPAIRED = "repaired", _("已修复")
        DISMISSED = "dismissed", _("不再处理")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="quarantine", verbose_name=_("批次"))
    row_number = models.BigIntegerField(_("行号"))
    values = models.JSONField(_("原值"))
    problems = models.JSONField(_("问题"))  # [{"field": "uscc", "code": "uscc_check", "text": "…"}]
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("处理人"))
    decided_at = models.DateTimeField(_("处理时间"), null=True)

    class Meta:
        verbose_name = _("隔离行")
        verbose_name_plural = _("隔离行")
        ordering = ["batch", "row_number"]
        constraints = [models.UniqueConstraint(fields=["batch", "row_number"], name="quarantine_row_once")]

    def __str__(self) -> str:
        return f"{self.batch} 第 {self.row_number} 行"


class ImportedRow(models.Model):
    """导入明细: what a row of a batch did: a record created, updated or left in doubt. Unchanged ones are only counted.

    It is kept as it was then. `subject` and `subject_id`: whose record it is, an organisation's or a region's. `detail`: codes
    and numbers that tell it from others of the same subject. `row_number` null: seen in doubt only when all rows were in.
    """

    class Result(models.TextChoices):
        CREATED = "created", _("新增")
        UPDATED = "updated", _("更新")
        UNCHANGED = "unchanged", _("未变")

    class Subject(models.TextChoices):
        ORGANISATION = "organisation", _("主体")
        REGION = "region", _("区域")
        ENTRY = "entry", _("条目")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="imported", verbose_name=_("批次"), db_index=False)
    row_number = models.BigIntegerField(_("行号"), null=True)
    result = models.CharField(_("结果"), max_length=20, choices=Result.choices)
    flagged = models.BooleanField(_("存疑"))
    subject = models.CharField(_("归属"), max_length=20, choices=Subject.choices)
    subject_id = models.CharField(_("归属编号"), max_length=20)
    name = models.CharField(_("名称"), max_length=200)
    detail = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("导入明细")
        verbose_name_plural = _("导入明细")
        ordering = ["batch", "row_number", "id"]
        constraints = [models.UniqueConstraint(fields=["batch", "row_number"], name="imported_row_once")]
        # In the order of a list, so that counting and turning its pages reads no more than it shows.
        indexes = [models.Index(fields=["batch", "result", "flagged", "row_number"], name="imported_row_list")]

    def __str__(self) -> str:
        return f"{self.batch} 第 {self.row_number} 行"


class MetricSnapshot(models.Model):
    """指标快照: a computed value as it was, with the definition's version and the ids of the records behind it.

    `records`: [{"part": "numerator", "ids": [..]}]; ids are primary keys of the model that the metric's part lists.
    """

    metric = models.CharField(_("指标口径"), max_length=80)
    version = models.PositiveIntegerField(_("口径版本"))
    region = models.CharField(_("区域"), max_length=20)
    as_of = models.DateField(_("截至"))
    value = models.DecimalField(_("值"), max_digits=24, decimal_places=6, null=True)
    unknown_because = models.CharField(_("无数原因"), max_length=200, blank=True)
    numerator = models.DecimalField(_("分子"), max_digits=24, decimal_places=6, null=True)
    denominator = models.DecimalField(_("分母"), max_digits=24, decimal_places=6, null=True)
    records = models.JSONField(_("记录"), default=list)
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta:
        verbose_name = _("指标快照")
        verbose_name_plural = _("指标快照")
        ordering = ["-as_of", "-id"]
        indexes = [models.Index(fields=["metric", "region", "as_of"], name="snapshot_lookup")]

    def __str__(self) -> str:
        return f"{self.metric} {self.region} {self.as_of}"


class Notice(models.Model):
    """通知: a sentence to one account with a page to open. `key` keeps the same notice from being sent twice.

    It is worded in both languages when it is sent: who reads it may read another one than who caused it.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("收件人"))
    key = models.CharField(_("键"), max_length=120)
    text = models.CharField(_("内容"), max_length=300)
    text_en = models.CharField(_("内容（英文）"), max_length=300, blank=True)
    link = models.CharField(_("链接"), max_length=200, blank=True)
    due_on = models.DateField(_("期限"), null=True)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读"), null=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]

    def __str__(self) -> str:
        return self.said

    @property
    def said(self) -> str:
        """The sentence in the reader's language."""
        return (get_language() == "en" and self.text_en) or self.text


class SearchOutbox(models.Model):
    """检索待办: an object whose search entry must be written again; deleted only after the index has committed."""

    kind = models.CharField(_("种类"), max_length=40)
    object_id = models.BigIntegerField(_("编号"))

    class Meta:
        verbose_name = _("检索待办")
        verbose_name_plural = _("检索待办")

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"
