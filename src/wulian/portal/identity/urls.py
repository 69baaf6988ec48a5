from django.urls import path

from wulian.portal.guards import OFFICER, READER, Guard

from . import changes

urlpatterns = [
    path("organisations/<int:organisation_id>/merge/", changes.merge, name="organisation_merge"),
    path("organisations/<int:organisation_id>/split/", changes.split, name="organisation_split"),
    path("identity/<int:change_id>/", changes.change, name="identity_change"),
]
ACCESS: dict[str, Guard] = {
    "organisation_merge": OFFICER,
    "organisation_split": OFFICER,
    "identity_change": READER,
}
