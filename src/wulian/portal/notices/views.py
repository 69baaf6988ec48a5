"""The page of notices: what waits for the reader, and what was said before."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wulian.foundation.notices import get_notice, list_notices, mark_read, unread_count
from wulian.portal.requests import PageRequest


def notices(request: PageRequest) -> HttpResponse:
    unread = unread_count(viewer=request.actor)
    only_unread = request.GET.get("state", "") == "unread"
    found = list_notices(viewer=request.actor, unread_only=only_unread)
    states = [("", _("全部"), list_notices(viewer=request.actor).count()), ("unread", _("未读"), unread)]
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    return render(request, "notices/notices.html", {"page": page, "unread": unread, "states": states, "today": timezone.localdate()})


@require_POST
def read(request: PageRequest) -> HttpResponse:
    done = mark_read(by=request.actor, at=timezone.now())
    messages.success(request, ngettext("%(number)s 条标为已读。", "%(number)s 条标为已读。", done) % {"number": done})
    return redirect("notices")


@require_POST
def open_notice(request: PageRequest, notice_id: int) -> HttpResponse:
    """Marks a notice as read and goes to the page that it speaks of. A POST, because it changes something."""
    notice = get_notice(viewer=request.actor, notice_id=notice_id)
    mark_read(by=request.actor, notice_ids=[notice.pk], at=timezone.now())
    inside = notice.link and url_has_allowed_host_and_scheme(
        notice.link, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(notice.link) if inside else redirect("notices")
