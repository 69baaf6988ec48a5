from django.urls import path

from wulian.portal.guards import ADMINISTRATOR, OFFICER, READER, Guard

from . import changes, doubts, finding, sources

urlpatterns = [
    path("organisations/<int:organisation_id>/merge/", changes.merge, name="organisation_merge"),
    path("organisations/<int:organisation_id>/split/", changes.split, name="organisation_split"),
    path("link/", finding.link_find, name="link_find"),
    path("link/quality/", sources.link_quality, name="link_quality"),
    path("link/changes/", sources.source_changes, name="source_changes"),
    path("link/trust/", sources.field_trust, name="field_trust"),
    path("doubts/", doubts.doubts, name="doubts"),
    path("doubts/<int:doubt_id>/answer/", doubts.answer, name="doubt_answer"),
    path("identity/<int:change_id>/", changes.change, name="identity_change"),
]
ACCESS: dict[str, Guard] = {
    "organisation_merge": OFFICER,
    "organisation_split": OFFICER,
    "link_find": READER,
    "link_quality": READER,
    "source_changes": READER,
    "field_trust": ADMINISTRATOR,
    "doubts": READER,
    "doubt_answer": OFFICER,
    "identity_change": READER,
}
