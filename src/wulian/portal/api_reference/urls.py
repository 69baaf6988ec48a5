"""The reference of the API as a page of ours: no script from elsewhere, readable without any."""

from django.urls import path

from wulian.portal.guards import PUBLIC, Guard

from . import views

urlpatterns = [path("reference/api/", views.reference, name="api_reference")]
ACCESS: dict[str, Guard] = {"api_reference": PUBLIC}
