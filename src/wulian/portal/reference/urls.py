from django.urls import path

from wulian.portal.guards import PUBLIC, Guard

from . import views

urlpatterns = [
    path("reference/components/", views.components, name="components"),
    path("reference/theme/", views.set_theme, name="set_theme"),
]
ACCESS: dict[str, Guard] = {"components": PUBLIC, "set_theme": PUBLIC}
