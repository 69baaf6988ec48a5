"""Reading the audit record and the background jobs, for those who answer for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from .access import Actor, Role, require
from .models import AuditEvent

SHANGHAI = ZoneInfo("Asia/Shanghai")
# The second half of an action's code, in words. A test fails for an act that is recorded without a word here.
VERBS: dict[str, Any] = {
    "accepted": _("通过"), "handled": _("已办待核"), "printed": _("录入原文数值"), "reopened": _("重开"),
    "group_edited": _("修改分组"), "group_merged": _("并入一组"), "group_unmerged": _("拆出分组"), "rewritten": _("改写"), "split": _("拆分"),
    "unit_added": _("添加责任单位"), "unit_removed": _("移除责任单位"), "unit_set": _("指定责任单位"),
    "accepted_all": _("全部采纳"), "added": _("添加"), "answered": _("答复"), "assigned": _("下达"), "binding_set": _("绑定口径"),
    "bound": _("绑定口径"), "cancelled": _("取消"), "changed": _("修改"), "class_expanded": _("展开单位类别"), "closed": _("关闭"),
    "computed": _("计算"), "confirmed": _("确认"), "corrected": _("更正"), "created": _("建立"), "decided": _("作出决定"),
    "details_confirmed": _("确认基本信息"), "dismissed": _("不再处理"), "edited": _("修改"), "ended": _("结束"), "failed": _("中断"),
    "filed": _("填报"), "frozen": _("定稿"), "finished": _("完成"), "interpolated": _("内插"), "issued": _("签发"), "linked": _("接入指标链"), "loaded": _("装入"), "merged": _("合并"),
    "name_added": _("添加名称"), "opened": _("开启"), "owned_all": _("指定责任单位"), "password_reset": _("重置密码"), "published": _("发布"), "raised": _("提出"), "read": _("读取"),
    "reading_failed": _("读取失败"), "reading_started": _("开始读取"), "recorded": _("记录"), "region_set": _("设定区域"),
    "rejected": _("不采纳"), "reminded": _("催报"), "removed": _("移除"), "repaired": _("修复"), "reported": _("填报"), "requeued": _("重新排队"),
    "resolved": _("解决"), "restored": _("恢复"), "returned": _("退回"), "revoked": _("作废"), "saved": _("保存"), "set": _("设定"),
    "adopted": _("采用"), "moved": _("流转"), "started": _("开始"), "stored": _("存入"), "submitted": _("提交"), "taken": _("留存"), "undone": _("撤销"), "unit_assigned": _("指定责任单位"),
    "unit_matched": _("对应责任单位"), "unit_withdrawn": _("撤下责任单位"), "unlinked": _("移出指标链"), "unpublished": _("撤下"),
    "scored": _("评分"), "invited": _("邀请"), "hidden": _("不再公开"),
    "updated": _("更新"), "unbound": _("解除绑定"), "uploaded": _("上传"), "verified": _("核实"), "withdrawn": _("撤回"),
}  # fmt: skip


# What an event keeps beside fields of its own model, in words.
KEYS: dict[str, Any] = {
    "as_of": _("截至"), "values": _("值"), "units": _("单位"), "unit": _("单位"), "name": _("名称"), "kind": _("类型"), "direction": _("方向"),
    "attribute": _("属性"), "composite": _("所属复合指标"), "scope_note": _("口径说明"), "mention": _("性质"), "value": _("值"), "number_state": _("数的状态"),
    "year": _("年份"), "comparator": _("比较"), "commitment": _("力度"), "came_from": _("并入前"), "attempt": _("第几次"), "role": _("分工"),
    "indicators": _("指标"), "tasks": _("任务"), "findings": _("核对发现"), "file": _("文件"), "sha256": _("摘要"), "reports": _("填报"),
    "with_participants": _("配合单位也填报"), "on": _("日期"), "rows": _("行"), "what": _("种类"), "decisions": _("决定"), "result": _("结果"),
    "owner": _("责任单位"), "organisations": _("主体"), "titles": _("称号"), "rights": _("知识产权"), "facts": _("年度数据"), "region_facts": _("区域数据"),
    "seed": _("种子"), "name_printed": _("原文名称"), "organisation_id": _("主体编号"), "unit_class": _("单位类别"), "id": _("编号"), "label": _("名称"),
    "verdict": _("判断"), "field": _("字段"), "sources": _("数据源"), "right": _("右主体"), "other": _("另一主体"), "moved": _("移动"), "left": _("左主体"), "unreturned": _("没有退回的"),
    "key": _("分组"), "weights": _("权重"), "version": _("版本"), "before": _("之前"), "after": _("之后"),
    "met": _("到位"), "on_track": _("在轨"), "slow": _("偏慢"), "behind": _("落后"), "done": _("已完成"), "under_way": _("按序推进"),
    "difficult": _("遇到困难"), "not_started": _("尚未启动"),
}  # fmt: skip


def key_word(key: str) -> str:
    """What a recorded key is called; a year, an id or a column of a file is its own name."""
    return str(KEYS.get(key, key))


def action_word(action: str) -> str:
    """What was done, in words: `target.changed` -> 修改."""
    verb = action.rpartition(".")[2]
    return str(VERBS.get(verb, verb))


def model_of(object_type: str) -> type[Model] | None:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None


def object_word(object_type: str) -> str:
    """What kind of thing it was done to, in words: `governance.target` -> 目标值."""
    model = model_of(object_type)
    return str(model._meta.verbose_name) if model else object_type


def events_seen_by(viewer: Actor) -> QuerySet[AuditEvent]:
    """Events of the regions that the viewer audits; events without a region are for those who audit the whole installation."""
    require(viewer.has(Role.AUDITOR, Role.ADMINISTRATOR), act=gettext("查看审计记录"), reason=gettext("需要审计或管理员身份"))
    if viewer.is_system:
        return AuditEvent.objects.all()
    regions = viewer.regions_as(Role.AUDITOR, Role.ADMINISTRATOR)
    seen = Q(region__in=regions) | Q(user_id=viewer.user_id)
    if settings.HOME_REGION in regions:
        seen |= Q(region="")
    return AuditEvent.objects.filter(seen)


def list_events(
    *,
    viewer: Actor,
    text: str = "",
    object_type: str = "",
    object_id: str = "",
    first: date | None = None,
    last: date | None = None,
) -> QuerySet[AuditEvent]:
    """Audit events, newest first. `text` looks in person, object and reason; dates are days in Shanghai, both included.

    Raises: Denied.
    """
    events = events_seen_by(viewer)
    if text:
        events = events.filter(Q(actor__icontains=text) | Q(object_label__icontains=text) | Q(reason__icontains=text))
    if object_type:
        events = events.filter(object_type=object_type)
    if object_id:
        events = events.filter(object_id=object_id)
    if first:
        events = events.filter(at__gte=datetime(first.year, first.month, first.day, tzinfo=SHANGHAI))
    if last:
        after = last + timedelta(days=1)
        events = events.filter(at__lt=datetime(after.year, after.month, after.day, tzinfo=SHANGHAI))
    return events.order_by("-at", "-id")


def object_types(events: QuerySet[AuditEvent]) -> list[tuple[str, str, int]]:
    """(code, words, count) of the kinds of object among `events`, most frequent first."""
    counted = events.order_by().values("object_type").annotate(number=Count("pk")).order_by("-number", "object_type")
    return [(row["object_type"], object_word(row["object_type"]), row["number"]) for row in counted]


@dataclass(frozen=True, slots=True)
class Job:
    """One background job as a person reads it. `problem`: the last line of its failure."""

    name: str
    state: str
    arguments: str
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    problem: str


# The function of a job, in words.
JOBS: dict[str, Any] = {
    "run_import_job": _("导入数据"),
    "read_plan_job": _("读取规划"),
    "compute_history": _("计算指标"),
    "remind_due_reports_job": _("发送催报"),
    "remind_entries_job": _("台账到期办理和提醒"),
    "flush_search_index": _("更新检索"),
}
STATES: dict[str, Any] = {"READY": _("排队中"), "RUNNING": _("进行中"), "FAILED": _("失败"), "SUCCESSFUL": _("已完成")}


def list_jobs(*, viewer: Actor, state: str = "") -> QuerySet[DBTaskResult]:
    """Background jobs, newest first.

    Raises: Denied.
    """
    require(viewer.has(Role.ADMINISTRATOR), act=gettext("查看后台任务"), reason=gettext("需要管理员身份"))
    jobs = DBTaskResult.objects.order_by("-enqueued_at", "-id")
    return jobs.filter(status=state) if state else jobs


def job_counts(*, viewer: Actor) -> dict[str, int]:
    jobs = list_jobs(viewer=viewer)
    return dict(jobs.order_by().values_list("status").annotate(number=Count("pk")))


def as_jobs(results: Iterable[DBTaskResult]) -> list[Job]:
    shown = []
    for result in results:
        function = result.task_path.rpartition(".")[2]
        kwargs = result.args_kwargs.get("kwargs", {})
        lines = [line for line in result.traceback.strip().splitlines() if line.strip()]
        shown.append(
            Job(
                name=str(JOBS.get(function, function)),
                state=str(result.status),
                arguments="，".join(str(value) for value in [*result.args_kwargs.get("args", []), *kwargs.values()])[:80],
                enqueued_at=result.enqueued_at,
                started_at=result.started_at,
                finished_at=result.finished_at,
                problem=lines[-1] if lines else "",
            )
        )
    return shown
