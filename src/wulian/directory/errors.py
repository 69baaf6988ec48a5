"""What can go wrong with the identity of organisations, as sentences."""

from __future__ import annotations

from wulian.kernel.errors import N_, WulianError


class SameOrganisation(WulianError):
    code = "same_organisation"
    message = N_("“%(name)s”不能并入它自己：请选另一个主体")
    status = 422


class AlreadyMerged(WulianError):
    """One of the two has gone into another since the person looked."""

    code = "already_merged"
    message = N_("“%(name)s”已经并入“%(into)s”，没有再动：请从“%(into)s”的档案重新开始")
    status = 409


class LaterChange(WulianError):
    code = "later_change"
    message = N_("“%(name)s”后来又有一次归并（%(on)s），请先撤销那一次，再撤销这一次")
    status = 409


class AlreadyUndone(WulianError):
    code = "already_undone"
    message = N_("这一次归并或拆分在 %(on)s 已由%(who)s撤销，没有再动")
    status = 409


class NothingToSplit(WulianError):
    code = "nothing_to_split"
    message = N_("没有选要拆出去的内容，或全部都选了：拆分后两边都要留下来源记录")
    status = 422


class AlreadyAnswered(WulianError):
    code = "already_answered"
    message = N_("%(who)s已经判断过这个疑点，没有再动：要改请先撤回")
    status = 409
