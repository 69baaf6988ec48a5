"""The data admin: every table of ours, to look at and never to change.

Changes go through services, which check access and write the audit record; an admin form would go past both. Tables of
the libraries are left out, because some hold secrets (keys of the second factor, client secrets).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from csp.decorators import csp_update
from django.apps import apps
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from wulian.foundation.access import Role
from wulian.kernel.errors import Denied

SECRET = frozenset({"password", "digest"})
SHORT = (models.CharField, models.IntegerField, models.DateField, models.BooleanField, models.DecimalField, models.ForeignKey)
SEARCHED = frozenset({"name", "title", "username", "uscc", "code", "key", "action", "actor", "object_label"})


def is_ours(model: type[models.Model]) -> bool:
    return model._meta.app_config.name.startswith("wulian.")


class ReadOnlyAdmin(ModelAdmin):
    """Lists and shows one table. The columns are worked out from the fields, so a new table needs nothing here."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    list_fullwidth = True

    def __init__(self, model: type[models.Model], admin_site: DataAdminSite) -> None:
        fields = [field for field in model._meta.concrete_fields if field.name not in SECRET]
        short = [field.name for field in fields if isinstance(field, SHORT) and not field.primary_key]
        self.list_display = [model._meta.pk.name, *short[:7]]
        self.list_select_related = [
            field.name for field in fields if isinstance(field, models.ForeignKey) and field.name in self.list_display
        ]
        self.search_fields = [field.name for field in fields if field.name in SEARCHED and isinstance(field, models.CharField)]
        self.list_filter = [field.name for field in fields if getattr(field, "choices", None)][:3]
        self.fields = [field.name for field in fields]
        super().__init__(model, admin_site)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.admin_site.has_permission(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(self.admin_site.has_permission(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DataAdminSite(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        """Administrators of the whole installation; the tables do not stop at a district's border."""
        return bool(request.actor.has(Role.ADMINISTRATOR, region=settings.HOME_REGION))  # type: ignore[attr-defined]

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only our own tables, whatever admin modules the libraries bring."""
        given: Iterable[type[models.Model]] = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in given if is_ours(model)]
        if ours:
            super().register(ours, admin_class, **options)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        # unfold's script (Alpine) evaluates the expressions in its markup; only these pages allow that.
        relax: Callable[..., Any] = csp_update({"script-src": ["'unsafe-eval'"]})
        return relax(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise Denied(act=_("查看数据底表"), reason=_("需要整个平台的管理员身份"))
        return redirect_to_login(request.GET.get("next", "/data-admin/"))


def register_tables(site: DataAdminSite) -> None:
    """Every table of ours; tables between two others (many to many) are left out."""
    for model in apps.get_models():
        if is_ours(model):
            site.register(model, ReadOnlyAdmin)
