from django.urls import path

from wulian.portal.guards import SIGNED_IN, Guard

from . import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read, name="notices_read"),
    path("notices/<int:notice_id>/", views.open_notice, name="notice_open"),
]
ACCESS: dict[str, Guard] = {"notices": SIGNED_IN, "notices_read": SIGNED_IN, "notice_open": SIGNED_IN}
