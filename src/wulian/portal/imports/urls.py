from django.urls import path

from wulian.portal.guards import OFFICER, Guard

from . import quarantine, rows, views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/<int:batch_id>/", views.import_batch, name="import_batch"),
    path("imports/<int:batch_id>/progress/", views.import_progress, name="import_progress"),
    path("imports/<int:batch_id>/start/", views.import_start, name="import_start"),
    path("imports/<int:batch_id>/resume/", views.import_resume, name="import_resume"),
    path("imports/<int:batch_id>/cancel/", views.import_cancel, name="import_cancel"),
    path("imports/<int:batch_id>/rows/", rows.imported, name="imported"),
    path("imports/<int:batch_id>/rows/export.<str:kind>", rows.imported_export, name="imported_export"),
    path("imports/<int:batch_id>/quarantine/", quarantine.quarantine, name="quarantine"),
    path("imports/<int:batch_id>/quarantine/export.<str:kind>", quarantine.quarantine_export, name="quarantine_export"),
    path("quarantine/<int:row_id>/repair/", quarantine.row_repair, name="quarantine_repair"),
    path("quarantine/<int:row_id>/dismiss/", quarantine.row_dismiss, name="quarantine_dismiss"),
]
ACCESS: dict[str, Guard] = dict.fromkeys([str(pattern.name) for pattern in urlpatterns], OFFICER)
