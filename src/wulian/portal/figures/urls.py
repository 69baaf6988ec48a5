"""Opening a figure, its records, its snapshots; the catalogues of metrics and facts; yearly figures of regions."""

from django.urls import path

from wulian.portal.guards import OFFICER, PUBLIC, Guard

from . import regions, views

urlpatterns = [
    path("metrics/", views.catalogue, name="metrics"),
    path("facts/", views.fact_catalogue, name="facts"),
    path("facts/regions/", regions.region_facts, name="region_facts"),
    path("facts/regions/record/", regions.record, name="region_fact_record"),
    path("facts/regions/<int:number>/decide/", regions.decide, name="region_fact_decide"),
    path("figures/snapshots/<int:number>/", views.snapshot, name="figure_snapshot"),
    path("figures/snapshots/<int:number>/records/", views.snapshot_records, name="snapshot_records"),
    path("figures/snapshots/<int:number>/records.<slug:format>", views.snapshot_export, name="snapshot_export"),
    path("figures/<slug:metric>/", views.figure, name="figure"),
    path("figures/<slug:metric>/records/", views.records, name="figure_records"),
    path("figures/<slug:metric>/records.<slug:format>", views.export, name="figure_export"),
    path("figures/<slug:metric>/snapshot/", views.freeze, name="figure_freeze"),
]

ACCESS: dict[str, Guard] = {
    "metrics": PUBLIC,
    "facts": PUBLIC,
    "region_facts": OFFICER,
    "region_fact_record": OFFICER,
    "region_fact_decide": OFFICER,
    "figure_snapshot": PUBLIC,
    "snapshot_records": PUBLIC,
    "snapshot_export": PUBLIC,
    "figure": PUBLIC,
    "figure_records": PUBLIC,
    "figure_export": PUBLIC,
    "figure_freeze": OFFICER,
}
