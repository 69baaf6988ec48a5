"""How the rows of governance follow a unit when two ids become one. What a plan printed stays in its text columns."""

from django.utils.translation import gettext_lazy as _

from wulian.directory.identity import declare_moving

declare_moving("governance.Indicator", "owner", _("负责的指标"))
declare_moving("governance.Observation", "unit_organisation", _("填报的实际值"))
declare_moving("governance.TaskUnit", "organisation", _("任务分工"))
declare_moving("governance.AppraisalWeight", "unit", _("考核权重"))
declare_moving("governance.AppraisalScore", "unit", _("考核得分"))
declare_moving("governance.Extraction", "owner", _("规划摘录的责任单位"))
declare_moving("governance.RoundReport", "unit", _("调度填报"))
declare_moving("governance.Problem", "raised_by_unit", _("提出的问题"))
declare_moving("governance.Problem", "owner", _("承办的问题"))
declare_moving("governance.EvaluationReviewer", "organisation", _("评审邀请"))
declare_moving("governance.EvaluationComment", "organisation", _("评审意见"))
