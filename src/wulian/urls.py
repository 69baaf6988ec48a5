"""All routes. Every one of them stands in `wulian.portal.access_table`; a test fails for one that does not."""

from django.contrib import admin
from django.urls import include, path

from wulian.api.v1 import api

urlpatterns = [
    path("", include("wulian.portal.urls")),
    path("api/v1/", api.urls),
    path("account/", include("allauth.urls")),
    path("data-admin/", admin.site.urls),
]
