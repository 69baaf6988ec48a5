"""The access table of the API: every operation, who may call it and which scope a token needs. The one gate enforces it.

Guards are coarse, as for the pages; regions and objects are checked by the services and selectors that an operation
calls. An operation that is not listed is refused, and a test fails for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.utils import check_csrf

from wulian.directory.access import actor_of
from wulian.foundation.access import Actor
from wulian.foundation.tokens import authenticate, covers, note_use
from wulian.kernel.errors import Denied
from wulian.portal.guards import Guard

from .access_table import ACCESS, ANY, PAGES_ONLY
from .errors import CsrfMissing, PagesOnly, PasswordChangeNeeded, ScopeMissing, SignInNeeded

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Gate:
    """Decides for one operation. Given to django-ninja as its `auth`; what it returns is the actor."""

    operation: str

    def __call__(self, request: HttpRequest) -> Actor:
        entry = ACCESS.get(self.operation)
        if entry is None:
            raise Denied(act=_("调用这个接口"), reason=_("它没有列入权限表"))
        guard, scope = entry
        user, actor = self.caller(request, scope)
        request.actor = actor  # type: ignore[attr-defined]  # the same attribute as on pages, now with the token's scopes
        self.require(guard, actor)
        if guard.signed_in and getattr(user, "must_change_password", False):
            raise PasswordChangeNeeded
        return actor

    @staticmethod
    def caller(request: HttpRequest, scope: str) -> tuple[AbstractBaseUser | AnonymousUser, Actor]:
        """The token's owner within the token's scopes, or whoever is signed in on the pages, or nobody."""
        header = request.headers.get("Authorization", "")
        if not header:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if actor.signed_in and request.method not in SAFE_METHODS and check_csrf(request):
                raise CsrfMissing
            return request.user, actor
        kind, _space, secret = header.partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise SignInNeeded
        now = timezone.now()
        token = authenticate(secret=secret.strip(), at=now)
        if scope == PAGES_ONLY:
            raise PagesOnly
        if scope != ANY and not covers(token.scopes, scope):
            raise ScopeMissing(scope=scope)
        note_use(token=token, at=now)
        source = f"{request.META.get('REMOTE_ADDR', '')} API {token.prefix}"
        return token.user, actor_of(token.user, on=timezone.localdate(now), source=source, scopes=frozenset(token.scopes))

    @staticmethod
    def require(guard: Guard, actor: Actor) -> None:
        if guard.allows(actor):
            return
        if not actor.signed_in:
            raise SignInNeeded
        raise Denied(act=_("调用这个接口"), reason=str(guard.reason))
