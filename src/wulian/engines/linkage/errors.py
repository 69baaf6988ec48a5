"""What can be wrong with a linkage run, in sentences for a person."""

from __future__ import annotations

from wulian.kernel.errors import N_, WulianError


class NoFiles(WulianError):
    code = "linkage_no_files"
    message = N_("没有给出要归并的文件：请用 --registry、--ip、--sti 或 --config 指明")
    status = 422


class CannotRead(WulianError):
    code = "linkage_cannot_read"
    message = N_("%(file)s 读不出来：%(why)s")
    status = 422


class NoNameColumn(WulianError):
    code = "linkage_no_name_column"
    message = N_("%(file)s 里找不到名称列，表头是：%(header)s。请在配置里用 name 指明哪一列是名称")
    status = 422


class NoSuchColumn(WulianError):
    code = "linkage_no_such_column"
    message = N_("%(file)s 里没有“%(column)s”这一列，表头是：%(header)s")
    status = 422


class BadConfig(WulianError):
    code = "linkage_bad_config"
    message = N_("配置 %(file)s 不对：%(why)s")
    status = 422


class NoSpark(WulianError):
    code = "linkage_no_spark"
    message = N_("没有装 PySpark：请先运行 pip install 'wulian[spark]'，并装好 Java 17 或更新的版本")
    status = 422
