"""Errors of importing a plan and of the work on its tasks: what happened, with the actual values, and what to do."""

from __future__ import annotations

from wulian.kernel.errors import N_, WulianError


class PlanFileSeen(WulianError):
    code = "plan_file_seen"
    message = N_("这份文件在 %(when)s 已上传过，读成了“%(plan)s”。请打开那一份；确要另建一份时勾选“仍要另建”再提交。")
    status = 409


class PlanNotDraft(WulianError):
    code = "plan_not_draft"
    message = N_("“%(plan)s”%(state)s，摘录不能再改。要修改请先写明理由，退回校核。")
    status = 409


class PlanNotRead(WulianError):
    code = "plan_not_read"
    message = N_("“%(plan)s”的文本%(state)s，还没有可校核的内容。请等读取结束；读取失败时可以重读或另传文件。")
    status = 409


class StillReading(WulianError):
    code = "still_reading"
    message = N_("“%(plan)s”正在读取，开始于 %(when)s。请等它结束；%(minutes)s 分钟后仍无结果可以重读。")
    status = 409


class DecisionsWouldBeLost(WulianError):
    code = "decisions_would_be_lost"
    message = N_("“%(plan)s”已有 %(count)s 条校核过的摘录，重读会覆盖它们，所以没有重读。要换文本请另建一份。")
    status = 409


class WrongStep(WulianError):
    code = "wrong_step"
    message = N_("“%(what)s”现在是“%(state)s”，不能%(act)s。请刷新页面，看清现状后再操作。")
    status = 409


class NotPublishable(WulianError):
    code = "not_publishable"
    message = N_("还不能发布“%(plan)s”：%(problems)s。请在校核页处理后再发布。")
    status = 409


class ReasonMissing(WulianError):
    code = "reason_missing"
    message = N_("%(act)s要写明理由，这一步没有做。请补上理由后再提交。")
    status = 422


class PastDeadline(WulianError):
    code = "past_deadline"
    message = N_("截止日期 %(due)s 早于发起日期 %(opened)s。请把截止日期定在发起当天或之后。")
    status = 422


class RoundClosed(WulianError):
    code = "round_closed"
    message = N_("“%(round)s”已于截止后结束，不能再填报。需要补报请联系发起人重新打开这次调度。")
    status = 409


class NobodyToReport(WulianError):
    code = "nobody_to_report"
    message = N_("“%(plan)s”的任务没有牵头单位，指标没有责任单位，没有谁可以填报。请先在任务页指定牵头单位，或把配合单位也列入。")
    status = 409


class NothingFiled(WulianError):
    code = "nothing_filed"
    message = N_("填报是空的，没有提交。请至少写明进展，或填上数值。")
    status = 422
