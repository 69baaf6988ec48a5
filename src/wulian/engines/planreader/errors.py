"""Sentences for files that cannot be read as a plan."""

from __future__ import annotations

from wulian.kernel.errors import N_, WulianError


class PlanFileError(WulianError):
    """Base of all refusals of a plan file."""

    code = "plan_file"
    status = 422


class EmptyFile(PlanFileError):
    code = "plan_file_empty"
    message = N_("文件“%(name)s”是空的（%(size)s 字节里没有文字）。请确认上传的是规划全文，再试一次。")


class WrongType(PlanFileError):
    code = "plan_file_type"
    message = N_("文件“%(name)s”不是能读的规划：内容看起来是%(found)s。请换成 TXT、HTML、DOCX、PDF 或 PNG、JPG 图片。")


class TooLarge(PlanFileError):
    code = "plan_file_too_large"
    message = N_("文件“%(name)s”有 %(size)s MB，超过 %(limit)s MB 的上限。请去掉图片或只保留规划正文后再试。")
    status = 413


class Encrypted(PlanFileError):
    code = "plan_file_encrypted"
    message = N_("PDF 文件“%(name)s”设了打开密码，读不出内容。请先解除密码，再上传。")


class Damaged(PlanFileError):
    code = "plan_file_damaged"
    message = N_("文件“%(name)s”打不开：%(what)s 的结构不完整，可能没有下载完。请重新取得原件后再试。")


class NoText(PlanFileError):
    code = "plan_file_no_text"
    message = N_("文件“%(name)s”里没有文字，文字识别也没有读出内容。请换更清楚的扫描件，或上传文字版。")


class UnreadableLines(PlanFileError):
    code = "plan_lines"
    message = N_("文件“%(path)s”第 %(line)s 行不是一个 JSON 对象。每行应当是一条指标或任务，请检查后再试。")
