"""Clients of the API: with a token, with a session, or with nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.access.world import World, build
from wulian.foundation.access import Actor
from wulian.foundation.tokens import SCOPES, issue_token


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Calls of other tests do not count against the limits."""
    cache.clear()


@pytest.fixture
def token_of() -> Callable[..., str]:
    """A token of an actor with all scopes, or with those given."""

    def make(owner: Actor, *scopes: str) -> str:
        now = timezone.now()
        _token, secret = issue_token(name="试验", scopes=scopes or SCOPES, expires_at=now + timedelta(days=1), by=owner, at=now)
        return secret

    return make


@pytest.fixture
def api(token_of: Callable[..., str]) -> Callable[..., Client]:
    """A client that sends a token of the actor; api() sends none."""

    def make(owner: Actor | None = None, *scopes: str) -> Client:
        headers = {"authorization": f"Bearer {token_of(owner, *scopes)}"} if owner else {}
        return Client(headers={"accept-language": "zh-hans", **headers})

    return make


@pytest.fixture
def world(account: Callable[..., Actor], settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path / "files"
    return build(account)
