"""Pages of appraisals: schemes by year and version, results, and what each score is made of."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from wulian.foundation.access import Role
from wulian.portal.guards import OFFICER, Guard, roles

from . import views

# Scores of units are for the units themselves and for those who answer for the plan; the public sees none.
APPRAISED = roles(
    "appraised",
    Role.REPORTER,
    Role.OFFICER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    reason=_("需要责任单位填报人、科技部门工作人员或审计身份"),
)

urlpatterns = [
    path("appraisals/", views.schemes, name="appraisals"),
    path("appraisals/new/", views.scheme_new, name="appraisal_new"),
    path("appraisals/<int:scheme_id>/", views.scheme, name="appraisal"),
    path("appraisals/<int:scheme_id>/units/<int:organisation_id>/", views.weights, name="appraisal_weights"),
    path("appraisals/<int:scheme_id>/rules/", views.rules, name="appraisal_rules"),
    path("appraisals/<int:scheme_id>/score/", views.score_now, name="appraisal_score_now"),
    path("appraisals/results/<int:result_id>/", views.result, name="appraisal_result"),
    path("appraisals/results/<int:result_id>/export/<str:format>/", views.result_export, name="appraisal_export"),
    path("appraisals/scores/<int:score_id>/", views.score, name="appraisal_score"),
]

ACCESS: dict[str, Guard] = {
    **dict.fromkeys(("appraisals", "appraisal", "appraisal_result", "appraisal_export", "appraisal_score"), APPRAISED),
    **dict.fromkeys(("appraisal_new", "appraisal_weights", "appraisal_rules", "appraisal_score_now"), OFFICER),
}
