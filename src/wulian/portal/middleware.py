"""Actor, access and errors: the three things that every request of a page passes through."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from wulian.directory.access import actor_of
from wulian.directory.selectors.regions import get_region
from wulian.kernel.errors import N_, Denied, Invalid, WulianError

from .access_table import LIBRARY_NAMESPACES, access_table
from .guards import Guard

logger = logging.getLogger("wulian.portal")
Handler = Callable[[HttpRequest], HttpResponse]


class StorageBusy(WulianError):
    code = "storage_busy"
    message = N_("数据库正忙，这一步没有保存，也没有丢失任何已存内容：请过一会儿再提交一次。")
    status = 503


class StorageFull(WulianError):
    code = "storage_full"
    message = N_("磁盘已满，这一步没有保存，已存内容都在：请管理员腾出空间后再提交一次。")
    status = 507


class TooLarge(WulianError):
    code = "upload_too_large"
    message = N_("文件有 %(size)s MB，超过 %(limit)s MB 的上限，没有保存。请先压缩成 .gz，或拆成几份再上传。")
    status = 413


def storage_error(error: OperationalError) -> WulianError:
    """The sentence for a database that is locked, full or away."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.OperationalError) and "full" in str(cause):
        return StorageFull()
    if getattr(cause, "sqlstate", "") == "53100":  # PostgreSQL disk_full
        return StorageFull()
    return StorageBusy()


def requested_date(request: HttpRequest) -> date:
    """The date that the page's figures hold for: ?on=YYYY-MM-DD, else today in Asia/Shanghai."""
    text = request.GET.get("on", "")
    if not text:
        return timezone.localdate()
    try:
        day = date.fromisoformat(text)
        if not 1800 <= day.year <= 2200:  # a year earlier or later must still be a date
            raise ValueError(text)
        return day
    except ValueError as error:
        raise Invalid(field=_("日期"), why=_("“%(text)s”不是 2022-06-30 这样的日期") % {"text": text[:20]}) from error


class BodyLimitMiddleware:
    """Refuses a body over the limit by its stated length, before anything is written to disk.

    The body is read and thrown away first: a browser that is still sending shows "connection reset" and never the
    sentence. Chunked bodies without a length are refused by gunicorn's own limits on form parsing.
    """

    PIECE = 1 << 20
    DRAIN_AT_MOST = 2 << 30

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length <= settings.UPLOAD_LIMIT_BYTES:
            return self.get_response(request)
        left = min(length, self.DRAIN_AT_MOST)
        while left > 0 and (piece := request.read(min(left, self.PIECE))):
            left -= len(piece)
        megabytes = 1024 * 1024
        return error_response(request, TooLarge(size=-(-length // megabytes), limit=settings.UPLOAD_LIMIT_BYTES // megabytes))


class ActorMiddleware:
    """Gives every request `actor`, `on` and `region`; what costs a query is lazy, so a static page costs none."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_of(request.user, on=timezone.localdate(), source=request.META.get("REMOTE_ADDR", ""))  # type: ignore[arg-type]
        )
        request.on = timezone.localdate()  # type: ignore[attr-defined]
        request.region = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: get_region(request.GET.get("region") or request.actor.own_region or settings.HOME_REGION)  # type: ignore[attr-defined]
        )
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        try:
            request.on = requested_date(request)  # type: ignore[attr-defined]
        except Invalid as error:  # raised here it would not pass through process_exception
            return error_response(request, error)
        return None


class AccessMiddleware:
    """Holds every route to its guard in the access table; a route that is not listed is refused."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.table = access_table()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    @staticmethod
    def is_password_change(request: HttpRequest) -> bool:
        """A one-time password opens only the page on which it is replaced."""
        return request.resolver_match is not None and request.resolver_match.url_name in {
            "account_change_password",
            "account_reauthenticate",
        }

    def guard_of(self, request: HttpRequest) -> Guard | None:
        match = request.resolver_match
        if match is None:
            return None
        if match.namespaces:
            return LIBRARY_NAMESPACES.get(match.namespaces[0])
        return self.table.get(match.url_name or "")

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        guard = self.guard_of(request)
        actor = request.actor  # type: ignore[attr-defined]
        if guard is None:
            return error_response(request, Denied(act=_("打开这个页面"), reason=_("它没有列入权限表")))
        if guard.allows(actor):
            if guard.signed_in and getattr(request.user, "must_change_password", False) and not self.is_password_change(request):
                return redirect("account_change_password")
            return None
        if not actor.signed_in:
            return redirect_to_login(request.get_full_path())
        # Exceptions raised in process_view do not pass through process_exception, so the page is made here.
        return error_response(request, Denied(act=_("打开这个页面"), reason=str(guard.reason)))


class ErrorMiddleware:
    """Turns a `WulianError` (or a database that is busy or full) into a page, a fragment or JSON with its sentence."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError):
            logger.exception("database error on %s", request.path)
            exception = storage_error(exception)
        if isinstance(exception, Http404 | DatabaseError) or not isinstance(exception, WulianError):
            return None
        return error_response(request, exception)


def error_response(request: HttpRequest, error: WulianError) -> HttpResponse:
    text = error.text(_)
    if request.path.startswith("/api/") or request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(
            {"code": error.code, "message": text, "params": {k: str(v) for k, v in error.params.items()}}, status=error.status
        )
    template = "errors/_error.html" if getattr(request, "htmx", False) else "errors/error.html"
    context = {"text": text, "code": error.code, "status": error.status, "back": page_before(request)}
    return render(request, template, context, status=error.status)


def page_before(request: HttpRequest) -> str:
    """The page of this site that a refused form came from, so that its error page is no dead end; "" when unknown."""
    before = request.headers.get("Referer", "")
    if request.method != "POST" or not url_has_allowed_host_and_scheme(before, {request.get_host()}):
        return ""
    parts = urlsplit(before)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
