from django.urls import path

from wulian.portal.guards import ADMINISTRATOR, AUDITOR, OFFICER, SIGNED_IN, Guard

from . import people, records, tokens

urlpatterns = [
    path("admin/people/", people.people, name="people"),
    path("admin/people/add/", people.add_person, name="person_add"),
    path("admin/people/<int:person_id>/", people.person, name="person"),
    path("admin/people/<int:person_id>/memberships/", people.give_membership, name="membership_add"),
    path("admin/people/<int:person_id>/password/", people.new_password, name="person_password"),
    path("admin/people/<int:person_id>/active/", people.set_active, name="person_active"),
    path("admin/memberships/<int:membership_id>/end/", people.end, name="membership_end"),
    path("admin/memberships/<int:membership_id>/revoke/", people.revoke, name="membership_revoke"),
    path("admin/units/", people.units, name="units"),
    path("admin/units/match/", people.unit_options, name="unit_options"),
    path("admin/access/", records.access, name="access_matrix"),
    path("admin/audit/", records.audit, name="audit"),
    path("admin/audit/export.<str:kind>", records.audit_export, name="audit_export"),
    path("admin/jobs/", records.jobs, name="jobs"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", tokens.revoke, name="token_revoke"),
]
ACCESS: dict[str, Guard] = {
    **dict.fromkeys(
        (
            "people",
            "person_add",
            "person",
            "membership_add",
            "person_password",
            "person_active",
            "membership_end",
            "membership_revoke",
            "access_matrix",
            "jobs",
        ),
        ADMINISTRATOR,
    ),
    **dict.fromkeys(("units", "unit_options"), OFFICER),
    **dict.fromkeys(("tokens", "token_revoke"), SIGNED_IN),
    **dict.fromkeys(("audit", "audit_export"), AUDITOR),
}
