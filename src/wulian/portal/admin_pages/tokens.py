"""API tokens: a person's own, and for the administrator of the whole installation everyone's."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wulian.foundation.access import Role
from wulian.foundation.tokens import SCOPES, issue_token, list_tokens, revoke_token
from wulian.portal.requests import PageRequest

LIVES = (30, 90, 180, 365)


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("用途"), max_length=80, help_text=gettext_lazy("例如：每月把任务进展送到政务平台"))
    scopes = forms.MultipleChoiceField(label=gettext_lazy("能做什么"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(
        label=gettext_lazy("有效期"),
        coerce=int,
        initial=90,
        choices=lambda: [(days, ngettext("%d 天", "%d 天", days) % days) for days in LIVES],  # asked for in the reader's language
    )


@never_cache
def tokens(request: PageRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        values, now = form.cleaned_data, timezone.now()
        _token, secret = issue_token(
            by=request.actor, at=now, name=values["name"], scopes=values["scopes"], expires_at=now + timedelta(days=values["days"])
        )
        form = TokenForm()
    everyone = request.GET.get("whose") == "all" and request.actor.has(Role.ADMINISTRATOR)
    found = list_tokens(viewer=request.actor, everyone=everyone)
    whose = [("", _("我的"), list_tokens(viewer=request.actor).count())]
    if request.actor.has(Role.ADMINISTRATOR):
        whose.append(("all", _("所有人的"), list_tokens(viewer=request.actor, everyone=True).count()))
    page = Paginator(found, 30).get_page(request.GET.get("page"))
    words = {code: str(word) for code, word in SCOPES.items()}
    rows = [{"token": token, "scopes": [words.get(scope, scope) for scope in token.scopes]} for token in page]
    context = {"form": form, "secret": secret, "page": page, "rows": rows, "whose": whose, "everyone": everyone, "now": timezone.now()}
    return render(request, "admin_pages/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: PageRequest, token_id: int) -> HttpResponse:
    token = revoke_token(by=request.actor, at=timezone.now(), token_id=token_id)
    messages.success(request, _("“%(name)s”已作废，用它的程序从现在起连不上。") % {"name": token.name})
    return redirect("tokens")
