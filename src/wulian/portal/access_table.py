"""The access table: every route of the installation and its guard.

Each subject's `urls.py` states its guards beside its routes (`ACCESS`); this module gathers them and adds the routes of
the libraries. A route that is not here is refused (`AccessMiddleware`) and fails `tests/access/test_routes.py`.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from .guards import ADMINISTRATOR, PUBLIC, SIGNED_IN, Guard

SUBJECTS = (
    "home",
    "figures",
    "plans",
    "review",
    "tasks",
    "appraisals",
    "directory",
    "identity",
    "registers",
    "imports",
    "notices",
    "admin_pages",
    "reference",
    "api_reference",
)

# Routes of libraries and of Django itself: view name -> guard.
LIBRARY_ROUTES: dict[str, Guard] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_confirm_login_code": PUBLIC,  # a step of signing in by code, which is switched off
    "account_signup": PUBLIC,  # closed by AccountAdapter: shows that accounts come from the administrator
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_confirm_email": PUBLIC,
    "account_email_verification_sent": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_email": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_authenticate": PUBLIC,  # the second step of signing in
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "socialaccount_login_cancelled": PUBLIC,
    "socialaccount_login_error": PUBLIC,
    "socialaccount_signup": PUBLIC,
    "socialaccount_connections": SIGNED_IN,
    "openid_connect_login": PUBLIC,
    "openid_connect_callback": PUBLIC,
    "set_language": PUBLIC,
}
# Namespaces guarded as a whole.
LIBRARY_NAMESPACES: dict[str, Guard] = {
    "admin": ADMINISTRATOR,  # and is_staff, checked by the admin site itself
    "api-v1": PUBLIC,  # the API has its own table and guards: wulian.api.v1.access
}


def subject_modules() -> list[str]:
    """Dotted names of the `urls` modules of the portal's subjects."""
    names = [f"wulian.portal.{subject}.urls" for subject in SUBJECTS]
    return [name for name in names if find_spec(name.rpartition(".")[0]) and find_spec(name)]


def access_table() -> dict[str, Guard]:
    """Route name -> guard, gathered from all subjects. The same name twice is a programming error."""
    table = dict(LIBRARY_ROUTES)
    for name in subject_modules():
        entries: dict[str, Guard] = import_module(name).ACCESS
        if twice := table.keys() & entries.keys():
            raise ValueError(f"{name}: routes listed twice in the access table: {sorted(twice)}")
        table.update(entries)
    return table
