"""Routes of the pages, gathered from the subjects listed in `access_table.SUBJECTS`."""

from django.urls import include, path

from .access_table import subject_modules

urlpatterns = [
    *(path("", include(name)) for name in subject_modules()),
    path("i18n/", include("django.conf.urls.i18n")),
]
