"""What can be wrong with an index or its input, in sentences for a person."""

from __future__ import annotations

from wulian.kernel.errors import N_, WulianError


class CannotReadDocuments(WulianError):
    code = "matching_cannot_read"
    message = N_("%(file)s 第 %(line)s 行读不出来：%(why)s")
    status = 422


class NoDocuments(WulianError):
    code = "matching_no_documents"
    message = N_("%(file)s 里没有一条记录")
    status = 422


class IndexMissing(WulianError):
    code = "matching_index_missing"
    message = N_("%(folder)s 里没有建完的匹配索引，也没有可据以重建的记录：请重新运行 wulian match index")
    status = 409


class IndexBusy(WulianError):
    code = "matching_index_busy"
    message = N_("%(folder)s 正由另一个进程建立索引：请等它结束再试")
    status = 409
