from django.urls import path

from wulian.portal.guards import OFFICER, PUBLIC, Guard

from . import views

urlpatterns = [
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/export.<str:kind>", views.organisations_export, name="organisations_export"),
    path("organisations/<int:organisation_id>/", views.organisation, name="organisation"),
    path("organisations/<int:organisation_id>/edit/", views.organisation_edit, name="organisation_edit"),
]
ACCESS: dict[str, Guard] = {
    **dict.fromkeys(("organisations", "organisations_export", "organisation"), PUBLIC),
    "organisation_edit": OFFICER,
}
