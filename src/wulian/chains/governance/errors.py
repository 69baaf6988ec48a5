"""What governance refuses, each in one sentence that says what to do."""

from __future__ import annotations

from wulian.kernel.errors import N_, WulianError


class PlanCycle(WulianError):
    code = "plan_cycle"
    message = N_("“%(plan)s”不能以“%(other)s”为%(relation)s：沿着它往上又会回到自己。请先改掉那一处关系。")
    status = 422


class PlanState(WulianError):
    code = "plan_state"
    message = N_("“%(plan)s”现在是“%(state)s”，不能%(act)s。%(hint)s")
    status = 409


class ReasonNeeded(WulianError):
    """A published target or definition changes only with reason, approver and date."""

    code = "reason_needed"
    message = N_("“%(what)s”已经发布，要改需写明%(missing)s；原值会保留在调整记录里。")
    status = 422


class WrongTarget(WulianError):
    code = "wrong_target"
    message = N_("目标值没有保存：%(why)s")
    status = 422


class CannotInterpolate(WulianError):
    code = "cannot_interpolate"
    message = N_("“%(indicator)s”补不出年度节点：%(why)s")
    status = 422


class WrongObservation(WulianError):
    code = "wrong_observation"
    message = N_("实际值没有保存：%(why)s")
    status = 422


class WrongBinding(WulianError):
    code = "wrong_binding"
    message = N_("口径没有绑定：%(why)s")
    status = 422


class WrongChain(WulianError):
    code = "wrong_chain"
    message = N_("没有连成一条链：%(why)s")
    status = 422


class WrongEvaluation(WulianError):
    code = "wrong_evaluation"
    message = N_("评估没有定稿：%(why)s")
    status = 422


class WrongReview(WulianError):
    code = "wrong_review"
    message = N_("评审没有保存：%(why)s")
    status = 422


class WrongAppraisal(WulianError):
    code = "wrong_appraisal"
    message = N_("考核没有保存：%(why)s")
    status = 422
