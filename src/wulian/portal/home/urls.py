"""The public home: the cockpit of a region."""

from django.urls import path

from wulian.portal.guards import PUBLIC, Guard

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("cockpit/regions/", views.regions, name="cockpit_regions"),
    path("cockpit/history/", views.trend, name="cockpit_history"),
]

ACCESS: dict[str, Guard] = {"home": PUBLIC, "cockpit_regions": PUBLIC, "cockpit_history": PUBLIC}
