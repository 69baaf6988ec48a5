"""What can be wrong with a file or a batch as a whole. Problems of single rows are `kernel.problems.Problem`."""

from __future__ import annotations

from wulian.kernel.errors import N_, WulianError


class NotATable(WulianError):
    code = "import_not_a_table"
    message = N_("“%(name)s”的内容是%(found)s，不是表格。没有导入任何内容：请上传 CSV、XLSX 或压缩成 .gz 的 CSV。")
    status = 415


class BrokenFile(WulianError):
    code = "import_broken_file"
    message = N_("“%(name)s”不完整：读到第 %(rows)s 行就断了，多半是下载或拷贝没有完成。请重新取得文件再导入。")
    status = 422


class NoRows(WulianError):
    code = "import_no_rows"
    message = N_("“%(name)s”里没有数据行。没有导入任何内容：请检查是否选错了文件或工作表。")
    status = 422


class NoHeader(WulianError):
    code = "import_no_header"
    message = N_("“%(name)s”的第一行是数据（“%(cell)s”），没有表头。请在最上面加一行列名再上传。")
    status = 422


class TableTooLarge(WulianError):
    code = "import_table_too_large"
    message = N_("“%(name)s”展开后超过 %(limit)s，没有导入：请分成几个文件；XLSX 请另存为 CSV。")
    status = 413


class UnknownKind(WulianError):
    code = "import_kind"
    message = N_("没有“%(kind)s”这种导入。可以导入：%(known)s。")
    status = 404


class MappingIncomplete(WulianError):
    code = "import_mapping"
    message = N_("还不能开始导入：%(missing)s还没有对应的列。请在列对照里选择。")
    status = 422


class NoSuchColumn(WulianError):
    code = "import_column"
    message = N_("文件里没有名为“%(column)s”的列。请重新选择列对照。")
    status = 422


class BatchBusy(WulianError):
    code = "import_busy"
    message = N_("批次 %(batch)s 正在导入，不能同时再开一个：请等它完成，或先取消。")
    status = 409


class BatchClosed(WulianError):
    code = "import_closed"
    message = N_("批次 %(batch)s %(state)s，不能再%(act)s。")
    status = 409


class RowClosed(WulianError):
    code = "import_row_closed"
    message = N_("第 %(row)s 行已经处理过（%(state)s），没有再改动。")
    status = 409


class StorageFailed(WulianError):
    code = "import_storage"
    message = N_("数据库暂时写不进去（%(cause)s）。已导入的 %(rows)s 行都在，没有丢失：过一会儿点“继续”，从断处接着导。")
    status = 503
